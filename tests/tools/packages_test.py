"""ensure_packages against stand-ins for apt and dpkg: what it installs, and when it refuses."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Packages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        shutil.copytree(ROOT / "tools/lib", self.root / "tools/lib")
        self.lists = self.root / "tools/packages"
        self.lists.mkdir(parents=True)
        self.list("build", "# why\nalpha\nbeta-dev\n")
        self.list("test", "beta-dev\nnodejs\nnpm\n")
        self.bin = self.root / "bin"
        self.bin.mkdir()
        for name in ("bash", "sh", "cat", "grep", "sed", "sort", "comm", "tr", "tail", "mkdir",
                     "dirname"):
            (self.bin / name).symlink_to(shutil.which(name))
        self.stub("dpkg-query", "printf 'installed beta-dev\\nconfig-files alpha\\n'")
        self.stub("apt-get", f'echo "$@" >> {self.root}/apt.log')
        self.stub("id", "echo 0")

    def list(self, name, text):
        (self.lists / f"{name}.txt").write_text(text, encoding="utf-8")

    def stub(self, name, body):
        (self.bin / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def ensure(self, *arguments):
        return subprocess.run(
            ["bash", "-euc", '. tools/lib/packages.sh; ensure_packages "$@"', "test", *arguments],
            cwd=self.root, env={**os.environ, "PATH": str(self.bin)}, capture_output=True, text=True)

    def apt_calls(self):
        log = self.root / "apt.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def test_installs_exactly_what_is_missing_after_an_update(self):
        run = self.ensure("build")
        self.assertEqual(run.returncode, 0, run.stderr)
        update, install = self.apt_calls()
        self.assertTrue(update.endswith(" update"), update)
        self.assertTrue(install.endswith("install -y --no-install-recommends alpha"), install)

    def test_does_nothing_when_nothing_is_missing(self):
        self.list("build", "beta-dev\n")
        self.assertEqual(self.ensure("build").returncode, 0)
        self.assertEqual(self.apt_calls(), [])

    def test_no_install_touches_nothing(self):
        self.assertEqual(self.ensure("--no-install", "build").returncode, 0)
        self.assertEqual(self.apt_calls(), [])

    def test_without_root_it_prints_the_command_and_returns_2(self):
        self.stub("id", "echo 1000")
        run = self.ensure("build")
        self.assertEqual(run.returncode, 2)
        self.assertIn("apt-get update && apt-get install -y --no-install-recommends alpha", run.stderr)
        self.assertEqual(self.apt_calls(), [])

    def test_a_failed_installation_shows_why_and_returns_2(self):
        self.stub("apt-get", "echo 'no route to the mirror'; exit 100")
        run = self.ensure("build")
        self.assertEqual(run.returncode, 2)
        self.assertIn("no route to the mirror", run.stderr)

    def test_an_unknown_list_is_refused(self):
        run = self.ensure("nonsense")
        self.assertEqual(run.returncode, 2)
        self.assertIn("no such list", run.stderr)

    def test_any_recent_node_will_do(self):
        self.stub("npm", "true")
        self.stub("node", "echo v20.1.0")
        self.assertEqual(self.ensure("test").returncode, 0)
        self.assertEqual(self.apt_calls(), [])

    def test_an_old_or_absent_node_is_installed(self):
        self.stub("npm", "true")
        for version in ("echo v16.20.2", "exit 127"):
            with self.subTest(version=version):
                (self.root / "apt.log").unlink(missing_ok=True)
                self.stub("node", version)
                self.assertEqual(self.ensure("test").returncode, 0)
                self.assertTrue(self.apt_calls()[-1].endswith(" nodejs npm"), self.apt_calls())

    def test_the_projects_lists_are_well_formed(self):
        for path in (ROOT / "tools/packages").glob("*.txt"):
            with self.subTest(list=path.name):
                names = [line for line in path.read_text(encoding="utf-8").splitlines()
                         if not line.startswith("#")]
                self.assertEqual(len(names), len(set(names)))
                for name in names:
                    self.assertRegex(name, r"^[a-z0-9][a-z0-9.+-]+$")


if __name__ == "__main__":
    unittest.main()
