"""Steering and the médecin référent (S2-04), and a regulator who lifts a rule (H-17), with the real
programs."""

import json
import unittest

from e2e import NEED, NEED_OPTIONS, NURSE, REGION, SITE, TOLD_OPTIONS, SuiteCase, rpps, terrain

STEERING = {"role": "steering", "subject": "ars-1"}
REFERENT = {"role": "referent", "subject": "medecin-referent-1"}
REGULATOR = {"role": "regulator_mg", "subject": "mrg-1"}
FROM_15 = ("--entry", "line_15", "--motif", "M03.05", "--age", "38y")


class Governance(SuiteCase):

    demo = False

    def forbidden(self, method, body, **actor):
        answer = self.partner.call(method, body, **actor)
        self.assertEqual((answer["ok"], answer.get("reason")), (False, "ROLE_FORBIDDEN"),
                         f"{method}: {answer}")

    def test_S2_04_steering_reads_counts_and_nothing_of_a_patient_or_a_practitioner(self):
        case, slot = self.open_case(), self.slot()
        booked = self.book(slot, case, self.hold(slot))["name"]
        offer = self.partner.call("SlotService/GetOffer", {"parent": REGION, "territory": "85"},
                                  **STEERING)
        self.assertTrue(offer["ok"], offer)
        load = self.partner.call("RotationService/GetLoadTable",
                                 {"parent": REGION, "territory": "85"}, **STEERING)
        self.assertTrue(load["ok"], load)
        board = self.partner.call("RegulationService/GetBoard",
                                  {"parent": REGION, "territory": "85"}, **STEERING)
        self.assertTrue(board["ok"], board)
        told = json.dumps([offer, load, board], ensure_ascii=False)
        for secret in ("/slots/", "/practitioners/", "/cases/", "/patients/", "Dr Terrain", booked):
            self.assertNotIn(secret, told)
        for method, body in (
                ("SlotService/SearchSlots", {"parent": REGION, "insee_code": "85047", "need": NEED}),
                ("SlotService/ListSlots", {"parent": SITE}), ("SlotService/GetSlot", {"name": slot}),
                ("SlotService/HoldSlot", {"name": slot}), ("DirectoryService/GetSite", {"name": SITE}),
                ("DirectoryService/ListPractitioners", {"parent": REGION}),
                ("DirectoryService/ListSessions", {"parent": SITE}),
                ("PlanningService/UpdateSite", {}), ("PlanningService/SignCarePolicy", {}),
                ("BookingService/ListAppointments", {"parent": REGION}),
                ("BookingService/GetAppointment", {"name": booked}),
                ("RegulationService/ListRegulationCases", {"parent": REGION}),
                ("RegulationService/GetRegulationCase", {"name": case}),
                ("RegulationService/ListCareOrders", {"parent": f"{REGION}/cases/-"})):
            self.forbidden(method, body, **STEERING)

    def test_S2_04_rules_are_in_force_when_the_medecin_referent_has_signed(self):
        signer = rpps(9970300001)
        file = self.suite.folder / "rules.json"
        territory = terrain()
        site = territory["sites"][0]
        site["name"], site["display_name"] = f"{REGION}/sites/regle", "Site à règle"
        site["care_policy"] = {
            "protocol": "snp-adulte/1", "signed_by_rpps": signer,
            "rules": [{"rule_id": "pas-de-m03-05", "effect": "EFFECT_EXCLUDE", "motif_code": "M03.05",
                       "explanation": "Vu aux urgences pendant l’épidémie."}]}
        territory["session_plans"] = [
            {**territory["session_plans"][0], "name": f"{site['name']}/plans/p",
             "practitioner": f"{REGION}/practitioners/regle"}]
        territory["practitioners"] = [{**territory["practitioners"][0], "rpps": rpps(9970300002),
                                       "name": f"{REGION}/practitioners/regle"}]
        file.write_text(json.dumps(territory))
        self.suite.ctl("territory", "load", str(file))
        slots = [each["name"] for each in self.partner.call(
            "SlotService/ListSlots", {"parent": site["name"], "page_size": 50}, role="osnp")["slots"]
                 if each["state"] == "STATE_FREE"][4:]
        self.assertTrue(self.hold(slots[0], "idel-7"), "what nobody has signed is not in force")

        self.refused("NOT_THE_REFERENT", self.suite.ctl, "--rpps", rpps(9970300003), "planning",
                     "sign", site["name"], **REFERENT)
        signed = self.suite.ctl("--rpps", signer, "planning", "sign", site["name"], **REFERENT)
        self.assertEqual(len(signed["care_policy"]["rules"]), 1)
        self.assertNotIn("proposed_care_policy", signed)
        self.refused("EXCLUDED_BY_RULE", self.hold, slots[1], "idel-7")
        self.suite.ctl("territory", "load", str(file))  # The same file changes nothing.
        self.refused("EXCLUDED_BY_RULE", self.hold, slots[1], "idel-7")

    def test_H17_a_regulator_lifts_an_administrative_rule_and_books(self):
        case, slot = self.open_case(), self.slot()
        self.refused("ORDER_REQUIRED", self.suite.ctl, "slots", "hold", slot, *FROM_15, **REGULATOR)
        lift = ("--lift", "ORDER_REQUIRED", "--reason", "AUCUNE_AUTRE_OFFRE")
        self.refused("LIFT_NEEDS_REGULATOR", self.suite.ctl, "slots", "hold", slot, *FROM_15, *lift,
                     role="osnp")
        held = self.suite.ctl("slots", "hold", slot, *FROM_15, *lift, **REGULATOR)
        booked = self.suite.ctl("book", slot, *FROM_15, *TOLD_OPTIONS, "--case", case, "--hold",
                                held["hold_token"], **REGULATOR)
        self.assertEqual((booked["state"], booked["lifted_rules"]),
                         ("STATE_BOOKED", ["ORDER_REQUIRED"]))
        with self.ledger_of("slots") as ledger:
            rows = ledger.execute("SELECT * FROM audit").fetchall()
        audited = [str(row) for row in rows if "LiftRule" in str(row)]
        self.assertEqual(len(audited), 1)
        self.assertIn("AUCUNE_AUTRE_OFFRE", audited[0])
        self.assertIn("mrg-1", audited[0])
        # A rule of care is lifted by nobody.
        self.refused("RULE_NOT_LIFTABLE", self.suite.ctl, "slots", "hold", self.slot(), *NEED_OPTIONS,
                     "--lift", "MOTIF_NOT_ACCEPTED", "--reason", "AUCUNE_AUTRE_OFFRE",
                     **{**NURSE, **REGULATOR})


if __name__ == "__main__":
    unittest.main()
