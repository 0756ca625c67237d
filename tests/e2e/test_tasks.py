"""Tasks, delegation and the secretary's checklist with the real programs (S3-09, S3-19, S3-20)."""

import unittest

from e2e import ROOT, SuiteCase, await_until

DEMO = ROOT / "deploy" / "demo" / "protocols"
DOCTOR = {"role": "referent", "subject": "medecin-referent-1"}
RPPS = "99704000027"  # Named as signatory in the demo protocols.
CHECKLIST = "85/secretariat-premier-appel"
DELEGATION = "85-lvo/delegation-infirmiere"
MSP = "msp-challans"
MRL = {"role": "regulator_mg", "subject": "mrl-1"}
SECRETARY = {"role": "secretariat", "subject": "sec-1", "organization": MSP,
             "entry_point": "secretariat"}
NURSE = {"role": "coordinating_nurse", "subject": "idec-1", "organization": MSP, "profession": "60"}
IPA = {"role": "specialised_nurse", "subject": "ipa-1", "organization": MSP, "profession": "60"}
ASSISTANT = {"role": "medical_assistant", "subject": "am-1", "organization": MSP}
CALLER = ("--motif", "M03.14", "--age", "45y", "--commune", "85047", "--phone", "+33199000001",
          "--mobility", "own_transport")


