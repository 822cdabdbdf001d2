#!/usr/bin/env python3
"""clang-tidy-19 on the C++ sources that changed: against origin/main, or in the last commit.

Sources come before tests and new before old; what four minutes do not reach is counted and left.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

import source_tree

TOOL = "clang-tidy-19"
TIME_MAX_S = 240  # a check of a change, not of the tree: a huge one is looked at newest first


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=source_tree.ROOT, capture_output=True, text=True,
                          check=False)
    return done.stdout.split() if done.returncode == 0 else []


def changed_sources():
    """Changed *.cpp below src/, newest first."""
    head = git("rev-parse", "HEAD")
    base = git("merge-base", "HEAD", "origin/main")
    if not base or base == head:
        base = git("rev-parse", "HEAD~1")
    names = set(git("diff", "--name-only", *base)) | set(git("ls-files", "-o", "--exclude-standard"))
    paths = [pathlib.Path(name) for name in names
             if name.startswith("src/") and name.endswith(".cpp") and "_fuzz." not in name
             and (source_tree.ROOT / name).exists()]
    return sorted(paths, key=lambda path: (path.stem.endswith("_test"),
                                           -(source_tree.ROOT / path).stat().st_mtime))


def main():
    folder = source_tree.build_folder()
    paths = changed_sources()
    end = time.monotonic() + TIME_MAX_S

    def tidy(path):
        """Findings as text, "" for none, None where the time was over."""
        remaining = end - time.monotonic()
        if remaining <= 0:
            return None
        try:
            done = subprocess.run([TOOL, "-p", folder, "--quiet", source_tree.ROOT / path],
                                  cwd=source_tree.ROOT, capture_output=True, text=True, check=False,
                                  timeout=remaining)
        except subprocess.TimeoutExpired:
            return None
        return "" if done.returncode == 0 else f"{path}:\n{done.stdout}{done.stderr}"

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        findings = list(pool.map(tidy, paths))
    print(f"{len(paths)} changed files, {findings.count(None)} of them not reached")
    return source_tree.report("files with clang-tidy findings", list(filter(None, findings)))


if __name__ == "__main__":
    sys.exit(main())
