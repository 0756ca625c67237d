"""The register of alarms: every alarm once, each with an owner, an act and an end (hazard H-53)."""

import pathlib
import re
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGISTER = ROOT / "deploy" / "prometheus" / "alarm_register.yml"
RULES = ROOT / "deploy" / "prometheus" / "rules"
BOARD = ROOT / "proto" / "sas" / "regulation" / "v1" / "board_service.proto"
OWNERS = {"arm", "regulator", "osnp", "supervisor", "claim owner", "coordinating nurse", "coordinator",
          "operations"}
# Sound is for a P0 that waits or was raised in somebody's hands, and for the loss of the board.
SOUNDS = {"p0": {"WAIT_LATE", "RAISED", "VitalWaitTooLong"},
          "board": {"ServiceDown", "ServiceAbsent", "LedgerDown"}}


def register(path=REGISTER):
    return yaml.safe_load(path.read_text(encoding="utf-8"))["alarms"]


def alerts():
    return {rule["alert"] for path in RULES.glob("*.yml")
            for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
            for rule in group["rules"] if "alert" in rule}


def values(prefix):
    """Names of the enum's values, without prefix and the unset one."""
    found = re.findall(rf"^\s+{prefix}_(\w+) = \d+;", BOARD.read_text(encoding="utf-8"), re.M)
    return set(found) - {"UNSPECIFIED"}


def faults(entry):
    """What an entry lacks, in words."""
    if entry.get("owner") not in OWNERS:
        yield "no owner"
    for field in ("act", "end"):
        if len(str(entry.get(field) or "").split()) < 3:
            yield f"no {field}"
    sound = entry.get("sound")
    if sound is not False and entry["name"] not in SOUNDS.get(sound, set()):
        yield "sounds"


class AlarmRegister(unittest.TestCase):

    def test_H53_every_alarm_is_in_the_register_once(self):
        expected = {("rule", name) for name in alerts()}
        expected |= {("board", name) for name in values("ALARM")}
        expected |= {("notice", name) for name in self.notices()}
        names = [(entry["source"], entry["name"]) for entry in register()]
        self.assertEqual(sorted(names), sorted(set(names)), "twice")
        self.assertEqual(set(names), expected)

    @staticmethod
    def notices():
        text = BOARD.read_text(encoding="utf-8")
        message = re.search(r"message RoomNotice \{.*?enum Kind \{(.*?)\n  \}", text, re.S)[1]
        return set(re.findall(r"KIND_(\w+) = [1-9]\d*;", message))

    def test_H53_each_has_an_owner_an_act_and_an_end_and_only_vital_ones_sound(self):
        for entry in register():
            with self.subTest(entry["name"]):
                self.assertEqual(list(faults(entry)), [])

    def test_H53_an_alarm_without_one_of_them_is_found(self):
        good = {"source": "rule", "name": "ClockDrift", "owner": "operations", "sound": False,
                "act": "Vérifier la synchronisation", "end": "Le service est à l’heure"}
        self.assertEqual(list(faults(good)), [])
        for field, value in (("owner", "somebody"), ("act", ""), ("end", None), ("sound", "p0"),
                             ("sound", "board"), ("sound", True)):
            self.assertNotEqual(list(faults({**good, field: value})), [], field)

    def test_H53_the_rate_for_each_person_and_hour_is_measured_and_six_is_the_aim(self):
        text = (RULES / "alerts.yml").read_text(encoding="utf-8")
        self.assertIn("sas:alarms_per_person_hour > 6\n", text)
        record = (RULES / "recording.yml").read_text(encoding="utf-8")
        self.assertIn("sas_regulation_board_alarms_total[1h]", record)
        self.assertIn("sas_regulation_roster_present[1h]", record)


if __name__ == "__main__":
    unittest.main()
