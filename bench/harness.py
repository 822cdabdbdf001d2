"""What benchmarks share: a case, and peers that are started for one run."""

import contextlib
import dataclasses
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import typing


@dataclasses.dataclass
class Case:
    """One figure of ours beside the same figure of a peer; ours() and peer() run once and return it."""

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
