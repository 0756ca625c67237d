"""Starts, kills and asks a whole suite on this machine: Redis, the three services, Prometheus.

Used by tools/run, the end-to-end tests and the benchmarks, so that all three mean the same suite.
Every process is private: own folder, own sockets, nothing of the system's services.
"""

import contextlib
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ("regulation", "slots", "booking")
START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 30
POLL_SECONDS = 0.02
POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")

# Where each demo file belongs; a CPTS over three départements is one region here.
DEMO_TERRITORIES = (
    ("fr-pdl", "85", "challans.json"),
    ("fr-naq", "33", "haute-gironde.json"),
    ("fr-ara", "43", "nord-velay-forez.json"),
)


def await_until(condition, what, seconds=10):
    """Polls until `condition` gives something true and returns that; fails loudly after `seconds`.

    `what` says what was waited for: a text, or a function that makes it in the end.
    """
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(POLL_SECONDS)


class Refused(Exception):
    """sasctl was refused; `answer` is its JSON."""

    def __init__(self, command, code, answer):
        super().__init__(f"sasctl {' '.join(command)}: exit {code}: {json.dumps(answer)}")
        self.code = code
        self.answer = answer

    @property
    def reason(self):
        return self.answer.get("reason", "")


class Watching:
    """A running `sasctl watch`: its events so far, in the order in which it told them."""

    def __init__(self, command):
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                         start_new_session=True)
        self.events = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self.events.append(json.loads(line))

    def of(self, service):
        """The events of one service; each has its own log and order."""
        kinds = {"regulation": ("case.", "order.", "lost_call."), "booking": ("appointment.",),
                 "slots": ("agenda.", "seats.", "slot.", "territory.")}
        return [event for event in self.events if event["type"].startswith(kinds[service])]

    def stop(self):
        """Ends it when it has not ended by itself; returns its events."""
        if self._process.poll() is None:
            self._process.terminate()  # SIGINT is ignored below a shell's background job.
        return self.wait()

    def wait(self):
        self._process.wait(STOP_SECONDS_MAX)
        self._reader.join(STOP_SECONDS_MAX)
        self._process.stdout.close()
        return self.events


