"""What does not fit is refused with the right code, a reason, a message, and nothing is stored."""

import unittest

from e2e import NEED, NURSE, REGION, SERVICES, SITE, SuiteCase, await_until, request_id

SEARCH = "SlotService/SearchSlots"
HOLD = "SlotService/HoldSlot"
CREATE = "BookingService/CreateAppointment"
OPEN = "RegulationService/CreateRegulationCase"

OSNP = {"role": "osnp", "sub": "osnp-1"}
ARM = {"role": "arm", "sub": "arm-1"}
NURSE_1 = {**NURSE, "sub": "idel-1"}
LINE = {**NEED, "entry_point": "ENTRY_POINT_LINE_15"}
AGE = {"value": 6, "unit": "UNIT_YEAR"}
ZERO = {"latitude_degrees": 0, "longitude_degrees": 0}
POLE = {"latitude_degrees": 91, "longitude_degrees": -1.8794}

BODY_BYTES = 2 << 20
PORTS = {"regulation": OPEN, "slots": SEARCH, "booking": CREATE}


def search(**changes):
    return {"parent": REGION, "insee_code": "85047", "need": LINE, **changes}


def case(**changes):
    return {"parent": REGION, "request_id": request_id(), "regulation_case": {
        "territory": "85", "motif_code": "M03.14", "patients": [{"age": AGE}],
        "patient_place": {"insee_code": "85047"},
        "origin": {"entry_point": "ENTRY_POINT_LINE_15", "origine_code": "15",
                   "caller_type_code": "SUJET"}, **changes}}


def patient(**changes):
    return case(patients=[{"age": AGE, **changes}])


# Each: title, body, reason.
SEARCHES = (
    ("unknown commune", search(insee_code="99999"), "UNKNOWN_COMMUNE"),
    ("postal code for a commune", search(insee_code="85300"), "UNKNOWN_COMMUNE"),
    ("nowhere", {"parent": REGION, "need": LINE}, "PLACE_REQUIRED"),
    ("the point that means empty", search(insee_code="", point=ZERO), "INVALID_POINT"),
    ("beyond the poles", search(insee_code="", point=POLE), "INVALID_POINT"),
    ("end before start", search(start_time="2099-01-02T00:00:00Z", end_time="2099-01-01T00:00:00Z"),
     "INVALID_TIME_RANGE"),
    ("in the past", search(start_time="2020-01-01T00:00:00Z"), "START_IN_PAST"),
    ("a month at once", search(start_time="2099-01-01T00:00:00Z", end_time="2099-02-01T00:00:00Z"),
     "WINDOW_TOO_LONG"),
    ("negative page", search(page_size=-1), "INVALID_PAGE_SIZE"),
    ("foreign page token", search(page_token="abc"), "INVALID_PAGE_TOKEN"),
    ("negative radius", search(radius_meters=-5), "INVALID_RADIUS"),
    ("a radius past its limit", search(radius_meters=150001), "INVALID_RADIUS"),
    ("unknown entry point", search(need={**LINE, "entry_point": 99}), "UNKNOWN_ENUM_VALUE"),
    ("unknown mode", search(need={**LINE, "modes": [42]}), "UNKNOWN_ENUM_VALUE"),
    ("no entry point", search(need={**LINE, "entry_point": 0}), "ENTRY_POINT_REQUIRED"),
    ("no motif of the list", search(need={**LINE, "motif_code": "M99.99"}), "UNKNOWN_CODE"),
    ("older than people get", search(need={**LINE, "age": {"value": 131, "unit": "UNIT_YEAR"}}),
     "INVALID_AGE"),
    ("no territory", search(need={**LINE, "territory": "99"}), "INVALID_TERRITORY"),
    ("an RPPS of nine digits", search(need={**LINE, "orienting_professional_rpps": "123456789"}),
     "INVALID_RPPS"),
    ("an RPPS whose key is wrong", search(need={**LINE, "treating_doctor_rpps": "99700000014"}),
     "INVALID_RPPS"),
    ("no region", search(parent="region/fr-pdl"), "INVALID_RESOURCE_NAME"),
)
CASES = (
    ("no request id", {**case(), "request_id": ""}, "REQUEST_ID_REQUIRED"),
    ("a request id with blanks", {**case(), "request_id": "a b"}, "INVALID_REQUEST_ID"),
    ("no territory", case(territory="XX"), "INVALID_TERRITORY"),
    ("no such motif", case(motif_code="fièvre"), "UNKNOWN_CODE"),
    ("nobody", case(patients=[]), "PATIENT_REQUIRED"),
    ("a number of letters", patient(phone_number="zéro six"), "INVALID_PHONE_NUMBER"),
    ("a day that is none", patient(birth_date="2020-02-30"), "INVALID_DATE"),
    ("an age that disagrees", patient(birth_date="1950-01-01"), "AGE_DISAGREES"),
    ("a name of a book", patient(family_name="x" * 81), "TEXT_TOO_LONG"),
    ("an unknown sex", patient(sex=9), "UNKNOWN_ENUM_VALUE"),
    ("a state from outside", case(state="STATE_CLOSED"), "OUTPUT_ONLY_FIELD"),
    ("a priority from outside", case(priority="PRIORITY_P0"), "OUTPUT_ONLY_FIELD"),
)


