"""The demo territories import as they are: shape, identities, references, hours, enough supply."""

import collections
import csv
import datetime
import re
import unittest

import territories as t

# Telephone numbers that ARCEP keeps for fiction.
FICTION = re.compile(r"^\+33(19900|26191|35301|46571|53649|63998)\d{4}$")
DAYS = datetime.timedelta(days=1)
# Two ordinary weeks, Christmas and New Year, Ascension with its bridge day.
PERIODS = [("2026-11-23", 14), ("2026-12-21", 14), ("2027-05-03", 8)]
WINDOW = datetime.timedelta(hours=48)
RADIUS_DEGREES = 0.36  # 40 km
FREE_SLOTS_MIN = 6
CENTRES = {"challans.json": "85047", "haute-gironde.json": "33058",
           "nord-velay-forez.json": "43080"}


def each_territory(test):
    def run(self):
        self.assertEqual([path.name for path in t.FILES], sorted(CENTRES))
        for path in t.FILES:
            with self.subTest(path.name):
                test(self, path, t.load(path))
    run.__name__ = test.__name__
    return run


def by_name(entries):
    return {entry["name"]: entry for entry in entries}


class DemoTerritories(unittest.TestCase):

    def check_message(self, value, message, path, messages, enums):
        for field, content in value.items():
            where = f"{path}.{field}"
            self.assertIn(field, messages[message], where)
            kind, repeated = messages[message][field]
            self.assertEqual(isinstance(content, list), repeated, where)
            for item in content if repeated else [content]:
                inner = t.resolve(kind, message, messages)
                enum = t.resolve(kind, message, enums)
                if inner:
                    self.check_message(item, inner, where, messages, enums)
                elif enum:
                    self.assertIn(item, enums[enum], where)
                else:
                    self.assertIs(type(item), t.SCALARS[kind], where)

    @each_territory
    def test_every_field_and_enum_value_is_in_the_protos(self, path, territory):
        messages, enums = t.schema()
        self.assertIn("site_kind", messages["SlotMatch"])  # The reader reads.
        self.check_message(territory, "Territory", path.stem, messages, enums)

    @each_territory
    def test_entries_are_sorted_and_unique(self, path, territory):
        for key in ("communes", "structures", "practitioners", "sites", "session_plans"):
            names = [entry.get("name") or entry["insee_code"] for entry in territory[key]]
            self.assertTrue(names, key)
            self.assertEqual(names, sorted(set(names)), key)
        for site in territory["sites"]:
            points = [rule["entry_point"] for rule in site["entry_policy"]["rules"]]
            self.assertEqual(len(points), len(set(points)), site["name"])

    @each_territory
    def test_identities_are_valid_and_of_the_test_ranges(self, path, territory):
        for practitioner in territory["practitioners"]:
            self.assertRegex(practitioner["rpps"], r"^997\d{8}$")
            self.assertTrue(t.luhn(practitioner["rpps"]), practitioner["rpps"])
        for holder in territory["structures"] + territory["sites"]:
            if "finess" not in holder:
                continue
            self.assertRegex(holder["finess"], r"^\d\d0990\d\d\d$", "order numbers 99… are made up")
            self.assertTrue(t.luhn(holder["finess"]), holder["finess"])
            department = holder["place"]["insee_code"][:2] if "place" in holder else None
            self.assertIn(holder["finess"][:2], [department] if department
                          else territory["territories"])
        for site in territory["sites"]:
            self.assertRegex(site["direct_line"], FICTION, site["name"])

    def test_identities_are_given_once_over_all_files(self):
        seen = collections.Counter()
        for path in t.FILES:
            territory = t.load(path)
            seen.update(entry["rpps"] for entry in territory["practitioners"])
            seen.update(entry["finess"] for key in ("structures", "sites")
                        for entry in territory[key] if "finess" in entry)
            seen.update(site["direct_line"] for site in territory["sites"])
        self.assertEqual([value for value, count in seen.items() if count > 1], [])

    @each_territory
    def test_references_resolve(self, path, territory):
        sites, structures = by_name(territory["sites"]), by_name(territory["structures"])
        practitioners = by_name(territory["practitioners"])
        communes = {commune["insee_code"] for commune in territory["communes"]}
        regions = {entry["name"].split("/")[1] for key in
                   ("structures", "practitioners", "sites", "session_plans")
                   for entry in territory[key]}
        self.assertEqual(len(regions), 1)
        for site in sites.values():
            for structure in [site["structure"]] + site.get("partner_structures", []):
                self.assertIn(structure, structures, site["name"])
            self.assertIn(site["place"]["insee_code"], communes, site["name"])
            self.assertLessEqual(len(site["directions"]), 300)
        used = set()
        for plan in territory["session_plans"]:
            site = sites[t.site_of(plan)]
            rooms = {room["room_id"] for room in site.get("rooms", [])}
            if "room_id" in plan:
                self.assertIn(plan["room_id"], rooms, plan["name"])
            if "practitioner" in plan:
                practitioner = practitioners[plan["practitioner"]]
                used.add(plan["practitioner"])
                self.assertTrue(set(practitioner["territories"]) & set(site["territories"]),
                                plan["name"])
        self.assertEqual(used, set(practitioners), "a practitioner without sessions")
        for entry in [*sites.values(), *structures.values(), *practitioners.values()]:
            self.assertLessEqual(set(entry["territories"]), set(territory["territories"]))

    @each_territory
    def test_capacities_and_dates_are_complete(self, path, territory):
        for practitioner in territory["practitioners"]:
            self.assertEqual("licence_end_date" in practitioner,
                             practitioner["status"] == "STATUS_REMPLACANT", practitioner["name"])
            self.assertEqual("specialty_code" in practitioner,
                             practitioner["profession_code"] == "10", practitioner["name"])
        for site in territory["sites"]:
            self.assertEqual("end_date" in site, site["phase"] == "PHASE_SEASONAL", site["name"])
            self.assertEqual("csnp_mode" in site, site["kind"] == "KIND_CSNP", site["name"])
        sites = by_name(territory["sites"])
        for plan in territory["session_plans"]:
            length = t.minutes(plan["end_time_of_day"]) - t.minutes(plan["start_time_of_day"])
            self.assertGreater(length, 0, plan["name"])
            self.assertEqual(length % plan["slot_minutes"], 0, plan["name"])
            self.assertGreaterEqual(plan["effective_start_date"],
                                    sites[t.site_of(plan)]["opening_date"], plan["name"])

    @each_territory
    def test_communes_are_the_official_ones(self, path, territory):
        if not t.COMMUNES.exists():
            self.skipTest(f"{t.COMMUNES} is not here")
        with t.COMMUNES.open(encoding="utf-8", newline="") as lines:
            official = {row["code_insee"]: row for row in csv.DictReader(lines)}
        centre = official[CENTRES[path.name]]
        self.assertGreaterEqual(len(territory["communes"]), 35)
        places = [(commune["insee_code"], commune["point"]) for commune in territory["communes"]]
        for commune in territory["communes"]:
            row = official[commune["insee_code"]]
            self.assertEqual(commune["display_name"], row["nom"])
            self.assertEqual(commune["department_code"], row["departement"])
            self.assertEqual("|".join(commune["postal_codes"]), row["codes_postaux"])
            self.assertEqual(commune["population"], int(row["population"]))
        places += [(site["place"]["insee_code"], site["place"]["point"])
                   for site in territory["sites"]]
        for code, point in places:
            row = official[code]
            self.assertAlmostEqual(point["latitude_degrees"], float(row["lat"]), delta=0.02)
            self.assertAlmostEqual(point["longitude_degrees"], float(row["lon"]), delta=0.02)
            north = point["latitude_degrees"] - float(centre["lat"])
            east = (point["longitude_degrees"] - float(centre["lon"])) * 0.7
            self.assertLess((north ** 2 + east ** 2) ** 0.5, 0.45, f"{code} is farther than 50 km")

    @each_territory
    def test_only_a_maison_medicale_de_garde_opens_in_pdsa_hours(self, path, territory):
        sites = by_name(territory["sites"])
        for plan in territory["session_plans"]:
            if plan.get("pdsa_hours"):
                self.assertEqual(sites[t.site_of(plan)]["kind"], "KIND_MMG", plan["name"])
                continue
            self.assertFalse(plan.get("public_holidays"), plan["name"])
            self.assertGreaterEqual(t.minutes(plan["start_time_of_day"]), 8 * 60, plan["name"])
            for weekday in plan["weekdays"]:
                self.assertLessEqual(weekday, 6, plan["name"])
                self.assertLessEqual(t.minutes(plan["end_time_of_day"]),
                                     (12 if weekday == 6 else 20) * 60, plan["name"])

    @each_territory
    def test_nobody_and_no_room_is_in_two_sessions_at_once(self, path, territory):
        date, last = datetime.date(2024, 1, 1), datetime.date(2027, 12, 31)
        while date <= last:
            taken = collections.defaultdict(list)
            for plan in territory["session_plans"]:
                if not t.has_session(plan, date):
                    continue
                span = (t.minutes(plan["start_time_of_day"]), t.minutes(plan["end_time_of_day"]))
                taken[("agenda", t.site_of(plan), plan["agenda"])].append(span)
                if "practitioner" in plan:
                    taken[plan["practitioner"]].append(span)
                if "room_id" in plan:
                    taken[(t.site_of(plan), plan["room_id"])].append(span)
            for who, spans in taken.items():
                spans.sort()
                for before, after in zip(spans, spans[1:]):
                    self.assertLessEqual(before[1], after[0], f"{who} on {date}")
            date += DAYS

    def offered(self, territory, centre, first, days):
        """Starts that a regulated order of line 15 could book around the main commune."""
        sites = by_name(territory["sites"])
        found = []
        for plan in territory["session_plans"]:
            site = sites[t.site_of(plan)]
            point = site["place"]["point"]
            near = (abs(point["latitude_degrees"] - centre["latitude_degrees"]) < RADIUS_DEGREES
                    and abs(point["longitude_degrees"] - centre["longitude_degrees"])
                    < RADIUS_DEGREES / 0.7)
            rules = {rule["entry_point"] for rule in site["entry_policy"]["rules"]}
            if (not near or "practitioner" not in plan or site["entry_policy"].get("own_patients_only")
                    or "ENTRY_POINT_LINE_15" not in rules
                    or territory["territories"][0] not in site["territories"]
                    or not {"SLOT_CLASS_SNP", "SLOT_CLASS_PUBLIC"} & set(plan["classes"])
                    or site["care_policy"].get("accepted_motifs")):
                continue
            for offset in range(days + 2):
                date = first + offset * DAYS
                if site["opening_date"] <= date.isoformat() <= site.get("end_date", "9999"):
                    found += t.slots(plan, date)
        return sorted(found)

    @each_territory
    def test_a_search_at_any_hour_finds_slots_within_48_hours(self, path, territory):
        centre = next(commune["point"] for commune in territory["communes"]
                      if commune["insee_code"] == CENTRES[path.name])
        for start, days in PERIODS:
            first = t.day(start)
            offered = self.offered(territory, centre, first, days)
            for hour in range(days * 24):
                now = (datetime.datetime.combine(first, datetime.time())
                       + datetime.timedelta(hours=hour))
                free = [begin for begin, allocation in offered if now <= begin < now + WINDOW
                        and (allocation in ("SLOT_ALLOCATION_UNSPECIFIED",
                                            "SLOT_ALLOCATION_REGULATED")
                             or allocation == "SLOT_ALLOCATION_SAME_DAY"
                             and begin.date() == now.date())]
                self.assertGreaterEqual(len(free), FREE_SLOTS_MIN, f"at {now}")


