"""A disk that fails at every place where a program writes.

A first run of each scenario lists its sites: which kind of call on which file. Then one run for each
way to fail at each site: no space, an I/O error, half a write, a failed fsync. A program must either go
on honestly, or stop with a sentence that says what is wrong and a non-zero exit; a failed fsync of the
store stops core, which never tries it again. Afterwards, on a disk that works, everything starts again,
every order that was acknowledged is there (histories.py), `verify` finds every promise kept.

Scenarios: `init` and `import` (offline), `serve` (core under load, with staff at work), `edge`, `spool`
(core is killed and comes back).

  disk_faults_test.py [--seconds S] [--seed S] [--only SCENARIO:KIND:NTH:TIMES:HOW:PATTERN]

CI runs what fits into its seconds, in an order that the seed decides; ./dermaga test --long everything.
"""

import argparse
import contextlib
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import disk_faults  # noqa: E402
import histories  # noqa: E402
import shop as shops  # noqa: E402
import stored_orders  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
TRANSLATIONS = str(shops.ROOT / "samples/catalog/translations.csv")
PRODUCTS = str(shops.ROOT / "samples/catalog/products.csv")
# A sentence about a disk names what failed, in the system's words or in ours.
CLEAR = re.compile(r"No space left|Input/output error|is full|could not sync|disk I/O error|unable to open|"
                   r"wrote only|damaged|busy|cannot be written", re.IGNORECASE)


