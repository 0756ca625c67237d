"""Lost calls and callers who hung up, from a terminal, and a service that dies between two calls back."""

import unittest

from e2e import SuiteCase

CALLER = ("--motif", "M03.14", "--age", "45y", "--commune", "85047", "--phone", "+33199000041",
          "--mobility", "own_transport")
MRL = {"role": "regulator_mg", "subject": "mrl-1"}


class LostCalls(SuiteCase):

    demo = False

    def lost(self, *words, **actor):
        return self.suite.ctl("lost", *words, **actor)

    def listed(self):
        return self.lost("list").get("lost_calls", [])

    def entries_of(self, number):
        return [each for each in self.listed() if each["phone_number"] == number]

    def test_H08_who_hung_up_is_called_back_until_a_person_decides(self):
        case = self.suite.ctl("call", "open", *CALLER, "--address", "3 rue du Marais", role="arm")["name"]
        self.suite.ctl("call", "prioritise", case, "P1", "--filiere", "AMU", role="arm")
        entry = self.lost("hang-up", case)
        self.assertTrue(entry["sending_proposed"], entry)
        self.assertEqual(self.lost("hang-up", case)["name"], entry["name"])
        self.assertEqual(self.suite.ctl("call", "show", case, **MRL)["state"], "STATE_ACTIVE")
        # The first is due at once, the next one in minutes: an impatient second does not count.
        for result, counted in (("no_answer", 1), ("voicemail", 1)):
            told = self.lost("called", entry["name"], result)
            self.assertEqual(told["counted_returns"], counted, told)
        self.refused("RETURN_NOT_TRIED", self.lost, "end", entry["name"], "--outcome", "given_up",
                     "--why", "injoignable", **MRL)
        self.refused("REGULATOR_REQUIRED", self.lost, "end", entry["name"], "--outcome", "means_sent",
                     "--why", "adresse connue")
        # The process dies: who must be called back stands in the ledger.
        self.suite.kill("regulation")
        self.suite.restart("regulation")
        self.assertEqual([each["counted_returns"] for each in self.entries_of("+33199000041")], [1])
        ended = self.lost("end", entry["name"], "--outcome", "means_sent", "--why", "SMUR envoyé", **MRL)
        self.assertEqual((ended["state"], ended["end_reason"]), ("STATE_DONE", "SMUR envoyé"))
        self.assertEqual(self.entries_of("+33199000041"), [])

    def test_H08_a_number_is_one_entry_until_it_is_returned(self):
        for _ in range(2):
            entry = self.lost("record", "+33199000042", "--rang", "20")
        self.assertEqual(entry["call_count"], 2)
        self.assertEqual(len(self.entries_of("+33199000042")), 1)
        done = self.lost("called", entry["name"], "reached")
        self.assertEqual(done["state"], "STATE_DONE")
        self.assertEqual(self.entries_of("+33199000042"), [])


if __name__ == "__main__":
    unittest.main()
