#!/usr/bin/env python3
"""Runs benchmarks over real parts (mosquitto, kickstand-edge, SQLite on disk, a webhook receiver)
and prints, for each, lines for people on standard error and one JSON line on standard output. It
judges nothing: what counts is the ratio of two figures of one run."""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile

from bench_site import PROGRAMS, BenchSite, flood_limit
from site_parts import Trouble

FLOOD_FRAMES = 300_000
TRIPS_A_SECOND = 20


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def median_of(figures):
    """The run whose rate is the median, whole, so that its figures belong together."""
    return sorted(figures, key=lambda one: one["frames_per_s"])[len(figures) // 2]


def measure(posts, frames, *more, tls=False):
    with BenchSite(posts, tls) as site:
        return site.finish(site.load(frames, *more))


def tell(name, figures):
    edge = figures["edge"]
    say(f"  {name}: {figures['frames_per_s']:,.0f} frames/s durable, edge "
        f"{edge['processor_s_per_million']:.1f} s of processor a million frames "
        f"({edge['processor']:.2f} cores), {edge['resident_mib']:.1f} MiB, broker "
        f"{figures['broker']['processor']:.2f} cores, load {os.getloadavg()[0]:.1f}")
    return figures


def paced(rate, options, posts=100, tls=False):
    return measure(posts, int(rate * options.seconds), "--rate", str(rate), tls=tls)


def bench_ingest(options):
    say("ingest: frames of ten outlets, 100 posts, into the log and acknowledged")
    rounds = []
    for _ in range(options.rounds):
        wall = flood_limit(FLOOD_FRAMES, 100)
        say(f"  mosquitto to Paho, nothing else: {wall:,.0f} frames/s")
        flat = tell("as fast as it goes", measure(100, FLOOD_FRAMES))
        flat["of_flood_limit"] = flat["frames_per_s"] / wall
        flat["flood_limit"] = wall
        rounds.append(flat)
    result = {"flat_out": median_of(rounds),
              "of_flood_limit_median": statistics.median(
                  one["of_flood_limit"] for one in rounds)}
    shared = measure(100, FLOOD_FRAMES, "--shared")
    result["flat_out_one_connection"] = tell("the same over one connection", shared)
    for rate in (1_000, 20_000):
        result[f"at_{rate}"] = tell(f"at {rate:,} frames/s", paced(rate, options))
    result["tls_at_1000"] = tell("TLS, at 1,000 frames/s", paced(1_000, options, tls=True))
    result["tls_flat_out"] = tell("TLS, as fast as it goes",
                                  measure(100, FLOOD_FRAMES // 3, tls=True))
    return result


def alarms_at(rate, options):
    with BenchSite(100) as site:
        figures = site.finish(site.load(int(rate * options.seconds), "--rate", str(rate), "--trips",
                                        str(int(options.seconds * TRIPS_A_SECOND))))
        values, hasty = site.latencies_ms()
    place = {"p50": 0.5, "p99": 0.99}
    result = {key: values[min(len(values) - 1, int(len(values) * at))]
              for key, at in place.items()}
    result |= {"max": values[-1], "alarms": len(values), "before_durable": hasty,
               "frames_per_s": figures["frames_per_s"]}
    say(f"  beside {figures['frames_per_s']:,.0f} frames/s: p50 {result['p50']:.2f} ms, p99 "
        f"{result['p99']:.2f} ms, worst {result['max']:.2f} ms of {len(values)}, "
        f"load {os.getloadavg()[0]:.1f}")
    return result


def bench_alarm(options):
    say("alarm: a trip published by a post until its webhook is received, durable in between")
    most = measure(100, FLOOD_FRAMES)["frames_per_s"]
    say(f"  most frames/s here: {most:,.0f}")
    result = {f"at_{rate}": alarms_at(rate, options) for rate in (100, 1_000, 20_000)}
    result["at_80_percent"] = alarms_at(int(most * 0.8), options)
    return result | {"most_frames_per_s": most}


def bench_memory(options):
    say("memory: kickstand-edge with 1,000 posts, each on its own TLS connection, a frame a second")
    figures = tell("1,000 posts", paced(1_000, options, posts=1_000, tls=True))
    return {"resident_mib": figures["edge"]["resident_mib"],
            "peak_mib": figures["edge"]["peak_mib"],
            "posts": figures["posts"], "connections": figures["connections"],
            "frames_per_s": figures["frames_per_s"]}


def instructions_of(ticks, home):
    """Instructions of the whole program, by callgrind, and what it says that it did."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={home}/out.{ticks}",
         PROGRAMS / "tests/bench/bench_guard_ticks", str(ticks)],
        capture_output=True, text=True, check=False)
    refs = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode != 0 or not refs:
        raise Trouble(f"valgrind: {done.stderr.strip().splitlines()[-1:]}")
    return int(refs[1].replace(",", "")), json.loads(done.stdout)


def bench_guard(_):
    say("guard: instructions of the post's protection, ten outlets charging, on this machine")
    with tempfile.TemporaryDirectory(prefix="kickstand-bench-") as home:
        less, before = instructions_of(10_000, home)
        more, after = instructions_of(20_000, home)
    ticks = after["ticks"] - before["ticks"]
    samples = after["samples"] - before["samples"]
    if after["outlets_charging"] != 10:
        raise Trouble(f"only {after['outlets_charging']} of 10 outlets were charging")
    result = {"instructions_per_tick": (more - less) / ticks,
              "instructions_per_outlet_sample": (more - less) / samples,
              "ticks": ticks, "samples": samples}
    say(f"  {result['instructions_per_tick']:,.0f} a tick of all ten outlets, "
        f"{result['instructions_per_outlet_sample']:,.0f} an outlet sample with the "
        f"{ticks * 10 // samples} outlet ticks that belong to it")
    return result


BENCHES = {"ingest": bench_ingest, "alarm": bench_alarm, "memory": bench_memory,
           "guard": bench_guard}


def options_from(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help=f"of {', '.join(BENCHES)}; without: all")
    parser.add_argument("--seconds", type=float, default=10, help="of each paced run (default 10)")
    parser.add_argument("--rounds", type=int, default=3,
                        help="of the flat-out run, whose median is told (default 3)")
    parser.add_argument("--check", action="store_true", help="look at these words and stop")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in BENCHES:
            raise Trouble(f"no benchmark is called \"{name}\"; there are {', '.join(BENCHES)}")
    if options.seconds < 1 or options.rounds < 1:
        raise Trouble("--seconds and --rounds must be at least 1")
    return options


def main():
    # Leaving in order is what ends the programs and removes their folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        options = options_from(sys.argv[1:])
        for name in [] if options.check else options.names or BENCHES:
            before = os.getloadavg()[0]
            result = BENCHES[name](options)
            print(json.dumps(rounded({"benchmark": name, **result, "load_before": before,
                                      "cores": os.cpu_count()})), flush=True)
        return 0
    except Trouble as trouble:
        say(f"failed: {trouble}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