class Scenarios:
    """Each scenario gets a shop in a folder of its own, copied from one that was made once."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.template = shops.Shop(self.folder / "template")
        self.template.folder.mkdir()
        self.template.init()
        self.bare = self.folder / "bare"
        shutil.copytree(self.template.data, self.bare)
        self.template.import_sample()
        self.template.run_core("stock", "adjust", "--sku", SKU, "--set", "1000000", "--reason", "faults")
        self.runs = 0

    @contextlib.contextmanager
    def shop(self, data):
        """A shop on a copy of `data`, none: an empty folder."""
        self.runs += 1
        one = shops.Shop.__new__(shops.Shop)
        one.__dict__.update(self.template.__dict__)
        one.core, one.edges, one.spools = None, {}, {}
        one.folder = self.folder / f"run-{self.runs}"
        one.data = one.folder / "data"
        one.folder.mkdir()
        if data is not None:
            shutil.copytree(data, one.data)
        else:
            one.data.mkdir()
        try:
            yield one
        finally:
            one.stop_all()
        shutil.rmtree(one.folder)

    def run(self, scenario, fault):
        """One run, with the fault or, for the list of sites, without; returns the Disk."""
        data = {"init": None, "import": self.bare}.get(scenario, self.template.data)
        with self.shop(data) as shop:
            disk = disk_faults.Disk(shop.data, shop.folder / "disk.log", fault)
            getattr(self, "run_" + scenario)(shop, disk, fault)
            disk.seen = disk.sites()
            disk.struck = disk.fired()
            return disk

    # ---- programs that run to their end

    def run_init(self, shop, disk, _fault):
        self.command(shop, disk, "init", "--port-base", str(shop.port_base))
        shop.init()
        shop.import_sample()
        shop.verify()
        self.sells(shop)

    def run_import(self, shop, disk, _fault):
        self.command(shop, disk, "import", PRODUCTS)
        shop.import_sample()
        assert SKU in shop.run_core("stock", "list"), "the import on a healthy disk left products out"
        shop.verify()

    def command(self, shop, disk, *arguments):
        done = subprocess.run(shop.core_command(*arguments), capture_output=True, text=True, timeout=120,
                              check=False, env=os.environ | disk.environment)
        if done.returncode != 0:
            assert done.returncode > 0, f"killed by signal {-done.returncode}\n{done.stderr}"
            said = done.stdout + done.stderr
            assert CLEAR.search(said), f"no clear message:\n{said}"
            again = disk.store_synced_again()
            # Until the new file is in WAL mode SQLite takes a failed write back with its rollback
            # journal: the old bytes (none) are written and synced, and `init` says that it failed.
            if arguments[0] == "init":
                again = [path for path in again if not path.endswith("/core.db")]
            assert not again, f"synced again: {again}"

    def sells(self, shop):
        shop.start_core()
        shop.start_edge()
        self.buys(shop)
        shop.stop_all()

    @staticmethod
    def buys(shop):
        """An edge is ready before its link to core is up."""
        shops.wait_until("a sale on a healthy disk", lambda: shop.buy(
            "--sku", SKU, "--count", "2", expect=None)["placed"] == 2, 20)

    # ---- core

    def run_serve(self, shop, disk, fault):
        journals = [shop.folder / "first.jsonl", shop.folder / "second.jsonl"]
        shop.start_core(wait=False, environment=disk.environment)
        if self.gets_ready(shop.core, shop.port_base + 10):
            shop.start_edge()
            self.load(shop, journals[0], "200")
            self.staff_works(shop)
            self.load(shop, journals[1], "100")
        sync_failed = fault and fault.kind == "sync" and disk.fired()
        # The folder itself is synced when the store is opened; what SQLite does to it later adds nothing.
        if sync_failed and fault.pattern.startswith("private/store/"):
            # The orders that met it may have been answered before core is quite gone.
            with contextlib.suppress(subprocess.TimeoutExpired):
                shop.core.wait(timeout=10)
            assert shop.core.poll() is not None, "core goes on after a failed fsync of its store"
            assert not disk.store_synced_again(), f"synced again: {disk.store_synced_again()}"
        stopped_itself = shop.core.poll() is not None
        shop.stop(shop.core)
        if stopped_itself:
            self.stopped_clearly(shop.core, shop.folder / "core.out")
        else:
            assert shop.core.returncode == 0, f"core left with {shop.core.returncode} when it was told to stop"
        shop.stop_all()
        self.sells(shop)
        shop.verify()
        written = [journal for journal in journals if journal.exists()]
        # The shoppers of sells() keep no journal, nor need they.
        asked = {attempt.key for attempt in histories.read_journals(*written)}
        histories.check(histories.read_journals(*written),
                        [order for order in stored_orders.read_all(shop.store_file) if order.key in asked])

    @staticmethod
    def load(shop, journal, count):
        """Orders without a second try: whatever happens, the shopper gets an answer or none."""
        subprocess.run(shop.buy_command("--json", "--sku", SKU, "--count", count, "--concurrency", "16",
                                        "--journal", str(journal)),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=False)

    @staticmethod
    def staff_works(shop):
        for words in (("stock", "adjust", "--sku", SKU, "--by", "1", "--reason", "faults"),
                      ("keys", "rotate-sealing"), ("import", TRANSLATIONS)):
            if shop.core.poll() is not None:
                return  # else the command would do it itself, offline
            done = subprocess.run(shop.core_command(*words), capture_output=True, text=True, timeout=60,
                                  check=False)
            assert done.returncode >= 0, f"{words}: killed by signal {-done.returncode}"
            assert done.returncode == 0 or (done.stdout + done.stderr).strip(), f"{words} failed without a word"

    # ---- edge

    def run_edge(self, shop, disk, _fault):
        shop.start_core()
        journal = shop.folder / "journal.jsonl"
        shop.start_edge(wait=False, environment=disk.environment)
        edge = shop.edges[1]
        if self.gets_ready(edge, shop.port_base + 21):
            self.load(shop, journal, "30")
        stopped_itself = edge.poll() is not None
        shop.stop(edge)
        if stopped_itself:
            self.stopped_clearly(edge, shop.folder / "edge-1.out")
        else:
            assert edge.returncode == 0, f"the edge left with {edge.returncode} when it was told to stop"
        shop.start_edge()
        self.buys(shop)
        shop.stop_all()
        shop.verify()
        if journal.exists():
            attempts = histories.read_journals(journal)
            asked = {attempt.key for attempt in attempts}
            histories.check(attempts, [order for order in stored_orders.read_all(shop.store_file)
                                       if order.key in asked])

    # ---- spool

    def run_spool(self, shop, disk, fault):
        """Core is away; what the spool said 202 to reaches core once the disk is sound again."""
        journal = shop.folder / "journal.jsonl"
        shop.run_core("init", "--port-base", str(shop.port_base), "--spools", "1")
        shop.start_core()
        shop.start_spool(1, wait=False, environment=disk.environment)
        spool = shop.spools[1]
        if self.gets_ready(spool, shop.port_base + 11):
            shop.start_edge()
            self.load(shop, shop.folder / "warm.jsonl", "1")
            shop.kill_core()
            self.load(shop, journal, "60")
            shop.start_core()
            self.drained(shop)
        stopped_itself = spool.poll() is not None
        shop.stop(spool)
        if stopped_itself:
            self.stopped_clearly(spool, shop.folder / "spool-1.out")
        else:
            assert not (fault and fault.kind == "sync" and disk.fired()
                        and "/orders-" in fault.pattern), "the spool goes on after a failed fsync of its log"
            assert spool.returncode == 0, f"the spool left with {spool.returncode} when it was told to stop"
        shop.start_spool(1)
        shops.wait_until("the spool delivered", lambda: self.drained(shop), 30)
        shop.stop_all()
        shop.verify()
        if journal.exists():
            known = set(shops.stored_order_ids(shop)) | set(shop.run_core("orders", "declined").split())
            lost = [entry["order_id"] for entry in shops.read_journal(journal)
                    if entry.get("status") in (201, 202) and entry["order_id"] not in known]
            assert not lost, f"acknowledged and lost: {lost}"

    @staticmethod
    def drained(shop, patience_s=5):
        """Whether the spool has delivered everything, after a while at most."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end and shop.spools[1].poll() is None:
            if shop.undelivered(1) == 0:
                return True
            time.sleep(0.05)
        return False

    @staticmethod
    def gets_ready(process, port):
        """False when it ended, or serves without ever being ready."""
        end = time.monotonic() + 20
        while time.monotonic() < end and process.poll() is None:
            if shops.http_get(f"http://127.0.0.1:{port}/readyz", 1)[0] == 200:
                return True
            time.sleep(0.02)
        return False

    @staticmethod
    def stopped_clearly(process, output):
        said = output.read_text(errors="replace")
        assert process.returncode > 0, f"killed by signal {-process.returncode}\n{said}"
        assert CLEAR.search(said), f"stopped without a clear message:\n{said}"


