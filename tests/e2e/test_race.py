"""Fifty clients, one seat; and one client that repeats itself."""

import collections
import unittest

from e2e import NEED, NURSE, REGION, SuiteCase, request_id

CLIENTS = 50
REPLAYS = 1000
ROUNDS_MAX = 40


class Race(SuiteCase):

    demo = False

    def race(self, slot, clients=CLIENTS):
        """Every client holds and books on a connection of its own; the answers."""
        draft = self.draft(slot)
        return self.partner.run("race", "--slot", slot, "--case", draft["regulation_case"],
                                "--patient", draft["patient"], "--clients", str(clients), body=NEED,
                                subject="idel", **NURSE)

    def assert_winners(self, answers, seats, slot):
        won = [each for each in answers if each["ok"]]
        self.assertEqual(len(answers), CLIENTS)
        self.assertEqual(len(won), seats, collections.Counter(
            each.get("reason", each.get("code", "OK")) for each in answers))
        self.assertEqual({each["reason"] for each in answers if not each["ok"]}, {"NO_FREE_SEAT"})
        kept = [each for each in self.appointments() if each["slot"] == slot]
        self.assertEqual({each["name"] for each in kept}, {each["name"] for each in won})
        self.assertEqual({each.get("seat", 0) for each in kept}, set(range(seats)))
        self.assert_converges(slot, "STATE_BOOKED")

    def test_H22_fifty_clients_one_seat_one_appointment(self):
        slot = self.slot()
        self.assert_winners(self.race(slot), 1, slot)

    def test_H22_fifty_clients_three_seats_three_appointments(self):
        slot = self.slot("three")
        self.assert_winners(self.race(slot), 3, slot)

    def creates(self, count, slot, token, ids):
        """`count` CreateAppointment at once with one hold; the request ids in turn."""
        draft = self.draft(slot, self.open_case())
        calls = [{"method": "BookingService/CreateAppointment",
                  "body": {"parent": REGION, "appointment": draft, "hold_token": token,
                           "request_id": ids[number % len(ids)]}} for number in range(count)]
        return calls, self.partner.calls(calls, at_once=True, subject="idel-1", **NURSE)

    def test_one_hold_confirms_one_appointment(self):
        slot = self.slot()
        _, answers = self.creates(20, slot, self.hold(slot), [request_id() for _ in range(20)])
        self.assertEqual(sum(each["ok"] for each in answers), 1, answers)
        self.assertLessEqual({each["reason"] for each in answers if not each["ok"]},
                             {"HOLD_LOST", "SEAT_TAKEN", "NO_FREE_SEAT"})
        self.assertEqual(len([a for a in self.appointments() if a["slot"] == slot]), 1)

    def test_a_repeat_gets_the_first_answer_also_after_a_restart(self):
        slot = self.slot()
        calls, answers = self.creates(10, slot, self.hold(slot), [request_id()])
        told = [each for each in answers if each["ok"]]
        self.assertTrue(told)
        self.assertLessEqual({each["reason"] for each in answers if not each["ok"]},
                             {"REQUEST_IN_FLIGHT"})
        self.assertTrue(all(each == told[0] for each in told), told)
        for service in ("booking", "slots"):
            self.suite.kill(service)
            self.suite.restart(service)
        self.assertEqual(self.partner.calls(calls[:1], subject="idel-1", **NURSE)[0], told[0])
        self.assertEqual(len([a for a in self.appointments() if a["slot"] == slot]), 1)

    def replay(self, call):
        """One call a thousand times at once; those that were told to come again do. All answers."""
        told, left = [], REPLAYS
        for _ in range(ROUNDS_MAX):
            answers = self.partner.calls([call] * left, at_once=True, subject="idel-1", **NURSE)
            told += [each for each in answers if each["ok"]]
            open_ones = [each for each in answers if not each["ok"]]
            self.assertLessEqual({each["reason"] for each in open_ones},
                                 {"REQUEST_IN_FLIGHT", "OVERLOADED", "LEDGER_BUSY"})
            left = len(open_ones)
            if not left:
                return told
        raise AssertionError(f"{left} replays were never answered")

    def test_H24_a_thousand_replays_and_a_thousand_after_a_restart_are_one_act(self):
        slot = self.slot()
        draft = self.draft(slot, self.open_case())
        call = {"method": "BookingService/CreateAppointment",
                "body": {"parent": REGION, "appointment": draft, "hold_token": self.hold(slot),
                         "request_id": request_id()}}
        told = self.replay(call)
        self.suite.kill("booking")
        self.suite.restart("booking")
        told += self.replay(call)
        self.assertEqual(len(told), 2 * REPLAYS)
        self.assertTrue(all(each == told[0] for each in told))
        self.assertEqual(len([a for a in self.appointments() if a["slot"] == slot]), 1)
        with self.ledger_of("booking") as ledger:
            for table, column in (("audit", "subject"), ("outbox", "subject")):
                self.assertEqual(ledger.execute(
                    f"SELECT count(*) FROM {table} WHERE {column} = ?", (told[0]["name"],)
                ).fetchone(), (1,), table)
        self.partner.call("BookingService/CancelAppointment", {
            "name": told[0]["name"], "etag": told[0]["etag"], "reason_code": "ERROR",
            "request_id": request_id()}, subject="idel-1", **NURSE)
        # Late replays of what is cancelled meanwhile still tell the first answer and book nothing.
        self.assertEqual(self.replay(call)[0], told[0])
        self.assertEqual([a["state"] for a in self.appointments() if a["slot"] == slot],
                         ["STATE_CANCELLED"])

    def test_H24_a_request_id_belongs_to_its_caller(self):
        slots, ids = [self.slot(), self.slot()], [request_id()]
        told = [self.partner.call("BookingService/CreateAppointment", {
            "parent": REGION, "appointment": self.draft(slot, self.open_case()),
            "hold_token": self.hold(slot, subject), "request_id": ids[0]}, subject=subject, **NURSE)
            for slot, subject in zip(slots, ("idel-21", "idel-22"))]
        self.assertTrue(all(each["ok"] for each in told), told)
        self.assertEqual([each["slot"] for each in told], slots)
        self.assertNotEqual(told[0]["name"], told[1]["name"])

    def test_H24_another_body_under_the_same_request_id_is_refused(self):
        slot = self.slot()
        calls, _ = self.creates(1, slot, self.hold(slot), [request_id()])
        calls[0]["body"]["appointment"]["clinical_line"] = "autre chose"
        again = self.partner.calls(calls, subject="idel-1", **NURSE)[0]
        self.assertEqual((again["code"], again["reason"]),
                         ("INVALID_ARGUMENT", "REQUEST_ID_REUSED"))

    def test_the_same_hold_request_keeps_one_seat(self):
        slot = self.slot("three")
        call = {"method": "SlotService/HoldSlot",
                "body": {"name": slot, "need": NEED, "request_id": request_id()}}
        first, second = self.partner.calls([call, call], subject="idel-7", **NURSE)
        self.assertEqual(first["hold_token"], second["hold_token"])
        self.assert_free_converges(slot, 2)


if __name__ == "__main__":
    unittest.main()
