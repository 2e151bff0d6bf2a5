"""A throwaway site to be measured: real broker, real edge, real receiver, each time a new log."""

import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile

from site_parts import (PLAIN, ROOT, TLS, Children, Trouble, free_port, init_site, start_broker,
                        start_edge, write_edge_config)
from webhook_receiver import signature_of

PROGRAMS = ROOT / "build" / "bench"
SITE_ID = "BENCH-SITE"
SAMPLES_IN_A_FRAME = 10

# What a site's broker asks of those who come; the plain bench broker asks nothing.
TLS_AND_RULES = re.compile(r"^(cafile|certfile|keyfile|require_certificate|tls_version|ciphers|"
                           r"use_\w+|allow_\w+|acl_file)\b")


class BenchSite:
    """Started on entry; ended, by id, and gone on leaving."""

    def __init__(self, posts, tls=False):
        self.posts = posts
        self.tls = tls
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="kickstand-bench-"))
        self.site = self.home / "site"
        (self.home / "log").mkdir()
        self.children = Children(self.home)
        self.broker_port = free_port()
        self.ids = {}

    def __enter__(self):
        try:
            init_site(PROGRAMS, self.site, SITE_ID, self.posts if self.tls else 1,
                      self.broker_port)
            self._start_broker()
            self._start_receiver()
            self._start_edge()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.children.stop_all()
        shutil.rmtree(self.home, ignore_errors=True)

    def _start_broker(self):
        config = self.site / "broker/mosquitto.conf"
        if not self.tls:
            lines = [line for line in config.read_text().splitlines()
                     if not TLS_AND_RULES.match(line)]
            config.write_text("\n".join([*lines, "allow_anonymous true", ""]))
        self.ids["broker"] = start_broker(self.children, config, self.broker_port).pid

    def _start_receiver(self):
        receiver = self.children.start("receiver", [PROGRAMS / "tests/bench/bench_receiver",
                                                    self.home / "webhooks.jsonl"],
                                       stdout=subprocess.PIPE)
        self.webhook_port = int(receiver.stdout.readline().split()[1])

    def _start_edge(self):
        config = write_edge_config(
            self.home, SITE_ID,
            {"broker": self.broker_port, "console": 0, "webhook": self.webhook_port},
            TLS if self.tls else PLAIN)
        # Only the trips are timed.
        with config.open("a") as settings:
            settings.write('events = ["alarm.raised"]\n')
        self.ids["edge"] = start_edge(self.children, PROGRAMS, config).pid

    def load(self, frames, *more):
        """What the load generator measured, as it said it; the log is compared with it."""
        command = [PROGRAMS / "tests/bench/bench_load", "--site", SITE_ID, "--port",
                   str(self.broker_port), "--posts", str(self.posts), "--frames", str(frames),
                   "--trips-file", self.home / "trips.jsonl",
                   *[f"--watch={name}={self.ids[name]}" for name in ("edge", "broker")], *more]
        if self.tls:
            command += ["--certificates", self.site]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Trouble(f"{done.stderr.strip()}; the edge's last words: "
                          f"{self.children.last_words('edge')}")
        figures = json.loads(done.stdout)
        figures["written_mb_per_million_samples"] = self._written() / frames / SAMPLES_IN_A_FRAME
        return figures

    def _written(self):
        for line in pathlib.Path(f"/proc/{self.ids['edge']}/io").read_text().splitlines():
            if line.startswith("write_bytes:"):
                return int(line.split()[1])
        return 0

    def finish(self, figures):
        """Ends edge and receiver and adds what can be seen only then."""
        for name in ("edge", "receiver"):
            if not self.children.stop(name):
                raise Trouble(f"{name} did not stop cleanly: {self.children.last_words(name)}")
        log = sqlite3.connect(self.home / "log.db")
        frames, = log.execute("SELECT count(*) FROM frame").fetchone()
        trips, = log.execute("SELECT count(*) FROM evidence").fetchone()
        log.close()
        if frames != figures["frames"] or trips != figures["trips"]:
            raise Trouble(f"{figures['frames']} frames and {figures['trips']} trips were "
                          f"acknowledged, but the log has {frames} and {trips}")
        size = os.path.getsize(self.home / "log.db")
        figures["log_bytes_per_sample"] = size / frames / SAMPLES_IN_A_FRAME
        summary = json.loads((self.home / "edge.json").read_text())
        for key in ("commits", "worst_turn_ms", "messages_refused"):
            figures["edge"][key] = summary[key]
        return figures

    def latencies_ms(self):
        """From the moment each trip was published to the one its webhook came, after `finish`, and
        how many went out before they were durable, because the log took too long."""
        secret = (self.site / "edge/webhook.secret").read_text().strip()
        published = {}
        for line in (self.home / "trips.jsonl").read_text().splitlines():
            trip = json.loads(line)
            published[trip["post"], trip["seq"]] = trip["published_ns"]
        latencies = []
        hasty = 0
        for line in (self.home / "webhooks.jsonl").read_text().splitlines():
            came = json.loads(line)
            if came["signature"] != signature_of(secret, came["id"], came["timestamp"],
                                                 came["body"].encode()):
                raise Trouble(f"webhook {came['id']} is not signed by the edge")
            body = json.loads(came["body"])
            data = body["data"]
            hasty += not body["durable"]
            sent = published.pop((data["post"], data["record"]["seq"]))
            latencies.append((came["received_ns"] - sent) / 1e6)
        if published:
            raise Trouble(f"{len(published)} trips never reached the webhook")
        return sorted(latencies), hasty


def flood_limit(frames, posts):
    """What Paho takes off this broker when nothing else is done with it, in frames a second."""
    with tempfile.TemporaryDirectory(prefix="kickstand-bench-") as home:
        home = pathlib.Path(home)
        (home / "log").mkdir()
        children = Children(home)
        port = free_port()
        # No limit but memory: whatever were dropped here would be missing in the count.
        (home / "flood.conf").write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
            "max_inflight_messages 1000\nmax_queued_messages 0\nmax_queued_bytes 0\n")
        try:
            start_broker(children, home / "flood.conf", port)
            counter = children.start(
                "counter", [PROGRAMS / "tests/bench/bench_flood_subscriber", str(port),
                            f"ks/1/{SITE_ID}/+/up/#", str(frames)], stdout=subprocess.PIPE)
            counter.stdout.readline()
            subprocess.run([PROGRAMS / "tests/bench/bench_load", "--site", SITE_ID, "--port",
                            str(port), "--posts", str(posts), "--frames", str(frames), "--flood"],
                           capture_output=True, check=True)
            return json.loads(counter.stdout.readline())["frames_per_s"]
        finally:
            children.stop_all()
