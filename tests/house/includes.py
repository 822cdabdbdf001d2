#!/usr/bin/env python3
"""Compares every include under src/ with the links that add_module() declared.

A file sees its own folder, the public headers of its own module, of the modules that it links, and of
what those link PUBLIC (one step). A public header may use only what its module links PUBLIC. Tests,
fuzz targets and their fakes (test_*.h, fake_*.h) may use the module's TEST_DEPS too.
"""

import pathlib
import re
import sys

import source_tree

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
# Libraries that stay behind a module: their headers cost seconds per file that sees them.
HEAVY = re.compile(r"^(boost/(asio|beast|json)|grpc|google/protobuf|openssl/|sqlite3\.h|sodium|nghttp2/"
                   r"|toml\+\+|spdlog/|prometheus/|CLI/|simdjson|xapian)")


def visible(modules, module, kind):
    """Paths of the modules whose public headers a file of this kind may include."""
    if kind == "public header":
        links = set(module.public)
    elif kind == "test":
        links = module.public | module.private | module.test
    else:
        links = module.public | module.private
    leaked = {leak for link in links if link in modules for leak in modules[link].public}
    return links | leaked | {module.path}


def kind_of(path, folder):
    if path.is_relative_to(folder / "include"):
        return "public header"
    return "test" if re.search(r"_(test|fuzz)$|^(test|fake)_", path.stem) else "source"


def check_file(root, path, modules, module, by_name):
    """Breaches in one file, as texts."""
    folder = pathlib.Path("src") / module.path
    kind = kind_of(path, folder)
    allowed = visible(modules, module, kind)
    text = (root / path).read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        quote, target = match.groups()
        where = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
        if ".." in pathlib.PurePosixPath(target).parts:
            yield f"{where}: '{target}' leaves the module by '../'"
        elif quote == "<":
            if kind == "public header" and HEAVY.match(target):
                yield f"{where}: <{target}> does not belong into a public header"
        elif "/" in target and (owner := by_name.get(target.split("/")[0])):
            if owner.path not in allowed:
                yield f"{where}: includes {owner.path}, which {module.path} does not link for a {kind}"
        elif "/" in target and not (root / folder / target).exists():
            yield f"{where}: '{target}' belongs to no module"


def breaches_of(root, modules):
    by_name = {module.name: module for module in modules.values() if not module.program}
    found = []
    for path in source_tree.cpp_files(root):
        if path.parts[0] != "src":
            continue
        module = modules.get("/".join(path.parts[1:3]))
        if module is None:
            found.append(f"{path}: in no declared module")
        else:
            found.extend(check_file(root, path, modules, module, by_name))
    return found


def main():
    modules = source_tree.read_manifest()
    return source_tree.report("includes without a link", breaches_of(source_tree.ROOT, modules))


if __name__ == "__main__":
    sys.exit(main())
