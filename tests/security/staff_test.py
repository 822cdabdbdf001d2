"""Staff on the real wire: the first owner's link, enrolment, sign-in, second factors anew, and everything an
attacker tries on the way. Ends with verify and with the audit log proven whole."""

import concurrent.futures
import json
import pathlib
import ssl
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import admin  # noqa: E402
import shop as shops  # noqa: E402

PASSWORD = "correct horse battery"


def enrolment(shop):
    old = shop.run_core("staff", "owner-link").splitlines()[0]
    link = shop.run_core("staff", "owner-link").splitlines()[0]
    console = admin.Console(shop)
    assert console.ask("POST", "/enrolments/open", {"token": old.split("#")[1]}).status == 404, "an old link is good"
    token = link.split("#")[1]
    secret = console.ask("POST", "/enrolments/open", {"token": token}, expect=200).json["totp_secret"]
    seen_by_a_thief, secret = secret, console.ask("POST", "/enrolments/open", {"token": token}, expect=200).json["totp_secret"]
    assert secret != seen_by_a_thief, "whoever opened the link before knows the secret that counts"
    step = admin.now_step()
    code = admin.one_time_code(secret, step)
    form = {"token": token, "email": "owner@example.com", "name": "Olga Owner", "password": PASSWORD, "code": code}
    for wrong, status, problem in (
            ({"password": "short"}, 422, "password_too_short"),
            ({"password": "password123"}, 422, "password_breached"),
            ({"password": "owner@example.com"}, 422, "password_is_about_you"),
            ({"password": "x" * 200}, 422, "password_too_long"),
            ({"code": "000000" if code != "000000" else "000001"}, 400, "invalid_request"),
            ({"email": "nobody"}, 400, "invalid_request"),
            ({"email": None}, 400, "invalid_request"),
            ({"token": "A" * 43}, 404, "not_found"),
            ({"surplus": 1}, 400, "invalid_request")):
        answer = console.ask("POST", "/enrolments", form | wrong)
        assert (answer.status, answer.code) == (status, problem), f"{wrong}: {answer}"
    # Of many who have the link at once, one enrols.
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: admin.Console(shop).ask("POST", "/enrolments", form), range(6)))
    assert sorted(answer.status for answer in answers) == [201, 404, 404, 404, 404, 404], answers
    codes = next(answer for answer in answers if answer.status == 201).json["recovery_codes"]
    assert len(set(codes)) == 10, codes
    assert "has enrolled" in shop.run_core("staff", "owner-link", expect=1)
    console.email, console.password, console.secret = "owner@example.com", PASSWORD, secret
    console.recovery_codes, console.last_step = codes, step
    return console


def one_time_codes(shop, owner):
    """±1 step once each; replayed, older, further ones and guesses made at once never."""
    used = admin.one_time_code(owner.secret, owner.last_step)
    owner.sign_in(code=used, expect=401)
    owner.sign_in(code=admin.one_time_code(owner.secret, admin.now_step() + 3), expect=401)
    owner.sign_in(code=admin.one_time_code(owner.secret, admin.now_step() - 3), expect=401)
    step = admin.now_step() + 1
    code = admin.one_time_code(owner.secret, step)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: owner.beside(shop).sign_in(code=code, expect=None), range(4)))
    assert sorted(answer.status for answer in answers) == [201, 401, 401, 401], answers
    owner.last_step = step
    recovery = owner.recovery_codes.pop()
    owner.sign_in(code=recovery.upper().replace("-", " "))
    owner.beside(shop).sign_in(code=recovery, expect=401)
    owner.beside(shop).sign_in(code="", password=PASSWORD, expect=401)


def step_up(owner):
    reason = {"reason": "a test"}
    refused = owner.ask("POST", "/keys", reason)
    assert (refused.status, refused.code) == (403, "step_up_required"), refused
    before = owner.cookie
    owner.step_up(code=owner.recovery_codes.pop())
    assert owner.cookie != before, "the session keeps its secret when its rights grow"
    renewed, owner.cookie = owner.cookie, before
    assert owner.ask("GET", "/me").status == 401, "the old cookie is still good"
    owner.cookie = renewed
    assert owner.ask("GET", "/me", expect=200).json["is_fresh"]
    assert owner.ask("POST", "/keys", {"reason": ""}).status == 400, "an act without its reason"
    rotated = owner.ask("POST", "/keys", reason, expect=201).json["items"]
    assert [key["version"] for key in rotated] == [1, 2], rotated


