"""What is listed, named and written down."""

import re

from house.tree import Finding, within

TOP_FOLDERS = ["firmware", "edge", "sim", "tests", "config", "scripts"]

# Words that name nothing: not in the name of a file or folder.
EMPTY_NAMES = re.compile(
    r"(^|[/_.-])(helpers?|utils?|utilities|common|manager|info|misc|stuff)([/_.-]|$)")

# What belongs to the place where the code was written, and to nobody who reads it. Spelled so that
# this list does not find itself.
WORKPLACE = (
    r"(?i)/" + r"work/(?!flows)|/home/\w+/|/tmp/" + r"\w+_jobs|\bwork" + r"tree\b|\bsub-?agents?\b"
    r"|artif[a]ctory|registry\.npmjs|npm-r[e]gistry|pypi\.org/simple|proxy\.golang")

PATHLIKE = {".md", ".cpp", ".hpp", ".py", ".ts", ".tsx", ".mjs", ".json", ".toml", ".txt", ".cmake",
            ".yml", ".yaml", ".conf", ".service", ".css", ".html", ".sh", ""}


# A page of the project, as a comment or another page names it. Addresses are somebody else's.
CITED = r"(?<![\w./:-])[\w./-]*\w\.md\b"


def cmake_lists(tree):
    return [file for file in tree.files
            if file.name == "CMakeLists.txt" or file.suffix == ".cmake"]


def listed_files(tree):
    """Paths from the root that any CMake list names."""
    named = set()
    for cmake in cmake_lists(tree):
        text = re.sub(r"#[^\n]*", "", cmake.text)
        for token in re.findall(r"[\w./${}+-]+\.(?:cpp|hpp)", text):
            if "SOURCE_DIR}/" in token:
                inside = token.split("SOURCE_DIR}/", 1)[1]
                named.add(inside)
                named.add(join(cmake.folder, inside))
            else:
                named.add(join(cmake.folder, token))
    return named


def join(folder, name):
    parts = [] if folder == "." else folder.split("/")
    for part in name.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def unbuilt(tree):
    named = listed_files(tree)
    included = {target for file in tree.cxx for _, target, quoted in file.includes if quoted}
    for file in tree.cxx_in("firmware", "edge", "sim", "tests"):
        if file.path in named:
            continue
        if file.suffix == ".cpp" and not within(file.path, "tests/compile_fail"):
            yield Finding(file.path, 1, "unbuilt", "no CMake list names this file",
                          "list it, or remove it")
        if file.suffix == ".hpp" and not within(file.path, "tests"):
            yield Finding(file.path, 1, "unlisted-header", "no CMake list names this header",
                          "list it under HEADERS, so that it is compiled alone")
        if file.suffix == ".hpp" and within(file.path, "tests") and file.path not in included:
            yield Finding(file.path, 1, "unbuilt", "nobody includes this header", "remove it")
    for cmake in cmake_lists(tree):
        yield from cmake.find("glob", r"\bfile\s*\(\s*GLOB\w*", cmake.text, "`{}`",
                              "list the sources: a list is read, a glob is guessed")


def readmes(tree):
    for folder in TOP_FOLDERS:
        inside = any(within(file.path, folder) for file in tree.files)
        if inside and f"{folder}/README.md" not in tree.by_path:
            yield Finding(f"{folder}/README.md", 1, "no-readme", "this top folder has no README",
                          "two screens: promise, picture, decisions")


def demands(tree):
    """Each demand that tests/README.md lists is in the name of a test."""
    paper = tree.by_path.get("tests/README.md")
    if paper is None:
        return
    named = {demand for file in tree.cxx_in("tests") if file.path.endswith("_test.cpp")
             for demand in re.findall(r"\bS-\d\d\b", file.text)}
    for number, line in enumerate(paper.lines, 1):
        match = re.match(r"\| (S-\d\d) \|", line)
        if match and match[1] not in named:
            yield Finding(paper.path, number, "unproven", f"no test is named after {match[1]}",
                          "a test that fails without it, with the demand in its name")


def unexplained(tree):
    """Whoever meets the id of a demand in the code can look up what it asks."""
    paper = tree.by_path.get("docs/demands.md")
    if paper is None:
        return
    explained = set(re.findall(r"(?m)^\| ([A-Z]-\d+) \|", paper.text))
    for file in tree.files:
        if file.suffix not in (".cpp", ".hpp"):
            continue
        for cited in re.finditer(r"\b[FIS]-\d{2,3}\b", file.text):
            if cited.group() not in explained:
                yield Finding(file.path, file.line_of(cited.start()), "unexplained",
                              f"{cited.group()} is not in docs/demands.md",
                              "a line there that says what is asked")


def names(tree):
    for path in [*tree.by_path, *tree.binary]:
        match = EMPTY_NAMES.search(path)
        if match:
            yield Finding(path, 1, "empty-name", f"`{match[2]}` names nothing",
                          "what it is about")
        if path.endswith((".cpp", ".hpp")) and not re.fullmatch(r"[a-z0-9_./]+", path):
            yield Finding(path, 1, "file-case", "C++ files are in snake_case", "snake_case")


def workplace(tree):
    for file in tree.files:
        if file.suffix not in PATHLIKE:
            continue
        yield from file.find("workplace", WORKPLACE, file.text, "`{}`",
                             "nothing of the place where it was written")
        if file.name == "package-lock.json":
            yield from file.find("lock-address", r'"resolved":', file.text, "{}",
                                 "a lock file without download addresses "
                                 "(omit-lockfile-registry-resolved)")


def dangling(tree):
    known = {*tree.by_path, *(file.name for file in tree.files)}
    for file in tree.files:
        if file.suffix not in PATHLIKE:
            continue
        for cited in re.finditer(CITED, file.text):
            page = cited.group().lstrip("/")
            if not {page, join(file.folder, page)} & known:
                yield Finding(file.path, file.line_of(cited.start()), "dangling-page",
                              f"`{page}` is not in the tree",
                              "a page that is there, or the source itself: readers have no other")


def findings(tree):
    yield from unbuilt(tree)
    yield from readmes(tree)
    yield from demands(tree)
    yield from unexplained(tree)
    yield from names(tree)
    yield from workplace(tree)
    yield from dangling(tree)
