"""The calls that tools/run plays and the end-to-end tests replay: the seeds' own stories.

Each is a generator of steps. A step is done by a person in a role through sasctl, exactly as at a
desk; nothing here knows a database or a key. Killing a service between two steps must lose nothing.
"""

import dataclasses
import datetime
import time

from suite import Refused, await_until

# A hold ends with Redis, and what Redis has forgotten the ledger knows: one searches again.
TRIES_MAX = 3
SEARCH_AGAIN = ("HOLD_LOST", "SEAT_TAKEN", "NO_FREE_SEAT", "ORDER_HELD")
# Nobody is sent to a consultation that begins while he still puts on his shoes.
TRAVEL_TIME = datetime.timedelta(minutes=15)


@dataclasses.dataclass
class Told:
    """What became of a story."""

    name: str
    case: str = ""
    appointment: str = ""
    state: str = ""
    steps: int = 0
    milliseconds: int = 0


class Desk:
    """People at their desks: asks the suite and tells the timeline."""

    def __init__(self, suite, say=lambda *_: None, between=lambda _: None):
        self.suite = suite
        self.say = say
        self.between = between  # Called before each step: the tests kill a service here.
        self.told = None
        self._start = 0.0

    def begin(self, name):
        self.told = Told(name)
        self._start = time.monotonic()
        self.say("story", 0, "", name)

    def does(self, who, what, *command, **options):
        """One act of one person."""
        self.between(self.told.steps)
        answer = self.suite.ctl(*command, **options)
        self.notes(who, what(answer) if callable(what) else what)
        return answer

    def is_refused(self, reason, who, what, *command, **options):
        """An act that must be refused, for the reason given."""
        self.between(self.told.steps)
        try:
            self.suite.ctl(*command, **options)
        except Refused as refused:
            if refused.reason != reason:
                raise
            return self.notes(who, f"{what} : refusé ({reason})")
        raise AssertionError(f"{what} must be refused with {reason}")

    def notes(self, who, what):
        """Tells a step that is done."""
        self.told.steps += 1
        self.told.milliseconds = int((time.monotonic() - self._start) * 1000)
        self.say("step", self.told.milliseconds, who, what)

    def end(self, state, case="", appointment=""):
        self.told.state, self.told.case, self.told.appointment = state, case, appointment
        return self.told


def tail(name):
    return name.rsplit("/", 1)[-1]


def branch_1_reflex(desk):
    """Seed 001: vital and quick. The means leave before any act of regulation."""
    desk.begin("Graine 001, branche 1 : urgence vitale, départ réflexe")
    case = desk.does("ARM", "décroche, arrêt cardiaque à Saint-Jean-de-Monts", "call", "open",
                     "--motif", "M01.01", "--age", "71y", "--sex", "m", "--commune", "85234",
                     "--phone", "+33639980001")
    ident = tail(case["name"])
    desk.does("ARM", "lance le départ réflexe : SMUR et pompiers, P0", "call", "reflex", ident,
              "SMUR.ADULT", "SIS.SP")
    desk.does("MRU", "prend l'appel, requérant gardé en ligne", "call", "claim", ident,
              role="regulator_amu")
    desk.does("MRU", "prend acte du départ réflexe", "call", "reflex-seen", ident)
    desk.does("MRU", "décide R1, SMUR confirmé", "call", "decide", ident, "R1", "INTER",
              "--resource", "SMUR.ADULT", role="regulator_amu")
    shown = desk.suite.ctl("call", "show", ident)
    desk.is_refused("CASE_INCOMPLETE", "MRU", "veut clore sans bilan", "call", "complete", ident,
                    "--etag", shown["etag"], role="regulator_amu")
    for status in ("DEPART", "ARRIVEE", "PEC"):
        desk.does("ARM", f"note le SMUR : {status}", "call", "mission", ident, "1", status)
    desk.is_refused("MISSION_REQUIRED", "ARM", "ne dit pas de quelle équipe est le bilan", "call",
                    "bilan", ident, "RACS")
    desk.does("SMUR", "transmet le bilan pour les deux équipes", "call", "bilan", ident,
              "RACS, ventilé", "--team", "1", "2", "--sign", "FREQUENCE_CARDIAQUE=92",
              "PRESSION_ARTERIELLE=110/65", role="regulator_amu")
    desk.does("MRU", "oriente vers la réanimation", "call", "decide", ident, "R1", "ORIENT",
              "--orientation", "REA-USI", role="regulator_amu")
    desk.does("ARM", "transmet la destination", "call", "mission", ident, "1", "ORIENTAT", "--to",
              "Réanimation, hôpital de l'Essai")
    shown = desk.suite.ctl("call", "show", ident)
    desk.is_refused("CASE_INCOMPLETE", "MRU", "veut clore pendant le transport", "call",
                    "complete", ident, "--etag", shown["etag"], role="regulator_amu")
    for status in ("TRANSP", "DESTIN", "FINPEC"):
        desk.does("ARM", f"note le SMUR : {status}", "call", "mission", ident, "1", status)
    return finish(desk, ident, "regulator_amu")


