"""The PromQL of the dashboard with Grafana's variables filled in, ready for /api/v1/query.

    import dashboard_expressions
    for panel, expression in dashboard_expressions.expressions(rate_interval="30s"): ...

Run as a program it prints one `panel<TAB>expression` a line.
"""

import json
import pathlib

import metrics

DASHBOARD = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "grafana" / "sas-suite.json"


def dashboard():
    return json.loads(DASHBOARD.read_text(encoding="utf-8"))


def panels(board):
    """Every panel that shows something, with those that a collapsed row holds."""
    for panel in board["panels"]:
        if panel["type"] != "row":
            yield panel
        yield from panel.get("panels", [])


def expressions(rate_interval="1m"):
    """(title of the panel, expression) pairs; a panel of $service gives one for each service."""
    found = []
    for panel in panels(dashboard()):
        for target in panel.get("targets", []):
            raw = target["expr"].replace("$__rate_interval", rate_interval)
            for service in metrics.SERVICES if "${service}" in raw else [""]:
                found.append((panel["title"].replace("$service", service),
                              raw.replace("${service}", service)))
    return found


if __name__ == "__main__":
    for title, expression in expressions():
        print(f"{title}\t{expression}")
