"""What the end-to-end tests share: a suite for each class, a site open day and night, a partner.

Everything runs as it will in the field: the services' binaries, a real Redis, sasctl, and a partner
platform in Node (partner/). Logs and ledgers of the last run stay in <build>/e2e/<class>.
"""

import collections
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import unittest
import uuid
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import stories  # noqa: E402  pylint: disable=unused-import
import waiting_order  # noqa: E402
from node_partner import Partner  # noqa: E402
from nurse_entry import NURSE, open_case  # noqa: E402
from suite import Refused, SERVICES, Suite, await_until  # noqa: E402

BIN = pathlib.Path(os.environ.get("SAS_BIN_DIR", ROOT / "build" / "dev" / "bin"))

REGION = "regions/fr-pdl"
SITE = f"{REGION}/sites/terrain"
# Agendas of the site and their seats in each slot.
AGENDAS = {"one": 1, "three": 3}
FEED_DOCTORS = 40  # Of platforms' agendas.

# How a nurse asks for a patient at that site.
ASKED = {"entry_point": "ENTRY_POINT_IDEL", "motif_code": "M03.05",
         "age": {"value": 38, "unit": "UNIT_YEAR"}, "territory": "85"}
NEED = {**ASKED, "severity_sign": "SIGN_ANSWER_NO"}
# What a direct entry tells whoever receives the patient.
TOLD = {"clinical_line": "toux depuis deux jours", "severity_form": {
    "signs": [{"code": "detresse", "answer": "SIGN_ANSWER_NO"}]}}
TOLD_OPTIONS = ("--clinical-line", TOLD["clinical_line"], "--absent", "detresse")
NEED_OPTIONS = ("--entry", "idel", "--motif", "M03.05", "--age", "38y", "--severity-sign", "no")


def rpps(stem):
    """An RPPS of the test range: ten digits and their Luhn key."""
    for key in range(10):
        digits = [int(digit) for digit in reversed(f"{stem}{key}")]
        if sum(sum(divmod(d * 2, 10)) if i % 2 else d for i, d in enumerate(digits)) % 10 == 0:
            return f"{stem}{key}"
    raise AssertionError("unreachable")


def feed_doctor(agenda):
    """Each agenda of a platform has a doctor of its own: nobody is in two of them at once."""
    return zlib.crc32(agenda.encode()) % FEED_DOCTORS


def feed_frame(start, agenda, sequence, minutes, removed=(), seats=1):
    """A delta of the terrain's agenda `agenda`: slots that start so many minutes from `start`."""
    def at(offset):
        return (start + datetime.timedelta(minutes=offset)).strftime("%Y-%m-%dT%H:%M:%SZ")
    slots = [{"external_id": f"{agenda}-{each}", "start_time": at(each), "end_time": at(each + 10),
              "practitioner_rpps": rpps(9970200100 + feed_doctor(agenda)),
              "modes": ["CONSULTATION_MODE_AMB"], "classes": ["SLOT_CLASS_PRO", "SLOT_CLASS_SNP"],
              "free_seats": seats} for each in minutes]
    return {"agenda": f"{SITE}/agendas/{agenda}", "sequence": sequence,
            "delta": {"changed": slots, "removed_start_times": [at(each) for each in removed]}}


def terrain():
    """A synthetic site, open day and night: tests must not depend on the hour at which they run."""
    practitioners = [{"name": f"{REGION}/practitioners/terrain-{agenda}",
                      "rpps": rpps(9970200000 + i), "display_name": f"Dr Terrain {agenda}", "profession_code": "10",
                      "specialty_code": "SM54", "status": "STATUS_SALARIE", "territories": ["85"],
                      "weekly_appointment_max": 200}
                     for i, agenda in enumerate(AGENDAS)]
    practitioners += [{**practitioners[0], "name": f"{REGION}/practitioners/terrain-feed-{i}",
                       "rpps": rpps(9970200100 + i), "display_name": f"Dr Plateforme {i}"}
                      for i in range(FEED_DOCTORS)]
    plans = [{"name": f"{SITE}/plans/{agenda}", "agenda": agenda,
              "practitioner": f"{REGION}/practitioners/terrain-{agenda}",
              "weekdays": [1, 2, 3, 4, 5, 6, 7], "start_time_of_day": "00:00",
              "end_time_of_day": "23:55", "slot_minutes": 15, "seats": seats,
              "modes": ["CONSULTATION_MODE_AMB"], "classes": ["SLOT_CLASS_PRO", "SLOT_CLASS_SNP"],
              "public_holidays": True, "pdsa_hours": True, "effective_start_date": "2026-01-01"}
             for agenda, seats in AGENDAS.items()]
    return {
        "display_name": "Terrain d'essai", "territories": ["85"],
        "communes": [{"insee_code": "85047", "display_name": "Challans", "department_code": "85",
                      "postal_codes": ["85300"],
                      "point": {"latitude_degrees": 46.8458, "longitude_degrees": -1.8794}}],
        "structures": [{"name": f"{REGION}/structures/terrain", "kind": "KIND_MMG",
                        "display_name": "Terrain d'essai", "territories": ["85"]}],
        "practitioners": practitioners,
        "sites": [{"name": SITE, "structure": f"{REGION}/structures/terrain", "kind": "KIND_MMG",
                   "display_name": "Terrain d'essai", "territories": ["85"],
                   "opening_date": "2020-01-01",
                   "place": {"insee_code": "85047",
                             "point": {"latitude_degrees": 46.8458, "longitude_degrees": -1.8794}},
                   "entry_policy": {"rules": [
                       {"entry_point": "ENTRY_POINT_IDEL", "access": "ACCESS_DIRECT"},
                       {"entry_point": "ENTRY_POINT_LINE_15", "access": "ACCESS_REGULATED"}]}}],
        "session_plans": plans,
    }


