#!/usr/bin/env python3
"""Holds the descriptions in api/ to the programs: they parse, every reference resolves, each describes
exactly the routes that are served (of the admin API with the permission that each wants), and lists every
problem code that its API names."""

import re
import sys

import yaml

import source_tree

STORE = "store.openapi.yaml"
STORE_ROUTES = source_tree.ROOT / "src/public/store_api/store_api.cpp"
ADMIN = "admin.openapi.yaml"
ADMIN_ROUTES = source_tree.ROOT / "src/private/admin_api/routes.cpp"
PERMISSIONS = source_tree.ROOT / "src/private/roles/roles.cpp"
# Where the codes of answers are written.
CODE_SOURCES = {
    STORE: ("src/public/store_api", "src/commerce/pricing", "src/private/orders", "src/private/order_box",
            "src/base/http"),
    ADMIN: ("src/private/admin_api", "src/private/passwords"),
}
METHODS = {"get", "post", "put", "patch", "delete"}

ROUTE = re.compile(r'\{"(/[^"]*)", (true|false), (true|false), "')
ADMIN_ROUTE = re.compile(r'(open_to_all|own|own_fresh|wants|wants_person)\((?:k(\w+), )?k(Get|Post|Put|Patch|Delete),\s*"([^"]*)",'
                         r'\s*"(\w+)"')
PERMISSION = re.compile(r'\{Permission::k(\w+), "([a-z.]+)", (true|false)\}')
CODE = re.compile(r'(?:problem\(\s*\d{3},|[Rr]efus(?:al|e|ed)\w*[({]\s*\{?(?:\d{3},)?|\.code =)\s*"([a-z_]+)"')


def served_store_routes():
    """{(method, path)}, a last variable segment written as {}."""
    text = STORE_ROUTES.read_text(encoding="utf-8")
    return {("post" if is_post == "true" else "get", path + ("{}" if rest == "true" else ""))
            for path, rest, is_post in ROUTE.findall(text)}


def described_routes(document):
    return {(method, re.sub(r"\{[^}]*\}", "{}", path))
            for path, item in document["paths"].items() for method in item if method in METHODS}


def served_admin_routes():
    """{(method, path, operation, permission)}; "anyone" and "own" where no permission is wanted."""
    names = {name: text for name, text, _ in PERMISSION.findall(PERMISSIONS.read_text(encoding="utf-8"))}
    return {(method.lower(), path, operation,
             names[permission] if kind.startswith("wants") else "anyone" if kind == "open_to_all" else "own")
            for kind, permission, method, path, operation in ADMIN_ROUTE.findall(ADMIN_ROUTES.read_text(encoding="utf-8"))}


def described_admin_routes(document):
    return {(method, path, operation["operationId"],
             operation.get("x-permission", "anyone" if operation.get("security") == [] else "own"))
            for path, item in document["paths"].items() for method, operation in item.items() if method in METHODS}


def used_codes(description):
    """{code: file} of every problem code that stands in the sources as a literal."""
    codes = {}
    for folder in CODE_SOURCES[description]:
        for path in sorted((source_tree.ROOT / folder).glob("*.cpp")):
            if not path.name.endswith(("_test.cpp", "_fuzz.cpp")):
                text = path.read_text(encoding="utf-8")
                for code in CODE.findall(text) + re.findall(r'"(password_[a-z_]+)"', text):
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


def route_breaches(document, served, described):
    if not served:
        yield "no routes found in the sources"
    for route in sorted(served - described):
        yield f"{' '.join(route)} is served and not described"
    for route in sorted(described - served):
        yield f"{' '.join(route)} is described and not served"
    operations = [operation.get("operationId") for item in document["paths"].values()
                  for method, operation in item.items() if method in METHODS]
    if None in operations or len(set(operations)) != len(operations):
        yield "every operation needs an operationId of its own"


def breaches(description):
    document = yaml.safe_load((source_tree.ROOT / "api" / description).read_text(encoding="utf-8"))
    if document.get("openapi") != "3.1.0":
        yield "it must say openapi: 3.1.0"
    for reference in sorted(set(references(document))):
        if not resolves(document, reference):
            yield f"{reference} resolves to nothing"
    if description == STORE:
        yield from route_breaches(document, served_store_routes(), described_routes(document))
    else:
        yield from route_breaches(document, served_admin_routes(), described_admin_routes(document))
    listed = document["components"]["schemas"]["ProblemCode"]["enum"]
    if len(set(listed)) != len(listed):
        yield "a problem code is listed twice"
    for code, path in sorted(used_codes(description).items()):
        if code not in listed:
            yield f"the code {code} ({path}) is not listed under ProblemCode"


def main():
    found = [f"{description}: {breach}" for description in (STORE, ADMIN) for breach in breaches(description)]
    for breach in found:
        print(breach)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
