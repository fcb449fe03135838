"""Shows that each rule of check_layers.py fires on a tree that breaks it, and on no other."""

import dataclasses
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
sys.path.insert(0, str(TOOLS))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import check_layers
from layers.functions import cxx_functions, js_functions
from layers.table import TableError, read_table
from layers.text import blank_cxx, blank_js

TABLE = dataclasses.replace(read_table(check_layers.TABLE_FILE), exceptions=())

CLEAN_TREE = {
    "include/pigeon/id.hpp": """\
        #pragma once

        #include <array>

        namespace pigeon {
        struct Id {
          std::array<unsigned char, 20> bytes{};
        };
        }  // namespace pigeon
        """,
    "include/pigeon/hub.hpp": '#pragma once\n\n#include <memory>\n\n#include "pigeon/id.hpp"\n',
    "src/base/random.hpp": '#pragma once\n\n#include "pigeon/id.hpp"\n',
    "src/wire/message.hpp": '#pragma once\n\n#include <simdjson.h>\n\n#include "base/random.hpp"\n',
    "src/hub/hub.cpp": """\
        #include "wire/message.hpp"

        // RFC 6455 \u00a75.5; a comment may say steady_clock::now() or throw.
        const char* text = "std::mutex, printf(), /* and */ // mt19937";
        void shuffle(int time);
        int grow(Queue& queue) { return queue.rand() + queue.time(0); }
        """,
    "src/hub/hub_test.cpp": """\
        #include <gtest/gtest.h>

        #include "hub/hub.hpp"
        #include "tests/support/frame.hpp"

        TEST(HubTest, Greets) { EXPECT_EQ(greet("gr\u00fc\u00df dich \U0001f600"), 1); }
        """,
    "src/net/loop.cpp": "#include <sys/socket.h>\n\n#include <boost/asio.hpp>\n",
    "tests/support/frame.hpp": '#pragma once\n\n#include "net/loop.hpp"\n',
    "tests/e2e/drain_test.cpp": "void wait() { std::this_thread::sleep_for(1s); }\n",
    "web/status/page.js": "// TODO(anna): show the rates\nconst label = `${rate} \u00b7 now`;\n",
    "docs/hub.md": "A hub \u2014 what it is.\n",
}


def findings_in(tree, table=TABLE):
    """The findings in a tree of files made for this call."""
    with tempfile.TemporaryDirectory() as folder:
        write_tree(Path(folder), tree)
        return check_layers.check(Path(folder), table)[0]


def write_tree(root, tree):
    """Writes files given as text, with common indentation, or as bytes."""
    for path, content in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else textwrap.dedent(content).encode()
        (root / path).write_bytes(data)


class LayersTestCase(unittest.TestCase):
    """Checks by path, line and rule."""

    def assert_findings(self, tree, *expected):
        """Expects exactly these, each as "path:line rule"."""
        found = [f"{one.path}:{one.line} {one.rule}" for one in findings_in(tree)]
        self.assertEqual(sorted(expected), sorted(found))


class CleanTreeTest(LayersTestCase):
    def test_has_no_findings(self):
        self.assert_findings(CLEAN_TREE)


