#!/usr/bin/env python3
"""Holds the code map in ARCHITECTURE.md equal to the tree; --write adds and removes rows.

The map is the text between the heading "## Code map" and the next heading: one table row
"| `area/module` | purpose |" per module and program.
"""

import re
import sys

import source_tree

DOCUMENT = source_tree.ROOT / "ARCHITECTURE.md"
SECTION = re.compile(r"(^## Code map\n)(.*?)(?=^## )", re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\| `([a-z]+/[a-z0-9_]+)`", re.MULTILINE)
TABLE = re.compile(r"^(?:\|.*\n)+", re.MULTILINE)
WORDS_MAX = 1500


def modules_in_tree():
    return sorted("/".join(path.parts[1:3]) for path in source_tree.tracked_files()
                  if path.parts[0] == "src" and len(path.parts) == 4 and path.name == "CMakeLists.txt")


def write():
    """Rows for modules that have none, none for modules that are gone; purposes stay as written."""
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z]+/[a-z0-9_]+)` \| (.*) \|$", text, re.MULTILINE))
    table = "| module | what it is for |\n|---|---|\n" + "".join(
        f"| `{module}` | {rows.get(module, '…')} |\n" for module in modules_in_tree())
    DOCUMENT.write_text(SECTION.sub(
        lambda match: match.group(1) + TABLE.sub(lambda _: table, match.group(2), count=1), text),
        encoding="utf-8")


def main():
    if "--write" in sys.argv:
        write()
    text = DOCUMENT.read_text(encoding="utf-8")
    section = SECTION.search(text)
    if section is None:
        return source_tree.report("code map", ["ARCHITECTURE.md has no section '## Code map'"])
    listed, there = ROW.findall(section.group(2)), modules_in_tree()
    breaches = [f"ARCHITECTURE.md does not list {module}" for module in there if module not in listed]
    breaches += [f"ARCHITECTURE.md lists {module}, which is not there" for module in listed
                 if module not in there]
    breaches += [f"ARCHITECTURE.md lists {module} twice" for module in set(listed)
                 if listed.count(module) > 1]
    breaches += [f"src/{module} has no README.md" for module in there
                 if not (source_tree.ROOT / "src" / module / "README.md").exists()]
    breaches += [f"ARCHITECTURE.md does not say what {module} is for"
                 for module in re.findall(r"^\| `([a-z]+/[a-z0-9_]+)` \| … \|", text, re.MULTILINE)]
    if (words := len(text.split())) > WORDS_MAX:
        breaches.append(f"ARCHITECTURE.md has {words} words, at most {WORDS_MAX}")
    return source_tree.report("differences between code map and tree", breaches)


if __name__ == "__main__":
    sys.exit(main())
