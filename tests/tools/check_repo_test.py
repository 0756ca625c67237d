"""The repository check: each planted fault is found, what is proper passes."""

import pathlib
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_repo  # noqa: E402

AT = "@"  # Keeps the addresses planted below out of this file's own text.

README = """# Suite

See `common/` and `build/dev/`.

```
common/          shared
  base/          pure
```
"""


class CheckRepo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        shutil.copy(ROOT / "LICENSE", self.root / "LICENSE")
        self.write("README.md", README)
        self.write("common/base/status.h", "#pragma once\n")

    def write(self, path, text, mode=0o644):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)

    def findings(self):
        return [str(finding) for finding in check_repo.check(self.root)[0]]

    def assert_one(self, part):
        found = self.findings()
        self.assertEqual(len(found), 1, found)
        self.assertIn(part, found[0])

    def test_a_proper_tree_passes(self):
        self.assertEqual(self.findings(), [])

    def test_a_changed_or_missing_license_is_found(self):
        self.write("LICENSE", "Do what you like.\n")
        self.assert_one("is not the full text")
        (self.root / "LICENSE").unlink()
        self.assert_one("LICENSE:1: missing")

    def test_a_missing_readme_is_found(self):
        (self.root / "README.md").unlink()
        self.assert_one("README.md:1: missing")

    def test_a_folder_that_the_readme_invents_is_found(self):
        self.write("README.md", README.replace("`common/`", "`docs/`"))
        self.assert_one("README.md:3: names docs/")
        self.write("README.md", README.replace("  base/", "  rpc/ "))
        self.assert_one("README.md:7: names common/rpc/")

    def test_a_large_file_is_found(self):
        self.write("data/big.bin", "x" * (check_repo.FILE_BYTES_MAX + 1))
        self.assert_one("at most 1000000")
        self.write("data/big.bin", "x" * check_repo.FILE_BYTES_MAX)
        self.assertEqual(self.findings(), [])

    def test_real_phone_numbers_are_found(self):
        for number in ("05 56" " 12 34 56", "0612" "345678", "+33 6" " 12 34 56 78",
                       "0033" "612345678", "01.40" ".20.30.40", "+33 (0)1" " 40 20 30 40",
                       "01 23" " 45 67 89", "01 99 01" " 00 00", "06 39 97" " 00 00"):
            with self.subTest(number=number):
                self.write("deploy/demo/site.json", f'{{"phone": "{number}"}}\n')
                self.assert_one("phone number")

    def test_numbers_kept_for_fiction_and_other_figures_pass(self):
        for text in ("01 99 00 12 34", "02 61 91 00 00", "0353019999", "04.65.71.00.01",
                     "05-36-49-00-00", "+33 6 39 98 01 02", "15", "116 117", "2026-01-24 08:30:00",
                     "10003456789", "0x0123456789", "0123456789", "rpps 00123456789", "id-0612345678-a"):
            with self.subTest(text=text):
                self.write("deploy/demo/site.json", f'{{"text": "{text}"}}\n')
                self.assertEqual(self.findings(), [])

    def test_real_addresses_are_found(self):
        for address in ("jean" + AT + "chu.fr", "a.b" + AT + "notexample.com"):
            with self.subTest(address=address):
                self.write("common/a.md", f"Write to {address}.\n")
                self.assert_one("e-mail")

    def test_example_addresses_and_lookalikes_pass(self):
        for text in ("a" + AT + "example.org", "a" + AT + "cpts.example", "a" + AT + "x.test",
                     "postgresql://sas:secret" + AT + "db.internal/x", "pkg" + AT + "1.75.0",
                     "sas" + AT + "slots.service", "'\\n" + AT + "unittest.skip'"):
            with self.subTest(text=text):
                self.write("common/a.md", f"See {text} there.\n")
                self.assertEqual(self.findings(), [])

    def test_white_space_faults_are_found(self):
        for text, part in (("int a; \n", ":1: white space"), ("int a;\r\n", ":1: white space"),
                           ("\n\tint a;\n", ":2: tab"), ("int a;", ":1: no newline")):
            with self.subTest(text=text):
                (self.root / "common/a.cpp").write_bytes(text.encode())
                self.assert_one(part)

    def test_python_that_does_not_compile_is_found(self):
        self.write("tools/a.py", "\ndef broken(:\n")
        self.assert_one("tools/a.py:2: does not compile")
        (self.root / "tools/a.py").unlink()
        self.write("tools/a", "#!/usr/bin/env python3\ndef broken(:\n", 0o755)
        self.assert_one("tools/a:2: does not compile")

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_a_shell_fault_is_found(self):
        self.write("tools/a", "#!/usr/bin/env bash\ncd $1\n", 0o755)
        self.assertTrue(any("tools/a:2: " in finding for finding in self.findings()))

    def test_a_script_that_cannot_be_run_is_found(self):
        self.write("tools/a.py", "#!/usr/bin/env python3\n")
        self.assert_one("is not executable")

    def test_a_source_in_another_encoding_is_found(self):
        (self.root / "common/a.cpp").write_bytes(b"// r\xe9gulation\n")
        self.assert_one("is not UTF-8")


if __name__ == "__main__":
    unittest.main()