class IncludeTest(LayersTestCase):
    """Who may include whom."""

    # The table of the architecture, with tests, bench and bindings. Every pair is tried.
    CORE = {
        "base": "",
        "wire": "base crypto",
        "crypto": "base",
        "membership": "base wire crypto",
        "gossip": "base wire crypto",
        "routing": "base wire crypto",
        "dht": "base wire crypto",
        "media": "base wire crypto",
        "signaling": "base wire crypto",
        "storage": "base wire crypto dht",
        "node": "base wire crypto membership gossip routing dht media signaling storage pigeon",
        "hub": "base wire crypto pigeon",
        "rtc": "base crypto rtc/sdp rtc/ice rtc/dtls rtc/sctp rtc/rtp",
        "rtc/sdp": "base crypto",
        "rtc/ice": "base crypto",
        "rtc/dtls": "base crypto",
        "rtc/sctp": "base crypto",
        "rtc/rtp": "base crypto",
        "net": "base crypto",
        "persist": "base crypto",
        "suite": "base crypto",
        "runtime": "node hub net persist suite base crypto pigeon "
                   "rtc rtc/sdp rtc/ice rtc/dtls rtc/sctp rtc/rtp",
    }
    OUTER = {
        "sim": "node hub suite base wire crypto pigeon "
               "rtc rtc/sdp rtc/ice rtc/dtls rtc/sctp rtc/rtp",
        "sim/engine": "sim node hub suite base wire crypto pigeon "
                      "rtc rtc/sdp rtc/ice rtc/dtls rtc/sctp rtc/rtp",
        "apps/pigeonhub": "runtime pigeon",
        "apps/peerpigeon": "runtime pigeon sim sim/engine apps/pigeonhub",
        "examples": "pigeon",
        "tests/package": "pigeon",
        "pigeon": "",
    }

    @staticmethod
    def place(folder):
        """Where the files of a folder lie."""
        if folder == "pigeon":
            return "include/pigeon"
        return f"src/{folder}" if folder in IncludeTest.CORE else folder

    def test_every_pair_of_folders_follows_the_table(self):
        rows = self.CORE | self.OUTER
        targets = list(rows)
        tree, expected = {}, []
        for folder, allowed in rows.items():
            path = f"{self.place(folder)}/probe.cpp"
            tree[path] = "".join(f'#include "{target}/other.hpp"\n' for target in targets)
            own = {folder} | ({"sim", "sim/engine"} if folder.startswith("sim") else set())
            expected += [f"{path}:{line} include" for line, target in enumerate(targets, 1)
                         if target not in own | set(allowed.split())]
        self.assert_findings(tree, *expected)

    def test_programs_for_measuring_and_testing_see_what_they_drive(self):
        every = "".join(f'#include "{folder}/x.hpp"\n' for folder in (
            "wire", "hub", "net", "runtime", "sim/engine", "pigeon"))
        self.assert_findings(
            {
                "bench/x.cpp": every + '#include "tests/support/x.hpp"\n',
                "tests/e2e/x_test.cpp": every + '#include "tests/support/x.hpp"\n',
                "tests/fuzz/x.cpp": every,
                "bindings/wasm/x.cpp": every,
                "sim/hub_sim.cpp": every + "#include <CLI/CLI.hpp>\n",
            },
            *(f"bindings/wasm/x.cpp:{line} include" for line in (1, 3, 4, 5)),
            *(f"sim/hub_sim.cpp:{line} include" for line in (1, 2, 3, 4)))

    def test_values_of_the_interface_are_open_to_all_and_include_only_each_other(self):
        header = '#pragma once\n#include "pigeon/version.hpp"\n#include <pigeon/result.hpp>\n'
        self.assert_findings(
            {
                "include/pigeon/result.hpp": header,
                "include/pigeon/id.hpp": header + '#include "pigeon/node.hpp"\n',
                "src/base/x.hpp": header + '#include "pigeon/node.hpp"\n',
                "src/rtc/ice/x.hpp": header,
            },
            "include/pigeon/id.hpp:4 include", "src/base/x.hpp:4 include")

    def test_unit_tests_may_use_support_and_crypto_tests_may_use_suite(self):
        source = '#include "suite/p256.hpp"\n#include "tests/support/x.hpp"\n'
        self.assert_findings(
            {f"src/{folder}/x{kind}.cpp": source for folder in ("crypto", "wire")
             for kind in ("", "_test")},
            "src/crypto/x.cpp:1 include", "src/crypto/x.cpp:2 include",
            "src/wire/x.cpp:1 include", "src/wire/x.cpp:2 include", "src/wire/x_test.cpp:1 include")

    def test_sees_every_spelling_but_not_comments_and_strings(self):
        self.assert_findings(
            {"src/base/x.cpp": """\
                #  include  "wire/a.hpp"
                // #include "wire/b.hpp"
                /*
                #include "wire/c.hpp"
                */
                const char* text = R"(
                #include "wire/d.hpp"
                )";
                #include <wire/e.hpp>
                """,
             "src/wire/e.hpp": "#pragma once\n"},
            "src/base/x.cpp:1 include", "src/base/x.cpp:9 include")

    def test_paths_start_below_src_or_at_the_root(self):
        self.assert_findings({"src/hub/x.cpp": '#include "x.hpp"\n#include "../base/y.hpp"\n'},
                             "src/hub/x.cpp:1 include", "src/hub/x.cpp:2 include")

    def test_a_system_header_may_begin_like_a_folder(self):
        self.assert_findings({"src/net/x.cpp": "#include <net/if.h>\n"})

    def test_folders_without_a_row(self):
        self.assert_findings(
            {
                "src/cache/x.hpp": "#pragma once\n",
                "src/cache/CMakeLists.txt": "",
                "src/CMakeLists.txt": "",
                "src/main.cpp": "",
                "include/other/x.hpp": "#pragma once\n",
                "packaging/x.cpp": "",
                "packaging/x.py": "",
            },
            "src/cache/x.hpp:1 folder", "src/cache/CMakeLists.txt:1 folder",
            "src/main.cpp:1 folder", "include/other/x.hpp:1 folder", "packaging/x.cpp:1 folder")


