"""One patient, two resources: a nurse at his home and a remote doctor, together or not at all."""

import unittest

from e2e import NEED_OPTIONS, NURSE, TOLD_OPTIONS, SuiteCase, load_territory, terrain

MODES = {"one": "CONSULTATION_MODE_HH", "three": "CONSULTATION_MODE_VR"}


class TwoResources(SuiteCase):

    demo = False
    # A seat that is free again would be held for other orders.
    settings = {"booking": {"SAS_BOOKING_REFILL": "false"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        territory = terrain()
        for plan in territory["session_plans"]:
            plan["modes"] = [MODES[plan["agenda"]]]
        load_territory(cls.suite, territory)

    def book(self, home, remote, case, subject):
        patient = self.patient_of(case)
        return self.suite.ctl(
            "book-group", "two_resources", home, remote, *NEED_OPTIONS, *TOLD_OPTIONS, "--mode", "hh", "--mode", "vr",
            "--case", case, "--patients", patient, patient, **NURSE, subject=subject)["appointments"]

    def test_S1_11_both_are_booked_and_both_are_cancelled(self):
        home, remote = self.slot("one"), self.slot("three")
        at_home, afar = self.book(home, remote, self.open_case(), "idel-1")
        self.assertEqual((at_home["mode"], afar["mode"]), (MODES["one"], MODES["three"]))
        self.assertEqual(at_home["start_time"], afar["start_time"])
        self.assertEqual(at_home["group"]["appointments"], [at_home["name"], afar["name"]])
        self.assert_converges(home, "STATE_BOOKED")
        self.assert_free_converges(remote, 2)
        # The nurse cannot come: the doctor's stands and says so, until somebody cancels it, too.
        self.suite.ctl("appointment", "cancel", at_home["name"])
        stands = self.suite.ctl("appointment", "show", afar["name"])
        self.assertEqual((stands["state"], stands["group"]["cancelled_appointments"]),
                         ("STATE_BOOKED", [at_home["name"]]))
        self.suite.ctl("appointment", "cancel", afar["name"])
        self.assert_converges(home, "STATE_FREE")
        self.assert_free_converges(remote, 3)
        self.assert_no_seat_sold_twice()

    def test_S1_11_who_is_refused_the_second_does_not_keep_the_first(self):
        home, early = self.slot("one"), self.slot("three")
        for _ in range(3):
            late = self.slot("three")  # An hour and more apart.
        self.refused("GROUP_SLOTS_APART", self.book, home, late, self.open_case(), "idel-2")
        for name, free in ((home, 1), (late, 3)):
            self.assert_free_converges(name, free)
        # Two of one kind are no nurse and doctor.
        self.refused("GROUP_MODES", self.book, early, late, self.open_case(), "idel-3")
        self.assertFalse([each["name"] for each in self.appointments() if each["slot"] in (home, early, late)])


if __name__ == "__main__":
    unittest.main()
