"""Changes the safety core in one place at a time and asks whether its tests notice.

    mutate.py [--sample 600] [--seed 20261122] [--jobs 2] [--only PATH] [--list] [--again LIST]

A mutant is firmware/core/guard with one operator, constant, condition, statement or enumerator
changed. It is killed when it does not compile (a static_assert is a test), when a test fails, when
it traps, or when it does not end in time. The sample is drawn with a seed from all places, so a
figure can be had again. --again runs only the places named in a file, one `path:line:column kind`
a line, as the survivors are printed.

Only the guard is compiled for each, as one unit that is linked before the tests' own objects: its
inline functions are the ones the tests call. The tests are compiled once, without optimisation, so
that nothing of the guard is inlined into them.
"""

import argparse
import concurrent.futures
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
GUARD = ROOT / "firmware/core/guard"
BUILD = ROOT / "build/mutants"
PROGRAMS = ["guard", "guard_flips", "guard_latency", "guard_property"]
FLAGS = ["-std=c++20", "-O0", "-g0", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics",
         "-w"]
QUICK_LIMIT = 240
SLOW_LIMIT = 600

SWAPS = {
    "Relay::open": "Relay::closed", "Relay::closed": "Relay::open",
    "Supply::there": "Supply::gone", "Supply::gone": "Supply::there",
    "Waits::yes": "Waits::no", "Waits::no": "Waits::yes",
    "Holds::yes": "Holds::no", "Holds::no": "Holds::yes",
    "Verdict::judged": "Verdict::pending", "Verdict::pending": "Verdict::judged",
    "Memory::lost": "Memory::restored", "Memory::restored": "Memory::lost",
    "Health::rest_silent": "Health::well", "Health::well": "Health::rest_silent",
    "OutletState::idle": "OutletState::opening", "OutletState::opening": "OutletState::idle",
    "OutletState::closing": "OutletState::charging",
    "OutletState::locked_out": "OutletState::opening",
    "InputState::fault": "InputState::active", "OvercurrentPin::quiet": "OvercurrentPin::raised",
    "GroupLine::pulled": "GroupLine::released", "GroupLine::released": "GroupLine::pulled",
    "OutletEvent::cut": "OutletEvent::ended", "OutletEvent::ended": "OutletEvent::broken",
    "OutletEvent::made": "OutletEvent::broken", "OutletEvent::broken": "OutletEvent::ended",
    "std::max": "std::min", "std::min": "std::max", "true": "false", "false": "true",
}
OPERATORS = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="],
    "!=": ["=="], "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"],
    "+=": ["-="], "-=": ["+="], "%": ["+"],
}
WORD = re.compile(r"\b(?:TripCause|EndReason|CommandOutcome)::(\w+)\b")
NUMBER = re.compile(r"(?<![\w.'])(\d[\d']*)(?![\w.'])")
OPERATOR = re.compile(r" (<=|>=|==|!=|&&|\|\||\+=|-=|[<>+*/%-]) ")
INNER = r"(?:[^()]|\([^()]*\)|\((?:[^()]|\([^()]*\))*\))*"
CONDITION = re.compile(rf"^\s*(?:\}} else )?if \(({INNER})\)")
STATEMENT = re.compile(r"^(\s+)(?=\S)"
                       r"(?!\[\[|return|using|static|const |constexpr|auto |std::optional|friend|"
                       r"struct|enum|if|for|case|break|continue|check|public|private|class|"
                       r"template)"
                       r"[\w:.>\-\[\]*+ ]+(?:\(.*\)| [-+|^]?= .*|\+\+);(?:  //.*)?$")
DECLARATION = re.compile(r"^\s+(?:explicit|[\w:<>*&]+ [\w*&]+\(|[\w:<>*& ]+ \w+ = )")


