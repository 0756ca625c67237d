"""A booking platform publishes its agendas while processes die: nothing lost, nothing twice."""

import subprocess
import time
import unittest

from e2e import SITE, NURSE, Refused, SuiteCase, await_until

FRAMES = 1500
STEP = 15  # Minutes from one slot to the next.


class PartnerFeed(SuiteCase):

    def agenda(self, name):
        listed = self.suite.ctl("partner", "list").get("agendas", [])
        return next((each for each in listed if each["name"] == f"{SITE}/agendas/{name}"), {})

    def offered(self, agenda):
        listed = self.everything("SlotService/ListSlots", "slots", {"parent": SITE}, role="osnp")
        return {slot["name"]: slot for slot in listed if slot["agenda"] == agenda}

    def start_push(self, frames):
        command = self.suite._sasctl(  # pylint: disable=protected-access
            "--subject", "doctoplan", "--organization", SITE, "partner", "push",
            str(self.feed_file(frames)))
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def frames(self, agenda):
        """One slot a frame; every third frame takes the one before back."""
        for i in range(1, FRAMES + 1):
            removed = [STEP * (i - 1)] if i % 3 == 0 else []
            yield self.feed_frame(agenda, i, [STEP * i], removed)

    def await_middle(self, agenda):
        await_until(lambda: int(self.agenda(agenda).get("applied_sequence", 0)) > 50,
                    "the push is under way", 30)

    def assert_whole(self, agenda):
        found = self.agenda(agenda)
        self.assertEqual(int(found["applied_sequence"]), FRAMES)
        self.assertFalse(found.get("resync_wanted", False))
        # Those that began while it ran do not count.
        self.assertAlmostEqual(found["slot_count"], FRAMES - FRAMES // 3, delta=3)

    def test_the_stream_is_killed_in_the_middle_and_resumed(self):
        """The platform's own process dies; it sends everything again."""
        frames = list(self.frames("tue"))
        push = self.start_push(frames)
        self.await_middle("tue")
        push.kill()
        push.communicate()
        half = int(self.agenda("tue")["applied_sequence"])
        self.assertLess(half, FRAMES, "killed too late to show anything")
        acks = self.push_feed(frames)
        self.assertEqual(len(acks), FRAMES)
        # What was applied before is answered without effect.
        self.assertEqual(sum(ack.get("applied_count", 0) for ack in acks[:half]), 0)
        self.assert_whole("tue")

    def test_the_service_is_killed_in_the_middle_and_the_stream_goes_on(self):
        push = self.start_push(list(self.frames("mer")))
        self.await_middle("mer")
        self.suite.kill("slots")
        time.sleep(0.2)
        self.suite.restart("slots")
        out, _ = push.communicate(timeout=120)
        self.assertEqual(push.returncode, 0, out[-500:])
        self.assertIn('"resumed": ', out)
        self.assertNotIn('"resumed": 0', out)
        self.assert_whole("mer")

    def test_a_platform_is_held_by_what_was_agreed_with_it_alone(self):
        """At once, and after a restart."""
        self.push_feed([self.feed_frame("dim", 1, [15])], subject="agendia")
        agreed = self.suite.ctl("partner", "limit", "agendia", "--slots", "2")
        self.assertEqual(agreed["limits_in_force"]["frame_slot_max"], 2)
        self.assertEqual(agreed["limits_in_force"]["frames_per_second"], 200)

        def reasons(agenda, sequence, subject):
            frame = self.feed_frame(agenda, sequence, [15 + 60 * sequence + STEP * i for i in range(3)])
            ack = self.push_feed([frame], subject=subject)[0]
            return [slot["reason"] for slot in ack.get("refused", [])]

        self.assertEqual(reasons("dim", 2, "agendia"), ["TOO_MANY_SLOTS"])
        self.assertEqual(reasons("lun", 1, "doctoplan"), [])
        self.suite.kill("slots")
        self.suite.restart("slots")
        self.assertEqual(reasons("dim", 3, "agendia"), ["TOO_MANY_SLOTS"])
        listed = self.suite.ctl("partner", "platforms")["partners"]
        in_force = {each["name"].rsplit("/", 1)[1]: each["limits_in_force"] for each in listed}
        self.assertEqual(in_force["agendia"]["frame_slot_max"], 2)
        self.assertEqual(in_force["doctoplan"]["frame_slot_max"], 2000)

    def test_a_platforms_slot_is_searched_held_refused_and_gone(self):
        self.push_feed([self.feed_frame("jeu", 1, [120, 135])])
        slots = await_until(lambda: self.offered("jeu"), "the platform's slots are offered")
        name = sorted(slots)[0]
        self.assertEqual((slots[name]["origin"], slots[name]["partner"]),
                         ("ORIGIN_PARTNER", "doctoplan"))
        self.assertIn("verify_time", slots[name])
        case = self.open_case()
        token = self.hold(name)
        booked = self.book(name, case, token)
        self.assertEqual(booked["state"], "STATE_BOOKED")
        # The source takes the other away: it leaves at once. Ours stays, named or not.
        self.push_feed([self.feed_frame("jeu", 2, [], removed=[120, 135])])
        await_until(lambda: set(self.offered("jeu")) == {name}, "only our appointment's is left")
        self.assert_converges(name, "STATE_BOOKED")

    def test_a_refusal_of_the_source_withdraws_the_slot(self):
        self.push_feed([self.feed_frame("ven", 1, [150])])
        name, = await_until(lambda: self.offered("ven"), "the slot is offered")
        refused = self.suite.ctl("partner", "refuse", name, "--code", "TAKEN")
        self.assertEqual(refused["state"], "STATE_WITHDRAWN")
        await_until(lambda: not self.offered("ven"), "the phantom is gone")
        self.assertEqual(self.agenda("ven")["phantom_count"], 1)
        self.refused("SLOT_NOT_FOUND", self.hold, name)

    def test_another_platforms_site_is_refused(self):
        ack, = self.push_feed([self.feed_frame("sam", 1, [60])], subject="agendia",
                              organization="regions/fr-pdl/sites/elsewhere")
        self.assertEqual(ack["refusal_reason"], "SITE_OF_OTHER_PARTNER")
        with self.assertRaises(Refused):
            self.suite.ctl("partner", "list", role="osnp", **{"subject": NURSE["role"]})


if __name__ == "__main__":
    unittest.main()
