"""The seeds' stories act by act: what dossier, order and appointment are after each, and their hours."""

import dataclasses
import datetime
import itertools
import re

from e2e import Refused, SuiteCase, await_until, request_id, stories

ACTS = {("call", "open"): "CreateRegulationCase", ("call", "prioritise"): "PrioritizeRegulationCase",
        ("call", "claim"): "ClaimRegulationCase", ("call", "reflex"): "LaunchReflexDeparture",
        ("call", "reflex-seen"): "AcknowledgeReflexDeparture", ("call", "decide"): "CreateDecision",
        ("call", "mission"): "RecordMissionStatus", ("call", "bilan"): "RecordBilan",
        ("call", "complete"): "CompleteRegulationCase", ("call", "close"): "CloseRegulationCase",
        ("entry", "submit"): "SubmitEntry", ("entry", "reorient"): "Reorient"}
# Change nothing of a dossier, of its orders or of its appointments.
READS = {("slots", "search"), ("slots", "hold")}

# What an hour or several together say; each is set as a whole or not at all.
CASE_HOURS = {
    "": {"create_time", "update_time", "origin.pickup_time"},
    "prioritised": {"priority_time"},
    "waits": {"wait_start_time", "wait_target_time", "wait_alarm_time"},
    "claimed": {"claim.claim_time", "claim.expire_time", "claim.act_time"},
    "tried": {"previous_attempts.attempt_time"}, "asked": {"triages.record_time"},
    "noted": {"notes.create_time"}, "reflex": {"reflex_departure.launch_time"},
    "sent": {"missions.steps.occur_time", "missions.steps.record_time"}, "means": {"mission_time"},
    "reported": {"bilan.record_time", "bilans.record_time"}, "ended": {"close_time"}}
ORDER_HOURS = {
    "": {"origin_time", "due_time", "create_time", "update_time", "act_time"},
    "tried": {"entry.previous_attempts.attempt_time"},
    "claimed": {"claim.claim_time", "claim.expire_time", "claim.act_time"},
    "contacted": {"treating_doctor_contact.contact_time"},
    "promised": {"callback_time"}, "called": {"contact_attempts.attempt_time"},
    "refused": {"refused_proposals.refuse_time"}, "appointed": {"appointment_start_time"},
    "reoriented": {"reorientation.reorient_time"}}
APPOINTMENT_HOURS = {
    "": {"create_time", "update_time", "start_time", "end_time"},
    "tried": {"attempts.attempt_time"}, "arrived": {"arrive_time"}, "recorded": {"outcome.record_time"}}
# Hours that lie ahead of the act that sets them, or are taken over from an earlier act.
NOT_OF_THE_ACT = {"wait_target_time", "wait_alarm_time", "expire_time", "due_time", "callback_time",
                  "appointment_start_time", "start_time", "end_time", "origin_time"}
# Rows of a regulated order: while it is searched, when the patient knows, and his appointment.
SEARCHED = "ACTIVE P2 prioritised claimed lacks OPEN_ORDER"
TOLD, BOOKED = "CONFIRMED_TO_PATIENT contacted appointed", "BOOKED EXPECTED"
# Seconds from the start of a wait to its target and to its alarm.
WAITS = {"": (30, 60), "P0": (0, 30), "P1": (60, 120), "P2": (20 * 60, 30 * 60)}
LEASE_SECONDS, URGENT_LEASE_SECONDS = 600, 120


def at(text):
    return datetime.datetime.fromisoformat(text)


def seconds(later, earlier):
    return round((at(later) - at(earlier)).total_seconds())


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def state_of(thing):
    return thing["state"].removeprefix("STATE_")


def priority_of(case):
    return case.get("priority", "").removeprefix("PRIORITY_").removeprefix("UNSPECIFIED")


def hours(thing, path=""):
    """Each hour that is set, by its path. What recent_changes says again is left out."""
    if isinstance(thing, list):
        parts = [(f"{path}[{i}]", each) for i, each in enumerate(thing)]
    elif isinstance(thing, dict):
        parts = [(f"{path}.{key}".lstrip("."), each) for key, each in thing.items()
                 if key != "recent_changes"]
    else:
        return {path: thing} if path.endswith("_time") else {}
    return dict(itertools.chain.from_iterable(hours(each, name).items() for name, each in parts))


def in_words(thing, groups):
    """Which hours stand: the groups' words, and by its path what is in none or lacks the others."""
    found = {re.sub(r"\[\d+\]", "", path) for path in hours(thing)}
    words = []
    for word, paths in groups.items():
        if paths <= found:
            found -= paths
            words.append(word)
        elif not word:
            words.append(f"without {sorted(paths - found)}")
    return " ".join([word for word in words if word] + sorted(found))


