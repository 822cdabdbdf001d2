"""A real shop for tests: core and edges as separate processes on loopback, in a folder of their own.

Tests that need the supervisor run `dermaga up` itself; the others start the programs one by one
here, so that they can kill them at will. Nothing is mocked.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import stored_orders

ROOT = pathlib.Path(__file__).resolve().parents[2]
READY_TIMEOUT_S = 60  # sanitizer builds start slowly
SKIPPED = 77          # ctest's SKIP_RETURN_CODE


def build_folder():
    """The build under test; ctest sets DERMAGA_BUILD."""
    return pathlib.Path(os.environ.get("DERMAGA_BUILD", ROOT / "build/release"))


def program(name):
    path = build_folder() / "bin" / name
    if not path.exists():
        raise SystemExit(f"{path} is missing; build it with: ./dermaga build")
    return str(path)


def free_port_base():
    """A base from which 40 consecutive loopback ports are free now; DERMAGA_TEST_PORTS is where to look
    first."""
    first = int(os.environ.get("DERMAGA_TEST_PORTS", 20000 + os.getpid() % 97 * 40))
    for base in range(first, 32000, 40):
        with contextlib.ExitStack() as stack:
            try:
                for port in range(base, base + 40):
                    listener = stack.enter_context(socket.socket())
                    listener.bind(("127.0.0.1", port))
                return base
            except OSError:
                continue
    raise RuntimeError("no free port range")


def http_get(url, timeout_s=5, headers=None):
    """(status, headers, body); status 0 when nobody answers."""
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()
    except (urllib.error.URLError, OSError):
        return 0, {}, b""


def wait_until(what, condition, timeout_s=READY_TIMEOUT_S):
    """Polls until the condition holds; the name of what was waited for is the error."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {timeout_s} s")


