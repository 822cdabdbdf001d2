"""Turns the YAML description of an API into a C++ source that holds it as compact JSON."""
import json
import sys

import yaml


def main() -> None:
    source, namespace, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        text = json.dumps(yaml.safe_load(file), separators=(",", ":"), ensure_ascii=True)
    # Adjacent raw strings: a single literal may not be longer than 64 KiB.
    parts = [text[i:i + 8000] for i in range(0, len(text), 8000)]
    literal = "\n    ".join('R"openapi(' + part + ')openapi"' for part in parts)
    with open(target, "w", encoding="utf-8") as file:
        file.write(
            f'#include "openapi.h"\n\nnamespace dermaga::{namespace} {{\n\n'
            f"const char kOpenApiJson[] =\n    {literal};\n\n"
            f"}}  // namespace dermaga::{namespace}\n")


if __name__ == "__main__":
    main()
