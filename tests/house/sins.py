"""One sin per rule: where it lies, what it is, and a virtue beside it that must not be taken for
one. The words of a sin are put into a tree that is otherwise clean."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Sin:
    rule: str
    path: str
    text: str
    line: int = 1
    virtue: str = ""


CODE = "firmware/core/sin.cpp"
EDGE = "edge/store/sin.cpp"
TEST = "tests/core/sin_test.cpp"


def lines(count, text="int a;"):
    return "\n".join([text] * count) + "\n"


SINS = [
    Sin("layer", "firmware/base/sin.cpp", '#include "firmware/core/core.hpp"\n'),
    Sin("layer", "firmware/mqtt/sin.cpp", '#include "firmware/protocol/protocol.hpp"\n'),
    Sin("layer", "edge/domain/sin.cpp", '#include "edge/store/store.hpp"\n'),
    Sin("layer", CODE, '#include "tests/core/rig.hpp"\n',
        virtue='#include "firmware/protocol/protocol.hpp"\n'),
    Sin("layer", "edge/elsewhere/sin.cpp", "int a;\n"),
    Sin("relative-include", CODE, '#include "../base/base.hpp"\n'),
    Sin("relative-include", CODE, '#include "core.hpp"\n'),
    Sin("missing-include", CODE, '#include "firmware/core/gone.hpp"\n'),
    Sin("post-header", CODE, "#include <vector>\n", virtue="#include <array>\n"),
    Sin("system-header", CODE, "#include <unistd.h>\n"),
    Sin("header-home", "edge/console/sin.cpp", "#include <sqlite3.h>\n"),
    Sin("header-home", EDGE, "#include <zmq.hpp>\n", virtue="#include <sqlite3.h>\n"),
    Sin("threads", EDGE, "std::mutex guard;\n", virtue="// A std::mutex would be wrong here.\n"),
    Sin("shared-owner", EDGE, "std::shared_ptr<int> a;\n"),
    Sin("detached", EDGE, "net::co_spawn(a, b, net::detached);\n"),
    Sin("clock", EDGE, "auto a = std::chrono::steady_clock::now();\n",
        virtue="std::chrono::steady_clock::duration a;\n"),
    Sin("heap", CODE, "auto* a = new int;\n", virtue="std::string_view a;\n// a new one\n"),
    Sin("heap", CODE, "std::vector<int> a;\n"),
    Sin("exceptions", CODE, "void a() { throw 1; }\n"),
    Sin("floating", "edge/domain/sin.cpp", "double a;\n", virtue="// double the time\n"),
    Sin("assert", CODE, "void a() { assert(true); }\n", virtue="static_assert(true);\n"),
    Sin("default-case", CODE, "void a() { switch (b) { case red: break;\ndefault: break; } }\n",
        line=2, virtue="void a() { switch (3) { case 1: break; default: break; } }\n"),
    Sin("printing", EDGE, "void a() { std::cerr << 1; }\n"),
    Sin("printing", CODE, 'void a() { printf("a"); }\n', virtue="void a() { out.printf_all(); }\n"),
    Sin("conditional", CODE, "#ifdef A\n#endif\n", virtue="#include <array>\n"),
    Sin("macro", CODE, "#define A 1\n"),
    Sin("using-namespace", "firmware/core/sin.hpp", "using namespace ks;\n"),
    Sin("sleep", TEST, "void a() { std::this_thread::sleep_for(b); }\n",
        virtue="void a() { board.sleep_until_interrupt(); }\n"),
    Sin("fixed-port", TEST, "int port = 1883;\n", virtue="int port = 0;\n"),
    Sin("bool-parameter", CODE, "void a(int b, bool sure);\n", virtue="bool a(int b);\n"),
    Sin("todo", CODE, "int a;\n// TODO: more\n", line=2, virtue="// what is to do\n"),
    Sin("excuse", CODE, "// Simplified.\n", virtue="// simple\n"),
    Sin("excuse", CODE, "// Enough for now.\n// For now it holds.\n", line=2),
    Sin("banner", CODE, "// -----------\n", virtue="// a - b\n"),
    Sin("doc-tag", CODE, "/// @param a the a\n"),
    Sin("licence-block", CODE, "// Copyright 2026\n"),
    Sin("dead-code", CODE, "// open(relay, 3);\n",
        virtue="// It opens (at once); the rest waits;\n"),
    Sin("dead-code", CODE, "int a;\n//    return a;\n", line=2),
    Sin("bare-wait", EDGE, "co_await stream.async_read_some(b, c);\n",
        virtue="co_await before(d, stream.async_read_some(b, c));\n"),
    Sin("case-name", TEST, 'TEST_CASE("test_overcurrent_2", "[a]") {}\n',
        virtue='TEST_CASE("a shorted cable loses its power", "[a]") {}\n'),
    Sin("long-file", EDGE, lines(401), line=401, virtue=lines(400)),
    Sin("long-line", CODE, "int a;\n// " + "a" * 98 + "\n", line=2,
        virtue="// " + "ä" * 97 + "\n"),
    Sin("long-function", CODE, "void a()\n{\n" + lines(59) + "}\n",
        virtue="void a()\n{\n" + lines(57) + "}\nvoid b()\n{\n" + lines(57) + "}\n"),
    Sin("long-function", CODE, "A::A(int b) : b_{b}, c_{0}\n{\n" + lines(60) + "}\n"),
    Sin("long-function", CODE, "void A::a() const\n{\n" + lines(60) + "}\n",
        virtue="void A::a() const\n{\n" + lines(40) + "}\nvoid A::b() const\n{\n" + lines(40)
        + "}\n"),
    Sin("long-function", "scripts/sin.py", "def a():\n" + lines(60, "    b = 1")),
    Sin("many-includes", CODE, lines(16, "#include <array>"), line=16,
        virtue=lines(15, "#include <array>")),
    Sin("empty-name", "edge/store/string_utils.cpp", "int a;\n"),
    Sin("file-case", "edge/store/SinStore.cpp", "int a;\n"),
    Sin("glob", "cmake/sin.cmake", "file(GLOB sources *.cpp)\n"),
    Sin("workplace", CODE, "// see /wor" + "k/shared\n", virtue="// at a work/rest ratio\n"),
    Sin("dangling-page", CODE, "int a;\n// As gone.m" + "d says.\n", line=2,
        virtue="// As edge/README.md says, and https://a.example/gone.m" + "d.\n"),
    Sin("dangling-page", "edge/README.md", "[a](../firmware/gone.m" + "d)\n",
        virtue="[a](../firmware/README.m" + "d), ./README.m" + "d\n"),
    Sin("unproven", "tests/README.md", "| S-09 | TLS | crypto |\n",
        virtue="| other | S-09 | crypto |\n"),
    Sin("unexplained", CODE, "// S-99: what it asks nobody knows.\n",
        virtue="// S-01 is explained.\n"),
    Sin("lock-address", "edge/web/package-lock.json", '{"resolved": "a"}\n', virtue="{}\n"),
]
