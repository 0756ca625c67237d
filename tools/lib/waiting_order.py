"""An order for which a seat is looked for, near the sites of tests and benchmarks."""

from stories import tail


def waiting_order(suite, subject="", within="24h"):
    """Its name; `subject` searches for it, or nobody has it."""
    case = suite.ctl("call", "open", "--entry", "line_15", "--motif", "M03.14", "--age", "40y",
                     "--sex", "f", "--commune", "85047", "--phone", "+33639980007",
                     "--mobility", "own_transport", "--no-treating-doctor")
    ident = tail(case["name"])
    suite.ctl("call", "prioritise", ident, "P2", "--filiere", "SNP")
    suite.ctl("call", "claim", ident)
    suite.ctl("call", "decide", ident, "R3", "ORIENT", "--orientation", "CABINET")
    order = suite.ctl("call", "order", ident, "--within", within, "--clinical-line", "Fièvre à J1",
                      "--access-reason", "sans_mt")["name"]
    if subject:
        claim(suite, order, subject)
    return order


def claim(suite, order, subject):
    """`subject` takes the order; no treating doctor is to be asked."""
    suite.ctl("order", "claim", order, subject=subject)
    suite.ctl("order", "treating-doctor", order, "none_declared", subject=subject)
