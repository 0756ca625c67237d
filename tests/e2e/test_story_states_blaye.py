"""Seed 000, the CNSP of Haute-Gironde at Blaye: each of its five entries, act by act, with every hour."""

import datetime
import unittest

from story_states import BOOKED, StatesCase, at, seconds, stories

SITE = "regions/fr-naq/sites/cnsp-blaye"
BLAYE = {"region": "fr-naq", "territory": "33"}
RPPS = "99700000013"  # Of the doctor who orients.
PHARMACIST = {"role": "professional", "profession": "21", "entry_point": "pharmacie",
              "subject": "pharmacie-blaye"}
NURSE = {"role": "professional", "profession": "60", "entry_point": "idel", "subject": "idel-blaye"}
PODIATRIST = {"role": "professional", "profession": "80", "entry_point": "podologue",
              "subject": "podologue-blaye"}
IOA = {"role": "professional", "profession": "60", "entry_point": "urgences", "subject": "ioa-blaye"}
DENTIST = {**PHARMACIST, "profession": "40", "subject": "dentiste-blaye"}
DOCTOR = {"role": "effecteur", "subject": "remplacant-blaye", "organization": "cnsp-blaye"}
PATIENT = ("--motif", "M03.05", "--age", "38y", "--sex", "f", "--commune", "33058")
NEED = ("--motif", "M03.05", "--age", "38y")
ORIENTED = ("--orienting-rpps", RPPS)
NO_DOCTOR = ("--access-reason", "sans_mt")
TOLD = ("--clinical-line", "brûlures mictionnelles depuis deux jours, apyrétique")
SIGNS = ("--absent", "detresse", "douleur_thoracique")
OPENED = "ACTIVE NR"


