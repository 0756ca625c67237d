"""A session vanishes under its patients (hazard H-27): with the real programs, whoever dies meanwhile."""

import datetime
import unittest
import zoneinfo

from e2e import REGION, SITE, SuiteCase, await_until

PARIS = zoneinfo.ZoneInfo("Europe/Paris")


class Displaced(SuiteCase):

    demo = False

    def tearDown(self):
        for each in self.suite.ctl("planning", "exceptions", SITE).get("agenda_exceptions", []):
            self.suite.ctl("planning", "delete", each["name"])
        await_until(lambda: not self.listed(), lambda: f"nothing is left: {self.listed()}")

    def listed(self):
        """What is to be done, in order: (name, reason)."""
        told = self.suite.ctl("displaced", "list")
        return [(each["name"], each["displacement"]["reason"].removeprefix("REASON_"))
                for each in told.get("appointments", [])]

    def await_listed(self, *expected):
        return await_until(lambda: self.listed() == list(expected),
                           lambda: f"{expected}: {self.listed()}")

    def booked(self, agenda="one"):
        slot = self.slot(agenda)
        return self.book(slot, self.open_case(), self.hold(slot))

    def withdraw(self, appointment):
        self.suite.ctl("planning", "withdraw", appointment["slot"], "--reason", "ABSENCE")

    def reopen(self):
        for each in self.suite.ctl("planning", "exceptions", SITE)["agenda_exceptions"]:
            self.suite.ctl("planning", "delete", each["name"])

    def close(self, appointments):
        """The time of these appointments, of all agendas."""
        times = [datetime.datetime.fromisoformat(each["start_time"]).astimezone(PARIS)
                 for each in appointments]
        end = max(times) + datetime.timedelta(minutes=15)
        self.suite.ctl("planning", "close", SITE, "--from", f"{min(times):%Y-%m-%dT%H:%M}", "--to",
                       f"{end:%Y-%m-%dT%H:%M}", "--reason", "MALADIE")

    def figure(self, name):
        return self.suite.metric("booking", f"sas_booking_displaced_{name}")

    def test_H27_a_withdrawn_slot_is_work_until_it_comes_back(self):
        appointment = self.booked()
        self.withdraw(appointment)
        self.await_listed((appointment["name"], "WITHDRAWN"))
        await_until(lambda: (self.figure("open"), self.figure("soon")) == (1, 1), "the figures")
        shown = self.partner.call("BookingService/GetAppointment", {"name": appointment["name"]},
                                  role="osnp")
        self.assertEqual(shown["displacement"]["reason"], "REASON_WITHDRAWN")
        self.assertEqual((shown["etag"], shown["state"]), (appointment["etag"], "STATE_BOOKED"))
        self.reopen()
        self.await_listed()
        await_until(lambda: (self.figure("open"), self.figure("soon")) == (0, 0), "the figures")
        events = self.partner.call("booking/EventService/ListEvents",
                                   {"parent": REGION, "page_size": 500}, role="supervisor")["events"]
        self.assertEqual([each["type"] for each in events if each["subject"] == appointment["name"]],
                         ["appointment.booked", "appointment.displaced", "appointment.settled"])

    def test_H27_each_patient_of_a_closed_session_is_one_entry_soonest_first(self):
        first, second, third = self.booked(), self.booked(), self.booked("three")
        self.close([first, second, third])
        await_until(lambda: len(self.listed()) == 3, lambda: f"three: {self.listed()}")
        names = [name for name, _ in self.listed()]
        starts = {each["name"]: each["start_time"] for each in (first, second, third)}
        self.assertEqual(sorted(names), sorted(starts))
        self.assertEqual([starts[name] for name in names], sorted(starts.values()))
        # One is cancelled, one is kept by the practice, one goes elsewhere.
        self.suite.ctl("appointment", "cancel", first["name"])
        kept = self.suite.ctl("displaced", "keep", second["name"])
        self.assertEqual(kept["displacement"]["reason"], "REASON_WITHDRAWN")
        self.refused("NOT_DISPLACED", self.suite.ctl, "displaced", "keep", second["name"])
        self.assertEqual([name for name, _ in self.listed()], [third["name"]])
        self.suite.ctl("appointment", "cancel", third["name"])
        self.assertEqual(self.listed(), [])

    def test_H27_a_doctor_who_goes_leaves_work_and_one_who_comes_ends_it(self):
        appointment = self.booked("three")
        plan, = [each for each in self.plans() if each["agenda"] == "three"]
        doctor = plan.pop("practitioner")
        self.apply(plan)
        self.await_listed((appointment["name"], "UNSTAFFED"))
        plan, = [each for each in self.plans() if each["agenda"] == "three"]
        self.apply({**plan, "practitioner": doctor})
        self.await_listed()

    def plans(self):
        return self.everything("DirectoryService/ListSessionPlans", "session_plans",
                               {"parent": SITE}, role="planner")

    def apply(self, plan):
        self.partner.call("PlanningService/UpdateSessionPlan",
                          {"session_plan": plan, "request_id": f"plan-{plan['etag']}"
                           .replace('"', "")}, role="planner")

    def test_H27_nothing_is_lost_whoever_dies(self):
        # Booking is dead while the practice withdraws.
        first, second = self.booked(), self.booked()
        self.suite.kill("booking")
        self.withdraw(first)
        self.suite.restart("booking")
        self.await_listed((first["name"], "WITHDRAWN"))
        # It dies with the slots' answer in its hand, and in the middle of writing it down.
        for point in ("booking.displaced.asked", "booking.displaced.put"):
            with self.subTest(point):
                self.suite.kill("booking")
                self.withdraw(second)
                self.crash("booking", point)
                self.suite.restart("booking")
                await_until(lambda: len(self.listed()) == 2, lambda: f"two: {self.listed()}")
                self.reopen()
                self.await_listed()
                self.withdraw(first)
        # The slots die as soon as the practice has its answer.
        self.withdraw(second)
        self.suite.kill("slots")
        self.suite.restart("slots")
        await_until(lambda: len(self.listed()) == 2, lambda: f"two: {self.listed()}")

    def crash(self, service, point):
        """Starts the service with the crash point armed and waits for its end."""
        settings = self.suite.settings.setdefault(service, {})
        settings["SAS_CRASH_POINT"] = point
        self.suite.spawn(service)
        del settings["SAS_CRASH_POINT"]
        await_until(lambda: self.suite.ended(service),
                    lambda: f"{point} ends {service}: {self.suite.tail(service)}", 60)

    def test_H27_a_platform_that_drops_what_it_named_as_taken_has_withdrawn_it(self):
        self.push_feed([self.feed_frame("vide", 1, [100])])

        def offered():
            listed = self.everything("SlotService/ListSlots", "slots", {"parent": SITE}, role="osnp")
            return [each["name"] for each in listed if each["agenda"] == "vide"]
        slot, = await_until(offered, "the platform's slot is offered")
        appointment = self.book(slot, self.open_case(), self.hold(slot))
        self.assert_converges(slot, "STATE_BOOKED")
        self.push_feed([self.feed_frame("vide", 2, [100], seats=0)])
        self.push_feed([self.feed_frame("vide", 3, [], removed=[100])])
        self.await_listed((appointment["name"], "WITHDRAWN"))
        self.suite.ctl("appointment", "cancel", appointment["name"])
        self.assertEqual(self.listed(), [])


if __name__ == "__main__":
    unittest.main()
