"""Entries without regulation with the real programs: who enters, what comes of it (seeds 002 and 003)."""

import datetime
import json
import unittest

from e2e import await_until
from entries import (DOCTOR_OF_PATIENT, IAO, MILD, NURSE, OSNP, PHARMACIST, RPPS, SECRETARY, WHO,
                     EntryCase)

UNSET = "PRIORITY_UNSPECIFIED"


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Entries(EntryCase):

    # --- helpers -----------------------------------------------------------------------------

    def enter(self, entry, protocol, *more, answers=("motif=fievre", *MILD), **actor):
        return self.suite.ctl(*self.entry(entry, protocol, *more, answers=answers), **actor)

    def order(self, name, **actor):
        return self.suite.ctl("order", "show", name, **(actor or OSNP))

    def listed(self, *more, **actor):
        page = self.suite.ctl("entry", "list", *more, **(actor or OSNP))
        return [each["name"] for each in page.get("care_orders", [])]

    def dossier(self, entered):
        return self.suite.ctl("call", "show", entered["regulation_case"]["name"], role="regulator_mg")

    def hold_as(self, slot, entry, *more, **actor):
        return self.suite.ctl("slots", "hold", slot, "--entry", entry, *WHO, "--severity-sign", "no", *more,
                              **actor)["hold_token"]

    def book_order(self, order, entry, *more, hold=(), **actor):
        """Hold and booking in the words of the entry; the order follows."""
        slot = self.slot()
        token = self.hold_as(slot, entry, *hold, **actor)
        booked = self.suite.ctl("book", slot, "--order", order, "--entry", entry, "--hold", token,
                                *hold, *more, **actor)
        self.assertEqual(booked["care_order"], order)
        self.assertEqual(booked["attempts"][0]["outcome"], "rien avant jeudi")
        await_until(lambda: self.order(order)["state"] == "STATE_BOOKED", "the order is booked")
        kept = self.order(order)
        self.assertEqual(kept["appointment"], booked["name"])
        self.assertEqual(kept["appointment_start_time"], booked["start_time"])
        self.assertLessEqual(instant(booked["start_time"]), instant(kept["due_time"]))
        return booked

    def assert_entered(self, entered, entry, protocol, organization):
        """State and times of a fresh order of 24 h."""
        order = entered["care_order"]
        self.assertEqual(instant(order["due_time"]) - instant(order["origin_time"]),
                         datetime.timedelta(hours=24))
        self.assertEqual(order["origin_time"], order["create_time"])
        told = order["entry"]
        self.assertEqual((told["entry_point"], told.get("organization", ""), told.get("local", False)),
                         (f"ENTRY_POINT_{entry}", organization, False))
        self.assertEqual(told["protocol"].partition("/scopes/")[2].replace("protocols/", "").replace(
            "versions/", ""), f"{protocol}/1.0")
        self.assertEqual(told["previous_attempts"][0]["target"], "cabinet du MT")
        self.assertEqual(entered["regulation_case"]["priority"], "PRIORITY_NR")
        self.assertNotIn("wait_start_time", entered["regulation_case"])
        self.assertEqual(entered["regulation_case"]["triages"][0]["protocol"], told["protocol"])

    # --- tests -------------------------------------------------------------------------------

    def test_S2_16_S2_21_the_treating_doctor_orients_and_books_at_once(self):
        answers = ("motif=traumatologie-mineure", "anticoagulant=yes", "detresse=no", "conscience=no",
                   "hemorragie=no", "dangerosite=no", "parcours=mt-indisponible",
                   "parcours-detail=agenda plein")
        entered = self.enter("medecin_traitant", "85-lvo/entree-csnp", "--orienting-rpps", RPPS,
                             answers=answers, **DOCTOR_OF_PATIENT)
        self.assertEqual(entered["outcome"], "ENTRY_OUTCOME_BOOK")
        self.assert_entered(entered, "MEDECIN_TRAITANT", "85-lvo/entree-csnp", "structures/cabinet")
        order = entered["care_order"]
        self.assertEqual((order["state"], order["claim"]["owner"]["subject"]),
                         ("STATE_SEARCHING", "mt-1"))
        self.assertEqual(order["entry"]["priority"], "PRIORITY_P2")
        self.assertEqual(order["entry"]["orienting_professional_rpps"], RPPS)
        booked = self.book_order(order["name"], "medecin_traitant", **DOCTOR_OF_PATIENT)
        self.assertEqual(booked["entry_point"], "ENTRY_POINT_MEDECIN_TRAITANT")
        informed = self.suite.ctl("order", "informed", order["name"], **DOCTOR_OF_PATIENT)
        self.assertEqual(informed["state"], "STATE_CONFIRMED_TO_PATIENT")
        self.assertNotIn(order["name"], self.listed())

    def test_S2_17_S2_22_a_saturated_secretariat_adds_and_an_operator_calls_back(self):
        entered = self.enter("secretariat", "85/court-secretariat", "--call-back", "2h", **SECRETARY)
        self.assertEqual(entered["outcome"], "ENTRY_OUTCOME_WAITING")
        self.assert_entered(entered, "SECRETARIAT", "85/court-secretariat", "structures/msp")
        order = entered["care_order"]
        self.assertEqual(order["state"], "STATE_TO_DO")
        promised = instant(order["callback_time"]) - instant(order["create_time"])
        self.assertLess(abs(promised - datetime.timedelta(hours=2)), datetime.timedelta(minutes=1))
        urgent = self.enter("secretariat", "85/court-secretariat", "--call-back", "1h",
                            answers=("motif=fievre", "detresse=no", "conscience=no",
                                     "hemorragie=unknown", "parcours=sans-mt"), **SECRETARY)
        self.assertEqual(urgent["care_order"]["entry"]["priority"], "PRIORITY_P2")
        names = [urgent["care_order"]["name"], order["name"]]
        self.assertEqual([each for each in self.listed() if each in names], names)
        stranger = {**SECRETARY, "subject": "secretaire-9", "organization": "structures/autre"}
        self.assertEqual(self.listed(**stranger), [])
        self.refused("NOT_OWN_ENTRY", self.order, order["name"], **stranger)
        claimed = self.suite.ctl("order", "claim", order["name"], **OSNP)
        self.assertEqual((claimed["state"], claimed["claim"]["owner"]["subject"]),
                         ("STATE_SEARCHING", "osnp-1"))
        self.refused("ORDER_ALREADY_CLAIMED", self.suite.ctl, "order", "claim", order["name"],
                     role="osnp", subject="osnp-2")
        called = self.suite.ctl("order", "called", order["name"], "no_answer", "--again-in", "20", **OSNP)
        self.assertEqual(called["unanswered_count"], 1)
        self.assertLess(instant(called["callback_time"]), instant(order["callback_time"]))
        self.suite.ctl("order", "called", order["name"], "reached", **OSNP)
        booked = self.book_order(order["name"], "secretariat", **OSNP)
        self.assertEqual(booked["booked_by"]["subject"], "osnp-1")
        self.assertNotIn(order["name"], self.listed("--all", **stranger))

    def test_S2_18_the_emergency_department_addresses_a_patient(self):
        answers = ("motif=plaie", "tri=t4", *MILD)
        entered = self.enter("urgences", "85/court-urgences", answers=answers, **IAO)
        self.assertEqual(entered["outcome"], "ENTRY_OUTCOME_BOOK")
        self.assert_entered(entered, "URGENCES", "85/court-urgences", "structures/hopital")
        self.book_order(entered["care_order"]["name"], "urgences", "--triage-level", "4",
                        "--evaluation-reason", "petite plaie, constantes normales", "--protocol",
                        "reorientation/2.1", hold=("--evaluation",), **IAO)
        # Tri 3 stays: the protocol excludes him here, and he is sent back in one act (S2-23).
        refused = self.refused("ENTRY_UNSUITABLE", self.enter, "urgences", "85/court-urgences",
                               answers=("motif=plaie", "tri=t3", *MILD), **IAO)
        self.assertIn("URGENCES", json.dumps(refused))
        sent = self.enter("urgences", "85/court-urgences", "--to", "urgences", "--why", "tri 3",
                          answers=("motif=plaie", "tri=t3", *MILD), **IAO)
        self.assertEqual(sent["outcome"], "ENTRY_OUTCOME_REORIENTED")
        self.assertEqual(sent["care_order"]["state"], "STATE_REORIENTED")
        self.assertEqual(self.dossier(sent)["state"], "STATE_COMPLETED")

    def test_S2_19_H06_pharmacist_and_nurse_enter_and_a_severity_sign_points_to_the_15(self):
        entered = self.enter("pharmacie", "85/court-pharmacie", **PHARMACIST)
        self.assert_entered(entered, "PHARMACIE", "85/court-pharmacie", "structures/officine")
        self.book_order(entered["care_order"]["name"], "pharmacie", **PHARMACIST)
        nurse = self.enter("idel", "85/court-idel", **NURSE)
        self.assert_entered(nurse, "IDEL", "85/court-idel", "")
        self.refused("ENTRY_POINT_FORBIDDEN", self.enter, "idel", "85/court-idel", **PHARMACIST)
        red = self.enter("idel", "85/court-idel", answers=("motif=fievre", "saturation=88"), **NURSE)
        self.assertEqual((red["outcome"], red["proposal"]), ("ENTRY_OUTCOME_REGULATOR", "15"))
        self.assertNotIn("care_order", red)
        dossier = self.dossier(red)
        self.assertEqual(dossier.get("priority", UNSET), UNSET)
        self.assertEqual(instant(dossier["wait_start_time"]), instant(dossier["create_time"]))
        self.assertEqual(instant(dossier["wait_alarm_time"]) - instant(dossier["wait_start_time"]),
                         datetime.timedelta(seconds=60))
        waiting = self.suite.ctl("call", "list", "--view", "waiting", role="arm")
        self.assertIn(dossier["name"], [each["name"] for each in waiting["regulation_cases"]])
        self.refused("REGULATOR_REQUIRED", self.suite.ctl, "entry", "reorient", dossier["name"], "--to",
                     "medecin_traitant", "--why", "il préfère", **NURSE)

    def test_S2_20_no_booking_without_the_questionnaire(self):
        case = self.open_case()
        slot = self.slot()
        token = self.hold(slot)
        self.refused("ENTRY_QUESTIONNAIRE_REQUIRED", self.book, slot, case, token)
        self.refused("ATTEMPTS_REQUIRED", self.suite.ctl, "entry", "submit", "--entry", "idel", *WHO,
                     "--commune", "85047", "--phone", "+33199000001", "--mobility", "own_transport",
                     "--protocol", "85/court-idel", "--answer", "motif=fievre", "--answer", "detresse=no",
                     "--answer", "conscience=no", "--answer", "hemorragie=no", "--answer",
                     "parcours=rien", "--line", "fièvre", **NURSE)
        words = [word for answer in ("motif=fievre", *MILD) for word in ("--answer", answer)]
        self.suite.ctl("call", "triage", case, "--protocol", "85/court-idel", *words, **NURSE)
        slot = self.slot()
        self.assertEqual(self.book(slot, case, self.hold(slot))["state"], "STATE_BOOKED")

    def test_S2_15_S2_23_one_act_sends_a_waiting_patient_elsewhere(self):
        entered = self.enter("pharmacie", "85/court-pharmacie", "--call-back", "2h", **PHARMACIST)
        name = entered["care_order"]["name"]
        watching = self.suite.watch("--from-start")
        self.addCleanup(watching.stop)
        sent = self.suite.ctl("entry", "reorient", name, "--order", "--to", "sos", "--structure",
                              "SOS Médecins du port", "--why", "visite à domicile", **PHARMACIST)
        def told():
            return [each for each in watching.events
                    if (each["type"], each["subject"]) == ("reorientation.sent", name)]
        await_until(told, "the message goes out")
        self.assertEqual(told()[0]["reorientation"], {
            "destination": "DESTINATION_SOS", "care_order": name,
            "regulation_case": entered["regulation_case"]["name"]})
        order = sent["care_orders"][0]
        self.assertEqual((order["state"], order["reorientation"]["reason"]),
                         ("STATE_REORIENTED", "visite à domicile"))
        self.assertEqual(order["reorientation"]["reorient_time"], order["update_time"])
        dossier = self.dossier(entered)
        self.assertEqual((dossier["state"], dossier["close_time"]),
                         ("STATE_COMPLETED", order["update_time"]))
        self.assertNotIn(name, self.listed())
        again = self.suite.ctl("entry", "reorient", dossier["name"], "--to", "samu", "--why", "aggravation",
                               **PHARMACIST)["regulation_case"]
        self.assertEqual(again["state"], "STATE_ACTIVE")
        self.assertEqual(again.get("priority", UNSET), UNSET)
        self.assertIn("wait_start_time", again)

    def test_S3_03_a_structure_organises_its_own_requests_and_they_are_counted_apart(self):
        self.refused("PROTOCOL_FOR_OTHER_ENTRY", self.enter, "local", "85/court-secretariat",
                     "--call-back", "2h", **SECRETARY)
        entered = self.enter("local", "85/court-local", "--call-back", "2h", **SECRETARY)
        order = entered["care_order"]
        self.assertEqual((order["entry"]["entry_point"], order["entry"]["local"]),
                         ("ENTRY_POINT_SECRETARIAT", True))
        self.assertTrue(order["entry"]["protocol"].endswith("/protocols/court-local/versions/1.0"))
        self.assertIn(order["name"], self.listed(**SECRETARY))
        self.assertNotIn(order["name"], self.listed())
        self.refused("NOT_OWN_ENTRY", self.suite.ctl, "order", "claim", order["name"], **OSNP)
        await_until(lambda: self.suite.metric(
            "regulation", "sas_regulation_local_entries_open") == 1, "counted apart")
        self.assertEqual(self.suite.metric("regulation", "sas_regulation_entries_total",
                                           outcome="waiting", origin="local"), 1)
        self.suite.ctl("order", "claim", order["name"], **SECRETARY)
        self.assertEqual(self.order(order["name"], **SECRETARY)["state"], "STATE_SEARCHING")


if __name__ == "__main__":
    unittest.main()
