"""The modules as add_module() declared them, and the files of the tree."""

import dataclasses
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CPP_SUFFIXES = (".h", ".cpp")


@dataclasses.dataclass
class Module:
    """One line of the manifest; links are "area/name"."""
    path: str
    public: set
    private: set
    test: set
    program: str = ""

    @property
    def area(self):
        return self.path.split("/")[0]

    @property
    def name(self):
        return self.path.split("/")[1]


def build_folder():
    """ctest sets DERMAGA_BUILD; by hand it is the release build."""
    return pathlib.Path(os.environ.get("DERMAGA_BUILD", ROOT / "build/release"))


def read_manifest(path=None):
    """{path: Module} from build/<preset>/modules.txt."""
    modules = {}
    for line in (path or build_folder() / "modules.txt").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if not words or words[0] == "test":  # tests/ may link both zones and has no module
            continue
        links = dict(word.split("=", 1) for word in words if "=" in word)
        sets = {key: set(filter(None, value.split(","))) for key, value in links.items()}
        if words[0] == "module":
            module = Module(words[1], sets["public"], sets["private"], sets["test"])
        else:
            module = Module(words[2], set(), sets["deps"], set(), program=words[1])
        modules[module.path] = module
    return modules


def closure(modules, path):
    """Every module that linking `path` pulls in, itself not included."""
    found, waiting = set(), [path]
    while waiting:
        module = modules[waiting.pop()]
        for link in (module.public | module.private) - found:
            found.add(link)
            waiting.append(link)
    return found


def tracked_files(root=ROOT):
    """Files that git knows or would add, as paths below the root."""
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root,
                          capture_output=True, text=True, check=True)
    return sorted(pathlib.Path(line) for line in done.stdout.splitlines()
                  if (root / line).is_file())


def cpp_files(root=ROOT):
    return [path for path in tracked_files(root) if path.suffix in CPP_SUFFIXES]


def report(what, breaches):
    """Prints the breaches; the exit code for main()."""
    for breach in breaches:
        print(breach)
    print(f"{what}: {len(breaches)} found" if breaches else f"{what}: none")
    return 1 if breaches else 0
