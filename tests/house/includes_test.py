#!/usr/bin/env python3
"""Plants bad includes into a small tree and expects the checker to find each, and nothing else."""

import pathlib
import subprocess
import tempfile
import unittest

import includes
import source_tree

MANIFEST = """\
module base/result public= private= test=
module base/files public=base/result private= test=
module base/json public= private=base/files test=
module private/store public=base/files private= test=base/json
program shop-core private/core deps=private/store
"""

# file → (text, the breach that must be reported or None)
FILES = {
    "src/base/files/include/files/files.h": ('#include "result/result.h"\n', None),
    "src/base/files/files.cpp": ('#include "files/files.h"\n#include <openssl/evp.h>\n', None),
    "src/base/json/json.cpp": ('#include "files/files.h"\n#include "result/result.h"\n', None),
    "src/base/json/include/json/json.h": (
        '#include "files/files.h"\n', "includes base/files, which base/json does not link for a public"),
    "src/base/json/heavy/include.cpp": ('#include "../json.h"\n', "leaves the module"),
    "src/base/result/include/result/result.h": (
        "#include <boost/asio/io_context.hpp>\n", "does not belong into a public header"),
    "src/base/result/result.cpp": ('#include "store/store.h"\n', "includes private/store"),
    "src/private/store/store.cpp": ('#include "json/json.h"\n', "includes base/json"),
    "src/private/store/store_test.cpp": ('#include "json/json.h"\n#include "result/result.h"\n', None),
    "src/private/store/wrong.cpp": ('#include "nowhere/x.h"\n', "belongs to no module"),
    "src/private/core/main.cpp": ('#include "store/store.h"\n#include "files/files.h"\n', None),
    "src/private/core/deep.cpp": ('#include "json/json.h"\n', "includes base/json"),
    "src/private/stray/stray.cpp": ("\n", "in no declared module"),
}


class IncludesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        subprocess.run(["git", "init", "-q", self.root], check=True)
        for name, (text, _) in FILES.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        manifest = self.root / "modules.txt"
        manifest.write_text(MANIFEST, encoding="utf-8")
        self.modules = source_tree.read_manifest(manifest)

    def test_planted_includes_are_found_and_only_they(self):
        found = includes.breaches_of(self.root, self.modules)
        for name, (_, breach) in FILES.items():
            of_file = [line for line in found if line.startswith(name + ":")]
            if breach is None:
                self.assertEqual(of_file, [], name)
            else:
                self.assertEqual(len(of_file), 1, name)
                self.assertIn(breach, of_file[0])

    def test_closure_follows_every_link(self):
        self.assertEqual(source_tree.closure(self.modules, "private/core"),
                         {"private/store", "base/files", "base/result"})


if __name__ == "__main__":
    unittest.main()
