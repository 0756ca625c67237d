"""`tools/test mutations`: shows that the model test of regulation finds faults that were put in on purpose.

Each mutation of tests/contract/regulation_model/mutations.toml is a text that occurs exactly once in one
source, and what to write instead. The tree is copied to build/mutations; there the test is built and run
without a mutation, which it must pass, and with each, which it must not. The last line is one JSON object;
the exit code is 0 when every mutation was found.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = "tests/contract/regulation_model/mutations.toml"
TARGET = "regulation_model_test"
SCRATCH = ROOT / "build" / "mutations"
COPIED = ("CMakeLists.txt", "CMakePresets.json", "common", "proto", "services", "tests", "tools")
HISTORIES = 20_000  # At most: a run ends at the first that fails.
RUN_SECONDS_MAX = 1200


class Inapplicable(Exception):
    """The text that a mutation wants to change is not there exactly once, or nothing would change."""


def mutations(root=ROOT):
    return tomllib.loads((root / LIST).read_text(encoding="utf-8"))["mutation"]


def mutated(mutation, text):
    """The source with the mutation."""
    count = text.count(mutation["find"])
    if count != 1:
        raise Inapplicable(f"{mutation['name']}: what it changes occurs {count} times in "
                           f"{mutation['file']}")
    if mutation["find"] == mutation["replace"]:
        raise Inapplicable(f"{mutation['name']} changes nothing")
    return text.replace(mutation["find"], mutation["replace"])


def copy_tree():
    """The sources, beside a build that is kept: only what differs is written and built again."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *COPIED], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout.splitlines()
    wanted = {name for name in listed if (ROOT / name).is_file()}
    for name in wanted:
        content, copy = (ROOT / name).read_bytes(), SCRATCH / name
        if not copy.is_file() or copy.read_bytes() != content:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
            copy.chmod((ROOT / name).stat().st_mode)
    for top in COPIED:
        for copy in (SCRATCH / top).rglob("*"):
            if copy.is_file() and str(copy.relative_to(SCRATCH)) not in wanted:
                copy.unlink()


def build(log):
    return subprocess.run(["cmake", "--build", str(SCRATCH / "build" / "dev"), "--target", TARGET],
                          cwd=SCRATCH, stdout=log, stderr=log, check=False).returncode == 0


def run_test(log):
    """Whether the test passes."""
    return subprocess.run([str(SCRATCH / "build" / "dev" / "bin" / TARGET)], cwd=SCRATCH, stdout=log,
                          stderr=log, check=False, timeout=RUN_SECONDS_MAX,
                          env={**os.environ, "SAS_MODEL_HISTORIES": str(HISTORIES)}).returncode == 0


def judge(mutation):
    """What became of it: "found", "missed", or "does not build"."""
    source = SCRATCH / mutation["file"]
    kept = source.read_text(encoding="utf-8")
    log_path = SCRATCH / "logs" / f"{mutation['name']}.log"
    source.write_text(mutated(mutation, kept), encoding="utf-8")
    try:
        with open(log_path, "wb") as log:
            if not build(log):
                return "does not build"
            return "missed" if run_test(log) else "found"
    finally:
        source.write_text(kept, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(prog="tools/test mutations", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", dest="pattern", default="", help="only those whose name contains this")
    parser.add_argument("--no-install", action="store_true", help="packages are there already")
    asked = parser.parse_args()
    copy_tree()
    logs = SCRATCH / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir()
    with open(logs / "unchanged.log", "wb") as log:
        configured = subprocess.run(["cmake", "--preset", "dev", "-B", "build/dev"], cwd=SCRATCH,
                                    stdout=log, stderr=log, check=False).returncode == 0
        if not configured or not build(log) or not run_test(log):
            sys.exit(f"the unchanged tree does not pass, see {log.name}")
    results = {}
    for mutation in mutations():
        if asked.pattern not in mutation["name"]:
            continue
        started = time.monotonic()
        results[mutation["name"]] = judge(mutation)
        print(f"  {results[mutation['name']]:14} {time.monotonic() - started:6.1f} s  "
              f"{mutation['name']}", flush=True)
    found = sum(result == "found" for result in results.values())
    print(json.dumps({"ok": found == len(results) > 0, "mutations": len(results), "found": found,
                      "not_found": sorted(name for name, result in results.items()
                                          if result != "found")}))
    return 0 if found == len(results) > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
