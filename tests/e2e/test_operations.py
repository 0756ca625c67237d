"""What operations lives with: metrics, health, draining, settings; and no identity anywhere."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from draining import Draining
from e2e import BIN, REGION, SERVICES, SuiteCase, await_until, stories

PROMTOOL = shutil.which("promtool")
# Parts of each service's health.
PARTS = {"regulation": {"ledger"}, "slots": {"ledger", "redis", "projection"},
         "booking": {"ledger", "slots", "regulation"}}


class Operations(SuiteCase, Draining):

    @unittest.skipUnless(PROMTOOL, "promtool is not installed")
    def test_metrics_pass_promtool(self):
        stories.branch_3_order(stories.Desk(self.suite))
        for service in SERVICES:
            with self.subTest(service):
                text = self.suite.metrics(service)
                self.assertIn(f"sas_{service}_rpc_requests_total{{", text)
                checked = subprocess.run([PROMTOOL, "check", "metrics"], input=text, text=True,
                                         capture_output=True, check=False, timeout=30)
                self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))

    def test_seats_are_compared_with_the_appointments_on_demand(self):
        slot = self.slot()
        self.book(slot, self.open_case(), self.hold(slot))
        self.assert_converges(slot, "STATE_BOOKED")
        told = self.suite.ctl("booking", "reconcile")
        self.assertGreaterEqual(told["compared_count"], 1)
        self.assertNotIn("drifts", told)

    def health(self, service, part):
        return self.partner.call(f"{service}/Health/Check", {"service": part}).get("status")

    def test_health_tells_parts(self):
        for service, parts in PARTS.items():
            for part in ("", "ready", "live", *parts):
                with self.subTest(service, part=part):
                    await_until(lambda: self.health(service, part) == "SERVING",
                                f"{service} {part!r}")
            self.assertIsNone(self.health(service, "no-such-part"))

    def test_H43_redis_away_is_told_and_does_not_withdraw_the_replica(self):
        self.suite.kill("redis")
        await_until(lambda: self.health("slots", "redis") == "NOT_SERVING", "redis is shown down")
        await_until(lambda: self.suite.metric("slots", "sas_slots_up", part="redis") == 0,
                    "redis is shown down by the metric")
        self.assertEqual(self.health("slots", "ready"), "SERVING")
        self.refused("REDIS_UNAVAILABLE", self.hold, self.slot())
        self.suite.restart("redis")
        await_until(lambda: self.health("slots", "redis") == "SERVING", "redis is shown up again")
        slot = self.slot()
        await_until(lambda: self.shown(slot).get("state") == "STATE_FREE", "availability is back")
        self.hold(slot)

    def test_H43_a_neighbour_away_is_told_and_does_not_withdraw_the_replica(self):
        for neighbour in ("slots", "regulation"):
            with self.subTest(neighbour):
                self.suite.kill(neighbour)
                await_until(lambda: self.health("booking", neighbour) == "NOT_SERVING",
                            f"booking shows {neighbour} down")
                for service in {*SERVICES} - {neighbour}:
                    self.assertEqual(self.health(service, "ready"), "SERVING", service)
                self.suite.restart(neighbour)
                await_until(lambda: self.health("booking", neighbour) == "SERVING",
                            f"booking shows {neighbour} up again")

    def test_an_unknown_setting_stops_the_start_and_says_which(self):
        for service in SERVICES:
            name = f"SAS_{service.upper()}_LISTENN"
            environment = {name: "127.0.0.1:0",
                           f"SAS_{service.upper()}_AUTH_KEY_FILE": str(self.suite.key_file)}
            with self.subTest(service):
                ended = subprocess.run([BIN / f"sas-{service}"], env=environment, text=True,
                                       capture_output=True, timeout=20, check=False)
                self.assertEqual(ended.returncode, 1)
                self.assertIn(name, ended.stdout + ended.stderr)
                self.assertIn("INVALID_SETTINGS", ended.stdout + ended.stderr)

    def test_a_bad_nomenclature_stops_the_start_with_file_and_line(self):
        for service in SERVICES:
            environment = {f"SAS_{service.upper()}_AUTH_KEY_FILE": str(self.suite.key_file)}
            if service == "booking":
                environment |= {"SAS_BOOKING_SLOTS_ADDRESS": "unix:/none",
                                "SAS_BOOKING_REGULATION_ADDRESS": "unix:/none"}
            with self.subTest(service), tempfile.TemporaryDirectory() as folder:
                (pathlib.Path(folder) / "motif.tsv").write_text("# version 27.01\nM01.00\n")
                environment[f"SAS_{service.upper()}_NOMENCLATURE_DIR"] = folder
                ended = subprocess.run([BIN / f"sas-{service}"], env=environment, text=True,
                                       capture_output=True, timeout=20, check=False)
                self.assertEqual(ended.returncode, 1)
                self.assertIn("INVALID_NOMENCLATURE", ended.stdout + ended.stderr)
                self.assertIn("motif.tsv:2:", ended.stdout + ended.stderr)

    def test_a_crash_point_is_for_tests_and_must_exist(self):
        for armed, test_identities in (("ledger.committed", "false"), ("ledger.nowhere", "true")):
            environment = {"SAS_BOOKING_AUTH_KEY_FILE": str(self.suite.key_file),
                           "SAS_BOOKING_SLOTS_ADDRESS": "unix:/none",
                           "SAS_BOOKING_REGULATION_ADDRESS": "unix:/none",
                           "SAS_BOOKING_LEDGER": "sqlite::memory:",
                           "SAS_BOOKING_TEST_IDENTITIES": test_identities, "SAS_CRASH_POINT": armed}
            with self.subTest(armed):
                ended = subprocess.run([BIN / "sas-booking"], env=environment, text=True,
                                       capture_output=True, timeout=20, check=False)
                self.assertEqual(ended.returncode, 1)
                self.assertIn("SAS_CRASH_POINT", ended.stdout + ended.stderr)

    def test_H43_booking_drains(self):
        slot, case = self.slot(), self.open_case()
        token = self.hold(slot)
        answer = self.drain("booking", lambda: self.book(slot, case, token), self.frozen("slots"))
        self.assertEqual(answer["state"], "STATE_BOOKED")
        self.assertIn(answer["name"], self.kept()["appointments"])

    def test_H43_slots_drains(self):
        slot = self.slot()
        token = self.drain("slots", lambda: self.hold(slot), self.frozen("redis"))
        self.book(slot, self.open_case(), token)


class NoIdentity(SuiteCase):
    """Invariant I9: who the patient is stands in regulation's own ledger and nowhere else."""

    IDENTITY = ("Canari-Testeur", "Zéphyrine", "639980777", "12 allée du Canari", "1992-03-04")
    CLINICAL = ("Canari-Ligne", "Canari-Remarque")
    # Tables that hold what a service works with; audit and outbox do not belong here.
    OWN_TABLES = {"regulation": {"cases", "case_numbers", "decisions", "orders", "lost_calls",
                                 "answers"}}
    CLINICAL_TABLES = {**OWN_TABLES, "booking": {"appointments", "answers"}}

    class Desk(stories.Desk):
        """Every dossier gets the canary's identity, every order its clinical line."""

        def does(self, who, what, *command, **options):
            if command[:2] == ("call", "open"):
                command += ("--family-name", "Canari-Testeur", "--given-names", "Zéphyrine",
                            "--address", "12 allée du Canari", "--callback", "+33639980777")
            texts = {"--clinical-line": "Canari-Ligne", "--remark": "Canari-Remarque"}
            command = [texts.get(before, word) for before, word in zip(("", *command), command)]
            return super().does(who, what, *command, **options)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.told = stories.branch_3_order(cls.Desk(cls.suite))
        case = cls.suite.ctl("call", "show", cls.told.case)
        assert case["patients"][0]["family_name"] == "Canari-Testeur", case
        # What is refused must not be told either.
        cls.partner.call("RegulationService/CreateRegulationCase", {
            "parent": REGION, "request_id": "canary", "regulation_case": {
                "territory": "85", "motif_code": "M03.14",
                "origin": {"entry_point": "ENTRY_POINT_LINE_15", "origine_code": "15",
                           "caller_type_code": "SUJET", "caller_phone_number": "+33639980777"},
                "patients": [{"family_name": "Canari-Testeur", "birth_date": "1992-03-04",
                              "age": {"value": 3, "unit": "UNIT_YEAR"}}]}}, role="arm")
        cls.partner.call("BookingService/CreateAppointment", {
            "parent": REGION, "request_id": "canary", "hold_token": "x", "appointment": {
                "regulation_case": cls.told.case, "patient": "Canari-Testeur",
                "clinical_line": "Canari-Ligne"}}, role="osnp")

    def assert_silent(self, text, where, words=IDENTITY + CLINICAL):
        for word in words:
            self.assertNotIn(word.lower(), text.lower(), f"in {where}")

    def test_H48_logs(self):
        for name in (*SERVICES, "redis"):
            text = (self.suite.folder / f"{name}.log").read_text(errors="replace")
            self.assertTrue(text, name)
            self.assert_silent(text, f"the log of {name}")

    def test_H48_metrics(self):
        for name in SERVICES:
            self.assert_silent(self.suite.metrics(name), f"the metrics of {name}")

    def test_H48_redis(self):
        self.assertGreater(int(self.suite.redis("DBSIZE")), 0)
        self.suite.redis("CONFIG", "SET", "rdbcompression", "no")
        self.assertEqual(self.suite.redis("SAVE"), "OK")
        text = (self.suite.folder / "dump.rdb").read_bytes().decode("utf-8", errors="replace")
        self.assertIn("{fr-pdl}", text)
        self.assert_silent(text, "Redis")

    def test_H48_events(self):
        for name in SERVICES:
            events = self.partner.call(f"{name}/EventService/ListEvents",
                                       {"parent": REGION, "page_size": 1000}, role="supervisor")
            self.assertTrue(events["events"], name)
            self.assert_silent(json.dumps(events, ensure_ascii=False), f"the events of {name}")

    def test_H48_ledgers(self):
        found = set()
        for service, table, rows in self.tables():
            text = "\n".join(str(value, "utf-8", "replace") if isinstance(value, bytes)
                             else str(value) for row in rows for value in row)
            if table in self.OWN_TABLES.get(service, ()):
                found |= {word for word in self.IDENTITY if word.lower() in text.lower()}
            else:
                self.assert_silent(text, f"{service}.{table}", self.IDENTITY)
            if table not in self.CLINICAL_TABLES.get(service, ()):
                self.assert_silent(text, f"{service}.{table}", self.CLINICAL)
        # The search can find: the dossier has what nobody else has.
        self.assertIn("Canari-Testeur", found)
        self.assertIn("639980777", found)


if __name__ == "__main__":
    unittest.main()
