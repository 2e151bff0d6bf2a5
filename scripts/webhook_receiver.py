#!/usr/bin/env python3
"""A webhook receiver for the demo and the tests: checks the Standard Webhooks signature and writes
one JSON line for each delivery it accepted.

    webhook_receiver.py --secret FILE --log FILE [--port N] [--fail-first N]

Prints `port N` when it listens. Answers 401 to what is not signed by the secret, 204 otherwise. A
repeated id is answered 204 and logged as repeated, as the convention asks of a receiver.
"""

import argparse
import base64
import hashlib
import hmac
import http.server
import json
import sys
import time

TOLERANCE_S = 300


def signature_of(secret, message_id, timestamp, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        received_ms = time.time() * 1000
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        message_id = self.headers.get("webhook-id", "")
        timestamp = self.headers.get("webhook-timestamp", "0")
        wanted = signature_of(self.server.secret, message_id, timestamp, body)
        given = self.headers.get("webhook-signature", "").split(" ")
        fresh = timestamp.isdigit() and abs(time.time() - int(timestamp)) <= TOLERANCE_S
        if not fresh or not any(hmac.compare_digest(wanted, one) for one in given):
            return self.answer(401)
        if self.server.failures_left > 0:
            self.server.failures_left -= 1
            return self.answer(500)

        repeated = message_id in self.server.seen
        self.server.seen.add(message_id)
        line = {"id": message_id, "received_ms": received_ms, "repeated": repeated,
                "body": json.loads(body)}
        self.server.log.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.server.log.flush()
        return self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--secret", required=True, help="file with the whsec_ secret")
    arguments.add_argument("--log", required=True, help="file for one JSON line a delivery")
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments.add_argument("--fail-first", type=int, default=0, help="answer 500 so many times")
    options = arguments.parse_args()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Receiver)
    server.secret = open(options.secret, encoding="ascii").read().strip()
    server.log = open(options.log, "a", encoding="utf-8")
    server.seen = set()
    server.failures_left = options.fail_first
    print(f"port {server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
