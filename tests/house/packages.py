#!/usr/bin/env python3
"""The package list is well formed; the shell scripts pass shellcheck."""

import re
import shutil
import subprocess
import sys

import source_tree

LIST = source_tree.ROOT / "deploy/debian-packages.txt"
SCRIPTS = ("dermaga", ".ci/run")
GROUPS = {"build", "test", "bench"}


def list_breaches(text):
    group, seen = None, set()  # of one group: two groups may name one package
    for number, line in enumerate(text.splitlines(), 1):
        where = f"debian-packages.txt:{number}"
        if not line or line.startswith("#"):
            continue
        if match := re.fullmatch(r"\[([a-z]+)\]", line):
            group, seen = match.group(1), set()
            if group not in GROUPS:
                yield f"{where}: unknown group {group}"
        elif not re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", line):
            yield f"{where}: not a package name: {line}"
        elif group is None or line in seen:
            yield f"{where}: {line} is in no group or twice"
        seen.add(line)


def script_breaches():
    if shutil.which("shellcheck") is None:
        return
    done = subprocess.run(["shellcheck", *SCRIPTS], cwd=source_tree.ROOT, capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        yield done.stdout


def main():
    breaches = [*list_breaches(LIST.read_text(encoding="utf-8")), *script_breaches()]
    return source_tree.report("faults in the package list and scripts", breaches)


if __name__ == "__main__":
    sys.exit(main())
