#!/usr/bin/env python3
"""dermaga up, down and status against small programs in the place of core and edge."""

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
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import shop  # noqa: E402  (tests/support)

FAKE = pathlib.Path(__file__).with_name("fake_program.py")


def alive(pid):
    """False for zombies too: nobody reaps them in a container without init."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


class SupervisorTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dermaga-supervisor-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        programs = self.folder / "build/release/bin"
        programs.mkdir(parents=True)
        shutil.copy(shop.program("dermaga"), programs / "dermaga")
        for name in ("dermaga-core", "dermaga-edge", "dermaga-spool"):
            shutil.copy(FAKE, programs / name)
        samples = self.folder / "samples/catalog"
        samples.mkdir(parents=True)
        self.dermaga = str(programs / "dermaga")
        self.port_base = shop.free_port_base()
        self.data = self.folder / "var"
        self.started = []
        self.addCleanup(self.stop_all)

    def stop_all(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        for data in (self.data, self.folder / "second"):
            self.run_dermaga("down", data=data)

    def run_dermaga(self, *arguments, data=None, timeout_s=30):
        return subprocess.run([self.dermaga, *arguments, "--data", data or self.data],
                              capture_output=True, text=True, timeout=timeout_s, check=False)

    def up(self, *arguments, data=None, port_base=None):
        return self.run_dermaga("up", "--port-base", str(port_base or self.port_base), *arguments,
                                data=data)

    def up_in_foreground(self, *arguments):
        """The process, once it has printed its JSON object, and the object."""
        process = subprocess.Popen(
            [self.dermaga, "up", "--json", "--data", self.data, "--port-base", str(self.port_base),
             *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.started.append(process)
        return process, json.loads(process.stdout.readline())

    def status(self):
        done = self.run_dermaga("status", "--json")
        return done.returncode, json.loads(done.stdout)

    def pids(self, state):
        return {process["name"]: process["pid"] for process in state["processes"]}

    def behave(self, folder, how):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "behaviour").write_text(how, encoding="utf-8")

    def test_detached_shop_is_described_and_stopped(self):
        done = self.up("--detach", "--json", "--edges", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        state = json.loads(done.stdout)
        self.assertEqual(state["addresses"]["storefront"], f"https://localhost:{self.port_base + 3}")
        self.assertEqual(state["ca_file"], str(self.data / "private/pki/ca.crt"))
        self.assertEqual(list(self.pids(state)), ["core", "spool-1", "edge-1", "edge-2"])
        self.assertTrue(all(alive(pid) for pid in self.pids(state).values()))
        code, now = self.status()
        self.assertEqual((code, self.pids(now)), (0, self.pids(state)))
        self.assertIn("ready", self.run_dermaga("status").stdout)
        started = time.monotonic()
        self.assertIn("stopped the shop", self.run_dermaga("down").stdout)
        self.assertLess(time.monotonic() - started, 5)
        self.assertFalse(any(alive(pid) for pid in self.pids(state).values()))
        self.assertEqual(self.status(), (3, {"running": False, "data": str(self.data)}))
        again = self.run_dermaga("down")
        self.assertEqual((again.returncode, "no shop runs" in again.stdout), (0, True))

    def test_ctrl_c_stops_everything_within_five_seconds(self):
        self.behave(self.data / "public/edge-1", "deaf")
        process, state = self.up_in_foreground()
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=10), 0)
        self.assertLess(time.monotonic() - started, 5.5)
        self.assertFalse(any(alive(pid) for pid in self.pids(state).values()))

    def test_what_dies_is_started_again(self):
        _, state = self.up_in_foreground()
        before = self.pids(state)
        os.kill(before["core"], signal.SIGKILL)

        def core_is_back():
            code, now = self.status()
            return code == 0 and self.pids(now)["core"] not in (0, before["core"])
        shop.wait_until("core restarted", core_is_back, 10)
        _, now = self.status()
        self.assertEqual([process["restarts"] for process in now["processes"]], [1, 0, 0])
        self.assertEqual(self.pids(now)["edge-1"], before["edge-1"])

    def test_a_killed_supervisor_takes_its_programs_along(self):
        process, state = self.up_in_foreground()
        process.kill()
        process.wait(timeout=10)
        shop.wait_until("programs ended", lambda: not any(
            alive(pid) for pid in self.pids(state).values()), 10)
        self.assertEqual(self.up("--detach").returncode, 0)

    def test_a_second_up_on_the_same_data_is_refused(self):
        self.assertEqual(self.up("--detach").returncode, 0)
        second = self.up("--detach", port_base=self.port_base + 30)
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"a shop already runs on {self.data}", second.stderr)

    def test_two_shops_side_by_side(self):
        base = shop.free_port_base()
        self.assertEqual(self.up("--detach", port_base=base).returncode, 0)
        second = self.up("--detach", data=self.folder / "second", port_base=base + 8 + 17)
        self.assertEqual(second.returncode, 0, second.stderr)

    def test_a_port_in_use_is_told(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", self.port_base + 3))
            listener.listen()
            refused = self.up("--detach")
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"port {self.port_base + 3} (the storefront, HTTPS) is in use", refused.stderr)
        self.assertFalse((self.data / "private").exists())

    def test_a_program_that_cannot_start_tells_why_and_the_rest_is_stopped(self):
        self.behave(self.data / "public/edge-1", "fail")
        for arguments in ((), ("--detach",)):
            refused = self.up(*arguments)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("edge-1 ended at its start with exit code 1:\nthe store is damaged",
                          refused.stderr)
            self.assertEqual(self.status()[0], 3)

    def test_the_sample_catalog_goes_only_into_a_new_shop(self):
        self.assertEqual(self.up("--detach").returncode, 0)
        self.run_dermaga("down")
        self.assertEqual(self.up("--detach").returncode, 0)
        calls = (self.data / "calls").read_text(encoding="utf-8").splitlines()
        self.assertEqual([call.split()[0] for call in calls],
                         ["init", "import", "import", "serve", "staff", "init", "serve", "staff"])
        self.assertTrue(calls[1].split()[1].endswith("samples/catalog/products.csv"))


if __name__ == "__main__":
    unittest.main()