def list_faults(scenarios, generator):
    """Scenario by scenario in turns, so that a short run meets all of them."""
    lists = []
    for name in ("init", "import", "serve", "edge", "spool"):
        sites = scenarios.run(name, None).seen
        faults = disk_faults.faults_at(name, sites, generator)
        print(f"{name}: {len(sites)} sites, {len(faults)} faults", flush=True)
        generator.shuffle(faults)
        lists.append(faults)
    ordered = []
    while any(lists):
        ordered += [faults.pop() for faults in lists if faults]
    return ordered


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=0, help="0: every fault")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", action="append", help="a fault as this test prints it")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    folder = tempfile.mkdtemp(prefix="dermaga-faults-")
    scenarios = Scenarios(folder)
    faults = [disk_faults.Fault.parse(text) for text in arguments.only or []] or list_faults(
        scenarios, random.Random(arguments.seed))
    started, done, struck, failures = time.monotonic(), 0, 0, []
    for fault in faults:
        if arguments.seconds and time.monotonic() - started > arguments.seconds:
            break
        done += 1
        try:
            struck += scenarios.run(fault.scenario, fault).struck
        except (AssertionError, OSError, subprocess.SubprocessError) as failure:
            failures.append(fault)
            print(f"FAILED {fault}\n  {failure}\n  kept: {folder}/run-{scenarios.runs}", flush=True)
    print(f"{done} of {len(faults)} faults, {struck} struck, {len(failures)} failures")
    assert struck > done / 2, "most faults were not met: the list of sites is wrong"
    if failures:
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
