"""Who may include whom, and which libraries."""

import re

_INCLUDE = re.compile(r'^[ \t]*(#)[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def _project_path(spelled, quoted, table, files):
    """Where in the tree an included file lies, or None for one that is not ours."""
    for root in table.data["tree"]["include_roots"]:
        path = spelled if root == "." else f"{root}/{spelled}"
        # A system header may begin like a folder of ours: <net/if.h>.
        if (quoted and table.folder_of(path)) or path in files:
            return path
    return None


def _check_project_include(file, line, spelled, target, folder, table):
    allowed = folder.may_include | {folder.name, "vocabulary"}
    if file.path.endswith(tuple(table.data["tests"]["unit_suffixes"])):
        allowed |= folder.tests_may_include | set(table.data["tests"]["may_include"])
    if target.name not in allowed:
        yield file.finding(
            line, "include", f'{folder.name} may not include "{spelled}" of {target.name}',
            "Pass the value in or move the code up; tools/layers.toml says who may include whom")


def _check_library_include(file, line, header, folder, table):
    owner = table.owner_of(header)
    if owner is None:
        yield file.finding(line, "library", f"<{header}> belongs to no library of the project",
                           "Use one that does, or add it to tools/layers.toml with a reason")
        return
    if owner == "":
        return
    library = table.libraries[owner]
    in_test = file.path.endswith(tuple(table.data["tests"]["unit_suffixes"])) and (
        owner in table.data["tests"]["libraries"] or owner in folder.tests_libraries)
    if folder.name not in library.folders and not in_test:
        yield file.finding(line, "library", f"{folder.name} may not include <{header}>",
                           library.instead)


def check(file, folder, table, files):
    """Findings about the includes of one C++ file."""
    for match in _INCLUDE.finditer(file.text):
        if file.code[match.start(1)] != "#":
            continue  # In a comment or a string.
        line, quoted, spelled = file.line_of(match.start(1)), match[2] == '"', match[3]
        path = _project_path(spelled, quoted, table, files)
        if path is not None:
            target = table.folder_of(path)
            yield from _check_project_include(file, line, spelled, target, folder, table)
        elif quoted:
            yield file.finding(
                line, "include", f'"{spelled}" is not in a folder of the project',
                "Start project paths below src/ or at the root, and write <> for libraries")
        else:
            yield from _check_library_include(file, line, spelled, folder, table)