class LibraryTest(LayersTestCase):
    """Which folder may use which library."""

    def test_each_library_is_refused_outside_of_its_folders(self):
        folders = {"wire", "dht", "hub", "rtc", "suite", "persist", "net", "runtime", "apps", "sim"}
        headers = {
            "simdjson.h": "wire", "boost/json.hpp": "wire", "openssl/evp.h": "suite net rtc",
            "boost/asio.hpp": "net runtime", "boost/beast/http.hpp": "net runtime",
            "boost/url.hpp": "net runtime apps",
            "sqlite3.h": "persist", "spdlog/spdlog.h": "runtime apps", "CLI/CLI.hpp": "apps",
            "toml++/toml.h": "runtime apps", "gtest/gtest.h": "", "benchmark/benchmark.h": "",
            "sys/socket.h": "net persist runtime apps", "unistd.h": "net persist runtime apps",
            "thread": "net persist suite runtime apps", "mutex": "net persist suite runtime apps",
            "iostream": "net persist suite runtime apps sim", "random": "", "cassert": "",
            "ctime": "net persist suite runtime apps",
            "stdexcept": "net persist suite rtc runtime apps",
            "coroutine": "net runtime apps", "filesystem": "net persist runtime apps",
            "typeinfo": "runtime", "csignal": "runtime apps", "stdint.h": "", "vector": "*",
            "boost/unordered/unordered_flat_map.hpp": "dht hub wire net rtc runtime sim",
            "boost/system/error_code.hpp": "wire net runtime apps", "immintrin.h": "net",
            "sodium.h": "suite", "ares.h": "net", "nats/nats.h": "net runtime", "rapidcheck.h": "",
        }
        tree, expected = {}, []
        for folder in folders:
            path = f"{folder}/x.cpp" if folder in ("apps", "sim") else f"src/{folder}/x.cpp"
            tree[path] = "".join(f"#include <{header}>\n" for header in headers)
            expected += [f"{path}:{line} library" for line, owners in enumerate(headers.values(), 1)
                         if owners != "*" and folder not in owners.split()]
        self.assert_findings(tree, *expected)

    def test_unknown_headers_are_refused_everywhere(self):
        self.assert_findings({"apps/x.cpp": "#include <nlohmann/json.hpp>\n"},
                             "apps/x.cpp:1 library")

    def test_the_interface_uses_the_standard_library_only(self):
        self.assert_findings(
            {"include/pigeon/node.hpp": "#pragma once\n#include <memory>\n#include <thread>\n"
                                        "#include <boost/asio.hpp>\n"},
            "include/pigeon/node.hpp:3 library", "include/pigeon/node.hpp:4 library")

    def test_unit_tests_may_use_the_test_libraries(self):
        source = "#include <gmock/gmock.h>\n#include <rapidcheck.h>\n#include <fstream>\n" \
                 "#include <openssl/sha.h>\n#include <thread>\n"
        self.assert_findings(
            {"src/crypto/x_test.cpp": source, "src/base/x_test.cpp": source},
            "src/crypto/x_test.cpp:5 library", "src/base/x_test.cpp:4 library",
            "src/base/x_test.cpp:5 library")


