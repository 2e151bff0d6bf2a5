"""Reads what a run left behind for gcov and prints the branches of a folder that nothing took.

    coverage_report.py BUILD FOLDER

A branch is one way out of one condition, as gcov counts it. The same function compiled into several
programs, or from one template for several types, is one function: taken once is taken. `check` is a
call like any other: its failing is not a branch of whoever calls it, for a test that sees it fail
is a test that dies. What is judged while compiling (static_assert, consteval) has no branch here,
and neither has a function that nothing calls: the linker would drop it, and so does the compiler.
"""

import collections
import json
import pathlib
import subprocess
import sys


def reports(build):
    for data in sorted(build.rglob("*.gcda")):
        made = subprocess.run(
            ["gcov", "--json-format", "--stdout", "--branch-probabilities", str(data.resolve())],
            capture_output=True, check=True, text=True, cwd=build)
        for line in made.stdout.splitlines():
            if line.strip():
                yield json.loads(line)


def branches(build, folder):
    """How often each branch was taken: (file, line, function's place, which) to count."""
    taken = collections.Counter()
    for report in reports(build):
        for source in report["files"]:
            path = pathlib.Path(source["file"])
            if not path.is_absolute():
                path = pathlib.Path(report["current_working_directory"], path)
            try:
                name = path.resolve().relative_to(folder.resolve())
            except ValueError:
                continue
            places = {f["name"]: (f["start_line"], f["start_column"]) for f in source["functions"]}
            for line in source["lines"]:
                place = places.get(line.get("function_name"), (0, 0))
                for which, branch in enumerate(line["branches"]):
                    taken[(str(name), line["line_number"], place, which)] += branch["count"]
    return taken


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2])
    taken = branches(pathlib.Path(sys.argv[1]), folder)
    missing = sorted(key for key, count in taken.items() if count == 0)
    for name, line, _, which in missing:
        text = (folder / name).read_text().splitlines()[line - 1].strip()
        print(f"{folder / name}:{line}: branch {which} never taken: {text}")
    total = len(taken)
    if total == 0:
        sys.exit("no branch was counted: nothing was measured")
    print(f"{folder}: {total - len(missing)} of {total} branches taken")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
