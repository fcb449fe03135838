"""What must not be written in a folder: calls, words, names, characters."""

import re

_TYPE = re.compile(
    r"\b(?:class|struct|union|enum(?:\s+(?:class|struct))?|concept|using(?=\s+\w+\s*=))\s+"
    r"(?:\[\[[^\]]*\]\]\s*)?(\w+)")
_TEMPLATE_PARAMETER = re.compile(r"[<,]\s*\Z")
_NAME_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_UNORDERED = re.compile(r"\bunordered_(?:flat_|node_|multi)?(?:map|set)\s*<")
_ANGLE = re.compile("[<>]")
_DECLARED = r"\s*[&*]?\s*([A-Za-z_]\w*)\s*[;={,)]"
_FIRST_DECLARED = re.compile(_DECLARED)
_ALIAS = re.compile(r"\busing\s+(\w+)\s*=\s*(?:\w+\s*::\s*)*\Z")
_SORTED_SOON = re.compile(r"(?:[^\n]*\n){0,5}[^\n]*\bsort\s*\(")
_EMOJI = re.compile(
    "[\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b50\u2b55\ufe0f\u20e3\U0001f000-\U0001faff]")
_TEXT_SUFFIXES = (".md", ".txt", ".toml", ".yml", ".yaml", ".html", ".svg", ".sh", ".json")


def check_bans(file, folder, is_test, table):
    """Findings of the [ban] tables."""
    for ban in table.bans:
        if folder.name not in ban.folders or not (ban.in_text or file.kind == "cxx"):
            continue
        if ban.files != "all" and (ban.files == "tests") != is_test:
            continue
        words = file.text_words if ban.in_text else file.words
        if ban.triggers and ban.triggers.isdisjoint(words):
            continue
        for match in ban.regex.finditer(file.text if ban.in_text else file.code):
            shown = " ".join(match[0].split()).removesuffix("(").rstrip()
            yield file.finding(file.line_of(match.start()), ban.name, f"'{shown}' {ban.what}",
                               ban.instead)


def _banned_word(name, banned):
    words = (match[0].lower() for match in _NAME_WORD.finditer(name))
    return next((word for word in words if word in banned), None)


def check_names(file, table):
    """Findings about file names and names of types."""
    banned = table.data["names"]["banned"]
    word = _banned_word(file.path, banned)
    if word:
        yield file.finding(1, "names", f"the path says '{word}', which names no subject",
                           "Name the file after what it holds")
    if file.kind not in ("cxx", "js"):
        return
    for match in _TYPE.finditer(file.code):
        before = file.code[max(0, match.start() - 80):match.start()]
        if _banned_word(match[1], banned) and not _TEMPLATE_PARAMETER.search(before):
            yield file.finding(file.line_of(match.start(1)), "names",
                               f"the type '{match[1]}' is named after no subject",
                               "Name it after what it is or decides")


def check_characters(file, is_test, table):
    """Findings about characters outside of ASCII in source code."""
    if file.text.isascii():
        return
    if "\ufffd" in file.text:
        yield file.finding(file.line_of(file.text.index("\ufffd")), "characters",
                           "the file is not UTF-8", "Save it as UTF-8")
        return
    text = file.text_without_strings() if is_test else file.text
    allowed = table.data["characters"]["allowed"]
    for number, line in enumerate(text.split("\n"), 1):
        found = next((c for c in line if not c.isascii() and c not in allowed), None)
        if found:
            yield file.finding(number, "characters", f"U+{ord(found):04X} is not ASCII",
                               "Write it in ASCII, or as an escape sequence")


def check_emoji(file):
    """Findings about emoji in documents and other text."""
    is_text = file.kind is not None or file.name.endswith(_TEXT_SUFFIXES)
    if not is_text or file.data.isascii():
        return
    for match in _EMOJI.finditer(file.text):
        yield file.finding(file.line_of(match.start()), "emoji",
                           f"U+{ord(match[0]):04X} is an emoji", "Say it in words")


def _after_template(code, position):
    """The position behind the > that closes the < before the position."""
    depth = 1
    for match in _ANGLE.finditer(code, position):
        depth += 1 if match[0] == "<" else -1
        if depth == 0:
            return match.end()
    return len(code)


def unordered_names(code):
    """Names of variables declared with an unordered type, directly or through an alias."""
    names, aliases = set(), set()
    for match in _UNORDERED.finditer(code):
        end = _after_template(code, match.end())
        if alias := _ALIAS.search(code[max(0, match.start() - 80):match.start()]):
            aliases.add(alias[1])
        elif name := _FIRST_DECLARED.match(code, end):
            names.add(name[1])
    for alias in aliases:
        names.update(re.findall(rf"\b{alias}\b{_DECLARED}", code))
    return names


def check_unordered(file, files):
    """Findings about walks through containers without an order."""
    header = files.get(re.sub(r"(?:_test)?\.cpp$", ".hpp", file.path))
    names = set()
    for source in {file.path: file, header.path: header}.values() if header else (file,):
        if "unordered" in source.text:
            names |= unordered_names(source.code)
    if not names:
        return
    either = "|".join(sorted(names))
    walk = re.compile(rf"\bfor\s*\([^;()]*[^:]:[^:;()]*\b(?P<loop>{either})\s*\)"
                      rf"|(?<![\w])(?P<begin>{either})\s*\.\s*c?begin\s*\(")
    for match in walk.finditer(file.code):
        if _SORTED_SOON.match(file.code, match.end()):
            continue
        yield file.finding(file.line_of(match.start()), "unordered",
                           f"'{match['loop'] or match['begin']}' has no order to walk in",
                           "Use an ordered container, or collect and sort before anyone sees it")


def check_mentions(file, pattern, table):
    """Findings about words that no file may hold."""
    for match in pattern.finditer(file.data):
        line = file.data.count(b"\n", 0, match.start()) + 1
        yield file.finding(line, "mentions",
                           f"'{match[0].decode()}' {table.data['mentions']['what']}",
                           table.data["mentions"]["instead"])
