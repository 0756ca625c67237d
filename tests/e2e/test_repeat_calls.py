"""A caller who calls again, one whose call was put on the wrong dossier, and a telephone that is elsewhere."""

import json
import unittest

from boards import Board
from e2e import SuiteCase, await_until

CALLER = ("--motif", "M03.14", "--age", "45y", "--commune", "85047", "--mobility", "own_transport")
MRL = {"role": "regulator_mg", "subject": "mrl-1"}
OSNP = {"role": "osnp", "subject": "osnp-1"}


class RepeatCalls(SuiteCase):

    demo = False

    def call(self, *words, **actor):
        return self.suite.ctl("call", *words, **actor)

    def open(self, phone, *words):
        return self.call("open", *CALLER, "--phone", phone, *words)["name"]

    def ordered(self, phone):
        """A decided dossier whose order the OSNP has; names of both."""
        case = self.open(phone)
        self.call("prioritise", case, "P2", "--filiere", "SNP")
        self.call("claim", case, **MRL)
        self.call("decide", case, "R3", "ORIENT", "--orientation", "CABINET", **MRL)
        order = self.call("order", case, "--within", "48h", "--mode", "amb",
                          "--clinical-line", "otalgie fébrile", **MRL)["name"]
        self.suite.ctl("order", "claim", order, **OSNP)
        return case, order

    def order(self, name):
        return self.suite.ctl("order", "show", name, **OSNP)

    def test_H07_repeat_call_requeues_and_warns_osnp(self):
        case, order = self.ordered("+33199000051")
        found = self.call("candidates", "--phone", "+33199000051")["candidates"]
        self.assertEqual([each["regulation_case"] for each in found], [case])
        self.assertEqual(found[0]["matches"], ["MATCH_SAME_NUMBER"])
        self.assertEqual(found[0]["open_order"]["name"], order)
        self.assertEqual(found[0]["open_order"]["claim"]["owner"]["subject"], "osnp-1")
        before = self.order(order)
        attached = self.call("attach", case, "--phone", "+33199000051")
        self.assertIn("wait_start_time", attached)
        told = self.order(order)
        self.assertEqual(told["repeat_call_count"], 1)
        self.assertGreater(int(told["version"]), int(before["version"]))
        # Another patient's call was put there, too: the wrong name is refused, the right one opens its dossier.
        wrong = self.call("attach", case, "--phone", "+33199000052")["further_calls"][1]["call_id"]
        self.refused("CALL_NOT_FOUND", self.call, "detach", case, "01unknown", "autre patient")
        self.refused("ROLE_FORBIDDEN", self.call, "detach", case, wrong, "autre patient", **OSNP)
        detached = self.call("detach", case, wrong, "autre patient", request_id="D-7")
        own = detached["detached_case"]
        self.assertEqual(own["origin"]["caller_phone_number"], "+33199000052")
        self.assertIn("wait_start_time", own)
        self.assertEqual(len(detached["regulation_case"]["further_calls"]), 1)
        self.assertEqual(self.order(order)["repeat_call_count"], 1)
        # After a crash the repeat is the same act.
        self.suite.kill("regulation")
        self.suite.restart("regulation")
        again = self.call("detach", case, wrong, "autre patient", request_id="D-7")
        self.assertEqual(again["detached_case"]["name"], own["name"])
        found = self.call("candidates", "--phone", "+33199000052")["candidates"]
        self.assertEqual([each["regulation_case"] for each in found], [own["name"]])

    def test_H35_protected_contact_is_read_with_a_reason(self):
        number = "+33199000054"
        case = self.open(number, "--protected", "--family-name", "Essai", "--address", "3 rue de l'Essai")
        self.call("prioritise", case, "P2", "--filiere", "SNP")
        passing = self.call("show", case, subject="arm-2")
        self.assertTrue(passing["contact_sealed"])
        for word in (number, "Essai"):
            self.assertNotIn(word, json.dumps(passing))
        told = self.call("show", case, "--why", "on_the_line", subject="arm-2")
        self.assertEqual(told["origin"]["caller_phone_number"], number)
        self.assertEqual(told["patients"][0]["family_name"], "Essai")
        found, = self.call("candidates", "--phone", number)["candidates"]
        self.assertTrue(found["protected_contact"])
        # Who has read it stays, also when the service dies right after it has shown it.
        self.suite.kill("regulation")
        self.suite.restart("regulation")
        lines = self.suite.ctl_lines("call", "history", case)
        self.assertEqual([(each["act"], each["actor"]["subject"]) for each in lines][-1],
                         ("GetRegulationCase", "arm-2"))
        self.assertEqual(lines[-1]["read_reason"], "READ_REASON_ON_THE_LINE")
        raised = next(each for each in lines if each["act"] == "PrioritizeRegulationCase")
        self.assertIn({"field": "priority", "after": "PRIORITY_P2"}, raised["changes"])

    def test_H05_aml_conflict_visible(self):
        case = self.open("+33199000053", "--at", "46.8458", "-1.8794",
                         "--telephone", "46.90", "-1.8794", "20")
        shown = self.call("show", case)
        self.assertGreater(shown["place_conflict_meters"], 5000)
        board = Board(self.suite, "--role", "arm")
        self.addCleanup(board.stop)
        await_until(lambda: "ALARM_PLACE_CONFLICT" in board.lines.get(case, {}).get("alarms", []),
                    lambda: f"the conflict is on the board: {board.lines.get(case)}")

    def test_H05_a_place_outside_is_said_twice(self):
        body = {"parent": "regions/fr-pdl", "request_id": "P-9", "regulation_case": {
            "territory": "85", "motif_code": "M03.14", "patients": [{}],
            "patient_place": {"insee_code": "44109", "commune": "Nantes"},
            "origin": {"entry_point": "ENTRY_POINT_LINE_15"}}}
        refused = self.partner.calls([{"method": "RegulationService/CreateRegulationCase", "body": body,
                                       "as": {"role": "arm", "sub": "arm-1"}}])[0]
        self.assertEqual((refused["code"], refused["reason"]),
                         ("FAILED_PRECONDITION", "PLACE_OUTSIDE_TERRITORY"))
        self.assertIn("Nantes, département 44", refused["message"])
        body["regulation_case"]["place_outside_confirmed"] = True
        opened = self.partner.call("RegulationService/CreateRegulationCase", body, role="arm")
        self.assertTrue(opened["place_outside_confirmed"])


if __name__ == "__main__":
    unittest.main()
