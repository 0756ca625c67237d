"""Saturday noon: the SNP period ends while orders are open, and nobody of the next team knows the patients."""

import datetime
import unittest
import zoneinfo

from e2e import Refused, await_until
from moved_wall import MovedWall

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
CALL = ("--motif", "M03.05", "--age", "45y", "--commune", "85047", "--phone", "+33199000041",
        "--mobility", "own_transport")
SUPERVISOR = {"role": "supervisor", "subject": "superviseur-1"}
MORNING = {"role": "regulator_mg", "subject": "mrg-matin"}
WEEKEND = {"role": "regulator_mg", "subject": "mrg-pdsa"}
LEAVING = {"role": "osnp", "subject": "osnp-samedi"}
MONDAY = {"role": "osnp", "subject": "osnp-lundi"}


def saturday():
    """The first one of next year's June: no public holiday, and ahead of every token of today."""
    day = datetime.date(datetime.date.today().year + 1, 6, 1)
    return day + datetime.timedelta(days=(5 - day.weekday()) % 7)


def at(days, hour, minute):
    day = saturday() + datetime.timedelta(days=days)
    # In UTC: within one zone Python subtracts clock faces, which the nights of change move.
    return datetime.datetime.combine(day, datetime.time(hour, minute), PARIS).astimezone(datetime.UTC)


def local(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


class SaturdayNoon(MovedWall):

    demo = False
    moved = ("regulation",)

    @classmethod
    def first_offset(cls):
        return cls.seconds_to(at(0, 11, 30))

    @staticmethod
    def seconds_to(instant):
        return int((instant - datetime.datetime.now(datetime.UTC)).total_seconds())

    def ctl(self, *words, **actor):
        with self.at_that_hour():
            return self.suite.ctl(*words, **actor)

    def it_is(self, days, hour, minute):
        """A process keeps the hour of its start, so the next hour is that of its next life."""
        self.suite.terminate("regulation")
        self.jump(self.seconds_to(at(days, hour, minute)))
        self.suite.spawn("regulation")
        self.suite.wait_ports("regulation")
        await_until(lambda: self.board(), "regulation answers", 20)

    def board(self):
        """Alarms of each line, by name, as a regulator sees it."""
        try:
            with self.at_that_hour():
                message = self.suite.ctl("board", "watch", "--count", "1", "--role", "regulator_mg",
                                         **WEEKEND)
        except Refused:
            return {}
        cards = message.get("snapshot", {}).get("cards", [])
        return {card["name"]: set(card.get("alarms", [])) for card in cards} or {"empty": set()}

    def coverage(self, queue):
        answer = self.ctl("roster", "now", **SUPERVISOR)
        return next(each for each in answer["territories"][0]["queues"]
                    if each["queue"] == f"ROSTER_QUEUE_{queue}")

    def shift(self, who, role, start, end):
        return self.ctl("roster", "plan", who, role, "--from", local(start), "--to", local(end),
                        **SUPERVISOR)["name"]

    def ordered(self):
        case = self.ctl("call", "open", *CALL, role="arm")["name"]
        self.ctl("call", "prioritise", case, "P2", "--filiere", "SNP", role="arm")
        self.ctl("call", "claim", case, **MORNING)
        self.ctl("call", "decide", case, "R3", "ORIENT", "--orientation", "CABINET", "--resource",
                 "LIBERAL.MG", **MORNING)
        order = self.ctl("call", "order", case, "--clinical-line", "otalgie fébrile", **MORNING)["name"]
        return case, order

    def order(self, name, **actor):
        return self.ctl("order", "show", name, **actor)

    def test_H15_saturday_noon_handover(self):
        self.shift("mrg-matin", "regulator_mg", at(0, 8, 0), at(0, 12, 0))
        next_team = self.shift("mrg-pdsa", "regulator_mg", at(0, 12, 0), at(1, 12, 0))
        leaving = self.shift("osnp-samedi", "osnp", at(0, 8, 0), at(0, 12, 0))
        monday = self.shift("osnp-lundi", "osnp", at(2, 8, 0), at(2, 12, 0))
        self.ctl("roster", "in", leaving, **LEAVING)
        case, in_hand = self.ordered()
        _, waiting = self.ordered()
        self.ctl("order", "claim", in_hand, **LEAVING)

        # A minute to noon: who leaves hears what is open, and what he had is nobody's.
        self.it_is(0, 11, 59)
        self.ctl("order", "claim", in_hand, **LEAVING)
        told = self.ctl("roster", "out", leaving, **LEAVING)
        self.assertEqual(told["released_orders"], [in_hand])
        self.assertEqual(told["unclaimed_order_count"], 2)
        self.assertEqual(self.coverage("OSNP")["state"], "STATE_NOBODY_ON_SHIFT")
        for name in (in_hand, waiting):
            shown = self.order(name, **WEEKEND)
            self.assertIn(shown["state"], ("STATE_TO_DO", "STATE_TREATING_DOCTOR"))
            self.assertNotIn("claim", shown)

        # PDSA: no OSNP is due any more, regulators are; both orders are loud on their board.
        self.it_is(0, 12, 15)
        self.ctl("roster", "in", next_team, **WEEKEND)
        self.assertEqual(self.coverage("OSNP")["state"], "STATE_NOT_REQUIRED")
        self.assertEqual(self.coverage("REGULATION")["state"], "STATE_COVERED")
        board = self.board()
        for name in (in_hand, waiting):
            self.assertIn("ALARM_ORDER_UNCLAIMED", board[name])
        listed = self.ctl("order", "list", **WEEKEND)["care_orders"]
        self.assertLessEqual({in_hand, waiting}, {each["name"] for each in listed})
        # Nobody ends what is open by the way.
        shown = self.ctl("call", "show", case, **WEEKEND)
        self.assertIn("OPEN_ORDER", shown["missing"])
        with self.assertRaises(Refused) as refused:
            self.ctl("call", "complete", case, "--etag", shown["etag"], **WEEKEND)
        self.assertEqual(refused.exception.reason, "CASE_INCOMPLETE")
        # One is taken on by the new team: he has it, and it is no alarm.
        self.ctl("order", "claim", in_hand, **WEEKEND)
        self.assertEqual(self.order(in_hand, **WEEKEND)["claim"]["owner"]["subject"], "mrg-pdsa")
        self.assertNotIn("ALARM_ORDER_UNCLAIMED", self.board()[in_hand])

        # A day later: half of the 48 h; two days later the next OSNP finds it, with four hours left.
        self.it_is(1, 12, 0)
        self.assertLessEqual({"ALARM_ORDER_UNCLAIMED", "ALARM_ORDER_HALF"}, self.board()[waiting])
        self.it_is(2, 8, 20)
        self.assertIn("ALARM_ORDER_LATE", self.board()[waiting])
        self.assertEqual(self.coverage("OSNP")["state"], "STATE_NOBODY_PRESENT")
        self.ctl("roster", "in", monday, **MONDAY)
        self.ctl("order", "claim", waiting, **MONDAY)
        self.assertEqual(self.order(waiting, **MONDAY)["claim"]["owner"]["subject"], "osnp-lundi")
        self.assertNotIn("ALARM_ORDER_UNCLAIMED", self.board()[waiting])
        # The other one's owner has gone meanwhile: it is loud again, and never forgotten.
        self.assertIn("ALARM_ORDER_UNCLAIMED", self.board()[in_hand])


if __name__ == "__main__":
    unittest.main()
