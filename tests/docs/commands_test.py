#!/usr/bin/env python3
"""Runs every command that the documentation shows in a block marked `sh`, from the project's root.

Blocks of other kinds are not commands. A hub that a command starts gets a free port, has to say
that it listens, and has to stop in order on SIGINT. Commands of a peer find a demo's mesh. Expects
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
LISTENING = "hub listens on"

# Commands that take too long to be run here, or that run this test: what is checked instead.
INSTEAD = {
    "./test.sh": "bash -n test.sh",
    "bench/run.sh": "bash -n bench/run.sh",
}
# Programs that run until they are stopped.
SERVERS = ("./run.sh", "build/release/bin/pigeonhub", "build/release/bin/peerpigeon demo",
           "build/release/bin/peerpigeon server")
PEER = "build/release/bin/peerpigeon"
READY = "Join from a second terminal"
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


class Mesh:
    """A demo that runs while commands of a peer are tried; `url` is its hub's."""

    def __enter__(self):
        self.process = subprocess.Popen([PEER, "demo"], cwd=ROOT, env=environment(), text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.url = None
        for line in self.process.stdout:
            if LISTENING in line:
                self.url = re.search(r"ws://[^;]*", line).group()
            if READY in line:
                break
        # What it prints from now on must not fill the pipe.
        self.reader = threading.Thread(target=self.process.stdout.read)
        self.reader.start()
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=15)
        self.reader.join()
        self.process.stdout.close()


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


def add_tests():
    for document in documents():
        name = document.relative_to(ROOT)
        for number, command in commands_of(document.read_text()):
            def test(self, command=command, place=f"{name}:{number}"):
                actual = INSTEAD.get(command.split()[0], command)
                tried = (run_server if serves(actual) else
                         run_peer if actual.split()[0] == PEER else run)
                failure = tried(actual)
                self.assertIsNone(failure, f"{place}: {command}\n{failure}")
            test.__doc__ = f"{name}:{number}: {command}"
            setattr(CommandsTest, f"test_{str(name).replace('/', '_')}_{number:04}", test)


add_tests()

if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
