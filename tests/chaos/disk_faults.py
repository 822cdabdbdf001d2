"""Sites at which a program changes files, and faults at them: the Python side of disk_faults.c."""

import collections
import dataclasses
import errno
import pathlib
import re

import shop as shops

# How each kind of call can fail: (errno name or "short", how often; 0: from then on for ever).
HOW = {
    "sync": [("EIO", 1), ("ENOSPC", 1)],  # once: a second try would succeed, and must not be made
    "write": [("ENOSPC", 0), ("EIO", 0), ("EIO", 1), ("short", 1)],
    "open": [("ENOSPC", 0), ("EIO", 1)],
    "mkostemp": [("ENOSPC", 0)],
    "mkdir": [("ENOSPC", 0)],
    "truncate": [("EIO", 0)],
    "allocate": [("ENOSPC", 0)],
    "rename": [("EIO", 0), ("ENOSPC", 1)],
    "unlink": [("EIO", 0)],
    "chmod": [("EIO", 0)],
}


@dataclasses.dataclass(frozen=True)
class Fault:
    scenario: str
    kind: str
    nth: int
    times: int
    how: str
    pattern: str  # of the path from the data folder on

    def __str__(self):
        return f"{self.scenario}:{self.kind}:{self.nth}:{self.times}:{self.how}:{self.pattern}"

    @staticmethod
    def parse(text):
        scenario, kind, nth, times, how, pattern = text.split(":", 5)
        return Fault(scenario, kind, int(nth), int(times), how, pattern)

    @property
    def rule(self):
        how = "short" if self.how == "short" else getattr(errno, self.how)
        return f"{self.kind}:{self.nth}:{self.times}:{how}:{self.pattern}"


class Disk:
    """What a program under the shim did with the files below `under`."""

    def __init__(self, under, log, fault=None):
        self.log = pathlib.Path(log)
        self.environment = {
            "LD_PRELOAD": str(shops.build_folder() / "lib/libdisk_faults.so"),
            "DISK_FAULTS_UNDER": str(pathlib.Path(under).resolve()),
            "DISK_FAULTS_LOG": str(log),
        } | ({"DISK_FAULTS_RULE": fault.rule} if fault else {})

    def lines(self, word):
        if not self.log.exists():
            return []
        return [line.split(" ", 2)[1:] for line in self.log.read_text(errors="replace").splitlines()
                if line.startswith(word + " ")]

    def fired(self):
        return bool(self.lines("fired"))

    def store_synced_again(self):
        """Files of the store that were synced after a sync of them had failed."""
        failed = {path for kind, path in self.lines("fired") if kind == "sync"}
        return [path for kind, path in self.lines("again")
                if kind == "sync" and path in failed and path.startswith("private/store/")]

    def sites(self):
        """(kind, pattern) -> how many calls were seen."""
        seen = self.lines("seen")
        replaced = {path.removesuffix(".XXXXXX") for kind, path in seen if kind == "mkostemp"}
        return collections.Counter((kind, _pattern(path, replaced)) for kind, path in seen)


def _pattern(path, replaced):
    """Random parts of names become wildcards."""
    path = path.removesuffix(" (deleted)")
    if len(path) > 7 and path[-7] == "." and path[:-7] in replaced:
        path = path[:-7] + ".??????"
    return re.sub(r"[0-9a-f]{64}", "*", path)


def faults_at(scenario, sites, generator):
    """Every way to fail at every site: at its first call, and at a later one where there are some."""
    faults = []
    for (kind, pattern), count in sorted(sites.items()):
        for how, times in HOW[kind]:
            faults.append(Fault(scenario, kind, 1, times, how, pattern))
            if count > 1:
                faults.append(Fault(scenario, kind, generator.randint(2, count), times, how, pattern))
    return faults
