#!/usr/bin/env python3
"""add_module() refuses what its table does not allow: small CMake projects that must not configure."""

import pathlib
import subprocess
import tempfile
import unittest

import source_tree

PROJECT = """\
cmake_minimum_required(VERSION 3.25)
project(probe LANGUAGES NONE)
include({root}/cmake/AddModule.cmake)
{folders}
"""


def configure(modules):
    """modules: (folder, the rest of its add_module call). The error text, or "" when it configured."""
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        folders = ""
        for path, arguments in modules:
            (root / path).mkdir(parents=True, exist_ok=True)
            (root / path / "CMakeLists.txt").write_text(f"add_module({path} {arguments})\n")
            folders += f"add_subdirectory({path})\n"
        (root / "CMakeLists.txt").write_text(PROJECT.format(root=source_tree.ROOT, folders=folders))
        done = subprocess.run(["cmake", "-S", root, "-B", root / "build"], capture_output=True,
                              text=True, check=False)
        return "" if done.returncode == 0 else " ".join(done.stderr.split())


class AddModuleTest(unittest.TestCase):
    def test_allowed_edges_configure(self):
        self.assertEqual(configure([
            ("base/a", ""), ("commerce/b", "PUBLIC base/a"), ("link/c", "PRIVATE commerce/b"),
            ("private/d", "PUBLIC link/c"), ("public/e", "PUBLIC link/c base/a")]), "")

    def test_refused(self):
        cases = [
            ([("private/a", ""), ("public/b", "PRIVATE private/a")], "the area table refuses it"),
            ([("public/a", ""), ("private/b", "PUBLIC public/a")], "the area table refuses it"),
            ([("private/a", ""), ("operator/b", "PRIVATE private/a")], "the area table refuses it"),
            ([("commerce/a", ""), ("base/b", "PUBLIC commerce/a")], "the area table refuses it"),
            ([("base/a", "PUBLIC base/b"), ("base/b", "")], "not declared before it"),
            ([("base/a", "PRIVATE base/a")], "not declared before it"),
            ([("base/a", ""), ("link/a", "")], "the name is taken by base/a"),
            ([("link/a", "ONLY_FOR private"), ("public/b", "PUBLIC link/a")], "it is only for private"),
            ([("base/a", "PUBLICK base/b")], "unknown arguments"),
            ([("shared/a", "")], "unknown area"),
        ]
        for modules, refusal in cases:
            with self.subTest(modules):
                self.assertIn(refusal, configure(modules))


if __name__ == "__main__":
    unittest.main()
