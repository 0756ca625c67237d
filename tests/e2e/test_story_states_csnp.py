"""Seed 002, the CSNP: each of its entries and each outcome, act by act, with every hour."""

import unittest

from e2e import REGION, await_until, request_id
from entries import (DOCTOR_OF_PATIENT, IAO, MILD, NURSE, OSNP, PHARMACIST, RPPS, SECRETARY,
                     EntryCase)
from story_states import StatesCase, at, now, seconds

RECEIVES = {"role": "effecteur", "subject": "dr-terrain", "organization": "terrain"}
STRANGER = {**SECRETARY, "subject": "secretaire-9", "organization": "structures/autre"}
# An entry waits for no regulator; the questionnaire and what was tried stand on it.
ENTERED, SEARCHED = "ACTIVE NR tried asked", "ACTIVE NR tried asked lacks OPEN_ORDER"
BOOKED = "BOOKED EXPECTED tried"


class Csnp(EntryCase, StatesCase):

    # A seat that is free again would be held for the orders of these tests.
    settings = {"booking": {"SAS_BOOKING_REFILL": "false"}}

    def enters(self, desk, who, entry, protocol, *more, answers=("motif=fievre", *MILD), **actor):
        desk.begin(f"Graine 002 : {who}")
        entered = desk.does(who, "saisit la demande", *self.entry(entry, protocol, *more, answers=answers),
                            **actor)
        return entered["regulation_case"]["name"], entered.get("care_order", {}).get("name", "")

    def books(self, desk, who, order, *more, hold=(), **actor):
        slot = self.slot()
        held = desk.does(who, "tient", "slots", "hold", slot, "--order", order, *hold, **actor)
        return desk.does(who, "réserve", "book", slot, "--order", order, "--hold", held["hold_token"], *hold,
                         *more, **actor)

    def assert_entered(self, desk, entry, protocol, priority, organization, outcome="BOOK"):
        """What came of the entry, and its 24 h."""
        entered = desk.of("entry", "submit")
        case, order = entered["regulation_case"], entered["care_order"]
        self.assertEqual(entered["outcome"], f"ENTRY_OUTCOME_{outcome}")
        self.assertEqual(case["origin"]["entry_point"], f"ENTRY_POINT_{entry}")
        told = order["entry"]
        self.assertEqual((told["entry_point"], told["priority"], told.get("organization", "")),
                         (f"ENTRY_POINT_{entry}", f"PRIORITY_{priority}", organization))
        self.assertTrue(told["protocol"].endswith(f"/protocols/{protocol}/versions/1.0"), told["protocol"])
        self.assertEqual(case["triages"][0]["protocol"], told["protocol"])
        # All of one act: its hour is everywhere the same, and the delay runs from it.
        self.assertEqual(seconds(order["due_time"], order["origin_time"]), 24 * 3600)
        self.assertEqual({case["create_time"], case["update_time"], case["origin"]["pickup_time"],
                          case["triages"][0]["record_time"], order["create_time"], order["origin_time"],
                          order["update_time"], order["act_time"]}, {case["create_time"]})
        attempt, = told["previous_attempts"]
        self.assertEqual(attempt["target"], "cabinet du MT")
        self.assertLessEqual(at(attempt["attempt_time"]), at(case["create_time"]))
        return order

    # --- outcome: booked at once -------------------------------------------------------------

    def test_S2_16_S2_21_S2_29_the_treating_doctor_books_and_his_patient_is_seen(self):
        answers = ("motif=traumatologie-mineure", "anticoagulant=yes", "detresse=no", "conscience=no",
                   "hemorragie=no", "dangerosite=no", "parcours=mt-indisponible",
                   "parcours-detail=agenda plein")

        def story(desk):
            case, order = self.enters(desk, "MT", "medecin_traitant", "85-lvo/entree-csnp",
                                      "--orienting-rpps", RPPS, answers=answers, **DOCTOR_OF_PATIENT)
            desk.is_refused("ORDER_ALREADY_CLAIMED", "OSNP", "veut la prendre", "order", "claim", order,
                            **OSNP)
            appointment = self.books(desk, "MT", order, **DOCTOR_OF_PATIENT)["name"]
            desk.twice("MT", "l'heure est redite", "order", "informed", order, **DOCTOR_OF_PATIENT)
            desk.is_refused("PATIENT_ALREADY_BOOKED", "MT", "l'envoie quand même ailleurs", "entry",
                            "reorient", case, "--to", "urgences", "--why", "change d'avis",
                            **DOCTOR_OF_PATIENT)
            for step in ("arrived", "in_consultation", "left"):
                desk.twice("Secrétaire", step, "appointment", "arrival", appointment, step, **RECEIVES)
            desk.does("Médecin", "clôt le passage", "appointment", "resolve", appointment, "fulfilled",
                      "--final-motif", "M02.06", "--follow-up", "imaging", **RECEIVES)
            return desk.end("FULFILLED", case, appointment)

        told = "CONFIRMED_TO_PATIENT tried appointed"
        desk = self.watched(story, [
            ("entry submit", SEARCHED, "SEARCHING tried claimed", ""),
            ("book", SEARCHED, "BOOKED tried claimed appointed", BOOKED),
            ("order informed", ENTERED, told, BOOKED),
            ("appointment arrival", ENTERED, told, "BOOKED ARRIVED tried arrived"),
            ("appointment arrival", ENTERED, told, "BOOKED IN_CONSULTATION tried arrived"),
            ("appointment arrival", ENTERED, told, "BOOKED LEFT tried arrived"),
            ("appointment resolve", ENTERED, told, "FULFILLED LEFT tried arrived recorded"),
        ])
        order = self.assert_entered(desk, "MEDECIN_TRAITANT", "entree-csnp", "P2", "structures/cabinet")
        self.assertEqual(order["entry"]["orienting_professional_rpps"], RPPS)
        self.assertEqual(order["claim"]["claim_time"], order["create_time"])
        closed = desk.of("appointment", "resolve")
        self.assertEqual((closed["outcome"]["final_motif_code"], closed["outcome"]["follow_up"]),
                         ("M02.06", "FOLLOW_UP_IMAGING"))

    def test_S2_19_S2_21_S2_55_the_pharmacist_books_and_the_patient_leaves(self):
        def story(desk):
            case, order = self.enters(desk, "Pharmacien", "pharmacie", "85/court-pharmacie", **PHARMACIST)
            appointment = self.books(desk, "Pharmacien", order, **PHARMACIST)["name"]
            desk.does("Pharmacien", "l'heure est redite", "order", "informed", order, **PHARMACIST)
            desk.does("Secrétaire", "arrivé", "appointment", "arrival", appointment, "arrived", **RECEIVES)
            desk.does("Secrétaire", "parti", "appointment", "resolve", appointment, "abandoned", "--reason",
                      "LEFT_BEFORE_CONSULTATION", **RECEIVES)
            return desk.end("ABANDONED", case, appointment)

        told = "CONFIRMED_TO_PATIENT tried appointed"
        desk = self.watched(story, [
            ("entry submit", SEARCHED, "SEARCHING tried claimed", ""),
            ("book", SEARCHED, "BOOKED tried claimed appointed", BOOKED),
            ("order informed", ENTERED, told, BOOKED),
            ("appointment arrival", ENTERED, told, "BOOKED ARRIVED tried arrived"),
            ("appointment resolve", ENTERED, told, "ABANDONED ARRIVED tried arrived"),
        ])
        self.assert_entered(desk, "PHARMACIE", "court-pharmacie", "P3", "structures/officine")

    def test_S2_19_S2_21_the_nurse_books_cancels_and_books_again(self):
        def story(desk):
            case, order = self.enters(desk, "IDEL", "idel", "85/court-idel", **NURSE)
            first = self.books(desk, "IDEL", order, **NURSE)["name"]
            desk.is_refused("ORDER_ALREADY_BOOKED", "IDEL", "réserve deux fois", "book", self.slot(),
                            "--order", order, **NURSE)
            desk.does("IDEL", "annule", "appointment", "cancel", first, "--reason", "PATIENT", **NURSE)
            second = self.books(desk, "IDEL", order, **NURSE)["name"]
            desk.does("IDEL", "l'heure est redite", "order", "informed", order, **NURSE)
            return desk.end("BOOKED", case, second)

        desk = self.watched(story, [
            ("entry submit", SEARCHED, "SEARCHING tried claimed", ""),
            ("book", SEARCHED, "BOOKED tried claimed appointed", BOOKED),
            ("appointment cancel", SEARCHED, "SEARCHING tried claimed", "CANCELLED EXPECTED tried"),
            ("book", SEARCHED, "BOOKED tried claimed appointed", f"CANCELLED EXPECTED tried; {BOOKED}"),
            ("order informed", ENTERED, "CONFIRMED_TO_PATIENT tried appointed",
             f"CANCELLED EXPECTED tried; {BOOKED}"),
        ])
        self.assert_entered(desk, "IDEL", "court-idel", "P3", "")

    def test_S2_18_S2_21_the_emergency_department_books_by_its_evaluation(self):
        def story(desk):
            case, order = self.enters(desk, "IAO", "urgences", "85/court-urgences",
                                      answers=("motif=plaie", "tri=t4", *MILD), **IAO)
            desk.is_refused("EVALUATION_REQUIRED", "IAO", "sans évaluation", "slots", "hold", self.slot(),
                            "--order", order, **IAO)
            appointment = self.books(
                desk, "IAO", order, "--triage-level", "4", "--evaluation-reason",
                "petite plaie, constantes normales", "--protocol", "reorientation/2.1",
                hold=("--evaluation",), **IAO)["name"]
            desk.does("IAO", "l'heure est redite", "order", "informed", order, **IAO)
            return desk.end("BOOKED", case, appointment)

        desk = self.watched(story, [
            ("entry submit", SEARCHED, "SEARCHING tried claimed", ""),
            ("book", SEARCHED, "BOOKED tried claimed appointed", BOOKED),
            ("order informed", ENTERED, "CONFIRMED_TO_PATIENT tried appointed", BOOKED),
        ])
        self.assert_entered(desk, "URGENCES", "court-urgences", "P3", "structures/hopital")
        self.assertEqual(desk.of("book")["evaluation"]["triage_level"], 4)

    def test_S2_16_S2_17_S2_21_a_secretariat_books_for_its_practice_and_for_the_doctor(self):
        fever = ("motif=fievre", "anticoagulant=no", "dangerosite=no", "parcours-detail=agenda plein", *MILD)
        for entry, protocol, answers, more, actor in (
                ("secretariat", "85/court-secretariat", ("motif=fievre", *MILD), (), SECRETARY),
                ("medecin_traitant", "85-lvo/entree-csnp", fever, ("--orienting-rpps", RPPS),
                 {**SECRETARY, "entry_point": "medecin_traitant"})):
            def story(desk, way=(entry, protocol, *more), said=answers, who=actor):
                case, order = self.enters(desk, "Secrétariat", *way, answers=said, **who)
                booked = self.books(desk, "Secrétariat", order, **who)
                desk.does("Secrétariat", "l'heure est redite", "order", "informed", order, **who)
                return desk.end("BOOKED", case, booked["name"])

            with self.subTest(entry):
                desk = self.watched(story, [
                    ("entry submit", SEARCHED, "SEARCHING tried claimed", ""),
                    ("book", SEARCHED, "BOOKED tried claimed appointed", BOOKED),
                    ("order informed", ENTERED, "CONFIRMED_TO_PATIENT tried appointed", BOOKED),
                ])
                self.assert_entered(desk, entry.upper(), protocol.rpartition("/")[2], "P3", "structures/msp")
                self.assertEqual(desk.of("book")["booked_by"]["role"], "ROLE_SECRETARIAT")

    # --- outcome: the file active ------------------------------------------------------------

    def test_S2_17_S2_22_a_saturated_secretariat_adds_and_the_osnp_calls_back_until_the_slot(self):
        def story(desk):
            case, order = self.enters(desk, "Secrétariat", "secretariat", "85/court-secretariat",
                                      "--call-back", "2h", **SECRETARY)
            desk.is_refused("NOT_OWN_ENTRY", "Autre secrétariat", "n'est pas à lui", "order", "claim", order,
                            **STRANGER)
            desk.is_refused("ORDER_NOT_SEARCHING", "OSNP", "réserve sans prendre", "book", self.slot(),
                            "--order", order, **OSNP)
            desk.twice("OSNP", "prend la demande", "order", "claim", order, **OSNP)
            desk.is_refused("ORDER_ALREADY_CLAIMED", "OSNP", "deuxième opérateur", "order", "claim", order,
                            role="osnp", subject="osnp-2")
            desk.does("OSNP", "rappelle en vain", "order", "called", order, "no_answer", "--again-in", "20",
                      **OSNP)
            desk.twice("OSNP", "joint le patient", "order", "called", order, "reached", **OSNP)
            appointment = self.books(desk, "OSNP", order, **OSNP)["name"]
            desk.does("OSNP", "l'heure est redite", "order", "informed", order, **OSNP)
            return desk.end("BOOKED", case, appointment)

        desk = self.watched(story, [
            ("entry submit", SEARCHED, "TO_DO tried promised", ""),
            ("order claim", SEARCHED, "SEARCHING tried claimed promised", ""),
            ("order called", SEARCHED, "SEARCHING tried claimed promised called", ""),
            ("order called", SEARCHED, "SEARCHING tried claimed called", ""),
            ("book", SEARCHED, "BOOKED tried claimed called appointed", BOOKED),
            ("order informed", ENTERED, "CONFIRMED_TO_PATIENT tried called appointed", BOOKED),
        ])
        order = self.assert_entered(desk, "SECRETARIAT", "court-secretariat", "P3", "structures/msp",
                                    "WAITING")
        self.assertNotIn("claim", order)
        self.assertAlmostEqual(seconds(order["callback_time"], order["create_time"]), 2 * 3600, delta=60)
        missed = desk.of("order", "called")
        self.assertEqual(missed["unanswered_count"], 1)
        self.assertAlmostEqual(seconds(missed["callback_time"], missed["update_time"]), 20 * 60, delta=60)
        self.assertEqual(desk.of("book")["booked_by"]["subject"], "osnp-1")

    def test_S2_22_a_patient_who_cannot_be_reached_goes_back_to_a_regulator(self):
        def story(desk):
            case, order = self.enters(desk, "Pharmacien", "pharmacie", "85/court-pharmacie", "--call-back",
                                      "2h", **PHARMACIST)
            desk.does("OSNP", "prend la demande", "order", "claim", order, **OSNP)
            for attempt in range(3):
                desk.does("OSNP", f"appel {attempt + 1}", "order", "called", order, "voicemail", **OSNP)
            desk.twice("OSNP", "rend la demande", "order", "return", order, "patient_unreachable",
                       "trois appels, messagerie", **OSNP)
            desk.is_refused("ORDER_STATE_FORBIDS", "OSNP", "rappelle après coup", "order", "called", order,
                            "reached", **OSNP)
            desk.does("ARM", "P2, filière SNP", "call", "prioritise", case, "P2", "--filiere", "SNP")
            desk.does("MRL", "reprend", "call", "claim", case)
            desk.does("MRL", "conseil à la famille", "call", "decide", case, "R4", "CONSEIL",
                      "--instructions", "Rappeler le 15 si la fièvre persiste.")
            etag = self.suite.ctl("call", "show", case, role="regulator_mg")["etag"]
            desk.does("MRL", "dossier achevé", "call", "complete", case, "--etag", etag)
            return desk.end("COMPLETED", case)

        # What nobody had prioritised waits for a regulator just below P1.
        told, back = "tried asked noted", "PATIENT_UNREACHABLE tried called"
        waits = f"prioritised waits {told}"
        self.watched(story, [
            ("entry submit", SEARCHED, "TO_DO tried promised", ""),
            ("order claim", SEARCHED, "SEARCHING tried claimed promised", ""),
            ("order called", SEARCHED, "SEARCHING tried claimed called", ""),
            ("order called", SEARCHED, "SEARCHING tried claimed called", ""),
            ("order called", SEARCHED, "SEARCHING tried claimed called", ""),
            ("order return", f"ACTIVE {waits} lacks PRIORITY DECISION RETURNED_ORDER", back, ""),
            ("call prioritise", f"ACTIVE P2 {waits} lacks DECISION RETURNED_ORDER", back, ""),
            ("call claim", f"ACTIVE P2 prioritised waits claimed {told} lacks DECISION RETURNED_ORDER",
             back, ""),
            ("call decide", f"ACTIVE P2 prioritised claimed {told}", "CLOSED tried called", ""),
            ("call complete", f"COMPLETED P2 prioritised {told} ended", "CLOSED tried called", ""),
        ])

    # --- outcome: elsewhere ------------------------------------------------------------------

    def test_S2_18_S2_23_whom_the_protocol_excludes_is_sent_elsewhere_in_one_act(self):
        answers = ("motif=plaie", "tri=t3", *MILD)

        def story(desk):
            desk.begin("Graine 002 : tri 3")
            desk.is_refused("ENTRY_UNSUITABLE", "IAO", "tri 3 pour le CSNP",
                            *self.entry("urgences", "85/court-urgences", answers=answers), **IAO)
            case, _ = self.enters(desk, "IAO", "urgences", "85/court-urgences", "--to", "urgences", "--why",
                                  "tri 3", answers=answers, **IAO)
            return desk.end("COMPLETED", case)

        desk = self.watched(story, [
            ("entry submit", "COMPLETED NR tried asked noted ended", "REORIENTED tried reoriented", ""),
        ])
        self.assert_entered(desk, "URGENCES", "court-urgences", "P2", "structures/hopital", "REORIENTED")
        entered = desk.of("entry", "submit")
        self.assertEqual(entered["care_order"]["reorientation"]["reorient_time"],
                         entered["regulation_case"]["close_time"])

    def test_S2_15_S2_23_who_waits_is_sent_to_sos_and_later_to_the_samu(self):
        def story(desk):
            case, order = self.enters(desk, "Pharmacien", "pharmacie", "85/court-pharmacie", "--call-back",
                                      "2h", **PHARMACIST)
            desk.twice("Pharmacien", "visite à domicile", "entry", "reorient", order, "--order", "--to",
                       "sos", "--structure", "SOS Médecins du port", "--why", "ne peut se déplacer",
                       **PHARMACIST)
            desk.is_refused("ORDER_STATE_FORBIDS", "OSNP", "veut encore la prendre", "order", "claim", order,
                            **OSNP)
            desk.does("Pharmacien", "s'aggrave : le SAMU", "entry", "reorient", case, "--to", "samu", "--why",
                      "aggravation", **PHARMACIST)
            return desk.end("ACTIVE", case)

        desk = self.watched(story, [
            ("entry submit", SEARCHED, "TO_DO tried promised", ""),
            ("entry reorient", "COMPLETED NR tried asked noted ended", "REORIENTED tried reoriented", ""),
            ("entry reorient", "ACTIVE prioritised waits tried asked noted lacks PRIORITY DECISION",
             "REORIENTED tried reoriented", ""),
        ])
        sent = desk.of("entry", "reorient")
        self.assertEqual(sent["care_orders"][0]["reorientation"]["reorient_time"],
                         sent["regulation_case"]["close_time"])

    # --- outcome: a regulator ----------------------------------------------------------------

    def test_S2_12_S2_19_H06_a_severity_sign_makes_no_order_and_a_regulator_hears_him(self):
        def story(desk):
            case, _ = self.enters(desk, "IDEL", "idel", "85/court-idel",
                                  answers=("motif=fievre", "saturation=88"), **NURSE)
            desk.is_refused("REGULATOR_REQUIRED", "IDEL", "l'envoie chez son médecin", "entry", "reorient",
                            case, "--to", "medecin_traitant", "--why", "il préfère", **NURSE)
            desk.is_refused("SEVERITY_SIGN", "IDEL", "réserve quand même", "book", self.slot(), "--case",
                            case, "--entry", "idel", "--motif", "M02.06", "--age", "31y", "--clinical-line",
                            "fièvre", "--absent", "detresse", **NURSE)
            desk.does("ARM", "P1, filière AMU", "call", "prioritise", case, "P1", "--filiere", "AMU")
            amu = {"role": "regulator_amu"}
            desk.does("MRU", "prend", "call", "claim", case, **amu)
            desk.does("MRU", "aux urgences", "call", "decide", case, "R2", "ORIENT", "--orientation",
                      "URGENCES", **amu)
            etag = self.suite.ctl("call", "show", case, **amu)["etag"]
            done = desk.does("MRU", "dossier achevé", "call", "complete", case, "--etag", etag, **amu)
            desk.does("MRU", "dossier clos", "call", "close", case, "--etag", done["etag"], **amu)
            return desk.end("VALIDATED", case)

        desk = self.watched(story, [
            ("entry submit", "ACTIVE prioritised waits tried asked lacks PRIORITY DECISION", "", ""),
            ("call prioritise", "ACTIVE P1 prioritised waits tried asked lacks DECISION", "", ""),
            ("call claim", "ACTIVE P1 prioritised waits claimed tried asked lacks DECISION", "", ""),
            ("call decide", "ACTIVE P1 prioritised claimed tried asked", "", ""),
            ("call complete", "COMPLETED P1 prioritised tried asked ended", "", ""),
            ("call close", "VALIDATED P1 prioritised tried asked ended", "", ""),
        ])
        entered = desk.of("entry", "submit")
        self.assertEqual((entered["outcome"], entered["proposal"]), ("ENTRY_OUTCOME_REGULATOR", "15"))
        case = entered["regulation_case"]
        self.assertEqual(case["wait_start_time"], case["create_time"])
        self.assertEqual(desk.of("call", "prioritise")["wait_start_time"], case["create_time"])

    # --- what nobody may ---------------------------------------------------------------------

    def test_S2_16_S2_19_S2_20_an_entry_that_is_refused_leaves_no_dossier(self):
        before = self.kept()

        def refused(reason, *words, **actor):
            self.refused(reason, self.suite.ctl, *words, **actor)
        pharmacy = ("pharmacie", "85/court-pharmacie")
        refused("ENTRY_POINT_FORBIDDEN", *self.entry("idel", "85/court-idel"), **PHARMACIST)
        refused("PROFESSION_NOT_ALLOWED", *self.entry(*pharmacy), **{**PHARMACIST, "profession": "60"})
        refused("ROLE_FORBIDDEN", *self.entry(*pharmacy), role="osnp")
        refused("PROTOCOL_FOR_OTHER_ENTRY", *self.entry("pharmacie", "85/court-idel"), **PHARMACIST)
        refused("TRIAGE_INCOMPLETE", *self.entry(*pharmacy, answers=("motif=fievre",)), **PHARMACIST)
        untold = [word for word in self.entry(*pharmacy)
                  if word not in ("--tried", "cabinet du MT: rien avant jeudi")]
        refused("ATTEMPTS_REQUIRED", *untold, **PHARMACIST)
        refused("ORIENTING_PROFESSIONAL_REQUIRED",
                *self.entry("medecin_traitant", "85-lvo/entree-csnp"),
                **{**SECRETARY, "entry_point": "medecin_traitant"})
        self.assertEqual(self.kept(), before)

    def test_S2_20_S2_21_double_clicks_are_one_dossier_one_order_and_one_appointment(self):
        answers = [{"question": "motif", "choice": "fievre"},
                   *({"question": each, "sign": "SIGN_ANSWER_NO"}
                     for each in ("detresse", "conscience", "hemorragie")),
                   {"question": "parcours", "choice": "mt-indisponible"}]
        phone = "+33199000002"
        case = {"territory": "85", "motif_code": "M02.06",
                "origin": {"entry_point": "ENTRY_POINT_PHARMACIE", "origine_code": "AUTRE",
                           "caller_type_code": "SANTE.PHARMA", "caller_phone_number": phone,
                           "callback_phone_number": phone},
                "patients": [{"age": {"value": 31, "unit": "UNIT_YEAR"}, "phone_number": phone,
                              "treating_doctor": {"status": "STATUS_NONE"}}],
                "patient_place": {"insee_code": "85047"}, "mobility": {"kind": "KIND_OWN_TRANSPORT"},
                "previous_attempts": [{"target": "cabinet du MT", "outcome": "rien avant jeudi",
                                       "attempt_time": now().isoformat()}]}
        body = {"parent": REGION, "request_id": request_id(), "wish": "ENTRY_WISH_BOOK",
                "regulation_case": case, "triage": {"answers": answers, "protocol":
                    f"{REGION}/scopes/85/protocols/court-pharmacie/versions/1.0"},
                "care_order": {"delay": "86400s", "modes": ["CONSULTATION_MODE_AMB"],
                               "clinical_line": "plaie de la main"}}
        entered = self.clicked("EntryService/SubmitEntry", body, wish="ENTRY_WISH_CALL_BACK")
        order = entered["care_order"]
        slot, need = self.slot(), {"entry_point": "ENTRY_POINT_PHARMACIE", "motif_code": "M02.06",
                                   "age": {"value": 31, "unit": "UNIT_YEAR"}, "territory": "85"}
        held = self.suite.ctl("slots", "hold", slot, "--order", order["name"], **PHARMACIST)
        booked = self.clicked("BookingService/CreateAppointment", {
            "parent": REGION, "request_id": request_id(), "hold_token": held["hold_token"],
            "appointment": {**need, "slot": slot, "regulation_case": entered["regulation_case"]["name"],
                            "patient": order["patient"], "care_order": order["name"],
                            "care_order_version": order["version"]}}, hold_token="another")
        await_until(lambda: self.suite.ctl("order", "show", order["name"], **PHARMACIST)["state"]
                    == "STATE_BOOKED", "the order follows")
        self.clicked("RegulationService/ConfirmPatientInformed",
                     {"name": order["name"], "request_id": request_id()})
        self.assertEqual(booked["care_order"], order["name"])
        self.assert_free_converges(slot, 0)

    def clicked(self, method, body, **changed):
        """The answer to an act with a double click, which is one act; another body is refused."""
        def ask(**other):
            return self.partner.call(method, {**body, **other}, **PHARMACIST)
        first = ask()
        self.assertTrue(first["ok"], first)
        kept = self.kept()
        self.assertEqual(ask(), first)
        if changed:
            self.assertEqual(ask(**changed)["reason"], "REQUEST_ID_REUSED")
        self.assertEqual(self.kept(), kept)
        return first


if __name__ == "__main__":
    unittest.main()