def load_territory(suite, territory):
    file = suite.folder / "territory.json"
    file.write_text(json.dumps(territory))
    suite.ctl("territory", "load", str(file))


def load_terrain(suite):
    load_territory(suite, terrain())


class SuiteCase(unittest.TestCase):
    """A fresh suite for the class, with the demo territories and the terrain."""

    ledger = "sqlite"
    settings = None
    demo = True

    @classmethod
    def setUpClass(cls):
        folder = BIN.parent / "e2e" / cls.__name__
        shutil.rmtree(folder, ignore_errors=True)
        cls.suite = cls.enterClassContext(
            Suite(BIN, folder=folder, ledger=cls.ledger, settings=cls.settings))
        cls.suite.start()
        if cls.demo:
            cls.suite.load_demo()
        load_terrain(cls.suite)
        cls.partner = cls.enterClassContext(Partner(cls.suite))
        cls._slots = {}
        cls._patients = {}
        now = datetime.datetime.now(datetime.timezone.utc)
        cls.feed_start = now.replace(second=0, microsecond=0)

    # --- slots -------------------------------------------------------------------------------

    def slot(self, agenda="one"):
        """A free slot that no other test of the class uses."""
        if agenda not in self._slots:
            def free():
                listed = self.partner.call(
                    "SlotService/ListSlots", {"parent": SITE, "page_size": 500}, role="osnp")
                return [slot["name"] for slot in listed.get("slots", [])
                        if slot["agenda"] == agenda and slot["state"] == "STATE_FREE"]
            # The first ones may begin while the tests run.
            self._slots[agenda] = iter(await_until(free, f"free slots of agenda {agenda}")[4:])
        return next(self._slots[agenda])

    def shown(self, slot):
        """The slot as the services show it now."""
        return self.partner.call("SlotService/GetSlot", {"name": slot}, role="osnp")

    def assert_converges(self, slot, state):
        """Availability is told by a feed: it follows the ledger within seconds, not at once."""
        await_until(lambda: self.shown(slot).get("state") == state,
                    lambda: f"{slot} is {state}: {self.shown(slot)}")

    def assert_free_converges(self, slot, count):
        await_until(lambda: self.shown(slot).get("free_seat_count", 0) == count,
                    lambda: f"{slot} has {count} free: {self.shown(slot)}")

    def assert_availability_is_the_ledger(self):
        """Every slot with appointments has as many seats less."""
        taken = collections.Counter(each["slot"] for each in self.appointments()
                                    if each["state"] != "STATE_CANCELLED")
        for slot, count in taken.items():
            self.assert_free_converges(slot, self.shown(slot)["seat_count"] - count)

    # --- a platform's feed -------------------------------------------------------------------

    def feed_frame(self, *arguments, **options):
        """See feed_frame; minutes are counted from the start of the class."""
        return feed_frame(self.feed_start, *arguments, **options)

    def feed_file(self, frames):
        path = self.suite.folder / f"feed-{uuid.uuid4().hex}.jsonl"
        path.write_text("".join(json.dumps(frame) + "\n" for frame in frames))
        return path

    def push_feed(self, frames, **options):
        """The acks of sasctl's push, as the platform of the terrain."""
        actor = {"subject": "doctoplan", "organization": SITE, **options}
        return self.suite.ctl("partner", "push", str(self.feed_file(frames)), **actor)["acks"]

    # --- an order of the regulation --------------------------------------------------------------

    def waiting_order(self, subject="", within="24h"):
        """An order near the terrain; `subject` searches for it, or nobody has it."""
        return waiting_order.waiting_order(self.suite, subject, within)

    def claim(self, order, subject):
        waiting_order.claim(self.suite, order, subject)

    # --- booking as a nurse ------------------------------------------------------------------

    def open_case(self, **options):
        """A dossier of a nurse's own entry; its name."""
        case = open_case(self.suite, **options)
        self._patients[case["name"]] = case["patients"][0]["name"].rsplit("/", 1)[1]
        return case["name"]

    def shared_case(self):
        """One dossier for the whole class, where it does not matter whose it is."""
        if not hasattr(type(self), "_shared_case"):
            type(self)._shared_case = self.open_case()
        return type(self)._shared_case

    def hold(self, slot, subject="idel-1", **options):
        """The token of a hold."""
        return self.suite.ctl("slots", "hold", slot, *NEED_OPTIONS, **NURSE, subject=subject,
                              **options)["hold_token"]

    def book(self, slot, case, token, subject="idel-1", **options):
        return self.suite.ctl("book", slot, *NEED_OPTIONS, *TOLD_OPTIONS, "--case", case, "--patient",
                              self.patient_of(case), "--hold", token, **NURSE, subject=subject,
                              **options)

    def patient_of(self, case):
        """Id of the dossier's patient."""
        if case not in self._patients:
            shown = self.suite.ctl("call", "show", case, role="regulator_mg")
            self._patients[case] = shown["patients"][0]["name"].rsplit("/", 1)[1]
        return self._patients[case]

    def draft(self, slot, case=None):
        """The body of CreateAppointment's appointment, for the shared case unless another."""
        case = case or self.shared_case()
        return {"regulation_case": case, "patient": f"{case}/patients/{self.patient_of(case)}",
                "slot": slot, **TOLD, **ASKED}

    def refused(self, reason, act, *arguments, **options):
        """The act must be refused with that reason; returns the refusal."""
        with self.assertRaises(Refused) as caught:
            act(*arguments, **options)
        self.assertEqual(caught.exception.reason, reason, caught.exception.answer)
        return caught.exception.answer

    # --- what is kept ------------------------------------------------------------------------

    def everything(self, method, field, body, region="fr-pdl", **actor):
        """All pages of a list."""
        found, token = [], ""
        while True:
            page = self.partner.call(method, {**body, "page_size": 200, "page_token": token},
                                     region=region, **actor)
            found += page.get(field, [])
            token = page.get("next_page_token", "")
            if not token:
                return found

    def appointments(self, region="fr-pdl"):
        return self.everything("BookingService/ListAppointments", "appointments",
                               {"parent": f"regions/{region}", "include_cancelled": True},
                               region=region, role="osnp")

    def kept(self):
        """Names of everything that was acknowledged in the main region, by kind."""
        cases = [each for view in ("OPEN", "ENDED") for each in self.everything(
            "RegulationService/ListRegulationCases", "regulation_cases",
            {"parent": REGION, "view": f"CASE_LIST_VIEW_{view}"}, role="supervisor")]
        orders = self.everything("RegulationService/ListCareOrders", "care_orders",
                                 {"parent": f"{REGION}/cases/-", "include_ended": True},
                                 role="osnp")
        return {"cases": {each["name"] for each in cases},
                "orders": {each["name"] for each in orders},
                "appointments": {each["name"] for each in self.appointments()}}

    @contextlib.contextmanager
    def ledger_of(self, service):
        """The service's SQLite ledger to read. A copy: the file belongs to the running service."""
        with tempfile.TemporaryDirectory(dir="/tmp") as folder:
            for path in self.suite.folder.glob(f"{service}.db*"):
                shutil.copy(path, folder)
            with contextlib.closing(sqlite3.connect(f"{folder}/{service}.db")) as ledger:
                ledger.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
                yield ledger

    def tables(self):
        """(service, table, rows) of the three ledgers."""
        for service in SERVICES:
            with self.ledger_of(service) as ledger:
                for (table,) in ledger.execute(
                        "SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    yield service, table, ledger.execute(f'SELECT * FROM "{table}"').fetchall()

    def assert_nothing_lost(self, before, after):
        for kind, names in before.items():
            self.assertLessEqual(names, after[kind], f"{kind} were acknowledged and are gone")

    def assert_no_seat_sold_twice(self, region="fr-pdl"):
        """Invariant I1, from the ledger: at most one live appointment has a seat of a slot."""
        live = [(each["slot"], each.get("seat", 0)) for each in self.appointments(region)
                if each["state"] != "STATE_CANCELLED"]
        self.assertEqual(len(live), len(set(live)), "a seat was sold twice")
        return len(live)


def request_id():
    return str(uuid.uuid4())
