"""A program that falls over writes no core dump: keys and personal data would lie in it.

Each program is started with permission to dump as much as it likes and killed by the signal of a
fault. That a dump would be seen is shown with a program that has nothing to hide.
"""

import os
import pathlib
import resource
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import shop as shops  # noqa: E402


def fell_over(process):
    """Whether the kernel wrote a core dump of it, as its parent is told."""
    process.send_signal(signal.SIGSEGV)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -signal.SIGSEGV
    assert os.WIFSIGNALED(status), f"the program lived on: {status}"
    return os.WCOREDUMP(status)


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    with shops.shop(spools=1) as shop:
        os.chdir(shop.folder)
        if not fell_over(subprocess.Popen(["sleep", "60"])):
            print("this machine writes no core dumps of anybody")
            sys.exit(shops.SKIPPED)
        for name, process in [("edge", shop.edges[1]), ("spool", shop.spools[1]), ("core", shop.core)]:
            assert not fell_over(process), f"{name} wrote a core dump"
            print(f"{name} left no core dump", flush=True)
        shop.start_core()
        print(shop.verify())


if __name__ == "__main__":
    main()
