"""The room with the real programs: shifts, hand-over between territories, silence, surge, coordinators."""

import datetime
import shutil
import unittest

from e2e import BIN, Refused, Suite, await_until

# Without a commune: its name is asked from slots, which is not there.
CALL = ("--motif", "M03.05", "--age", "38y", "--sex", "f", "--phone", "+33199000001")
SUPERVISOR = {"role": "supervisor", "subject": "superviseur-1"}
OSNP = {"role": "osnp", "subject": "osnp-1"}
HERE = {"role": "regulator_mg", "subject": "mrg-85"}
THERE = {"role": "regulator_mg", "subject": "mrg-44", "territory": "44"}
SECRETS = ("99000042", "sas85.example")


def paris(hours):
    """An hour from now as people type it; RFC 3339, so that no zone is needed here."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class OnlyRegulation(Suite):
    services = ("regulation",)


class RoomStories(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = BIN.parent / "e2e" / cls.__name__
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        bands = folder / "bands.csv"
        bands.write_text("territory,day,hour,low,high\n" + "".join(
            f"85,{day},{hour},600,1200\n" for day in ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
            for hour in range(24)))
        cls.suite = cls.enterClassContext(OnlyRegulation(BIN, folder=folder, settings={
            "regulation": {"SAS_REGULATION_ROSTER_STAFFING": "85:OSNP:ALWAYS,85:REGULATION:NEVER",
                           "SAS_REGULATION_CALL_BANDS": str(bands)}}))
        cls.suite.start()

    def coverage(self, territory="85", **actor):
        answer = self.suite.ctl("roster", "now", territory=territory, **(actor or SUPERVISOR))
        return answer["territories"][0]

    def osnp(self):
        return next(queue for queue in self.coverage()["queues"]
                    if queue["queue"] == "ROSTER_QUEUE_OSNP")

    def call(self, priority):
        name = self.suite.ctl("call", "open", *CALL)["name"]
        self.suite.ctl("call", "prioritise", name, priority, "--filiere", "SNP")
        return name

    def uncovered(self, when):
        return self.suite.metric("regulation", "sas_regulation_roster_uncovered", territory="85",
                                 queue="OSNP", when=when)

    def test_S1_15_no_osnp_on_shift_is_told_until_somebody_is(self):
        first = self.suite.ctl("roster", "plan", "osnp-2", "osnp", "--from", paris(2), "--to",
                               paris(6), **SUPERVISOR)
        self.assertEqual(self.osnp()["state"], "STATE_NOBODY_ON_SHIFT")
        await_until(lambda: self.uncovered("now") == 1, "the metric tells it", 20)
        shift = self.suite.ctl("roster", "plan", "osnp-1", "osnp", "--from", paris(-1), "--to",
                               paris(3), "--place", "remote", "--language", "ar", **SUPERVISOR)
        with self.assertRaises(Refused) as refused:
            self.suite.ctl("roster", "plan", "osnp-1", "osnp", "--from", paris(2), "--to", paris(4),
                           **SUPERVISOR)
        self.assertEqual(refused.exception.reason, "SHIFT_OVERLAPS")
        # Planned an hour ago, and not there.
        self.assertEqual(self.osnp()["state"], "STATE_NOBODY_PRESENT")
        with self.assertRaises(Refused) as refused:
            self.suite.ctl("roster", "in", shift["name"], **OSNP)
        self.assertEqual(refused.exception.reason, "SECOND_LINE_REQUIRED")
        self.suite.ctl("roster", "in", shift["name"], "--second-line", **OSNP)
        queue = self.osnp()
        self.assertEqual(queue["state"], "STATE_COVERED")
        self.assertEqual(queue["people"][0]["languages"], ["ar"])
        await_until(lambda: self.uncovered("now") == self.uncovered("absent") == 0,
                    "the metric follows", 20)
        left = self.suite.ctl("roster", "out", shift["name"], **OSNP)
        self.assertEqual(left.get("staying_count", 0), 0)
        self.assertEqual(self.osnp()["state"], "STATE_NOBODY_ON_SHIFT")
        self.suite.ctl("roster", "cancel", first["name"], "--etag", first["etag"], "--reason",
                       "essai", **SUPERVISOR)

    def test_H12_an_offer_survives_a_kill_and_keeps_its_owner(self):
        name = self.call("P1")
        self.suite.ctl("call", "claim", name, **HERE)
        offered = self.suite.ctl("neighbour", "offer", name, "44", "--reason", "patient à Nantes",
                                 **HERE)
        self.assertEqual(offered["territory"], "85")
        self.suite.kill("regulation")
        self.suite.restart("regulation")
        offers = self.suite.ctl("neighbour", "offers", **THERE)["offers"]
        self.assertEqual([offer["regulation_case"] for offer in offers], [name])
        self.assertEqual(self.suite.ctl("call", "show", name, **HERE)["claim"]["owner"]["subject"],
                         "mrg-85")
        with self.assertRaises(Refused) as refused:
            self.suite.ctl("neighbour", "decline", name, **THERE)
        self.assertEqual(refused.exception.reason, "REASON_REQUIRED")
        taken = self.suite.ctl("neighbour", "accept", name, "--claim", **THERE)
        self.assertEqual(taken["territory"], "44")
        self.assertEqual(taken["case_number"], offered["case_number"])
        self.assertEqual(taken["claim"]["owner"]["subject"], "mrg-44")
        with self.assertRaises(Refused) as refused:
            self.suite.ctl("neighbour", "accept", name, **THERE)
        self.assertEqual(refused.exception.reason, "NO_OPEN_OFFER")
        self.assertFalse(self.suite.ctl("neighbour", "offers", **THERE).get("offers"))

    def test_a_convention_is_written_listed_and_ended(self):
        written = self.suite.ctl("neighbour", "agree", "pdsa-85-44", "44", "--hours", "always",
                                 "--from", paris(-1), "--to", paris(100), "--reference",
                                 "ARS 2026-12", **SUPERVISOR)
        self.assertTrue(written["in_force"])
        self.assertEqual(self.coverage()["conventions"], [written["name"]])
        ended = self.suite.ctl("neighbour", "end", "pdsa-85-44", "--etag", written["etag"],
                               **SUPERVISOR)
        self.assertFalse(ended.get("in_force", False))
        listed = self.suite.ctl("neighbour", "conventions", **SUPERVISOR)["conventions"]
        self.assertIn(written["name"], [each["name"] for each in listed])

    def test_H43_a_service_that_has_just_started_says_so_and_does_not_alarm(self):
        self.assertEqual(self.coverage()["call_rate"]["state"], "STATE_STARTING")
        self.assertEqual(self.suite.metric("regulation", "sas_regulation_call_silence"), 0)

    def test_a_surge_is_declared_shown_and_ended(self):
        self.suite.ctl("roster", "surge", "--reason", "canicule", **SUPERVISOR)
        self.assertEqual(self.coverage(**OSNP)["surge"]["reason"], "canicule")
        await_until(lambda: self.suite.metric("regulation", "sas_regulation_surges") == 1,
                    "the metric tells it", 20)
        with self.assertRaises(Refused) as refused:
            self.suite.ctl("kpi", **SUPERVISOR)
        self.assertEqual(refused.exception.reason, "SURGE_SHED")
        self.suite.ctl("roster", "surge", "--end", **SUPERVISOR)
        self.assertNotIn("surge", self.coverage())
        await_until(lambda: self.suite.metric("regulation", "sas_regulation_surges") == 0,
                    "and its end", 20)
        self.suite.ctl("kpi", **SUPERVISOR)

    def test_S1_20_the_contact_of_a_coordinator_is_private(self):
        written = self.suite.ctl(
            "coordinator", "put", "sas-85", "--name", "Coordination du SAS 85", "--phone",
            "+33199000042", "--email", "coordination@sas85.example", "--when", "jours ouvrés",
            role="planner")
        seen = self.suite.ctl("coordinator", "show", "sas-85", **HERE)
        self.assertEqual(seen["phone_number"], "+33199000042")
        masked = self.suite.ctl("coordinator", "list", **OSNP)["coordinators"][0]
        self.assertTrue(masked["private_withheld"])
        self.assertNotIn("phone_number", masked)
        self.assertNotIn("email_address", masked)
        self.suite.ctl("coordinator", "remove", "sas-85", "--etag", written["etag"], role="planner")
        with self.assertRaises(Refused):
            self.suite.ctl("coordinator", "show", "sas-85", **HERE)
        for secret in SECRETS:
            self.assertNotIn(secret, self.suite.metrics("regulation"))
            self.assertNotIn(secret, (self.suite.folder / "regulation.log").read_text())


if __name__ == "__main__":
    unittest.main()
