"""Finds the functions of a file and how many lines each takes, lambdas inside included."""

import ast
import re
from dataclasses import dataclass
from typing import NamedTuple

# Conditional directives become these, so that the branches of an #if are not added up.
_IF, _ELSE, _ENDIF = "\x01", "\x02", "\x03"
_GROUP = "\x04"
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\\\n]|\\.)*", re.MULTILINE | re.DOTALL)
_CONDITION = re.compile(r"[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b")
_MARKS = {"if": _IF, "ifdef": _IF, "ifndef": _IF, "elif": _ELSE, "else": _ELSE, "endif": _ENDIF}
_CXX_TOKEN = re.compile(r"[{}();\x01\x02\x03]|\b(?:public|private|protected)\s*:(?!:)")
_PARENTHESES = re.compile(r"\([^()]*\)")
_ATTRIBUTE = re.compile(
    rf"\[\[[^\]]*\]\]|\b(?:alignas|decltype|explicit|__attribute__)\s*{_GROUP}")
_OPERATOR = re.compile(rf"\boperator\s*{_GROUP}?[^\w\s{_GROUP}]*")
_CONTAINER = re.compile(
    r'\bnamespace\b|\bextern\s*"[^"]*"\s*\Z'
    r"|\b(?:class|struct|union|enum)\b[\w\s<>,:]*?(?:(?<!:):(?!:).*)?\Z",
    re.DOTALL)
_LAMBDA = re.compile(
    rf"\[[^\]]*\]\s*(?:<[^{{}}]*>\s*)?(?:{_GROUP}\s*)?(?:mutable\s*|constexpr\s*|noexcept\s*"
    rf"(?:{_GROUP}\s*)?)*(?:->[^{{}};]*)?\Z")
