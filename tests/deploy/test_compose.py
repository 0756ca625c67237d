"""compose.yaml, the Dockerfile and what they refer to. No container engine is needed."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

import settings

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
GRPC_PORT, METRICS_PORT = 7400, 9464


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


class Compose(unittest.TestCase):

    def setUp(self):
        self.file = compose()
        self.services = self.file["services"]

    def test_it_holds_the_whole_suite(self):
        self.assertEqual(sorted(self.services), sorted(
            [*settings.SERVICES, "grafana", "postgres", "prometheus", "redis"]))

    def test_every_container_is_hardened_and_watched(self):
        for name, service in self.services.items():
            with self.subTest(name):
                self.assertEqual(service["user"], "10001:10001")
                self.assertTrue(service["read_only"])
                self.assertEqual(service["cap_drop"], ["ALL"])
                self.assertIn("no-new-privileges:true", service["security_opt"])
                self.assertNotIn("privileged", service)
                self.assertTrue(service["healthcheck"]["test"])
                self.assertIn("mem_limit", service)

    def test_images_are_pinned(self):
        for name, service in self.services.items():
            tag = service["image"].partition(":")[2]
            self.assertRegex(tag, r"^local$|^v?\d+\.\d+", name)

    def test_services_know_every_setting_they_are_given(self):
        for name in settings.SERVICES:
            self.assertEqual(settings.unknown(name, self.services[name]["environment"]), [], name)

    def test_the_demo_accepts_test_identities_in_every_service(self):
        for name in settings.SERVICES:
            self.assertEqual(
                self.services[name]["environment"].get(f"SAS_{name.upper()}_TEST_IDENTITIES"), "true")

    def test_ports_and_addresses_fit(self):
        for name in settings.SERVICES:
            environment, prefix = self.services[name]["environment"], f"SAS_{name.upper()}"
            self.assertEqual(environment[f"{prefix}_LISTEN"], f"0.0.0.0:{GRPC_PORT}")
            self.assertEqual(environment[f"{prefix}_METRICS_LISTEN"], f"0.0.0.0:{METRICS_PORT}")
            for key, value in environment.items():
                if key.endswith("_ADDRESS"):
                    peer = re.fullmatch(r"dns:///(\w+):(\d+)", value)
                    self.assertEqual(key.split("_")[2].lower(), peer.group(1))
                    self.assertEqual(int(peer.group(2)), GRPC_PORT)
            self.assertEqual(self.services[name]["stop_grace_period"], "45s")
        targets = json.loads((DEPLOY / "prometheus" / "targets.compose.json").read_text())
        self.assertEqual({(target["labels"]["service"], target["targets"][0])
                          for target in targets},
                         {(name, f"{name}:{METRICS_PORT}") for name in settings.SERVICES})

    def test_ports_open_on_loopback_only_and_the_stores_open_none(self):
        for name, service in self.services.items():
            for port in service.get("ports", []):
                self.assertRegex(port, r"^127\.0\.0\.1:\d+:\d+$", name)
        for name in ("redis", "postgres", "prometheus"):
            self.assertNotIn("ports", self.services[name])
            self.assertEqual(self.services[name]["networks"], ["back"])
        self.assertTrue(self.file["networks"]["back"]["internal"])

    def test_secrets_are_files_and_never_values(self):
        for name, service in self.services.items():
            used = set(service.get("secrets", []))
            self.assertLessEqual(used, set(self.file["secrets"]))
            for key, value in service.get("environment", {}).items():
                for path in re.findall(r"/run/secrets/(\w+)", str(value)):
                    self.assertIn(path, used, f"{name} {key}")
                if re.search(r"PASSWORD|KEY|TOKEN", key):
                    self.assertRegex(str(value), r"^/run/secrets/\w+$", f"{name} {key}")
                self.assertNotRegex(str(value), r"password=|://\w+:[^@]+@")
        for secret in self.file["secrets"].values():
            self.assertRegex(secret["file"], r"^\./secrets/\w+$")
        self.assertIn("/deploy/secrets/", (ROOT / ".gitignore").read_text().splitlines())

    def test_each_service_has_its_own_role_schema_and_password(self):
        for name in settings.SERVICES:
            environment, prefix = self.services[name]["environment"], f"SAS_{name.upper()}"
            self.assertEqual(environment[f"{prefix}_LEDGER_SCHEMA"], name)
            self.assertIn(f"user=sas_{name} ", environment[f"{prefix}_LEDGER"])
            self.assertIn(f"/{name}_pgpass", environment[f"{prefix}_LEDGER"])
            others = {f"{other}_pgpass" for other in settings.SERVICES if other != name}
            self.assertFalse(others & set(self.services[name]["secrets"]))

    def test_mounted_files_exist(self):
        for name, service in self.services.items():
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                if source.startswith("."):
                    self.assertTrue((DEPLOY / source).exists(), f"{name} mounts {source}")
                    self.assertTrue(volume.endswith(":ro"), volume)
                else:
                    self.assertIn(source, self.file["volumes"])

    def test_make_secrets_writes_what_compose_reads(self):
        with tempfile.TemporaryDirectory() as folder:
            command = [DEPLOY / "make_secrets.sh", folder]
            subprocess.run(command, check=True, capture_output=True, timeout=60)
            made = {path.name: path.read_text() for path in pathlib.Path(folder).iterdir()}
            subprocess.run(command, check=True, capture_output=True, timeout=60)
            self.assertEqual(made, {path.name: path.read_text()
                                    for path in pathlib.Path(folder).iterdir()}, "kept when repeated")
            for path in pathlib.Path(folder).iterdir():
                self.assertEqual(path.stat().st_mode & 0o777, 0o400, path.name)
        self.assertEqual(sorted(made), sorted(self.file["secrets"]))
        self.assertEqual(len(set(made.values())), len(made))
        self.assertRegex(made["slots_pgpass"], r"^postgres:5432:sas:sas_slots:[0-9a-f]{64}\n$")


class Image(unittest.TestCase):

    def setUp(self):
        self.text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
        self.stages = re.split(r"^FROM ", self.text, flags=re.M)[1:]

    def test_both_stages_are_the_same_debian(self):
        self.assertEqual([stage.split()[0] for stage in self.stages], ["${DEBIAN}"] * 2)
        self.assertIn("ARG DEBIAN=debian:bookworm-slim", self.text)

    def test_the_runtime_is_small_and_unprivileged(self):
        build, runtime = self.stages
        self.assertIn("USER 10001:10001", runtime)
        self.assertIn("--uid 10001", runtime)
        self.assertIn('ENTRYPOINT ["/usr/local/bin/sas-service"]', runtime)
        self.assertIn(f"EXPOSE {GRPC_PORT} {METRICS_PORT}", runtime)
        self.assertIn("tzdata", runtime)
        self.assertNotRegex(runtime, r"-dev\b|g\+\+|cmake")
        for stage in self.stages:
            self.assertEqual(stage.count("apt-get install"),
                             stage.count("rm -rf /var/lib/apt/lists/*"))
        self.assertIn("tools/packages/build.txt", build)

    def test_what_it_copies_exists_and_is_not_ignored(self):
        ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
        self.assertEqual(ignored[1], "**")
        kept = [line[1:] for line in ignored if line.startswith("!")]
        for path in kept:
            self.assertTrue((ROOT / path).exists(), path)
        for path in re.findall(r"^COPY (?!--from)(\S+) ", self.text, flags=re.M):
            if path != ".":
                self.assertTrue((ROOT / path).exists(), path)
                self.assertTrue(any(path.startswith(prefix) for prefix in kept), path)
        for path in ("common", "deploy/image", "proto", "services", "tools/cmake"):
            self.assertIn(path + "/", kept)
        # The build adds no folder beside these and those that it leaves out by option.
        tops = re.findall(r"add_subdirectory\((\w+)\)", (ROOT / "CMakeLists.txt").read_text())
        self.assertEqual(sorted(tops), ["common", "proto", "services", "tests", "tools"])

    def test_build_options_and_targets_exist(self):
        lists = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
        for option in re.findall(r"-D(SAS_\w+)=OFF", self.text):
            self.assertIn(f"option({option} ", lists)
        presets = json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]
        self.assertIn("release", [preset["name"] for preset in presets])

    def test_library_packages_names_those_that_hold_the_libraries(self):
        if not shutil.which("dpkg"):
            self.skipTest("not a Debian system")
        program = shutil.which("openssl")
        run = subprocess.run([DEPLOY / "image" / "library_packages.sh", program], check=True,
                             capture_output=True, text=True, timeout=60)
        self.assertIn("libssl3", run.stdout.split())
        self.assertIn("libc6", run.stdout.split())
        refused = subprocess.run([DEPLOY / "image" / "library_packages.sh", "/etc/hostname"],
                                 capture_output=True, timeout=60, check=False)
        self.assertNotEqual(refused.returncode, 0)

    def test_healthcheck_asks_for_the_ledger(self):
        page = ("sas_slots_up{{part=\"ledger\"}} {}\nsas_slots_up{{part=\"redis\"}} 0\n")
        server = ("import socket,sys\ns=socket.create_server(('127.0.0.1',0))\n"
                  "print(s.getsockname()[1],flush=True)\nc,_=s.accept()\nr=b''\n"
                  "while not r.endswith(b'\\r\\n\\r\\n'): r+=c.recv(4096)\n"
                  "c.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\n'+sys.argv[1].encode())\nc.close()\n")
        for ledger, service, healthy in ((1, "slots", True), (0, "slots", False),
                                         (1, "booking", False)):
            with subprocess.Popen([sys.executable, "-c", server, page.format(ledger)],
                                  stdout=subprocess.PIPE, text=True) as process:
                port = process.stdout.readline().strip()
                run = subprocess.run([DEPLOY / "image" / "healthcheck.sh"], timeout=10, check=False,
                                     env={"PATH": "/usr/bin:/bin", "SERVICE": service,
                                          "METRICS_PORT": port})
                self.assertEqual(run.returncode == 0, healthy)
            last = port
        self.assertNotEqual(subprocess.run(
            [DEPLOY / "image" / "healthcheck.sh"], capture_output=True, timeout=10, check=False,
            env={"PATH": "/usr/bin:/bin", "SERVICE": "slots", "METRICS_PORT": last}).returncode, 0)


if __name__ == "__main__":
    unittest.main()
