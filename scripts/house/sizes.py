"""House numbers: scripts/README.md, House rules."""

import ast
import re

from house.tree import Finding, within

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LONGEST_LINE = 100
MOST_INCLUDES = 15
FEWEST_CHECKS = 12  # per 1,000 lines
LEAST_TESTING = 0.8  # lines of test per line of source
# The safety core stays small enough to be read whole: lines of code, without comments and empty
# lines, of everything in it.
SMALL_ENOUGH = {"firmware/core/guard": 4000}
SMALL = 300  # lines of a layer below which its shares say nothing

MEASURED = {".cpp", ".hpp", ".py", ".ts", ".tsx", ".css", ".mjs", ".cmake", ".sh"}
UNMEASURED_LINES = {".css"}  # a selector list or a font stack has no good place to break

# Layers that must be dense in checks and in tests, and where their tests are.
DENSE = {
    "firmware/core": ["tests/core"],
    "firmware/protocol": ["tests/protocol"],
    "edge/domain": ["tests/edge"],
}

ACCESS = re.compile(r"\s*((public|private|protected)\s*:\s*)+")

CONTROL = re.compile(r"^\s*(if|for|while|switch|catch|else|do|return|namespace|class|struct|enum"
                     r"|union|concept|requires|extern)\b")


def is_measured(file):
    return file.suffix in MEASURED or file.name == "CMakeLists.txt"


def size_of_files(tree):
    for file in tree.files:
        if not is_measured(file):
            continue
        if len(file.lines) > LONGEST_FILE:
            yield Finding(file.path, LONGEST_FILE + 1, "long-file", f"{len(file.lines)} lines",
                          f"at most {LONGEST_FILE}, better 200: a file has one subject")
        if file.suffix in UNMEASURED_LINES:
            continue
        for number, line in enumerate(file.lines, 1):
            if len(line) > LONGEST_LINE:
                yield Finding(file.path, number, "long-line", f"{len(line)} columns",
                              f"at most {LONGEST_LINE}")


def cxx_functions(file):
    """(first line, lines, name) of whatever has a body behind a parameter list."""
    code = file.code
    opened = []
    since = 0  # where the text before the next brace began
    for match in re.finditer(r"[;{}]", code):
        at = match.start()
        if match.group() == ";":
            # A semicolon within parentheses belongs to a `for`.
            if code.count("(", since, at) <= code.count(")", since, at):
                since = at + 1
            continue
        if match.group() == "{":
            access = ACCESS.match(code, since, at)
            since = access.end() if access else since
            head = code[since:at]
            member = re.search(r"[\w>]\Z", head) and ")" in head  # `: member_{…}`
            is_body = "(" in head and not CONTROL.match(head) and not head.rstrip().endswith("=")
            start = since + len(head) - len(head.lstrip())
            opened.append((start, is_body and not member, head, since))
            if not member:
                since = at + 1
            continue
        if not opened:
            continue
        start, is_body, head, before = opened.pop()
        if is_body:
            first = file.line_of(start)
            yield first, file.line_of(at) - first + 1, " ".join(head.split())[:60]
        member = re.search(r"[\w>]\Z", head) and ")" in head
        since = before if member else at + 1


def size_of_functions(tree):
    for file in tree.cxx:
        for first, lines, name in cxx_functions(file):
            if lines > LONGEST_FUNCTION:
                yield Finding(file.path, first, "long-function", f"{lines} lines: {name}",
                              f"at most {LONGEST_FUNCTION}, better 25")
    for file in tree.files:
        if file.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(file.text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = node.end_lineno - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    yield Finding(file.path, node.lineno, "long-function",
                                  f"{lines} lines: {node.name}",
                                  f"at most {LONGEST_FUNCTION}, better 25")


def includes_per_file(tree):
    for file in tree.cxx:
        if len(file.includes) > MOST_INCLUDES:
            yield Finding(file.path, file.includes[MOST_INCLUDES][0], "many-includes",
                          f"{len(file.includes)} includes",
                          f"at most {MOST_INCLUDES}, 8 in firmware and domain: it does too much")


def concerns(tree, file, layer, seen):
    """The file includes a header of the layer, itself or by way of other test headers."""
    for _, target, quoted in file.includes:
        if not quoted or target in seen:
            continue
        seen.add(target)
        header = tree.by_path.get(target)
        if within(target, layer) or (header and within(target, "tests")
                                     and concerns(tree, header, layer, seen)):
            return True
    return False


def tests_of(tree, layer, folders):
    """All of the folder that mirrors the layer; of another, what concerns the layer."""
    mirror = "tests/" + layer.split("/")[-1]
    return [file for file in tree.cxx_in(*folders)
            if within(file.path, mirror) or concerns(tree, file, layer, {file.path})]


def lines_in(files):
    return sum(len(file.lines) for file in files)


def density(tree):
    for layer, tests in DENSE.items():
        files = tree.cxx_in(layer)
        lines = lines_in(files)
        if lines < SMALL:
            continue
        checks = sum(len(re.findall(r"\b(check|static_assert)\s*\(", file.code)) for file in files)
        if checks * 1000 < FEWEST_CHECKS * lines:
            yield Finding(layer, 1, "few-checks", f"{checks * 1000 / lines:.1f} per 1,000 lines",
                          f"at least {FEWEST_CHECKS}, better 20: what must be, and what must not")
        tested = lines_in(tests_of(tree, layer, tests))
        if tested < LEAST_TESTING * lines:
            yield Finding(layer, 1, "few-tests", f"{tested / lines:.2f} lines of test per line",
                          f"at least {LEAST_TESTING}, better 1.0")


def lines_of_code(file):
    """Without comments and empty lines."""
    return len(file.includes) + sum(1 for line in file.code.splitlines() if line.strip())


def size_of_cores(tree):
    for folder, most in SMALL_ENOUGH.items():
        lines = sum(map(lines_of_code, tree.cxx_in(folder)))
        if lines > most:
            yield Finding(folder, 1, "large-core", f"{lines} lines of code",
                          f"at most {most}: what protects is read whole, by whoever relies on it")


def figures(tree):
    """What the summary line shows of each dense layer."""
    for layer, tests in DENSE.items():
        files = tree.cxx_in(layer)
        lines = lines_in(files)
        if lines == 0:
            continue
        checks = sum(len(re.findall(r"\b(check|static_assert)\s*\(", file.code)) for file in files)
        tested = lines_in(tests_of(tree, layer, tests))
        yield (f"{layer}: {lines} lines, {checks * 1000 / lines:.0f} checks per 1,000, "
               f"{tested / lines:.2f} lines of test per line")
    for folder, most in SMALL_ENOUGH.items():
        files = tree.cxx_in(folder)
        if files:
            yield f"{folder}: {sum(map(lines_of_code, files))} of {most} lines of code"


def findings(tree):
    yield from size_of_files(tree)
    yield from size_of_functions(tree)
    yield from includes_per_file(tree)
    yield from density(tree)
    yield from size_of_cores(tree)
