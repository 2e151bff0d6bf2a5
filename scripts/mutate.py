"""Changes the safety core in one place at a time and asks whether its tests notice.

    mutate.py [--sample 600] [--seed 20261122] [--jobs 2] [--only PATH] [--list] [--again LIST]

A mutant is firmware/core/guard with one operator, constant, condition, statement or enumerator
changed. It is killed when it does not compile (a static_assert is a test), when a test fails, when
it traps, or when it does not end in time. The sample is drawn with a seed from all places, so a
figure can be had again. --again runs only the places named in a file, one `path:line:column kind`
a line, as the survivors are printed.

Only the guard is compiled for each (of a source file's mutant only that file), and linked before
the tests' own objects: its inline functions are the ones the tests call. The tests are compiled
once, without optimisation, so that nothing of the guard is inlined into them. What does not change
is precompiled, and the test files that have killed most run first, then the quickest.
"""

import argparse
import concurrent.futures
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
GUARD = ROOT / "firmware/core/guard"
BUILD = ROOT / "build/mutants"
PROGRAMS = ["guard", "guard_flips", "guard_latency"]
FLAGS = ["-std=c++20", "-O1", "-g0", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics",
         "-w"]
# A function that is inlined everywhere is not there for a test to call, which then calls the
# unchanged one. Fast: only what is tiny is inlined, and whoever survives is tried again, exactly.
FAST = ["--param", "max-inline-insns-single=12", "--param", "max-inline-insns-auto=6",
        "--param", "early-inlining-insns=6", "-fno-inline-functions-called-once"]
EXACT = ["-fno-inline"]
QUICK = "~[slow]"
SLOW = "[slow]"
PASSES = [(FAST, QUICK), (EXACT, QUICK), (EXACT, SLOW)]
# A mutant has so many times the processor time that the unchanged guard needs, and some seconds.
PATIENCE = 4

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
    tests, others = [], []
    for name in PROGRAMS:
        tests += sorted((BUILD / f"tests/core/CMakeFiles/test_{name}.dir").glob("*.o"))
    # The bench in front of the guard takes most of the time.
    others.append(BUILD / "guard_rig.o")
    subprocess.run(["g++", *FLAGS, "-O2", f"-I{ROOT}", "-c", ROOT / "tests/core/guard_rig.cpp",
                    "-o", others[0]], check=True)
    others.append(BUILD / "tests/libks_test_main.a")
    others += [BUILD / f"firmware/{name}/libks_{name}.a"
               for name in ("drivers", "protocol", "crypto", "base")]
    return tests, [path for path in others if path.exists()]


