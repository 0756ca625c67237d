"""The partner platform of partner/ from Python: installs its packages, makes its stubs, runs it."""

import json
import pathlib
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = pathlib.Path(__file__).resolve().parent / "partner"
# Where Debian keeps the standard protos, as in tools/cmake/Proto.cmake.
INCLUDES = ("/usr/share/gocode/src/github.com/gogo/googleapis", "/usr/share/grpc-proto")
STANDARD = ("google/rpc/status.proto", "google/rpc/error_details.proto",
            "grpc/health/v1/health.proto")
RUN_SECONDS_MAX = 60


class PartnerFailed(Exception):
    """The partner's program itself failed: not a refusal of a service."""


def _run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise PartnerFailed(f"{' '.join(map(str, command[:4]))}: {done.stdout}{done.stderr}")
    return done.stdout


def install():
    """npm packages by the lock file, then stubs from proto/; both only when something changed."""
    _run(["bash", "-c", f'. "{ROOT}/tools/lib/node_tools.sh" && ensure_node_tools "{HOME}"'])
    proto = ROOT / "proto"
    sources = sorted(path.relative_to(proto).as_posix() for path in proto.rglob("*.proto"))
    stamp = HOME / "gen" / ".made"
    newest = max([(proto / source).stat().st_mtime for source in sources]
                 + [(HOME / "package-lock.json").stat().st_mtime])
    if stamp.exists() and stamp.stat().st_mtime > newest:
        return
    stamp.parent.mkdir(exist_ok=True)
    _run(["protoc", "-I", proto, *(f"-I{folder}" for folder in INCLUDES),
          f"--plugin=protoc-gen-es={HOME}/node_modules/.bin/protoc-gen-es",
          f"--es_out={stamp.parent}", "--es_opt=target=js,import_extension=js", *sources, *STANDARD])
    stamp.touch()


class Partner:
    """Runs partner.mjs against a suite. Answers are dictionaries; a refusal has `ok` false.

    Single calls go through one process that stays; leaving the context ends it.
    """

    installed = False

    def __init__(self, suite):
        if not Partner.installed:
            install()
            Partner.installed = True
        self.suite = suite
        self._lock = threading.Lock()
        self._served = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._served:
            self._served.stdin.close()
            self._served.wait(RUN_SECONDS_MAX)
            self._served.stdout.close()

    @property
    def process(self):
        """The process that stays, once there was a call."""
        return self._served

    def command(self, name, *arguments, role="partner", subject="partner-1", profession="",
                entry_point="", region="fr-pdl", body=None):
        command = ["node", HOME / "partner.mjs", "--suite", self.suite.suite_file, "--role", role,
                   "--subject", subject, "--profession", profession, "--entry-point", entry_point,
                   "--region", region, name, *arguments]
        return command + (["--body", json.dumps(body)] if body is not None else [])

    def run(self, name, *arguments, lines="", **options):
        """Runs a command to its end; its answers."""
        told = _run(self.command(name, *arguments, **options), input=lines, timeout=RUN_SECONDS_MAX)
        return [json.loads(line) for line in told.splitlines()]

    def calls(self, calls, at_once=False, **actor):
        """Raw calls, each {method, body, as, pad}, one after the other or all at once."""
        lines = "\n".join(json.dumps(call) for call in calls)
        return self.run("batch", *(["--at-once"] if at_once else []), lines=lines, **actor)

    def call(self, method, body, role="partner", subject="partner-1", region="fr-pdl", **actor):
        line = json.dumps({"method": method, "body": body, "as": {
            "role": role, "sub": subject, "regions": [region], **actor}})
        with self._lock:
            if self._served is None:
                with open(self.suite.folder / "partner.log", "ab") as log:
                    self._served = subprocess.Popen(
                        self.command("batch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                        stderr=log, text=True)
            self._served.stdin.write(line + "\n")
            self._served.stdin.flush()
            answer = self._served.stdout.readline()
        if not answer:
            raise PartnerFailed((self.suite.folder / "partner.log").read_text())
        return json.loads(answer)
