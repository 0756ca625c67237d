"""A nurse's own entry: a dossier to book for without an order."""

NURSE = {"role": "professional", "profession": "60", "entry_point": "idel"}


def open_case(suite, **options):
    """The new dossier, as sasctl shows it."""
    return suite.ctl(
        "call", "open", "--entry", "idel", "--caller", "SANTE.INF", "--motif", "M03.05",
        "--age", "38y", "--sex", "f", "--commune", "85047", "--no-treating-doctor",
        **{**NURSE, "subject": "idel-1", **options})


def open_patient(suite, **options):
    """The name of a new dossier's patient."""
    return open_case(suite, **options)["patients"][0]["name"]
