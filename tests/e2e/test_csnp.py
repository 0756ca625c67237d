"""A coordinator opens a new CSNP with one template (S2-10): agenda and file active, with the real programs."""

import datetime
import json
import unittest

from e2e import REGION, ROOT, SuiteCase, load_territory, rpps, stories, terrain

TEMPLATE = ROOT / "deploy" / "demo" / "templates" / "csnp-territoire-1.json"
SITE = f"{REGION}/sites/csnp-marais"
LIST = f"{SITE}/worklists/soins-non-programmes"
DOCTOR = f"{REGION}/practitioners/csnp-marais"
OSNP = {"role": "osnp", "subject": "osnp-1"}


class OneTemplate(SuiteCase):

    demo = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        territory = terrain()
        site = territory["sites"][0]
        del site["entry_policy"]
        site.update({"name": SITE, "display_name": "CSNP du Marais", "kind": "KIND_CSNP",
                     "csnp_mode": "CSNP_MODE_TERRITORIAL"})
        doctor = {**territory["practitioners"][0], "name": DOCTOR, "rpps": rpps(9970400002),
                  "display_name": "Dr Marais"}
        load_territory(cls.suite, {**territory, "session_plans": [], "practitioners": [doctor]})

    def order(self, motif, within="24h"):
        """A regulator's order for a patient of Challans; its name."""
        case = self.suite.ctl(
            "call", "open", "--entry", "line_116117", "--motif", motif, "--age", "40y", "--sex", "f",
            "--commune", "85047", "--phone", "+33639980008", "--mobility", "own_transport",
            "--no-treating-doctor")
        ident = stories.tail(case["name"])
        self.suite.ctl("call", "prioritise", ident, "P2", "--filiere", "SNP")
        self.suite.ctl("call", "claim", ident)
        self.suite.ctl("call", "decide", ident, "R3", "ORIENT", "--orientation", "CABINET")
        return self.suite.ctl("call", "order", ident, "--within", within, "--clinical-line",
                              "Fièvre à J1", "--access-reason", "sans_mt")["name"]

    def open_csnp(self, *options, **more):
        return self.suite.ctl("csnp", "open", "csnp-marais", "--template", str(TEMPLATE),
                              "--practitioner", "csnp-marais", *options, **more)

    def waiting(self, **actor):
        return self.suite.ctl("csnp", "waiting", "csnp-marais", **(actor or OSNP))

    def test_S2_10_one_call_makes_agenda_and_worklist(self):
        self.refused("WORKLIST_NOT_FOUND", self.waiting)
        made = self.suite.ctl("--request-id", "R-csnp", "csnp", "open", "csnp-marais", "--template",
                              str(TEMPLATE), "--practitioner", "csnp-marais")
        self.assertEqual(made["agenda"]["display_name"], "CSNP territoire")
        self.assertEqual(made["worklist"]["display_name"], "Soins non programmés")
        self.assertEqual(made["worklist"]["name"], LIST)
        self.assertGreater(made["bookable_slot_count"], 0)
        again = self.suite.ctl("--request-id", "R-csnp", "csnp", "open", "csnp-marais", "--template",
                               str(TEMPLATE), "--practitioner", "csnp-marais")
        self.assertEqual(again, made)
        self.refused("TEMPLATE_APPLIED", self.open_csnp)
        other = self.suite.folder / "other.json"
        other.write_text(json.dumps({**json.loads(TEMPLATE.read_text()), "version": 2}))
        self.refused("TEMPLATE_DIFFERS", self.suite.ctl, "csnp", "open", "csnp-marais",
                     "--template", str(other), "--practitioner", "csnp-marais")
        lists = self.suite.ctl("csnp", "list")["worklists"]
        self.assertEqual([each["name"] for each in lists], [LIST])
        agenda = self.partner.call("TemplateService/GetAgenda", {"name": made["agenda"]["name"]},
                                   **OSNP)
        self.assertEqual(agenda["worklist"], LIST)

        # The worklist shows real orders, and counts those that the CSNP does not take.
        fever, urgent, other = self.order("M03.14"), self.order("M02.06", "8h"), self.order(
            "M03.05")
        page = self.waiting()
        self.assertEqual([each["care_order"] for each in page["worklist_orders"]], [urgent, fever])
        self.assertNotIn(other, json.dumps(page))
        self.assertEqual(page["left_out"], [{"reason_code": "MOTIF_NOT_ACCEPTED", "order_count": 1}])
        told = json.dumps(page, ensure_ascii=False)
        for secret in ("Fièvre à J1", "+33639980008"):
            self.assertNotIn(secret, told)
        counts = self.waiting(role="planner", subject="cpts-1")
        self.assertEqual((counts["waiting_count"], counts.get("worklist_orders", [])), (2, []))

        # The agenda has slots, which the order may have.
        slot = self.free_slot()
        self.suite.ctl("order", "claim", fever, **OSNP)
        self.suite.ctl("order", "treating-doctor", fever, "none_declared", **OSNP)
        held = self.suite.ctl("slots", "hold", slot, "--order", fever, "--entry", "line_116117", **OSNP)
        self.assertTrue(held["hold_token"])
        self.assertEqual(self.shown(slot)["state"], "STATE_HELD")
        claimed = {each["care_order"]: each.get("claimed", False)
                   for each in self.waiting()["worklist_orders"]}
        self.assertEqual(claimed, {urgent: False, fever: True})

    def free_slot(self):
        """A free slot of the agenda."""
        listed = self.partner.call("SlotService/ListSlots", {"parent": SITE, "page_size": 500}, **OSNP)
        free = [each for each in listed["slots"] if each["state"] == "STATE_FREE"]
        self.assertTrue(all(each["agenda"] == "csnp-territoire" for each in free))
        soonest = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=90)
        return next(each["name"] for each in free
                    if datetime.datetime.fromisoformat(each["start_time"]) > soonest)


if __name__ == "__main__":
    unittest.main()
