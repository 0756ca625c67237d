"""Agendas of which a booking platform is the master, with the real programs: asked at the hold, asked
to confirm, silent, late, killed; booked on its page; and never twice."""

import datetime
import json
import unittest

from e2e import NURSE, REGION, SITE, await_until
from platforms import LEASE_SECONDS_MAX, PlatformCase, YES

class ExternalAgenda(PlatformCase):

    seconds = 280

    def report(self, agenda, appointment, state, version, number="RDV-1", **more):
        body = {"agenda": f"{SITE}/agendas/{agenda}", "external_appointment_id": number,
                "appointment": appointment.get("name", ""), "state": state, "version": version,
                "start_time": appointment["start_time"], **more}
        return self.suite.ctl("partner", "report", json.dumps(body), subject="doctoplan",
                              organization=SITE)

    def tasks(self, appointment):
        return [each["reason_code"] for each in self.now(appointment).get("messages", [])
                if each["kind"] == "KIND_SOURCE" and each.get("task_open")]

    # --- asked at the hold -------------------------------------------------------------------

    def test_H39_a_hold_asks_the_platform_and_a_phantom_leaves_the_answers(self):
        name, other = self.publish("un", [240, 255])
        platform = self.connect(*YES)
        self.hold(name)
        question, = platform.asked("CHECK")
        self.assertEqual((question["slot"], question["external_id"]), (name, "un-240"))
        self.end(platform)
        self.connect("--check", "no")
        answer = self.refused("SOURCE_REFUSED", self.hold, other, subject="idel-2")
        self.assertIn("doctoplan", answer["message"])
        await_until(lambda: self.shown_state(other) in ("STATE_WITHDRAWN", None),
                    "the phantom is gone")
        self.assertEqual(self.suite.metric("slots", "sas_slots_phantom_total",
                                           partner="doctoplan"), 1)

    def shown_state(self, slot):
        listed = self.everything("SlotService/ListSlots", "slots", {"parent": SITE}, role="osnp")
        return next((each["state"] for each in listed if each["name"] == slot), None)

    def test_without_the_platform_nothing_is_held(self):
        name, = self.publish("deux", [300])
        answer = self.refused("SOURCE_UNREACHABLE", self.hold, name)
        self.assertIn("doctoplan", answer["message"])
        self.assertEqual(self.shown(name)["state"], "STATE_FREE")
        platform = self.connect("--check", "silent")
        self.refused("SOURCE_UNREACHABLE", self.hold, name)
        self.assertTrue(platform.asked("CHECK"))
        self.assertEqual(self.shown(name)["state"], "STATE_FREE")

    # --- asked to confirm --------------------------------------------------------------------

    def test_S0_14_one_booking_id_on_both_sides_and_H28_pending_until_then(self):
        name, = self.publish("trois", [330])
        platform = self.connect(*YES)
        appointment = self.booked(name)
        self.assertEqual(appointment["state"], "STATE_PENDING")
        self.assertNotIn("external_appointment_id", appointment["source"])
        booked = self.await_state(appointment, "STATE_BOOKED")
        question = platform.asked("CONFIRM")[0]
        self.assertEqual(question["appointment"], appointment["name"])
        ident = appointment["name"].rpartition("/")[2]
        self.assertEqual(booked["source"]["external_appointment_id"], f"RDV-{ident}")
        # The platform tells again what it has: it is the same booking.
        self.report("trois", appointment, "STATE_BOOKED", 1, f"RDV-{ident}")
        await_until(lambda: self.rows_of(appointment), "its row")
        self.report("trois", appointment, "STATE_BOOKED", 1, f"RDV-{ident}")
        self.assertEqual(len(self.rows_of(appointment)), 1)
        self.assertEqual(platform.bookings(), 1)

    def rows_of(self, appointment):
        listed = self.partner.call(
            "SourceService/ListSourceBookings",
            {"parent": REGION, "regulation_case": appointment["regulation_case"]}, role="osnp")
        return listed.get("source_bookings", [])

    def test_a_refusal_at_the_confirmation_gives_the_order_back(self):
        name, = self.publish("quatre", [360])
        self.connect("--check", "yes", "--confirm", "no", "--code", "SECRETARIAT_SAYS_NO")
        appointment = self.booked(name)
        refused = self.await_state(appointment, "STATE_CANCELLED")
        self.assertEqual(refused["cancel_reason_code"], "SOURCE_REFUSED")
        self.assertEqual(refused["source"]["source_code"], "SECRETARIAT_SAYS_NO")

    def test_a_silent_platform_gets_its_booking_when_it_is_back(self):
        name, = self.publish("cinq", [390])
        silent = self.connect("--check", "yes", "--confirm", "silent")
        appointment = self.booked(name)
        await_until(lambda: silent.asked("CONFIRM"), "it was asked")
        self.assertEqual(self.now(appointment)["state"], "STATE_PENDING")
        self.end(silent)
        self.connect(*YES)
        self.await_state(appointment, "STATE_BOOKED", LEASE_SECONDS_MAX)

    def test_a_late_answer_is_asked_for_again_and_is_one_booking(self):
        name, = self.publish("six", [420])
        late = self.connect("--check", "yes", "--confirm", "late")
        appointment = self.booked(name)
        await_until(lambda: len(late.asked("CONFIRM")) >= 2, "it was asked again", 30)
        self.assertEqual(self.now(appointment)["state"], "STATE_PENDING")
        self.assertEqual(late.bookings(), 1)
        # Its report says what its answers could not.
        self.report("six", appointment, "STATE_BOOKED", 1, "RDV-late")
        self.await_state(appointment, "STATE_BOOKED")

    def test_H28_after_the_time_out_a_person_asks_and_a_late_yes_still_counts(self):
        # It begins so soon that the platform has one minute.
        passed = datetime.datetime.now(datetime.timezone.utc) - self.feed_start
        name, = self.publish("sept", [int(passed.total_seconds() // 60) + 4])
        self.connect("--check", "yes", "--confirm", "later")
        appointment = self.booked(name)
        await_until(lambda: self.tasks(appointment) == ["NO_ANSWER"], "a task", 80)
        self.assertEqual(self.now(appointment)["state"], "STATE_PENDING")
        self.report("sept", appointment, "STATE_BOOKED", 1, "RDV-sept")
        self.await_state(appointment, "STATE_BOOKED")
        self.assertEqual(self.tasks(appointment), [])

    def test_a_cancellation_is_told_to_the_platform(self):
        name, = self.publish("huit", [450])
        platform = self.connect(*YES)
        appointment = self.booked(name)
        self.await_state(appointment, "STATE_BOOKED")
        self.suite.ctl("appointment", "cancel", appointment["name"], subject="idel-1", **NURSE)
        question = await_until(lambda: platform.asked("CANCEL"), "it was told")[0]
        self.assertEqual(question["appointment"], appointment["name"])
        await_until(lambda: not self.now(appointment)["source"].get("cancel_untold"), "noted")

    # --- on its page -------------------------------------------------------------------------

    def test_H40_a_redirect_waits_for_its_return_and_an_operator_may_say_it(self):
        one, two = self.publish("neuf", [480, 495], "AGENDA_MASTER_SOURCE_REDIRECT",
                                "https://rdv.example/agenda?dr=7")
        first = self.booked(one)
        self.assertEqual(first["state"], "STATE_PENDING")
        url = first["source"]["booking_url"]
        self.assertTrue(url.startswith("https://rdv.example/agenda?dr=7&origin=sas&ref="), url)
        self.assertNotIn("cases", url)
        self.report("neuf", first, "STATE_BOOKED", 1, "RDV-91")
        self.await_state(first, "STATE_BOOKED")
        second = self.book(two, self.open_case(), self.hold(two, subject="idel-2"), subject="idel-2")
        said = self.suite.ctl("source", "resolve", second["name"], "--taken", "RDV-92")
        self.assertEqual(said["state"], "STATE_BOOKED")
        # The platform's own word comes afterwards, without our id: it is the same booking.
        self.report("neuf", {**second, "name": ""}, "STATE_BOOKED", 1, "RDV-92")
        await_until(lambda: self.suite.metric("booking", "sas_booking_source_reports_total",
                                              outcome="joined"), "it was heard")
        self.assertEqual(len(self.rows_of(second)), 1)

    def test_H32_a_booking_of_the_platform_is_joined_by_a_person_on_two_facts(self):
        name, = self.publish("dix", [540], "AGENDA_MASTER_SOURCE_REDIRECT",
                             "https://rdv.example/agenda?dr=7")
        appointment = self.booked(name)
        self.report("dix", {**appointment, "name": ""}, "STATE_BOOKED", 1, "RDV-10")
        row = await_until(lambda: next((each for each in self.suite.ctl("source", "list").get(
            "source_bookings", []) if each["external_appointment_id"] == "RDV-10"), None),
            "the work list")
        self.assertEqual(self.now(appointment)["state"], "STATE_PENDING")  # Same hour, same doctor.
        join = ("source", "join", row["name"], "--case", appointment["regulation_case"],
                "--appointment", appointment["name"])
        self.refused("JOIN_FACTS_REQUIRED", self.suite.ctl, *join, "--fact", "start_time")
        joined = self.suite.ctl(*join, "--fact", "start_time", "--fact", "patient_says")
        self.assertEqual(joined["join"], "JOIN_PERSON")
        self.assertEqual(self.now(appointment)["state"], "STATE_BOOKED")

    # --- killed ------------------------------------------------------------------------------

    def crash(self, service, point):
        """Restarts a service that will end at that point."""
        self.suite.kill(service)
        settings = self.suite.settings.setdefault(service, {})
        settings["SAS_CRASH_POINT"] = point
        self.suite.restart(service)
        del settings["SAS_CRASH_POINT"]
        self.addCleanup(self.back, service)

    def back(self, service):
        """A test that failed leaves the others a suite that runs."""
        if self.suite.ended(service):
            self.suite.restart(service)

    def test_S2_44_killed_at_each_step_it_is_one_booking_on_both_sides(self):
        points = (("booking", "booking.source.asked"), ("booking", "booking.source.written"),
                  ("slots", "slots.source.answered"))
        slots = self.publish("onze", [600 + 15 * i for i in range(len(points))])
        for (service, point), slot in zip(points, slots):
            with self.subTest(point=point):
                self.crash(service, point)
                platform = self.connect(*YES)
                appointment = self.booked(slot)
                await_until(lambda: self.suite.ended(service), f"{service} ends at {point}",
                            LEASE_SECONDS_MAX)
                self.suite.restart(service)
                booked = self.await_state(appointment, "STATE_BOOKED", LEASE_SECONDS_MAX)
                ident = appointment["name"].rpartition("/")[2]
                self.assertEqual(booked["source"]["external_appointment_id"], f"RDV-{ident}")
                self.assertEqual(platform.bookings(), 1)
                self.assertEqual(len(self.rows_of(appointment)), 1)
                platform.kill()
                self.platforms.remove(platform)
        self.assert_no_seat_sold_twice()

    def test_S2_44_killed_while_it_hears_a_report(self):
        name, = self.publish("douze", [700], "AGENDA_MASTER_SOURCE_REDIRECT",
                             "https://rdv.example/agenda?dr=7")
        appointment = self.booked(name)
        self.crash("booking", "booking.source.heard")
        self.report("douze", appointment, "STATE_BOOKED", 1, "RDV-12")
        await_until(lambda: self.suite.ended("booking"), "booking ends", 30)
        self.suite.restart("booking")
        self.await_state(appointment, "STATE_BOOKED")
        self.assertEqual(len(self.rows_of(appointment)), 1)

    def test_killed_while_the_hold_is_vouched_for(self):
        name, = self.publish("treize", [760])
        self.crash("slots", "slots.hold.vouched")
        self.connect(*YES)
        with self.assertRaises(Exception):
            self.hold(name, subject="idel-13")
        await_until(lambda: self.suite.ended("slots"), "slots ends", 30)
        self.suite.restart("slots")
        # The hold of the dead one ends by itself; the same request finds it.
        await_until(lambda: self.shown(name)["state"] in ("STATE_HELD", "STATE_FREE"), "it goes on")


if __name__ == "__main__":
    unittest.main()
