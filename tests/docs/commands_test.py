#!/usr/bin/env python3
"""Runs every command that the documentation shows in a block marked `sh`, from the project's root.

Blocks of other kinds are not commands. A hub that a command starts gets a free port, has to say
that it listens, and has to stop in order on SIGINT. Expects what ./test.sh has built.
"""

import os
import signal
import subprocess
import sys
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 600
LISTENING = "hub listens on"

# Commands that take too long to be run here, or that run this test: what is checked instead.
INSTEAD = {
    "./test.sh": "bash -n test.sh",
    "bench/run.sh": "bash -n bench/run.sh",
}
# Programs that run until they are stopped.
SERVERS = ("./run.sh", "build/release/bin/pigeonhub")
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
            if not name.startswith(("PIGEONHUB_", "RATE_")) and name not in ("HOST", "NODE_ID")}
    return {**kept, "PORT": "0"}


def serves(command):
    words = command.split()
    return words[0] in SERVERS and not any(word in NOT_SERVING for word in words)


def run(command):
    """Runs a command that ends by itself; its output if it fails, else None."""
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=environment(), text=True,
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


def add_tests():
    for document in documents():
        name = document.relative_to(ROOT)
        for number, command in commands_of(document.read_text()):
            def test(self, command=command, place=f"{name}:{number}"):
                actual = INSTEAD.get(command.split()[0], command)
                failure = run_server(actual) if serves(actual) else run(actual)
                self.assertIsNone(failure, f"{place}: {command}\n{failure}")
            test.__doc__ = f"{name}:{number}: {command}"
            setattr(CommandsTest, f"test_{str(name).replace('/', '_')}_{number:04}", test)


add_tests()

if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
