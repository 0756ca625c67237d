"""What tools/run does after the packages are there: build, start, load, play, stay."""

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stories  # noqa: E402
from suite import ROOT, SERVICES, Suite  # noqa: E402

TARGETS = ("sas-regulation", "sas-slots", "sas-booking", "sasctl")


def options():
    parser = argparse.ArgumentParser(prog="tools/run", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the stories; last line JSON")
    parser.add_argument("--keep", action="store_true", help="go on with the ledgers of the last run")
    parser.add_argument("--prometheus", action="store_true", help="start Debian's Prometheus as well")
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL as ledger, not SQLite")
    parser.add_argument("--no-install", action="store_true", help="do not look for Debian packages")
    parser.add_argument("--no-build", action="store_true", help="use what is built")
    parser.add_argument("--build-dir", default=str(ROOT / "build" / "release"), type=pathlib.Path)
    return parser.parse_args()


def build(folder):
    """Compiles once; afterwards this is a look at the clock of the files."""
    log = ROOT / "build" / "logs" / "run-build.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    if not (folder / "bin" / "sasctl").exists():
        print("compiling once, this takes some minutes …", flush=True)
    with open(log, "wb") as out:
        for command in (["cmake", "--preset", "release", "-B", str(folder)],
                        ["cmake", "--build", str(folder), "--target", *TARGETS]):
            if subprocess.run(command, cwd=ROOT, stdout=out, stderr=out).returncode != 0:
                sys.exit("\n".join(log.read_text(errors="replace").splitlines()[-30:]) +
                         f"\ntools/run: the build failed, see {log}")


def say(kind, milliseconds, who, what):
    if kind == "story":
        print(f"\n{what}")
    else:
        print(f"  {milliseconds:6d} ms  {who:<10}  {what}", flush=True)


def main():
    asked = options()
    if not asked.no_build:
        build(asked.build_dir)
    folder = ROOT / "build" / "run"
    if not asked.keep:
        shutil.rmtree(folder, ignore_errors=True)
    started = time.monotonic()
    told, fault = [], ""
    suite = Suite(asked.build_dir / "bin", folder=folder, tcp=True,
                  ledger="postgres" if asked.postgres else "sqlite",
                  settings={"regulation": {
                      "SAS_REGULATION_PROTOCOLS": str(ROOT / "deploy" / "demo" / "protocols")}})
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suite:
        try:
            suite.start()
            for loaded in suite.load_demo():
                print(f"territoire chargé : {loaded['site_count']} sites, "
                      f"{loaded['slot_count']} créneaux", flush=True)
            print(f"prête en {int((time.monotonic() - started) * 1000)} ms : " +
                  ", ".join(f"{name} {suite.addresses[name]}" for name in SERVICES))
            if asked.prometheus:
                print(f"Prometheus : {suite.start_prometheus()}")
            for story in stories.STORIES:
                told.append(dataclasses.asdict(story(stories.Desk(suite, say))))
        except Exception as broken:  # The last line is JSON whatever happens.  pylint: disable=broad-except
            fault = str(broken)
            print(f"\n{fault}", file=sys.stderr)
        ok = not fault and len(told) == len(stories.STORIES)
        if asked.once or not ok:
            print(json.dumps({"ok": ok, "stories": told, **({"fault": fault} if fault else {})},
                             ensure_ascii=False))
            return 0 if ok else 1
        print(f"\nAt your service: {os.path.relpath(asked.build_dir / 'bin' / 'sasctl')} status"
              "   (Ctrl-C stops all)")
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
