#!/usr/bin/env python3
"""Everything CI runs, in stages, with the time of each; called by ./dermaga test.

    ./dermaga test [--long] [--only REGEX]

A stage that fails does not stop the others, so that one run tells everything; the whole is stopped
after 55 minutes. The last line is "N passed, N failed".
"""

import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUDGET_S = 55 * 60
FUZZ_S = 60
FUZZ_LONG_S = 30 * 60
CORES = os.cpu_count() or 1
WEB = [ROOT / "web/storefront", ROOT / "web/admin"]


class OutOfTime(Exception):
    """The budget of the whole run is used up."""


class Run:
    """Counts results, keeps the budget and remembers what each stage took."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.end = time.monotonic() + BUDGET_S - arguments.spent_s
        if arguments.long:
            self.end = float("inf")
        self.passed = self.failed = 0
        self.times = []

    def call(self, command, **options):
        """Exit code of the command; its process group is killed when the budget ends."""
        process = subprocess.Popen(command, cwd=options.pop("cwd", ROOT), start_new_session=True,
                                   **options)
        try:
            remaining = max(1, self.end - time.monotonic())
            return process.wait(None if remaining == float("inf") else remaining)
        except subprocess.TimeoutExpired:
            raise OutOfTime from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def stage(self, name, work):
        """work() returns (passed, failed)."""
        if self.arguments.only and not re.search(self.arguments.only, name):
            return True
        print(f"\n=== {name}", flush=True)
        started, failed = time.monotonic(), 1
        try:
            passed, failed = work()
            self.passed += passed
        finally:
            self.failed += failed
            seconds = time.monotonic() - started
            self.times.append((name, seconds, failed))
            print(f"=== {name}: {'failed' if failed else 'ok'}, {seconds:.0f} s", flush=True)
        return failed == 0

    def once(self, *command, **options):
        """A command that counts as one test."""
        return (1, 0) if self.call(command, **options) == 0 else (0, 1)

    # ---- stages

    def build(self, preset, *targets):
        folder = ROOT / "build" / preset
        if self.call(["cmake", "--preset", preset], stdout=subprocess.DEVNULL) != 0:
            return 0, 1
        if self.call(["ninja", "-C", folder, "-j", str(CORES), *targets]) != 0:
            return 0, 1
        return 1, 0

    def ctest(self, preset, *selection, parallel=CORES, find_leaks=True):
        folder = ROOT / "build" / preset
        report = folder / "ctest.xml"
        report.unlink(missing_ok=True)
        environment = os.environ | {
            "DERMAGA_BUILD": str(folder),
            "ASAN_OPTIONS": "abort_on_error=1:detect_stack_use_after_return=1"
                            f":detect_leaks={int(find_leaks)}",
            "UBSAN_OPTIONS": "print_stacktrace=1",
            "TSAN_OPTIONS": "halt_on_error=1",
            "DERMAGA_REQUIRE_POSTGRES": "1",  # else those tests skip where it is not installed
        }
        if not self.arguments.long and "-LE" not in selection:
            selection = (*selection, "-LE", "long")
        code = self.call(["ctest", "--test-dir", folder, "-j", str(parallel), "--output-on-failure",
                          "--no-tests=ignore", "--output-junit", report, *selection],
                         env=environment)
        if not report.exists():
            return (0, 1) if code != 0 else (0, 0)
        suite = xml.etree.ElementTree.parse(report).getroot()
        failed = int(suite.get("failures"))
        skipped = int(suite.get("skipped")) + int(suite.get("disabled"))
        passed = int(suite.get("tests")) - failed - skipped
        return passed, failed or int(code != 0)

    def without(self, label):
        """Leaves out the label's tests, which `--long` runs all the same."""
        return () if self.arguments.long else ("-LE", f"long|{label}")

    def concurrency_targets(self):
        """The tests labelled "concurrency", as ninja knows them."""
        folder = ROOT / "build/tsan"
        if self.call(["cmake", "--preset", "tsan"], stdout=subprocess.DEVNULL) != 0:
            return []
        text = subprocess.run(["ctest", "--test-dir", folder, "-L", "concurrency", "-N"],
                              capture_output=True, text=True, check=True).stdout
        names = re.findall(r"Test +#\d+: (\S+)", text)
        return [name.replace(".", "_", 1) + "_test" for name in names]

    def thread_sanitizer(self):
        targets = self.concurrency_targets()
        if not targets or self.build("tsan", *targets)[1]:
            return 0, 1
        return self.ctest("tsan", "-L", "concurrency")

    def fuzz(self):
        """Every target for an equal share of the time, each on the corpus of earlier runs."""
        names = sorted(source.stem for source in (ROOT / "src").rglob("*_fuzz.cpp"))
        if self.build("asan", *names)[1]:  # nothing to do after the stage "build asan"
            return 0, 1
        fuzzers = [ROOT / "build/asan/bin" / name for name in names]
        seconds = (FUZZ_LONG_S if self.arguments.long else FUZZ_S) / max(1, len(fuzzers))
        passed = failed = 0
        for fuzzer in fuzzers:
            corpus = ROOT / "build/asan/corpus" / fuzzer.name
            corpus.mkdir(parents=True, exist_ok=True)
            print(f"--- {fuzzer.name}, {seconds:.0f} s", flush=True)
            code = self.call([fuzzer, f"-max_total_time={max(1, int(seconds))}", "-timeout=5",
                              "-rss_limit_mb=2048", "-print_final_stats=0", "-verbosity=0", corpus],
                             cwd=ROOT / "build/asan")
            passed, failed = (passed + 1, failed) if code == 0 else (passed, failed + 1)
        return passed, failed

    def all_stages(self):
        if self.stage("build release", lambda: self.build("release")):
            self.stage("house", lambda: self.ctest("release", "-L", "house"))
            self.stage("unit", lambda: self.ctest("release", "-L", "unit"))
            # The whole shops on PostgreSQL are in the integration stage.
            self.stage("postgres", lambda: self.ctest(
                "release", "-L", "postgres", "-E", "^integration"))
            self.stage("integration", lambda: self.ctest("release", "-L", "integration", parallel=1))
            self.stage("simulation", lambda: self.ctest("release", "-L", "simulation", parallel=1))
            self.stage("browser", lambda: self.ctest("release", "-L", "browser", parallel=1))
        for web in WEB:
            self.stage(f"{web.name} types", lambda web=web: self.once("npm", "run", "--silent", "check", cwd=web))
            self.stage(f"{web.name} unit", lambda web=web: self.once("npm", "run", "--silent", "test", cwd=web))
        if self.stage("build asan", lambda: self.build("asan")):
            self.stage("unit, asan", lambda: self.ctest("asan", "-L", "unit"))
            # The leak finder traces the process that ends, and core and edges refuse to be traced.
            self.stage("integration, asan", lambda: self.ctest(
                "asan", "-L", "integration", *self.without("load"), parallel=1, find_leaks=False))
            self.stage("fuzz", self.fuzz)
        self.stage("concurrency, tsan", self.thread_sanitizer)


def main():
    parser = argparse.ArgumentParser(prog="dermaga test", description="Everything CI runs.")
    parser.add_argument("--long", action="store_true", help="the nightly forms too; no time limit")
    parser.add_argument("--only", metavar="REGEX", help="only the stages whose name matches")
    parser.add_argument("--spent-s", type=int, default=0, help=argparse.SUPPRESS)
    run = Run(parser.parse_args())
    try:
        run.all_stages()
    except OutOfTime:
        print(f"stopped: {BUDGET_S // 60} minutes are over")
    print()
    for name, seconds, failed in run.times:
        print(f"{seconds:7.0f} s  {'FAILED  ' if failed else ''}{name}")
    print(f"{run.passed} passed, {run.failed} failed")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
