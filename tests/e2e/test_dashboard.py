"""Every expression of the Grafana dashboard shows something on a suite that has worked."""

import json
import shutil
import sys
import unittest
import urllib.error
import urllib.parse
import urllib.request

from e2e import ROOT, Refused, SuiteCase, await_until, stories

sys.path.insert(0, str(ROOT / "tests" / "deploy"))
import dashboard_expressions  # noqa: E402

SCRAPE_SECONDS = 1
SECONDS_MAX = 40


@unittest.skipUnless(shutil.which("prometheus"), "prometheus is not installed")
class Dashboard(SuiteCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = cls.suite.start_prometheus(SCRAPE_SECONDS)

    def ask(self, expression):
        query = urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/query?{query}", timeout=10) as answer:
                return json.load(answer)["data"]["result"]
        except urllib.error.URLError:
            return []

    def test_every_expression_is_answered(self):
        await_until(lambda: len(self.ask('up{job="sas"} == 1')) == 3, "three targets are up", 20)
        for story in stories.STORIES:
            story(stories.Desk(self.suite))
        self.push_feed([self.feed_frame("tableau", 1, [60])])
        self.suite.ctl("partner", "limit", "doctoplan", "--frames", "100")
        with self.assertRaises(Refused):
            self.suite.ctl("call", "show", "none")  # A failed call for the panels of failures.
        panels = dashboard_expressions.expressions(rate_interval="1m")
        missing = []

        def all_answered():
            missing[:] = [(title, text) for title, text in panels if not self.ask(text)]
            return not missing

        try:
            await_until(all_answered, "every panel shows something", SECONDS_MAX)
        except AssertionError:
            self.fail("no answer to:\n" + "\n".join(f"{title}: {text}" for title, text in missing))
        self.assertFalse(self.ask("sas_no_such_metric"), "the check can fail")

    def test_prometheus_follows_a_restarted_service(self):
        await_until(lambda: len(self.ask('up{job="sas"} == 1')) == 3, "three targets are up", 20)
        self.suite.kill("booking")
        await_until(lambda: self.ask('up{service="booking"} == 0'), "booking is seen down", 20)
        self.suite.restart("booking")
        await_until(lambda: self.ask('up{service="booking"} == 1'), "booking is seen up", 20)


if __name__ == "__main__":
    unittest.main()
