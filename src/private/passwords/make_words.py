#!/usr/bin/env python3
"""Makes words/ from passwords.json of the npm package @zxcvbn-ts/language-common:

    make_words.py .../language-common/src/passwords.json

Kept, in the source's order of frequency: every word that the policy's length would admit, and of the
RANK_MAX most frequent those that can be half of a password (policy.h says of how many characters).
"""

import json
import pathlib
import sys

CHARACTERS_MIN = 10  # the policy's
RANK_MAX = 33_000
FILE_BYTES_MAX = 60_000  # one string literal each; C++ compilers must take 65,536


def main():
    words, seen = [], set()
    for rank, word in enumerate(json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))):
        word = word.lower()
        assert word.isascii() and word.isprintable() and " " not in word, word
        kept = CHARACTERS_MIN if rank >= RANK_MAX else CHARACTERS_MIN // 2
        if len(word) >= kept and word not in seen:
            seen.add(word)
            words.append(word)

    files = [[]]
    for word in words:
        if sum(len(other) + 1 for other in files[-1]) + len(word) + 1 > FILE_BYTES_MAX:
            files.append([])
        files[-1].append(word)
    for number, lines in enumerate(files, 1):
        path = pathlib.Path(__file__).parent / "words" / f"{number}.txt"
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{len(words)} words, {sum(len(word) >= CHARACTERS_MIN for word in words)} of them of "
          f"{CHARACTERS_MIN} characters or more")


main()
