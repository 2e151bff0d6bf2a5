#!/usr/bin/env python3
"""Every C++ file is as clang-format leaves it. Prints those that are not."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from house.tree import Tree  # noqa: E402


def main():
    formatter = sys.argv[1]
    files = Tree(ROOT).cxx
    if not files:
        print("no C++ file was found: nothing is proven")
        return 1
    paths = [str(ROOT / file.path) for file in files]
    checked = subprocess.run([formatter, "--dry-run", "--Werror", *paths], capture_output=True,
                             text=True, check=False)
    odd = sorted({line.split(":")[0] for line in checked.stderr.splitlines() if " error: " in line})
    for path in odd:
        print(f"{pathlib.Path(path).relative_to(ROOT)}: run {formatter} -i on it")
    print(f"{len(odd)} of {len(files)} files are not formatted")
    return 1 if checked.returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
