"""The event feeds: everything once, in order, also across restarts."""

import unittest

from e2e import REGION, SERVICES, SuiteCase, await_until, stories

# What the SNP story leaves in each feed, in order.
STORY = {
    "regulation": ["case.created", "case.prioritized", "case.claimed", "case.decided",
                   "order.created", "case.updated",  # The dossier is with the OSNP now.
                   "order.updated", "order.updated", "order.updated", "order.updated",
                   "case.completed"],
    "booking": ["appointment.booked"],
    "slots": ["seats.changed"],
}


class Watch(SuiteCase):

    def listed(self, service):
        return self.everything(f"{service}/EventService/ListEvents", "events", {"parent": REGION},
                               role="supervisor")

    def everything(self, method, field, body, **actor):
        """The feed's last page keeps a token: it ends with an empty page."""
        found, token = [], ""
        while True:
            page = self.partner.call(method, {**body, "page_size": 1000, "page_token": token},
                                     **actor)
            if not page.get(field):
                return found
            found += page[field]
            token = page["next_page_token"]

    def cursors(self, events):
        return [event["cursor"] for event in events]

    def of_story(self, events, told):
        """The events of the story's dossier; seats by their appointment's slot."""
        slot = self.suite.ctl("appointment", "show", told.appointment)["slot"]
        return [event["type"] for event in events
                if told.case in event["subject"] or told.case in str(event.get("appointment", ""))
                or slot in str(event.get("seats", ""))]

    def test_from_start_tells_the_story_in_order_and_ends_after_the_count(self):
        told = stories.branch_3_order(stories.Desk(self.suite))
        await_until(lambda: self.of_story(self.listed("slots"), told) == STORY["slots"],
                    "slots has heard of the appointment")
        feeds = {service: self.listed(service) for service in SERVICES}
        watch = self.suite.watch("--from-start", "--count", str(sum(map(len, feeds.values()))))
        watch.wait()
        for service in SERVICES:
            with self.subTest(service):
                self.assertEqual(self.cursors(watch.of(service)), self.cursors(feeds[service]))
                self.assertEqual(self.of_story(watch.of(service), told), STORY[service])

    def test_a_watch_survives_the_restart_of_every_service(self):
        watch = self.suite.watch("--from-start")
        victims = dict(zip((2, 5, 7), SERVICES))

        def between(step):
            if step in victims:
                self.suite.kill(victims[step])
                self.suite.restart(victims[step])

        told = stories.branch_3_order(stories.Desk(self.suite, between=between))
        await_until(lambda: self.of_story(self.listed("slots"), told) == STORY["slots"],
                    "slots has heard of the appointment")
        feeds = {service: self.listed(service) for service in SERVICES}
        for service in SERVICES:
            last = feeds[service][-1]["cursor"]
            await_until(lambda: last in self.cursors(watch.of(service)),
                        f"the watch is at the end of {service}")
        watch.stop()
        for service in SERVICES:
            with self.subTest(service):
                self.assertEqual(self.cursors(watch.of(service)), self.cursors(feeds[service]))
                self.assertEqual(self.of_story(watch.of(service), told), STORY[service])

    def test_a_partner_resumes_after_a_cursor(self):
        stories.branch_3_advice(stories.Desk(self.suite))
        feed = self.listed("regulation")
        middle = len(feed) - 3
        rest = self.partner.run("watch", "--service", "regulation", "--after",
                                feed[middle]["cursor"], "--count", "2", role="supervisor")
        events = [each for each in rest if "heartbeat" not in each]
        self.assertEqual(self.cursors(events), self.cursors(feed[middle + 1:]))

    def test_a_cursor_that_is_none_is_refused(self):
        told = self.partner.run("watch", "--service", "booking", "--after", "no cursor",
                                role="supervisor")
        self.assertEqual((told[0]["code"], told[0]["reason"]),
                         ("INVALID_ARGUMENT", "INVALID_CURSOR"))


if __name__ == "__main__":
    unittest.main()
