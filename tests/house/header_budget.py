#!/usr/bin/env python3
"""Holds every public header to a budget of preprocessed lines.

The budget is what the standard library's common headers cost together; Asio or gRPC in a public
header is two to four times as much, for every file that includes it.
"""

import concurrent.futures
import os
import subprocess
import sys

import source_tree

LINES_MAX = 75_000
COMPILER = "clang++-19"


def preprocessed_lines(header, include_folders):
    command = [COMPILER, "-std=c++23", "-E", "-P", "-x", "c++-header"]
    command += [f"-I{folder}" for folder in include_folders]
    done = subprocess.run([*command, source_tree.ROOT / header], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        return None
    return sum(1 for line in done.stdout.splitlines() if line.strip())


def main():
    headers = [path for path in source_tree.cpp_files()
               if path.parts[0] == "src" and "include" in path.parts]
    folders = sorted({source_tree.ROOT.joinpath(*path.parts[:path.parts.index("include") + 1])
                      for path in headers})
    breaches, largest = [], (0, "")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for header, lines in zip(headers, pool.map(lambda h: preprocessed_lines(h, folders), headers)):
            if lines is None:
                breaches.append(f"{header}: does not preprocess")
            elif lines > LINES_MAX:
                breaches.append(f"{header}: {lines} preprocessed lines, at most {LINES_MAX}")
            largest = max(largest, (lines or 0, str(header)))
    print(f"{len(headers)} public headers; largest {largest[1]}: {largest[0]} of {LINES_MAX} lines")
    return source_tree.report("headers over the budget", breaches)


if __name__ == "__main__":
    sys.exit(main())
