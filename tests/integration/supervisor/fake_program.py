#!/usr/bin/env python3
"""Stands for the programs of a shop where a test is about their supervisor.

Records its command line in <data>/calls, answers /readyz on its health port and stops on SIGTERM.
<data>/behaviour changes that: "fail" ends with a sentence, "deaf" ignores SIGTERM.
"""

import http.server
import pathlib
import signal
import sys


class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def option(name, default=None):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def main():
    data = pathlib.Path(option("--data"))
    data.mkdir(parents=True, exist_ok=True)
    with open(data / "calls", "a", encoding="utf-8") as calls:
        calls.write(" ".join(sys.argv[1:]) + "\n")
    behaviour = data / "behaviour"
    behaves = behaviour.read_text(encoding="utf-8").strip() if behaviour.exists() else ""
    if sys.argv[1] != "serve":
        return 0
    if behaves == "fail":
        print("the store is damaged; restore it from a backup", file=sys.stderr)
        return 1
    stop = signal.SIG_IGN if behaves == "deaf" else lambda *_: sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    first = 20 if "edge" in sys.argv[0] else 10  # of core and the spools
    offset = first + int(option("--number", "0"))
    address = ("127.0.0.1", int(option("--port-base")) + offset)
    http.server.HTTPServer.allow_reuse_address = True
    http.server.HTTPServer(address, Ready).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