class BanTest(LayersTestCase):
    """Calls and words."""

    CALLS = {
        "clock": [
            "auto t = std::chrono::steady_clock::now();",
            "auto t = std::chrono::system_clock::now();",
            "auto t = Clock::now();", "auto t = std::time(nullptr);", "int t = time(0);",
            "clock_gettime(CLOCK_REALTIME, &t);",
        ],
        "chance": [
            "int x = std::rand();", "srand(1);", "std::random_device seed;", "std::mt19937 engine;",
            "std::uniform_int_distribution<int> d(0, 9);", "std::shuffle(a, b, engine);",
            "std::ranges::shuffle(a, engine);",
        ],
        "threads": [
            "std::thread worker;", "std::mutex lock;", "std::atomic<int> count;",
            "std::lock_guard guard(lock);", "auto f = std::async(work);",
        ],
        "throw": ["throw Error();", "try { f(); } catch (...) {}"],
        "output": [
            'std::printf("x");', 'printf("x");', "std::cout << 1;", "std::cerr << 1;",
            'auto x = std::getenv("PORT");', 'auto f = ::fopen("x", "r");',
        ],
        "sleep": ["std::this_thread::sleep_until(t);", "::usleep(5);", "sleep(1);"],
    }

    def test_calls_below_the_line(self):
        for rule, lines in self.CALLS.items():
            for line in lines:
                with self.subTest(line=line):
                    found = findings_in({"src/dht/x.cpp": f"\nvoid f() {{ {line} }}\n"})
                    self.assertIn(("src/dht/x.cpp", 2, rule),
                                  [(one.path, one.line, one.rule) for one in found])
                    found = findings_in({"apps/x.cpp": f"\nvoid f() {{ {line} }}\n"})
                    self.assertEqual([], found)

    def test_every_core_folder_is_below_the_line(self):
        folders = sorted(name for name in IncludeTest.CORE if "/" not in name and name not in {
            "rtc", "net", "persist", "suite", "runtime"})
        self.assertEqual(12, len(folders))
        lines = "throw 1;\nint t = Clock::now();\nint r = rand();\nstd::mutex m;\nputs(x);\n"
        self.assert_findings(
            {f"src/{folder}/x.cpp": lines for folder in folders},
            *(f"src/{folder}/x.cpp:{line} {rule}" for folder in folders for line, rule in enumerate(
                ("throw", "clock", "chance", "threads", "output"), 1)))

    def test_the_simulator_is_deterministic_too(self):
        self.assert_findings(
            {"sim/engine/x.cpp": "int t = Clock::now();\nstd::mt19937 e;\nstd::mutex m;\nthrow 1;"},
            "sim/engine/x.cpp:1 clock", "sim/engine/x.cpp:2 chance", "sim/engine/x.cpp:3 threads")

    def test_names_alike_are_no_calls(self):
        self.assert_findings({"src/hub/x.cpp": """\
            void Hub::sleep(int rethrow) { room.sleep(1); timer->printf(2); Random random(seed); }
            int next = table.clock_now() + snprintf(buffer, 1, "") + now.time(0) + sleep_total;
            int shuffle(Random& rng), brand(int), entry(int), retry = 1'000;
            """})

    def test_tests_do_not_sleep_outside_of_e2e(self):
        line = "void f() { std::this_thread::sleep_for(1ms); }\n"
        self.assert_findings(
            {"src/net/x_test.cpp": line, "src/runtime/x.cpp": line, "tests/support/x.cpp": line,
             "tests/e2e/x_test.cpp": line},
            "src/net/x_test.cpp:1 sleep_in_tests", "tests/support/x.cpp:1 sleep_in_tests")

    def test_tests_may_expect_throws_and_read_files(self):
        self.assert_findings({"src/base/x_test.cpp": 'void f() { fopen("x", "r"); throw 1; }\n'})

    def test_words_banned_everywhere(self):
        source = """\
            using namespace std;
            using namespace std::chrono_literals;
            void do_work();
            // TODO: later
            // TODO(): later
            // TODO(anna): later, a TODOs
            // FIXME
            // CRITICAL
            const char* a = "BULLETPROOF", *b = "AGGRESSIVE", *c = "critical";
            """
        for folder in "src/runtime include/pigeon sim apps tests bench examples".split():
            path = f"{folder}/x.cpp"
            self.assert_findings(
                {path: source}, f"{path}:1 using_namespace_std", f"{path}:3 do_names",
                f"{path}:4 todo", f"{path}:5 todo", f"{path}:7 todo", f"{path}:8 shouting",
                f"{path}:9 shouting", f"{path}:9 shouting")

    def test_every_ban_has_a_case(self):
        tried = set(self.CALLS) | {"sleep_in_tests", "using_namespace_std", "do_names", "todo",
                                   "shouting"}
        self.assertEqual({ban.name for ban in TABLE.bans}, tried)