def branch_2_regulated(desk):
    """Seed 001: vital, but a talk with the regulator comes first."""
    desk.begin("Graine 001, branche 2 : urgence vitale régulée")
    case = desk.does("ARM", "décroche, douleur thoracique à Soullans", "call", "open", "--motif",
                     "M03.06", "--age", "58y", "--sex", "m", "--commune", "85284", "--phone",
                     "+33639980002")
    ident = tail(case["name"])
    desk.does("ARM", "P1, filière AMU", "call", "prioritise", ident, "P1", "--filiere", "AMU")
    desk.does("MRU", "régule aussitôt", "call", "claim", ident, role="regulator_amu")
    desk.does("MRU", "envoie l'équipe médicale", "call", "decide", ident, "R1", "INTER",
              "--resource", "SMUR.ADULT", "--transport", role="regulator_amu")
    desk.does("SMUR", "bilan sur place", "call", "bilan", ident, "ECG : SCA ST+",
              role="regulator_amu")
    desk.does("MRU", "oriente vers les urgences", "call", "decide", ident, "R1", "ORIENT",
              "--orientation", "URGENCES", role="regulator_amu")
    return finish(desk, ident, "regulator_amu")


def branch_3_advice(desk):
    """Seed 001: felt urgency, the libéral regulator advises."""
    desk.begin("Graine 001, branche 3 : urgence ressentie, conseil médical")
    case = desk.does("ARM", "décroche, nez qui saigne à Commequiers", "call", "open", "--motif",
                     "M03.18", "--age", "27y", "--sex", "m", "--commune", "85071", "--phone",
                     "+33639980003")
    ident = tail(case["name"])
    desk.does("ARM", "P2, filière SNP", "call", "prioritise", ident, "P2", "--filiere", "SNP")
    desk.does("MRL", "régule", "call", "claim", ident)
    desk.does("MRL", "conseil médical, R4", "call", "decide", ident, "R4", "CONSEIL",
              "--instructions", "Comprimer dix minutes, rappeler le 15 si cela reprend.")
    return finish(desk, ident, "regulator_mg")


def finish(desk, ident, role):
    shown = desk.suite.ctl("call", "show", ident)
    done = desk.does("MR", "dossier achevé", "call", "complete", ident, "--etag", shown["etag"],
                     role=role)
    closed = desk.does("MR", lambda a: f"dossier clos, {a.get('attribution', '')}", "call", "close",
                       ident, "--etag", done["etag"], role=role)
    return desk.end(closed["state"].removeprefix("STATE_"), closed["name"])


def hand_over(desk, entry, commune, motif, age, phone):
    """From the pick-up to an OSNP who may search: the regulated way of seeds 001 and 004."""
    case = desk.does("ARM", f"décroche ({entry.removeprefix('line_')}), {age}, {motif}", "call",
                     "open", "--entry", entry, "--motif", motif, "--age", age, "--sex", "m",
                     "--commune", commune, "--phone", phone, "--mobility", "own_transport",
                     "--treating-doctor", "99700000013")
    ident = tail(case["name"])
    desk.does("ARM", "P2, filière SNP", "call", "prioritise", ident, "P2", "--filiere", "SNP")
    desk.does("MRL", "régule", "call", "claim", ident)
    desk.does("MRL", "R3, consultation nécessaire", "call", "decide", ident, "R3", "ORIENT",
              "--orientation", "CABINET")
    order = desk.does("MRL", "commande SNP à l'OSNP, sous 48 h", "call", "order", ident, "--within",
                      "48h", "--clinical-line", "Fièvre 39,4 à J1, otalgie droite, bien toléré",
                      "--access-reason", "mt_indisponible")
    name = order["name"]
    desk.does("OSNP", "prend la commande", "order", "claim", name)
    desk.does("OSNP", "appelle le médecin traitant : rien avant jeudi", "order", "treating-doctor",
              name, "unavailable", "--remark", "rien avant jeudi")
    return ident, name


def choose(matches, wanted=""):
    """The best match that the patient can reach in time, at the wanted site when there is one."""
    soonest = datetime.datetime.now(datetime.timezone.utc) + TRAVEL_TIME
    within_reach = [match for match in matches if not match.get("past_deadline")
                    and datetime.datetime.fromisoformat(match["slot"]["start_time"]) > soonest]
    preferred = [match for match in within_reach if wanted and wanted in match["site"]]
    return (preferred or within_reach)[0]


def hold_best(desk, order, entry, wanted):
    """Searches for the order and holds the best slot."""
    found = desk.does("OSNP", lambda a: f"cherche : {len(a.get('matches', []))} créneaux proposés, "
                      f"{len(a.get('excluded_sites', []))} sites écartés avec leur raison", "slots",
                      "search", "--order", order, "--entry", entry, "--within", "48h",
                      "--radius-km", "60", "--page-size", "50")
    match = choose(found["matches"], wanted)
    slot = match["slot"]["name"]
    hold = desk.does("OSNP", f"tient {match['site_display_name']} ({match.get('score', 0)} points)", "slots",
                     "hold", slot, "--order", order, "--entry", entry)
    return slot, hold["hold_token"]


