"""Place de marché with the real programs: no slot, a community opens one, the OSNP books it."""

import datetime
import unittest
import zoneinfo

from e2e import SITE, SuiteCase, await_until

OSNP = "osnp-un"
DOCTOR = {"role": "effecteur", "subject": "medecin-1", "organization": "terrain"}


class Communities(SuiteCase):

    demo = False

    def order(self, name):
        return self.suite.ctl("order", "show", name)

    def ask(self, order, community="terrain"):
        return self.suite.ctl("order", "ask-community", order, community, "--within", "30m",
                              "--remark", "Rien avant demain", subject=OSNP)

    def demands(self, **actor):
        return self.suite.ctl("community", "demands", **actor).get("demands", [])

    def opened_slot(self):
        """A slot that the doctor opens for the day, of a doctor with no slots at that hour."""
        start = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Paris")).replace(
            second=0, microsecond=0) + datetime.timedelta(hours=2)
        opened = self.suite.ctl("planning", "open", SITE, "terrain-feed-0", "--at",
                                start.strftime("%Y-%m-%dT%H:%M"), **DOCTOR)
        return opened["slots"][0]["name"]

    def test_a_community_opens_a_slot_and_the_osnp_books_exactly_it(self):
        order = self.waiting_order(OSNP)
        asked = self.ask(order)
        self.assertEqual(asked["state"], "STATE_PENDING_ACCEPTANCE")
        self.assertEqual(self.demands(**{**DOCTOR, "organization": "sos-nantes"}), [])
        demand, = self.demands(**DOCTOR)
        self.assertEqual((demand["care_order"], demand["insee_code"]), (order, "85047"))
        self.assertNotIn("+33639980007", str(demand))
        slot = self.opened_slot()
        answered = self.suite.ctl("community", "answer", order, "--slot", slot, **DOCTOR)
        self.assertEqual(answered["request"]["state"], "STATE_ACCEPTED")
        self.refused("COMMUNITY_ANSWERED", self.suite.ctl, "community", "answer", order, "--no",
                     "Complet", **{**DOCTOR, "subject": "medecin-2"})
        kept = self.order(order)
        self.assertEqual((kept["state"], kept["community_request"]["slot"]),
                         ("STATE_SEARCHING", slot))
        booked = self.suite.ctl("book", kept["community_request"]["slot"], "--order", order,
                                subject=OSNP)
        self.assertEqual((booked["state"], booked["slot"]), ("STATE_BOOKED", slot))
        await_until(lambda: self.order(order)["state"] == "STATE_BOOKED", "the order is booked")
        self.assertEqual(self.order(order)["appointment_start_time"], answered["request"]["slot_start_time"])
        self.assert_no_seat_sold_twice()

    def test_who_finds_a_slot_meanwhile_books_it_and_nobody_is_asked_any_more(self):
        order = self.waiting_order(OSNP)
        self.ask(order, "msp-challans")
        booked = self.suite.ctl("book", self.slot(), "--order", order, subject=OSNP)
        self.assertEqual(booked["state"], "STATE_BOOKED")
        await_until(lambda: self.order(order)["state"] == "STATE_BOOKED", "the order is booked")
        self.assertEqual(self.order(order)["community_request"]["state"], "STATE_WITHDRAWN")
        self.assertEqual(self.demands(**{**DOCTOR, "organization": "msp-challans"}), [])

    def test_a_request_is_taken_back(self):
        order = self.waiting_order(OSNP)
        self.ask(order)
        taken_back = self.suite.ctl("order", "withdraw-demand", order, "Le patient a trouvé",
                                    subject=OSNP)
        self.assertEqual(taken_back["state"], "STATE_SEARCHING")
        self.refused("COMMUNITY_ANSWERED", self.suite.ctl, "community", "answer", order, "--no",
                     "Complet", **DOCTOR)


if __name__ == "__main__":
    unittest.main()
