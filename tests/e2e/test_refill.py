"""The file active with the real programs: a cancelled seat is offered, taken, or goes to the next."""

import datetime
import unittest

from e2e import REGION, SITE, SuiteCase, await_until

OSNP_ONE, OSNP_TWO = "osnp-un", "osnp-deux"


class Refill(SuiteCase):

    demo = False

    def offers(self, subject, include_ended=False):
        return self.partner.call("RefillService/ListSeatOffers",
                                 {"parent": REGION, "include_ended": include_ended},
                                 role="osnp", subject=subject).get("seat_offers", [])

    def open_offer(self, slot, subject):
        """The open offer of the slot as `subject` sees it, once it is his."""
        def mine():
            return next((each for each in self.offers(subject) if each["slot"] == slot
                         and each.get("operator") == subject), None)
        return await_until(mine, lambda: f"offer of {slot} to {subject}: {self.offers(subject, True)}")

    def slot_in_reach(self):
        """A slot that begins in more than half an hour."""
        soonest = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=50)
        while True:
            slot = self.slot()
            if datetime.datetime.fromisoformat(self.shown(slot)["start_time"]) > soonest:
                return slot

    def cancelled_slot(self):
        """A slot that was booked, and cancelled just now."""
        slot = self.slot_in_reach()
        booked = self.book(slot, self.open_case(), self.hold(slot))
        self.suite.ctl("appointment", "cancel", booked["name"])
        return slot

    def accept(self, offer, subject):
        return self.suite.ctl("book", offer["slot"], "--order", offer["care_order"], "--entry",
                              offer["entry_point"].removeprefix("ENTRY_POINT_").lower(),
                              "--hold", offer["hold_token"], subject=subject)

    def test_H28_a_cancelled_seat_is_offered_and_the_operator_books_it(self):
        order = self.waiting_order(OSNP_ONE)
        before = len(self.appointments())
        slot = self.cancelled_slot()
        offer = self.open_offer(slot, OSNP_ONE)
        self.assertEqual(offer["care_order"], order)
        self.assertEqual(offer["state"], "STATE_MADE")
        self.assertEqual(self.offers(OSNP_TWO)[0].get("hold_token", ""), "")
        self.assertEqual(self.shown(slot)["state"], "STATE_HELD")
        # Nobody has booked but the nurse.
        self.assertEqual(len(self.appointments()), before + 1)
        booked = self.accept(offer, OSNP_ONE)
        self.assertEqual((booked["state"], booked["slot"]), ("STATE_BOOKED", slot))
        await_until(lambda: self.offers(OSNP_ONE, True)[0]["state"] == "STATE_TAKEN", "taken")
        self.assert_converges(slot, "STATE_BOOKED")
        self.assert_no_seat_sold_twice()

    def test_a_slot_that_the_practice_offers_again_is_offered_to_who_waits(self):
        slot = self.slot_in_reach()
        self.suite.ctl("planning", "withdraw", slot, "--reason", "ABSENCE")
        order = self.waiting_order(OSNP_ONE)
        closure, = self.suite.ctl("planning", "exceptions", SITE)["agenda_exceptions"]
        self.suite.ctl("planning", "delete", closure["name"])
        offer = self.open_offer(slot, OSNP_ONE)
        self.assertEqual(offer["care_order"], order)
        self.assertEqual(self.accept(offer, OSNP_ONE)["state"], "STATE_BOOKED")
        self.assert_converges(slot, "STATE_BOOKED")

    def test_H28_declined_it_goes_to_the_next_operator(self):
        first = self.waiting_order(OSNP_ONE, within="4h")
        second = self.waiting_order(OSNP_TWO, within="48h")
        slot = self.cancelled_slot()
        offer = self.open_offer(slot, OSNP_ONE)
        self.assertEqual(offer["care_order"], first)
        self.refused("OFFER_NOT_YOURS", self.suite.ctl, "offer", "decline", offer["name"],
                     "--reason", "HOUR", subject=OSNP_TWO)
        declined = self.suite.ctl("offer", "decline", offer["name"], "--reason", "HOUR",
                                  subject=OSNP_ONE)
        self.assertEqual(declined["state"], "STATE_DECLINED")
        following = self.open_offer(slot, OSNP_TWO)
        self.assertEqual((following["care_order"], following["round"]), (second, 2))
        # The first one's token is worth nothing any more.
        self.refused("HOLD_LOST", self.accept, offer, OSNP_ONE)
        self.assertEqual(self.accept(following, OSNP_TWO)["state"], "STATE_BOOKED")
        self.suite.ctl("order", "return", first, "no_slot", "Rien sous 4 h", subject=OSNP_ONE)

    def test_H28_who_claims_an_order_of_the_queue_gets_the_token(self):
        order = self.waiting_order()
        slot = self.cancelled_slot()
        queued = await_until(lambda: next((each for each in self.offers(OSNP_ONE)
                                           if each["slot"] == slot), None), "queued")
        self.assertEqual((queued["care_order"], queued.get("operator", "")), (order, ""))
        self.assertNotIn("hold_token", queued)
        self.claim(order, OSNP_TWO)
        offer = self.open_offer(slot, OSNP_TWO)
        self.assertEqual(self.accept(offer, OSNP_TWO)["state"], "STATE_BOOKED")

    def test_H28_an_offer_survives_the_death_of_booking_and_goes_on(self):
        first = self.waiting_order(OSNP_ONE, within="4h")
        second = self.waiting_order(OSNP_TWO, within="48h")
        slot = self.cancelled_slot()
        offer = self.open_offer(slot, OSNP_ONE)
        self.suite.kill("booking")
        self.suite.restart("booking")
        self.assertEqual(self.open_offer(slot, OSNP_ONE)["name"], offer["name"])
        self.suite.ctl("offer", "decline", offer["name"], "--reason", "DISTANCE", subject=OSNP_ONE)
        following = self.open_offer(slot, OSNP_TWO)
        self.assertEqual((following["care_order"], following["round"]), (second, 2))
        self.assertEqual(self.accept(following, OSNP_TWO)["state"], "STATE_BOOKED")
        self.assertEqual(len([each for each in self.offers(OSNP_ONE, True)
                              if each["slot"] == slot]), 2)
        self.assert_no_seat_sold_twice()
        self.suite.ctl("order", "return", first, "no_slot", "Rien sous 4 h", subject=OSNP_ONE)


if __name__ == "__main__":
    unittest.main()
