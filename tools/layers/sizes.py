"""How long files, functions and lines may be."""

import re

from layers.functions import function_lines

_PRAGMA_ONCE = re.compile(r"^[ \t]*#[ \t]*pragma[ \t]+once\b", re.MULTILINE)


def _check_columns(file, columns_max):
    if max(map(len, file.lines), default=0) <= columns_max:
        return
    for number, line in enumerate(file.lines, 1):
        # An include or an address cannot be broken.
        breakable = not line.lstrip().startswith("#include") and "://" not in line
        if len(line) > columns_max and breakable:
            yield file.finding(number, "columns",
                               f"the line has {len(line)} columns of {columns_max}", "Break it")


def _check_functions(file, lines_max):
    try:
        functions = function_lines(file)
    except SyntaxError as error:
        yield file.finding(error.lineno or 1, "syntax", f"Python cannot read it: {error.msg}",
                           "Correct it")
        return
    for first, last in functions:
        if last - first >= lines_max:
            yield file.finding(first, "function_size",
                               f"the function has {last - first + 1} lines of {lines_max}",
                               "Take a step of it out and give it a name")


def check(file, is_test, table):
    """Findings about the size of one source file."""
    sizes = table.data["sizes"]
    if not file.name.endswith(tuple(sizes["kinds"])):
        return
    lines_max = sizes["test_lines_max" if is_test else "file_lines_max"]
    if len(file.lines) > lines_max:
        yield file.finding(lines_max + 1, "file_size",
                           f"the file has {len(file.lines)} lines of {lines_max}",
                           "Split it by subject")
    yield from _check_columns(file, sizes["columns_max"])
    yield from _check_functions(file, sizes["function_lines_max"])
    if file.name.endswith((".hpp", ".h")) and not _PRAGMA_ONCE.search(file.code):
        yield file.finding(1, "pragma_once", "the header has no #pragma once",
                           "Make it the first line")
