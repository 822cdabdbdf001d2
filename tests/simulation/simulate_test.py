#!/usr/bin/env python3
"""Three hundred seeds keep every promise, and a seed replays byte for byte in another process."""

import os
import pathlib
import re
import subprocess
import sys

PROGRAM = pathlib.Path(os.environ["DERMAGA_BUILD"]) / "bin/dermaga-simulate"


def simulate(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False,
                          timeout=100)


def main():
    done = simulate("--seeds", "300")
    print(done.stdout)
    if done.returncode != 0:
        return 1
    traces = [simulate("--seeds", "5", "--first-seed", "7", "--trace").stdout for _ in range(2)]
    if traces[0] != traces[1] or len(re.findall(r"^seed", traces[0], re.MULTILINE)) != 5:
        print("one seed gave two different traces")
        return 1
    sums = {re.search(r"trace ([0-9a-f]{16})", simulate("--seeds", "20", "--workers", workers).stdout)
            .group(1) for workers in ("1", "2")}
    if len(sums) != 1:
        print("the traces depend on the number of workers")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
