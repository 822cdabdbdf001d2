"""PostgreSQL servers of a test's own, each in a folder of its own, on a Unix socket and nowhere else.

PostgreSQL refuses to run as root, so root starts it as the user postgres.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import shop as shops

DATABASE = "shop"
PORT = 5432  # part of the socket's name only
QUIET_CONFIG = """
listen_addresses = ''
max_connections = 100
wal_level = replica
max_wal_senders = 10
wal_keep_size = '64MB'
"""


def programs_folder():
    """Of the newest PostgreSQL installed; None without one."""
    found = [path.parent for path in pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def skip_unless_installed():
    if programs_folder() is None:
        print("skipped: PostgreSQL is not installed (apt-get install postgresql)")
        raise SystemExit(1 if "DERMAGA_REQUIRE_POSTGRES" in os.environ else shops.SKIPPED)


def as_owner(*command):
    owner = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
    return [*(owner if os.geteuid() == 0 else []), *map(str, command)]


class Server:
    """One server; its folder is also where its socket lies."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir()
        self.data = self.folder / "data"
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self.process = None

    def run(self, program, *arguments, expect=0):
        done = subprocess.run(as_owner(programs_folder() / program, *arguments), capture_output=True, text=True,
                              timeout=120, check=False, cwd="/")
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"{program}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def make(self):
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale", "C.UTF-8",
                 "--no-instructions")
        self.configure(QUIET_CONFIG + f"unix_socket_directories = '{self.folder}'\n")

    def copy_of(self, primary, name):
        """A standby that follows `primary` under the name that its synchronous_standby_names say."""
        self.run("pg_basebackup", "-D", self.data, "-d", primary.conninfo("postgres"), "-X", "stream",
                 "--checkpoint=fast")
        self.configure(f"unix_socket_directories = '{self.folder}'\n"
                       f"primary_conninfo = '{primary.conninfo('postgres')} application_name={name}'\n")
        self.write(self.data / "standby.signal", "")

    def write(self, path, text):
        path.write_text(text)
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")

    def configure(self, lines):
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as config:
            config.write(lines)

    def start(self):
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                as_owner(programs_folder() / "postgres", "-D", self.data), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, cwd="/")
        shops.wait_until("PostgreSQL ready", lambda: self.run(
            "pg_isready", "-q", "-h", self.folder, expect=None).returncode == 0)

    def promote(self):
        """Of a standby: from now on it takes writes."""
        self.run("pg_ctl", "promote", "-D", self.data, "-w")

    def wait_for_one_of(self, *standbys):
        """From now on a commit here waits for one of these; returns when one is there."""
        names = ", ".join(standbys)
        self.query(f"ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 ({names})'")
        self.query("SELECT pg_reload_conf()")
        shops.wait_until("a synchronous standby", lambda: "quorum" in self.query(
            "SELECT sync_state FROM pg_stat_replication"))

    def conninfo(self, database):
        return f"host={self.folder} port={PORT} user=postgres dbname={database}"

    def query(self, sql, database=DATABASE):
        """The rows as psql prints them: columns parted by |, one row a line."""
        return self.run("psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo(database), "-c",
                        sql).stdout.strip()

    def stop(self, how=signal.SIGINT):
        """SIGINT throws clients out; SIGKILL ends it with all its children, as a power cut would."""
        if self.process is None or self.process.poll() is not None:
            return
        if how == signal.SIGKILL:
            children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True,
                                      text=True, check=False).stdout.split()
            self.process.kill()
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(child), signal.SIGKILL)
        else:
            self.process.send_signal(how)
        self.process.wait(timeout=60)


def url_of(*servers, user="postgres", database=DATABASE):
    """A URL that names every server, or the folder where one will be; the one that takes writes is
    used."""
    hosts = ",".join(str(getattr(server, "folder", server)).replace("/", "%2F") for server in servers)
    return f"postgres://{user}@{hosts}/{database}"


@contextlib.contextmanager
def cluster(standbys=0):
    """[primary, standbys…] with the empty database `shop`; removed afterwards, kept on failure. With
    standbys, a commit waits for one of them."""
    skip_unless_installed()
    folder = tempfile.mkdtemp(prefix="dermaga-pg-")
    os.chmod(folder, 0o755)
    servers = []
    failed = True
    try:
        primary = Server(folder, "a")
        servers.append(primary)
        primary.make()
        primary.start()
        primary.run("createdb", "-h", primary.folder, "-U", "postgres", DATABASE)
        for number in range(standbys):
            name = "bcd"[number]
            standby = Server(folder, name)
            standby.copy_of(primary, name)
            standby.start()
            servers.append(standby)
        if standbys:
            primary.wait_for_one_of("b", "c", "d")
        yield servers
        failed = False
    finally:
        for server in servers:
            server.stop(signal.SIGKILL)
        if failed:
            print(f"kept for a look: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