class UnorderedTest(LayersTestCase):
    """Walks through containers without an order."""

    def test_walks_over_members_of_the_own_header(self):
        header = """\
            #pragma once
            std::unordered_map<Key, std::vector<std::pair<int, int>>> peers_;
            std::map<int, int> sorted_;
            """
        source = """\
            void f() {
              for (const auto& [key, value] : peers_) send(key);
              for (auto x : sorted_) send(x);
              for (auto x : this->peers_) send(x);
              for (auto it = peers_.begin(); it != peers_.end(); ++it) send(*it);
              if (peers_.find(key) != peers_.end()) send(key);
            }
            """
        self.assert_findings(
            {"src/hub/a.hpp": header, "src/hub/a.cpp": source, "src/hub/a_test.cpp": source,
             "src/hub/b.cpp": source, "src/net/a.hpp": header, "src/net/a.cpp": source},
            *(f"src/hub/a.cpp:{line} unordered" for line in (2, 4, 5)))

    def test_knows_aliases_and_boost(self):
        self.assert_findings(
            {"sim/x.cpp": """\
                using Table = std::unordered_set<int>;
                Table table_;
                boost::unordered_flat_map<int, int> flat;
                void f(const Table& given) {
                  for (int x : table_) send(x);
                  for (auto& x : flat) send(x);
                  for (int x : given) send(x);
                }
                """},
            *(f"sim/x.cpp:{line} unordered" for line in (5, 6, 7)))

    def test_collecting_and_sorting_is_fine(self):
        self.assert_findings({"src/hub/x.cpp": """\
            std::unordered_set<int> table;
            void f() {
              for (int x : table) list.push_back(x);
              std::sort(list.begin(), list.end());
            }
            """})


class NameTest(LayersTestCase):
    """Names that name no subject."""

    def test_file_names(self):
        paths = ["src/net/string_util.cpp", "src/net/common/a.cpp", "apps/handlers.cpp",
                 "web/status/helper.js", "tests/support/test_utils.mjs"]
        good = ["src/net/futile.cpp", "apps/uncommon.cpp"]
        self.assert_findings({path: "" for path in paths + good},
                             *(f"{path}:1 names" for path in paths))

    def test_type_names(self):
        self.assert_findings(
            {"src/net/x.cpp": """\
                class PeerManager;
                struct [[nodiscard]] HTTPHandler {};
                enum class HelperKind { a };
                using MessageUtil = int;
                template <class Handler, typename CommonType>
                void f(Handler handler);
                class Uncommon {};
                using std::common_type_t;
                // class CommentManager
                """,
             "web/status/x.js": "export class GraphHelper {}\n"},
            *(f"src/net/x.cpp:{line} names" for line in (1, 2, 3, 4)), "web/status/x.js:1 names")


class CharacterTest(LayersTestCase):
    """Characters outside of ASCII."""

    def test_sources_are_ascii(self):
        self.assert_findings(
            {
                "src/hub/x.cpp": "// gr\u00fcn\nconst char* a = \"\u00fc\";\n// RFC 1 \u00a72\n",
                "src/hub/x_test.cpp": "// gr\u00fcn\nconst char* a = \"\u00fc\" R\"(\u00fc)\";\n",
                "tests/interop/x.mjs": "// gr\u00fcn\nconst a = '\u00fc' + `\u00fc`;\n",
                "tests/e2e/x.py": "# gr\u00fcn\na = '\u00fc' + \"\"\"\n\u00fc\"\"\"\n",
                "tests/fuzz/corpus/frame": b"\xff\xfe\x00",
                "tests/data/x.json": '"\u00fc"\n',
            },
            "src/hub/x.cpp:1 characters", "src/hub/x.cpp:2 characters",
            "src/hub/x_test.cpp:1 characters", "tests/interop/x.mjs:1 characters",
            "tests/e2e/x.py:1 characters")

    def test_sources_are_utf8(self):
        self.assert_findings({"src/hub/x.cpp": b"int a;\n// \xff\n"}, "src/hub/x.cpp:2 characters")

    def test_texts_have_no_emoji(self):
        self.assert_findings(
            {"README.md": "fine \u2192 \u00fc\n\U0001f680\n", "web/a.js": "// \u2705\n",
             "tools/x.py": "# \u26a0\n"},
            "README.md:2 emoji", "web/a.js:1 emoji", "tools/x.py:1 emoji")