class Blaye(StatesCase):
    """Who may book books; the patient comes to the evening of quarter hours."""

    def slot(self, agenda="cnsp"):
        """A free slot of the CNSP that no other test of the class uses, whatever the day."""
        if agenda not in self._slots:
            soonest = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
            listed = self.everything("SlotService/ListSlots", "slots", {"parent": SITE},
                                     region="fr-naq", role="osnp")
            # From the last one on: a search proposes the first ones.
            self._slots[agenda] = iter([each["name"] for each in reversed(listed) if
                                        each["state"] == "STATE_FREE" and at(each["start_time"]) > soonest])
        return next(self._slots[agenda])

    def shown(self, slot):
        return self.partner.call("SlotService/GetSlot", {"name": slot}, role="osnp", region="fr-naq")

    def enters(self, desk, who, entry, *need, **actor):
        """A dossier of the professional's own, and the words with which a slot is asked for it."""
        desk.begin(f"Graine 000 : {who}")
        case = desk.twice(who, "ouvre la demande", "call", "open", "--entry", entry, *PATIENT,
                          "--no-treating-doctor", **actor)
        found = desk.does(who, "cherche", "slots", "search", "--near", "33058", "--within", "240h",
                          "--page-size", "50", "--entry", entry, *NEED, *need, **actor)
        # Nobody else is open to him: only the dedicated agenda is proposed.
        self.assertEqual({each["site"] for each in found["matches"]}, {SITE})
        return case["name"], ("--case", case["name"], "--entry", entry, *NEED, *need)

    def booked(self, desk, who, need, *more, hold=("--severity-sign", "no"), **actor):
        """Hold and booking, the booking with a double click."""
        slot = self.slot()
        held = desk.does(who, "tient un quart d'heure", "slots", "hold", slot, *need[2:], *hold, **actor)
        self.assertEqual(held["slot"]["state"], "STATE_HELD")
        self.assertEqual(held["expire_time"], held["slot"]["hold_expire_time"])
        appointment = desk.twice(who, "réserve", "book", slot, *need, "--hold", held["hold_token"],
                                 *TOLD, *more, **actor)
        self.assert_at_the_cnsp(appointment)
        return appointment

    def patient_in(self, case):
        shown = self.suite.ctl("call", "show", case, role="regulator_mg", **BLAYE)
        return shown["patients"][0]["name"].rpartition("/")[2]

    def assert_at_the_cnsp(self, appointment):
        self.assertEqual(appointment["site"], SITE)
        self.assertEqual(seconds(appointment["end_time"], appointment["start_time"]), 15 * 60)
        self.assertNotIn("arrive_time", appointment)

    def arrives(self, desk, appointment, *steps):
        for step in steps:
            desk.does("Accueil", step, "appointment", "arrival", appointment["name"], step, **DOCTOR)

    def assert_history(self, appointment, *acts):
        entries = self.everything("BookingService/ListAppointmentHistory", "entries",
                                  {"parent": appointment["name"]}, region="fr-naq", role="supervisor")
        self.assertEqual([each["action"] for each in entries], list(acts))
        times = [at(each["record_time"]) for each in entries]
        self.assertEqual(times, sorted(times))

    def test_S0_01_S0_11_the_pharmacist_books_and_the_patient_is_seen(self):
        def story(desk):
            case, need = self.enters(desk, "Pharmacien", "pharmacie", *NO_DOCTOR, *ORIENTED, **PHARMACIST)
            appointment = self.booked(desk, "Pharmacien", need, *SIGNS, **PHARMACIST)
            self.arrives(desk, appointment, "arrived")
            desk.is_refused("ARRIVAL_NOT_FORWARD", "Accueil", "deuxième clic", "appointment", "arrival",
                            appointment["name"], "arrived", **DOCTOR)
            desk.is_refused("PATIENT_HAS_ARRIVED", "Accueil", "absent ?", "appointment", "resolve",
                            appointment["name"], "no_show", **DOCTOR)
            self.arrives(desk, appointment, "in_consultation")
            desk.is_refused("PATIENT_IN_CONSULTATION", "Pharmacien", "annule trop tard", "appointment",
                            "cancel", appointment["name"], **PHARMACIST)
            self.arrives(desk, appointment, "left")
            desk.is_refused("FOLLOW_UP_REQUIRED", "Médecin", "ne dit pas la suite", "appointment",
                            "resolve", appointment["name"], "fulfilled", "--final-motif", "M03.05", **DOCTOR)
            desk.does("Médecin", "clôt le passage", "appointment", "resolve", appointment["name"],
                      "fulfilled", "--final-motif", "M03.05", "--follow-up", "treating_doctor", **DOCTOR)
            return desk.end("FULFILLED", case, appointment["name"])

        desk = self.watched(story, [
            ("call open", OPENED, "", ""),
            ("book", OPENED, "", BOOKED),
            ("appointment arrival", OPENED, "", "BOOKED ARRIVED arrived"),
            ("appointment arrival", OPENED, "", "BOOKED IN_CONSULTATION arrived"),
            ("appointment arrival", OPENED, "", "BOOKED LEFT arrived"),
            ("appointment resolve", OPENED, "", "FULFILLED LEFT arrived recorded"),
        ], **BLAYE)
        booked, seen = desk.of("book"), desk.of("appointment", "resolve")
        self.assertEqual((booked["booker_profession_code"], booked["access_reason"],
                          booked["orienting_professional_rpps"]),
                         ("21", "ACCESS_REASON_SANS_MT", RPPS))
        self.assertEqual(seen["outcome"]["follow_up"], "FOLLOW_UP_TREATING_DOCTOR")
        self.assertLessEqual(seen["arrive_time"], seen["outcome"]["record_time"])
        self.assert_history(booked, "CreateAppointment", *["RecordArrival"] * 3, "ResolveAppointment")

    def test_S0_02_S0_12_the_nurse_found_no_appointment_within_48h(self):
        def story(desk):
            late = ("--access-reason", "pas_de_rdv_48h")
            case, need = self.enters(desk, "Infirmier", "idel", *late, *ORIENTED, **NURSE)
            slot = self.slot()
            desk.is_refused("ATTEMPTS_REQUIRED", "Infirmier", "ne dit pas qui il a appelé", "book", slot,
                            *need, *TOLD, *SIGNS, **NURSE)
            self.assert_converges(slot, "STATE_FREE")
            appointment = desk.does("Infirmier", "réserve", "book", slot, *need, *TOLD, *SIGNS, "--tried",
                                    "rien avant lundi", **NURSE)
            self.assert_at_the_cnsp(appointment)
            desk.is_refused("ABANDON_TOO_EARLY", "Accueil", "pas encore venu", "appointment", "resolve",
                            appointment["name"], "abandoned", "--reason", "REFUSED_CARE", **DOCTOR)
            desk.is_refused("NO_SHOW_TOO_EARLY", "Accueil", "pas encore l'heure", "appointment", "resolve",
                            appointment["name"], "no_show", **DOCTOR)
            self.arrives(desk, appointment, "arrived")
            desk.does("Accueil", "parti avant d'être vu", "appointment", "resolve", appointment["name"],
                      "abandoned", "--reason", "WAIT_TOO_LONG", **DOCTOR)
            desk.is_refused("APPOINTMENT_STATE_FORBIDS", "Accueil", "revient trop tard", "appointment",
                            "arrival", appointment["name"], "in_consultation", **DOCTOR)
            return desk.end("ABANDONED", case, appointment["name"])

        desk = self.watched(story, [
            ("call open", OPENED, "", ""),
            ("book", OPENED, "", "BOOKED EXPECTED tried"),
            ("appointment arrival", OPENED, "", "BOOKED ARRIVED tried arrived"),
            ("appointment resolve", OPENED, "", "ABANDONED ARRIVED tried arrived"),
        ], **BLAYE)
        booked = desk.of("book")
        self.assertEqual(booked["attempts"][0]["outcome"], "rien avant lundi")
        self.assertLessEqual(booked["attempts"][0]["attempt_time"], booked["create_time"])
        self.assertEqual(booked["booker_profession_code"], "60")
        self.assertEqual(desk.of("appointment", "resolve")["abandon_reason_code"], "WAIT_TOO_LONG")
        self.assert_history(booked, "CreateAppointment", "RecordArrival", "ResolveAppointment")

    def test_S0_12_the_podiatrist_books_and_the_patient_gives_it_back(self):
        def story(desk):
            case, need = self.enters(desk, "Podologue", "podologue", *NO_DOCTOR, *ORIENTED, **PODIATRIST)
            appointment = self.booked(desk, "Podologue", need, *SIGNS, **PODIATRIST)
            desk.is_refused("SITE_FORBIDDEN", "Accueil d'ailleurs", "n'est pas d'ici", "appointment",
                            "arrival", appointment["name"], "arrived",
                            **{**DOCTOR, "organization": "mmg-blaye"})
            desk.does("Podologue", "annule pour le patient", "appointment", "cancel", appointment["name"],
                      "--reason", "PATIENT", **PODIATRIST)
            desk.is_refused("APPOINTMENT_STATE_FORBIDS", "Accueil", "plus attendu", "appointment",
                            "arrival", appointment["name"], "arrived", **DOCTOR)
            return desk.end("CANCELLED", case, appointment["name"])

        desk = self.watched(story, [
            ("call open", OPENED, "", ""),
            ("book", OPENED, "", BOOKED),
            ("appointment cancel", OPENED, "", "CANCELLED EXPECTED"),
        ], **BLAYE)
        cancelled = desk.of("appointment", "cancel")
        self.assertEqual(cancelled["cancel_reason_code"], "PATIENT")
        self.assertEqual(cancelled["create_time"], desk.of("book")["create_time"])
        self.assert_history(cancelled, "CreateAppointment", "CancelAppointment")

    def test_S0_12_the_ioa_of_the_emergency_department_addresses_with_an_evaluation(self):
        level = ("--triage-level", "4", "--evaluation-reason", "constantes normales, douleur modérée",
                 "--protocol", "reorientation/2.1")

        def story(desk):
            case, need = self.enters(desk, "IOA", "urgences", *NO_DOCTOR, *ORIENTED, "--evaluation", **IOA)
            desk.is_refused("EVALUATION_TOO_URGENT", "IOA", "tri 2", "book", self.slot(), *need, *TOLD,
                            "--triage-level", "2", *level[2:], **IOA)
            appointment = self.booked(desk, "IOA", need, *level, **IOA)
            return desk.end("BOOKED", case, appointment["name"])

        desk = self.watched(story, [
            ("call open", OPENED, "", ""),
            ("book", OPENED, "", BOOKED),
        ], **BLAYE)
        told = desk.of("book")
        self.assertEqual((told["evaluation"]["triage_level"], told["entry_point"]),
                         (4, "ENTRY_POINT_URGENCES"))

    # --- centre 15 ---------------------------------------------------------------------------

    def regulated(self, desk, phone):
        """A call to the 15 that a regulator has heard; the dossier's name."""
        desk.begin("Graine 000 : centre 15")
        case = desk.twice("ARM", "décroche", "call", "open", *PATIENT, "--no-treating-doctor", "--phone",
                          phone, "--mobility", "own_transport")["name"]
        desk.twice("ARM", "P2, filière SNP", "call", "prioritise", case, "P2", "--filiere", "SNP")
        desk.is_refused("CLAIM_VERSION_REQUIRED", "MRL", "décide sans prendre", "call", "decide", case, "R3",
                        "ORIENT", "--orientation", "CABINET")
        desk.does("MRL", "régule", "call", "claim", case)
        desk.is_refused("ROLE_FORBIDDEN", "ARM", "ne décide pas", "call", "decide", case, "R3", "ORIENT",
                        "--orientation", "CABINET", role="arm")
        desk.twice("MRL", "R3, consultation", "call", "decide", case, "R3", "ORIENT", "--orientation",
                   "CABINET")
        return case

    def completed(self, desk, case):
        etag = desk.suite.ctl("call", "show", case)["etag"]
        desk.does("MRL", "dossier achevé", "call", "complete", case, "--etag", etag)
        desk.is_refused("ETAG_MISMATCH", "MRL", "écran d'avant", "call", "close", case, "--etag", etag)

    def test_S0_12_the_regulator_of_the_15_books_in_the_dedicated_agenda(self):
        def story(desk):
            case = self.regulated(desk, "+33639980031")
            need = ("--case", case, "--entry", "line_15", *NEED, *NO_DOCTOR)
            regulator = {"role": "regulator_mg", "subject": "sasctl-regulator_mg"}
            appointment = self.booked(desk, "MRL", need, hold=(), **regulator)
            self.completed(desk, case)
            return desk.end("BOOKED", case, appointment["name"])

        desk = self.watched(story, self.HEARD + [
            ("book", "ACTIVE P2 prioritised claimed", "", BOOKED),
            ("call complete", "COMPLETED P2 prioritised ended", "", BOOKED),
        ], **BLAYE)
        booked = desk.of("book")
        self.assertEqual((booked["entry_point"], booked["booked_by"]["role"]),
                         ("ENTRY_POINT_LINE_15", "ROLE_REGULATOR_MG"))

    def test_S0_12_an_order_of_the_15_reaches_the_confirmed_slot(self):
        def story(desk):
            case = self.regulated(desk, "+33639980032")
            order = desk.twice("MRL", "commande SNP", "call", "order", case, "--within", "48h", *TOLD,
                               *NO_DOCTOR)["name"]
            desk.is_refused("ORDER_STATE_FORBIDS", "OSNP", "appelle avant de prendre", "order",
                            "treating-doctor", order, "none_declared")
            desk.twice("OSNP", "prend la commande", "order", "claim", order)
            desk.is_refused("ORDER_ALREADY_CLAIMED", "OSNP", "deuxième opérateur", "order", "claim", order,
                            subject="osnp-2")
            desk.twice("OSNP", "sans médecin traitant", "order", "treating-doctor", order, "none_declared")
            return stories.book_order(desk, case, order, "line_15", wanted="cnsp-blaye")

        desk = self.watched(story, self.HEARD + self.ORDERED, **BLAYE)
        self.assertEqual(desk.of("call", "order")["origin_time"], desk.of("call", "decide")["create_time"])

    # --- who may not -------------------------------------------------------------------------

    def test_S0_10_S0_11_S0_13_who_may_not_book_is_refused_and_nothing_stands(self):
        def story(desk):
            case, need = self.enters(desk, "Pharmacien", "pharmacie", *NO_DOCTOR, *ORIENTED, **PHARMACIST)
            slot, patient = self.slot(), self.patient_in(case)
            given = {"--case": case, "--patient": patient, "--entry": "pharmacie", "--access-reason": "sans_mt",
                     "--orienting-rpps": RPPS, "--clinical-line": TOLD[1], "--absent": "detresse"}

            def tries(reason, what, who=PHARMACIST, without=(), **other):
                words = {key: value for key, value in given.items() if key.strip("-") not in without}
                words |= {f"--{key.replace('_', '-')}": value for key, value in other.items()}
                desk.is_refused(reason, who["subject"], what, "book", slot, *NEED,
                                *[word for pair in words.items() for word in pair], **who)
                # Each refused attempt gives its seat back.
                if reason != "NO_FREE_SEAT":
                    self.assert_converges(slot, "STATE_FREE")
            tries("PROFESSION_NOT_ALLOWED", "chirurgien-dentiste", DENTIST)
            tries("ENTRY_POINT_FORBIDDEN", "par l'entrée d'un autre", entry="idel")
            tries("ENTRY_POINT_CLOSED", "secrétariat", entry="secretariat",
                  who={"role": "secretariat", "subject": "secretaire-blaye"})
            tries("ROLE_FORBIDDEN", "superviseur", who={"role": "supervisor", "subject": "superviseur"})
            tries("ACCESS_REASON_REQUIRED", "sans motif d'accès", without=("access-reason",))
            tries("ACCESS_REASON_NOT_ACCEPTED", "hors résidence", access_reason="hors_residence")
            tries("ORIENTING_PROFESSIONAL_REQUIRED", "sans orientation", without=("orienting-rpps",))
            tries("PRETRIAGE_REQUIRED", "sans signes demandés", without=("absent",), severity_sign="no")
            tries("CLINICAL_LINE_REQUIRED", "sans transmission", without=("clinical-line",))
            tries("SEVERITY_SIGN", "signe de gravité", without=("absent",), present="detresse")
            tries("NOT_OWN_CASE", "dossier d'un autre", without=("patient",),
                  who={**PHARMACIST, "subject": "pharmacie-autre"})
            tries("CASE_NOT_FOUND", "dossier d'ailleurs", case="regions/fr-naq/cases/none")
            appointment = desk.does("Pharmacien", "réserve", "book", slot, *need, *TOLD, *SIGNS, **PHARMACIST)
            tries("NO_FREE_SEAT", "place prise", who={**PHARMACIST, "subject": "pharmacie-autre"})
            return desk.end("BOOKED", case, appointment["name"])

        self.watched(story, [("call open", OPENED, "", ""), ("book", OPENED, "", BOOKED)], **BLAYE)


if __name__ == "__main__":
    unittest.main()
