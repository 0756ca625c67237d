"""One agenda of a CPTS, "CPTS RDV", which the regulation's consoles and the members of the CPTS share
(S4-10), with the real programs."""

import datetime
import unittest

from e2e import NEED, NURSE, REGION, SuiteCase, await_until, load_territory, rpps, terrain

SITE = f"{REGION}/sites/cpts"
CPTS = f"{REGION}/structures/cpts"
HOSPITAL = f"{REGION}/structures/hopital"
DOCTOR = f"{REGION}/practitioners/cpts"
OSNP = "osnp-1"
CONSOLES = tuple({"role": role, "subject": f"{role}-1"}
                 for role in ("arm", "regulator_amu", "regulator_mg", "osnp"))
MEMBER = {**NURSE, "subject": "idel-1", "organization": CPTS}
READER = {**NURSE, "subject": "idel-2", "organization": HOSPITAL}
STRANGER = {**NURSE, "subject": "idel-3"}


def of_the_regulation(order):
    """How a console asks for the order."""
    return {"entry_point": "ENTRY_POINT_LINE_15", "care_order": order, "motif_code": "M03.14",
            "age": {"value": 40, "unit": "UNIT_YEAR"}, "access_reason": "ACCESS_REASON_SANS_MT",
            "territory": "85"}


class SharedAgenda(SuiteCase):

    demo = False
    # A seat that is free again would be held for the orders of these tests.
    settings = {"booking": {"SAS_BOOKING_REFILL": "false"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        territory = terrain()
        site, plan, doctor = (territory[each][0] for each in ("sites", "session_plans", "practitioners"))
        site.update({"name": SITE, "structure": CPTS, "display_name": "Terrain de la CPTS", "rights": [
            {"structure": CPTS, "rights": ["RIGHT_MANAGE"]},
            {"structure": HOSPITAL, "agenda": "cpts-rdv", "rights": ["RIGHT_READ"]}]})
        plan.update({"name": f"{SITE}/plans/cpts-rdv", "agenda": "cpts-rdv", "practitioner": DOCTOR})
        doctor.update({"name": DOCTOR, "rpps": rpps(9970400005), "display_name": "Dr Partagé"})
        structures = [{"name": name, "kind": kind, "display_name": display, "territories": ["85"]}
                      for name, kind, display in ((CPTS, "KIND_CPTS", "CPTS du terrain"),
                                                  (HOSPITAL, "KIND_HOPITAL", "Hôpital du terrain"))]
        load_territory(cls.suite, {**territory, "structures": structures, "practitioners": [doctor],
                                   "sites": [site], "session_plans": [plan]})

    def slot(self, agenda="cpts-rdv"):
        """A free slot of the shared agenda that no other test uses."""
        if agenda not in self._slots:
            def free():
                listed = self.partner.call("SlotService/ListSlots", {"parent": SITE, "page_size": 500},
                                           role="osnp")
                return [each["name"] for each in listed.get("slots", []) if each["state"] == "STATE_FREE"]
            # The first ones may begin while the tests run.
            self._slots[agenda] = iter(await_until(free, "free slots of the shared agenda")[4:])
        return next(self._slots[agenda])

    def offered(self, slot, need, **actor):
        """Whether this person's search shows the slot."""
        start = datetime.datetime.fromisoformat(self.shown(slot)["start_time"])
        first, last = ((start + datetime.timedelta(minutes=each)).strftime("%Y-%m-%dT%H:%M:%SZ")
                       for each in (0, 1))
        found = self.partner.call("SlotService/SearchSlots", {
            "parent": REGION, "insee_code": "85047", "need": need, "start_time": first, "end_time": last},
            **actor)
        self.assertTrue(found["ok"], found)
        return slot in [match["slot"]["name"] for match in found.get("matches", [])]

    def assert_offered_converges(self, slot, order, offered):
        """Both sides' searches come to show the slot, or not to."""
        sides = ((of_the_regulation(order), CONSOLES[-1]), (NEED, MEMBER))
        await_until(lambda: all(self.offered(slot, need, **actor) == offered for need, actor in sides),
                    f"both sides are {'' if offered else 'not '}offered {slot}")

    def book_as_member(self, slot):
        case = self.open_case(organization=CPTS)
        return self.book(slot, case, self.hold(slot, organization=CPTS), organization=CPTS)

    def test_S4_10_what_one_side_takes_the_other_has_no_more(self):
        order, other = self.waiting_order(OSNP), self.waiting_order(OSNP)
        first, second = self.slot(), self.slot()
        for slot in (first, second):
            self.assert_offered_converges(slot, order, True)
        # The regulation books by its order, a member of the CPTS by her own way.
        ordered = self.suite.ctl("book", first, "--order", order, subject=OSNP)
        direct = self.book_as_member(second)
        self.assertEqual([(each["slot"], each["state"]) for each in (ordered, direct)],
                         [(first, "STATE_BOOKED"), (second, "STATE_BOOKED")])
        for slot in (first, second):
            self.assert_offered_converges(slot, other, False)
        self.refused("NO_FREE_SEAT", self.hold, first, organization=CPTS)
        self.refused("NO_FREE_SEAT", self.suite.ctl, "slots", "hold", second, "--order", other, subject=OSNP)
        # What the regulation gives back the member may have.
        self.suite.ctl("appointment", "cancel", ordered["name"])
        self.assert_offered_converges(first, other, True)
        self.assertEqual(self.book_as_member(first)["state"], "STATE_BOOKED")
        self.assert_no_seat_sold_twice()

    def test_S4_10_each_side_has_its_rights_and_no_more(self):
        order, slot = self.waiting_order(OSNP), self.slot()
        for console in CONSOLES:
            with self.subTest(console["role"]):
                self.assertTrue(self.offered(slot, of_the_regulation(order), **console))
        self.refused("ORDER_REQUIRED", self.suite.ctl, "slots", "hold", slot, "--entry", "line_15", "--motif",
                     "M03.14", "--age", "40y", subject=OSNP)
        self.assertTrue(self.offered(slot, NEED, **READER))
        self.refused("SITE_RIGHT_REQUIRED", self.hold, slot, READER["subject"], organization=HOSPITAL)
        self.assertFalse(self.offered(slot, NEED, **STRANGER))
        self.refused("SITE_RIGHT_REQUIRED", self.hold, slot, STRANGER["subject"])
        # The CPTS alone plans it, for both.
        withdraw = ("planning", "withdraw", slot, "--reason", "ABSENCE")
        self.refused("SITE_RIGHT_REQUIRED", self.suite.ctl, *withdraw, role="planner", subject="cpts-2")
        self.suite.ctl(*withdraw, role="planner", subject="cpts-1", organization=CPTS)
        self.assert_offered_converges(slot, order, False)
        self.refused("SLOT_WITHDRAWN", self.hold, slot, organization=CPTS)
        self.refused("SLOT_WITHDRAWN", self.suite.ctl, "slots", "hold", slot, "--order", order, subject=OSNP)


if __name__ == "__main__":
    unittest.main()
