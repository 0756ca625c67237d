"""The OSNP of tools/bench day: works the orders of the day through regulation, slots and booking."""

import collections
import dataclasses
import datetime
import time

ORDER_WITHIN = 48 * 3600
WORK_AFTER = (600, 2400)      # Seconds from the order until an operator takes it.
BY_TREATING_DOCTOR = 0.4      # Of the orders: he sees the patient himself.
TRAVEL = 3600
RADIUS_METERS = 30_000
TRIES = 20
AWAIT_SECONDS = 30            # The machine's: until a feed has told what happened.
# Availability follows the clock that was put forward: it is asked again until it has.
SEARCH_AGAIN = ("NO_FREE_SEAT", "HOLD_LOST", "SLOT_NOT_FOUND", "AVAILABILITY_REBUILDING", "NO_MATCH")


def instant_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@dataclasses.dataclass
class Order:
    name: str
    made: float
    outcome: str = ""  # "MT" or "SLOT" once it is worked.
    booked: float = 0
    start: float = 0


class Osnp:
    """Belongs to a Room (bench_day.py), whose clock and books it shares."""

    def __init__(self, room, region, zone):
        self._room = room
        self._region = region
        self._zone = zone
        self.orders = []

    def order(self, case, decision, role, doctor):
        """A doctor asks for a consultation; an operator comes to it later."""
        told = self._room.ask("RegulationService/CreateCareOrder", {"parent": case, "care_order": {
            "decision": decision, "delay": f"{ORDER_WITHIN}s", "modes": ["CONSULTATION_MODE_AMB"],
            "clinical_line": "fièvre depuis deux jours, bien tolérée"}}, role, doctor)
        order = Order(told["name"], self._room.now)
        self.orders.append(order)
        self._room.later(self._room.chance.randint(*WORK_AFTER), self._work, order)

    def _work(self, order):
        room, subject = self._room, f"osnp-{self._room.chance.randrange(3)}"
        room.ask("RegulationService/ClaimCareOrder", {"name": order.name}, "osnp", subject)
        by_doctor = room.chance.random() < BY_TREATING_DOCTOR
        told = room.ask("RegulationService/RecordTreatingDoctorContact", {
            "name": order.name, "contact": {
                "outcome": "OUTCOME_HAS_SLOT" if by_doctor else "OUTCOME_UNAVAILABLE"}}, "osnp", subject)
        if by_doctor:
            order.outcome = "MT"
        else:
            self._book(order, told, subject)

    def _book(self, order, row, subject):
        """Searches, holds and confirms the best slot; tells the patient when regulation knows it."""
        need = {"entry_point": "ENTRY_POINT_LINE_15", "care_order": order.name,
                "motif_code": row["motif_code"], "age": row["age"], "modes": row["modes"],
                "territory": row["territory"]}
        slot, booked = self._until(lambda: self._try(row, need, subject), f"a seat for {order.name}", TRIES)
        order.outcome, order.booked = "SLOT", self._room.now
        order.start = instant_of(booked["start_time"])
        self._until(lambda: self._state(order) == "STATE_BOOKED", f"{order.name} is booked",
                    AWAIT_SECONDS * 20)
        self._until(lambda: self._is_taken(slot), f"the slots know that {slot['name']} is taken",
                    AWAIT_SECONDS * 20)
        self._room.ask("RegulationService/ConfirmPatientInformed", {"name": order.name}, "osnp", subject)

    def _try(self, row, need, subject):
        room = self._room
        found = room.ask("SlotService/SearchSlots", {
            "parent": self._region, "insee_code": row["place"]["insee_code"],
            "radius_meters": RADIUS_METERS, "due_time": row["due_time"], "need": need,
            "page_size": 20}, "osnp", subject, again=SEARCH_AGAIN)
        slot = next((match["slot"] for match in found.get("matches", [])
                     if not match.get("past_deadline")
                     and instant_of(match["slot"]["start_time"]) > room.now + TRAVEL), None)
        if slot is None:
            return None
        held = room.ask("SlotService/HoldSlot", {"name": slot["name"], "need": need}, "osnp", subject,
                        again=SEARCH_AGAIN)
        if not held.get("ok"):
            return None
        case = row["name"].partition("/orders/")[0]
        booked = room.ask("BookingService/CreateAppointment", {
            "parent": self._region, "hold_token": held["hold_token"], "appointment": {
                "regulation_case": case, "care_order": row["name"], "care_order_version": row["version"],
                "patient": row["patient"], "slot": slot["name"], "clinical_line": row["clinical_line"],
                **{key: need[key] for key in ("entry_point", "motif_code", "age", "territory")}}},
            "osnp", subject, again=SEARCH_AGAIN)
        return (slot, booked) if booked.get("ok") else None

    def _is_taken(self, found):
        """Has the slot one seat less than when it was found, and no hold? What services tell each other takes the
        machine's time: were the hour put forward before, past the end of what is prepared, slots would give the
        seat again, and booking refuse it."""
        told = self._room.ask("SlotService/GetSlot", {"name": found["name"]}, "osnp", "osnp-0")
        one_less = told.get("free_seat_count", 0) < found["free_seat_count"]
        return one_less and "hold_expire_time" not in told

    def _state(self, order):
        return self._room.ask("RegulationService/GetCareOrder", {"name": order.name}, "osnp",
                              "osnp-0")["state"]

    @staticmethod
    def _until(condition, what, tries):
        for _ in range(tries):
            found = condition()
            if found:
                return found
            time.sleep(0.05)  # Feeds follow the machine's clock.
        raise AssertionError(f"not after {tries} tries: {what}")

    def figures(self, decided, by_generalist):
        """As Room.figures."""
        made = len(self.orders)
        outcomes = collections.Counter(order.outcome for order in self.orders)
        booked = [order for order in self.orders if order.booked]

        def day(instant):
            return datetime.datetime.fromtimestamp(instant, self._zone).date()

        return {("K15", ""): (made, decided), ("K15", "MRL"): (made, by_generalist),
                ("K16", ""): (outcomes["MT"] + outcomes["SLOT"], made),
                ("K16", "MT"): (outcomes["MT"], made), ("K16", "SLOT"): (outcomes["SLOT"], made),
                ("K17", ""): (sum(order.start - order.made <= ORDER_WITHIN for order in booked),
                              len(booked)),
                ("K17", "<=24h"): (sum(order.start - order.made <= ORDER_WITHIN / 2
                                       for order in booked), len(booked)),
                ("K17", "same day"): (sum(day(order.start) == day(order.made) for order in booked),
                                      len(booked)),
                ("K18", ""): (sum(order.booked - order.made for order in booked), len(booked)),
                ("K32", ""): (sum(not order.outcome for order in self.orders), made)}
