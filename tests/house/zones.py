#!/usr/bin/env python3
"""No program of one zone links the other, and none of the public zone the code that opens boxes.

Checked twice: in the declared links, and in the symbols of the built public programs.
"""

import subprocess
import sys

import source_tree

OPENS_BOXES = "link/unsealing"  # the shopper's own command may: it opens answers to its reply key
BOTH_ZONES = ("tests", "bench")
FORBIDDEN_SYMBOLS = ("dermaga::unsealing::", "dermaga::vault::", "dermaga::authority::")


def linked_breaches(modules):
    for program in (module for module in modules.values() if module.program):
        if program.area in BOTH_ZONES:
            continue
        linked = source_tree.closure(modules, program.path)
        for path in sorted(linked):
            area = path.split("/")[0]
            opens = path == OPENS_BOXES and program.area == "public"
            if opens or (program.area != "private" and area == "private"):
                yield f"{program.program} ({program.area}) links {path}"
            if program.area != "public" and area == "public":
                yield f"{program.program} ({program.area}) links {path}"


def symbol_breaches(modules, folder):
    for program in (module for module in modules.values() if module.program):
        binary = folder / "bin" / program.program
        if program.area != "public" or not binary.exists():
            continue
        symbols = subprocess.run(["nm", "-C", binary], capture_output=True, text=True,
                                 check=True).stdout
        for symbol in FORBIDDEN_SYMBOLS:
            if symbol in symbols:
                yield f"{program.program} contains {symbol}"


def main():
    modules = source_tree.read_manifest()
    breaches = [*linked_breaches(modules), *symbol_breaches(modules, source_tree.build_folder())]
    return source_tree.report("links across the zones", breaches)


if __name__ == "__main__":
    sys.exit(main())