class SeedFacts(unittest.TestCase):
    """What the field documents state about each territory."""

    def site(self, file, name):
        territory = t.load(t.DEMO / file)
        site = next(site for site in territory["sites"] if site["name"].endswith(f"/{name}"))
        return site, [plan for plan in territory["session_plans"]
                      if t.site_of(plan) == site["name"]]

    def test_S4_02_csnp_challans_monday_to_friday_afternoon(self):
        site, plans = self.site("challans.json", "csnp-challans")
        self.assertEqual(site["opening_date"], "2022-01-24")
        regular = [plan for plan in plans if plan["agenda"] == "csnp"]
        self.assertEqual(sorted(sum((plan["weekdays"] for plan in regular), [])), [1, 2, 3, 4, 5])
        for plan in regular:
            starts = [f"{begin:%H:%M}" for begin, _ in t.slots(plan, t.day("2026-11-23")
                      + DAYS * (plan["weekdays"][0] - 1))]
            self.assertEqual((len(starts), starts[0], starts[-1]), (16, "13:30", "17:15"))

    def test_csnp_challans_is_regulated_and_open_to_the_emergency_department(self):
        site, _ = self.site("challans.json", "csnp-challans")
        rules = {rule["entry_point"]: rule for rule in site["entry_policy"]["rules"]}
        for line in ("ENTRY_POINT_LINE_15", "ENTRY_POINT_LINE_116117"):
            self.assertEqual(rules[line]["access"], "ACCESS_REGULATED")
        emergency = rules["ENTRY_POINT_URGENCES"]
        self.assertEqual(emergency["access"], "ACCESS_DIRECT")
        self.assertTrue(emergency["evaluation_required"])

    def test_S0_04_cnsp_blaye_evening_of_eight_quarter_hours(self):
        site, plans = self.site("haute-gironde.json", "cnsp-blaye")
        self.assertEqual(site["opening_date"], "2025-09-29")
        for plan in plans:
            self.assertEqual((plan["start_time_of_day"], plan["end_time_of_day"],
                              plan["slot_minutes"]), ("18:00", "20:00", 15))
            self.assertNotIn("SLOT_CLASS_PUBLIC", plan["classes"])

    def test_cnsp_blaye_goes_from_two_days_to_three_in_one_agenda(self):
        _, plans = self.site("haute-gironde.json", "cnsp-blaye")
        self.assertEqual({plan["agenda"] for plan in plans}, {"cnsp"})

        def open_days(monday):
            return [offset for offset in range(7)
                    if any(t.has_session(plan, t.day(monday) + offset * DAYS) for plan in plans)]
        self.assertEqual(open_days("2025-09-22"), [])
        self.assertEqual(open_days("2025-09-29"), [0, 3])
        self.assertEqual(open_days("2025-11-24"), [0, 3])
        self.assertEqual(open_days("2025-12-01"), [0, 1, 3])

    def test_S1_12_nord_velay_forez_spans_three_departments_with_their_own_openings(self):
        territory = t.load(t.DEMO / "nord-velay-forez.json")
        openings = collections.defaultdict(set)
        for site in territory["sites"]:
            if site["phase"] == "PHASE_PERMANENT" and site["kind"] != "KIND_CPTS":
                openings[site["place"]["insee_code"][:2]].add(site["opening_date"][:7])
        self.assertEqual(openings, {"42": {"2022-12"}, "43": {"2025-02"}, "63": {"2023-10"}})

    def test_two_doctors_of_the_63_are_registered_with_the_other_territories(self):
        territory = t.load(t.DEMO / "nord-velay-forez.json")
        practitioners = by_name(territory["practitioners"])
        crossing = {plan["practitioner"] for plan in territory["session_plans"]
                    for site in territory["sites"] if site["name"] == t.site_of(plan)
                    and site["kind"] == "KIND_CABINET" and site["place"]["insee_code"][:2] == "63"}
        self.assertEqual(len(crossing), 2)
        for name in crossing:
            self.assertEqual(sorted(practitioners[name]["territories"]), ["42", "43", "63"])


if __name__ == "__main__":
    unittest.main()
