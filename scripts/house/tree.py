"""The files of the tree as the rules see them."""

import dataclasses
import functools
import os
import pathlib
import re
import subprocess

SKIPPED = {".git", "build", "node_modules", ".run", "dist", "__pycache__"}


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    rule: str
    what: str
    instead: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.what}\n    instead: {self.instead}"


TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<fence>[^(\s]*)\(.*?\)(?P=fence)"|"""
    r""""(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL,
)


def blank(text):
    """The same number of lines and columns, with nothing in them."""
    return re.sub(r"[^\n]", " ", text)


@dataclasses.dataclass(frozen=True)
class File:
    path: str
    text: str

    @property
    def suffix(self):
        return pathlib.PurePosixPath(self.path).suffix

    @property
    def name(self):
        return pathlib.PurePosixPath(self.path).name

    @property
    def folder(self):
        return str(pathlib.PurePosixPath(self.path).parent)

    @functools.cached_property
    def lines(self):
        return self.text.splitlines()

    @property
    def is_cxx(self):
        return self.suffix in (".cpp", ".hpp")

    @functools.cached_property
    def code(self):
        """C++ without comments, includes and what strings hold, place for place."""
        def strip(match):
            token = match.group()
            if token.startswith("/"):
                return blank(token)
            return token[0] + blank(token[1:-1]) + token[-1]

        return re.sub(r"(?m)^\s*#\s*include[^\n]*", lambda match: blank(match.group()),
                      TOKEN.sub(strip, self.text))

    @functools.cached_property
    def comments(self):
        """What stands in comments, place for place."""
        kept = []
        at = 0
        for match in TOKEN.finditer(self.text):
            kept.append(blank(self.text[at:match.start()]))
            token = match.group()
            kept.append(token if token.startswith("/") else blank(token))
            at = match.end()
        kept.append(blank(self.text[at:]))
        return "".join(kept)

    @functools.cached_property
    def includes(self):
        """(line, path, quoted) of each include."""
        found = []
        for number, line in enumerate(self.lines, 1):
            match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
            if match:
                found.append((number, match[2], match[1] == '"'))
        return found

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def find(self, rule, pattern, where, what, instead):
        """One finding per match of the pattern in `where`, one of this file's own views."""
        compiled = re.compile(pattern, re.MULTILINE)
        return [
            Finding(self.path, self.line_of(match.start()), rule,
                    what.format(match.group().strip()), instead)
            for match in compiled.finditer(where)
        ]


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = []
        self.binary = []
        for path in sorted(self._paths()):
            try:
                text = (self.root / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self.binary.append(path)
                continue
            self.files.append(File(path, text))
        self.by_path = {file.path: file for file in self.files}

    def _paths(self):
        if (self.root / ".git").exists():
            listed = subprocess.run(
                ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others",
                 "--exclude-standard"], capture_output=True, check=False)
            if listed.returncode == 0:
                names = listed.stdout.decode().split("\0")
                return {name for name in names if name and (self.root / name).is_file()}
        return set(self._walked())

    def _walked(self):
        for folder, subfolders, names in os.walk(self.root):
            subfolders[:] = [name for name in subfolders if name not in SKIPPED]
            for name in names:
                yield str((pathlib.Path(folder) / name).relative_to(self.root))

    @property
    def cxx(self):
        return [file for file in self.files if file.is_cxx]

    def cxx_in(self, *folders):
        return [file for file in self.cxx if within(file.path, *folders)]


def within(path, *folders):
    return any(path == folder or path.startswith(folder + "/") for folder in folders)