class Tasks(SuiteCase):

    demo = False
    settings = {"regulation": {"SAS_REGULATION_PROTOCOLS": str(DEMO)}}

    def signed(self, name):
        version = f"{name}/1.0"
        if self.suite.ctl("protocol", "show", version, **DOCTOR)["state"] == "STATE_DRAFT":
            if name != DELEGATION:  # It asks nothing, so there is nothing to run on past answers.
                self.suite.ctl("protocol", "simulate", version, **DOCTOR)
            self.suite.ctl("--rpps", RPPS, "protocol", "sign", version, **DOCTOR)
        return name

    def task(self, *words, **actor):
        return self.suite.ctl("task", *words, **actor)

    def names(self, **actor):
        return [task["name"] for task in self.task("list", **actor).get("tasks", [])]

    def test_S3_09_the_secretary_asks_the_checklist_and_hands_the_caller_to_a_regulator(self):
        self.signed(CHECKLIST)
        calm = ("--answer", "detresse=no", "--answer", "conscience=no", "--answer", "hemorragie=no")
        steps = self.task("checklist", CHECKLIST, *calm, "--answer", "demande=resultat",
                          "--answer", "suivi=yes", **SECRETARY)
        self.assertEqual([step["rule"] for step in steps["steps"]], ["numero", "rappel"])
        self.assertNotIn("escalate", steps)
        sign = self.task("checklist", CHECKLIST, "--answer", "detresse=yes", **SECRETARY)
        self.assertTrue(sign["escalate"])
        self.assertNotIn("steps", sign)
        asked = self.task("checklist", CHECKLIST, "--answer", "detresse=yes", "--escalate",
                          "Oppression depuis ce matin", *CALLER, **SECRETARY)
        self.assertEqual(asked["state"], "STATE_ESCALATED")
        self.assertEqual(asked["escalation"]["state"], "STATE_WAITING")
        case = asked["escalation"]["regulation_case"]
        dossier = self.suite.ctl("call", "show", case, **MRL)
        self.assertNotIn("priority", dossier)
        self.assertEqual(dossier["origin"]["entry_point"], "ENTRY_POINT_SECRETARIAT")
        self.suite.ctl("call", "prioritise", case, "P1", "--filiere", "SNP", role="arm")
        self.suite.ctl("call", "claim", case, **MRL)
        heard = self.task("show", asked["name"], **SECRETARY)
        self.assertEqual((heard["escalation"]["state"], heard["escalation"]["taken_by"]["subject"]),
                         ("STATE_TAKEN", "mrl-1"))

    def test_S3_19_a_task_goes_from_the_regulator_to_the_practice_and_back(self):
        asked = self.task("ask", "call_back", "Rappeler le patient", "--for", "secretariat", "--of",
                          MSP, "--due", "1h", **MRL)
        name = asked["name"]
        self.assertIn(name, self.names(**SECRETARY))
        self.assertNotIn(name, self.names(**{**SECRETARY, "subject": "sec-9",
                                             "organization": "msp-palluau"}))
        self.task("take", name, **SECRETARY)
        refusal = self.refused("ALREADY_TAKEN", self.task, "take", name,
                               **{**SECRETARY, "subject": "sec-2"})
        self.assertIn("sec-1", str(refusal))
        self.task("delegate", name, "medical_assistant", "Absente cet après-midi", **NURSE)
        self.refused("TASK_FOR_ANOTHER", self.task, "take", name, **SECRETARY)
        self.task("take", name, **ASSISTANT)
        self.task("close", name, "Patient joint, viendra demain", **ASSISTANT)
        done = self.task("show", name, **MRL)
        self.assertEqual((done["state"], done["end"]["result"], len(done["delegations"])),
                         ("STATE_DONE", "Patient joint, viendra demain", 1))
        self.refused("MEDICAL_JUDGEMENT_REQUIRED", self.task, "ask", "follow_up", "Va-t-il mieux ?",
                     "--for", "medical_assistant", "--of", MSP, **MRL)

    def test_S3_20_a_nurse_closes_what_the_signed_protocol_leaves_to_her_and_no_more(self):
        act = ("ask", "delegated_act", "Refaire le pansement", "--for", "specialised_nurse", "--of",
               MSP, "--act", "SUIVI_PLAIE", "--protocol", DELEGATION, "--motif", "M02.06")
        self.refused("NO_PROTOCOL_IN_FORCE", self.task, *act, "--age", "40y", **NURSE)
        self.signed(DELEGATION)
        adult = self.task(*act, "--age", "40y", **NURSE)["name"]
        child = self.task(*act, "--age", "2y", **NURSE)["name"]
        for name in (adult, child):
            self.task("take", name, **IPA)
        done = self.task("close", adult, "Plaie propre", **IPA)
        self.assertTrue(done["end"]["protocol"].endswith("delegation-infirmiere/versions/1.0"))
        refusal = self.refused("ACT_NOT_DELEGATED", self.task, "close", child, "Plaie propre", **IPA)
        self.assertIn("médecin", str(refusal))
        # She asks a regulator instead; a new dossier waits at once.
        asked = self.task("escalate", child, "Plaie d’un enfant de deux ans", *CALLER, "--entry",
                          "autre_professionnel", **IPA)
        self.assertEqual(asked["escalation"]["state"], "STATE_WAITING")

    def test_S3_19_a_task_past_its_hour_is_counted_and_its_words_are_nowhere_else(self):
        words = "canari-consigne"
        name = self.task("ask", "administrative", words, "--for", "secretariat", "--of", MSP,
                         "--due", "1s", **MRL)["name"]
        await_until(lambda: self.suite.metric("regulation", "sas_regulation_tasks_overdue") >= 1,
                    "the task is overdue")
        await_until(lambda: self.suite.metric("regulation",
                                              "sas_regulation_task_overdue_seconds") > 0,
                    "its age is counted")
        self.assertTrue(self.task("show", name, **SECRETARY)["overdue"])
        self.task("cancel", name, "canari-motif", **MRL)
        await_until(lambda: self.suite.metric("regulation", "sas_regulation_tasks_overdue") == 0,
                    "none is overdue any more")
        for service, table, rows in self.tables():
            if service == "regulation" and table in ("tasks", "answers"):
                continue
            self.assertNotIn("canari", str(rows), f"{service} {table}")
        for path in self.suite.folder.glob("*.log"):
            self.assertNotIn("canari", path.read_text(errors="replace"), path.name)


if __name__ == "__main__":
    unittest.main()
