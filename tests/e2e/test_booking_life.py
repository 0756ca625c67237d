"""What becomes of appointments between the services: moved, agreed to, booked together, closed."""

import datetime
import json
import unittest
import zoneinfo

from e2e import (NEED, NEED_OPTIONS, NURSE, REGION, SITE, TOLD_OPTIONS, SuiteCase, request_id,
                 stories)


class BookingLife(SuiteCase):

    # A seat that is free again would be held for the orders of these tests.
    settings = {"booking": {"SAS_BOOKING_REFILL": "false"}}

    def booked(self, slot):
        case = self.open_case()
        return self.book(slot, case, self.hold(slot))

    def order(self):
        desk = stories.Desk(self.suite)
        desk.begin("une commande")
        _, order = stories.hand_over(desk, "line_15", "85047", "M03.14", "6y", "+33639980004")
        return order

    def move(self, appointment, slot, *options, **actor):
        actor = actor or {**NURSE, "subject": "idel-1"}
        return self.suite.ctl("appointment", "move", appointment["name"], slot, *options, **actor)

    def test_H26_a_move_takes_the_new_seat_and_frees_the_old_one_everywhere(self):
        old, new = self.slot(), self.slot()
        booked = self.booked(old)
        moved = self.move(booked, new)
        self.assertEqual((moved["name"], moved["slot"]), (booked["name"], new))
        self.assertEqual(moved["moves"][0]["slot"], old)
        self.assert_converges(new, "STATE_BOOKED")
        self.assert_converges(old, "STATE_FREE")
        other = self.booked(old)  # Who waited for it has it.
        self.refused("NO_FREE_SEAT", self.move, moved, old)
        still = self.suite.ctl("appointment", "show", moved["name"])
        self.assertEqual(still["slot"], new)
        self.assert_converges(old, "STATE_BOOKED")
        self.assertNotEqual(other["name"], moved["name"])
        self.assert_no_seat_sold_twice()

    def test_H26_a_practice_reassigns_within_its_site(self):
        booked = self.booked(self.slot())
        new = self.slot("three")
        moved = self.move(booked, new, "--reason", "REASSIGN", role="effecteur",
                          subject="dr-terrain", organization="terrain")
        self.assertEqual(moved["moves"][0]["reason_code"], "REASSIGN")
        self.assertEqual(moved["booked_by"]["subject"], "idel-1")
        self.assert_free_converges(new, 2)

    def test_S1_01_a_regulators_agreement_lets_the_osnp_book_late(self):
        order = self.order()
        before = self.suite.ctl("order", "show", order)
        self.refused("ROLE_FORBIDDEN", self.suite.ctl, "order", "agree-late", order, "24",
                     "transport impossible avant", role="osnp")
        agreed = self.suite.ctl("order", "agree-late", order, "24", "transport impossible avant")
        self.assertEqual(agreed["due_time"], before["due_time"])
        late = self.late_slot(before["due_time"], agreed["late_agreement"]["latest_start_time"])
        options = ("--order", order, "--entry", "line_15")
        self.refused("LATE_REASON_REQUIRED", self.suite.ctl, "book", late, *options)
        self.assert_converges(late, "STATE_FREE")  # The refused attempt gives its seat back.
        booked = self.suite.ctl("book", late, *options, "--late-reason", "PATIENT", subject="osnp-2")
        self.assertEqual(booked["late_agreed_by"]["subject"], agreed["late_agreement"]["agreed_by"]["subject"])

    def late_slot(self, due, latest):
        """A slot of the terrain that starts between the two."""
        listed = self.partner.call("SlotService/ListSlots", {
            "parent": SITE, "page_size": 500, "start_time": due, "end_time": latest}, role="osnp")
        return next(slot["name"] for slot in listed["slots"]
                    if slot["state"] == "STATE_FREE" and slot["start_time"] > due)

    def test_a_family_is_booked_together_or_not_at_all(self):
        slots = [self.slot("three"), self.slot("three")]
        patient = {"age": NEED["age"], "treating_doctor": {"status": "STATUS_NONE"}}
        case = self.partner.call("RegulationService/CreateRegulationCase", {
            "parent": REGION, "request_id": request_id(), "regulation_case": {
                "territory": "85", "motif_code": "M03.05", "patient_place": {"insee_code": "85047"},
                "origin": {"entry_point": "ENTRY_POINT_IDEL", "origine_code": "AUTRE",
                           "caller_type_code": "SANTE.INF"},
                "patients": [patient, patient]}}, **NURSE, subject="idel-8")
        one, other = (each["name"].rsplit("/", 1)[1] for each in case["patients"])
        options = (*NEED_OPTIONS, *TOLD_OPTIONS, "--case", case["name"])
        self.refused("GROUP_PATIENT_TWICE", self.suite.ctl, "book-group", "family", *slots, *options,
                     "--patients", one, one, **NURSE, subject="idel-8")
        booked = self.suite.ctl("book-group", "family", *slots, *options, "--patients", one, other,
                                **NURSE, subject="idel-8")["appointments"]
        self.assertEqual([each["slot"] for each in booked], slots)
        for slot in slots:
            self.assert_free_converges(slot, 2)
        self.suite.ctl("appointment", "cancel", booked[0]["name"])
        told = self.suite.ctl("appointment", "show", booked[1]["name"])
        self.assertEqual(told["group"]["cancelled_appointments"], [booked[0]["name"]])

    def test_H25_one_hold_for_an_order(self):
        order = self.order()
        options = ("--order", order, "--entry", "line_15")
        first = self.slot()
        self.suite.ctl("slots", "hold", first, *options, subject="osnp-5")
        told = self.refused("ORDER_HELD", self.suite.ctl, "slots", "hold", self.slot(), *options,
                            subject="osnp-5")
        self.assertIn(first, json.dumps(told))

    def test_a_direct_entry_names_a_dossier_and_a_patient_that_are_there(self):
        slot = self.slot()
        token = self.hold(slot)
        case = self.open_case()

        def book(case, patient):
            return self.suite.ctl("book", slot, *NEED_OPTIONS, *TOLD_OPTIONS, "--case", case, "--patient",
                                  patient, "--hold", token, **NURSE, subject="idel-1")
        self.refused("CASE_NOT_FOUND", book, f"{REGION}/cases/none", "1")
        self.refused("PATIENT_NOT_FOUND", book, case, "9")
        self.assertEqual(book(case, self.patient_of(case))["state"], "STATE_BOOKED")

    def test_S2_55_the_month_is_reported_from_the_ledger(self):
        booked = self.booked(self.slot())
        paris = zoneinfo.ZoneInfo("Europe/Paris")
        start = datetime.datetime.fromisoformat(booked["start_time"]).astimezone(paris)
        month = start.strftime("%Y-%m")
        if month != datetime.datetime.now(paris).strftime("%Y-%m"):  # The last hour of a month.
            self.refused("INVALID_MONTH", self.suite.ctl, "report", "month", month)
            return
        report = self.suite.ctl("report", "month", month, "--site", "terrain")
        counts = {each["label"]: int(each.get("count", 0)) for each in report["outcomes"]}
        self.assertGreaterEqual(counts["BOOKED"], 1)
        self.assertGreaterEqual(counts["OPEN"], 1)
        self.assertIn("60", [each.get("label") for each in report["by_profession"]])
        self.assertIn("IDEL", [each["label"] for each in report["by_entry_point"]])
        self.assertGreater(int(report["fill"]["seat_count"]), 0)
        # Steering reads the same, without counts of a few.
        steering = self.suite.ctl("report", "month", month, role="steering")
        self.assertFalse([each for each in steering["outcomes"]
                          if 0 < int(each.get("count", 0)) < 5])
        self.refused("ROLE_FORBIDDEN", self.suite.ctl, "report", "month", month, role="osnp")

    def test_S2_56_the_history_of_an_appointment_is_exported(self):
        booked = self.booked(self.slot())
        self.move(booked, self.slot())
        self.suite.ctl("appointment", "cancel", booked["name"])
        entries = self.suite.ctl_lines("appointment", "history", booked["name"])
        self.assertEqual([each["action"] for each in entries],
                         ["CreateAppointment", "RescheduleAppointment", "CancelAppointment"])
        with self.ledger_of("booking") as ledger:
            hashes = {row[0] for row in ledger.execute("SELECT hash FROM audit")}
        self.assertLessEqual({each["hash"] for each in entries}, hashes)


if __name__ == "__main__":
    unittest.main()