@dataclasses.dataclass
class Moment:
    """What stands after an act."""

    act: str
    began: datetime.datetime
    ended: datetime.datetime
    case: dict
    orders: list
    appointments: list

    def things(self):
        return {each["name"]: each for each in (self.case, *self.orders, *self.appointments)}

    def row(self):
        """The act, and in words the dossier, its orders, its appointments."""
        lacks = ["lacks", *self.case["missing"]] if "missing" in self.case else []
        case = [state_of(self.case), priority_of(self.case), in_words(self.case, CASE_HOURS), *lacks]
        orders = [f"{state_of(each)} {in_words(each, ORDER_HOURS)}" for each in self.orders]
        appointments = [f"{state_of(each)} {each['arrival'].removeprefix('ARRIVAL_')} "
                        f"{in_words(each, APPOINTMENT_HOURS)}" for each in self.appointments]
        return (self.act, " ".join(filter(None, case)), "; ".join(map(str.strip, orders)),
                "; ".join(map(str.strip, appointments)))


class InRegion:
    """The suite for who works in one region."""

    def __init__(self, suite, region, territory):
        self.suite, self.region, self.territory = suite, region, territory

    def ctl(self, *arguments, **options):
        return self.suite.ctl(*arguments, region=self.region, territory=self.territory, **options)


class Watched(stories.Desk):
    """Reads after each act what stands. A read, a refusal and a double click must have changed nothing."""

    def __init__(self, test, region="fr-pdl", territory="85"):
        super().__init__(InRegion(test.suite, region, territory))
        self.test, self.region = test, region
        self.case = ""
        self.answers = []
        self.moments = []

    def of(self, *words):
        """The first answer to a command that begins so."""
        return next(a for command, a in self.answers if command[:len(words)] == words)

    def does(self, who, what, *command, **options):
        began = now()
        answer = super().does(who, what, *command, **options)
        self.answers.append((command, answer))
        if not self.case:
            self.case = answer.get("regulation_case", answer)["name"]
        if command[0] in ("book", "appointment") and answer.get("care_order"):
            self._await_order(answer)
        moment = self._look(" ".join(command[:1] if command[0] == "book" else command[:2]), began)
        if command[:2] in READS:
            self._assert_unchanged(moment)
        else:
            self.moments.append(moment)
        return answer

    def twice(self, who, what, *command, **options):
        """An act with a double click: the same answer, and nothing more comes of it."""
        options["request_id"] = request_id()
        answer = self.does(who, what, *command, **options)
        self.test.assertEqual(self.suite.ctl(*command, **options), answer)
        self._assert_unchanged(self._look(command[0], now()))
        return answer

    def is_refused(self, reason, who, what, *command, **options):
        super().is_refused(reason, who, what, *command, **options)
        if self.case:
            self._assert_unchanged(self._look(command[0], now()))

    def _assert_unchanged(self, moment):
        self.test.assertEqual(moment.things(), self.moments[-1].things(), moment.act)

    def _await_order(self, appointment):
        """A booking reaches its order by a feed."""
        def follows():
            order = self._ask("RegulationService/GetCareOrder", {"name": appointment["care_order"]},
                              "osnp")
            live = appointment["state"] != "STATE_CANCELLED"
            return order.get("appointment", "") == (appointment["name"] if live else "")
        await_until(follows, "the order follows its appointment")

    def _ask(self, method, body, role):
        answer = self.test.partner.call(method, body, role=role, region=self.region)
        if not answer.pop("ok"):
            raise Refused((method,), 1, answer)
        return answer

    def _look(self, act, began):
        ended = now()
        case = self._ask("RegulationService/GetRegulationCase", {"name": self.case}, "regulator_mg")
        orders = self._ask("RegulationService/ListCareOrders", {
            "parent": self.case, "include_ended": True, "page_size": 200}, "supervisor")
        booked = self._ask("BookingService/ListAppointments", {
            "parent": f"regions/{self.region}", "regulation_case": self.case, "include_cancelled": True},
            "osnp")
        return Moment(act, began, ended, case, orders.get("care_orders", []),
                      booked.get("appointments", []))