def neighbours():
    """Each word of the enumerations above, and the one behind it."""
    text = (ROOT / "firmware/protocol/words.hpp").read_text()
    found = {}
    for name in ("TripCause", "EndReason", "CommandOutcome"):
        body = re.search(rf"enum class {name} [^{{]*\{{(.*?)\}};", text, re.S).group(1)
        words = re.findall(r"^\s*(\w+) = \d+", body, re.M)
        for i, word in enumerate(words):
            found[f"{name}::{word}"] = f"{name}::{words[(i + 1) % len(words)]}"
    return found


def code_lines(text):
    """Line numbers that run on the post: no comments, proofs, includes or layouts."""
    proof = 0
    for number, line in enumerate(text.splitlines()):
        stripped = line.strip()
        if proof:
            proof += line.count("(") + line.count("{") - line.count(")") - line.count("}")
            continue
        if stripped.startswith(("static_assert", "namespace proof")):
            proof = line.count("(") + line.count("{") - line.count(")") - line.count("}")
            continue
        if not stripped or stripped.startswith(("//", "#", "namespace", "template", "using")):
            continue
        yield number, line.split("  //")[0] if "  //" in line else line


def begins_statement(before):
    """Nothing of the line before belongs to what follows it."""
    return re.search(r"[;{}]$|^(?:\} )?(?:else|if|for)\b.*[)e]$", before.strip()) is not None


def mutations(line, before, words):
    """(column, kind, what the line becomes), for one line."""
    bare = re.sub(r'"[^"]*"', lambda m: "_" * len(m.group()), line)
    for match in OPERATOR.finditer(bare):
        at, old = match.start(1), match.group(1)
        for new in OPERATORS[old]:
            yield at, f"{old} to {new}", line[:at] + new + line[at + len(old):]
    for match in NUMBER.finditer(bare):
        at, old = match.start(1), match.group(1)
        value = int(old.replace("'", ""))
        for new in {value + 1, max(value - 1, 0)} - {value}:
            yield at, f"{old} to {new}", line[:at] + str(new) + line[at + len(old):]
    for old, new in SWAPS.items():
        for match in re.finditer(rf"(?<!\w){re.escape(old)}\b", bare):
            at = match.start()
            yield at, f"{old} to {new}", line[:at] + new + line[at + len(old):]
    for match in WORD.finditer(bare):
        at, old = match.start(), match.group()
        new = words.get(old)
        if new:
            yield at, f"{old} to {new}", line[:at] + new + line[at + len(old):]
    condition = CONDITION.match(bare)
    if condition:
        start, end = condition.span(1)
        head, _, tail = line[start:end].rpartition("; ")
        if head:
            made = f"{head}; !({tail})"
        elif line[start:].startswith(("const auto", "auto")):
            name = re.match(r"(?:const )?auto\*? (\w+) =", line[start:end])
            made = f"{line[start:end]}; !{name.group(1)}" if name else None
        else:
            made = f"!({line[start:end]})"
        if made:
            yield start, "condition negated", line[:start] + made + line[end:]
    if begins_statement(before) and STATEMENT.match(bare) and not DECLARATION.match(bare):
        indent = len(line) - len(line.lstrip())
        yield indent, "statement removed", line[:indent] + ";"


def all_mutants(only):
    words = neighbours()
    for path in sorted(GUARD.rglob("*.[ch]pp")):
        if only and only not in str(path):
            continue
        text = path.read_text()
        before = "{"
        for number, line in code_lines(text):
            found = list(mutations(line, before, words))
            before = line
            for column, kind, changed in found:
                yield {"path": path.relative_to(ROOT), "line": number, "column": column,
                       "kind": kind, "changed": changed}


def name_of(mutant):
    return f"{mutant['path']}:{mutant['line'] + 1}:{mutant['column'] + 1} {mutant['kind']}"


