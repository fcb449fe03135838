"""The files of a tree, and what a rule says about one of them."""

import bisect
import os
import re
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from layers import text as blanking

_KINDS = {
    ".cpp": "cxx", ".hpp": "cxx", ".h": "cxx", ".c": "cxx", ".cc": "cxx", ".hh": "cxx",
    ".js": "js", ".mjs": "js", ".py": "py", ".css": "css", ".cmake": "cmake",
}
_BLANKING = {
    "cxx": blanking.blank_cxx, "js": blanking.blank_js, "py": blanking.blank_python,
}
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong. `message` says the cause and then what to do."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}."


class SourceFile:
    """One file of the tree, read once; `path` is relative to the root, with slashes."""

    def __init__(self, path, data):
        self.path = path
        self.data = data
        name = path.rpartition("/")[2]
        self.name = name
        self.kind = "cmake" if name == "CMakeLists.txt" else _KINDS.get(os.path.splitext(name)[1])

    @cached_property
    def text(self):
        """The content; bytes that are not UTF-8 become replacement characters."""
        return self.data.decode("utf-8", errors="replace")

    @cached_property
    def code(self):
        """The content without comments and strings, of the same length."""
        return _BLANKING[self.kind](self.text) if self.kind in _BLANKING else self.text

    def text_without_strings(self):
        """The content without strings, but with its comments, of the same length."""
        return _BLANKING[self.kind](self.text, True) if self.kind in _BLANKING else self.text

    @cached_property
    def words(self):
        """Every identifier in the code."""
        return frozenset(_WORD.findall(self.code))

    @cached_property
    def text_words(self):
        """Every word, comments and strings included."""
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def lines(self):
        """The lines without their ends."""
        lines = self.text.split("\n")
        return lines[:-1] if lines[-1] == "" else lines

    @cached_property
    def _line_starts(self):
        return [0] + [match.end() for match in re.finditer("\n", self.text)]

    def line_of(self, position):
        """The number, from 1, of the line that holds the character."""
        return bisect.bisect_right(self._line_starts, position)

    def finding(self, line, rule, cause, remedy):
        """A finding of a rule in this file."""
        return Finding(self.path, line, rule, f"{cause}. {remedy}")


def _git_paths(root):
    """What git tracks or would track, or None where git does not answer."""
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others",
               "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return sorted(set(listed.decode("utf-8", errors="surrogateescape").split("\0")) - {""})


def _walked_paths(root, skipped):
    paths = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders
                         if not any(fnmatchcase(name, pattern) for pattern in skipped)]
        paths += [(Path(folder) / name).relative_to(root).as_posix() for name in names]
    return sorted(paths)


def read_tree(root: Path, table):
    """Every file of the project as a dictionary by path. Symbolic links are left out."""
    paths = _git_paths(root)
    if paths is None:
        paths = _walked_paths(root, table.data["tree"]["skipped_folders"])
    files = {}
    for path in paths:
        full = os.path.join(root, path)
        if os.path.isfile(full) and not os.path.islink(full):
            with open(full, "rb") as stream:
                files[path] = SourceFile(path, stream.read())
    return files
