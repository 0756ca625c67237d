"""What the tests of entries without regulation share: questionnaires in force, a site that lets all in."""

import pathlib
import shutil
import tempfile

from e2e import ROOT, SuiteCase, load_territory, terrain

DEMO = ROOT / "deploy" / "demo" / "protocols"
DOCTOR = {"role": "referent", "subject": "medecin-referent-1"}
RPPS = "99704000027"
MILD = ("detresse=no", "conscience=no", "hemorragie=no", "parcours=mt-indisponible")
OSNP = {"role": "osnp", "subject": "osnp-1"}
PHARMACIST = {"role": "professional", "profession": "21", "entry_point": "pharmacie",
              "subject": "pharma-1", "organization": "structures/officine"}
NURSE = {"role": "professional", "profession": "60", "entry_point": "idel", "subject": "idel-1"}
SECRETARY = {"role": "secretariat", "subject": "secretaire-1", "organization": "structures/msp"}
DOCTOR_OF_PATIENT = {"role": "professional", "profession": "10", "entry_point": "medecin_traitant",
                     "subject": "mt-1", "organization": "structures/cabinet"}
IAO = {"role": "professional", "profession": "60", "entry_point": "urgences", "subject": "iao-1",
       "organization": "structures/hopital"}
WHO = ("--motif", "M02.06", "--age", "31y")


class EntryCase(SuiteCase):
    """A fresh suite in which everybody of seed 002 may enter."""

    demo = False

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="sas-entries-", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        for path in DEMO.glob("court-*.json"):
            shutil.copy(path, cls.folder)
        shutil.copy(DEMO / "entree-csnp.json", cls.folder)
        text = (DEMO / "court-secretariat.json").read_text()
        local = text.replace("protocols/court-secretariat", "protocols/court-local").replace(
            "ENTRY_POINT_SECRETARIAT", "ENTRY_POINT_LOCAL")
        (cls.folder / "court-local.json").write_text(local)
        cls.settings = {**(cls.settings or {}),
                        "regulation": {"SAS_REGULATION_PROTOCOLS": str(cls.folder)}}
        super().setUpClass()
        cls.open_the_terrain()
        for name in ("85/court-pharmacie", "85/court-idel", "85/court-secretariat", "85/court-urgences",
                     "85/court-local", "85-lvo/entree-csnp"):
            cls.suite.ctl("protocol", "simulate", f"{name}/1.0", **DOCTOR)
            cls.suite.ctl("--rpps", RPPS, "protocol", "sign", f"{name}/1.0", **DOCTOR)

    @classmethod
    def open_the_terrain(cls):
        """The site lets everybody of seed 002 in, the emergency department with an evaluation."""
        territory = terrain()
        rules = territory["sites"][0]["entry_policy"]["rules"]
        rules += [{"entry_point": f"ENTRY_POINT_{each}", "access": "ACCESS_DIRECT"}
                  for each in ("MEDECIN_TRAITANT", "SECRETARIAT", "PHARMACIE")]
        rules.append({"entry_point": "ENTRY_POINT_URGENCES", "access": "ACCESS_DIRECT",
                      "evaluation_required": True})
        load_territory(cls.suite, territory)

    def entry(self, entry, protocol, *more, answers=("motif=fievre", *MILD)):
        """The words of an entry: a patient of 31 years with a small wound, within 24 h."""
        words = [word for answer in answers for word in ("--answer", answer)]
        return ("entry", "submit", "--entry", entry, "--caller", "SANTE.INF", *WHO, "--sex", "m",
                "--commune", "85047", "--phone", "+33199000001", "--mobility", "own_transport",
                "--no-treating-doctor", "--protocol", protocol, *words, "--tried",
                "cabinet du MT: rien avant jeudi", "--line", "plaie de la main, propre", "--within", "24",
                *more)
