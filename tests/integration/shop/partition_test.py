"""Either zone can vanish: without core an edge keeps its catalog and says honestly that it cannot
take orders; an edge that starts without core serves its last signed snapshot; a core without edges
starts; and when both are back, the shop sells again."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import shop as shops  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"


def browses(shop):
    status, products = shop.json("/store/v1/products?limit=5")
    assert status == 200 and len(products["items"]) == 5, (status, products)
    handle = products["items"][0]["handle"]
    for path in (f"/store/v1/products/{handle}", "/store/v1/search?q=kopi", "/id/", f"/id/p/{handle}", "/en/"):
        status, _, body = shops.http_get(shop.http + path)
        assert status == 200 and body, (path, status)


def refuses_orders_honestly(shop):
    summary = shop.buy("--sku", SKU, "--count", "1", expect=None)
    assert summary["placed"] == 0, summary
    status, _, body = shops.http_get(shop.http + "/store/v1/products?limit=1")
    assert status == 200, body


def tampered_snapshot_is_refused(shop):
    """A snapshot whose bytes were changed on the edge's disk is not served."""
    shop.stop(shop.edges.pop(1))
    snapshot = shop.edge_folder() / "catalog.snapshot"
    good = snapshot.read_bytes()
    changed = bytearray(good)
    changed[len(changed) // 2] ^= 1
    snapshot.write_bytes(changed)
    shop.start_edge(wait=False)
    url = f"http://127.0.0.1:{shop.port_base + 21}/readyz"
    shops.wait_until("edge answers", lambda: shops.http_get(url, 1)[0] in (200, 503)
                     or shop.edges[1].poll() is not None)
    status, _, _ = shops.http_get(url)
    assert status != 200, "an edge serves a snapshot that core did not sign"
    shop.stop(shop.edges.pop(1))
    snapshot.write_bytes(good)


def main():
    with shops.shop() as shop:
        browses(shop)
        assert shop.buy("--sku", SKU, "--count", "2")["placed"] == 2
        shop.kill_core()
        browses(shop)
        refuses_orders_honestly(shop)
        shop.stop(shop.edges.pop(1))
        shop.start_edge()  # without core: from its disk
        browses(shop)
        tampered_snapshot_is_refused(shop)
        shop.start_core()  # without edges
        shop.start_edge()
        browses(shop)
        shops.wait_until("orders again", lambda: shop.buy(
            "--sku", SKU, "--count", "1", expect=None)["placed"] == 1, 30)
        print(shop.verify())


if __name__ == "__main__":
    main()
