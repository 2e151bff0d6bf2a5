"""Who may include whom: the tables of firmware/README.md, edge/README.md and sim/README.md."""

import re

from house.tree import Finding, within

# A folder includes itself, what its line names, and what those may include. Longest name first.
LAYERS = {
    "firmware/base": [],
    "firmware/crypto": ["firmware/base"],
    "firmware/protocol": ["firmware/base", "firmware/crypto"],
    "firmware/mqtt": ["firmware/base"],
    "firmware/hal": ["firmware/base"],
    "firmware/drivers": ["firmware/base", "firmware/hal"],
    "firmware/core": ["firmware/crypto", "firmware/protocol", "firmware/hal"],
    "firmware/link": ["firmware/mqtt", "firmware/core"],
    "firmware/app": ["firmware/link", "firmware/drivers"],
    "firmware/boot": ["firmware/protocol", "firmware/drivers"],
    "firmware/boards": ["firmware/app", "firmware/boot"],
    "edge/toml": ["firmware/protocol"],
    "edge/runtime": ["firmware/base"],
    "edge/domain": ["firmware/protocol"],
    "edge/store": ["edge/domain", "edge/runtime"],
    "edge/broker": ["edge/domain", "edge/runtime"],
    "edge/reports": ["edge/store"],
    "edge/uplinks": ["edge/store", "edge/broker"],
    "edge/console": ["edge/reports", "edge/store"],
    "edge/ctl": ["edge/store", "edge/broker", "edge/toml"],
    "edge/app": ["edge/uplinks", "edge/console", "edge/ctl"],
    "sim/plant": ["firmware/boards"],
    "sim/chips": ["sim/plant"],
    "sim/backtest": ["sim/chips"],
    "sim/fleet": ["sim/chips", "sim/backtest", "edge/toml"],
    "sim/machine": ["sim/chips"],
    "sim/world": ["sim/fleet", "edge/store"],
    "tests": ["firmware", "edge", "sim"],
}

# Each third-party header has few homes. A header that is not here has none: name it first.
HOMES = {
    "sqlite3.h": ["edge/store"],
    "mqtt/": ["edge/broker"],
    "MQTT": ["edge/broker"],
    "boost/beast": ["edge/runtime", "edge/console"],
    "boost/algorithm": ["edge/runtime", "edge/ctl", "sim/fleet"],
    "boost/asio": ["edge/runtime", "edge/store", "edge/broker", "edge/uplinks", "edge/console",
                   "edge/ctl", "edge/app", "sim/fleet"],
    "boost/json": ["edge/store", "edge/uplinks", "edge/console", "edge/ctl", "edge/app",
                   "sim/backtest", "sim/fleet"],
    "boost/url": ["edge/uplinks", "edge/console", "edge/app"],
    "boost/system": ["edge/runtime"],
    "curl/": ["edge/uplinks"],
    "toml++/": ["edge/toml", "edge/app", "edge/ctl", "sim"],
    "CLI/": ["edge/app", "edge/ctl", "sim"],
    "spdlog/": ["edge/runtime"],
    "openssl/": ["edge/runtime", "edge/store", "edge/broker", "edge/console", "edge/ctl",
                 "edge/uplinks", "edge/domain", "firmware/crypto"],
    "bearssl": ["firmware/crypto"],
    "unicorn/": ["sim/machine"],
    "cbor": ["tests/protocol"],
    "catch2/": ["tests"],
}

# Standard headers that bring a heap, a clock, a thread or a stream with them.
NOT_ON_THE_POST = {
    "any", "atomic", "chrono", "condition_variable", "deque", "exception", "filesystem",
    "forward_list", "fstream", "functional", "future", "iomanip", "iostream", "istream", "list",
    "locale", "map", "memory", "mutex", "ostream", "queue", "random", "regex", "set",
    "shared_mutex", "sstream", "stack", "stdexcept", "stop_token", "streambuf", "string", "thread",
    "unordered_map", "unordered_set", "valarray", "vector", "cstdio", "stdio.h", "ctime", "time.h",
    "cmath", "math.h",
}

# Headers of the operating system: only where I/O is done.
SYSTEM_HOMES = ["edge/runtime", "edge/store", "edge/broker", "edge/uplinks", "edge/console",
                "edge/ctl", "edge/app", "firmware/boards", "sim", "tests"]


def layer_of(path):
    matches = [name for name in LAYERS if within(path, name)]
    return max(matches, key=len) if matches else None


def reach(layer):
    """The layer, what its line names, and what those may include."""
    seen = set()
    waiting = [layer]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        waiting += LAYERS.get(name, [])
    return seen


def is_standard(header):
    return re.fullmatch(r"[a-z_0-9]+", header) is not None


def is_system(header):
    return header.endswith(".h") and home_of(header) is None


def home_of(header):
    for start, homes in HOMES.items():
        if header.startswith(start):
            return homes
    return None


def quoted_findings(tree, file, line, target):
    if target.startswith(".") or "/" not in target:
        yield Finding(file.path, line, "relative-include", f'"{target}"',
                      'write the path from the root: "firmware/base/bytes.hpp"')
        return
    if target not in tree.by_path:
        yield Finding(file.path, line, "missing-include", f'"{target}" is not in the tree',
                      "a path from the root, of a file that is there")
        return
    own = layer_of(file.path)
    other = layer_of(target)
    if other == "tests" and own != "tests":
        yield Finding(file.path, line, "layer", f'{own} includes "{target}"',
                      "nothing includes tests")
    elif own not in (None, "tests") and other not in reach(own):
        allowed = ", ".join(sorted(reach(own) - {own})) or "nothing"
        yield Finding(file.path, line, "layer", f'{own} includes "{target}"',
                      f"{own} may include {allowed} (the README of its top folder)")


def angled_findings(file, line, target):
    on_the_post = within(file.path, "firmware") and not within(file.path, "firmware/boards/host")
    if is_standard(target) or target in NOT_ON_THE_POST:
        if on_the_post and target in NOT_ON_THE_POST:
            yield Finding(file.path, line, "post-header", f"<{target}>",
                          "the post has no heap, clock, thread or stream: firmware/base")
        return
    homes = home_of(target)
    if homes is None and is_system(target):
        if not within(file.path, *SYSTEM_HOMES):
            yield Finding(file.path, line, "system-header", f"<{target}>",
                          "the operating system is spoken to from the shells only")
    elif homes is None:
        yield Finding(file.path, line, "header-home", f"<{target}> has no home",
                      "name its home in HOMES of scripts/house/layers.py, if it deserves one")
    elif not within(file.path, *homes, "tests"):
        yield Finding(file.path, line, "header-home", f"<{target}>",
                      f"its home is {', '.join(homes)}; others see our own headers of it")


def findings(tree):
    for file in tree.cxx:
        if layer_of(file.path) is None and not within(file.path, "cmake"):
            yield Finding(file.path, 1, "layer", "this folder is in no layer",
                          "name it in LAYERS of scripts/house/layers.py, and in its README")
        for line, target, quoted in file.includes:
            if quoted:
                yield from quoted_findings(tree, file, line, target)
            else:
                yield from angled_findings(file, line, target)
