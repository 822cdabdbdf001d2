"""What benchmarks share: a case, and peers that are started for one run."""

import contextlib
import dataclasses
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import tempfile
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parents[1]


@dataclasses.dataclass
class Case:
    """One figure of ours beside the same figure of a peer.

    ours() and peer() run once and return it. Cases that share one of them share its runs: it is
    called once in each round.
    """

    name: str
    unit: str
    better: str  # "higher" | "lower"
    goal: float  # wanted ratio ours / peer
    peer_name: str
    ours: typing.Callable[[], float]
    peer: typing.Callable[[], float]
    detail: typing.Optional[typing.Callable[[], dict]] = None


def command(arguments, timeout_s, **options):
    """Runs a command to its end and returns its standard output; its errors become the exception."""
    done = subprocess.run(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout_s,
        check=False, **options
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


class Postgres:
    """A PostgreSQL cluster of its own with durable defaults, on a Unix socket, for one run."""

    def __init__(self, binaries, folder, as_user):
        self.binaries = binaries
        self.folder = folder
        self.as_user = as_user

    def run(self, program, *arguments, timeout_s=120):
        """One of PostgreSQL's own programs, as the user that owns the cluster."""
        line = [str(self.binaries / program), *arguments]
        if self.as_user:
            line = ["setpriv", "--reuid", self.as_user, "--regid", self.as_user, "--init-groups", *line]
        return command(line, timeout_s, cwd="/")


def built(arguments, program):
    """The path of a built program."""
    path = pathlib.Path(arguments.build) / "bin" / program
    if not path.exists():
        raise RuntimeError(f"{path} is missing; build it with: ./dermaga build")
    return path


def newest_postgres_binaries():
    """Debian keeps each major version apart."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not found:
        raise RuntimeError("PostgreSQL is missing; install it with: apt-get install postgresql")
    return found[-1]


@contextlib.contextmanager
def postgres():
    """Starts a cluster in a temporary folder, yields it, stops and removes it."""
    binaries = newest_postgres_binaries()
    as_user = None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dermaga-bench-pg-"))
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        as_user = "postgres"
        entry = pwd.getpwnam(as_user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    cluster = Postgres(binaries, folder, as_user)
    data = str(folder / "data")
    try:
        cluster.run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-instructions")
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=200"
        cluster.run("pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", settings, "start")
        try:
            yield cluster
        finally:
            cluster.run("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


HOT_ROW = """\
BEGIN;
UPDATE stock SET available = available - 1 WHERE sku = 1 AND available > 0;
INSERT INTO orders (sku, placed_at) VALUES (1, now());
COMMIT;
"""
HOT_ROW_SCHEMA = """\
CREATE TABLE stock (sku integer PRIMARY KEY, available bigint NOT NULL);
CREATE TABLE orders (id bigserial PRIMARY KEY, sku integer NOT NULL, placed_at timestamptz NOT NULL);
INSERT INTO stock VALUES (1, 1000000000);
"""
CLIENTS = 64
HOT_ROW_NAME = f"pgbench hot row, {CLIENTS} clients"


def hot_row(cluster, seconds):
    """The peer that locks one stock row for each order: a function that measures orders per second.

    pgbench, prepared statements, Unix socket, the durable defaults of a fresh cluster.
    """
    socket = str(cluster.folder)
    script = cluster.folder / "hot_row.sql"
    script.write_text(HOT_ROW, encoding="utf-8")
    script.chmod(0o644)
    cluster.run("createdb", "-h", socket, "-U", "postgres", "hot_row")
    cluster.run("psql", "-h", socket, "-U", "postgres", "-q", "-c", HOT_ROW_SCHEMA, "hot_row")

    def measure():
        output = cluster.run(
            "pgbench", "-h", socket, "-U", "postgres", "-n", "-M", "prepared",
            "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-f", str(script), "hot_row",
            timeout_s=seconds * 10 + 60,
        )
        return float(re.search(r"tps = ([0-9.]+)", output).group(1))

    return measure


@contextlib.contextmanager
def redis():
    """A Redis of its own that syncs every command, on a Unix socket: yields the socket's path."""
    for program in ("redis-server", "redis-cli", "redis-benchmark"):
        if shutil.which(program) is None:
            raise RuntimeError(f"{program} is missing; install it with: apt-get install redis-server")
    with tempfile.TemporaryDirectory(prefix="dermaga-bench-redis-") as folder:
        socket = f"{folder}/redis.sock"
        with open(f"{folder}/log", "wb") as log:
            server = subprocess.Popen(
                ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder,
                 "--appendonly", "yes", "--appendfsync", "always", "--save", ""],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )
        try:
            deadline = time.monotonic() + 20
            while not os.path.exists(socket):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"redis-server did not start; see {folder}/log")
                time.sleep(0.05)
            yield socket
        finally:
            server.terminate()
            server.wait(timeout=30)
