"""What people exchange about a dossier, its journey, and téléexpertise by a real HTTP platform."""

import json
import shutil
import subprocess
import unittest

from e2e import BIN, SuiteCase, await_until
from operators import TOKEN, Operators

PLATFORM = {"role": "partner", "subject": "omnidoc-e2e"}
REGULATOR = {"role": "regulator_mg", "subject": "mrg-1"}
OSNP = {"role": "osnp", "subject": "osnp-1"}
LINE = "+33199008515"
# The pauses between the attempts, and a slow machine.
TOLD_SECONDS_MAX = 60


class Exchanges(SuiteCase):

    demo = False

    @classmethod
    def setUpClass(cls):
        folder = BIN.parent / "e2e" / f"{cls.__name__}-operators"
        shutil.rmtree(folder, ignore_errors=True)
        cls.operators = cls.enterClassContext(Operators(folder))
        token = folder / "platform-token"
        token.touch(mode=0o600)
        token.write_text(TOKEN)
        port = cls.operators.ports["sms"]
        cls.settings = {"regulation": {
            "SAS_REGULATION_LINES": f"15,116117,{LINE}",
            "SAS_REGULATION_EXPERTISE_LINK":
                f"http://127.0.0.1:{port}/d?ref={{case_ref}}&sp={{specialty}}",
            "SAS_REGULATION_EXPERTISE_PLATFORM": PLATFORM["subject"],
            "SAS_REGULATION_EXPERTISE_URL": f"http://127.0.0.1:{port}/expertises",
            "SAS_REGULATION_EXPERTISE_TOKEN_FILE": str(token)}}
        super().setUpClass()

    def setUp(self):
        self.operators.go_on(answer=202)

    def opened(self, *options):
        return self.suite.ctl("call", "open", "--motif", "M03.05", "--age", "6y", "--commune", "85047",
                              "--mobility", "own_transport", "--phone", "+33199000061",
                              "--family-name", "Canari", *options, role="arm")["name"]

    def unread(self, **actor):
        return [each["name"] for each in self.suite.ctl("exchange", "unread", **actor)
                .get("exchanges", [])]

    def journey(self, case):
        return self.suite.ctl("case", "journey", case, **REGULATOR)

    @staticmethod
    def now(journey):
        (step,) = [each for each in journey["steps"] if each["state"] == "STATE_NOW"]
        return step["code"]

    def test_S3_10_telephone_secure_mail_and_click_to_call_are_kept(self):
        case = self.opened()
        phone = self.suite.ctl("exchange", "phone", case, "pharmacist", "délivre sans ordonnance",
                               **REGULATOR)
        self.assertEqual((phone["state"], phone["party"]), ("STATE_NOTED", "PARTY_PHARMACIST"))
        sent = self.suite.ctl("exchange", "mss", case, "treating_doctor", "sent", "<a.1@x.example>",
                              **REGULATOR)
        read = self.suite.ctl("exchange", "mss-state", sent["name"], "read", **REGULATOR)
        self.assertEqual(read["state"], "STATE_READ")
        call = self.suite.ctl("exchange", "call", case, "caller", **OSNP)
        self.assertEqual(call["phone_number"], "+33199000061")
        kinds = [each["kind"] for each in
                 self.suite.ctl("exchange", "list", case, role="arm")["exchanges"]]
        self.assertEqual(kinds, ["KIND_PHONE", "KIND_MSSANTE", "KIND_CLICK_TO_CALL"])
        self.refused("ROLE_FORBIDDEN", self.suite.ctl, "exchange", "list", case, role="steering")
        self.refused("ROLE_FORBIDDEN", self.suite.ctl, "exchange", "list", case, role="operations")

    def test_S3_15_a_message_waits_for_its_readers_and_survives_a_restart(self):
        case = self.opened()
        sent = self.suite.ctl("exchange", "message", case, "rappeler la mère demain", "--to-role",
                              "osnp", **REGULATOR)["name"]
        self.assertIn(sent, self.unread(**OSNP))
        self.suite.kill("regulation")
        self.suite.restart("regulation")
        self.assertIn(sent, self.unread(**OSNP))
        read = self.suite.ctl("exchange", "read", sent, **OSNP)
        self.assertEqual([each["reader"]["subject"] for each in read["reads"]], ["osnp-1"])
        self.assertNotIn(sent, self.unread(**OSNP))
        self.assertIn(sent, self.unread(role="osnp", subject="osnp-2"))
        missing = [each["code"] for each in self.journey(case)["missing_information"]]
        self.assertIn("ALLERGIES", missing)
        self.assertIn("MEDICAL_HISTORY", missing)
        self.assertNotIn("CALLBACK_NUMBER", missing)

    def test_S3_16_an_expertise_is_told_again_until_the_platform_takes_it_and_answered_once(self):
        self.operators.go_on(answer=503)
        case = self.opened()
        asked = self.suite.ctl("exchange", "expertise", case, "SM15", "canari-question", **REGULATOR)
        reference = asked["expertise"]["case_ref"]
        self.assertIn(reference, asked["expertise"]["link"])

        def attempts():
            return [each for each in self.operators.attempts("expertise")
                    if each["key"] == reference]

        await_until(lambda: len(attempts()) >= 2, "it is told again", TOLD_SECONDS_MAX)
        self.operators.go_on(answer=202)
        state = lambda: self.suite.ctl("exchange", "show", asked["name"], **REGULATOR)["state"]
        await_until(lambda: state() == "STATE_SENT", state, TOLD_SECONDS_MAX)
        for attempt in attempts():
            self.assertEqual((attempt["case_ref"], attempt["specialty"], attempt["territory"]),
                             (reference, "SM15", "85"))
            self.assertNotIn("anari", json.dumps(attempt))
        self.refused("EXPERTISE_NOT_FOUND", self.suite.ctl, "exchange", "answer", reference, "r-1",
                     "bénin", role="partner", subject="doctoplan")
        for _ in range(2):
            answer = self.suite.ctl("exchange", "answer", reference, "r-1", "canari-réponse", **PLATFORM)
            self.assertEqual(answer["result_count"], 1)
        self.assertIn(asked["name"], self.unread(**REGULATOR))
        shown = self.suite.ctl("exchange", "read", asked["name"], **REGULATOR)
        self.assertEqual(shown["expertise"]["results"][0]["text"], "canari-réponse")
        self.assertNotIn(asked["name"], self.unread(**REGULATOR))
        for service, table, rows in self.tables():
            if service == "regulation" and table in ("cases", "exchanges", "answers"):
                continue
            self.assertNotIn("anari-", str(rows), f"{service} {table}")
        for path in self.suite.folder.glob("*.log"):
            self.assertNotIn("anari-", path.read_text(errors="replace"), path.name)

    def test_S3_02_the_journey_says_where_it_stands_and_who_is_responsible(self):
        case = self.opened()
        journey = self.journey(case)
        self.assertEqual((self.now(journey), journey["responsible"]["role"]),
                         ("CODE_WAITING", "ROLE_ARM"))
        self.suite.ctl("call", "prioritise", case, "P2", "--filiere", "SNP", role="arm")
        self.assertEqual(self.journey(case)["responsible"]["role"], "ROLE_REGULATOR_MG")
        self.suite.ctl("call", "claim", case, **REGULATOR)
        journey = self.journey(case)
        self.assertEqual((self.now(journey), journey["responsible"]["subject"]),
                         ("CODE_CLAIMED", "mrg-1"))
        done = [each["code"] for each in journey["steps"] if each["state"] == "STATE_DONE"]
        self.assertEqual(done, ["CODE_PICKED_UP", "CODE_PRIORITISED"])
        words = [word for word in self.suite.command("case", "journey", case) if word != "--json"]
        diagram = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
        for words in ("✔ Décroché", "▶ En régulation", "○ Décision médicale",
                      "responsable : REGULATOR_MG mrg-1 (SAS 85)"):
            self.assertIn(words, diagram)

    def test_S3_37_the_number_dialled_is_kept_published_and_counted(self):
        case = self.opened("--dialled", LINE)
        self.opened("--dialled", "116117")
        self.opened("--dialled", "+33199009999")
        attached = self.suite.ctl("call", "attach", case, "--dialled", "15", role="arm")
        self.assertEqual(attached["origin"]["dialled_number"], LINE)
        self.assertEqual(attached["further_calls"][0]["dialled_number"], "15")
        for wrong in ("quinze", "0199008515"):
            self.refused("INVALID_DIALLED_NUMBER", self.suite.ctl, "call", "open", "--dialled", wrong,
                         role="arm")
        self.refused("DIALLED_IS_CONTACT", self.suite.ctl, "call", "open", "--phone",
                     "+33199000062", "--dialled", "+33199000062", role="arm")
        kpis = self.suite.ctl("kpi", "--id", "K37", role="supervisor")["kpis"]
        counted = {each["label"]: each["numerator"] for each in kpis[0]["figures"]}
        self.assertGreaterEqual(counted[LINE], 1)
        self.assertGreaterEqual(counted["15"], 1)
        self.assertGreaterEqual(counted["other"], 1)
        self.assertNotIn("+33199009999", counted)
        self.assertGreaterEqual(
            self.suite.metric("regulation", "sas_regulation_calls_total", line=LINE), 1)


if __name__ == "__main__":
    unittest.main()