def other_sites(shop, owner):
    """What a page of somebody else can make a browser send."""
    for headers in ({"Origin": "https://evil.example"}, {"Origin": None}, {"Origin": "null"},
                    {"Origin": owner.origin.replace("https", "http")},
                    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = owner.ask("DELETE", "/me/sessions", headers=headers)
        assert (answer.status, answer.code) == (403, "cross_origin"), f"{headers}: {answer}"
    answer = owner.ask("POST", "/me/step-up", b'{"code":"123456"}', headers={"Content-Type": "text/plain"})
    assert answer.status == 415, answer
    for host in ("evil.example", f"localhost:{shop.port_base + 3}", "127.0.0.1"):
        answer = owner.ask("GET", "/me", headers={"Host": host})
        assert (answer.status, answer.code) == (421, "wrong_host"), f"{host}: {answer}"
    page = owner.ask("GET", "/me")
    for header in ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options",
                   "Referrer-Policy", "Cross-Origin-Opener-Policy"):
        assert header in page.headers, f"{header} is missing"
    assert page.headers["Cache-Control"] == "no-store" and "Access-Control-Allow-Origin" not in page.headers


def odd_bodies(owner):
    deep = b'{"code":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    for body, status in ((deep, 400), (b"{", 400), (b"[]", 400), (b'{"code":1}', 400), (b"\xff\xfe", 400),
                         (b'{"code":"1","code":"2"}', 400), (b'{"code":"' + b"1" * 200_000 + b'"}', 413)):
        answer = owner.ask("POST", "/me/step-up", body)
        assert answer.status == status, f"{body[:20]}: {answer}"
    assert owner.ask("GET", "/orders?limit=1000").status == 400
    assert owner.ask("GET", "/orders?limit=10&limit=10").status == 400
    assert owner.ask("PATCH", "/orders").status == 405


def sessions(shop, owner):
    for altered in (owner.cookie[:-1] + ("A" if owner.cookie[-1] != "A" else "B"), owner.cookie[:-1], "", "x" * 5_000):
        thief = admin.Console(shop)
        thief.cookie = altered or None
        assert thief.ask("GET", "/me").status == 401, "an altered cookie is good"
    other = owner.beside(shop)
    other.sign_in(code=owner.recovery_codes.pop())
    listed = owner.ask("GET", "/me/sessions", expect=200).json["items"]
    assert sum(session["is_current"] for session in listed) == 1 and len(listed) >= 2, listed
    owner.ask("DELETE", "/me/sessions", expect=204)
    assert other.ask("GET", "/me").status == 401 and owner.ask("GET", "/me").status == 200


def lock_out(shop, owner):
    """Guesses from one place use up its budget, however many come at once; the owner's own place has another."""
    stranger = admin.Console(shop)
    for _ in range(11):
        last = stranger.ask("POST", "/sessions", {"email": "who@example.com", "password": PASSWORD, "code": "123456"})
    assert (last.status, last.code) == (429, "rate_limited") and last.headers["Retry-After"], last
    owner.beside(shop).sign_in(code=owner.recovery_codes.pop())


def wrong_passwords(owner):
    """Whoever sits at a screen that was left open does not guess the password."""
    change = {"old_password": "not this one", "new_password": "another long pass phrase"}
    answers = [owner.ask("PUT", "/me/password", change) for _ in range(7)]
    assert [answer.status for answer in answers] == [422] * 5 + [429] * 2, answers


def credentials_end(shop, owner):
    """Who is invited again has nothing left of before; and the only owner is not locked out by a click."""
    catalog = admin.enrol_member(shop, "catalog", owner)
    listed = {member["role"]: member for member in owner.ask("GET", "/staff", expect=200).json["items"]}
    made = owner.ask("POST", "/roles", {"name": "maker", "permissions": ["shop.read", "tokens.manage"],
                                        "reason": "a test"}, expect=201).json
    owner.ask("PATCH", f"/staff/{listed['catalog']['id']}", {"version": listed["catalog"]["version"], "role": made["name"],
                                                             "reason": "a test"}, expect=200)
    catalog.sign_in()
    catalog.step_up()
    token = catalog.ask("POST", "/tokens", {"label": "t", "permissions": ["shop.read"], "lifetime_hours": 1,
                                            "reason": "a test"}, expect=201).json["secret"]
    assert owner.ask("GET", "/shop", token=token).status == 200
    why = {"reason": "lost the phone"}
    link = owner.ask("POST", f"/staff/{listed['catalog']['id']}/invitation", why, expect=201).json["link"]
    again = admin.Console(shop)
    again.enrol(link, "a new long pass phrase")
    assert owner.ask("GET", "/shop", token=token).status == 401, "a token outlives what proved its maker"
    alone = owner.ask("POST", f"/staff/{listed['owner']['id']}/invitation", why)
    assert alone.status == 409, alone