_MEMBER_INIT = re.compile(r"(?<!:):(?!:).*[\w>]\s*\Z", re.DOTALL)
_REQUIREMENTS = re.compile(rf"\brequires\s*{_GROUP}?\Z")
_JS_TOKEN = re.compile(r"[{};]")
_JS_CONTROL = {"if", "for", "while", "switch", "catch", "with"}
_JS_VALUE = re.compile(r"(?:[(\[,=:?|&]|\breturn)\s*\Z")
_JS_SUITE = re.compile(r"\b(?:describe|suite)\b[\w.]*\s*\(.*=>\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Function:
    """From the first character of the signature to the closing brace."""

    start: int
    end: int


class _State(NamedTuple):
    """Where the scan stands. `scopes` is a linked list of the open blocks outside of functions:
    (kind, header start, open parentheses, outer scopes). `depth` counts the open braces of the
    function that began at `function`."""

    scopes: tuple | None = None
    parentheses: int = 0
    header: int = 0
    function: int = 0
    depth: int = 0


def _mark_directive(match):
    condition = _CONDITION.match(match[0])
    blank = re.sub(r"[^\n]", " ", match[0])
    return _MARKS[condition[1]] + blank[1:] if condition else blank


def _without_templates(header):
    """The header without `template <...>`."""
    while match := re.search(r"\btemplate\s*<", header):
        depth, end = 1, match.end()
        while depth and end < len(header):
            depth += {"<": 1, ">": -1}.get(header[end], 0)
            end += 1
        header = header[:match.start()] + header[end:]
    return header


def _collapsed(header):
    """The header with every pair of parentheses, and what is in it, as one character."""
    count = 1
    while count:
        header, count = _PARENTHESES.subn(_GROUP, header)
    return header


def block_kind(header, parentheses):
    """What a brace opens after this text: "container", "function" or "value"."""
    flat = _collapsed(header).strip()
    if _LAMBDA.search(flat):
        return "function"
    if parentheses or _REQUIREMENTS.search(flat):
        return "value"
    if flat.endswith("}"):
        return "function"  # After the last value of a member list or a requires-expression.
    flat = _ATTRIBUTE.sub(" ", _without_templates(flat)).strip()
    if _CONTAINER.search(flat):
        return "container"
    flat = re.sub(r"[=!<>]=", "  ", _OPERATOR.sub("op", flat))
    _, group, after = flat.partition(_GROUP)
    # The first group may belong to a type: R(Args...) in Mock<R(Args...)>::call(...).
    while after.lstrip()[:1] in (">", ","):
        _, group, after = after.partition(_GROUP)
    if "=" in flat or not group:
        return "value"
    return "value" if _MEMBER_INIT.search(after) else "function"


def _open_brace(state, code, position):
    if state.depth:
        return state._replace(depth=state.depth + 1)
    header = code[state.header:position]
    kind = block_kind(header, state.parentheses)
    if kind == "function":
        start = state.header + len(header) - len(header.lstrip())
        return state._replace(function=start, depth=1)
    return _State((kind, state.header, state.parentheses, state.scopes), 0, position + 1)


def _close_brace(state, position, found):
    if state.depth > 1:
        return state._replace(depth=state.depth - 1)
    if state.depth == 1:
        found.append(Function(state.function, position))
        return state._replace(depth=0, header=position + 1)
    if state.scopes is None:
        return state._replace(header=position + 1)
    kind, header, parentheses, outer = state.scopes
    return _State(outer, parentheses, header if kind == "value" else position + 1)


def _step(state, token, match, code, found):
    """The state after a token other than a directive."""
    if token == "{":
        return _open_brace(state, code, match.start())
    if token == "}":
        return _close_brace(state, match.start(), found)
    if state.depth:
        return state
    if token == "(":
        return state._replace(parentheses=state.parentheses + 1)
    if token == ")":
        return state._replace(parentheses=max(0, state.parentheses - 1))
    if token != ";" or state.parentheses == 0:  # An access label ends a header too.
        return state._replace(header=match.end())
    return state


def cxx_functions(code):
    """The functions in C++ whose comments and strings are blank."""
    code = _DIRECTIVE.sub(_mark_directive, code)
    found, branches = [], []
    state = _State()
    for match in _CXX_TOKEN.finditer(code):
        token = match[0]
        if token == _IF:
            branches.append(state)
        elif token == _ELSE and branches:
            state = branches[-1]
            if state.parentheses == 0:
                state = state._replace(header=match.end())
        elif token == _ENDIF and branches:
            branches.pop()
        elif state.depth == 0 or token in "{}":
            state = _step(state, token, match, code, found)
    return found


def _js_block_kind(header):
    header = header.rstrip()
    if header.endswith("=>"):
        return "container" if _JS_SUITE.search(header) else "function"
    flat = _collapsed(header)
    if _JS_VALUE.search(flat):
        return "value"
    if not flat.endswith(_GROUP) or re.search(r"\bclass\b[^=]*\Z", flat):
        return "container"
    word = re.search(rf"(\w+)\s*{_GROUP}\Z", flat)
    return "container" if word and word[1] in _JS_CONTROL else "function"


def js_functions(code):
    """The functions in JavaScript whose comments and strings are blank. The body of a `describe` is
    not one: it is a list of tests."""
    found, outer_headers = [], []
    depth, start, header = 0, 0, 0
    for match in _JS_TOKEN.finditer(code):
        token, after = match[0], match.end()
        if depth and token != ";":
            depth += 1 if token == "{" else -1
            if depth == 0:
                found.append(Function(start, match.start()))
        elif token == "{":
            text = code[header:match.start()]
            kind = _js_block_kind(text)
            if kind == "function":
                depth, start = 1, header + len(text) - len(text.lstrip())
            else:
                outer_headers.append(header if kind == "value" else None)
        elif token == "}" and outer_headers:
            outer = outer_headers.pop()
            after = after if outer is None else outer
        header = after
    return found


def python_functions(text):
    """Pairs of first and last line. Raises SyntaxError."""
    return [(node.lineno, node.end_lineno) for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def function_lines(file):
    """Pairs of first and last line of the functions in a file."""
    if file.kind == "py":
        return python_functions(file.text)
    if file.kind not in ("cxx", "js"):
        return []
    functions = cxx_functions(file.code) if file.kind == "cxx" else js_functions(file.code)
    return [(file.line_of(one.start), file.line_of(one.end)) for one in functions]
