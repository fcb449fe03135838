"""Reads tools/layers.toml into values that the rules use."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_CALL = r"(?<![\w.>:])(?:std\s*::\s*|::\s*)?(?:{})\s*\("


class TableError(Exception):
    """The table itself is wrong; the text says where."""


@dataclass(frozen=True)
class Folder:
    """A row of "who may include whom"."""

    name: str
    paths: tuple
    may_include: frozenset
    tests_may_include: frozenset
    tests_libraries: frozenset


@dataclass(frozen=True)
class Library:
    """Headers of one owner, and the folders that may include them."""

    name: str
    folders: frozenset
    instead: str


@dataclass(frozen=True)
class Ban:
    """Something that must not be written in some folders. `triggers` are words of which a file
    holds at least one if `regex` matches; empty if that cannot be told."""

    name: str
    folders: frozenset
    files: str
    in_text: bool
    triggers: frozenset
    regex: re.Pattern
    what: str
    instead: str


@dataclass(frozen=True)
class Table:
    """Everything in the file. `data` holds the sections that need no preparation."""

    data: dict
    folders: dict
    libraries: dict
    header_owners: dict
    header_prefixes: tuple
    bans: tuple
    folder_sets: dict
    exceptions: tuple

    def folder_of(self, path):
        """The innermost row that holds the path, or None."""
        while path:
            if path in self.folder_sets["paths"]:
                return self.folders[self.folder_sets["paths"][path]]
            path = path.rpartition("/")[0]
        return None

    def owner_of(self, header):
        """The name of the library that a system header belongs to, "" if none, None if unknown."""
        if header in self.header_owners:
            return self.header_owners[header]
        for prefix, owner in self.header_prefixes:
            if header.startswith(prefix):
                return owner
        return None

    def is_test(self, path):
        """True for unit tests and everything in the folders of tests."""
        tests = self.data["tests"]
        return path.endswith(tuple(tests["suffixes"])) or any(
            path.startswith(folder + "/") for folder in tests["paths"])


def _expand(names, sets, known, where):
    """Replaces @sets by what they hold and refuses names that have no row."""
    result = set()
    for name in names:
        if name.startswith("@"):
            if name[1:] not in sets:
                raise TableError(f"{where}: there is no set {name}")
            result |= _expand(sets[name[1:]], sets, known, where)
        elif name in known:
            result.add(name)
        else:
            raise TableError(f"{where}: there is no folder {name}")
    return frozenset(result)


def _read_folders(data, expand, libraries):
    folders = {}
    for name, row in data["folder"].items():
        where = f"folder.{name}"
        test_libraries = frozenset(row.get("tests_libraries", ()))
        if not test_libraries <= libraries.keys():
            raise TableError(f"{where}: unknown library among {sorted(test_libraries)}")
        folders[name] = Folder(name, tuple(row["paths"]), expand(row["may_include"], where),
                               expand(row.get("tests_may_include", ()), where), test_libraries)
    return folders


def _read_libraries(data, expand):
    libraries = {}
    owners = {header: "" for header in data["standard"]["headers"]}
    prefixes = []
    for name, row in data["library"].items():
        libraries[name] = Library(name, expand(row["folders"], f"library.{name}"), row["instead"])
        for header in row["headers"]:
            if header.endswith("*"):
                prefixes.append((header[:-1], name))
            elif header in owners:
                raise TableError(f"library.{name}: {header} has another owner already")
            else:
                owners[header] = name
    return libraries, owners, tuple(prefixes)


def _read_ban(name, row, expand):
    words, calls = row.get("words", []), row.get("calls", [])
    patterns = list(row.get("patterns", []))
    triggers = frozenset() if patterns else frozenset(words) | frozenset(calls)
    if words:
        patterns.append(r"\b(?:{})\b".format("|".join(words)))
    if calls:
        patterns.append(_CALL.format("|".join(calls)))
    files = row.get("files", "all")
    if files not in ("all", "product", "tests"):
        raise TableError(f"ban.{name}: files is all, product or tests, not {files}")
    return Ban(name, expand(row["folders"], f"ban.{name}"), files, row.get("text", False), triggers,
               re.compile("|".join(patterns)), row["what"], row["instead"])


def read_table(file: Path) -> Table:
    """The table in a file; raises TableError if it contradicts itself."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    sets, known = data["sets"], data["folder"].keys()

    def expand(names, where):
        return _expand(names, sets, known, where)

    libraries, owners, prefixes = _read_libraries(data, expand)
    folders = _read_folders(data, expand, libraries)
    paths = {path: folder.name for folder in folders.values() for path in folder.paths}
    folder_sets = {"paths": paths}
    for section in ("unordered", "names", "characters"):
        folder_sets[section] = expand(data[section]["folders"], section)
    bans = tuple(_read_ban(name, row, expand) for name, row in data["ban"].items())
    exceptions = tuple(data.get("exception", ()))
    if any(not row.get("reason") for row in exceptions):
        raise TableError("exception: every exception says its reason")
    return Table(data, folders, libraries, owners, prefixes, bans, folder_sets, exceptions)
