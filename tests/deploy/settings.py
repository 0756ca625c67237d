"""The environment variables that each service reads, from its sources."""

import functools
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ("regulation", "slots", "booking")
# `env.Text(name("LISTEN"), …)` and `count("QUEUE_MAX", …)` in common/rpc/process_settings.cpp.
SHARED = re.compile(r'\b(?:name|count)\("([A-Z][A-Z0-9_]+)"')
# A whole name, or what SettingName() or a local `name()` completes.
OWN = re.compile(r'"(?:SAS_([A-Z]+)_)?([A-Z][A-Z0-9_]{2,})"')


@functools.cache
def known(service):
    """Names that the service accepts; None while its settings.cpp does not exist."""
    source = ROOT / "services" / service / "settings.cpp"
    if not source.exists():
        return None
    prefix = service.upper()
    shared = (ROOT / "common" / "rpc" / "process_settings.cpp").read_text(encoding="utf-8")
    names = {f"SAS_{prefix}_{name}" for name in SHARED.findall(shared)}
    for owner, name in OWN.findall(source.read_text(encoding="utf-8")):
        if owner in ("", prefix):
            names.add(f"SAS_{prefix}_{name}")
    return names


def unknown(service, names):
    """Which of `names` would stop the service from starting (it refuses unknown SAS_ variables)."""
    accepted = known(service)
    foreign = {name for name in names if not name.startswith(f"SAS_{service.upper()}_")}
    return sorted(foreign | (set(names) - accepted if accepted is not None else set()))
