"""The list of mutations: each still applies, and what cannot be applied is refused."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import mutations  # noqa: E402

COUNT_MIN = 10


class TheList(unittest.TestCase):

    def test_each_mutation_applies_to_the_sources_as_they_are(self):
        for mutation in mutations.mutations():
            with self.subTest(mutation["name"]):
                text = (ROOT / mutation["file"]).read_text(encoding="utf-8")
                self.assertNotEqual(mutations.mutated(mutation, text), text)

    def test_there_are_enough_and_each_has_its_own_name(self):
        names = [mutation["name"] for mutation in mutations.mutations()]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreaterEqual(len(names), COUNT_MIN)
        in_domain = [each for each in mutations.mutations() if "/domain/" in each["file"]]
        self.assertGreaterEqual(len(in_domain), COUNT_MIN)


class Applying(unittest.TestCase):

    MUTATION = {"name": "m", "file": "f.cpp", "find": "a < b", "replace": "a <= b"}

    def test_the_one_place_is_changed(self):
        self.assertEqual(mutations.mutated(self.MUTATION, "if (a < b) x;"), "if (a <= b) x;")

    def test_what_is_gone_or_no_longer_alone_is_refused(self):
        for text in ("if (b > a) x;", "a < b || a < b"):
            with self.subTest(text), self.assertRaises(mutations.Inapplicable):
                mutations.mutated(self.MUTATION, text)

    def test_a_mutation_that_changes_nothing_is_refused(self):
        with self.assertRaises(mutations.Inapplicable):
            mutations.mutated({**self.MUTATION, "replace": "a < b"}, "a < b")


if __name__ == "__main__":
    unittest.main()
