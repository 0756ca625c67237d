"""Redis' users: exactly the commands that scripts and client use, on sas:* keys, and a server that
starts with them. Runs redis-server when it is installed."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
REDIS = ROOT / "deploy" / "redis"
SLOTS = ROOT / "services" / "slots"
SERVER = shutil.which("redis-server") and shutil.which("redis-cli")
PASSWORD = "a password of this test"
# Never for a service, whatever a script may ask for one day.
DANGEROUS = {"config", "flushall", "flushdb", "keys", "restore", "migrate", "script", "function",
             "debug", "module", "shutdown", "replicaof", "acl", "monitor", "client", "save", "swapdb"}
COMMAND_IN_LUA = re.compile(r"redis\.p?call\(\s*'(\w+)'")
COMMAND_IN_CPP = re.compile(r"(?:Arguments|vector<std::string>)>? ?\w* ?=? ?\{+\s*\"([A-Z]+)\"|"
                            r"(?:ping|command\[0\]) = \"([A-Z]+)\"")


def rules(user):
    for line in (REDIS / "users.acl").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if words[:2] == ["user", user]:
            return words[2:]
    return []


def commands(user):
    return {word[1:] for word in rules(user) if word.startswith("+")}


def called():
    """Commands that the sources of the service and of its client name."""
    found = {"auth"}
    for script in (SLOTS / "scripts").glob("*.lua"):
        found |= set(COMMAND_IN_LUA.findall(script.read_text(encoding="utf-8")))
    for folder in (SLOTS, ROOT / "common" / "redis"):
        for source in folder.glob("*.cpp"):
            for names in COMMAND_IN_CPP.findall(source.read_text(encoding="utf-8")):
                found |= set(names) - {""}
    return {name.lower() for name in found}


class RedisUsers(unittest.TestCase):

    def test_the_service_may_do_what_its_sources_call_and_nothing_else(self):
        self.assertLess({"evalsha", "eval", "ping", "hset", "xread"}, called(), "the reader reads")
        self.assertEqual(commands("default"), called())

    def test_H47_nobody_gets_a_category_or_a_dangerous_command(self):
        for user in ("default", "probe"):
            self.assertIn("-@all", rules(user))
            self.assertFalse([word for word in rules(user) if word.startswith("+@")])
            self.assertFalse(commands(user) & DANGEROUS)
            self.assertNotIn("allkeys", rules(user))
            self.assertLess(rules(user).index("-@all"), rules(user).index("+ping"))
        self.assertEqual([word for word in rules("default") if word[0] == "~"], ["~sas:*"])
        self.assertEqual(commands("probe"), {"ping"})


@unittest.skipUnless(SERVER, "redis-server is not installed")
class RedisServer(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="sas-acl-", dir="/tmp"))
        secret = cls.folder / "password"
        secret.write_text(PASSWORD + "\n")
        cls.socket = cls.folder / "redis.sock"
        cls.server = subprocess.Popen(
            [REDIS / "start.sh", "--port", "0", "--unixsocket", str(cls.socket)],
            env={"PATH": "/usr/bin:/bin", "REDIS_RUN": str(cls.folder),
                 "REDIS_PASSWORD_FILE": str(secret)},
            stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while "PONG" not in cls.ask("PING") and time.monotonic() < deadline:
            time.sleep(0.05)

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(10)
        shutil.rmtree(cls.folder)

    @classmethod
    def ask(cls, *command, password=PASSWORD, user=None):
        login = ["--user", user] if user else []
        login += ["--pass", password, "--no-auth-warning"] if password else []
        run = subprocess.run(["redis-cli", "-s", str(cls.socket), *login, *command],
                             capture_output=True, text=True, timeout=10, check=False)
        return run.stdout + run.stderr

    def test_without_the_password_nothing_is_allowed(self):
        self.assertIn("NOAUTH", self.ask("PING", password=None))
        self.assertIn("WRONGPASS", self.ask("PING", password="another"))

    def test_the_service_writes_its_own_keys_only(self):
        self.assertEqual(self.ask("HSET", "sas:{fr-pdl}:meta", "epoch", "1").strip(), "1")
        self.assertIn("NOPERM", self.ask("HSET", "other:{fr-pdl}:meta", "epoch", "1"))
        script = "return redis.call('HGET', KEYS[1], 'epoch')"
        self.assertEqual(self.ask("EVAL", script, "1", "sas:{fr-pdl}:meta").strip(), "1")
        inside = "return redis.call('HGET', 'other', 'epoch')"
        self.assertRegex(self.ask("EVAL", inside, "1", "sas:{fr-pdl}:meta"), "can('t|not) access")

    def test_dangerous_commands_are_refused(self):
        for command in (["FLUSHALL"], ["CONFIG", "GET", "*"], ["KEYS", "*"], ["ACL", "LIST"],
                        ["SCRIPT", "FLUSH"], ["SHUTDOWN", "NOSAVE"]):
            self.assertIn("NOPERM", self.ask(*command), command)

    def test_the_probe_may_ping_and_no_more(self):
        self.assertEqual(self.ask("PING", user="probe", password="none").strip(), "PONG")
        self.assertIn("NOPERM", self.ask("HGETALL", "sas:{fr-pdl}:meta", user="probe",
                                         password="none"))

    def test_it_keeps_nothing_and_evicts_nothing(self):
        log = (REDIS / "start.sh").read_text(encoding="utf-8")
        for option in ("--save ''", "--appendonly no", "--maxmemory-policy noeviction"):
            self.assertIn(option, log)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()),
                         ["password", "redis.sock", "users.acl"])
        self.assertEqual((self.folder / "users.acl").stat().st_mode & 0o077, 0)


if __name__ == "__main__":
    unittest.main()
