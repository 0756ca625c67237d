"""Alarms and recording rules: valid, tested both firing and silent, made of metrics that exist."""

import pathlib
import re
import shutil
import subprocess
import unittest

import yaml

import metrics

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "prometheus"
RULES = sorted((FOLDER / "rules").glob("*.yml"))
TESTS = sorted((FOLDER / "tests").glob("*.yml"))
PROMTOOL = shutil.which("promtool")
EXPECTED_ALERTS = {
    "CallRingsTooLong", "ClockDrift", "ChangesShownLate", "DisplacedSoon", "DisplacedUnchecked", "ErrorBudgetBurning", "HighErrorRatio", "LedgerCopyOld", "LedgerDown",
    "LedgerVitalOnly", "LedgerWithoutStandby", "LostCallsWaiting", "OrderNearDue", "PartnerFeedStale", "PartnerPhantoms", "ProjectionStale", "RedisRebuilt",
    "SeatRelayLag", "CallsSilent", "NobodyOnShift", "NobodyOnShiftSoon", "OfferUnanswered",
    "SeatsDrift", "TasksOverdue", "TooManyAlarms", "SourceAnswersOverdue", "SourceBookingsUnjoined", "SourceUnknownSeats", "ServiceAbsent", "ServiceDown", "VitalWaitTooLong"}
SEVERITIES = {"page", "ticket"}


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules():
    return [rule for path in RULES for group in read(path)["groups"] for rule in group["rules"]]


def promtool(*arguments):
    run = subprocess.run([PROMTOOL, *map(str, arguments)], capture_output=True, text=True,
                         timeout=60, check=False)
    return run.returncode, run.stdout + run.stderr


class Prometheus(unittest.TestCase):

    @unittest.skipUnless(PROMTOOL, "promtool is not installed")
    def test_promtool_accepts_configuration_and_rules(self):
        code, output = promtool("check", "config", FOLDER / "prometheus.yml")
        self.assertEqual(code, 0, output)
        code, output = promtool("check", "rules", *RULES)
        self.assertEqual(code, 0, output)

    @unittest.skipUnless(PROMTOOL, "promtool is not installed")
    def test_the_rules_do_what_their_tests_say(self):
        code, output = promtool("test", "rules", *TESTS)
        self.assertEqual(code, 0, output)

    def test_every_alarm_is_seen_firing_and_silent(self):
        fires, silent = set(), set()
        for path in TESTS:
            for case in read(path)["tests"]:
                for check in case.get("alert_rule_test", []):
                    (fires if check["exp_alerts"] else silent).add(check["alertname"])
        alerts = {rule["alert"] for rule in rules() if "alert" in rule}
        self.assertEqual(alerts, EXPECTED_ALERTS)
        self.assertEqual(fires, alerts)
        self.assertEqual(silent, alerts)

    def test_every_record_has_a_test_or_feeds_a_tested_alarm(self):
        tested = "".join(path.read_text(encoding="utf-8") for path in TESTS)
        tested += "".join(rule["expr"] for rule in rules() if "alert" in rule)
        for rule in rules():
            if "record" in rule:
                self.assertIn(rule["record"], tested)

    def test_an_alarm_says_what_is_wrong_and_what_to_do_in_two_languages(self):
        for rule in rules():
            if "alert" not in rule:
                continue
            with self.subTest(rule["alert"]):
                self.assertIn(rule["labels"]["severity"], SEVERITIES)
                self.assertEqual(sorted(rule["annotations"]),
                                 ["action", "action_en", "summary", "summary_en"])
                for name, text in rule["annotations"].items():
                    self.assertRegex(text, r"^\S.*\.$", name)

    def test_rules_read_only_metrics_of_the_contract(self):
        known = set(metrics.contract()) | {rule["record"] for rule in rules() if "record" in rule}
        for rule in rules():
            for name in re.findall(r"\bsas[_:][a-z0-9_:]+", rule["expr"]):
                self.assertIn(name, known, rule)

    def test_paths_are_relative_so_that_the_folder_can_be_copied(self):
        config = read(FOLDER / "prometheus.yml")
        jobs = {job["job_name"]: job for job in config["scrape_configs"]}
        self.assertEqual(jobs["sas"]["file_sd_configs"][0]["files"], ["targets*.json"])
        self.assertEqual(config["rule_files"], ["rules/*.yml"])
        for job in jobs.values():
            self.assertNotIn("static_configs", job)


if __name__ == "__main__":
    unittest.main()
