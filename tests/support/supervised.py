"""A shop under its supervisor: `dermaga up --detach`, which starts again what dies."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import shop as shops


class SupervisedShop:
    """Folder, port base and the state that `dermaga status` tells."""

    def __init__(self, folder, edges, store=None):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "var"
        self.edges = edges
        self.store = store  # None: what the folder remembers, else SQLite
        self.port_base = shops.free_port_base()

    @property
    def store_file(self):
        return self.data / "private/store/core.db"

    def command(self, *arguments):
        return [shops.program("dermaga"), *map(str, arguments), "--data", str(self.data)]

    def run(self, *arguments, expect=0, timeout_s=180):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=timeout_s,
                              check=False)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"dermaga {arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def run_core(self, *arguments, timeout_s=120):
        done = subprocess.run([shops.program("dermaga-core"), *arguments, "--data", str(self.data)],
                              capture_output=True, text=True, timeout=timeout_s, check=False)
        if done.returncode != 0:
            raise AssertionError(f"dermaga-core {arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def up(self):
        store = ["--store", self.store] if self.store else []
        self.run("up", "--port-base", self.port_base, "--edges", self.edges, "--detach", "--json", *store)

    def down(self, expect=0):
        self.run("down", expect=expect)

    def programs(self):
        """name -> {"pid", "ready", …} of everything that the supervisor runs, whatever that is."""
        state = json.loads(self.run("status", "--json", expect=None))
        return {process["name"]: process for process in state["processes"]}

    def kill(self, name):
        """SIGKILL; False when the program is not there just now."""
        pid = self.programs()[name]["pid"]
        if pid <= 0:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return True

    def wait_all_ready(self, timeout_s=shops.READY_TIMEOUT_S):
        shops.wait_until("every program ready", lambda: all(
            process["pid"] > 0 and process["ready"] for process in self.programs().values()), timeout_s)


@contextlib.contextmanager
def shop(edges=1, store=None):
    """An open shop with the sample catalog; taken down and removed afterwards, kept on failure."""
    folder = tempfile.mkdtemp(prefix="dermaga-up-")
    one = SupervisedShop(folder, edges, store)
    failed = True
    try:
        one.up()
        yield one
        failed = False
    finally:
        one.down(expect=None)
        if failed:
            print(f"kept for a look: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
