"""The programs of a throwaway site and how they are started and ended: what scripts/run and
scripts/bench have in common."""

import ctypes
import pathlib
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Trouble(Exception):
    """Something a person must know, in one line."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end_with_parent():
    """Runs in a new child: when this script is killed, so that it can end nobody, Linux does."""
    set_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)


class Children:
    """The programs of the site, ended in the reverse order of their start."""

    def __init__(self, state):
        self.state = state
        self.running = []

    def start(self, name, command, stdout=None):
        log = open(self.state / "log" / f"{name}.log", "ab")
        try:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout or log,
                                     stderr=log, start_new_session=True,
                                     preexec_fn=end_with_parent)
        except OSError as error:
            raise Trouble(f"{name} does not start: {error.strerror.lower()}") from error
        self.running.append((name, child))
        return child

    def dead(self):
        return [name for name, child in self.running if child.poll() is not None]

    def stop(self, name, patience=20):
        """Ends one child; False when it had to be killed or had failed."""
        child = next(child for other, child in self.running if other == name)
        self.running = [pair for pair in self.running if pair[0] != name]
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(patience)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                return False
        return child.returncode in (0, -signal.SIGTERM)

    def stop_all(self):
        failed = [name for name, _ in reversed(list(self.running)) if not self.stop(name)]
        return failed

    def last_words(self, name):
        lines = (self.state / "log" / f"{name}.log").read_text(errors="replace").splitlines()
        return lines[-1] if lines else "it said nothing"


def wait_for(children, what, ready, seconds=30):
    """Until `what`, one of the children, has started."""
    deadline = time.monotonic() + seconds
    while not ready():
        for name in children.dead():
            raise Trouble(f"{name} ended while {what} was starting: {children.last_words(name)}")
        if time.monotonic() > deadline:
            raise Trouble(f"{what} is not ready after {seconds} s; see {children.state / 'log'}")
        time.sleep(0.05)


def init_site(programs, folder, site_id, posts, port):
    """CA, identities and the broker's rules; a folder that has them is checked and completed."""
    made = subprocess.run(
        [programs / "edge/ctl/kickstand", "site", "init", "--dir", folder, "--site", site_id,
         "--posts", str(posts), "--port", str(port)], capture_output=True, text=True)
    if made.returncode != 0:
        raise Trouble(f"kickstand site init: {made.stderr.strip()}")


TLS = """\
security = "tls"
authority_file = "{site}/ca/ca.crt"
certificate_file = "{site}/edge/edge.crt"
key_file = "{site}/edge/edge.key"
"""
PLAIN = 'security = "none"\n'

EDGE_CONFIG = """\
[site]
id = "{site_id}"
command_key_file = "{site}/edge/command.key"

[log]
file = "{home}/log.db"
# A throwaway site says nothing about the disk that it happens to lie on.
disk_alarms = "off"

[broker]
host = "127.0.0.1"
port = {broker}
{security}
[console]
address = "127.0.0.1"
port = {console}
certificate_file = "{site}/edge/console.crt"
key_file = "{site}/edge/console.key"
web_folder = "{root}/edge/web/dist"
state_folder = "{home}/console"

[access]
cards = "any"

[webhook]
url = "http://127.0.0.1:{webhook}/kickstand"
secret_file = "{site}/edge/webhook.secret"
"""


def write_edge_config(home, site_id, ports, security=TLS):
    """The daemon's settings for the site in `home`/site; `ports` of broker, console and webhook."""
    site = home / "site"
    config = home / "edge.toml"
    config.write_text(EDGE_CONFIG.format(site_id=site_id, site=site, home=home, root=ROOT,
                                         security=security.format(site=site), **ports))
    return config


def start_broker(children, config, port):
    broker = children.start("broker", [shutil.which("mosquitto") or "/usr/sbin/mosquitto",
                                       "-c", config])
    wait_for(children, "the broker", lambda: listens(port))
    return broker


def start_edge(children, programs, config):
    """Returns once it is connected and serves; its summary will be edge.json beside its config."""
    home = config.parent
    ready = home / "edge.ready"
    ready.unlink(missing_ok=True)
    edge = children.start("edge", [programs / "edge/app/kickstand-edge", "--config", config,
                                   "--summary", home / "edge.json", "--ready-file", ready])
    wait_for(children, "the edge", ready.exists)
    return edge
