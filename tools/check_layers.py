#!/usr/bin/env python3
"""Checks the source tree against tools/layers.toml: who includes whom, sizes, names, banned calls.

Prints one sentence per finding and exits with 1 if there is any.
"""

import argparse
import re
import sys
import tomllib
from pathlib import Path

from layers import bans, includes, sizes
from layers.table import Table, TableError, read_table
from layers.tree import Finding, read_tree

TOOLS = Path(__file__).resolve().parent
TABLE_FILE = TOOLS / "layers.toml"


def _check_place(file, folder, table):
    """Whether the folder that the file lies in is known."""
    sources = table.data["tree"]["sources"] + "/"
    inside = file.path.startswith(sources) and "/" in file.path[len(sources):]
    if folder is None and (inside or file.kind == "cxx"):
        yield file.finding(1, "folder", "the file lies in no folder that tools/layers.toml knows",
                           "Move it, or add a row that says what the folder may include")


def _check_file(file, table, files, mentions):
    folder = table.folder_of(file.path)
    is_test = table.is_test(file.path)
    yield from _check_place(file, folder, table)
    yield from sizes.check(file, is_test, table)
    yield from bans.check_mentions(file, mentions, table)
    if folder is None or not table.folder_sets["characters"] & {folder.name} or file.kind is None:
        yield from bans.check_emoji(file)
    if folder is None:
        return
    if folder.name in table.folder_sets["names"]:
        yield from bans.check_names(file, table)
    if folder.name in table.folder_sets["characters"] and file.kind is not None:
        yield from bans.check_characters(file, is_test, table)
    if file.kind is not None:
        yield from bans.check_bans(file, folder, is_test, table)
    if file.kind == "cxx":
        yield from includes.check(file, folder, table, files)
        if folder.name in table.folder_sets["unordered"] and not is_test:
            yield from bans.check_unordered(file, files)


def _apply_exceptions(findings, table, files):
    """Takes out what the table excuses, and reports excuses that nothing needs."""
    excused = {(row["path"], row["rule"]) for row in table.exceptions}
    used = {(one.path, one.rule) for one in findings} & excused
    kept = [one for one in findings if (one.path, one.rule) not in used]
    for path, rule in sorted(excused - used):
        if path in files:
            kept.append(Finding(path, 1, "exception",
                                f"nothing here needs its exception from '{rule}'. "
                                "Take it out of tools/layers.toml"))
    return kept


def check(root: Path, table: Table):
    """The findings in a tree, sorted, and the number of its files."""
    files = read_tree(root, table)
    mentions = re.compile("|".join(table.data["mentions"]["patterns"]).encode())
    findings = [one for file in files.values() for one in _check_file(file, table, files, mentions)]
    return sorted(_apply_exceptions(findings, table, files)), len(files)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=TOOLS.parent, metavar="DIR",
                        help="the tree to check (default: the one this program lies in)")
    arguments = parser.parse_args()
    try:
        findings, file_count = check(arguments.root.resolve(), read_table(TABLE_FILE))
    except (TableError, tomllib.TOMLDecodeError) as error:
        print(f"tools/layers.toml: {error}.", file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    if findings:
        print(f"check_layers: {len(findings)} findings in {file_count} files.", file=sys.stderr)
        return 1
    print(f"check_layers: {file_count} files, nothing to say.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