class MentionTest(LayersTestCase):
    """What no file may mention."""

    def test_places_of_one_machine(self):
        words = ["/wo" + "rk/", "shared/" + "spec", "shared/" + "design", "registry." + "npmjs",
                 "deb." + "debian.org"]
        tree = {f"docs/{number}.txt": f"\nsee {word}here\n" for number, word in enumerate(words)}
        tree["data.bin"] = b"\x00\n\n" + words[0].encode()
        tree["docs/fine.txt"] = "/homework/ /works/ shared/notes npmjs.com"
        self.assert_findings(tree, "data.bin:3 mentions",
                             *(f"docs/{number}.txt:2 mentions" for number in range(len(words))))


class SizeTest(LayersTestCase):
    """Files, lines and headers."""

    def test_lines_of_files(self):
        self.assert_findings(
            {
                "src/hub/a.cpp": "\n" * 600, "src/hub/b.cpp": "\n" * 601,
                "src/hub/c.hpp": "#pragma once\n" + "\n" * 600,
                "src/hub/a_test.cpp": "\n" * 1000, "src/hub/b_test.cpp": "\n" * 1001,
                "tests/support/a.cpp": "\n" * 1000, "tools/a.py": "\n" * 601,
                "web/a.css": "\n" * 601, "cmake/a.cmake": "\n" * 601, "web/a.js": "\n" * 601,
                "docs/a.md": "\n" * 5000, "web/a.test.mjs": "\n" * 601,
            },
            *(f"{path}:601 file_size" for path in (
                "src/hub/b.cpp", "src/hub/c.hpp", "tools/a.py", "web/a.css", "cmake/a.cmake",
                "web/a.js")), "src/hub/b_test.cpp:1001 file_size")

    def test_columns(self):
        line = "x" * 100
        long, sign = line + "x", "\u00a7"
        names = ["x.cpp", "x.js", "x.mjs", "x.py", "x.css", "x.cmake", "CMakeLists.txt"]
        tree = {f"bench/{name}": f"{line}\n{long}\n" for name in names}
        tree["bench/x.h"] = f"#pragma once\n{long}\n"
        tree["bench/y.cpp"] = f'// https://{long}\n// {sign * 97}\n#include "bench/{long}.hpp"\n'
        tree["bench/y.txt"] = long
        self.assert_findings(tree, "bench/x.h:2 columns",
                             *(f"bench/{name}:2 columns" for name in names))

    def test_headers_are_included_once(self):
        self.assert_findings(
            {"src/hub/a.hpp": "// #pragma once\n", "include/pigeon/pigeon.h": "#ifndef A\n#endif\n",
             "src/hub/b.hpp": "// Licence\n#pragma once\n"},
            "src/hub/a.hpp:1 pragma_once", "include/pigeon/pigeon.h:1 pragma_once")

    def test_functions_of_every_language(self):
        body = "  x();\n" * 58
        longer = body + "  x();\n"
        python = "    x()\n" * 59
        self.assert_findings(
            {
                "src/hub/a.cpp": f"void f() {{\n{body}}}\nvoid g() {{\n{longer}}}\n",
                "src/hub/a_test.cpp": f"TEST(A, B) {{\n{longer}}}\n",
                "web/a.js": f"function f() {{\n{body}}}\nconst g = () => {{\n{longer}}};\n",
                "tools/a.py": f"def f():\n{python}class A:\n  def g(self):\n{python}    x()\n",
            },
            "src/hub/a.cpp:61 function_size", "src/hub/a_test.cpp:1 function_size",
            "web/a.js:61 function_size", "tools/a.py:62 function_size")

    def test_python_that_cannot_be_read(self):
        self.assert_findings({"tools/a.py": "x = 1\ndef f(:\n"}, "tools/a.py:2 syntax")