class Bench:
    """What every mutant is compiled with, linked to, and given to run."""

    def __init__(self, tests, others, flags):
        self.tests, self.others = tests, others
        self.flags = [*FLAGS, *flags]
        self.outside = self.precompile("outside.hpp", self.includes(r'(?!"firmware/core/guard/)'))
        self.inside = self.precompile("inside.hpp", self.includes(""))
        self.parts = {path.name: BUILD / f"{path.name}.o" for path in GUARD.glob("*.cpp")}
        for name, part in self.parts.items():
            self.compiler(self.inside, ROOT, GUARD / name, part).check_returncode()
        self.linker = ["-fuse-ld=lld"] if shutil.which("ld.lld") else []
        self.limits = {QUICK: 600, SLOW: 1800}
        self.order = {}
        self.killers = {}

    @staticmethod
    def includes(which):
        found = set()
        for path in GUARD.rglob("*.[ch]pp"):
            found.update(re.findall(rf"^#include {which}.*$", path.read_text(), re.M))
        return "".join(f"{line}\n" for line in sorted(found))

    def precompile(self, name, text):
        header = BUILD / name
        header.write_text(text)
        subprocess.run(["g++", *self.flags, f"-I{ROOT}", "-x", "c++-header", str(header)],
                       check=True)
        return header

    def compiler(self, header, first, source, made):
        return subprocess.run(["g++", *self.flags, "-include", str(header), f"-I{first}",
                               f"-I{ROOT}", "-c", str(source), "-o", str(made)],
                              capture_output=True, text=True)

    def compile(self, folder, path):
        """Why it could not be, or None. A header is everybody's, a source only its own."""
        parts = dict(self.parts)
        source = folder / "unit.cpp"
        if path.suffix == ".cpp":
            parts[path.name] = folder / "unit.o"
            source.write_text((folder / path).read_text())
            made = self.compiler(self.inside, ROOT, source, folder / "unit.o")
        else:
            source.write_text("".join(f'#include "firmware/core/guard/{name}"\n'
                                      for name in sorted(parts)))
            parts = {"unit": folder / "unit.o"}
            made = self.compiler(self.outside, folder, source, folder / "unit.o")
        if made.returncode != 0:
            return "static_assert" if "static assertion" in made.stderr else "does not compile"
        linked = subprocess.run(["g++", *self.linker, "-o", str(folder / "mutant"),
                                 *map(str, parts.values()), *map(str, self.in_order(path)),
                                 *map(str, self.others)], capture_output=True, text=True)
        if linked.returncode != 0:
            sys.exit(f"a mutant cannot be linked, so none could be judged:\n{linked.stderr}")
        return None

    def in_order(self, path):
        """Tests run in the order in which they are linked: what has killed mutants of this file
        before, then the quickest."""
        known = self.killers.get(path, [])
        def place(test):
            name = test.name.removesuffix(".o")
            return (known.index(name) if name in known else len(known),
                    self.order.get(name, 0.0))
        return sorted(self.tests, key=place)

    def run(self, folder, tests, *options):
        """The exit code and what was printed. Negative: a signal; SIGXCPU is too much time."""
        limit = int(self.limits[tests])

        def bound():
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))

        run = subprocess.run([str(folder / "mutant"), *options, tests], cwd=ROOT,
                             preexec_fn=bound, capture_output=True, text=True)
        return run.returncode, run.stdout

    def measure(self, folder, tests):
        """Takes the unchanged guard's time: how long any mutant may take, and what is quick."""
        code, printed = self.run(folder, tests, "--reporter", "xml", "--durations", "yes")
        if code != 0:
            sys.exit(f"the guard itself does not pass {tests}:\n{printed}")
        needed = 0.0
        for case in xml.etree.ElementTree.fromstring(printed).iter("TestCase"):
            seconds = float(case.find("OverallResult").get("durationInSeconds"))
            needed += seconds
            name = pathlib.Path(case.get("filename")).name
            self.order[name] = self.order.get(name, 0.0) + seconds
        self.limits[tests] = PATIENCE * needed + 5
        return needed

    def killed_by(self, path, printed):
        found = re.search(r"(\w+_test\.cpp):\d+: (?:failed|FAILED)", printed)
        if not found:
            return "a test"
        known = self.killers.setdefault(path, [])
        if found.group(1) in known:
            known.remove(found.group(1))
        known.insert(0, found.group(1))
        return found.group(1)


def judge(mutant, bench, tests):
    """How these tests killed it, or None for a survivor; and in how many seconds."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = pathlib.Path(name)
        shutil.copytree(GUARD, folder / "firmware/core/guard")
        path = folder / mutant["path"]
        lines = path.read_text().splitlines(keepends=True)
        lines[mutant["line"]] = mutant["changed"] + "\n"
        path.write_text("".join(lines))
        killer = bench.compile(folder, mutant["path"])
        if not killer:
            code, printed = bench.run(folder, tests, "--abort", "--reporter", "compact")
            if code != 0:
                killer = ("does not end" if -code in (signal.SIGXCPU, signal.SIGKILL)
                          else bench.killed_by(mutant["path"], printed))
    return killer, time.monotonic() - began


def unchanged(bench, tests):
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = pathlib.Path(name)
        shutil.copytree(GUARD, folder / "firmware/core/guard")
        killer = bench.compile(folder, pathlib.Path("every.hpp"))
        if killer:
            sys.exit(f"the guard itself does not pass: {killer}")
        return bench.measure(folder, tests)


def run_all(mutants, bench, tests, jobs):
    """Those that survive these tests. First the many that the quick ones kill, then the few."""
    print(f"{tests}, which take {unchanged(bench, tests):.0f} s unchanged", flush=True)
    survivors = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = {pool.submit(judge, mutant, bench, tests): mutant for mutant in mutants}
        for done in concurrent.futures.as_completed(runs):
            killer, took = done.result()
            if killer is None:
                survivors.append(runs[done])
            became = f"killed ({killer})" if killer else "SURVIVED"
            print(f"{became} {name_of(runs[done])} {took:.0f} s", flush=True)
    return survivors


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
    print(f"{len(mutants)} of {places} mutants", flush=True)
    built = compile_tests()
    survivors = mutants
    for flags, tests in PASSES:
        if survivors:
            survivors = run_all(survivors, Bench(*built, flags), tests, wanted.jobs)
    killed = len(mutants) - len(survivors)
    print(f"\n{killed} of {len(mutants)} killed, {100 * killed / max(len(mutants), 1):.1f} %")
    for mutant in sorted(survivors, key=name_of):
        print(f"survived {name_of(mutant)}: {mutant['changed'].strip()}")


if __name__ == "__main__":
    main()