class BadInput(SuiteCase):

    def setUp(self):
        self.shared_case()  # Before the rows are counted.
        self.rows = self.count_rows()

    def tearDown(self):
        self.assertEqual(self.count_rows(), self.rows, "something was stored")

    def count_rows(self):
        """Rows of every table of the three ledgers."""
        return {(service, table): len(rows) for service, table, rows in self.tables()}

    def assert_refused(self, expected):
        """`expected` are (title, method, body, who, code, reason); one process makes all calls."""
        answers = self.partner.calls([{"method": method, "body": body, "as": who}
                                      for _, method, body, who, _, _ in expected])
        for (title, method, _, _, code, reason), answer in zip(expected, answers, strict=True):
            with self.subTest(title, method=method):
                self.assert_refusal(answer, code, reason)

    def assert_refusal(self, answer, code, reason):
        self.assertFalse(answer["ok"], answer)
        self.assertEqual((answer["code"], answer.get("reason")), (code, reason), answer)
        self.assertEqual(answer["domain"], "sas-suite")
        self.assertGreater(len(answer["message"]), 10, answer)
        if code == "INVALID_ARGUMENT" and reason != "REQUEST_ID_REUSED":
            self.assertTrue(answer["violations"][0]["field"], answer)
            self.assertTrue(answer["violations"][0]["description"], answer)

    def test_searches(self):
        self.assert_refused([(title, SEARCH, body, OSNP, "INVALID_ARGUMENT", reason)
                             for title, body, reason in SEARCHES])

    def test_dossiers(self):
        self.assert_refused([(title, OPEN, body, ARM, "INVALID_ARGUMENT", reason)
                             for title, body, reason in CASES])

    def test_lists(self):
        self.assert_refused([
            ("negative page", method, {"parent": parent, "page_size": -1},
             {"role": "osnp"}, "INVALID_ARGUMENT", "INVALID_PAGE_SIZE")
            for method, parent in (("RegulationService/ListRegulationCases", REGION),
                                   ("RegulationService/ListCareOrders", f"{REGION}/cases/-"),
                                   ("BookingService/ListAppointments", REGION),
                                   ("SlotService/ListSlots", SITE),
                                   ("regulation/EventService/ListEvents", REGION),
                                   ("slots/EventService/ListEvents", REGION),
                                   ("booking/EventService/ListEvents", REGION))])

    def test_nobody_gets_in_without_credentials(self):
        expired = {"sub": "osnp-1", "role": "osnp", "exp": 1}
        expected = []
        for method, body in ((SEARCH, search()), (OPEN, case()),
                             ("BookingService/ListAppointments", {"parent": REGION}),
                             ("booking/EventService/ListEvents", {"parent": REGION})):
            for title, who, reason in (
                    ("no token", {"token": None}, "CREDENTIALS_MISSING"),
                    ("not ours", {"token": "Bearer abc"}, "CREDENTIALS_INVALID"),
                    ("forged", {"token": "Bearer sas1.eyJzdWIiOiJ4Iiwicm9sZSI6Im9zbnAifQ.AAAA"},
                     "CREDENTIALS_INVALID"),
                    ("signed with another key", {**OSNP, "key": "other"}, "CREDENTIALS_INVALID"),
                    ("no such role", {"role": "patient"}, "CREDENTIALS_INVALID"),
                    ("expired", expired, "CREDENTIALS_EXPIRED")):
                expected.append((title, method, body, who, "UNAUTHENTICATED", reason))
        self.assert_refused(expected)

    def test_S0_10_no_patient_and_nobody_without_a_role_for_it(self):
        slot = self.slot()
        create = {"parent": REGION, "appointment": self.draft(slot),
                  "hold_token": "x", "request_id": request_id()}
        hold = {"name": slot, "need": NEED, "request_id": request_id()}
        self.assert_refused([
            (role, method, body, {"role": role}, "PERMISSION_DENIED", "ROLE_FORBIDDEN")
            for role, method, body in (
                ("partner", OPEN, case()), ("operations", SEARCH, search()),
                ("planner", SEARCH, search()),
                ("operations", OPEN, case()), ("arm", HOLD, hold), ("planner", HOLD, hold),
                ("arm", CREATE, create), ("partner", CREATE, create),
                ("supervisor", CREATE, create),
                ("osnp", "SeatService/CommitSeats", {"parent": REGION}),
                ("osnp", "RegulationService/CreateDecision", {"parent": f"{REGION}/cases/none"}),
                ("professional", "RegulationService/ListRegulationCases", {"parent": REGION}),
                ("partner", "regulation/EventService/ListEvents", {"parent": REGION}),
                ("planner", "booking/EventService/ListEvents", {"parent": REGION}),
                ("osnp", "DirectoryService/ImportTerritory", {"parent": REGION}))])

    def test_a_foreign_region_is_refused_before_existence(self):
        other = "regions/fr-naq"
        self.assert_refused([
            ("fr-naq", method, body, who, "PERMISSION_DENIED", "REGION_FORBIDDEN")
            for method, body, who in (
                (SEARCH, search(parent=other), OSNP),
                (HOLD, {"name": f"{other}/sites/cnsp-blaye/slots/cnsp-20991231t1000z", "need": NEED,
                        "request_id": request_id()}, NURSE_1),
                ("SlotService/GetSlot", {"name": f"{other}/sites/a/slots/a-20991231t1000z"}, OSNP),
                (OPEN, {**case(), "parent": other}, ARM),
                ("RegulationService/GetRegulationCase", {"name": f"{other}/cases/none"}, ARM),
                ("BookingService/GetAppointment", {"name": f"{other}/appointments/none"}, OSNP),
                ("BookingService/ListAppointments", {"parent": other}, OSNP),
                ("regulation/EventService/ListEvents", {"parent": other}, OSNP))])

    def test_what_does_not_exist_is_not_found(self):
        self.assert_refused([
            ("none", method, body, who, "NOT_FOUND", reason) for method, body, who, reason in (
                ("SlotService/GetSlot", {"name": f"{SITE}/slots/one-20991231t1000z"}, OSNP,
                 "SLOT_NOT_FOUND"),
                (HOLD, {"name": f"{SITE}/slots/one-20991231t1000z", "need": NEED,
                        "request_id": request_id()}, NURSE_1, "SLOT_NOT_FOUND"),
                ("RegulationService/GetRegulationCase", {"name": f"{REGION}/cases/none"}, ARM,
                 "CASE_NOT_FOUND"),
                ("BookingService/GetAppointment", {"name": f"{REGION}/appointments/none"}, OSNP,
                 "APPOINTMENT_NOT_FOUND"))])

    def test_holds_and_confirmations(self):
        slot = self.slot()
        hold = {"name": slot, "need": NEED, "request_id": request_id()}
        create = {"parent": REGION, "appointment": self.draft(slot),
                  "hold_token": "forged", "request_id": request_id()}

        def draft(**changes):
            return {**create, "appointment": {**create["appointment"], **changes}}

        bad = "INVALID_ARGUMENT"
        self.assert_refused([(title, method, body, NURSE_1, code, reason)
                             for title, method, body, code, reason in (
            ("9 s", HOLD, {**hold, "hold_duration": "9s"}, bad, "INVALID_HOLD_DURATION"),
            ("121 s", HOLD, {**hold, "hold_duration": "121s"}, bad, "INVALID_HOLD_DURATION"),
            ("no slot's name", HOLD, {**hold, "name": f"{SITE}/slots/one"}, bad,
             "INVALID_RESOURCE_NAME"),
            ("no request id", HOLD, {**hold, "request_id": ""}, bad, "REQUEST_ID_REQUIRED"),
            ("unknown reason of access", HOLD, {**hold, "need": {**NEED, "access_reason": 77}}, bad,
             "UNKNOWN_ENUM_VALUE"),
            ("by a line", HOLD, {**hold, "need": LINE}, "PERMISSION_DENIED",
             "ENTRY_POINT_FORBIDDEN"),
            ("forged token", CREATE, create, "FAILED_PRECONDITION", "HOLD_LOST"),
            ("no token", CREATE, {**create, "hold_token": ""}, bad, "HOLD_TOKEN_REQUIRED"),
            ("nothing", CREATE, {**create, "appointment": None}, bad, "FIELD_REQUIRED"),
            ("other case's patient", CREATE, draft(patient=f"{REGION}/cases/other/patients/1"), bad,
             "CASE_MISMATCH"),
            ("a clinical novel", CREATE, draft(clinical_line="é" * 301), bad, "TEXT_TOO_LONG"),
            ("unknown entry point", CREATE, draft(entry_point=99), bad, "UNKNOWN_ENUM_VALUE"),
            ("an order without version", CREATE, draft(care_order=f"{self.shared_case()}/orders/none"), bad,
             "ORDER_VERSION_REQUIRED"),
            ("a bad RPPS", CREATE, draft(orienting_professional_rpps="1"), bad, "INVALID_RPPS"))])

    def create(self, slot, token, who):
        """A confirmation that must be refused."""
        return {"method": CREATE, "as": {**NURSE, "sub": who}, "body": {
            "parent": REGION, "appointment": self.draft(slot),
            "hold_token": token, "request_id": request_id()}}

    def test_a_hold_that_has_expired_never_confirms(self):
        """Invariant I6, by the clock: ten seconds are the shortest hold."""
        slot = self.slot()
        held = self.partner.call(HOLD, {"name": slot, "need": NEED, "hold_duration": "10s",
                                        "request_id": request_id()}, subject="idel-1", **NURSE)
        self.assert_converges(slot, "STATE_HELD")
        await_until(lambda: self.shown(slot)["state"] == "STATE_FREE", "the hold expires", 15)
        late, = self.partner.calls([self.create(slot, held["hold_token"], "idel-1")])
        self.assert_refusal(late, "FAILED_PRECONDITION", "HOLD_LOST")

    def test_a_hold_that_is_over_never_confirms(self):
        """Invariant I6: released, superseded by another's, or somebody else's."""
        slot = self.slot()
        token = self.hold(slot, "idel-1")
        stolen, = self.partner.calls([self.create(slot, token, "idel-2")])
        self.assert_refusal(stolen, "FAILED_PRECONDITION", "HOLD_LOST")
        self.partner.call("SlotService/ReleaseSlotHold",
                          {"name": slot, "hold_token": token, "request_id": request_id()},
                          subject="idel-1", **NURSE)
        other = self.hold(slot, "idel-2")
        released, renewed = self.partner.calls([
            self.create(slot, token, "idel-1"),
            {"method": "SlotService/RenewSlotHold", "as": {**NURSE, "sub": "idel-1"},
             "body": {"name": slot, "hold_token": token, "request_id": request_id()}}])
        self.assert_refusal(released, "FAILED_PRECONDITION", "HOLD_LOST")
        self.assert_refusal(renewed, "FAILED_PRECONDITION", "HOLD_LOST")
        self.suite.ctl("slots", "release", slot, "--hold", other, **NURSE, subject="idel-2")

    def test_two_megabytes_are_refused_and_the_service_goes_on(self):
        calls = [{"method": method, "body": {"parent": REGION}, "pad": BODY_BYTES}
                 for method in PORTS.values()]
        for answer in self.partner.calls(calls):
            self.assertEqual(answer["code"], "RESOURCE_EXHAUSTED", answer)
            self.assertTrue(answer["message"])
        for service in SERVICES:
            self.assertEqual(self.suite.status()[service], "SERVING")


if __name__ == "__main__":
    unittest.main()