def compile_tests():
    subprocess.run(["cmake", "-S", ROOT, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                    "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g0"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", BUILD, "--parallel", "2", "--target",
                    *(f"test_{name}" for name in PROGRAMS)], check=True)
    objects = []
    for name in [f"test_{program}" for program in PROGRAMS] + ["guard_rig"]:
        objects += sorted((BUILD / f"tests/core/CMakeFiles/{name}.dir").glob("*.o"))
    libraries = [BUILD / "tests/libks_test_main.a"]
    libraries += [BUILD / f"firmware/{name}/libks_{name}.a"
                  for name in ("drivers", "protocol", "crypto", "base")]
    # One file that the linker only copies: the tests, without the guard.
    return objects + [library for library in libraries if library.exists()]


def compile_and_run(folder, objects, first):
    """How it was killed, or None for a survivor."""
    unit = folder / "unit.cpp"
    sources = sorted(path.name for path in GUARD.glob("*.cpp"))
    unit.write_text("".join(f'#include "firmware/core/guard/{name}"\n' for name in sources))
    made = subprocess.run(["g++", *FLAGS, f"-I{folder}", f"-I{ROOT}", "-c", str(unit), "-o",
                           str(folder / "unit.o")], capture_output=True, text=True)
    if made.returncode != 0:
        return "static_assert" if "static assertion" in made.stderr else "does not compile"
    program = folder / "mutant"
    linked = subprocess.run(["g++", "-o", str(program), str(folder / "unit.o"),
                             *map(str, objects)], capture_output=True, text=True)
    if linked.returncode != 0:
        if first:
            print(linked.stderr, file=sys.stderr)
        return "does not link"
    for tests, limit in (("~[slow]", QUICK_LIMIT), ("[slow]~[property]", SLOW_LIMIT)):
        try:
            run = subprocess.run([str(program), "--abort", tests], cwd=ROOT, timeout=limit,
                                 capture_output=True)
        except subprocess.TimeoutExpired:
            return "does not end"
        if run.returncode != 0:
            return "test"
    return None


def judge(mutant, objects):
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = pathlib.Path(name)
        shutil.copytree(GUARD, folder / "firmware/core/guard")
        if mutant:
            path = folder / mutant["path"]
            lines = path.read_text().splitlines(keepends=True)
            lines[mutant["line"]] = mutant["changed"] + "\n"
            path.write_text("".join(lines))
        killer = compile_and_run(folder, objects, mutant is None)
    return killer, time.monotonic() - began


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sample", type=int, default=600)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", help="part of a path")
    parser.add_argument("--again", type=pathlib.Path, help="only the places named in this file")
    parser.add_argument("--list", action="store_true", help="print the sample and do nothing")
    return parser.parse_args()


def main():
    wanted = arguments()
    mutants = list(all_mutants(wanted.only))
    places = len(mutants)
    if wanted.again:
        named = set(wanted.again.read_text().splitlines())
        mutants = [mutant for mutant in mutants if name_of(mutant) in named]
    else:
        random.Random(wanted.seed).shuffle(mutants)
        mutants = mutants[:wanted.sample]
    if wanted.list:
        print("\n".join(map(name_of, mutants)))
        return
    objects = compile_tests()
    killer, took = judge(None, objects)
    if killer:
        sys.exit(f"the guard itself does not pass: {killer}")
    print(f"{len(mutants)} of {places} mutants; unchanged passes in {took:.0f} s", flush=True)
    killed, survivors = 0, []
    with concurrent.futures.ThreadPoolExecutor(wanted.jobs) as pool:
        runs = {pool.submit(judge, mutant, objects): mutant for mutant in mutants}
        for done in concurrent.futures.as_completed(runs):
            killer, took = done.result()
            mutant = runs[done]
            killed += killer is not None
            if killer is None:
                survivors.append(mutant)
            became = f"killed ({killer})" if killer else "SURVIVED"
            print(f"{became} {name_of(mutant)} {took:.0f} s", flush=True)
    print(f"\n{killed} of {len(mutants)} killed, {100 * killed / max(len(mutants), 1):.1f} %")
    for mutant in sorted(survivors, key=name_of):
        print(f"survived {name_of(mutant)}: {mutant['changed'].strip()}")


if __name__ == "__main__":
    main()