class StatesCase(SuiteCase):
    """What the tests of stories act by act share."""

    maxDiff = None
    # An ordinary call until a regulator has heard it, and its order until the patient knows.
    PICKED_UP = ("call open", "ACTIVE waits lacks PRIORITY DECISION", "", "")
    HEARD = [PICKED_UP,
             ("call prioritise", "ACTIVE P2 prioritised waits lacks DECISION", "", ""),
             ("call claim", "ACTIVE P2 prioritised waits claimed lacks DECISION", "", ""),
             ("call decide", "ACTIVE P2 prioritised claimed", "", "")]
    HANDED_OVER = [("call order", SEARCHED, "TO_DO", ""),
                   ("order claim", SEARCHED, "TREATING_DOCTOR claimed", ""),
                   ("order treating-doctor", SEARCHED, "SEARCHING claimed contacted", "")]
    ORDERED = HANDED_OVER + [
        ("book", SEARCHED, "BOOKED claimed contacted appointed", BOOKED),
        ("order informed", "ACTIVE P2 prioritised claimed", TOLD, BOOKED),
        ("call complete", "COMPLETED P2 prioritised ended", TOLD, BOOKED)]

    def watched(self, story, rows, **region):
        """Plays the story and compares what stood after each act with `rows`; what was recorded."""
        desk = Watched(self, **region)
        story(desk)
        self.assertEqual([moment.row() for moment in desk.moments], rows)
        for before, moment in itertools.pairwise([None, *desk.moments]):
            self._assert_hours(before.things() if before else {}, moment)
        self._assert_history(desk)
        return desk

    def _assert_history(self, desk):
        """What was acknowledged is what stands there, in the order in which it was done."""
        history = self.everything("RegulationService/ListCaseHistory", "entries", {"parent": desk.case},
                                  region=desk.region, role="supervisor")
        entries = [e for e in history if e["actor"]["role"] != "ROLE_SERVICE" and e["act"] in ACTS.values()]
        # An act that opens a dossier and ends it has two entries of one hour.
        acts = {(e["record_time"], e["act"]): e["act"] for e in entries}
        self.assertEqual(list(acts.values()),
                         [ACTS[command[:2]] for command, _ in desk.answers if command[:2] in ACTS])
        times = [at(e["record_time"]) for e in entries]
        self.assertEqual(times, sorted(times))
        self.assertLessEqual(desk.moments[0].began, times[0])
        self.assertLessEqual(times[-1], desk.moments[-1].ended)

    def _assert_hours(self, before, moment):
        """An hour that an act has set is the act's own; delays follow from the rules."""
        for name, thing in moment.things().items():
            was = before.get(name, {})
            if thing == was:
                continue
            set_before = hours(was)
            for path, hour in hours(thing).items():
                # A booking takes over what was tried before its order.
                taken_over = path.startswith("attempts[") and thing.get("care_order")
                if (hour != set_before.get(path) and not taken_over
                        and path.rpartition(".")[2] not in NOT_OF_THE_ACT):
                    self.assertLessEqual(moment.began, at(hour), (moment.act, path))
                    self.assertLessEqual(at(hour), moment.ended, (moment.act, path))
            if {**thing, "missing": []} != {**was, "missing": []}:  # That is computed for each reader.
                self.assertNotEqual(thing["update_time"], was.get("update_time"), moment.act)
            self.assertEqual(thing["create_time"], was.get("create_time", thing["create_time"]))
            claim = thing.get("claim", {})
            if "expire_time" in claim:
                urgent = priority_of(thing) in ("P0", "P1")
                self.assertEqual(seconds(claim["expire_time"], claim["act_time"]),
                                 URGENT_LEASE_SECONDS if urgent else LEASE_SECONDS, moment.act)
        self._assert_wait(moment)
        for order in moment.orders:
            self.assertEqual(f"{seconds(order['due_time'], order['origin_time'])}s", order["delay"])
            self._assert_appointment(order, moment.appointments)

    def _assert_wait(self, moment):
        case = moment.case
        if "wait_start_time" in case:
            self.assertEqual(tuple(seconds(case[f"wait_{each}_time"], case["wait_start_time"])
                                   for each in ("target", "alarm")), WAITS[priority_of(case)], moment.act)

    def _assert_appointment(self, order, appointments):
        for each in appointments:
            if each["name"] == order.get("appointment"):
                self.assertEqual(each["care_order"], order["name"])
                self.assertEqual(each["start_time"], order["appointment_start_time"])
                self.assertLessEqual(at(each["start_time"]), at(order["due_time"]))
                self.assertEqual(each.get("attempts"), order.get("entry", {}).get("previous_attempts"))

    def assert_filiere(self, desk, filiere):
        """From the first act after the pick-up on."""
        self.assertEqual([moment.case.get("filiere", "") for moment in desk.moments],
                         ["", *[f"FILIERE_{filiere}"] * (len(desk.moments) - 1)])

    def assert_order(self, desk):
        """From the decision to the patient who knows: states of the order, and its 48 h."""
        ordered = desk.of("call", "order")
        decided = desk.of("call", "decide")
        self.assertEqual(ordered["origin_time"], decided["create_time"])
        self.assertEqual(seconds(ordered["due_time"], ordered["origin_time"]), 48 * 3600)
        claimed, contacted = desk.of("order", "claim"), desk.of("order", "treating-doctor")
        informed = desk.of("order", "informed")
        self.assertEqual([o["state"] for o in (ordered, claimed, contacted, informed)],
                         ["STATE_TO_DO", "STATE_TREATING_DOCTOR", "STATE_SEARCHING",
                          "STATE_CONFIRMED_TO_PATIENT"])
        self.assertEqual(seconds(claimed["claim"]["expire_time"], claimed["claim"]["claim_time"]),
                         600)
        self.assertGreaterEqual(contacted["treating_doctor_contact"]["contact_time"],
                                claimed["claim"]["claim_time"])
        booked = desk.of("book")
        self.assertEqual(informed["appointment"], booked["name"])
        self.assertEqual(informed["appointment_start_time"], booked["start_time"])
        self.assertLessEqual(booked["start_time"], ordered["due_time"])
        versions = [int(o["version"]) for o in (ordered, claimed, contacted, informed)]
        self.assertEqual(versions, sorted(set(versions)))
