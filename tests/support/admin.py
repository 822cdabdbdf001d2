"""A client of the admin API over HTTPS, as a browser's console or a program is one."""

import base64
import hashlib
import hmac
import http.client
import json
import re
import ssl
import struct
import time

COOKIE = "__Host-dermaga-staff"
STEP_S = 30


def one_time_code(secret, step):
    """RFC 6238, six digits, HMAC-SHA-1; the secret in base32."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 10**6:06d}"


def now_step():
    return int(time.time()) // STEP_S


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers = status, headers
        self.json = json.loads(body) if body else None

    @property
    def code(self):
        """Of a problem."""
        return self.json.get("code") if isinstance(self.json, dict) else None

    def __repr__(self):
        return f"{self.status} {self.json}"


class Person:
    """What somebody knows and has, at whatever browser."""

    def __init__(self):
        self.email = self.password = self.secret = None
        self.recovery_codes = []
        self.last_step = 0  # of the newest one-time code that was used


def of_person(name):
    """A member of the console's person."""
    return property(lambda console: getattr(console.person, name),
                    lambda console, value: setattr(console.person, name, value))


class Console:
    """One browser: its cookie, and who sits there."""

    email, password, secret = of_person("email"), of_person("password"), of_person("secret")
    recovery_codes, last_step = of_person("recovery_codes"), of_person("last_step")

    def __init__(self, shop):
        self.port = shop.port_base + 1
        self.origin = f"https://localhost:{self.port}"
        self.tls = ssl.create_default_context(cafile=shop.ca_file)
        self.cookie = None
        self.person = Person()

    def ask(self, method, path, body=None, headers=None, token=None, expect=None):
        wanted = {"Origin": self.origin} if method != "GET" else {}
        if body is not None:
            wanted["Content-Type"] = "application/json"
        if token:
            wanted = {"Authorization": f"Bearer {token}"} | ({"Content-Type": "application/json"} if body is not None else {})
        elif self.cookie:
            wanted["Cookie"] = f"{COOKIE}={self.cookie}"
        wanted |= headers or {}
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.tls, timeout=60)
        try:
            payload = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
            connection.request(method, "/admin/v1" + path, payload,
                               {key: value for key, value in wanted.items() if value is not None})
            got = connection.getresponse()
            answer = Answer(got.status, got.headers, got.read())
        finally:
            connection.close()
        if (set_cookie := answer.headers.get("Set-Cookie")) and not token:
            value = re.match(COOKIE + r"=([^;]*); Path=/; Secure; HttpOnly; SameSite=Strict", set_cookie)
            assert value, f"a weak cookie: {set_cookie}"
            self.cookie = value.group(1) or None
        if expect is not None:
            assert answer.status == expect, f"{method} {path}: {answer}, wanted {expect}"
        return answer

    def next_code(self):
        """One that was not used yet; waits where all of this minute were."""
        while True:
            # The step before is good for this step only: not where that may end on the way.
            is_early = time.time() % STEP_S < STEP_S / 2
            for step in (now_step() - 1, now_step(), now_step() + 1):
                if step > self.last_step and (is_early or step >= now_step()):
                    self.last_step = step
                    return one_time_code(self.secret, step)
            time.sleep(0.5)

    def enrol(self, link, password, email=None, name=None):
        token = link.split("#", 1)[1]
        opened = self.ask("POST", "/enrolments/open", {"token": token}, expect=200).json
        self.secret = opened["totp_secret"]
        self.email = email or opened["email"]
        self.password = password
        form = {"token": token, "password": password, "code": self.next_code()}
        form |= {"email": email, "name": name} if email else {}
        enrolled = self.ask("POST", "/enrolments", form, expect=201).json
        self.recovery_codes = enrolled["recovery_codes"]
        return opened

    def beside(self, shop):
        """The same person at another browser."""
        other = Console(shop)
        other.person = self.person
        return other

    def sign_in(self, code=None, password=None, expect=201):
        return self.ask("POST", "/sessions", {"email": self.email, "password": password or self.password,
                                              "code": self.next_code() if code is None else code}, expect=expect)

    def step_up(self, code=None, expect=200):
        return self.ask("POST", "/me/step-up", {"code": self.next_code() if code is None else code}, expect=expect)


def first_owner(shop, password="correct horse battery"):
    """The first owner, enrolled from the link that `staff owner-link` prints."""
    link = shop.run_core("staff", "owner-link").splitlines()[0]
    console = Console(shop)
    console.enrol(link, password, "owner@example.com", "Olga Owner")
    return console


def enrol_member(shop, role, owner=None):
    """One of the staff in this role, enrolled; invited from the private host, or by an owner."""
    email, name = f"{role}@example.com", f"Member {role}"
    if owner is None:
        link = shop.run_core("staff", "invite", "--email", email, "--name", name, "--role", role,
                             "--reason", "a test").splitlines()[0]
    else:
        link = owner.ask("POST", "/staff", {"email": email, "name": name, "role": role, "reason": "a test"},
                         expect=201).json["link"]
    console = Console(shop)
    console.enrol(link, f"a long pass phrase of {role[::-1]}")
    return console
