"""Bad input of the order path against a real shop (bad_input.mjs): every row gets its code, and
afterwards only the one good order of the script is there and only its unit is held."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))
import node_programs  # noqa: E402
import shop as shops  # noqa: E402


def main():
    with shops.shop() as shop, node_programs.folder(HERE / "bad_input.mjs") as work:
        before = shop.run_core("stock", "list")
        code = subprocess.run(["node", "bad_input.mjs", shop.http], cwd=work, check=False,
                              timeout=120).returncode
        orders = shops.stored_order_ids(shop)
        assert len(orders) == 1, f"the one good order should be there, not {len(orders)}"
        changed = set(before.splitlines()) ^ set(shop.run_core("stock", "list").splitlines())
        assert len(changed) == 2, f"one stock row should have changed by one unit: {changed}"
        print(shop.verify())
        assert code == 0, "rows failed, see above"


if __name__ == "__main__":
    main()
