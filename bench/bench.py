#!/usr/bin/env python3
"""Runs a benchmark and its peer in the same run and prints the ratio.

    ./dermaga bench NAME [--quick] [--json] [--check]

Ours and the peer take turns (A B A B …); the figure of each is the median of its runs. Results go to
bench/results/NAME.json together with a description of the machine. Absolute figures say more about
the machine than about us: quote the ratio.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import platform
import statistics
import sys
import time

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent


def benchmarks():
    """Names of the folders that hold a benchmark of the same name."""
    return sorted(path.parent.name for path in BENCH.glob("*/*.py") if path.stem == path.parent.name)


def load(name):
    """The module bench/NAME/NAME.py: setup(context) -> list of Case, and teardown(context)."""
    spec = importlib.util.spec_from_file_location(name, BENCH / name / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(BENCH))
    spec.loader.exec_module(module)
    return module


def machine():
    """What a reader needs to judge the absolute figures."""
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        for line in cpuinfo:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo", encoding="utf-8") as meminfo:
        memory_kib = int(meminfo.readline().split()[1])
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory_kib / 1048576, 1),
        "kernel": platform.release(),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def note(text):
    """Progress for people; standard output stays clean for --json."""
    print(text, file=sys.stderr, flush=True)


def measure(case, rounds):
    """Interleaved runs of ours and the peer; medians and the spread of both."""
    ours, peer = [], []
    for index in range(rounds):
        note(f"  {case.name}: round {index + 1} of {rounds} …")
        ours.append(case.ours())
        peer.append(case.peer())
        note(f"    ours {ours[-1]:,.0f} {case.unit}, {case.peer_name} {peer[-1]:,.0f} {case.unit}")
    ours_median, peer_median = statistics.median(ours), statistics.median(peer)
    ratio = ours_median / peer_median if peer_median else 0.0
    met = ratio >= case.goal if case.better == "higher" else ratio <= case.goal
    return {
        "name": case.name,
        "unit": case.unit,
        "better": case.better,
        "ours": round(ours_median, 3),
        "ours_runs": [round(value, 3) for value in ours],
        "peer_name": case.peer_name,
        "peer": round(peer_median, 3),
        "peer_runs": [round(value, 3) for value in peer],
        "ratio": round(ratio, 3),
        "goal": case.goal,
        "met": met,
        **({"detail": case.detail()} if case.detail else {}),
    }


def print_table(result):
    print(f"{result['bench']} on {result['machine']['cpu']}, {result['machine']['cores']} cores")
    for case in result["cases"]:
        sign = ">=" if case["better"] == "higher" else "<="
        print(
            f"  {case['name']}: ours {case['ours']:,.0f} {case['unit']}, {case['peer_name']} "
            f"{case['peer']:,.0f} {case['unit']}: ratio {case['ratio']:.2f} "
            f"(goal {sign} {case['goal']}: {'met' if case['met'] else 'MISSED'})"
        )
        for key, value in case.get("detail", {}).items():
            text = ", ".join(f"{name} {number:.1f}" for name, number in value.items())
            print(f"    {key}: {text}")


def main():
    parser = argparse.ArgumentParser(prog="dermaga bench", description=__doc__.split("\n", 1)[0])
    parser.add_argument("name", choices=benchmarks(), help="which benchmark")
    parser.add_argument("--quick", action="store_true", help="shorter runs; ends within 60 s")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--build", default=str(ROOT / "build/release"), help="build folder")
    arguments = parser.parse_args()

    module = load(arguments.name)
    note(f"bench {arguments.name}: preparing …")
    with module.prepare(arguments) as cases:
        result = {
            "bench": arguments.name,
            "machine": machine(),
            "quick": arguments.quick,
            "cases": [measure(case, 2 if arguments.quick else 5) for case in cases],
        }
    if not arguments.quick:
        path = BENCH / "results" / f"{arguments.name}.json"
        path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        note(f"written to {path.relative_to(ROOT)}")
    if arguments.json:
        print(json.dumps(result))
    else:
        print_table(result)
    missed = [case["name"] for case in result["cases"] if not case["met"]]
    if arguments.check and missed:
        note("goal missed: " + ", ".join(missed))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
