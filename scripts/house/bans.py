"""Words that do not appear, and where: scripts/README.md, House rules."""

import dataclasses
import re

from house.tree import Finding, within

POST = ["firmware"]
HOST_BOARD = ["firmware/boards/host"]
EVERYWHERE = ["firmware", "edge", "sim", "tests"]
SHIPPED = ["firmware", "edge", "sim"]


@dataclasses.dataclass(frozen=True)
class Ban:
    rule: str
    pattern: str
    folders: list
    except_in: list
    instead: str
    what: str = "`{}`"
    headers_only: bool = False


CODE = [
    Ban("threads", r"\bstd::(mutex|recursive_mutex|shared_mutex|timed_mutex|thread|jthread"
        r"|atomic\w*|condition_variable\w*|scoped_lock|lock_guard|unique_lock|latch|barrier"
        r"|counting_semaphore)\b",
        SHIPPED, ["firmware/base/spsc_ring.hpp"], "hand over values; the seams are those of D11"),
    Ban("shared-owner", r"\b(std::)?(shared_ptr|make_shared|enable_shared_from_this)\b",
        EVERYWHERE, [], "the coroutine frame owns, or a unique_ptr does"),
    Ban("detached", r"\bdetached\b", ["edge"], [], "a completion handler with a name"),
    Ban("clock", r"\b(steady_clock|system_clock|high_resolution_clock|utc_clock)::now\b"
        r"|\bstd::time\s*\(|\bgettimeofday\s*\(|\bclock_gettime\s*\("
        r"|(?<![\w.:>])time\s*\(\s*(nullptr|NULL|0)\s*\)",
        ["firmware", "edge"], ["edge/runtime/clock.hpp", "edge/runtime/clock.cpp", *HOST_BOARD],
        "a Clock in the shells, an `Instant now` argument in all that decides"),
    Ban("heap", r"\bnew\b(?!\s*\()|\b(malloc|calloc|realloc|free)\s*\("
        r"|\bstd::(function|string|vector|map|set|list|deque|unordered_\w+"
        r"|unique_ptr|make_unique|any|allocator)\b", POST, HOST_BOARD,
        "FixedVector, FixedBytes, std::span, std::string_view"),
    Ban("exceptions", r"\b(throw|try|catch|dynamic_cast|typeid)\b", POST, HOST_BOARD,
        "Result<T, Reason>, or check() for our own bugs"),
    Ban("floating", r"\b(float|double)\b", ["firmware", "edge/domain"], HOST_BOARD,
        "a Quantity: whole numbers in units"),
    Ban("assert", r"(?<!static_)\bassert\s*\(", EVERYWHERE, [], "check("),
    Ban("printing", r"\b(std::)?(printf|fprintf|puts|fputs|putchar)\s*\(|\bstd::(cout|cerr|clog)\b",
        SHIPPED, ["edge/runtime/log.cpp", "edge/ctl", *HOST_BOARD], "log, or a tool's main"),
    Ban("conditional", r"^\s*#\s*(if|ifdef|ifndef|elif|else)\b", EVERYWHERE, ["firmware/boards"],
        "a board, a preset or a concept"),
    Ban("macro", r"^\s*#\s*define\b", EVERYWHERE, ["firmware/boards"],
        "constexpr, a template, a function"),
    Ban("using-namespace", r"\busing\s+namespace\b", EVERYWHERE, [], "write it out",
        headers_only=True),
    Ban("sleep", r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|(?<![\w.:>])sleep\s*\(",
        ["firmware", "edge", "tests"], [], "the world's clock, or waiting for the thing itself"),
    Ban("fixed-port", r"\bport\w*\s*(=|\{|==)\s*\{?\s*[1-9]\d{2,4}\b", ["tests"], [],
        "port 0, and ask which one it became"),
    Ban("bool-parameter", r"[(,]\s*(const\s+)?bool\s+[a-z]\w*\s*(?=[,)])", SHIPPED, [],
        "an enum class that says at the call what is meant"),
]

COMMENTS = [
    Ban("todo", r"\b(TODO|FIXME|XXX|HACK)\b", EVERYWHERE, [],
        "do it, or a line in the folder's README"),
    Ban("excuse", r"(?i)\b(simplified|placeholder|quick and dirty|work in progress)\b"
        r"|\bfor now[,):;]|[/*] For now\b",
        EVERYWHERE, [], "the real thing, or the README says what is missing"),
    Ban("banner", r"(//|/\*)[ \t]*[-=*#/~_]{5,}|/\*{3,}", EVERYWHERE, [],
        "nothing: names divide a file"),
    Ban("doc-tag", r"[@\\](param|return|returns|brief|author|file|date|throws)\b", EVERYWHERE, [],
        "a sentence"),
    Ban("licence-block", r"(?i)\b(SPDX-License|all rights reserved|licensed under)\b|\bCopyright\b",
        EVERYWHERE, [], "nothing: the README says it once"),
    Ban("dead-code", r"//\s*(return\b[^.]*|[\w:<>.\->\[\]*&]+(\s+[\w:<>*&]+)?\s*"
        r"(\([^.]*\)|[-+*/|&]?=\s*\S[^.]*|\+\+|--)|if \(.*|for \(.*|\}|#include.*|using .*"
        r"|break|continue)\s*[;{}]\s*$",
        EVERYWHERE, [], "remove it; the history keeps it"),
]

PEER_WAIT = re.compile(
    r"\basync_(read\w*|write\w*|connect\w*|handshake\w*|shutdown\w*|resolve\w*|send\w*)\s*\(")

SWITCH = re.compile(r"\bswitch\s*\(")
ENUMERATOR = re.compile(r"\bcase\s+(\w+::)*[a-z]\w*\s*:(?!:)")

CASE = re.compile(r'\b(TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)\s*\(\s*"((?:\\.|[^"\\])*)"')


def banned(file):
    for bans, where in ((CODE, file.code), (COMMENTS, file.comments)):
        for ban in bans:
            if ban.headers_only and file.suffix != ".hpp":
                continue
            if ban.rule == "printing" and file.name == "main.cpp":
                continue
            if within(file.path, *ban.folders) and not within(file.path, *ban.except_in):
                yield from file.find(ban.rule, ban.pattern, where, ban.what, ban.instead)


def bare_waits(file):
    """Waits on a peer that no deadline surrounds: the statement must hold `before(`."""
    if not within(file.path, "edge"):
        return
    for match in PEER_WAIT.finditer(file.code):
        start = max(file.code.rfind(mark, 0, match.start()) for mark in ";{}")
        if "before(" not in file.code[start + 1:match.start()]:
            yield Finding(file.path, file.line_of(match.start()), "bare-wait",
                          f"`{match.group()}`",
                          "before(deadline, …): no peer is waited for in another way")


def matching(code, opening):
    """Where the brace that opens here is closed."""
    depth = 0
    for match in re.finditer(r"[{}]", code[opening:]):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return opening + match.start()
    return len(code)


def default_cases(file):
    """`default:` in a switch that names enumerators; over plain numbers there is no other way."""
    for switch in SWITCH.finditer(file.code):
        opening = file.code.find("{", switch.end())
        inside = file.code[opening:matching(file.code, opening)]
        default = re.search(r"\bdefault\s*:(?!:)", inside)
        if default and ENUMERATOR.search(inside):
            yield Finding(file.path, file.line_of(opening + default.start()), "default-case",
                          "`default:`",
                          "name the cases; -Wswitch-enum then finds the forgotten one")


def case_names(file):
    if not within(file.path, "tests"):
        return
    for match in CASE.finditer(file.text):
        words = match[2].split()
        if len(words) < 4 or "_" in match[2] and " " not in match[2]:
            yield Finding(file.path, file.line_of(match.start()), "case-name", f'"{match[2]}"',
                          "a sentence with a verb that a customer could read")


def findings(tree):
    for file in tree.cxx:
        yield from banned(file)
        yield from bare_waits(file)
        yield from default_cases(file)
        yield from case_names(file)
