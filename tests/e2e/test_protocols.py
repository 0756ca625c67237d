"""Triage protocols with the real programs: files, signatures, severity signs (hazards H-49, H-06)."""

import pathlib
import shutil
import tempfile
import unittest

from e2e import REGION, ROOT, SuiteCase, await_until

DEMO = ROOT / "deploy" / "demo" / "protocols"
DOCTOR = {"role": "referent", "subject": "medecin-referent-1"}
RPPS = "99704000027"  # Named as signatory in the demo protocols.
FEVER = "85/fievre-nourrisson"
MILD = ("ne-reagit-pas=no", "purpura=no", "gene-respiratoire=no", "convulsion=no", "temperature=38.5",
        "duree=6", "boit=yes", "premature=no")


class Protocols(SuiteCase):

    demo = False

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="sas-protocols-", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.settings = {"regulation": {"SAS_REGULATION_PROTOCOLS": str(cls.folder)}}
        for path in DEMO.glob("*.json"):
            shutil.copy(path, cls.folder)
        super().setUpClass()

    # --- helpers -----------------------------------------------------------------------------

    def write(self, name, source="fievre-nourrisson", **changes):
        """A file of the directory: the demo protocol with words replaced."""
        text = (DEMO / f"{source}.json").read_text()
        for old, new in changes.get("replace", ()):
            self.assertIn(old, text)
            text = text.replace(old, new, 1)
        # As an editor saves: never half a file.
        draft = self.folder / f"{name}.writing"
        draft.write_text(changes.get("text", text))
        draft.rename(self.folder / name)

    def library(self):
        return self.suite.ctl("protocol", "list", **DOCTOR)

    def refused_files(self):
        return {f"{each['file']}:{each['line']} {each['reason']}"
                for each in self.library().get("refused_files", [])}

    def state(self, name):
        return self.suite.ctl("protocol", "show", name, **DOCTOR)["state"]

    def in_force(self, protocol=FEVER):
        shown = self.suite.ctl("protocol", "show", protocol, **DOCTOR)
        return shown["name"].rpartition("/")[2]

    def signed(self, name):
        if self.state(name) == "STATE_DRAFT":
            self.suite.ctl("protocol", "simulate", name, **DOCTOR)
            self.suite.ctl("--rpps", RPPS, "protocol", "sign", name, **DOCTOR)
        return name

    def infant(self):
        return self.suite.ctl("call", "open", "--motif", "M03.14", "--age", "6m", "--sex", "f",
                              "--commune", "85047", "--phone", "+33199000001", "--mobility",
                              "own_transport")["name"]

    def triage(self, case, *answers, protocol=FEVER, lift="", **actor):
        words = [word for answer in answers for word in ("--answer", answer)]
        if lift:
            words += ["--lift", lift]
        return self.suite.ctl("call", "triage", case, "--protocol", protocol, *words,
                              **{"role": "arm", **actor})

    # --- tests -------------------------------------------------------------------------------

    def test_H49_a_bad_file_is_refused_with_its_line_and_the_last_good_stays(self):
        self.signed(f"{FEVER}/1.0")
        good = self.in_force()
        bad = {
            "x-cycle.json": ("QUESTION_CYCLE", [
                ("versions/1.0", "versions/7.1"),
                ('"text": "Boit-il, même peu ?",', '"text": "Boit-il ?", "ask_when": '
                 '[{"question": "couches", "is": ["yes"]}],')]),
            "x-unreachable.json": ("QUESTION_UNREACHABLE", [
                ("versions/1.0", "versions/7.2"),
                ('"ask_when": [{"question": "boit", "is": ["no", "unknown"]}]',
                 '"ask_when": [{"question": "boit", "is": ["no"]}, '
                 '{"question": "boit", "is": ["yes"]}]')]),
            "x-code.json": ("UNKNOWN_CODE", [("versions/1.0", "versions/7.3"),
                                             ('["M03.14"]', '["M99.99"]')]),
            "x-bound.json": ("SEVERITY_BELOW_BOUND", [("versions/1.0", "versions/7.4"),
                                                      ("PRIORITY_P0", "PRIORITY_P3")]),
            "x-removed.json": ("SEVERITY_SIGN_REMOVED", [("versions/1.0", "versions/7.5"),
                                                         ('"id": "convulsion"', '"id": "autre"')]),
        }
        for name, (_, replace) in bad.items():
            self.write(name, replace=replace)
        text = (DEMO / "fievre-nourrisson.json").read_text()
        begin = text.index('  "signatory"')
        end = text.index("},\n", begin) + 3 if "},\n" in text[begin:] else begin
        self.write("x-unsigned.json", text=text[:begin] + text[end:])
        self.write("x-broken.json", text='{\n  "name": "x",\n')
        expected = {name: reason for name, (reason, _) in bad.items()}
        expected |= {"x-unsigned.json": "SIGNATORY_REQUIRED", "x-broken.json": "INVALID_JSON"}
        await_until(lambda: len(self.refused_files()) == len(expected),
                    lambda: f"all are refused: {self.refused_files()}")
        for each in self.library()["refused_files"]:
            self.assertEqual(each["reason"], expected[each["file"]])
            lines = (self.folder / each["file"]).read_text().splitlines()
            self.assertTrue(1 <= each["line"] <= len(lines) + 1, each)
        told = self.refused_files()
        code_line = next(number for number, line in enumerate(
            (self.folder / "x-code.json").read_text().splitlines(), 1) if "M99.99" in line)
        self.assertIn(f"x-code.json:{code_line} UNKNOWN_CODE", told)
        log = self.suite.tail("regulation", lines=200)
        self.assertIn("protocol_file_refused", log)
        self.assertEqual(self.in_force(), good)
        self.assertEqual(self.suite.metric("regulation", "sas_regulation_protocol_files_refused"),
                         len(expected))
        # The same after kill -9, with the bad files still there: what is in force is in the ledger.
        self.suite.kill("regulation")
        self.suite.spawn("regulation")
        self.suite.wait_ready("regulation")
        self.assertEqual(self.in_force(), good)
        await_until(lambda: len(self.refused_files()) == len(expected), "still refused")
        self.triage(self.infant(), *MILD)
        for name in expected:
            (self.folder / name).unlink()
        await_until(lambda: not self.refused_files(), "nothing is refused any more")

    def test_H49_check_tells_file_and_line_before_anything_is_loaded(self):
        checked = self.suite.ctl("protocol", "check", str(DEMO / "entree-csnp.json"), **DOCTOR)
        self.assertEqual(checked.get("faults", []), [])
        path = self.suite.folder / "bad.json"
        path.write_text((DEMO / "entree-csnp.json").read_text().replace("KIND_CHOICE", "KIND_X", 1))
        refused = self.refused("", self.suite.ctl, "protocol", "check", str(path), **DOCTOR)
        fault = refused["faults"][0]
        line = next(number for number, text in enumerate(path.read_text().splitlines(), 1)
                    if "KIND_X" in text)
        self.assertEqual((fault["file"], fault["line"]), (str(path), line))

    def test_S3_06_signed_by_the_named_doctor_and_read_by_those_who_use_it(self):
        name = "85/douleur-thoracique-adulte/1.0"
        self.assertEqual(self.state(name), "STATE_DRAFT")
        self.refused("PROTOCOL_NOT_IN_FORCE", self.suite.ctl, "protocol", "ack", name, role="arm")
        self.refused("SIMULATION_REQUIRED", self.suite.ctl, "--rpps", RPPS, "protocol", "sign", name,
                     **DOCTOR)
        self.suite.ctl("protocol", "simulate", name, **DOCTOR)
        self.refused("NOT_THE_SIGNATORY", self.suite.ctl, "--rpps", "99704000019", "protocol", "sign",
                     name, **DOCTOR)
        sealed = self.suite.ctl("--rpps", RPPS, "protocol", "sign", name, **DOCTOR)
        self.assertEqual(sealed["state"], "STATE_IN_FORCE")
        read = self.suite.ctl("protocol", "ack", name, role="arm", subject="arm-7")
        self.assertEqual((read["acknowledged"], read["acknowledge_count"]), (True, 1))
        shown = self.suite.ctl("protocol", "show", name, **DOCTOR)
        self.assertEqual([each["actor"]["subject"] for each in shown["acknowledgements"]], ["arm-7"])

    def test_S2_12_a_severity_sign_blocks_the_order(self):
        self.signed(f"{FEVER}/1.0")
        asked = self.suite.ctl("protocol", "ask", FEVER, "--age", "6m", role="arm")
        self.assertEqual(asked["next_question"]["id"], "ne-reagit-pas")
        case = self.infant()
        answered = self.triage(case, "purpura=yes")
        result = answered["triages"][0]["result"]
        self.assertEqual((result["minimum_priority"], result["booking_blocked"], result["proposal"]),
                         ("PRIORITY_P0", True, "15"))
        self.refused("BELOW_PROTOCOL_MINIMUM", self.suite.ctl, "call", "prioritise", case, "P2",
                     "--filiere", "SNP", role="arm")
        self.suite.ctl("call", "prioritise", case, "P0", "--filiere", "AMU", role="arm")
        regulator = {"role": "regulator_mg", "subject": "mrg-1"}
        self.suite.ctl("call", "claim", case, **regulator)
        decision = self.suite.ctl("call", "decide", case, "R3", "ORIENT", "--orientation", "CABINET",
                                  "--resource", "LIBERAL.MG", **regulator)["name"]
        order = {"parent": case, "care_order": {
            "decision": decision, "delay": "86400s", "modes": ["CONSULTATION_MODE_AMB"],
            "clinical_line": "fièvre"}}
        refusal = self.partner.call("RegulationService/CreateCareOrder",
                                    {**order, "request_id": "order-1"}, **regulator)
        self.assertEqual((refusal["ok"], refusal["reason"]), (False, "SEVERITY_SIGN"), refusal)
        self.triage(case, "purpura=yes", lift="pétéchies d’effort", **regulator)
        placed = self.partner.call("RegulationService/CreateCareOrder",
                                   {**order, "request_id": "order-2"}, **regulator)
        self.assertTrue(placed["ok"], placed)

    def test_S2_11_answers_are_in_no_event_and_no_log(self):
        self.signed(f"{FEVER}/1.0")
        self.signed("85-lvo/entree-csnp/1.0")
        case = self.infant()
        words = "canari-reponse-libre"
        self.triage(case, "motif=autre", f"precision={words}", "anticoagulant=no", "detresse=no",
                    "conscience=no", "hemorragie=no", "dangerosite=no", "parcours=sans-mt",
                    protocol="85-lvo/entree-csnp")
        kept = self.suite.ctl("call", "show", case, role="arm")
        self.assertIn(words, str(kept["triages"]))
        self.assertEqual(kept["triages"][0]["protocol"],
                         f"{REGION}/scopes/85-lvo/protocols/entree-csnp/versions/1.0")
        for service, table, rows in self.tables():
            if service == "regulation" and table in ("cases", "triages", "answers"):
                continue
            self.assertNotIn(words, str(rows), f"{service} {table}")
        for path in self.suite.folder.glob("*.log"):
            self.assertNotIn(words, path.read_text(errors="replace"), path.name)


if __name__ == "__main__":
    unittest.main()