class Suite:
    """One suite in one folder. A context manager: leaving it stops everything."""

    start_seconds_max = START_SECONDS_MAX
    services = SERVICES  # Those that start() starts.

    def __init__(self, binaries, folder=None, tcp=False, ledger="sqlite", settings=None):
        self.binaries = pathlib.Path(binaries)
        self._own_folder = folder is None
        # Sockets have short names only: not below a deep build folder.
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="sas-", dir="/tmp"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.tcp = tcp
        self.ledger = ledger
        self.settings = settings or {}
        self.processes = {}
        self.addresses = {}
        self.metrics_ports = {}
        self.key_file = self.folder / "auth.key"
        if not self.key_file.exists():
            self.key_file.touch(mode=0o600)
            self.key_file.write_text(secrets.token_hex(32))
        self._sockets = tempfile.mkdtemp(prefix="sas-", dir="/tmp")
        self._postgres = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # --- processes ---------------------------------------------------------------------------

    def start(self):
        """Everything, in an order that needs no luck; returns when each service is ready."""
        if self.ledger == "postgres":
            self.start_postgres()
        self.start_redis()
        for name in SERVICES:
            self.addresses[name] = self._address(name)
        for name in self.services:
            self.spawn(name)
        self.write_suite_file()
        for name in self.services:
            self.wait_ready(name)

    def _address(self, name):
        if not self.tcp:
            return f"unix:{self._sockets}/{name}.sock"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return f"127.0.0.1:{probe.getsockname()[1]}"

    @property
    def redis_socket(self):
        return f"{self._sockets}/redis.sock"

    def start_redis(self):
        with open(self.folder / "redis.log", "ab") as log:
            self.processes["redis"] = subprocess.Popen(
                ["redis-server", "--port", "0", "--unixsocket", self.redis_socket, "--save", "",
                 "--appendonly", "no", "--dir", str(self.folder), "--daemonize", "no"],
                stdout=log, stderr=log, start_new_session=True)
        self._await("redis", lambda: self.redis("PING", check=False) == "PONG")

    def redis(self, *command, check=True):
        done = subprocess.run(["redis-cli", "-e", "-s", self.redis_socket, *command],
                              capture_output=True, text=True, check=check)
        return done.stdout.strip()

    def spawn(self, name):
        """Starts a service without waiting for it."""
        service = name.partition("-")[0]  # "slots-2" is another process of slots.
        upper = service.upper()
        port_file = self.folder / f"{name}.ports"
        port_file.unlink(missing_ok=True)
        environment = {
            "PATH": os.environ.get("PATH", ""),
            f"SAS_{upper}_LISTEN": self.addresses[name],
            f"SAS_{upper}_METRICS_LISTEN": "127.0.0.1:0",
            f"SAS_{upper}_LEDGER": self._ledger_url(service),
            f"SAS_{upper}_AUTH_KEY_FILE": str(self.key_file),
            f"SAS_{upper}_PORT_FILE": str(port_file),
            f"SAS_{upper}_REFLECTION": "true",
            f"SAS_{upper}_TEST_IDENTITIES": "true",
            f"SAS_{upper}_LEDGER_RESERVE_MIB": "1",  # Many suites share a disk.
        }
        if self.ledger == "postgres":
            environment[f"SAS_{upper}_LEDGER_SCHEMA"] = service
        if service == "regulation":
            environment["SAS_REGULATION_BOOKING_ADDRESS"] = self.addresses["booking"]
        if service == "slots":
            environment["SAS_SLOTS_REDIS"] = f"unix:{self.redis_socket}"
        if service == "booking":
            environment["SAS_BOOKING_SLOTS_ADDRESS"] = self.addresses["slots"]
            environment["SAS_BOOKING_REGULATION_ADDRESS"] = self.addresses["regulation"]
        for key in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_PRELOAD"):
            if key in os.environ:
                environment[key] = os.environ[key]
        environment.update(self.settings.get(service, {}))
        with open(self.folder / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(self.binaries / f"sas-{service}")], env=environment, stdout=log, stderr=log,
                start_new_session=True)

    def add_replica(self, service):
        """Another process of a service on the same ledger, which must not be SQLite; its name."""
        if self.ledger != "postgres":
            raise RuntimeError("two processes do not share a file of SQLite")
        name = f"{service}-2"
        self.addresses[name] = self._address(name)
        self.spawn(name)
        self.wait_ready(name)
        if service == "slots":  # As its balance would: not before it knows what the others know.
            self._await(name, lambda: self.metric(name, "sas_slots_up", part="projection") == 1)
        return name

    def wait_ports(self, name):
        """Until it listens."""
        port_file = self.folder / f"{name}.ports"
        self._await(name, port_file.exists)
        for word in port_file.read_text().split():
            key, _, value = word.partition("=")
            if key == "metrics":
                self.metrics_ports[name] = int(value)

    def wait_ready(self, name):
        self.wait_ports(name)
        if name in SERVICES:
            self._await(name, lambda: self.status().get(name) == "SERVING")
        if "prometheus" in self.processes:
            self._write_targets()  # A restarted service has another port.

    def _await(self, name, condition):
        """Rests for a hundredth of what it has waited: to ask costs a large region little."""
        begin = time.monotonic()
        end = begin + self.start_seconds_max
        while not condition():
            process = self.processes.get(name)
            if process is not None and process.poll() is not None:
                raise RuntimeError(f"{name} has ended with {process.returncode}:\n"
                                   f"{self.tail(name)}")
            if time.monotonic() > end:
                raise RuntimeError(f"{name} is not ready after {self.start_seconds_max} s:\n"
                                   f"{self.tail(name)}")
            time.sleep(max(POLL_SECONDS, (time.monotonic() - begin) / 100))

    def tail(self, name, lines=15):
        log = self.folder / f"{name}.log"
        if not log.exists():
            return ""
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])

    def kill(self, name):
        """kill -9: no time to say anything."""
        if name == "postgres":
            self._kill_postgres()
        else:
            self._end(name, signal.SIGKILL)

    def ended(self, name):
        """Whether a process has ended by itself; it is then forgotten."""
        if self.processes[name].poll() is None:
            return False
        del self.processes[name]
        return True

    def terminate(self, name):
        """SIGTERM; returns the exit code."""
        return self._end(name, signal.SIGTERM)

    def signal(self, name, number):
        """Sends a signal and waits for nothing: SIGSTOP, SIGCONT, a SIGTERM to look at."""
        self.processes[name].send_signal(number)

    def _end(self, name, number):
        process = self.processes[name]
        process.send_signal(number)
        try:
            return process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            del self.processes[name]

    def restart(self, name):
        if name == "redis":
            return self.start_redis()
        if name == "postgres":
            return self._run_postgres()
        self.spawn(name)
        return self.wait_ready(name)

    def stop(self):
        for name in ("slots-2", *reversed(SERVICES), "prometheus", "redis"):
            if name in self.processes:
                self.signal(name, signal.SIGCONT)  # A test may have left it stopped.
                try:
                    self._end(name, signal.SIGTERM)
                except subprocess.TimeoutExpired:
                    pass
        if self._postgres:
            self._stop_postgres()
        shutil.rmtree(self._sockets, ignore_errors=True)
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    # --- ledgers -----------------------------------------------------------------------------

    def _ledger_url(self, name):
        if self.ledger == "postgres":
            return f"postgresql:host={self._postgres['socket']} user=postgres dbname=postgres"
        return f"sqlite:{self.folder}/{name}.db"

    @staticmethod
    def has_postgres():
        return (POSTGRES / "initdb").exists()

    def _as_postgres(self, *command):
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL)

    @staticmethod
    def has_postgis():
        return pathlib.Path("/usr/share/postgresql/15/extension/postgis.control").exists()

    @property
    def postgres_socket(self):
        return self._postgres["socket"]

    def start_postgres(self, options=""):
        """A private cluster; `options` as of postgres' command line."""
        self.make_postgres(options)
        self._run_postgres()

    def make_postgres(self, options="", data=None, initdb=()):
        """The cluster's folder, for restart("postgres") to start, with settings["postgres"] as its
        environment; `data` lies in it unless told otherwise, in a folder of the user postgres."""
        home = pathlib.Path(tempfile.mkdtemp(prefix="sas-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            shutil.chown(home, "postgres", "postgres")
        self._postgres = {
            "home": home, "socket": str(home), "programs": POSTGRES, "data": data or home / "data",
            "options": f"-k {home} -c listen_addresses='' -c max_connections=250 {options}"}
        self._as_postgres(str(POSTGRES / "initdb"), "-D", str(self._postgres["data"]), "-A", "trust",
                          "-U", "postgres", *initdb)
        return home

    def _run_postgres(self):
        environment = [f"{key}={value}" for key, value in self.settings.get("postgres", {}).items()]
        self._as_postgres("env", *environment, str(POSTGRES / "pg_ctl"), "-D",
                          str(self._postgres["data"]), "-w", "-l", str(self._postgres["home"] / "log"),
                          "-o", self._postgres["options"], "start")

    def postgres_runs(self):
        """Whether there is a postmaster; it may be at its recovery."""
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        return subprocess.run([*prefix, str(POSTGRES / "pg_ctl"), "-D", str(self._postgres["data"]),
                               "status"], stdout=subprocess.DEVNULL, check=False).returncode == 0

    def _kill_postgres(self):
        """kill -9 of the postmaster and of all that it has started."""
        pid_file = self._postgres["data"] / "postmaster.pid"
        postmaster = int(pid_file.read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGSTOP)  # It starts no more.
        found = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True)
        family = [postmaster, *map(int, found.stdout.split())]
        for process in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        # A new one does not start while the old one's number is still in use.
        await_until(lambda: not any(pathlib.Path(f"/proc/{each}").exists() for each in family),
                    "PostgreSQL has ended")

    def rows(self, service, query):
        """Rows of a service's ledger. SQLite's file belongs to the service, which must have ended."""
        if self.ledger == "sqlite":
            with contextlib.closing(sqlite3.connect(self.folder / f"{service}.db")) as ledger:
                return [tuple(map(str, row)) for row in ledger.execute(query)]
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*prefix, "psql", "-X", "-q", "-A", "-t", "-F", "\t", "-h", self._postgres["socket"],
             "-U", "postgres", "-c", f"SET search_path TO {service}", "-c", query],
            capture_output=True, text=True, check=True, cwd="/")
        return [tuple(line.split("\t")) for line in done.stdout.splitlines()]

    def psql(self):
        """A session of the database's owner, to write SQL into."""
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        return subprocess.Popen(
            [*prefix, "psql", "-X", "-q", "-h", self._postgres["socket"], "-U", "postgres"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run_sql(self, text):
        """As the database's owner; all of it or an error."""
        self._as_postgres("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self._postgres["socket"],
                          "-U", "postgres", "-c", text)

    def postgres_program(self, name):
        return str(self._postgres["programs"] / name)

    def _stop_postgres(self):
        if self.postgres_runs():  # A test may have ended it.
            self._as_postgres(str(POSTGRES / "pg_ctl"), "-D", str(self._postgres["data"]), "-m", "fast",
                              "stop")
        shutil.rmtree(self._postgres["home"], ignore_errors=True)

    # --- Prometheus --------------------------------------------------------------------------

    def start_prometheus(self, scrape_seconds=None):
        """Debian's Prometheus beside the suite; returns its URL. Tests scrape more often."""
        if "prometheus" in self.processes:
            raise RuntimeError("Prometheus is running already")
        home = self.folder / "prometheus"
        home.mkdir(exist_ok=True)
        self._write_targets()
        source = ROOT / "deploy" / "prometheus"
        config = (source / "prometheus.yml").read_text()
        if scrape_seconds:
            config = re.sub(r"(scrape_interval|scrape_timeout|evaluation_interval): \d+s",
                            rf"\1: {scrape_seconds}s", config)
        (home / "prometheus.yml").write_text(config)
        shutil.copytree(source / "rules", home / "rules", dirs_exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with open(self.folder / "prometheus.log", "ab") as log:
            self.processes["prometheus"] = subprocess.Popen(
                ["prometheus", f"--config.file={home}/prometheus.yml",
                 f"--storage.tsdb.path={home}/data", f"--web.listen-address=127.0.0.1:{port}"],
                stdout=log, stderr=log, start_new_session=True)
        return f"http://127.0.0.1:{port}"

    def _write_targets(self):
        """By renaming: Prometheus reads the file whenever it changes."""
        targets = [{"targets": [f"127.0.0.1:{port}"], "labels": {"service": name}}
                   for name, port in self.metrics_ports.items()]
        draft = self.folder / "prometheus" / "targets.json.new"
        draft.write_text(json.dumps(targets))
        draft.rename(draft.with_suffix(""))

    def metrics(self, name):
        """What a service tells Prometheus, as text."""
        url = f"http://127.0.0.1:{self.metrics_ports[name]}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read().decode()

    def metric(self, name, series, **labels):
        """Sum over the series of that name with those labels; 0 when there is none."""
        total = 0.0
        for line in self.metrics(name).splitlines():
            match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if match and match.group(1) == series:
                found = dict(re.findall(r'(\w+)="([^"]*)"', match.group(2) or ""))
                if labels.items() <= found.items():
                    total += float(match.group(3))
        return total

    # --- asking ------------------------------------------------------------------------------

    @property
    def suite_file(self):
        return self.folder / "suite.json"

    def write_suite_file(self, region="fr-pdl", territory="85"):
        self.suite_file.write_text(json.dumps({
            **self.addresses, "key_file": str(self.key_file), "region": region,
            "territory": territory}))

    def ctl(self, *arguments, region="fr-pdl", territory="85", role=None, subject=None,
            profession=None, entry_point=None, organization=None, request_id=None):
        """sasctl --json; returns its answer, raises Refused with the reason."""
        command = self._sasctl("--region", region, "--territory", territory)
        for option, value in (("--as", role), ("--subject", subject), ("--profession", profession),
                              ("--entry-point", entry_point), ("--organization", organization),
                              ("--request-id", request_id)):
            if value:
                command += [option, value]
        command += arguments
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        answer = {}
        if done.stdout.strip():
            answer = json.loads(done.stdout.strip().splitlines()[-1])
        if done.returncode != 0:
            raise Refused(arguments, done.returncode, answer or {"message": done.stderr.strip()})
        return answer

    def ctl_lines(self, *arguments):
        """What sasctl --json prints, line by line: for commands that print a list of any length."""
        done = subprocess.run(self._sasctl(*arguments), capture_output=True, text=True, timeout=60,
                              check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def _sasctl(self, *options):
        return [str(self.binaries / "sasctl"), "--json", "--suite", str(self.suite_file), *options]

    def command(self, *arguments):
        """The words that start sasctl, for who reads its output while it runs."""
        return self._sasctl(*arguments)

    def watch(self, *arguments, region="fr-pdl"):
        """Starts `sasctl watch`; the caller stops it."""
        return Watching(self._sasctl("--region", region, "watch", *arguments))

    def watch_slots(self, *arguments, region="fr-pdl", **actor):
        """Starts `sasctl slots watch`; the caller stops it. Its `events` are the messages."""
        options = [word for name, value in actor.items()
                   for word in (f"--{'as' if name == 'role' else name.replace('_', '-')}", value)]
        return Watching(self._sasctl("--region", region, *options, "slots", "watch", *arguments))

    def status(self):
        try:
            return self.ctl("status")
        except Refused as refused:
            return refused.answer

    def load_demo(self):
        return [self.ctl("territory", "load", str(ROOT / "deploy" / "demo" / name), region=region,
                         territory=territory)
                for region, territory, name in DEMO_TERRITORIES]