def staff_changes(shop, owner):
    support = admin.enrol_member(shop, "support", owner)
    assert owner.ask("POST", "/staff", {"email": "SUPPORT@example.com ", "name": "Twice", "role": "support",
                                        "reason": "a test"}).status == 409, "one address, two accounts"
    listed = {member["email"]: member for member in owner.ask("GET", "/staff", expect=200).json["items"]}
    me, them = listed["owner@example.com"], listed["support@example.com"]
    alone = owner.ask("PATCH", f"/staff/{me['id']}", {"version": me["version"], "disabled": True, "reason": "a test"})
    assert alone.status == 409 and "active owner" in alone.json["detail"], alone
    stale = owner.ask("PATCH", f"/staff/{them['id']}", {"version": 99, "role": "analyst", "reason": "a test"})
    assert (stale.status, stale.code) == (409, "version_conflict"), stale
    owner.ask("PATCH", f"/staff/{them['id']}", {"version": them["version"], "role": "analyst", "reason": "a test"},
              expect=200)
    assert support.ask("GET", "/me").status == 401, "old rights live on in an old session"
    owner.ask("PATCH", f"/staff/{them['id']}", {"version": them["version"] + 1, "disabled": True, "reason": "left"},
              expect=200)
    support.sign_in(expect=401)
    assert owner.ask("POST", "/roles", {"name": "night-shift", "permissions": ["orders.read", "stock.read"],
                                        "reason": "a test"}, expect=201).json["version"] == 1
    night = admin.enrol_member(shop, "night-shift", owner)
    assert night.ask("GET", "/orders").status == 200 and night.ask("GET", "/shop").status == 403
    in_use = owner.ask("POST", "/roles/night-shift/remove", {"reason": "a test"})
    assert in_use.status == 409, in_use


def an_attack_upwards(shop, owner):
    """Whoever may manage staff and roles, but is no owner, makes no owner."""
    owner.ask("POST", "/roles", {"name": "personnel", "permissions": ["staff.read", "staff.manage", "roles.manage",
                                                                      "tokens.manage"], "reason": "a test"}, expect=201)
    clerk = admin.enrol_member(shop, "personnel", owner)
    listed = {member["role"]: member for member in clerk.ask("GET", "/staff", expect=200).json["items"]}
    why = {"reason": "upwards"}
    for method, path, body in (
            ("POST", "/staff", {"email": "me@example.com", "name": "Me", "role": "owner"}),
            ("PATCH", f"/staff/{listed['personnel']['id']}", {"version": 2, "role": "owner"}),
            ("PATCH", f"/staff/{listed['owner']['id']}", {"version": 2, "disabled": True}),
            ("POST", f"/staff/{listed['owner']['id']}/invitation", {}),
            ("POST", f"/staff/{listed['owner']['id']}/sign-out", {}),
            ("POST", "/roles", {"name": "mighty", "permissions": ["keys.destroy"]}),
            ("PUT", "/roles/night-shift", {"version": 1, "permissions": ["staff.read"]}),
            ("POST", "/tokens", {"label": "t", "permissions": ["orders.read"], "lifetime_hours": 1})):
        answer = clerk.ask(method, path, body | why)
        assert answer.status == 403 and answer.code == "forbidden", f"{path}: {answer}"
    log = shop.run_core("audit", "list", "--limit", "1000")
    for act in ("inviteStaff", "changeStaff", "inviteStaffAgain", "signOutStaff", "makeRole", "changeRole", "makeToken"):
        assert any(act in line and "DENIED" in line for line in log.splitlines()), f"{act}: an attack upwards is not recorded"


def tls_is_1_3(shop):
    context = ssl.create_default_context(cafile=shop.ca_file)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        with socket.create_connection(("localhost", shop.port_base + 1), 10) as plain:
            context.wrap_socket(plain, server_hostname="localhost")
        raise AssertionError("TLS 1.2 is spoken")
    except ssl.SSLError:
        pass


def nothing_told(shop, owner):
    """Neither store nor logs hold what only staff may know."""
    shop.run_core("audit", "verify")
    log = shop.run_core("audit", "list", "--limit", "1000")
    for act in ("staff.enrol", "staff.sign_in", "staff.step_up", "staff.invite", "staff.change", "role.make"):
        assert act in log, f"{act} is not in the audit log"
    secrets = [PASSWORD, owner.secret, owner.cookie, owner.email, "Olga Owner", *owner.recovery_codes]
    for file in [shop.store_file, shop.store_file.with_name("core.db-wal"), shop.folder / "core.out",
                 *(shop.data / "private/log").glob("*")]:
        content = file.read_bytes() if file.exists() else b""
        for secret in secrets:
            assert secret.encode() not in content, f"{file.name} holds a secret in clear"
    assert json.dumps(secrets[3]) not in log


def main():
    with shops.shop(edges=0) as shop:
        tls_is_1_3(shop)
        owner = enrolment(shop)
        one_time_codes(shop, owner)
        step_up(owner)
        other_sites(shop, owner)
        odd_bodies(owner)
        sessions(shop, owner)
        lock_out(shop, owner)
        wrong_passwords(owner)
        credentials_end(shop, owner)
        staff_changes(shop, owner)
        an_attack_upwards(shop, owner)
        nothing_told(shop, owner)
        shop.verify()


if __name__ == "__main__":
    main()
