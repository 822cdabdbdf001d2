"""Node programs of tests that need jose: they run beside what tests/interop's package.json names."""

import contextlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

import shop as shops

SUPPORT = pathlib.Path(__file__).resolve().parent
INTEROP = SUPPORT.parent / "interop"


@contextlib.contextmanager
def folder(*programs):
    """A folder with the programs and all of tests/support's; without node and npm the test is skipped."""
    if not shutil.which("node") or not shutil.which("npm"):
        print("node and npm are not installed")
        sys.exit(shops.SKIPPED)
    with tempfile.TemporaryDirectory() as work:
        for source in (*INTEROP.glob("package*.json"), *SUPPORT.glob("*.mjs"), *programs):
            shutil.copy(source, work)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=work, check=True, timeout=120)
        yield work
