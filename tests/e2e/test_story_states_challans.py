"""Seed 004, the CSNP of Challans: 116 117, 15, IAO and MAO, act by act, with every hour."""

import unittest

from story_states import BOOKED, SEARCHED, StatesCase, seconds, stories

SITE = "regions/fr-pdl/sites/csnp-challans"
IAO = {"role": "professional", "profession": "60", "entry_point": "urgences", "subject": "iao-challans"}
MAO = {**IAO, "profession": "10", "subject": "mao-challans"}
WOUND = ("--motif", "M02.06", "--age", "31y")
REDIRECTED = ("--entry", "urgences", *WOUND, "--access-reason", "reorientation_urgences", "--evaluation")
FORM = ("--evaluation-reason", "plaie simple de la main, constantes normales", "--protocol",
        "reorientation/2.1", "--clinical-line", "plaie de la main, à suturer")
WAITS, DECIDED = "ACTIVE P2 prioritised waits", "ACTIVE P2 prioritised claimed"


class Challans(StatesCase):

    def completed(self, desk, case):
        etag = self.suite.ctl("call", "show", case)["etag"]
        desk.does("MRL", "dossier achevé", "call", "complete", case, "--etag", etag)

    # --- by an order of the regulation -------------------------------------------------------

    def test_S4_07_by_116117_from_the_call_to_the_patient_who_knows(self):
        desk = self.watched(stories.challans_116117, self.HEARD + self.ORDERED)
        self.assert_order(desk)
        opened, completed = desk.of("call", "open"), desk.of("call", "complete")
        self.assertEqual((opened["origin"]["entry_point"], opened["origin"]["origine_code"]),
                         ("ENTRY_POINT_LINE_116117", "116117"))
        self.assertEqual(opened["wait_start_time"], opened["origin"]["pickup_time"])
        self.assertEqual(completed["close_time"], completed["update_time"])
        self.assertEqual((completed["care_level"], completed["attribution"]),
                         ("CARE_LEVEL_R3", "DRM.MRL.MG"))

    def test_S4_07_what_may_not_be_done_on_the_way_and_a_refused_proposal(self):
        def story(desk):
            desk.begin("Graine 004 : 15, vacancier hors de chez lui")
            case = desk.twice("ARM", "décroche", "call", "open", "--entry", "line_15", "--motif", "M03.14",
                              "--age", "34y", "--sex", "f", "--commune", "85234", "--phone", "+33639980041",
                              "--mobility", "own_transport", "--no-treating-doctor")["name"]
            desk.twice("ARM", "P2, filière SNP", "call", "prioritise", case, "P2", "--filiere", "SNP")
            order = ("call", "order", case, "--within", "24h", "--clinical-line", "fièvre à J1",
                     "--access-reason", "hors_residence")
            desk.twice("MRL", "régule", "call", "claim", case)
            desk.is_refused("CASE_ALREADY_CLAIMED", "MRL", "deuxième régulateur", "call", "claim", case,
                            role="regulator_mg", subject="mrl-2")
            desk.twice("MRL", "R3", "call", "decide", case, "R3", "ORIENT", "--orientation", "CABINET")
            desk.is_refused("ROLE_FORBIDDEN", "OSNP", "commande lui-même", *order, role="osnp")
            name = desk.twice("MRL", "commande SNP", *order)["name"]
            desk.is_refused("CASE_INCOMPLETE", "MRL", "achève pendant la recherche", "call", "complete", case,
                            "--etag", self.suite.ctl("call", "show", case)["etag"])
            desk.twice("OSNP", "prend la commande", "order", "claim", name)
            return self.searched(desk, case, name)

        desk = self.watched(story, self.HEARD + self.HANDED_OVER + [
            ("order refused", SEARCHED, "SEARCHING claimed contacted refused", ""),
            ("book", SEARCHED, "BOOKED claimed contacted refused appointed", BOOKED),
            ("order informed", DECIDED, "CONFIRMED_TO_PATIENT contacted refused appointed", BOOKED),
            ("call complete", "COMPLETED P2 prioritised ended",
             "CONFIRMED_TO_PATIENT contacted refused appointed", BOOKED),
        ])
        ordered, refused = desk.of("call", "order"), desk.of("order", "refused")
        self.assertEqual(ordered["delay"], "86400s")
        self.assertEqual(refused["refused_proposals"][0]["reason_code"], "DISTANCE")
        self.assertNotEqual(refused["refused_proposals"][0]["slot"], desk.of("book")["slot"])

    def searched(self, desk, case, order):
        """The OSNP's way to the slot; the patient refuses the first one."""
        words = ("--order", order, "--entry", "line_15")
        found = desk.does("OSNP", "cherche", "slots", "search", *words, "--within", "24h", "--radius-km", "60",
                          "--page-size", "50")
        first = stories.choose(found["matches"])["slot"]["name"]
        second = stories.choose([each for each in found["matches"]
                                 if each["slot"]["name"] != first])["slot"]["name"]
        desk.is_refused("ORDER_NOT_SEARCHING", "OSNP", "réserve avant d'appeler le MT", "book", first, *words,
                        subject="osnp-2")
        desk.twice("OSNP", "pas de médecin traitant ici", "order", "treating-doctor", order, "not_reached")
        desk.twice("OSNP", "trop loin", "order", "refused", order, first, "DISTANCE")
        held = desk.does("OSNP", "tient", "slots", "hold", second, *words)
        booked = desk.does("OSNP", "réserve", "book", second, *words, "--hold", held["hold_token"])
        desk.is_refused("ORDER_ALREADY_BOOKED", "OSNP", "réserve deux fois", "book", first, *words,
                        subject="osnp-2")
        desk.twice("OSNP", "l'heure est redite", "order", "informed", order)
        self.completed(desk, case)
        return desk.end("BOOKED", case, booked["name"])

    def test_S4_05_the_treating_doctor_sees_his_patient_himself(self):
        def story(desk):
            case, order = self.ordered(desk, "+33639980042")
            desk.twice("OSNP", "le MT le voit ce soir", "order", "treating-doctor", order, "has_slot")
            desk.is_refused("ORDER_STATE_FORBIDS", "OSNP", "cherche encore", "order", "refused", order,
                            f"{SITE}/slots/x", "HOUR")
            self.completed(desk, case)
            return desk.end("COMPLETED", case)

        self.watched(story, self.HEARD + self.HANDED_OVER[:-1] + [
            ("order treating-doctor", DECIDED, "TAKEN_BY_TREATING_DOCTOR contacted", ""),
            ("call complete", "COMPLETED P2 prioritised ended", "TAKEN_BY_TREATING_DOCTOR contacted", ""),
        ])

    def ordered(self, desk, phone):
        """A regulator's order in the hands of an OSNP."""
        desk.begin("Graine 004 : 116 117")
        case = desk.does("ARM", "décroche", "call", "open", "--entry", "line_116117", "--motif", "M03.14",
                         "--age", "34y", "--sex", "m", "--commune", "85047", "--phone", phone, "--mobility",
                         "own_transport", "--treating-doctor", "99700000013")["name"]
        desk.does("ARM", "P2, filière SNP", "call", "prioritise", case, "P2", "--filiere", "SNP")
        desk.does("MRL", "régule", "call", "claim", case)
        desk.does("MRL", "R3", "call", "decide", case, "R3", "ORIENT", "--orientation", "CABINET")
        order = desk.does("MRL", "commande SNP", "call", "order", case, "--within", "48h", "--clinical-line",
                          "fièvre à J1", "--access-reason", "mt_indisponible")["name"]
        desk.does("OSNP", "prend la commande", "order", "claim", order)
        return case, order

    def test_S4_01_without_a_slot_the_order_goes_back_and_the_regulator_decides_anew(self):
        def story(desk):
            case, order = self.ordered(desk, "+33639980043")
            desk.does("OSNP", "MT absent", "order", "treating-doctor", order, "unavailable")
            desk.does("OSNP", "appelle un cabinet", "order", "called", order, "no_answer", "--practice",
                      "cabinet des Dunes")
            desk.twice("OSNP", "rend la commande", "order", "return", order, "no_slot", "rien avant jeudi")
            desk.is_refused("ORDER_STATE_FORBIDS", "OSNP", "la reprend", "order", "claim", order)
            desk.does("MRL", "reprend", "call", "claim", case)
            desk.does("MRL", "R2, aux urgences", "call", "decide", case, "R2", "ORIENT", "--orientation",
                      "URGENCES")
            desk.is_refused("DECISION_WITHOUT_CONSULTATION", "MRL", "commande encore", "call", "order", case,
                            "--clinical-line", "fièvre à J1")
            self.completed(desk, case)
            return desk.end("COMPLETED", case)

        back = "NO_SLOT contacted called"
        desk = self.watched(story, self.HEARD + self.HANDED_OVER + [
            ("order called", SEARCHED, "SEARCHING claimed contacted called", ""),
            ("order return", f"{WAITS} claimed noted lacks RETURNED_ORDER", back, ""),
            ("call claim", f"{WAITS} claimed noted lacks RETURNED_ORDER", back, ""),
            ("call decide", f"{DECIDED} noted", "CLOSED contacted called", ""),
            ("call complete", "COMPLETED P2 prioritised noted ended", "CLOSED contacted called", ""),
        ])
        # A practice that does not answer is not a patient who cannot be reached.
        self.assertNotIn("unanswered_count", desk.of("order", "return"))

    # --- by the emergency department ---------------------------------------------------------

    def redirected(self, who, actor):
        """IAO or MAO addresses a patient to the CSNP; the dossier never waits for a regulator."""
        def story(desk):
            desk.begin(f"Graine 004 : {who}")
            case = desk.twice(who, "ouvre la demande", "call", "open", "--entry", "urgences", "--caller",
                              "SANTE.INF", *WOUND, "--sex", "m", "--commune", "85047", **actor)["name"]
            found = desk.does(who, "cherche", "slots", "search", "--near", "85047", "--within", "240h",
                              "--page-size", "50", *REDIRECTED, **actor)
            slot = stories.choose(found["matches"], "csnp-challans")["slot"]["name"]
            book = ("book", slot, "--case", case, *REDIRECTED, *FORM)
            for level, reason in (("2", "EVALUATION_TOO_URGENT"), ("6", "INVALID_TRIAGE_LEVEL")):
                desk.is_refused(reason, who, f"tri {level}", *book, "--triage-level", level, **actor)
                self.assert_converges(slot, "STATE_FREE")
            held = desk.does(who, "tient", "slots", "hold", slot, *REDIRECTED, "--severity-sign", "no", **actor)
            booked = desk.twice(who, "réserve", *book, "--hold", held["hold_token"], "--triage-level", "4",
                                **actor)
            return desk.end("BOOKED", case, booked["name"])

        desk = self.watched(story, [
            ("call open", "ACTIVE NR", "", ""),
            ("book", "ACTIVE NR", "", BOOKED),
        ])
        booked = desk.of("book")
        self.assertEqual((booked["site"], booked["entry_point"], booked["booker_profession_code"]),
                         (SITE, "ENTRY_POINT_URGENCES", actor["profession"]))
        self.assertEqual((booked["evaluation"]["triage_level"], booked["evaluation"]["protocol"]),
                         (4, "reorientation/2.1"))
        self.assertNotIn("care_order", booked)
        self.assertEqual(seconds(booked["end_time"], booked["start_time"]), 15 * 60)

    def test_S4_08_the_iao_addresses_without_order(self):
        self.redirected("IAO", IAO)

    def test_S4_08_the_mao_addresses_without_order(self):
        self.redirected("MAO", MAO)

    # --- who may not -------------------------------------------------------------------------

    def test_S4_05_S4_07_S4_08_who_comes_by_another_way_is_refused(self):
        free = [each["name"] for each in self.everything(
            "SlotService/ListSlots", "slots", {"parent": SITE}, role="osnp")
            if each["state"] == "STATE_FREE"]
        day, _, _ = free[-1].rpartition("t")
        slot = next(each for each in free if each.startswith(day))  # One kept for emergencies.

        def refused(reason, *need, **actor):
            self.refused(reason, self.suite.ctl, "slots", "hold", slot, *need, "--severity-sign", "no", **actor)
            self.assertEqual(self.shown(slot)["state"], "STATE_FREE")
        for line in ("line_15", "line_116117"):
            refused("ORDER_REQUIRED", "--entry", line, "--motif", "M03.14", "--age", "34y", "--access-reason",
                    "mt_indisponible")
        refused("PROFESSION_NOT_ALLOWED", *REDIRECTED, **{**IAO, "profession": "21"})
        refused("ENTRY_POINT_FORBIDDEN", *REDIRECTED, **{**IAO, "entry_point": "idel"})
        for entry, profession in (("idel", "60"), ("pharmacie", "21"), ("podologue", "80"),
                                  ("medecin_traitant", "10")):
            refused("ENTRY_POINT_CLOSED", "--entry", entry, *WOUND, role="professional",
                    profession=profession, entry_point=entry)
        refused("ENTRY_POINT_CLOSED", "--entry", "secretariat", *WOUND, role="secretariat")
        refused("EVALUATION_REQUIRED", *REDIRECTED[:-1], **IAO)
        refused("ACCESS_REASON_REQUIRED", "--entry", "urgences", *WOUND, "--evaluation", **IAO)
        refused("ACCESS_REASON_NOT_ACCEPTED", "--entry", "urgences", *WOUND, "--evaluation",
                "--access-reason", "sans_mt", **IAO)
        reason = ("--access-reason", "reorientation_urgences", "--evaluation")
        refused("MOTIF_NOT_ACCEPTED", "--entry", "urgences", "--motif", "M03.06", "--age", "31y", *reason,
                **IAO)
        refused("AGE_NOT_ACCEPTED", "--entry", "urgences", "--motif", "M02.06", "--age", "2m", *reason, **IAO)


if __name__ == "__main__":
    unittest.main()
