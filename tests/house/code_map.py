#!/usr/bin/env python3
"""Holds the code map in ARCHITECTURE.md equal to the tree; --write makes it from the READMEs.

The map is the text between the heading "## Code map" and the next heading: one table row
"| `area/module` | purpose |" per module and program.
"""

import re
import sys

import source_tree

DOCUMENT = source_tree.ROOT / "ARCHITECTURE.md"
SECTION = re.compile(r"(^## Code map\n)(.*?)(?=^## )", re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\| `([a-z]+/[a-z0-9_]+)`", re.MULTILINE)
TABLE = re.compile(r"^(?:\|.*\n)+|^@@CODEMAP@@\n", re.MULTILINE)
WORDS_MAX = 1500


def modules_in_tree():
    return sorted("/".join(path.parts[1:3]) for path in source_tree.tracked_files()
                  if path.parts[0] == "src" and len(path.parts) == 4 and path.name == "CMakeLists.txt")


def purpose(module):
    """First sentence of the module's README."""
    lines = (source_tree.ROOT / "src" / module / "README.md").read_text(encoding="utf-8").splitlines()
    body = " ".join(lines[1:]).strip()
    return re.split(r"(?<=[a-z0-9)`])[.:;](?:\s|$)|, ", body)[0].strip()


def write():
    rows = "".join(f"| `{module}` | {purpose(module)} |\n" for module in modules_in_tree())
    table = "| module | what it is for |\n|---|---|\n" + rows
    text = DOCUMENT.read_text(encoding="utf-8")
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
    if (words := len(text.split())) > WORDS_MAX:
        breaches.append(f"ARCHITECTURE.md has {words} words, at most {WORDS_MAX}")
    return source_tree.report("differences between code map and tree", breaches)


if __name__ == "__main__":
    sys.exit(main())
