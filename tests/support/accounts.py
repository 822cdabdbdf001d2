"""Shoppers with accounts, as tests see them: sealed calls of several browsers (account_client.mjs) and the
mails that a shop puts into its folder."""

import concurrent.futures
import contextlib
import dataclasses
import email
import email.policy
import json
import re
import subprocess

import node_programs
import shop as shops


@dataclasses.dataclass
class Refusal:
    status: int
    code: str
    detail: str = ""
    retryAfter: str = None

    def __str__(self):
        return f"{self.status} {self.code}"


class Door:
    """The node program that has the browsers; one question at a time."""

    def __init__(self, process):
        self._process = process
        self._thread = concurrent.futures.ThreadPoolExecutor(1)

    def ask(self, act, browser, **asked):
        """The result, or a Refusal."""
        self._process.stdin.write(json.dumps({"act": act, "browser": browser, **asked}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "account_door.mjs ended"
        said = json.loads(line)
        if "refused" in said:
            return Refusal(**said["refused"])
        assert "failed" not in said, said["failed"]
        return said.get("result")

    def begin(self, act, browser, **asked):
        """A future of what ask() answers."""
        return self._thread.submit(self.ask, act, browser, **asked)

    def call(self, browser, method, **params):
        """The result of a call that must succeed."""
        result = self.ask("call", browser, method=f"account.{method}", params=params)
        assert not isinstance(result, Refusal), f"account.{method}: {result} {result.detail}"
        return result


@contextlib.contextmanager
def door(shop, *programs):
    """Yields the door and the folder where it and the programs lie."""
    with node_programs.folder(*programs) as work:
        process = subprocess.Popen(["node", "account_door.mjs", shop.http], cwd=work, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            yield Door(process), work
        finally:
            process.stdin.close()
            process.wait(timeout=30)


def wait_until_core_answers(door, browser):
    """By way of the edge, which is ready without core, too."""
    asked = {"method": "account.passkey_options", "params": {}}
    shops.wait_until("core answers calls", lambda: not isinstance(door.ask("call", browser, **asked), Refusal))


def mail_folder(shop):
    return shop.data / "private/mail"


def mailed_codes(shop, address, path):
    """The codes of all links to the page `path` that were mailed to the address, the newest last."""
    codes = []
    for file in sorted(mail_folder(shop).glob("*.eml")):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        link = re.search(rf"/account/{path}#([\w-]+)", mail.get_content())
        if address in str(mail["to"]) and link:
            codes.append(link[1])
    return codes


def mailed_code(shop, address, path, act):
    """The code that `act` lets the shop mail."""
    before = len(mailed_codes(shop, address, path))
    act()
    shops.wait_until(f"a mail to {address}", lambda: len(mailed_codes(shop, address, path)) > before, 20)
    return mailed_codes(shop, address, path)[-1]


def sign_up(door, shop, browser, address, password, name, **optional):
    """The mailed code of a sign-up."""
    return mailed_code(shop, address, "verify", lambda: door.call(
        browser, "sign_up", email=address, password=password, name=name, locale="id", **optional))
