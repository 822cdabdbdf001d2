#!/usr/bin/env python3
"""Every planted fault is caught, and no program that is meant to run holds any of them."""

import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ["DERMAGA_BUILD"]) / "bin"
PLANTED = BIN / "dermaga-simulate-planted"
CLEAN = ("dermaga-core", "dermaga-edge", "dermaga", "dermaga-simulate")
FAULT = re.compile(r'inline constexpr Fault (k\w+)\{\s*"(\w+)"')


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def mentions(program, names):
    """What of the planted faults a program contains: their switch among its symbols, their names."""
    symbols = set(re.findall(r"dermaga::planted::\w+", output("nm", "-C", program)))
    return symbols | (names & set(re.findall(rb"[a-z_]{8,}", program.read_bytes())))


def check_sources(faults):
    """Every fault is listed once and has its place in the sources."""
    header = (ROOT / "src/base/planted/include/planted/planted.h").read_text(encoding="utf-8")
    listed = re.findall(r"&(k\w+)", header[header.index("kAll[]"):])
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.cpp"))
    for name in faults:
        if listed.count(name) != 1:
            yield f"{name} stands {listed.count(name)} times in planted::kAll"
        if f"planted::fault(planted::{name})" not in sources:
            yield f"{name} is planted nowhere"


def check_programs(faults):
    names = {name.encode() for name in faults.values()}
    for program in CLEAN:
        for mention in mentions(BIN / program, names):
            yield f"{program} contains {mention}"
    missing = names - mentions(PLANTED, names)
    for name in missing:
        yield f"the search for {name} found nothing where it is"


def main():
    header = (ROOT / "src/base/planted/include/planted/planted.h").read_text(encoding="utf-8")
    faults = dict(FAULT.findall(header))
    wrong = [*check_sources(faults), *check_programs(faults)]
    if len(faults) < 41:
        wrong.append(f"only {len(faults)} planted faults")
    print("\n".join(wrong))
    swept = subprocess.run([PLANTED, "--planted"], check=False, timeout=220)
    return 1 if wrong else swept.returncode


if __name__ == "__main__":
    sys.exit(main())