class FunctionTest(unittest.TestCase):
    """Where functions begin and end."""

    def assert_cxx(self, code, *expected):
        """Expects exactly these functions, each as first and last line."""
        blank = blank_cxx(textwrap.dedent(code))
        found = [(blank.count("\n", 0, one.start) + 1, blank.count("\n", 0, one.end) + 1)
                 for one in cxx_functions(blank)]
        self.assertEqual(list(expected), found)

    def assert_js(self, code, *expected):
        """The same for JavaScript."""
        blank = blank_js(textwrap.dedent(code))
        found = [(blank.count("\n", 0, one.start) + 1, blank.count("\n", 0, one.end) + 1)
                 for one in js_functions(blank)]
        self.assertEqual(list(expected), found)

    def test_namespaces_types_and_arrays_are_no_functions(self):
        self.assert_cxx("""\
            namespace pigeon::hub {
            extern "C" {
            enum class Kind : std::uint8_t {
              a, b };
            template <class T, int n = 3>
            class [[nodiscard]] List final : public Base<decltype(f())> {
             public:
              int size_{3};
              std::function<void(int)> done_{};
              union { int a; float b; };
            };
            const int table[] = {
              1, 2, };
            constexpr std::array<Row, 2> rows{Row{1}, Row{
              2}};
            struct Row::Impl {
            };
            }
            }
            """)

    def test_functions_begin_with_their_signature(self):
        self.assert_cxx("""\
            struct A {
              A(int x)
                  : a_{x}, b_(x), c_{{1, 2}} {
                f();
              }
              explicit operator bool() const { return true; }
             private:
              bool operator==(const A& other) const
              { return true; }
              auto operator()(int x = 3) const noexcept(true) -> std::vector<int> { return {x}; }
            };
            template <class T>
              requires std::is_class_v<T>
            T make(std::vector<T> list = {}) {
              if (x) { y(); } else { z(); }
            }
            """, (2, 5), (6, 6), (8, 9), (10, 10), (12, 16))

    def test_lambdas_inside_belong_to_the_function(self):
        self.assert_cxx("""\
            void f() {
              auto g = [](int x) {
                return x;
              };
              struct Local { void h() { } };
            }
            const auto k = [&]() mutable -> int {
              return 1;
            };
            const bool done = install(1, [] {
              x();
            });
            """, (1, 6), (7, 9), (10, 12))

    def test_test_bodies_are_functions(self):
        self.assert_cxx("""\
            TEST_F(HubTest, Greets) {
              EXPECT_EQ(1, 1);
            }
            INSTANTIATE_TEST_SUITE_P(All, HubTest, Values(Case{1, 2}, Case{3, 4}));
            MATCHER_P(Is, x, "") { return arg == x; }
            """, (1, 3), (5, 5))

    def test_braces_in_literals_and_comments_do_not_count(self):
        self.assert_cxx("""\
            void f() {
              char a = '{', b = '\\'', c = u8'}'; int big = 65'536 + 0xFF'FF;
              // } it's
              /* }
               */
              text("}\\"}", R"x( }" )" } )x", u8R"(})");
            }
            void g() {}
            """, (1, 7), (8, 8))

    def test_branches_of_directives_are_not_added_up(self):
        self.assert_cxx("""\
            #define OPEN { \\
              {
            #ifdef A
            void f(int x) {
            #elif B
            void f(long x) {
            #else
            void f() {
            #endif
              g();
            #if C
              if (x) {
            #else
              if (y) {
            #endif
              }
            }
            void h() { }
            """, (8, 17), (18, 18))

    def test_javascript(self):
        self.assert_js("""\
            import {a} from './a.js';
            const options = {depth: {x: 1}};
            export class A extends mixin(B) {
              get size() { return 1; }
              async run(x = {}) {
                if (x) { y(); }
              }
            }
            for (const x of list) { f(x); }
            describe('a', {timeout: 5}, () => {
              it('b', async () => {
                await c();
              });
            });
            if (a) {
              b(function () { c(); });
            }
            """, (4, 4), (5, 7), (11, 13), (16, 16))

    def test_javascript_literals(self):
        self.assert_js("""\
            function f() {
              const a = `{ ${list.map((x) => `${x}{`)} '`;
              const b = '}' + "}" + a.replace(/[/{]"\\/{/g, '') / 2 / 1;  // }
            }
            function g() { }
            """, (1, 4), (5, 5))


class ExceptionTest(unittest.TestCase):
    """Excuses in the table."""

    TREE = {"src/base/x.cpp": "int a = puts(text);\nthrow 1;\n"}

    def rules(self, *excused):
        """The rules that fire with these exceptions."""
        rows = tuple({"path": path, "rule": rule, "reason": "r"} for path, rule in excused)
        found = findings_in(self.TREE, dataclasses.replace(TABLE, exceptions=rows))
        return [one.rule for one in found]

    def test_takes_out_one_rule_of_one_file(self):
        self.assertEqual(["throw"], self.rules(("src/base/x.cpp", "output")))

    def test_an_exception_that_nothing_needs_is_a_finding(self):
        self.assertEqual(["exception", "output", "throw"], self.rules(("src/base/x.cpp", "clock")))

    def test_an_exception_for_another_file_changes_nothing(self):
        self.assertEqual(["output", "throw"], self.rules(("src/base/y.cpp", "output")))


