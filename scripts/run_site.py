#!/usr/bin/env python3
"""Runs a whole throwaway site on this machine until Ctrl-C: its own CA and certificates, the broker
(mutual TLS, loopback, a free port), kickstand-edge with its console, simulated posts, and a webhook
receiver. Whatever it starts it also ends."""

import argparse
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

from site_parts import (ROOT, Children, Trouble, free_port, init_site, start_broker, start_edge,
                        write_edge_config)

PROGRAMS = ROOT / "build" / "release"
SITE_ID = "DEMO-SITE"
MARK = ".kickstand-run"


def say(text):
    print(f"run: {text}", file=sys.stderr, flush=True)


def options_from(arguments):
    parser = argparse.ArgumentParser(prog="scripts/run", description=__doc__)
    parser.add_argument("--posts", type=int, default=3, metavar="N", help="posts of ten outlets")
    parser.add_argument("--scenario", type=pathlib.Path, metavar="FILE",
                        default=ROOT / "config" / "scenarios" / "evening.toml",
                        help="what happens at them (default: config/scenarios/evening.toml)")
    parser.add_argument("--profile", type=pathlib.Path, metavar="FILE",
                        default=ROOT / "config" / "profiles" / "mixed-residential.toml",
                        help="what they are commissioned with "
                             "(default: config/profiles/mixed-residential.toml)")
    parser.add_argument("--for", type=float, dest="seconds", metavar="SECONDS",
                        help="stop by itself and print one JSON line of totals")
    parser.add_argument("--headless", action="store_true", help="no hint at the console's address")
    parser.add_argument("--state", type=pathlib.Path, default=ROOT / ".run", metavar="DIR",
                        help="where the site lives (default: .run)")
    parser.add_argument("--keep", action="store_true", help="go on with the state of the last run")
    parser.add_argument("--console-port", type=int, default=0, metavar="N",
                        help="default: 8443, or a free one when that is taken")
    options = parser.parse_args(arguments)
    if not 1 <= options.posts <= 1000:
        raise Trouble(f"--posts {options.posts}: 1 to 1000 posts can be simulated here")
    if options.seconds is not None and options.seconds <= 0:
        raise Trouble(f"--for {options.seconds:g}: must be more than 0 seconds")
    for name in ("scenario", "profile"):
        file = getattr(options, name)
        if not file.is_file():
            raise Trouble(f"--{name} {file}: there is no such file")
    return options


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def console_port_from(options):
    if options.console_port == 0:
        return 8443 if port_is_free(8443) else free_port()
    if not port_is_free(options.console_port):
        raise Trouble(f"--console-port {options.console_port}: another program listens there; "
                      "end it or choose another port")
    return options.console_port


def prepare_state(options):
    """A folder that is ours, empty unless --keep. Never wipes what it did not make."""
    state = options.state.resolve()
    try:
        if state.exists() and not options.keep:
            if any(state.iterdir()) and not (state / MARK).exists():
                raise Trouble(f"--state {state}: holds something that scripts/run did not make; "
                              "choose an empty folder")
            shutil.rmtree(state)
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        (state / MARK).touch()
        (state / "log").mkdir(exist_ok=True)
    except OSError as error:
        raise Trouble(f"--state {state}: {error.strerror.lower()}; "
                      "scripts/run must be able to write there") from error
    return state


def start_site(options, children, state, ports):
    site = state / "site"
    start_broker(children, site / "broker" / "mosquitto.conf", ports["broker"])
    receiver = children.start(
        "receiver", [sys.executable, ROOT / "scripts/webhook_receiver.py",
                     "--secret", site / "edge/webhook.secret", "--log", state / "webhooks.jsonl"],
        stdout=subprocess.PIPE)
    words = receiver.stdout.readline().split()
    if len(words) != 2:
        raise Trouble(f"the webhook receiver does not start: {children.last_words('receiver')}")

    config = write_edge_config(state, SITE_ID, ports | {"webhook": int(words[1])})
    start_edge(children, PROGRAMS, config)

    children.start("posts", [PROGRAMS / "sim/fleet/kickstand-sim", "--site", site,
                             "--broker", f"127.0.0.1:{ports['broker']}",
                             "--posts", str(options.posts), "--scenario", options.scenario,
                             "--profile", options.profile,
                             "--state", state / "posts", "--truth", state / "truth.jsonl",
                             "--control", state / "posts.sock"])


def first_login(state):
    """The words a person needs to get in: the daemon leaves its first password in a file."""
    file = state / "console" / "first-login"
    if not file.exists():
        return "log in as before: the first password was changed or removed"
    login = dict(line.split("=", 1) for line in file.read_text().splitlines())
    return f"first login: {login['user']} / {login['password']}"


def totals_of(state):
    summary = json.loads((state / "edge.json").read_text())
    wanted = ["posts", "outlets", "sessions_started", "sessions_ended", "records", "gaps",
              "alarms", "webhooks_delivered", "trip_to_webhook_ms_p50", "trip_to_webhook_ms_p99"]
    rest = [key for key in summary if key not in wanted]
    return {key: summary[key] for key in wanted + rest}


def failures_in(totals):
    failures = []
    if totals["gaps"]:
        failures.append(f"{totals['gaps']} gaps in the log")
    if totals["webhooks_delivered"] < totals["alarms"]:
        failures.append(f"{totals['alarms'] - totals['webhooks_delivered']} alarms not delivered")
    if totals.get("chain_breaks"):
        failures.append(f"{totals['chain_breaks']} breaks in the posts' chains")
    return failures


def run(options):
    state = prepare_state(options)
    ports = {"console": console_port_from(options), "broker": free_port()}
    children = Children(state)
    stop = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.append(True))
    try:
        init_site(PROGRAMS, state / "site", SITE_ID, options.posts, ports["broker"])
        start_site(options, children, state, ports)
        if not options.headless:
            say(f"console: https://127.0.0.1:{ports['console']}/ "
                f"(its certificate is signed by {state / 'site/ca/ca.crt'})")
            say(first_login(state))
        say(f"{options.posts} posts are running; "
            + (f"stops in {options.seconds:g} s" if options.seconds else "Ctrl-C ends it"))

        end = time.monotonic() + options.seconds if options.seconds else None
        while not stop and (end is None or time.monotonic() < end):
            for name in children.dead():
                raise Trouble(f"{name} ended by itself: {children.last_words(name)}")
            time.sleep(0.1)

        failed = [name for name in ("posts", "edge") if not children.stop(name)]
        failed += children.stop_all()
    finally:
        children.stop_all()
        say(f"everything is stopped; the logs are in {state / 'log'}")

    totals = totals_of(state)
    failures = failures_in(totals) + [f"{name} did not stop cleanly" for name in failed]
    if options.seconds:
        print(json.dumps(totals), flush=True)
    for failure in failures:
        say(f"failed: {failure}")
    return 1 if failures and options.seconds else 0


def main():
    try:
        return run(options_from(sys.argv[1:]))
    except Trouble as trouble:
        say(f"failed: {trouble}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
