"""Searches a process's memory and folders of files for texts, in the forms a program may hold them."""

import base64
import pathlib

CHUNK_BYTES = 128 * 1024
ZEROS = bytes(CHUNK_BYTES)
MAPPING_BYTES_MAX = 1 << 34  # larger ones are a sanitizer's shadow, which holds no data
UNREADABLE = ("[vvar]", "[vsyscall]", "[vvar_vclock]")


def forms_of(text):
    """name of form -> bytes: as it is, as UTF-16, hexadecimal, and base64 at each alignment."""
    raw = text.encode()
    forms = {"utf-8": raw, "utf-16": text.encode("utf-16-le"), "hex": raw.hex().encode()}
    for shift in range(3):
        # The first and last characters depend on the neighbours: only those between are certain.
        encoded = base64.urlsafe_b64encode(b"\0" * shift + raw)
        forms[f"base64+{shift}"] = encoded[4 if shift else 0:(len(raw) + shift) // 3 * 4]
    return forms


class Search:
    """Where the texts occur; `texts` is name -> text."""

    def __init__(self, texts):
        self.patterns = [(f"{name} as {form}", pattern)
                         for name, text in texts.items()
                         for form, pattern in forms_of(text).items()]
        self.longest = max(len(pattern) for _, pattern in self.patterns)

    def in_bytes(self, chunk):
        return {name for name, pattern in self.patterns if pattern in chunk}

    def in_stream(self, stream, bytes_max):
        """Reads on to bytes_max; what is split between two chunks is found too."""
        found, tail, left = set(), b"", bytes_max
        while left > 0:
            chunk = stream.read(min(CHUNK_BYTES, left))
            if not chunk:
                break
            left -= len(chunk)
            # Most of a process's mappings were never touched.
            untouched = chunk == ZEROS[:len(chunk)]
            if tail or not untouched:
                found |= self.in_bytes(tail + (chunk[:self.longest] if untouched else chunk))
            tail = b"" if untouched else chunk[-self.longest:]
        return found

    def in_memory(self, pid):
        """(what was found, bytes searched) in every readable mapping of the process."""
        found, searched = set(), 0
        maps = pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines()
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for line in maps:
                fields = line.split()
                if "r" not in fields[1] or fields[-1] in UNREADABLE:
                    continue
                start, end = (int(part, 16) for part in fields[0].split("-"))
                if end - start > MAPPING_BYTES_MAX:
                    continue
                try:
                    memory.seek(start)
                    found |= self.in_stream(memory, end - start)
                except OSError:
                    continue  # unmapped meanwhile, or guard pages
                searched += end - start
        return found, searched

    def in_files(self, *folders):
        """{(path, what)} over every file in the folders and the files named."""
        found = set()
        for folder in map(pathlib.Path, folders):
            files = [folder] if folder.is_file() else [p for p in folder.rglob("*") if p.is_file()]
            for path in files:
                with open(path, "rb") as stream:
                    found |= {(str(path), what) for what in self.in_stream(stream, 1 << 40)}
        return found