class TableTest(unittest.TestCase):
    """A table that contradicts itself is refused."""

    def assert_refused(self, old, new, message):
        """Expects this message after one replacement in the real table."""
        text = check_layers.TABLE_FILE.read_text(encoding="utf-8")
        self.assertIn(old, text)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "layers.toml"
            file.write_text(text.replace(old, new, 1), encoding="utf-8")
            with self.assertRaisesRegex(TableError, message):
                read_table(file)

    def test_contradictions(self):
        wire = 'paths = ["src/wire"]\nmay_include = ["base", "crypto"]'
        self.assert_refused(wire, wire.replace("base", "bases"), "folder.wire: .* bases")
        self.assert_refused('["@rtc_all"]', '["@nothing"]', "library.srtp: .* @nothing")
        self.assert_refused('["sqlite3.h"]', '["vector"]', "library.sqlite: vector")
        self.assert_refused('files = "tests"', 'files = "some"', "ban.sleep_in_tests: .* some")
        self.assert_refused('["openssl"]', '["open"]', "folder.crypto: .*open")
        self.assert_refused("reason =", "because =", "reason")


class ProgramTest(unittest.TestCase):
    """The program as it is called."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def run_program(self, *arguments):
        """Runs it from a folder that has nothing to do with the tree."""
        return subprocess.run([sys.executable, "-B", str(TOOLS / "check_layers.py"), *arguments],
                              cwd="/", capture_output=True, text=True, check=False)

    def test_a_clean_tree(self):
        write_tree(self.root, CLEAN_TREE)
        done = self.run_program("--root", str(self.root))
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn(f"{len(CLEAN_TREE)} files", done.stdout)
        self.assertEqual(1, done.stdout.count("\n"))

    def test_one_sentence_per_finding(self):
        write_tree(self.root, {"src/base/x.cpp": '#include "hub/hub.hpp"\nstd::mutex m;\n'})
        done = self.run_program("--root", str(self.root))
        self.assertEqual(1, done.returncode)
        lines = done.stdout.splitlines()
        self.assertEqual(2, len(lines))
        self.assertEqual('src/base/x.cpp:1: base may not include "hub/hub.hpp" of hub. Pass the '
                         "value in or move the code up; tools/layers.toml says who may include "
                         "whom.", lines[0])
        self.assertRegex(lines[1], r"^src/base/x\.cpp:2: 'std::mutex' is for threads\. A .*\.$")

    def test_without_arguments_it_checks_the_tree_it_lies_in(self):
        for path in ["check_layers.py", "layers.toml"] + [
                f"layers/{file.name}" for file in (TOOLS / "layers").glob("*.py")]:
            write_tree(self.root, {f"tools/{path}": (TOOLS / path).read_bytes()})
        write_tree(self.root, {"src/cache/x.cpp": ""})
        done = subprocess.run([sys.executable, "-B", str(self.root / "tools/check_layers.py")],
                              cwd="/", capture_output=True, text=True, check=False)
        self.assertEqual((1, 1), (done.returncode, done.stdout.count("\n")), done.stdout)
        self.assertTrue(done.stdout.startswith("src/cache/x.cpp:1: "))

    def test_in_a_clone_ignored_files_do_not_count(self):
        subprocess.run(["git", "init", "--quiet", str(self.root)], check=True)
        bad = {"src/made/x.cpp": "", "src/new/x.cpp": "", "build/x.cpp": ""}
        write_tree(self.root, bad | {".gitignore": "/build/\n/src/made/\n"})
        done = self.run_program("--root", str(self.root))
        self.assertEqual(1, done.stdout.count("\n"), done.stdout)
        self.assertTrue(done.stdout.startswith("src/new/x.cpp:1: "))

    def test_outside_of_a_clone_build_folders_do_not_count(self):
        write_tree(self.root, {f"{folder}/x.cpp": "" for folder in (
            "build", "build-gcc", "web/node_modules/a")})
        self.assertEqual(0, self.run_program("--root", str(self.root)).returncode)


if __name__ == "__main__":
    unittest.main()
