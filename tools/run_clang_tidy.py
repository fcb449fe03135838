#!/usr/bin/env python3
"""Runs clang-tidy 14 on the project's sources and exits with 1 if it has anything to say.

Needs a configured build (cmake --preset dev). A source that was clean is not looked at again until
it, a header that it includes, its compile command or .clang-tidy changes.
"""

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE_NAME = "clang_tidy_clean.json"
# The compile commands may be GCC's, with warnings that clang does not know.
EXTRA_ARGUMENTS = ["--quiet", "--extra-arg=-Wno-unknown-warning-option"]
_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.MULTILINE)


class UsageError(Exception):
    """What keeps the program from starting; the text says what to do."""


@dataclass(frozen=True)
class Source:
    """A file of the project with the command that compiles it."""

    path: Path
    command: tuple
    include_folders: tuple


def _include_folders(command, directory):
    folders = []
    words = iter(command)
    for word in words:
        match = re.fullmatch(r"-(?:I|iquote|isystem)(.*)", word)
        if match:
            folders.append((directory / (match[1] or next(words, "."))).resolve())
    return tuple(folder for folder in folders if folder.is_relative_to(ROOT))


def read_sources(build):
    """The project's own sources in the compile commands of a build, by path."""
    file = build / "compile_commands.json"
    if not file.exists():
        raise UsageError(f"{file} is missing. Configure first, for example: cmake --preset dev")
    sources = {}
    for entry in json.loads(file.read_text(encoding="utf-8")):
        directory = Path(entry["directory"])
        path = (directory / entry["file"]).resolve()
        command = tuple(entry.get("arguments") or shlex.split(entry["command"]))
        ours = path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "build")
        if ours and path.suffix == ".cpp" and path.exists() and not path.is_relative_to(build):
            sources[path] = Source(path, command, _include_folders(command, directory))
    return sources


@cache
def _content(path):
    """The digest of a file and what it includes, as written."""
    data = path.read_bytes()
    names = tuple(os.fsdecode(name) for name in _INCLUDE.findall(data))
    return hashlib.sha256(data).digest(), names


@cache
def _resolved(name, folders):
    """The project's file behind an include, or None."""
    for folder in folders:
        path = folder / name
        if path.is_file():
            return path.resolve()
    return None


def dependencies(source):
    """The source and all files of the project that it includes, directly or not."""
    found, waiting = {source.path}, [source.path]
    while waiting:
        path = waiting.pop()
        for name in _content(path)[1]:
            included = _resolved(name, (path.parent, *source.include_folders))
            if included is not None and included not in found:
                found.add(included)
                waiting.append(included)
    return found


def _settings(path):
    """Every .clang-tidy that applies to a source."""
    return [folder / ".clang-tidy" for folder in path.parents
            if folder.is_relative_to(ROOT) and (folder / ".clang-tidy").exists()]


def cache_key(source, version):
    """Changes when the verdict on a source may change."""
    digest = hashlib.sha256(repr((version, EXTRA_ARGUMENTS, source.command)).encode())
    for path in sorted(dependencies(source)) + _settings(source.path):
        digest.update(os.fsencode(path) + b"\0" + _content(path)[0])
    return digest.hexdigest()


def _git_lines(*arguments):
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UsageError(f"git says: {done.stderr.strip()}")
    return {(ROOT / line).resolve() for line in done.stdout.splitlines()}


def select_changed(sources, revision):
    """Sources that differ from a revision, and for each changed header one source that includes it:
    the one of the same name if there is one. A change of .clang-tidy selects everything."""
    changed = _git_lines("diff", "--name-only", "--no-renames", revision, "--")
    changed |= _git_lines("ls-files", "--others", "--exclude-standard")
    if any(path.name == ".clang-tidy" for path in changed):
        return dict(sources)
    selected = {path: source for path, source in sources.items() if path in changed}
    included = {path: dependencies(source) for path, source in sorted(sources.items())}
    for header in sorted(path for path in changed if path.suffix in (".hpp", ".h")):
        users = [path for path in included if header in included[path]]
        users.sort(key=lambda path: path.with_suffix("") != header.with_suffix(""))
        if users and not any(user in selected for user in users):
            selected[users[0]] = sources[users[0]]
    return selected


