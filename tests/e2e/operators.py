"""The operators of messages (tools/lib/message_operators.py) as the end-to-end tests use them."""

import email
import email.policy
import json
import pathlib
import subprocess
import sys
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
from suite import await_until  # noqa: E402

PROGRAM = ROOT / "tools" / "lib" / "message_operators.py"
# As the operators want them.
TOKEN, USER, PASSWORD = "token-of-the-provider", "sas", "password-of-the-relay"


class Operators:
    """A provider of SMS and a relay of mail in processes of their own; a context manager."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = None
        self.ports = {}

    def __enter__(self):
        certificate, key = self.folder / "relay.pem", self.folder / "relay.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        with open(self.folder / "operators.log", "ab") as log:
            # Debian's python3: the SMTP server is one of its packages.
            self.process = subprocess.Popen(
                ["/usr/bin/python3", PROGRAM, self.folder, "--mail", certificate, key],
                stdout=log, stderr=log, start_new_session=True)
        ports = self.folder / "operators.json"
        await_until(ports.exists, lambda: (self.folder / "operators.log").read_text())
        self.ports = json.loads(ports.read_text())
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def settings(self):
        """What booking is told about them."""
        secrets = {}
        for name, secret in (("token", TOKEN), ("password", PASSWORD)):
            secrets[name] = self.folder / name
            secrets[name].touch(mode=0o600)
            secrets[name].write_text(secret)
        relay = f"localhost:{self.ports['smtp']}"
        return {"SAS_BOOKING_SMS_URL": f"http://127.0.0.1:{self.ports['sms']}/messages",
                "SAS_BOOKING_SMS_TOKEN_FILE": str(secrets["token"]),
                "SAS_BOOKING_MAIL_RELAY": relay, "SAS_BOOKING_MAIL_USER": USER,
                "SAS_BOOKING_MAIL_PASSWORD_FILE": str(secrets["password"]),
                "SAS_BOOKING_MAIL_FROM": "rdv@sas.example",
                "SAS_BOOKING_SECURE_MAIL_RELAY": relay, "SAS_BOOKING_SECURE_MAIL_USER": USER,
                "SAS_BOOKING_SECURE_MAIL_PASSWORD_FILE": str(secrets["password"]),
                "SAS_BOOKING_SECURE_MAIL_FROM": "sas@sas85.essai.mssante.fr",
                "SAS_BOOKING_MESSAGE_CA_FILE": str(self.folder / "relay.pem"),
                # The tests run at any hour.
                "SAS_BOOKING_QUIET_HOURS": "false"}

    def go_on(self, **ways):
        """How they answer from now on."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports['sms']}/control",
                                         data=json.dumps(ways).encode(), method="POST")
        urllib.request.urlopen(request, timeout=10).close()

    def attempts(self, kind):
        file = self.folder / "attempts.jsonl"
        if not file.exists():
            return []
        return [each for each in map(json.loads, file.read_text(encoding="utf-8").splitlines())
                if each["kind"] == kind]

    def texts_to(self, number):
        return [each["text"] for each in self.attempts("sms") if each["to"] == number]

    def letters_to(self, address):
        """Letters as a mail program shows them."""
        return [email.message_from_string(each["letter"], policy=email.policy.default)
                for each in self.attempts("mail") if address in each["to"]]
