"""Seed 001, its three branches act by act: each state that a dossier passes, each hour that it keeps."""

import unittest

from story_states import StatesCase, seconds, stories


class StoryStates(StatesCase):

    def test_S1_05_branch_1_the_team_leaves_before_any_regulation(self):
        left = "prioritised claimed reflex sent means"
        back = f"{left} reported"
        desk = self.watched(stories.branch_1_reflex, [
            self.PICKED_UP,
            ("call reflex", "ACTIVE P0 prioritised waits reflex sent lacks DECISION BILAN "
             "REFLEX_ACKNOWLEDGEMENT", "", ""),
            ("call claim", "ACTIVE P0 prioritised waits claimed reflex sent lacks DECISION BILAN "
             "REFLEX_ACKNOWLEDGEMENT", "", ""),
            ("call reflex-seen", "ACTIVE P0 prioritised waits claimed reflex sent lacks DECISION BILAN",
             "", ""),
            ("call decide", f"ACTIVE P0 {left} lacks BILAN", "", ""),
            *[("call mission", f"ACTIVE P0 {left} lacks BILAN", "", "")] * 3,
            ("call bilan", "ACTIVE P0 prioritised waits claimed reflex sent means reported lacks MISSION "
             "DECISION_AFTER_BILAN", "", ""),
            ("call decide", f"ACTIVE P0 {back} lacks MISSION", "", ""),
            *[("call mission", f"ACTIVE P0 {back} lacks MISSION", "", "")] * 3,
            ("call mission", f"ACTIVE P0 {back}", "", ""),
            ("call complete", "COMPLETED P0 prioritised reflex sent means reported ended", "", ""),
            ("call close", "VALIDATED P0 prioritised reflex sent means reported ended", "", ""),
        ])
        case = desk.moments[-1].case
        self.assert_filiere(desk, "AMU")
        launched = desk.of("call", "reflex")
        # P0: no wait is tolerated, an alarm after 30 s; the regulation follows at once.
        self.assertEqual(seconds(launched["wait_alarm_time"], launched["wait_start_time"]), 30)
        self.assertEqual(launched["reflex_departure"]["state"], "STATE_LAUNCHED")
        claimed = desk.of("call", "claim")
        self.assertEqual(seconds(claimed["claim"]["expire_time"], claimed["claim"]["claim_time"]), 120)
        self.assertLess(launched["reflex_departure"]["launch_time"], claimed["claim"]["claim_time"])
        reported = desk.of("call", "bilan")
        # After a bilan the regulator decides: the dossier waits for him again, with the delay of P0.
        self.assertEqual(seconds(reported["wait_alarm_time"], reported["wait_start_time"]), 30)
        self.assertGreaterEqual(reported["wait_start_time"], reported["bilan"]["record_time"])
        self.assertNotIn("bilan_awaited", reported)
        smur, sis = case["missions"]
        self.assertEqual([s["status_code"] for s in smur["steps"]],
                         ["DECISION", "DECLENCHE", "DEPART", "ARRIVEE", "PEC", "BILAN", "ORIENTAT",
                          "TRANSP", "DESTIN", "FINPEC"])
        hours = [s["occur_time"] for s in smur["steps"]]
        self.assertEqual(hours, sorted(hours))
        self.assertEqual([s["status_code"] for s in sis["steps"]],
                         ["DECISION", "DECLENCHE", "BILAN"])
        self.assertTrue(smur["ended"] and sis["ended"])
        decided = desk.of("call", "decide")
        self.assertEqual(smur["decision"], decided["name"])
        self.assertEqual(case["bilans"][0]["mission_ids"], ["1", "2"])
        self.assertGreater(case["close_time"], hours[-1])
        self.assertNotIn("wait_start_time", case)

    def test_S1_06_branch_2_the_regulator_speaks_then_sends(self):
        desk = self.watched(stories.branch_2_regulated, [
            self.PICKED_UP,
            ("call prioritise", "ACTIVE P1 prioritised waits lacks DECISION", "", ""),
            ("call claim", "ACTIVE P1 prioritised waits claimed lacks DECISION", "", ""),
            ("call decide", "ACTIVE P1 prioritised claimed sent means lacks BILAN", "", ""),
            ("call bilan", "ACTIVE P1 prioritised waits claimed sent means reported lacks "
             "DECISION_AFTER_BILAN", "", ""),
            ("call decide", "ACTIVE P1 prioritised claimed sent means reported", "", ""),
            ("call complete", "COMPLETED P1 prioritised sent means reported ended", "", ""),
            ("call close", "VALIDATED P1 prioritised sent means reported ended", "", ""),
        ])
        case = desk.moments[-1].case
        self.assert_filiere(desk, "AMU")
        opened = desk.of("call", "open")
        self.assertEqual(seconds(opened["wait_alarm_time"], opened["wait_start_time"]), 60)
        raised = desk.of("call", "prioritise")
        self.assertEqual(raised["wait_start_time"], opened["wait_start_time"])
        self.assertEqual(seconds(raised["wait_target_time"], raised["wait_start_time"]), 60)
        self.assertEqual(seconds(raised["wait_alarm_time"], raised["wait_start_time"]), 120)
        self.assertGreater(case["bilans"][0]["record_time"], case["mission_time"])
        self.assertEqual([s["status_code"] for s in case["missions"][0]["steps"]],
                         ["DECISION", "BILAN"])

    def test_S1_07_branch_3_advice(self):
        desk = self.watched(stories.branch_3_advice, self.HEARD + [
            ("call complete", "COMPLETED P2 prioritised ended", "", ""),
            ("call close", "VALIDATED P2 prioritised ended", "", ""),
        ])
        case = desk.moments[-1].case
        self.assert_filiere(desk, "SNP")
        waits = desk.of("call", "prioritise")
        self.assertEqual(seconds(waits["wait_target_time"], waits["wait_start_time"]), 20 * 60)
        self.assertEqual(seconds(waits["wait_alarm_time"], waits["wait_start_time"]), 30 * 60)
        self.assertEqual(waits["priority_time"], case["priority_time"])
        claim = desk.of("call", "claim")["claim"]
        self.assertEqual(seconds(claim["expire_time"], claim["claim_time"]), 600)
        self.assertTrue(desk.of("call", "decide")["instructions"])

    def test_S1_08_branch_3_an_order_from_the_regulator_to_the_patient_who_knows(self):
        desk = self.watched(stories.branch_3_order, self.HEARD + self.ORDERED)
        self.assert_order(desk)
        self.assertEqual(desk.moments[-1].case["care_level"], "CARE_LEVEL_R3")


if __name__ == "__main__":
    unittest.main()
