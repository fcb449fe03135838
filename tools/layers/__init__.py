"""The rules of the source tree, one module per kind of rule."""
