#!/usr/bin/env python3
"""The house rules on trial: a small clean tree, then the same tree with one sin each. Every sin is
found at its line and nothing else is; every virtue beside it passes."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from house.exceptions import Exemption  # noqa: E402
from house.tree import File, Tree  # noqa: E402
from house_rules import judge, split  # noqa: E402
from sins import SINS, lines  # noqa: E402
from house.sizes import cxx_functions  # noqa: E402

CLEAN = {
    "firmware/README.md": "Firmware.\n",
    "edge/README.md": "Edge.\n",
    "tests/README.md": "Tests.\n",
    "docs/demands.md": "| S-01 | Every post has a key of its own. |\n",
    "firmware/base/base.hpp": "#pragma once\n",
    "firmware/core/core.hpp": '#pragma once\n\n#include "firmware/base/base.hpp"\n',
    "firmware/protocol/protocol.hpp": "#pragma once\n",
    "edge/store/store.hpp": "#pragma once\n\n#include <string>\n",
    "tests/core/rig.hpp": '#pragma once\n\n#include "firmware/core/core.hpp"\n',
    "tests/core/core_test.cpp": '#include "tests/core/rig.hpp"\n\n#include <catch2/catch.hpp>\n',
    "CMakeLists.txt": "ks_library(a base.hpp)\n",
    "firmware/base/CMakeLists.txt": "list(base.hpp)\n",
    "firmware/core/CMakeLists.txt": "list(core.hpp)\n",
    "firmware/protocol/CMakeLists.txt": "list(protocol.hpp)\n",
    "edge/store/CMakeLists.txt": "list(store.hpp)\n",
    "tests/core/CMakeLists.txt": "list(core_test.cpp)\n",
}


def findings_in(files, exemptions=()):
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            place = pathlib.Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return judge(Tree(folder), exemptions)


def with_file(path, text):
    """The clean tree and this file, which is built where it is C++."""
    files = dict(CLEAN)
    files[path] = text
    if path.endswith((".cpp", ".hpp")):
        files["CMakeLists.txt"] += f"list({path})\n"
    if path.startswith("scripts/"):
        files["scripts/README.md"] = "Scripts.\n"
    return files


class Sins(unittest.TestCase):
    def test_a_clean_tree_has_no_finding(self):
        self.assertEqual([], findings_in(CLEAN))

    def test_every_sin_is_found_at_its_line_and_nothing_else_is(self):
        for sin in SINS:
            with self.subTest(rule=sin.rule, text=sin.text[:60]):
                found = findings_in(with_file(sin.path, sin.text))
                self.assertEqual([(sin.path, sin.line, sin.rule)],
                                 [(one.path, one.line, one.rule) for one in found])
                self.assertTrue(found[0].instead)

    def test_a_virtue_beside_the_sin_passes(self):
        for sin in SINS:
            if sin.virtue:
                with self.subTest(rule=sin.rule, text=sin.virtue[:60]):
                    self.assertEqual([], findings_in(with_file(sin.path, sin.virtue)))


class Lists(unittest.TestCase):
    def test_a_file_that_nobody_builds_is_found(self):
        for path, rule in (("firmware/core/lost.cpp", "unbuilt"),
                           ("firmware/core/lost.hpp", "unlisted-header"),
                           ("tests/core/lost.hpp", "unbuilt")):
            with self.subTest(path=path):
                found = findings_in({**CLEAN, path: "int a;\n"})
                self.assertEqual([(path, rule)], [(one.path, one.rule) for one in found])

    def test_a_top_folder_without_readme_is_found(self):
        files = {path: text for path, text in CLEAN.items() if path != "edge/README.md"}
        self.assertEqual(["no-readme"], [one.rule for one in findings_in(files)])

    def test_a_layer_with_few_checks_or_few_tests_is_found(self):
        thin = with_file("firmware/core/thin.cpp", lines(390))
        self.assertEqual({"few-checks", "few-tests"}, {one.rule for one in findings_in(thin)})

        thin["firmware/core/thin.cpp"] = lines(385) + lines(5, "static_assert(true);")
        thin["tests/core/core_test.cpp"] += lines(340)
        self.assertEqual([], findings_in(thin))

    def test_a_safety_core_that_has_grown_too_large_is_found(self):
        files = dict(CLEAN)
        for part in range(11):
            path = f"firmware/core/guard/part_{part}.cpp"
            files[path] = lines(380, "static_assert(true);") + lines(10, "// Why.")
            files["CMakeLists.txt"] += f"list({path})\n"
        for part in range(11):
            path = f"tests/core/part_{part}_test.cpp"
            files[path] = '#include "tests/core/rig.hpp"\n' + lines(389)
            files["CMakeLists.txt"] += f"list({path})\n"
        self.assertEqual(["large-core"], [one.rule for one in findings_in(files)])
        files["firmware/core/guard/part_10.cpp"] = lines(200, "static_assert(true);")
        self.assertEqual([], findings_in(files))



class Exemptions(unittest.TestCase):
    SIN = with_file("firmware/core/sin.cpp", "auto* a = new int;\n")

    def test_an_exemption_covers_its_rule_and_path_and_no_other(self):
        right = Exemption("heap", "firmware/core/*.cpp", "a reason")
        self.assertEqual([], findings_in(self.SIN, [right]))
        wrong = Exemption("heap", "firmware/link/*.cpp", "a reason")
        self.assertEqual({"heap", "idle-exemption"},
                         {one.rule for one in findings_in(self.SIN, [wrong])})

    def test_an_exemption_that_nobody_needs_is_found(self):
        idle = Exemption("heap", "firmware/core/sin.cpp", "a reason")
        self.assertEqual(["idle-exemption"], [one.rule for one in findings_in(CLEAN, [idle])])


class Debts(unittest.TestCase):
    def test_a_debt_covers_its_own_and_nothing_else(self):
        found = findings_in(with_file("firmware/core/sin.cpp", "auto* a = new int;\nfloat b;\n"))
        debt = Exemption("heap", "firmware/*", "a reason")
        owed, remaining = split(found, [debt])
        self.assertEqual(["heap"], [one.rule for one in owed[debt]])
        self.assertEqual(["floating"], [one.rule for one in remaining])


class Views(unittest.TestCase):
    def test_comments_and_strings_are_not_code_and_keep_their_places(self):
        file = File("a.cpp", 'int a = 1\'000; // new\n'
                             'auto b = "new \\" new"; /* new\nnew */ int c;\n')
        self.assertNotIn("new", file.code)
        self.assertEqual(file.code.count("\n"), file.text.count("\n"))
        self.assertIn("int c;", file.code.split("\n")[2])
        self.assertIn("// new", file.comments)
        self.assertNotIn("int", file.comments)

    def test_functions_are_told_from_classes_namespaces_and_lists(self):
        text = ("namespace ks {\nclass A {\npublic:\n    A(int b) : b_{b} { c(); }\n};\n"
                "int d(int e)\n{\n    if (e) { f(); }\n    return 0;\n}\n"
                "constexpr int g[] = {1, 2};\n}  // namespace ks\n")
        found = [(first, count) for first, count, _ in cxx_functions(File("a.cpp", text))]
        self.assertEqual([(4, 1), (6, 5)], sorted(found))


if __name__ == "__main__":
    unittest.main()