def select_named(sources, names):
    """The sources that the user named."""
    paths = [Path(name).resolve() for name in names]
    unknown = [str(path) for path in paths if path not in sources]
    if unknown:
        raise UsageError(f"not in the compile commands: {', '.join(unknown)}")
    return {path: sources[path] for path in paths}


class CleanSources:
    """Remembers, in the build folder, which sources were clean in which state."""

    def __init__(self, file):
        self._file = file
        self._lock = threading.Lock()
        try:
            self._keys = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._keys = {}

    def holds(self, name, key):
        """True if the source was clean in exactly this state."""
        return self._keys.get(name) == key

    def add(self, name, key):
        """Written at once, so that an interrupted run is not lost."""
        with self._lock:
            self._keys[name] = key
            draft = self._file.with_suffix(".new")
            draft.write_text(json.dumps(self._keys, indent=1, sort_keys=True), encoding="utf-8")
            draft.replace(self._file)


def _check(source, program, build):
    """What clang-tidy prints about a source; empty if it is clean."""
    command = [program, f"-p={build}", *EXTRA_ARGUMENTS, str(source.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0 and not done.stdout.strip():
        return ""
    if done.returncode < 0:
        return f"{source.path}: clang-tidy was stopped by signal {-done.returncode}."
    return done.stdout.strip() or done.stderr.strip() or f"{source.path}: clang-tidy failed."


def check_all(sources, program, version, build, jobs):
    """Checks the sources in parallel. Returns how many were remembered, how many have findings."""
    clean = CleanSources(build / CACHE_NAME)
    keys = {source: cache_key(source, version) for source in sources.values()}
    names = {source: str(source.path.relative_to(ROOT)) for source in keys}
    due = [source for source, key in keys.items() if not clean.holds(names[source], key)]

    def check(source):
        output = _check(source, program, build)
        if not output:
            clean.add(names[source], keys[source])
        return source, output

    findings = 0
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for number, (source, output) in enumerate(pool.map(check, due), 1):
            print(f"[{number}/{len(due)}] {names[source]}", file=sys.stderr, flush=True)
            if output:
                findings += 1
                print(output, flush=True)
    return len(keys) - len(due), findings


def _find_program(wanted):
    """clang-tidy 14 and its full version; other versions find other things."""
    for name in [wanted] if wanted else ["clang-tidy-14", "clang-tidy"]:
        path = shutil.which(name)
        if not path:
            continue
        done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise UsageError(f"{path} --version ended with {done.returncode}")
        if wanted or "version 14." in done.stdout:
            return path, done.stdout
    raise UsageError("clang-tidy 14 is missing. Install the package clang-tidy-14")


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="only these sources")
    parser.add_argument("--preset", default="dev", help="the build in build/PRESET (default: dev)")
    parser.add_argument("--build", type=Path, metavar="DIR", help="a build folder elsewhere")
    parser.add_argument("--changed", metavar="REV", help="only what differs from a git revision")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="at once (default: 2)")
    parser.add_argument("--clang-tidy", metavar="PROGRAM", help="another clang-tidy")
    return parser.parse_args()


def main():
    arguments = _arguments()
    build = (arguments.build or ROOT / "build" / arguments.preset).resolve()
    try:
        program, version = _find_program(arguments.clang_tidy)
        sources = read_sources(build)
        if arguments.files:
            sources = select_named(sources, arguments.files)
        if arguments.changed:
            sources = select_changed(sources, arguments.changed)
    except UsageError as error:
        print(f"run_clang_tidy: {error}.", file=sys.stderr)
        return 2
    remembered, findings = check_all(sources, program, version, build, max(1, arguments.jobs))
    print(f"run_clang_tidy: {len(sources)} sources, {remembered} unchanged since they were clean, "
          f"{findings} with findings.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
