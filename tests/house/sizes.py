#!/usr/bin/env python3
"""Files of at most 1,000 lines and functions of at most 70."""

import re
import sys

import source_tree

FILE_LINES_MAX = 1000
FUNCTION_LINES_MAX = 70
SOURCE_SUFFIXES = {".h", ".cpp", ".py", ".ts", ".tsx", ".css", ".sql", ".proto", ".cmake", ".sh", ".md"}

# Comments, raw strings, strings and characters: braces inside them do not count.
QUIET = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
                   r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*",
                   re.DOTALL | re.MULTILINE)
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
FUNCTION = re.compile(r"\)\s*(const|noexcept|override|final|mutable|->|:|requires|$|&)")


def blanked(text):
    """The text with everything quiet replaced by spaces, line breaks kept."""
    return QUIET.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def functions(text):
    """(first line, lines, head) of every function at namespace or class scope."""
    clean = blanked(text)
    scopes, head_start, line = [], 0, 1
    for position, byte in enumerate(clean):
        if byte == "\n":
            line += 1
        elif byte == "{":
            head = " ".join(clean[head_start:position].split())
            inside_code = any(kind != "scope" for kind, _, _ in scopes)
            if inside_code:
                kind = "block"
            elif FUNCTION.search(head) and not SCOPE.match(head):
                kind = "function"
            else:
                kind = "scope" if SCOPE.search(head) else "block"
            scopes.append((kind, line, head))
            head_start = position + 1
        elif byte == "}" and scopes:
            kind, first, head = scopes.pop()
            if kind == "function":
                yield first, line - first + 1, head
            head_start = position + 1
        elif byte == ";":
            head_start = position + 1


def breaches_of(root):
    for path in source_tree.tracked_files(root):
        if path.suffix not in SOURCE_SUFFIXES or path.name == "package-lock.json":
            continue
        text = (root / path).read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > FILE_LINES_MAX:
            yield f"{path}: {lines} lines, at most {FILE_LINES_MAX}"
        if path.suffix in source_tree.CPP_SUFFIXES:
            for first, length, head in functions(text):
                if length > FUNCTION_LINES_MAX:
                    yield f"{path}:{first}: {length} lines, at most {FUNCTION_LINES_MAX}: {head[-60:]}"


def main():
    return source_tree.report("files or functions too long", list(breaches_of(source_tree.ROOT)))


if __name__ == "__main__":
    sys.exit(main())
