#!/usr/bin/env python3
"""The script ./dermaga knows every option of `up`, and builds every program that `up` starts.

The script checks options before the first build, so that a wrong one is told at once; what it does not
know it refuses, whatever the program says."""

import re
import sys

import source_tree

SCRIPT = source_tree.ROOT / "dermaga"
SUPERVISOR = source_tree.ROOT / "src/operator/supervisor"
# For scripts that move the sources' parts about; `up --help` names them.
UNTOLD = {"--assets", "--console", "--samples"}


def options_of_up(code):
    """Those that the program `dermaga up` takes."""
    shared = re.findall(r'command\.add_option\("(--[a-z-]+)"', code)
    return set(shared) | set(re.findall(r'up->add_(?:option|flag)\(\s*"(--[a-z-]+)"', code))


def programs_started(code):
    return {"dermaga"} | set(re.findall(r'"/?(dermaga-[a-z]+)"', code))


def function_of(script, name):
    return re.search(rf"^{name}\(\) {{\n(.*?)^}}", script, re.MULTILINE | re.DOTALL)[1]


def breaches(script, command_line, layout):
    checked = set(re.findall(r"--[a-z-]+", function_of(script, "check_up_options")))
    told = set(re.findall(r"^      (--[a-z-]+)", function_of(script, "usage"), re.MULTILINE))
    options = options_of_up(command_line)
    for option in sorted(options - checked):
        yield f"./dermaga up refuses {option}: check_up_options does not know it"
    for option in sorted(checked - options):
        yield f"./dermaga up lets {option} pass, which the program refuses"
    for option in sorted(options - told - UNTOLD):
        yield f"./dermaga help does not name up's {option}"
    built = set(re.findall(r"\bdermaga[a-z-]*", function_of(script, "programs")))
    for program in sorted(programs_started(layout) - built):
        yield f"./dermaga up does not build {program}"


def main():
    layout = "".join((SUPERVISOR / f"shop_layout.{end}").read_text(encoding="utf-8") for end in ("h", "cpp"))
    command_line = (SUPERVISOR / "command_line.cpp").read_text(encoding="utf-8")
    found = [*breaches(SCRIPT.read_text(encoding="utf-8"), command_line, layout)]
    return source_tree.report("differences between ./dermaga and its programs", found)


if __name__ == "__main__":
    sys.exit(main())
