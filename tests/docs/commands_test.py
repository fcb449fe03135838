#!/usr/bin/env python3
"""Runs every command that the documentation shows in a block marked `sh`, from the project's root.

Blocks of other kinds are not commands; programs in blocks marked `cpp` are compiled. A hub that a
command starts gets a free port, has to say that it listens, and has to stop in order on SIGINT.
Commands of a peer find a demo's mesh, and examples that chat have to be answered there. Expects
what ./test.sh has built.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 600
# Until peers have met, or have answered.
MEETING_SECONDS_MAX = 60
LISTENING = "hub listens on"

# Commands that take too long to be run here, or that run this test: what is checked instead. With
# other arguments they are run.
INSTEAD = {
    "./test.sh": "bash -n test.sh",
    "bench/run.sh": "bash -n bench/run.sh",
}
# Programs that run until they are stopped.
SERVERS = ("./run.sh", "build/release/bin/pigeonhub", "build/release/bin/peerpigeon demo",
           "build/release/bin/peerpigeon server")
PEER = "build/release/bin/peerpigeon"
READY = "Join from a second terminal"
# Programs that chat at the hub that they are given, until their input ends.
CHATS = ("build/release/bin/example_node", "build/release/bin/example_c")
SHOWN_HUB = "ws://localhost:3000"
NOT_SERVING = ("--help", "--version", "--check", "--build-only")


def documents():
    """The documents of the project itself, not those of a folder's own tests."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands_of(text):
    """Line number and text of each command, without its comment."""
    language = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            language = line[3:].strip() if language is None else None
        elif language == "sh":
            command = line.split(" #")[0].strip()
            if command and not command.startswith("#"):
                yield number, command


def environment():
    """This process's variables; hubs choose a free port, and no option of the caller's counts."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("PIGEONHUB_", "RATE_", "PEERPIGEON_"))
            and name not in ("HOST", "NODE_ID")}
    return {**kept, "PORT": "0", "PEERPIGEON_HOME": str(ROOT / "build" / "docs-test")}


def serves(command):
    words = command.split()
    is_server = words[0] in SERVERS or " ".join(words[:2]) in SERVERS
    return is_server and not any(word in NOT_SERVING for word in words)


class Program:
    """A program that runs meanwhile; its output is read all the time, so that no pipe fills."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment(), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.lines = []
        self.has_ended = False
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()
        with self.changed:
            self.has_ended = True
            self.changed.notify_all()

    def output(self):
        return "".join(self.lines)

    def wait_for(self, words):
        """The first line with the words; fails if it does not come."""
        def found():
            return next((line for line in self.lines if words in line), None)
        with self.changed:
            self.changed.wait_for(lambda: found() or self.has_ended, MEETING_SECONDS_MAX)
            if not found():
                raise AssertionError(f"'{words}' did not come:\n{self.output()}")
            return found()

    def close(self):
        """Whatever has become of it, nothing of it is left."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdin.close()
        self.process.stdout.close()


class Mesh:
    """A demo that runs while commands of a peer are tried; `url` is its hub's."""

    def __enter__(self):
        self.demo = Program([PEER, "demo"])
        try:
            self.url = re.search(r"ws://[^;]*", self.demo.wait_for(LISTENING)).group()
            self.demo.wait_for(READY)
        except BaseException:
            self.demo.close()
            raise
        return self

    def __exit__(self, *error):
        try:
            self.demo.process.send_signal(signal.SIGINT)
            self.demo.process.wait(timeout=15)
        finally:
            self.demo.close()


def run_chat(command):
    """Has a program greet a mesh, whose peers answer; its output if it ends badly, else None."""
    with Mesh() as mesh:
        chat = Program(command.replace(SHOWN_HUB, mesh.url).split())
        try:
            chat.wait_for("+ ")
            chat.process.stdin.write("hello\n")
            chat.process.stdin.flush()
            chat.wait_for(": welcome, ")
            chat.process.stdin.close()
            status = chat.process.wait(timeout=15)
        finally:
            chat.close()
    return None if status == 0 else f"exit status {status}\n{chat.output()}"


def run_peer(command):
    """Runs a command of a peer in a mesh; its output if it fails, else None."""
    with Mesh() as mesh:
        return run(command, {"PEERPIGEON_SIGNALING_URL": mesh.url})


def run(command, variables=None):
    """Runs a command that ends by itself; its output if it fails, else None."""
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, text=True,
                          env={**environment(), **(variables or {})},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=SECONDS_MAX, check=False)
    return None if done.returncode == 0 else f"exit status {done.returncode}\n{done.stdout}"


def run_server(command):
    """Starts a hub, waits until it listens, and stops it; its output if that fails, else None."""
    process = subprocess.Popen(["bash", "-c", f"exec {command}"], cwd=ROOT, env=environment(),
                               text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    output = []
    bound = threading.Timer(SECONDS_MAX, process.kill)
    bound.start()
    try:
        for line in process.stdout:
            output.append(line)
            if LISTENING in line:
                process.send_signal(signal.SIGINT)
        process.wait(timeout=15)
    finally:
        bound.cancel()
        process.kill()
        process.stdout.close()
    good = process.returncode == 0 and any(LISTENING in line for line in output)
    return None if good else f"exit status {process.returncode}\n{''.join(output)}"


class CommandsTest(unittest.TestCase):
    """One test for each command; they are added below."""

    def test_finds_commands(self):
        text = "```sh\n# only a comment\nls  # with a comment\n```\n```js\nnot()\n```\n"
        self.assertEqual(list(commands_of(text)), [(3, "ls")])
        self.assertTrue(any(commands_of((ROOT / "README.md").read_text())))

    def test_notices_commands_that_fail(self):
        self.assertIn("exit status 3", run("exit 3"))
        self.assertIn("no such thing", run_server("echo no such thing"))

    def test_notices_programs_that_say_something_else(self):
        program = Program(["echo", "no such thing"])
        with self.assertRaisesRegex(AssertionError, "no such thing"):
            program.wait_for(LISTENING)
        program.close()

    def test_programs_that_are_shown_can_be_compiled(self):
        programs = [(document, text) for document in documents()
                    for text in re.findall(r"```cpp\n(.*?)```", document.read_text(), re.DOTALL)]
        self.assertTrue(programs)
        for document, text in programs:
            with self.subTest(document.name):
                compiled = subprocess.run(
                    ["c++", "-std=c++20", "-fsyntax-only", "-Iinclude", "-x", "c++", "-"],
                    cwd=ROOT, input=text, text=True, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, timeout=SECONDS_MAX, check=False)
                self.assertEqual(compiled.returncode, 0, compiled.stdout)

    def test_the_example_that_is_shown_is_the_one_that_is_run(self):
        example = (ROOT / "examples/node/main.cpp").read_text()
        shown = "```cpp\n" + example[example.index("#include"):] + "```"
        self.assertIn(shown, (ROOT / "README.md").read_text())


def add_tests():
    for document in documents():
        name = document.relative_to(ROOT)
        for number, command in commands_of(document.read_text()):
            def test(self, command=command, place=f"{name}:{number}"):
                actual = INSTEAD.get(command, command)
                tried = (run_server if serves(actual) else
                         run_peer if actual.split()[0] == PEER else
                         run_chat if actual.split()[0] in CHATS else run)
                failure = tried(actual)
                self.assertIsNone(failure, f"{place}: {command}\n{failure}")
            test.__doc__ = f"{name}:{number}: {command}"
            setattr(CommandsTest, f"test_{str(name).replace('/', '_')}_{number:04}", test)


add_tests()

if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
