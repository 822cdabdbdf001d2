"""An edge countersigns the audit log, and sees when core shows it another history.

Core's own key signs that history, and its store fits it: only what the edge remembers contradicts it.
"""

import base64
import hashlib
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import shop as shops  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
PKCS8_ED25519 = bytes.fromhex("302e020100300506032b657004220420")
EVERY = ("--audit-witness-seconds", "1")


def act(shop, reason):
    shop.run_core("stock", "adjust", "--sku", SKU, "--by", "1", "--reason", reason)


def metric(shop, name):
    body = shops.http_get(f"http://127.0.0.1:{shop.port_base + 21}/metrics")[2].decode()
    return next((float(line.split()[1]) for line in body.splitlines() if line.startswith(name + " ")), None)


def witness_file(shop):
    return shop.edge_folder() / "audit-witness.json"


def edge_log(shop):
    return (shop.edge_folder() / "log/edge.log").read_text(encoding="utf-8")


def cosignatures(note):
    """Names and raw signatures under the log's own."""
    lines = note.split("\n\n")[1].splitlines()[1:]
    return {line.split()[1]: base64.b64decode(line.split()[2]) for line in lines}


def countersigned(shop):
    """The newest checkpoint, once the edge's signature has come to lie under it."""
    notes = []

    def cosigned():
        notes.append(shop.run_core("audit", "checkpoint"))
        return len(cosignatures(notes[-1])) == 1
    shops.wait_until("the newest checkpoint is countersigned", cosigned, 30)
    return notes[-1]


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], capture_output=True, timeout=30, check=True).stdout


def signature_is_the_edges(shop, note):
    """The name follows from the key; OpenSSL finds that the signature is by the key in the edge's file."""
    seed = json.loads(witness_file(shop).read_text(encoding="utf-8"))["witness_seed"]
    private, public, text, signature = (str(shop.folder / f"witness.{name}") for name in ("key", "pub", "txt", "sig"))
    pathlib.Path(private).write_bytes(PKCS8_ED25519 + base64.urlsafe_b64decode(seed + "="))
    pathlib.Path(public).write_bytes(openssl("pkey", "-inform", "DER", "-in", private, "-pubout", "-outform", "DER"))
    raw = pathlib.Path(public).read_bytes()[-32:]
    (name, signed), = cosignatures(note).items()
    assert name == "edge-" + hashlib.sha256(raw).hexdigest()[:16], name
    assert signed[:4] == hashlib.sha256(name.encode() + b"\n\x01" + raw).digest()[:4]
    pathlib.Path(text).write_bytes(note.split("\n\n", maxsplit=1)[0].encode() + b"\n")
    pathlib.Path(signature).write_bytes(signed[4:])
    openssl("pkeyutl", "-verify", "-pubin", "-inkey", public, "-keyform", "DER", "-rawin", "-in", text,
            "-sigfile", signature)
    assert witness_file(shop).stat().st_mode & 0o777 == 0o600


def growth_is_countersigned(shop):
    first = countersigned(shop)
    signature_is_the_edges(shop, first)
    act(shop, "counted")
    second = countersigned(shop)
    assert second.splitlines()[1] != first.splitlines()[1]
    assert cosignatures(second).keys() == cosignatures(first).keys()
    shop.stop(shop.core)  # a restart is no other history, nor is one of the edge
    shop.start_core()
    act(shop, "counted after core's restart")
    countersigned(shop)
    shop.stop(shop.edges[1])
    act(shop, "counted without the edge")
    shop.start_edge(1, *EVERY)
    last = countersigned(shop)
    assert cosignatures(last).keys() == cosignatures(first).keys(), last
    size = int(last.splitlines()[1])
    shops.wait_until("the metric follows", lambda: metric(shop, "dermaga_edge_audit_countersigned_size") == size)
    assert metric(shop, "dermaga_edge_audit_log_rewritten") == 0
    told = shop.run_core("audit", "verify")
    assert "nothing was changed" in told and "witnesses: 1\n" in told, told
    assert "audit_log_rewritten" not in edge_log(shop)
    return size


def set_back(shop, earlier):
    """The audit tables as they were earlier, which fit each other and are rightly signed."""
    with sqlite3.connect(shop.store_file) as store:
        store.executescript(f"""
            ATTACH '{earlier}' AS earlier;
            DELETE FROM audit_entries; INSERT INTO audit_entries SELECT * FROM earlier.audit_entries;
            DELETE FROM audit_tree; INSERT INTO audit_tree SELECT * FROM earlier.audit_tree;
            DELETE FROM audit_checkpoints; INSERT INTO audit_checkpoints SELECT * FROM earlier.audit_checkpoints;
        """)
    store.close()


def another_history_is_seen(shop, earlier, size):
    shop.stop(shop.core)
    set_back(shop, earlier)
    for number in range(size + 1):  # longer than what was countersigned, so that only the proof tells
        act(shop, f"never happened {number}")
    assert "nothing was changed" in shop.run_core("audit", "verify")  # core cannot know
    shop.start_core()
    shops.wait_until("the edge sees the other history",
                     lambda: metric(shop, "dermaga_edge_audit_log_rewritten") == 1, 30)
    lines = [json.loads(line) for line in edge_log(shop).splitlines()]
    told = [line for line in lines if line["event"] == "audit_log_rewritten"]
    assert told and all(line["level"] == "error" for line in told), told
    assert f"countersigned {size} entries, nothing proves" in told[0]["error"], told[0]
    assert metric(shop, "dermaga_edge_audit_countersigned_size") == size


def nothing_is_countersigned_until_somebody_looked(shop):
    shop.stop(shop.edges[1])
    shop.start_edge(1, *EVERY)
    assert metric(shop, "dermaga_edge_audit_log_rewritten") == 1
    assert not cosignatures(shop.run_core("audit", "checkpoint"))
    shop.buy("--sku", SKU)  # an edge sells nevertheless
    shop.stop(shop.edges[1])
    witness_file(shop).unlink()
    shop.start_edge(1, *EVERY)
    countersigned(shop)
    assert metric(shop, "dermaga_edge_audit_log_rewritten") == 0


def main():
    with shops.shop(start=False) as shop:
        earlier = shop.folder / "earlier.db"
        shutil.copy(shop.store_file, earlier)
        shop.start_core()
        shop.start_edge(1, *EVERY)
        size = growth_is_countersigned(shop)
        another_history_is_seen(shop, earlier, size)
        nothing_is_countersigned_until_somebody_looked(shop)
        print(shop.verify())


if __name__ == "__main__":
    main()