def book_order(desk, ident, order, entry, wanted=""):
    for tries_left in reversed(range(TRIES_MAX)):
        try:
            slot, token = hold_best(desk, order, entry, wanted)
            booked = desk.does("OSNP",
                               lambda a: f"confirme : {a['site_display_name']}, {a['start_time']}",
                               "book", slot, "--order", order, "--entry", entry, "--hold", token)
            return finish_booking(desk, ident, order, booked)
        except Refused as refused:
            if refused.reason not in SEARCH_AGAIN or tries_left == 0:
                raise
            desk.notes("OSNP", "place perdue entre-temps : reprend la recherche")
    raise AssertionError("unreachable")


def finish_booking(desk, ident, order, booked):
    # The booking reaches regulation by its feed: wait until the order shows it, as a console does.
    await_until(lambda: desk.suite.ctl("order", "show", order)["state"] == "STATE_BOOKED",
                "the order shows its appointment")
    desk.does("OSNP", "heure et lieu redits par le requérant", "order", "informed", order)
    shown = desk.suite.ctl("call", "show", ident)
    desk.does("MRL", "dossier achevé", "call", "complete", ident, "--etag", shown["etag"],
              role="regulator_mg")
    return desk.end("BOOKED", shown["name"], booked["name"])


def branch_3_order(desk):
    """Seed 001: a consultation is needed; the OSNP finds it when the treating doctor cannot."""
    desk.begin("Graine 001, branche 3 : urgence ressentie, commande SNP")
    ident, order = hand_over(desk, "line_15", "85096", "M03.14", "6y", "+33639980004")
    return book_order(desk, ident, order, "line_15")


def challans_116117(desk):
    """Seed 004: the patient dials 116 117, which regulates and orients to the CSNP."""
    desk.begin("Graine 004 : 116 117, CSNP de Challans régulé")
    ident, order = hand_over(desk, "line_116117", "85047", "M03.14", "34y", "+33639980005")
    return book_order(desk, ident, order, "line_116117", wanted="csnp-challans")


def direct(desk, who, opened, need, book, place, **options):
    """A professional's own entry: a dossier without regulation, then a slot by the site's rules."""
    case = desk.does(who, "ouvre la demande", "call", "open", *opened, **options)
    ident = tail(case["name"])
    found = desk.does(who, lambda a: f"cherche : {len(a.get('matches', []))} créneaux", "slots",
                      "search", "--near", place, "--within", "240h", "--page-size", "50", *need,
                      **options)
    match = choose(found["matches"])
    booked = desk.does(who, lambda a: f"réserve : {a['site_display_name']}, {a['start_time']}", "book",
                       match["slot"]["name"], "--case", ident, *need, *book, **options)
    return desk.end("BOOKED", case["name"], booked["name"])


def challans_iao(desk):
    """Seed 004: the triage of the emergency department addresses a patient, without an order."""
    desk.begin("Graine 004 : IAO des urgences, réorientation vers le CSNP")
    options = {"role": "professional", "profession": "60", "entry_point": "urgences",
               "subject": "iao-challans"}
    need = ("--entry", "urgences", "--motif", "M02.06", "--age", "31y", "--access-reason",
            "reorientation_urgences", "--evaluation")
    book = ("--triage-level", "4", "--evaluation-reason", "petite plaie de la main, constantes normales",
            "--protocol", "reorientation/2.1", "--clinical-line", "plaie de la main, à suturer")
    opened = ("--entry", "urgences", "--caller", "SANTE.INF", "--motif", "M02.06", "--age", "31y",
              "--sex", "m", "--commune", "85047")
    return direct(desk, "IAO", opened, need, book, "85047", **options)


def blaye_pharmacy(desk):
    """Seed 000: a pharmacist books for a patient without a treating doctor."""
    desk.begin("Graine 000 : pharmacien, CNSP de Haute-Gironde à Blaye")
    options = {"role": "professional", "profession": "21", "entry_point": "pharmacie",
               "subject": "pharmacie-blaye", "region": "fr-naq", "territory": "33"}
    need = ("--entry", "pharmacie", "--motif", "M03.05", "--age", "38y", "--access-reason", "sans_mt",
            "--orienting-rpps", "99700000013")
    opened = ("--entry", "pharmacie", "--caller", "SANTE.PHARMA", "--motif", "M03.05", "--age", "38y",
              "--sex", "f", "--commune", "33058", "--no-treating-doctor")
    book = ("--clinical-line", "toux depuis deux jours, apyrétique", "--absent", "detresse", "douleur_thoracique")
    return direct(desk, "Pharmacien", opened, need, book, "33058", **options)


STORIES = (branch_1_reflex, branch_2_regulated, branch_3_advice, branch_3_order, challans_116117,
           challans_iao, blaye_pharmacy)
