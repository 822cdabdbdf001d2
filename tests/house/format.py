#!/usr/bin/env python3
"""clang-format-19 changes nothing. --fix lets it."""

import subprocess
import sys

import source_tree

TOOL = "clang-format-19"


def main():
    paths = [str(path) for path in source_tree.cpp_files()]
    if "--fix" in sys.argv:
        return subprocess.run([TOOL, "-i", *paths], cwd=source_tree.ROOT, check=False).returncode
    done = subprocess.run([TOOL, "--dry-run", *paths], cwd=source_tree.ROOT, capture_output=True,
                          text=True, check=True)
    wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "warning:" in line})
    return source_tree.report("files that clang-format would change (format.py --fix)", wrong)


if __name__ == "__main__":
    sys.exit(main())
