"""A shop on PostgreSQL: `dermaga up --store postgres://…`, orders bought, staff commands, verify, a
restart without the option. The password comes from a passfile and shows nowhere."""

import contextlib
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import local_postgres  # noqa: E402
import shop as shops  # noqa: E402
import supervised  # noqa: E402

SKU = "KOP-GYO-BIJ-250G"
UNITS = 25
ATTEMPTS = 60
PASSWORD = "zanzibar-9731"


def ask_for_a_password(server):
    server.query(f"CREATE ROLE shopkeeper LOGIN PASSWORD '{PASSWORD}'")
    server.query("ALTER DATABASE shop OWNER TO shopkeeper")
    rules = (server.data / "pg_hba.conf").read_text()
    server.write(server.data / "pg_hba.conf", "local all shopkeeper scram-sha-256\n" + rules)
    server.query("SELECT pg_reload_conf()")


def buy_more_than_there_is(shop):
    shop.run_core("stock", "adjust", "--sku", SKU, "--set", str(UNITS), "--reason", "test")
    with contextlib.suppress(AssertionError):  # exit 1 where an order was refused
        shop.run("buy", "--sku", SKU, "--count", ATTEMPTS, "--concurrency", 8)
    listing = shop.run_core("stock", "list", "--sku", SKU)
    assert "available 0 " in listing, listing


def check_wrong_stores(shop, server):
    """Each is told in a sentence, and changes nothing."""
    def refused(*arguments, data=shop.data):
        done = subprocess.run([shops.program("dermaga-core"), *arguments, "--data", str(data)],
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1, done
        assert PASSWORD not in done.stderr, done.stderr
        return done.stderr
    assert "keeps its records in postgres://" in refused("init", "--store", "sqlite")
    url = local_postgres.url_of(server, user=f"shopkeeper:{PASSWORD}")
    assert "holds a password" in refused("init", "--store", url)
    # Another folder, without the shop's keys.
    other = shop.folder / "other"
    url = local_postgres.url_of(server, user="shopkeeper")
    assert "is missing while a shop in postgres://" in refused("init", "--store", url, data=other)
    # With keys, but not the shop's.
    subprocess.run([shops.program("dermaga-core"), "init", "--store", "sqlite", "--data", str(other)],
                   stdout=subprocess.DEVNULL, timeout=60, check=True)
    (other / "private/store/core.db").unlink()
    assert "are not those of the shop" in refused("init", "--store", url, data=other)


def check_password_is_nowhere(shop):
    found = subprocess.run(["grep", "-rl", PASSWORD, str(shop.data)], capture_output=True, text=True, check=False)
    assert not found.stdout, found.stdout


def main():
    with local_postgres.cluster() as (server,):
        ask_for_a_password(server)
        passfile = server.folder / "passfile"
        passfile.write_text(f"*:*:*:shopkeeper:{PASSWORD}\n")
        passfile.chmod(0o600)
        os.environ["PGPASSFILE"] = str(passfile)
        with supervised.shop(store=local_postgres.url_of(server, user="shopkeeper")) as shop:
            buy_more_than_there_is(shop)
            assert "every promise holds" in shop.run_core("verify")  # while core serves
            assert server.query("SELECT count(*) FROM orders") == str(UNITS)
            shop.down()
            assert not shop.store_file.exists()
            check_wrong_stores(shop, server)
            shop.store = None  # the data folder remembers
            shop.up()
            assert "confirmed" in shop.run_core("orders", "list")
            shop.down()
            print(shop.run_core("verify"))
            check_password_is_nowhere(shop)


if __name__ == "__main__":
    main()
