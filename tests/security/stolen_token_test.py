"""Personal data is answered to the reply key recorded with the order and to nothing else: a stolen
access token, or the token of another order, reads nothing."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import shop as shops  # noqa: E402

NAME = "Nama Pembeli"


def read(shop, order_id, token, *arguments):
    """(exit status, standard output, standard error) of one sealed read."""
    done = subprocess.run(
        shop.buy_command("--read", order_id, "--access-token", token, *arguments),
        capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def refused(outcome, code):
    status, out, err = outcome
    assert status == 1 and code in err and NAME not in out + err, f"wanted {code}: {outcome}"


def main():
    with shops.shop() as shop:
        own_key = str(shop.folder / "own.jwk")
        thief_key = str(shop.folder / "thief.jwk")
        order = shop.buy("--name", NAME, "--reply-key", own_key)["order"]
        thiefs = shop.buy("--reply-key", thief_key)["order"]
        assert order["read_back"] and thiefs["read_back"]

        status, out, err = read(shop, order["id"], order["access_token"], "--reply-key", own_key)
        assert status == 0 and NAME in out, (status, out, err)

        refused(read(shop, order["id"], order["access_token"]), "reply_key_mismatch")
        refused(read(shop, order["id"], order["access_token"], "--reply-key", thief_key),
                "reply_key_mismatch")
        refused(read(shop, order["id"], thiefs["access_token"], "--reply-key", own_key),
                "access_token_invalid")
        refused(read(shop, order["id"], "oat_" + "A" * 32, "--reply-key", own_key),
                "access_token_invalid")

        # What the token alone gives, statuses, has nothing personal.
        status, answer = shop.json(f"/store/v1/orders/{order['id']}",
                                   {"Authorization": f"Bearer {order['access_token']}"})
        assert status == 200 and NAME not in str(answer), answer
        print("a stolen access token reads nothing personal")


if __name__ == "__main__":
    main()
