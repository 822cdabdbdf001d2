#!/usr/bin/env python3
"""Runs a benchmark and its peer in the same run and prints the ratio.

    ./dermaga bench NAME [--quick] [--json] [--check] [--write]

Ours and the peer take turns (A B A B …); the figure of each is the median of its runs. Results of a
full run, and of a quick one with --write, go to bench/results/ together with a description of the
machine. Absolute figures say more about the machine than about us: quote the ratio.
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
    """The module bench/NAME/NAME.py.

    prepare(arguments) is a context that yields the cases. Where there: add_arguments(parser) adds
    options of its own, result_name(arguments) names the file of results.
    """
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


def measure(cases, rounds):
    """Rounds of everything that the cases compare; medians and all runs of each case."""
    runs = [{"ours": [], "peer": []} for _ in cases]
    for index in range(rounds):
        note(f"  round {index + 1} of {rounds} …")
        figures = {}  # a function that several cases share runs once
        for case, kept in zip(cases, runs):
            for side, function in (("ours", case.ours), ("peer", case.peer)):
                if function not in figures:
                    figures[function] = function()
                kept[side].append(figures[function])
            note(
                f"    {case.name}: {kept['ours'][-1]:,.1f} {case.unit}, "
                f"{case.peer_name} {kept['peer'][-1]:,.1f} {case.unit}"
            )
    return [judge(case, kept["ours"], kept["peer"]) for case, kept in zip(cases, runs)]


def judge(case, ours, peer):
    """What is written about one case."""
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
            f"  {case['name']}: ours {case['ours']:,.1f} {case['unit']}, {case['peer_name']} "
            f"{case['peer']:,.1f} {case['unit']}: ratio {case['ratio']:.3f} "
            f"(goal {sign} {case['goal']}: {'met' if case['met'] else 'MISSED'})"
        )
        for key, value in case.get("detail", {}).items():
            text = ", ".join(f"{name} {number:.1f}" for name, number in value.items())
            print(f"    {key}: {text}")


def main():
    names = benchmarks()
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    parser = argparse.ArgumentParser(prog="dermaga bench", description=__doc__.split("\n", 1)[0])
    parser.add_argument("name", choices=names, help="which benchmark; NAME --help: its own options")
    parser.add_argument("--quick", action="store_true", help="shorter runs; ends within 90 s")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--write", action="store_true", help="keep the results of a quick run too")
    parser.add_argument("--rounds", type=int, help="default: 5, quick 2")
    parser.add_argument("--build", default=str(ROOT / "build/release"), help="build folder")
    module = load(name) if name in names else None
    if hasattr(module, "add_arguments"):
        module.add_arguments(parser)
    arguments = parser.parse_args()

    file_name = name
    if hasattr(module, "result_name"):
        file_name = module.result_name(arguments)
    note(f"bench {file_name}: preparing …")
    with module.prepare(arguments) as cases:
        result = {
            "bench": file_name,
            "machine": machine(),
            "quick": arguments.quick,
            "cases": measure(cases, arguments.rounds or (2 if arguments.quick else 5)),
        }
    if arguments.write or not arguments.quick:
        path = BENCH / "results" / f"{file_name}.json"
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