class Shop:
    """Folders, ports and processes of one shop."""

    def __init__(self, folder, store=None):
        self.folder = pathlib.Path(folder)
        self.store = store  # None: SQLite
        self.port_base = free_port_base()
        self.settings = ROOT / "samples/shop.toml"  # of core, from its next start on
        self.assets = ROOT / "build/web/storefront"  # what edges serve, where it is there
        self.core = None
        self.edges = {}
        self.spools = {}
        self.data = self.folder / "data"

    # Addresses
    @property
    def http(self):
        return f"http://127.0.0.1:{self.port_base}"

    @property
    def https(self):
        return f"https://localhost:{self.port_base + 3}"

    @property
    def ca_file(self):
        return str(self.data / "private/pki/ca.crt")

    @property
    def store_file(self):
        return self.data / "private/store/core.db"

    def edge_folder(self, number=1):
        return self.data / f"public/edge-{number}"

    def spool_folder(self, number=1):
        return self.data / f"public/spool-{number}"

    def core_command(self, *arguments):
        settings = [] if "--config" in arguments else ["--config", str(self.settings)]
        return [program("dermaga-core"), *arguments, "--data", str(self.data), *settings]

    def run_core(self, *arguments, timeout_s=120, expect=0):
        """A dermaga-core subcommand to its end; returns its standard output."""
        done = subprocess.run(self.core_command(*arguments), capture_output=True, text=True,
                              timeout=timeout_s, check=False)
        if expect is not None and done.returncode != expect:
            raise AssertionError(
                f"dermaga-core {' '.join(arguments)}: exit {done.returncode}, wanted {expect}\n"
                f"{done.stdout}{done.stderr}")
        return done.stdout

    def init(self, edges=1, spools=0):
        store = ["--store", self.store] if self.store else []
        self.run_core("init", "--port-base", str(self.port_base), "--edges", str(edges),
                      "--spools", str(spools), *store)

    def init_beside(self, other, edges=1):
        """One more core of the shop `other`: its keys, its authority and its store."""
        for name in ("keys", "pki", "assets"):
            shutil.copytree(other.data / "private" / name, self.data / "private" / name)
        (self.data / "private").chmod(0o700)
        self.store = other.store
        self.init(edges)

    def import_sample(self):
        for name in ("products.csv", "translations.csv"):
            self.run_core("import", str(ROOT / "samples/catalog" / name))

    def spawn(self, arguments, log_name, environment=None):
        log = open(self.folder / log_name, "ab")  # the child keeps it
        with log:
            return subprocess.Popen(arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                    env=os.environ | (environment or {}))

    def start_core(self, wait=True, environment=None):
        console = ROOT / "build/web/admin"
        pages = ["--console", str(console)] if console.is_dir() else []
        self.core = self.spawn(
            self.core_command("serve", "--port-base", str(self.port_base), *pages), "core.out", environment)
        if wait:
            self.wait_core_ready()

    def wait_core_ready(self):
        url = f"http://127.0.0.1:{self.port_base + 10}/readyz"

        def ready():
            if self.core.poll() is not None:
                raise AssertionError("core ended early:\n" + (self.folder / "core.out").read_text()[-4000:])
            return http_get(url, 1)[0] == 200
        wait_until("core ready", ready)

    def start_spool(self, number=1, *options, environment=None, wait=True):
        """A spool; edges that are started later know it."""
        self.spools[number] = self.spawn(
            [program("dermaga-spool"), "serve", "--data", str(self.spool_folder(number)), "--port-base",
             str(self.port_base), "--number", str(number), *options], f"spool-{number}.out", environment)
        if not wait:
            return

        def answers():
            if self.spools[number].poll() is not None:
                raise AssertionError(
                    "spool ended early:\n" + (self.folder / f"spool-{number}.out").read_text()[-4000:])
            return http_get(self.spool_url(number, "/healthz"), 1)[0] == 200
        wait_until(f"spool {number} up", answers)

    def spool_url(self, number, path):
        return f"http://127.0.0.1:{self.port_base + 10 + number}{path}"

    def undelivered(self, number=1):
        """Orders that lie in this spool; None where it does not answer."""
        body = http_get(self.spool_url(number, "/readyz"), 5)[2]
        return json.loads(body)["undelivered_orders"] if body else None

    def wait_until_spools_take_orders(self, sku, journal=None):
        """Buys one after the other until an edge, which has to notice first that core is away, gives one
        to the spools. The first spool's count tells, since from a lease an order is answered 201 too."""
        journal = journal or self.folder / f"probe-{time.monotonic_ns()}.journal"
        before = self.undelivered()

        def taken():
            self.buy("--sku", sku, "--journal", str(journal), expect=None)
            return self.undelivered() > before
        wait_until("the edge gives orders to the spools", taken)

    def start_edge(self, number=1, *options, wait=True, environment=None):
        arguments = [program("dermaga-edge"), "serve", "--data", str(self.edge_folder(number)),
                     "--port-base", str(self.port_base), "--number", str(number), *options]
        for spool in self.spools:
            arguments += ["--spool", f"spool-{spool}=127.0.0.1:{self.port_base + 5 + spool}"]
        if self.assets.exists():
            arguments += ["--assets", str(self.assets)]
        self.edges[number] = self.spawn(arguments, f"edge-{number}.out", environment)
        if wait:
            url = f"http://127.0.0.1:{self.port_base + 20 + number}/readyz"

            def ready():
                if self.edges[number].poll() is not None:
                    raise AssertionError(
                        "edge ended early:\n" + (self.folder / f"edge-{number}.out").read_text()[-4000:])
                return http_get(url, 1)[0] == 200
            wait_until(f"edge {number} ready", ready)

    def kill_core(self):
        self.core.kill()
        self.core.wait(timeout=30)

    def stop(self, process):
        if process and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=30)

    def stop_all(self):
        for process in [*self.edges.values(), *self.spools.values(), self.core]:
            self.stop(process)
        self.edges, self.spools, self.core = {}, {}, None

    def verify(self):
        """dermaga-core verify: the promises recomputed from the raw rows."""
        return self.run_core("verify")

    def buy_command(self, *arguments):
        return [program("dermaga"), "buy", "--url", self.https, "--ca", self.ca_file, *arguments]

    def buy(self, *arguments, timeout_s=120, expect=0):
        """dermaga buy to its end; returns its JSON summary."""
        done = subprocess.run(self.buy_command("--json", *arguments), capture_output=True, text=True,
                              timeout=timeout_s, check=False)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"dermaga buy {arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def json(self, path, headers=None):
        status, _, body = http_get(self.http + path, headers=headers)
        return status, json.loads(body)


@contextlib.contextmanager
def shop(edges=1, start=True, sample=True, store=None, spools=0, settings=None):
    """A running shop with the sample catalog; stopped and removed afterwards, kept on failure."""
    folder = tempfile.mkdtemp(prefix="dermaga-test-")
    one = Shop(folder, store)
    one.settings = settings or one.settings
    failed = True
    try:
        one.init(edges, spools)
        if sample:
            one.import_sample()
        if start:
            one.start_core()
            for number in range(1, spools + 1):
                one.start_spool(number)
            for number in range(1, edges + 1):
                one.start_edge(number)
        yield one
        failed = False
    finally:
        one.stop_all()
        if failed:
            print(f"kept for a look: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def read_journal(path):
    """The entries of a `dermaga buy --journal` file, in order; a torn last line is ignored."""
    entries = []
    with open(path, encoding="utf-8") as journal:
        for line in journal:
            if line.endswith("\n"):
                entries.append(json.loads(line))
    return entries


def stored_order_ids(one):
    """The id of every order that was placed, straight from the rows."""
    return {order.order_id for order in stored_orders.read_all(one.store_file) if not order.declined}
