"""The seeds' own stories, from the pick-up to the state that each must reach (domain.md §5)."""

import datetime
import time
import unittest

from e2e import SERVICES, SuiteCase, await_until, stories

CSNP = "regions/fr-pdl/sites/csnp-challans"
CNSP = "regions/fr-naq/sites/cnsp-blaye"
DAYS_MAX = 14


class Stories(SuiteCase):

    def play(self, story, between=lambda _: None):
        """Plays a story; returns what was told, its timeline and the dossier at its end."""
        timeline = []
        told = story(stories.Desk(self.suite, lambda *line: timeline.append(line[3]), between))
        return told, timeline, self.suite.ctl("call", "show", told.case)

    def free_at(self, site, region):
        """Slots of a site that are free, in order of time, the last day whole."""
        now = datetime.datetime.now(datetime.timezone.utc)
        end = (now + datetime.timedelta(days=DAYS_MAX)).replace(hour=0, minute=0)
        listed = self.partner.call("SlotService/ListSlots", {
            "parent": site, "page_size": 500, "start_time": now.isoformat(),
            "end_time": end.isoformat()}, region=region, role="osnp")
        return [slot["name"] for slot in listed["slots"] if slot["state"] == "STATE_FREE"]

    def test_S1_05_reflex_departure_before_any_regulation_and_no_end_without_bilan(self):
        told, timeline, case = self.play(stories.branch_1_reflex)
        self.assertEqual(told.state, "VALIDATED")
        self.assertEqual(case["priority"], "PRIORITY_P0")
        self.assertEqual(case["reflex_departure"]["state"], "STATE_ACKNOWLEDGED")
        self.assertIn("SMUR.ADULT", case["reflex_departure"]["resource_codes"])
        self.assertIn("RACS", case["bilan"]["text"])
        self.assertNotIn("missing", case)
        self.assertTrue(any("CASE_INCOMPLETE" in line for line in timeline), timeline)
        decisions = self.partner.call("RegulationService/ListDecisions", {"parent": told.case},
                                      role="regulator_amu")["decisions"]
        self.assertEqual([each["decision_code"] for each in decisions], ["INTER", "ORIENT"])
        self.assertLess(case["reflex_departure"]["launch_time"], decisions[0]["create_time"])

    def test_S1_06_vital_with_talk_the_regulator_orients_team_and_transport(self):
        told, _, case = self.play(stories.branch_2_regulated)
        self.assertEqual(told.state, "VALIDATED")
        self.assertEqual((case["priority"], case["filiere"]), ("PRIORITY_P1", "FILIERE_AMU"))
        decisions = self.partner.call("RegulationService/ListDecisions", {"parent": told.case},
                                      role="regulator_amu")["decisions"]
        self.assertEqual(decisions[0]["resource_code"], "SMUR.ADULT")
        self.assertTrue(decisions[0]["medical_transport"])
        self.assertEqual(decisions[1]["orientation_code"], "URGENCES")
        self.assertTrue(case["attribution"].startswith("DRM.MRU"), case["attribution"])

    def test_S1_07_advice_closes_as_drm_mrl_mg(self):
        told, _, case = self.play(stories.branch_3_advice)
        self.assertEqual(told.state, "VALIDATED")
        self.assertEqual(case["care_level"], "CARE_LEVEL_R4")
        self.assertEqual(case["attribution"], "DRM.MRL.MG")

    def test_S1_04_three_outcomes_in_two_acts_of_the_arm(self):
        """Open and prioritise (or launch): then the regulator has it."""
        for motif, acts in (("M01.01", (("call", "reflex", "SMUR.ADULT"),)),
                            ("M03.06", (("call", "prioritise", "P1", "--filiere", "AMU"),)),
                            ("M03.14", (("call", "prioritise", "P2", "--filiere", "SNP"),))):
            case = self.suite.ctl("call", "open", "--motif", motif, "--age", "40y", "--sex", "f",
                                  "--commune", "85047", "--phone", "+33639980009")
            ident = stories.tail(case["name"])
            for group, act, *options in acts:
                case = self.suite.ctl(group, act, ident, *options)
            waiting = self.suite.ctl("call", "list", "--view", "waiting")["regulation_cases"]
            self.assertIn(case["name"], [each["name"] for each in waiting])

    def test_S1_08_order_reaches_the_osnp_list_within_a_second_with_motif_zone_and_deadline(self):
        seen = {}

        class Timed(stories.Desk):
            def does(self, who, what, *command, **options):
                answer = super().does(who, what, *command, **options)
                if command[:2] == ("call", "order"):
                    started = time.monotonic()
                    listed = self.suite.ctl("order", "list")["care_orders"]
                    seen["seconds"] = time.monotonic() - started
                    seen["order"] = next(o for o in listed if o["name"] == answer["name"])
                return answer

        told = stories.branch_3_order(Timed(self.suite))
        self.assertEqual(told.state, "BOOKED")
        self.assertLess(seen["seconds"], 1)
        order = seen["order"]
        self.assertEqual(order["motif_code"], "M03.14")
        self.assertEqual(order["place"]["insee_code"], "85096")
        self.assertEqual(order["state"], "STATE_TO_DO")
        self.assertEqual(order["delay"], "172800s")
        self.assertTrue(order["due_time"])
        kept = self.suite.ctl("appointment", "show", told.appointment)
        self.assertEqual(kept["state"], "STATE_BOOKED")
        self.assertEqual(kept["regulation_case"], told.case)
        self.assertLessEqual(kept["start_time"], order["due_time"])
        self.assert_converges(kept["slot"], "STATE_BOOKED")

    def test_S1_09_nothing_is_booked_before_the_treating_doctor_was_asked(self):
        class Hasty(stories.Desk):
            """Tries to book as soon as the order is claimed."""

            def does(self, who, what, *command, **options):
                if command[:2] == ("order", "treating-doctor"):
                    order = command[2]
                    found = self.suite.ctl("slots", "search", "--order", order, "--within", "48h",
                                           "--radius-km", "60")
                    slot = stories.choose(found["matches"])["slot"]["name"]
                    # Somebody else: who holds a slot for an order holds no second one.
                    self.is_refused("ORDER_NOT_SEARCHING", "OSNP", "veut confirmer trop tôt",
                                    "book", slot, "--order", order, subject="osnp-2")
                return super().does(who, what, *command, **options)

        told = stories.branch_3_order(Hasty(self.suite))
        self.assertEqual(told.state, "BOOKED")

    def test_S4_07_csnp_by_116117_needs_an_order_of_the_regulation(self):
        told, _, case = self.play(stories.challans_116117)
        self.assertEqual(told.state, "BOOKED")
        self.assertEqual(case["origin"]["origine_code"], "116117")
        slot = self.free_at(CSNP, "fr-pdl")[0]
        self.refused("ORDER_REQUIRED", self.suite.ctl, "slots", "hold", slot, "--entry",
                     "line_116117", "--motif", "M03.14", "--age", "34y", "--access-reason", "mt_indisponible")

    def test_S4_08_iao_addresses_without_order_but_with_a_recorded_evaluation(self):
        told, _, _ = self.play(stories.challans_iao)
        self.assertEqual(told.state, "BOOKED")
        kept = self.suite.ctl("appointment", "show", told.appointment)
        self.assertEqual(kept["entry_point"], "ENTRY_POINT_URGENCES")
        self.assertNotIn("care_order", kept)
        self.assertEqual(kept["evaluation"]["triage_level"], 4)
        self.assertTrue(kept["evaluation"]["protocol"])
        iao = {"role": "professional", "profession": "60", "entry_point": "urgences",
               "subject": "iao-challans"}
        self.refused("EVALUATION_REQUIRED", self.suite.ctl, "slots", "hold",
                     kept["slot"], "--entry", "urgences", "--motif", "M02.06", "--age", "31y",
                     "--access-reason", "reorientation_urgences", **iao)

    def test_S0_11_a_pharmacist_books_at_the_cnsp_and_the_reason_stays_in_the_trace(self):
        told, _, _ = self.play_at_blaye()
        kept = self.suite.ctl("appointment", "show", told.appointment, region="fr-naq")
        self.assertEqual(kept["site"], CNSP)
        self.assertEqual(kept["booker_profession_code"], "21")
        self.assertEqual(kept["access_reason"], "ACCESS_REASON_SANS_MT")

    def test_S0_11_another_profession_is_refused(self):
        need = ("--entry", "pharmacie", "--motif", "M03.05", "--age", "38y", "--access-reason",
                "sans_mt", "--orienting-rpps", "99700000013")
        self.refused("PROFESSION_NOT_ALLOWED", self.suite.ctl, "slots", "hold",
                     self.free_at(CNSP, "fr-naq")[0], *need, role="professional", profession="40",
                     entry_point="pharmacie", region="fr-naq", territory="33")

    def test_S0_01_a_booking_states_why_the_patient_comes(self):
        need = ("--entry", "pharmacie", "--motif", "M03.05", "--age", "38y", "--orienting-rpps",
                "99700000013")
        pharmacist = {"role": "professional", "profession": "21", "entry_point": "pharmacie",
                      "region": "fr-naq", "territory": "33"}
        slot = self.free_at(CNSP, "fr-naq")[0]
        self.refused("ACCESS_REASON_REQUIRED", self.suite.ctl, "slots", "hold", slot, *need,
                     **pharmacist)
        self.refused("ACCESS_REASON_NOT_ACCEPTED", self.suite.ctl, "slots", "hold", slot, *need,
                     "--access-reason", "hors_residence", **pharmacist)

    def test_S0_13_a_booking_carries_the_orienting_professional(self):
        told, _, _ = self.play_at_blaye()
        kept = self.suite.ctl("appointment", "show", told.appointment, region="fr-naq")
        self.assertEqual(kept["orienting_professional_rpps"], "99700000013")
        self.refused("ORIENTING_PROFESSIONAL_REQUIRED", self.suite.ctl, "slots", "hold",
                     self.free_at(CNSP, "fr-naq")[0], "--entry", "pharmacie", "--motif", "M03.05",
                     "--age", "38y", "--access-reason", "sans_mt", role="professional",
                     profession="21", entry_point="pharmacie", region="fr-naq", territory="33")

    def play_at_blaye(self):
        told = stories.blaye_pharmacy(stories.Desk(self.suite))
        self.assertEqual(told.state, "BOOKED")
        return told, [], {}

    def test_S0_05_an_evening_has_eight_places_and_the_ninth_is_refused(self):
        pharmacist = {"role": "professional", "profession": "21", "entry_point": "pharmacie",
                      "region": "fr-naq", "territory": "33"}
        need = ("--entry", "pharmacie", "--motif", "M03.05", "--age", "38y", "--access-reason",
                "sans_mt", "--orienting-rpps", "99700000013")
        evening = self.whole_evening()
        self.assertEqual(len(evening), 8)
        case = self.suite.ctl("call", "open", "--entry", "pharmacie", "--caller", "SANTE.PHARMA",
                              "--motif", "M03.05", "--age", "38y", "--sex", "f", "--commune",
                              "33058", "--no-treating-doctor", **pharmacist)
        patient = case["patients"][0]["name"].rpartition("/")[2]
        for number, slot in enumerate(evening):
            self.suite.ctl("book", slot, "--case", case["name"], "--patient", patient, *need,
                           "--clinical-line", "toux",
                           "--absent", "detresse", subject=f"pharmacie-{number}",
                           **pharmacist)
        for slot in evening:
            self.assert_converges_in("fr-naq", slot)
            self.refused("NO_FREE_SEAT", self.suite.ctl, "slots", "hold", slot, *need,
                         "--severity-sign", "no", subject="pharmacie-9", **pharmacist)

    def whole_evening(self):
        """The slots of the last evening in reach on which nobody has booked."""
        by_day = {}
        for name in self.free_at(CNSP, "fr-naq"):
            day = name.rsplit("-", 1)[-1][:8]
            by_day.setdefault(day, []).append(name)
        return by_day[max(by_day)]

    def assert_converges_in(self, region, slot):
        await_until(lambda: self.partner.call("SlotService/GetSlot", {"name": slot}, role="osnp",
                                              region=region)["state"] == "STATE_BOOKED", slot)

    def test_every_story_ends_and_every_service_stays_ready(self):
        for story in stories.STORIES:
            with self.subTest(story.__name__):
                self.assertIn(story(stories.Desk(self.suite)).state, ("VALIDATED", "BOOKED"))
        for service in SERVICES:
            self.assertEqual(self.suite.status()[service], "SERVING")
        self.assert_no_seat_sold_twice()
        self.assert_no_seat_sold_twice("fr-naq")


if __name__ == "__main__":
    unittest.main()
