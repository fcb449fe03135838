"""Blanks comments and strings, so that rules see code only. Positions and lines stay the same."""

import re

_CXX_TOKEN = re.compile(
    r"""
    (?P<number>\b\d[\w.]*(?:'[\w.]+)+)
  | (?P<raw>(?<!\w)(?:u8|[uUL])?R"(?P<end>[^()\\\s]{0,16})\(.*?\)(?P=end)")
  | (?P<comment>//(?:[^\\\n]|\\.)*|/\*.*?(?:\*/|\Z))
  | "(?:\\.|[^"\\\n])*"
  | '(?:\\.|[^'\\\n])+'
    """,
    re.VERBOSE | re.DOTALL)

_PYTHON_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<quotes>\"{3}|'{3})(?:[^\\]|\\.)*?(?P=quotes)
  | "(?:\\.|[^"\\\n])*"
  | '(?:\\.|[^'\\\n])*'
    """,
    re.VERBOSE | re.DOTALL)

_JS_TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
  | "(?:\\.|[^"\\\n])*"
  | '(?:\\.|[^'\\\n])*'
  | (?P<regex>/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)
  | [`{}]
    """,
    re.VERBOSE | re.DOTALL)
_JS_TEMPLATE_TEXT = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*(`|\$\{|\Z)", re.DOTALL)
_JS_BEFORE_REGEX = re.compile(r"(?:^|[(,=:\[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|of|in))\s*\Z")
_NOT_NEWLINE = re.compile(r"[^\n]")


def _spaces(text):
    return _NOT_NEWLINE.sub(" ", text) if "\n" in text else " " * len(text)


def _blank(text):
    """Spaces instead of a token; a string keeps its quotes."""
    if text[0] in "\"'" and len(text) >= 2:
        return text[0] + _spaces(text[1:-1]) + text[-1]
    return _spaces(text)


def blank_cxx(text, keep_comments=False):
    """C++ without the content of its comments and literals."""

    def replace(match):
        if match["number"] or (keep_comments and match["comment"]):
            return match[0]
        return _blank(match[0])

    return _CXX_TOKEN.sub(replace, text)


def blank_python(text, keep_comments=False):
    """Python without the content of its comments and strings."""

    def replace(match):
        return match[0] if keep_comments and match["comment"] else _blank(match[0])

    return _PYTHON_TOKEN.sub(replace, text)


def _template_end(text, position):
    """The end of the template text that starts here, and whether code in ${} follows."""
    match = _JS_TEMPLATE_TEXT.match(text, position)
    return match.end(), match[1] == "${"


def blank_js(text, keep_comments=False):
    """JavaScript without the content of its comments, strings, templates and expressions."""
    parts = []
    open_braces = [0]  # One count per template that the position lies in.
    position = 0
    while match := _JS_TOKEN.search(text, position):
        start, token = match.start(), match[0]
        parts.append(text[position:start])
        position = match.end()
        in_template = token == "`"
        if token == "{":
            open_braces[-1] += 1
        elif token == "}":
            in_template = len(open_braces) > 1 and open_braces[-1] == 0
            if in_template:
                open_braces.pop()
            else:
                open_braces[-1] -= 1
        elif match["regex"] and not _JS_BEFORE_REGEX.search(text[max(0, start - 40):start]):
            position = start + 1  # A division.
            token = "/"
        elif not in_template and not (keep_comments and match["comment"]):
            token = _blank(token)
        if in_template:
            position, code_follows = _template_end(text, position)
            token = _spaces(text[start:position])
            if code_follows:
                open_braces.append(0)
        parts.append(token)
    return "".join(parts) + text[position:]
