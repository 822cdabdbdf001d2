#!/usr/bin/env python3
"""An SMTP server for one test: aiosmtpd with TLS and authentication.

Prints "port N" when it listens. Every mail that it takes becomes <folder>/<n>.txt, read by Python's own
parser, so that the test sees what a mail program would show.
"""

import argparse
import asyncio
import email
import email.policy
import logging
import pathlib
import ssl
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = b"toko", b"right password"


class Inbox:
    """nobody@ is refused for good, later@ once for now."""

    def __init__(self, folder):
        self.folder = folder
        self.taken = 0
        self.put_off = False

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("nobody@"):
            return "550 5.1.1 nobody of that name"
        if address.startswith("later@") and not self.put_off:
            self.put_off = True
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        login = session.auth_data.login.decode() if session.auth_data else ""
        lines = [f"ehlo={session.host_name}", f"login={login}", f"sender={envelope.mail_from}",
                 f"recipients={','.join(envelope.rcpt_tos)}", f"from={mail['From']}", f"to={mail['To']}",
                 f"subject={mail['Subject']}", f"defects={len(mail.defects)}", "",
                 mail.get_content().replace("\r\n", "\n")]
        self.taken += 1
        text = "\n".join(lines).encode()
        unfinished = self.folder / "unfinished"
        unfinished.write_bytes(text)
        unfinished.rename(self.folder / f"{self.taken}.txt")
        return "250 OK"


def authenticate(_server, _session, _envelope, _mechanism, data):
    right = (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=right, handled=right, auth_data=data)


async def serve(options):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if options.mode != "plain":
        tls.load_cert_chain(options.certificate + ".crt", options.certificate + ".key")
    inbox = Inbox(pathlib.Path(options.folder))

    def protocol():
        return SMTP(inbox, tls_context=tls if options.mode == "starttls" else None,
                    require_starttls=options.mode == "starttls", auth_required=True,
                    auth_require_tls=options.mode == "starttls", authenticator=authenticate)

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", options.port, ssl=tls if options.mode == "tls" else None)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=("starttls", "tls", "plain"), required=True)
    parser.add_argument("--certificate", required=True, help="path without .crt and .key")
    parser.add_argument("--folder", required=True)
    parser.add_argument("--port", type=int, default=0)
    logging.disable()  # refused handshakes are what some tests are about
    warnings.simplefilter("ignore")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
