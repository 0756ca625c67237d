"""A console's list of slots keeps itself up to date while others take and give back."""

import unittest

from e2e import NEED_OPTIONS, NURSE, SuiteCase, await_until


class SlotsWatch(SuiteCase):

    def watch(self):
        """A running watch, its first answer, and a slot of one seat in the middle of its list."""
        watch = self.suite.watch_slots(*NEED_OPTIONS, "--near", "Challans", "--page-size", "50",
                                       **NURSE)
        self.addCleanup(watch.stop)
        await_until(lambda: watch.events, "the first answer")
        names = [match["slot"]["name"] for match in watch.events[0]["snapshot"]["matches"]]
        middle = [match["slot"]["name"] for match in watch.events[0]["snapshot"]["matches"][10:40]
                  if match["slot"]["seat_count"] == 1]
        return watch, names, middle[len(middle) // 2]

    @staticmethod
    def changes(watch, kind):
        """Everything of one kind that the watch was told, in order."""
        return [each for event in watch.events for each in event.get("changes", {}).get(kind, [])]

    def test_what_another_takes_disappears_and_comes_back_to_its_place(self):
        watch, names, slot = self.watch()
        token = self.hold(slot, subject="idel-2")
        await_until(lambda: slot in self.changes(watch, "taken"), "the held slot is taken")
        self.suite.ctl("slots", "release", slot, "--hold", token, **NURSE, subject="idel-2")
        await_until(lambda: slot in [each["match"]["slot"]["name"]
                                     for each in self.changes(watch, "added")], "it is back")
        back = next(each for each in self.changes(watch, "added")
                    if each["match"]["slot"]["name"] == slot)
        self.assertEqual(back.get("position", 0), names.index(slot))

    def test_a_watch_goes_on_after_the_service_was_killed(self):
        watch, _, slot = self.watch()
        self.suite.kill("slots")
        self.suite.restart("slots")
        await_until(lambda: [event for event in watch.events if "snapshot" in event][1:],
                    "a whole answer of the new process", 20)
        self.hold(slot, subject="idel-3")
        await_until(lambda: slot in self.changes(watch, "taken"), "it is told of changes")

    def test_it_ends_after_the_count_and_refuses_as_a_search_does(self):
        watch = self.suite.watch_slots(*NEED_OPTIONS, "--near", "Challans", "--count", "1", **NURSE)
        self.assertEqual(len(watch.wait()), 1)
        refused = self.suite.watch_slots(*NEED_OPTIONS, "--near", "Challans", role="planner")
        self.addCleanup(refused.stop)
        self.assertEqual(refused.wait()[0]["reason"], "ROLE_FORBIDDEN")


if __name__ == "__main__":
    unittest.main()
