"""The dashboard: expressions that parse, metrics that exist, units, thresholds and French titles."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

import dashboard_expressions as dashboard
import metrics

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMTOOL = shutil.which("promtool")
TARGET_LABELS = {"job", "instance", "service", "alertstate"}
# A unit in the panel must be one that Grafana knows; these are the ones in use.
UNITS = {"none", "s", "cpm", "short", "reqps", "percentunit"}
ROWS = ["Peut-on répondre aux appelants ?", "Régulation", "Créneaux", "Plateformes partenaires",
        "Rendez-vous",
        "Appels du service $service"]


def parses(expressions):
    """promtool's word on each expression, as rules of one file."""
    rules = [{"record": f"check:{index}", "expr": text} for index, text in enumerate(expressions)]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "expressions.yml"
        path.write_text(yaml.safe_dump({"groups": [{"name": "check", "rules": rules}]}))
        run = subprocess.run([PROMTOOL, "check", "rules", str(path)], capture_output=True, text=True,
                             timeout=60, check=False)
    return run.returncode == 0, run.stdout + run.stderr


class Grafana(unittest.TestCase):

    def setUp(self):
        self.board = dashboard.dashboard()
        self.panels = list(dashboard.panels(self.board))

    @unittest.skipUnless(PROMTOOL, "promtool is not installed")
    def test_every_expression_parses(self):
        expressions = [text for _, text in dashboard.expressions()]
        self.assertGreater(len(expressions), 30)
        accepted, output = parses(expressions)
        self.assertTrue(accepted, output)
        self.assertFalse(parses(["sum by (x) (rate(sas_slots_epoch[5m])"])[0], "the check can fail")

    def test_expressions_read_metrics_and_labels_of_the_contract(self):
        known = metrics.contract()
        records = {rule["record"] for path in (ROOT / "deploy/prometheus/rules").glob("*.yml")
                   for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
                   for rule in group["rules"] if "record" in rule}
        for title, text in dashboard.expressions():
            self.assertNotIn("$", text, title)
            names = set(re.findall(r"\bsas[_:][a-z0-9_:]+", text))
            self.assertLessEqual(names, set(known) | records, title)
            allowed = TARGET_LABELS.union(*(known.get(name, set()) for name in names))
            used = {label.strip() for group in re.findall(r"by \(([^)]*)\)", text)
                    for label in group.split(",")}
            used |= set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", text))
            self.assertLessEqual(used, allowed, title)

    def test_every_metric_of_the_contract_is_shown(self):
        shown = " ".join(text for _, text in dashboard.expressions())
        for name in metrics.contract():
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            self.assertIn(base, shown)

    def test_panels_tell_what_they_show(self):
        for panel in self.panels:
            with self.subTest(panel["title"]):
                defaults = panel["fieldConfig"]["defaults"]
                self.assertIn(defaults["unit"], UNITS)
                self.assertTrue(defaults["thresholds"]["steps"])
                self.assertIsNone(defaults["thresholds"]["steps"][0]["value"])
                self.assertRegex(panel["description"], r"\.$")
                self.assertEqual(panel["datasource"]["uid"], "${datasource}")
                for target in panel["targets"]:
                    self.assertEqual(target["datasource"]["uid"], "${datasource}")

    def test_rows_and_identity(self):
        self.assertEqual([panel["title"] for panel in self.board["panels"]
                          if panel["type"] == "row"], ROWS)
        self.assertEqual(self.board["uid"], "sas-suite")
        ids = [panel["id"] for panel in self.board["panels"]]
        self.assertEqual(len(ids), len(set(ids)))
        variables = {variable["name"]: variable for variable in self.board["templating"]["list"]}
        self.assertEqual(variables["datasource"]["type"], "datasource")
        rows = {panel["title"]: panel for panel in self.board["panels"] if panel["type"] == "row"}
        self.assertEqual(rows[ROWS[-1]]["repeat"], "service")
        self.assertTrue(variables["service"]["multi"] and variables["service"]["includeAll"])

    def test_panels_do_not_overlap(self):
        cells = set()
        for panel in self.board["panels"]:
            place = panel["gridPos"]
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    self.assertLess(x, 24, panel["title"])
                    self.assertNotIn((x, y), cells, panel["title"])
                    cells.add((x, y))

    def test_the_file_holds_no_address_of_a_site(self):
        text = json.dumps(self.board)
        self.assertNotRegex(text, r"https?://")


if __name__ == "__main__":
    unittest.main()
