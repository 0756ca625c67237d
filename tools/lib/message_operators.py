#!/usr/bin/python3
"""The operators of messages on one machine: an SMS provider over HTTP, and a mail relay over SMTP; under
/expertises the provider is a platform of téléexpertise.

    message_operators.py FOLDER [--mail]

Writes FOLDER/operators.json once both listen, and each attempt, also one that is refused or a repeat, as a
line of FOLDER/attempts.jsonl before it answers. For demos and tests; nothing leaves the machine.

`POST /control` on the provider's port sets how both go on: `answer` (status of the next attempts, 0 is none
at all), `receipt` (queued, delivered or failed), `smtp` (the relay's reply to a letter, for example
"451 later" or "hold"). The mail port `clear` offers neither STARTTLS nor AUTH.
"""

import argparse
import asyncio
import http.server
import json
import pathlib
import ssl
import threading
import time

TOKEN = "token-of-the-provider"
USER, PASSWORD = "sas", "password-of-the-relay"
BODY_BYTES_MAX = 64 * 1024
HOLD_SECONDS_MAX = 60


class Operators:
    """What both share: how they answer, and what they were given."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.ways = {"answer": 202, "receipt": "queued", "smtp": "250 OK"}
        self.taken = {}  # Idempotency key -> number.
        self.servers = []

    def note(self, **attempt):
        with self.lock, open(self.folder / "attempts.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"at": time.time(), **attempt}, ensure_ascii=False) + "\n")


def provider(operators):
    class Provider(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, status, body):
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self):  # pylint: disable=invalid-name
            length = min(int(self.headers.get("Content-Length", 0)), BODY_BYTES_MAX)
            body = json.loads(self.rfile.read(length))
            if self.path == "/control":
                operators.ways.update(body)
                return self.answer(200, operators.ways)
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self.answer(401, {})
            key = self.headers["Idempotency-Key"]
            status = operators.ways["answer"]
            kind = "expertise" if self.path == "/expertises" else "sms"
            operators.note(kind=kind, key=key, status=status, **body)
            if status == 0:  # The message is taken, the answer never comes.
                time.sleep(HOLD_SECONDS_MAX)
                return None
            if status >= 300:
                return self.answer(status, {})
            with operators.lock:
                number = operators.taken.setdefault(key, f"op-{len(operators.taken) + 1}")
            return self.answer(status, {"id": number})

        def do_GET(self):  # pylint: disable=invalid-name
            self.answer(200, {"status": operators.ways["receipt"]})

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


async def relay(operators, certificate, key):
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword  # Debian's, for tests only.

    class Relay:
        async def handle_DATA(self, _server, _session, envelope):  # pylint: disable=invalid-name
            way = operators.ways["smtp"]
            operators.note(kind="mail", to=envelope.rcpt_tos, sender=envelope.mail_from, reply=way,
                           letter=envelope.content.decode("ascii"))
            if way == "hold":
                await asyncio.sleep(HOLD_SECONDS_MAX)
                return "451 held"
            return way

    def check(_server, _session, _envelope, _mechanism, given):
        good = (isinstance(given, LoginPassword)
                and (given.login, given.password) == (USER.encode(), PASSWORD.encode()))
        return AuthResult(success=good)

    async def listen(**options):
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(Relay(), hostname="localhost", **options), "127.0.0.1", 0)
        servers.append(server)
        return server.sockets[0].getsockname()[1]

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    servers = operators.servers
    return {"smtp": await listen(tls_context=context, require_starttls=True, authenticator=check,
                                 auth_required=True, auth_require_tls=True),
            "clear": await listen()}


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--mail", nargs=2, metavar=("CERTIFICATE", "KEY"))
    arguments = parser.parse_args()
    operators = Operators(arguments.folder)
    ports = {"sms": provider(operators)}
    if arguments.mail:
        ports |= await relay(operators, *arguments.mail)
    draft = arguments.folder / "operators.json.new"
    draft.write_text(json.dumps(ports))
    draft.rename(draft.with_suffix(""))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
