"""A partner platform in Node works with the suite, by the contract alone, while sasctl watches."""

import datetime
import unittest

from e2e import BIN, SERVICES, Partner, Suite, SuiteCase, await_until, request_id, stories

NAQ = "regions/fr-naq"
CNSP = f"{NAQ}/sites/cnsp-blaye"
NEED = {"entry_point": "ENTRY_POINT_PHARMACIE", "motif_code": "M03.05",
        "age": {"value": 38, "unit": "UNIT_YEAR"}, "territory": "33",
        "access_reason": "ACCESS_REASON_SANS_MT", "orienting_professional_rpps": "99700000013",
        "severity_sign": "SIGN_ANSWER_NO"}
PHARMACIST = {"role": "professional", "profession": "21", "entry_point": "pharmacie",
              "subject": "pharmacie-blaye", "region": "fr-naq"}


class PartnerPlatform(SuiteCase):

    def within_ten_days(self):
        """What the pharmacist asks for."""
        soon = datetime.datetime.now(datetime.timezone.utc) + stories.TRAVEL_TIME
        return {"insee_code": "33058", "need": NEED, "page_size": 50,
                "start_time": soon.isoformat(),
                "end_time": (soon + datetime.timedelta(days=10)).isoformat()}

    def search(self):
        return self.partner.call("SlotService/SearchSlots",
                                 {"parent": NAQ, **self.within_ten_days()}, **PHARMACIST)

    def assert_shown(self, slot, state):
        def found():
            return self.partner.call("SlotService/GetSlot", {"name": slot}, role="osnp",
                                     region="fr-naq")
        await_until(lambda: found().get("state") == state, lambda: f"{slot} is {state}: {found()}")

    def dossier(self):
        """The pharmacist opens the request over gRPC as well."""
        opened = self.partner.call("RegulationService/CreateRegulationCase", {
            "parent": NAQ, "request_id": request_id(), "regulation_case": {
                "territory": "33", "motif_code": "M03.05", "patient_place": {"insee_code": "33058"},
                "origin": {"entry_point": "ENTRY_POINT_PHARMACIE", "origine_code": "AUTRE",
                           "caller_type_code": "SANTE.PHARMA"},
                "patients": [{"age": NEED["age"], "sex": "SEX_FEMALE",
                              "treating_doctor": {"status": "STATUS_NONE"}}]}}, **PHARMACIST)
        self.assertTrue(opened["ok"], opened)
        return opened

    def test_a_pharmacist_books_through_the_partner_while_sasctl_watches(self):
        watch = self.suite.watch("--from-start", region="fr-naq")
        dossier = self.dossier()
        case = dossier["name"]
        booked, = self.partner.run("book", "--case", case, "--patient",
                                   dossier["patients"][0]["name"], body=self.within_ten_days(),
                                   **PHARMACIST)
        self.assertTrue(booked["ok"], booked)
        self.assertEqual((booked["site"], booked["state"]), (CNSP, "STATE_BOOKED"))
        self.assertEqual(booked["booker_profession_code"], "21")

        def told():
            return ({event["subject"] for event in watch.of("booking")} >= {booked["name"]}
                    and any(booked["slot"] in str(event) for event in watch.of("slots"))
                    and any(event["subject"] == case for event in watch.of("regulation")))
        await_until(told, "all three feeds tell of the booking")
        watch.stop()
        # Everybody sees the same: the OSNP's terminal, the partner's search, the desk of the site.
        self.assert_shown(booked["slot"], "STATE_BOOKED")
        shown = self.suite.ctl("appointment", "show", booked["name"], region="fr-naq")
        self.assertEqual(shown["slot"], booked["slot"])
        offered = [match["slot"]["name"] for match in self.search()["matches"]]
        self.assertNotIn(booked["slot"], offered)
        cancelled = self.suite.ctl("appointment", "cancel", booked["name"], region="fr-naq")
        self.assertEqual(cancelled["state"], "STATE_CANCELLED")
        self.assert_shown(booked["slot"], "STATE_FREE")

    def test_the_platform_itself_searches_and_holds_but_reads_no_dossier(self):
        case = self.dossier()["name"]
        found, = self.partner.run("search", body=self.within_ten_days(), region="fr-naq")
        self.assertTrue(found["ok"], found)
        reads = self.partner.calls([
            {"method": "RegulationService/GetRegulationCase", "body": {"name": case}},
            {"method": "BookingService/ListAppointments", "body": {"parent": NAQ}},
            {"method": "regulation/EventService/ListEvents", "body": {"parent": NAQ}},
            {"method": "SeatService/PrepareSeat", "body": {"slot": f"{CNSP}/slots/none"}},
        ], region="fr-naq")
        self.assertEqual({each["reason"] for each in reads}, {"ROLE_FORBIDDEN"})

    def test_every_match_and_every_exclusion_is_explained(self):
        found = self.search()
        self.assertTrue(found["matches"])
        for match in found["matches"]:
            points = sum(term.get("points", 0) for term in match["score_terms"])
            self.assertEqual(match.get("score", 0), points)
            self.assertTrue(all(term["label"] for term in match["score_terms"]))
        self.assertTrue(found["excluded_sites"])
        self.assertTrue(all(site["explanation"] for site in found["excluded_sites"]))

    def test_over_tcp_as_well(self):
        """Against host:port addresses: Unix sockets are the default of the tests."""
        with Suite(BIN, folder=self.suite.folder / "tcp", tcp=True) as other:
            other.start()
            partner = self.enterContext(Partner(other))
            for service in SERVICES:
                told = partner.call(f"{service}/Health/Check", {"service": "ready"})
                self.assertEqual(told["status"], "SERVING")
            listed = partner.call("BookingService/ListAppointments", {"parent": "regions/fr-pdl"},
                                  role="osnp")
            self.assertEqual(listed, {"ok": True})


if __name__ == "__main__":
    unittest.main()
