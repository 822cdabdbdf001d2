#!/usr/bin/env python3
"""clang-tidy-19 on the C++ sources that changed: against origin/main, or in the last commit."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys

import source_tree

TOOL = "clang-tidy-19"
FILES_MAX = 60  # a check, not a build: the newest files of a huge change


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
    return sorted(paths, key=lambda path: -(source_tree.ROOT / path).stat().st_mtime)


def main():
    folder = source_tree.build_folder()
    paths = changed_sources()
    if len(paths) > FILES_MAX:
        print(f"{len(paths)} files changed; looking at {FILES_MAX}")
        paths = paths[:FILES_MAX]

    def tidy(path):
        return subprocess.run([TOOL, "-p", folder, "--quiet", source_tree.ROOT / path],
                              cwd=source_tree.ROOT, capture_output=True, text=True, check=False)

    breaches = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, done in zip(paths, pool.map(tidy, paths)):
            if done.returncode != 0:
                breaches.append(f"{path}:\n{done.stdout}{done.stderr}")
    print(f"{len(paths)} changed files")
    return source_tree.report("files with clang-tidy findings", breaches)


if __name__ == "__main__":
    sys.exit(main())
