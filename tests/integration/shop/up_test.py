#!/usr/bin/env python3
"""`dermaga up` with the real programs: a new shop sells, comes back after a kill, finds its data again."""

import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import shop  # noqa: E402  (tests/support)

READY_S = 60


def dermaga(*arguments, expect=0):
    done = subprocess.run([shop.program("dermaga"), *map(str, arguments)], capture_output=True,
                          text=True, timeout=180, check=False)
    assert done.returncode == expect, f"dermaga {arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def page(state, path):
    context = ssl.create_default_context(cafile=state["ca_file"])
    with urllib.request.urlopen(state["addresses"]["storefront"] + path, context=context,
                                timeout=10) as answer:
        return answer.status, answer.read().decode()


def pid_of(state, name):
    return next(process["pid"] for process in state["processes"] if process["name"] == name)


def undelivered(state):
    """Orders that wait in the spool."""
    _, _, body = shop.http_get(state["addresses"]["spool_1_internal"] + "/readyz", 5)
    return json.loads(body)["undelivered_orders"] if body else None


def orders_placed(data):
    """How many orders the store holds; every promise must hold too."""
    report = subprocess.run([shop.program("dermaga-core"), "verify", "--data", data],
                            capture_output=True, text=True, timeout=120, check=False)
    assert report.returncode == 0, report.stdout + report.stderr
    return int(re.search(r"checked (\d+) orders", report.stdout).group(1))


def walk(data, port_base):
    up = ("up", "--data", data, "--port-base", port_base, "--edges", 2, "--detach", "--json")
    state = json.loads(dermaga(*up))
    status, text = page(state, "/store/v1/products?limit=100")
    assert status == 200 and len(json.loads(text)["items"]) >= 30, text[:200]
    assert page(state, "/")[0] == 200
    dermaga("buy", "--data", data)
    assert orders_placed(data) == 1

    os.kill(pid_of(state, "core"), signal.SIGKILL)

    def core_is_back():
        done = subprocess.run([shop.program("dermaga"), "status", "--json", "--data", data],
                              capture_output=True, text=True, timeout=30, check=False)
        return done.returncode == 0 and pid_of(json.loads(done.stdout), "core") != pid_of(state, "core")
    shop.wait_until("core came back", core_is_back, READY_S)
    # Edges find a new core within a few seconds; until then orders go to the spool.
    buy = [shop.program("dermaga"), "buy", "--data", data]
    shop.wait_until("a sale after the kill", lambda: subprocess.run(
        buy, capture_output=True, timeout=60, check=False).returncode == 0, READY_S)
    shop.wait_until("the spool delivered", lambda: undelivered(state) == 0, READY_S)
    dermaga("down", "--data", data)
    # At least two: a purchase whose answer was lost with core may have been placed all the same.
    placed = orders_placed(data)
    assert placed >= 2, placed

    again = json.loads(dermaga(*up))
    status, text = page(again, "/store/v1/products?limit=100")
    assert status == 200 and len(json.loads(text)["items"]) >= 30, text[:200]
    dermaga("buy", "--data", data)
    assert orders_placed(data) == placed + 1, (placed, orders_placed(data))


def status_of(data, name):
    done = subprocess.run([shop.program("dermaga"), "status", "--json", "--data", data],
                          capture_output=True, text=True, timeout=30, check=False)
    return next((process for process in json.loads(done.stdout).get("processes", ())
                 if process["name"] == name), {})


def fewer_spools(data, port_base):
    """Orders on a spool that is one too many at the next start are delivered by it all the same."""
    up = ("up", "--data", data, "--port-base", port_base, "--detach", "--json")
    state = json.loads(dermaga(*up, "--spools", 2))
    before = orders_placed(data)
    os.kill(pid_of(state, "core"), signal.SIGSTOP)
    buy = [shop.program("dermaga"), "buy", "--json", "--data", data]
    shop.wait_until("the spools take an order", lambda: json.loads(subprocess.run(
        buy, capture_output=True, timeout=60, check=False).stdout or "{}").get("pending_acceptance"), READY_S)
    waiting = status_of(data, "spool-2")["undelivered_orders"]
    assert waiting >= 1, waiting
    dermaga("down", "--data", data)  # kills the paused core
    assert orders_placed(data) == before
    shutil.rmtree(pathlib.Path(data) / "public/spool-1")  # nobody but spool-2 has them now

    dermaga(*up, "--spools", 1)
    shop.wait_until("spool-2 is done", lambda: status_of(data, "spool-2").get("done"), READY_S)
    dermaga("status", "--data", data)
    dermaga("down", "--data", data)
    assert orders_placed(data) >= before + waiting, (before, waiting)
    # Nobody says a number: as many as before. What it cannot deliver it does not hide.
    lease = pathlib.Path(data) / "public/spool-2/orders/lease"
    lease.write_bytes(b"damaged")
    assert "--drain" not in json.dumps(json.loads(dermaga(*up)))
    shop.wait_until("spool-2 cannot drain", lambda: status_of(data, "spool-2").get("restarts", 0) > 0, READY_S)
    dermaga("status", "--data", data, expect=1)
    dermaga("down", "--data", data)


def main():
    folder = tempfile.mkdtemp(prefix="dermaga-up-")
    data = str(pathlib.Path(folder) / "var")
    try:
        port_base = shop.free_port_base()
        walk(data, port_base)
        dermaga("down", "--data", data)
        fewer_spools(data, port_base)
    finally:
        subprocess.run([shop.program("dermaga"), "down", "--data", data], check=False, timeout=60)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
