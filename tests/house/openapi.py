#!/usr/bin/env python3
"""Holds api/store.openapi.yaml to the program: it parses, every reference resolves, it describes
exactly the routes that the edge serves, and it lists every problem code that the store API names."""

import re
import sys

import yaml

import source_tree

DESCRIPTION = source_tree.ROOT / "api/store.openapi.yaml"
ROUTES = source_tree.ROOT / "src/public/store_api/store_api.cpp"
# Where the codes of store API answers are written.
CODE_SOURCES = ("src/public/store_api", "src/commerce/pricing", "src/private/orders", "src/private/order_box",
                "src/base/http")
METHODS = {"get", "post", "put", "patch", "delete"}

ROUTE = re.compile(r'\{"(/[^"]*)", (true|false), (true|false), "')
CODE = re.compile(r'(?:problem\(\s*\d{3},|[Rr]efus(?:al|e|ed)\w*[({]\s*\{?(?:\d{3},)?|\.code =)\s*"([a-z_]+)"')


def served_routes():
    """{(method, path)}, a last variable segment written as {}."""
    text = ROUTES.read_text(encoding="utf-8")
    return {("post" if is_post == "true" else "get", path + ("{}" if rest == "true" else ""))
            for path, rest, is_post in ROUTE.findall(text)}


def described_routes(document):
    return {(method, re.sub(r"\{[^}]*\}", "{}", path))
            for path, item in document["paths"].items() for method in item if method in METHODS}


def used_codes():
    """{code: file} of every problem code that stands in the sources as a literal."""
    codes = {}
    for folder in CODE_SOURCES:
        for path in sorted((source_tree.ROOT / folder).glob("*.cpp")):
            if not path.name.endswith(("_test.cpp", "_fuzz.cpp")):
                for code in CODE.findall(path.read_text(encoding="utf-8")):
                    codes[code] = path.relative_to(source_tree.ROOT)
    return codes


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolves(document, reference):
    if not reference.startswith("#/"):
        return False
    node = document
    for part in reference[2:].split("/"):
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


def breaches():
    document = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    if document.get("openapi") != "3.1.0":
        yield "it must say openapi: 3.1.0"
    for reference in sorted(set(references(document))):
        if not resolves(document, reference):
            yield f"{reference} resolves to nothing"
    served, described = served_routes(), described_routes(document)
    if not served:
        yield f"no routes found in {ROUTES.name}"
    for method, path in sorted(served - described):
        yield f"{method} {path} is served and not described"
    for method, path in sorted(described - served):
        yield f"{method} {path} is described and not served"
    operations = [operation.get("operationId") for item in document["paths"].values()
                  for method, operation in item.items() if method in METHODS]
    if None in operations or len(set(operations)) != len(operations):
        yield "every operation needs an operationId of its own"
    listed = document["components"]["schemas"]["ProblemCode"]["enum"]
    if len(set(listed)) != len(listed):
        yield "a problem code is listed twice"
    for code, path in sorted(used_codes().items()):
        if code not in listed:
            yield f"the code {code} ({path}) is not listed under ProblemCode"


def main():
    found = list(breaches())
    for breach in found:
        print(f"store.openapi.yaml: {breach}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
