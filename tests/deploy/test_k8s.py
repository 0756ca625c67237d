"""The Kubernetes manifests: what every workload must have, and that they agree with compose."""

import re
import shutil
import subprocess
import unittest

import yaml

import manifests
import settings

ROOT = manifests.ROOT
FOLDERS = {"base": ROOT / "k8s/base", "demo": ROOT / "k8s/overlays/demo",
           "region": ROOT / "k8s/overlays/region"}
PORTS = {**{name: {"grpc": 7400, "metrics": 9464} for name in settings.SERVICES},
         "redis": {"redis": 6379}, "postgres": {"postgres": 5432}}
KUBECTL = shutil.which("kubectl")


def each_build(test):
    def run(self):
        for name, folder in FOLDERS.items():
            with self.subTest(name):
                test(self, name, manifests.build(folder))
    run.__name__ = test.__name__
    return run


def workloads(built):
    return [manifest for manifest in built.values() if manifests.pod_of(manifest)]


def name_of(manifest):
    return manifest["metadata"]["name"]


def containers(manifest):
    spec = manifest["spec"]["template"]["spec"]
    return spec.get("initContainers", []) + spec["containers"]


def of_kind(built, kind):
    return {name_of(manifest): manifest for manifest in built.values() if manifest["kind"] == kind}


def selects(selector, labels):
    return selector.items() <= labels.items()


def pod_labels(manifest):
    return manifest["spec"]["template"]["metadata"]["labels"]


class Manifests(unittest.TestCase):

    @each_build
    def test_workloads_are_those_of_the_suite(self, name, built):
        expected = {*settings.SERVICES, "redis"} | ({"postgres"} if name != "region" else set())
        self.assertEqual({name_of(workload) for workload in workloads(built)}, expected)

    @each_build
    def test_every_pod_is_restricted(self, name, built):
        labels = of_kind(built, "Namespace")["sas"]["metadata"]["labels"]
        self.assertEqual(labels["pod-security.kubernetes.io/enforce"], "restricted")
        for workload in workloads(built):
            spec = workload["spec"]["template"]["spec"]
            pod = spec["securityContext"]
            self.assertTrue(pod["runAsNonRoot"])
            self.assertGreater(pod["runAsUser"], 0)
            self.assertEqual(pod["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertFalse(spec["automountServiceAccountToken"])
            self.assertFalse(spec["enableServiceLinks"])
            for field in ("hostNetwork", "hostPID", "hostIPC"):
                self.assertNotIn(field, spec)
            self.assertFalse([volume for volume in spec["volumes"] if "hostPath" in volume])
            for container in containers(workload):
                context = container["securityContext"]
                self.assertFalse(context["allowPrivilegeEscalation"])
                self.assertTrue(context["readOnlyRootFilesystem"])
                self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
                self.assertTrue(container["resources"]["requests"]["cpu"])
                self.assertTrue(container["resources"]["requests"]["memory"])
                self.assertTrue(container["resources"]["limits"]["memory"])

    @each_build
    def test_H43_services_have_native_grpc_probes_and_time_to_drain(self, name, built):
        for service in settings.SERVICES:
            workload = of_kind(built, "Deployment")[service]
            spec = workload["spec"]["template"]["spec"]
            container = spec["containers"][0]
            for probe, part in (("startupProbe", "live"), ("livenessProbe", "live"),
                                ("readinessProbe", "ready")):
                self.assertEqual(container[probe]["grpc"], {"port": 7400, "service": part})
            self.assertEqual(spec["terminationGracePeriodSeconds"], 45)
            self.assertEqual(workload["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"], 0)
            keys = [constraint["topologyKey"] for constraint in spec["topologySpreadConstraints"]]
            self.assertEqual(keys, ["topology.kubernetes.io/zone", "kubernetes.io/hostname"])
            for constraint in spec["topologySpreadConstraints"]:
                self.assertTrue(selects(constraint["labelSelector"]["matchLabels"],
                                        pod_labels(workload)))

    @each_build
    def test_every_container_of_a_store_has_probes(self, name, built):
        for workload in workloads(built):
            for container in workload["spec"]["template"]["spec"]["containers"]:
                for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                    self.assertIn(probe, container, name_of(workload))

    @each_build
    def test_services_accept_every_setting_they_are_given(self, name, built):
        for service in settings.SERVICES:
            container = of_kind(built, "Deployment")[service]["spec"]["template"]["spec"]["containers"][0]
            names = [entry["name"] for entry in container["env"]]
            self.assertEqual(len(names), len(set(names)))
            self.assertEqual(settings.unknown(service, names), [], service)
            self.assertEqual(f"SAS_{service.upper()}_TEST_IDENTITIES" in names,
                             name == "demo", "in a demo all three, elsewhere none")

    @each_build
    def test_ports_agree_with_services_addresses_and_compose(self, name, built):
        compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))["services"]
        for workload in workloads(built):
            service = of_kind(built, "Service")[name_of(workload)]
            ports = {port["name"]: port["containerPort"] for container in containers(workload)
                     for port in container.get("ports", [])}
            self.assertEqual(ports, PORTS[name_of(workload)])
            self.assertEqual({port["name"]: port["port"] for port in service["spec"]["ports"]}, ports)
            for port in service["spec"]["ports"]:
                self.assertEqual(port["targetPort"], port["name"])
            self.assertTrue(selects(service["spec"]["selector"], pod_labels(workload)))
        for service in settings.SERVICES:
            container = of_kind(built, "Deployment")[service]["spec"]["template"]["spec"]["containers"][0]
            ours = {entry["name"]: entry["value"] for entry in container["env"]}
            theirs = compose[service]["environment"]
            shared = [key for key in ours if re.search(r"_(LISTEN|ADDRESS|REDIS|SCHEMA|DELAY)$", key)]
            self.assertGreater(len(shared), 3)
            for key in shared:
                self.assertEqual(ours[key], theirs[key], key)

    @each_build
    def test_grpc_clients_see_every_replica(self, name, built):
        services = of_kind(built, "Service")
        for service in settings.SERVICES:
            self.assertEqual(services[service]["spec"]["clusterIP"], "None")
            container = of_kind(built, "Deployment")[service]["spec"]["template"]["spec"]["containers"][0]
            for entry in container["env"]:
                if entry["name"].endswith("_ADDRESS"):
                    self.assertRegex(entry["value"], r"^dns:///(regulation|slots|booking):7400$")

    @each_build
    def test_H43_disruptions_take_one_replica_at_a_time(self, name, built):
        budgets = of_kind(built, "PodDisruptionBudget")
        self.assertEqual(sorted(budgets), sorted(settings.SERVICES))
        for service, budget in budgets.items():
            self.assertEqual(budget["spec"]["maxUnavailable"], 1)
            self.assertTrue(selects(budget["spec"]["selector"]["matchLabels"],
                                    pod_labels(of_kind(built, "Deployment")[service])))

    @each_build
    def test_secrets_are_referenced_and_never_contained(self, name, built):
        self.assertEqual(of_kind(built, "Secret"), {})
        for workload in workloads(built):
            spec = workload["spec"]["template"]["spec"]
            for container in containers(workload):
                mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
                for entry in container.get("env", []):
                    if re.search(r"PASSWORD|KEY|TOKEN", entry["name"]):
                        folder = entry["value"].rsplit("/", 1)[0]
                        self.assertIn(folder, mounted, entry["name"])
                    self.assertNotIn("password=", entry["value"])
            names = {volume["name"] for volume in spec["volumes"]}
            names |= {claim["metadata"]["name"]
                      for claim in workload["spec"].get("volumeClaimTemplates", [])}
            for container in containers(workload):
                for mount in container["volumeMounts"]:
                    self.assertIn(mount["name"], names, name_of(workload))
        for service in settings.SERVICES:
            spec = of_kind(built, "Deployment")[service]["spec"]["template"]["spec"]
            copied = spec["initContainers"][0]["command"][5:]
            offered = {f"/secrets/{item['path']}" for volume in spec["volumes"]
                       if "projected" in volume for source in volume["projected"]["sources"]
                       for item in source["secret"]["items"]}
            self.assertEqual(set(copied), offered, service)
            read = {word for entry in spec["containers"][0]["env"]
                    for word in re.findall(r"/run/sas/(\w+)", entry["value"])}
            self.assertEqual({f"/secrets/{file}" for file in read}, offered, service)

    @each_build
    def test_the_network_denies_what_is_not_listed(self, name, built):
        policies = of_kind(built, "NetworkPolicy")
        deny = policies["default-deny"]["spec"]
        self.assertEqual(deny, {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
        pods = {name_of(workload): pod_labels(workload) for workload in workloads(built)}

        def allowed(direction, source, target, port):
            key, other = ("egress", "to") if direction == "Egress" else ("ingress", "from")
            subject, peer = (source, target) if direction == "Egress" else (target, source)
            return any(
                selects(policy["spec"]["podSelector"].get("matchLabels", {}), pods[subject])
                and any(port in [entry["port"] for entry in rule["ports"]]
                        and any("namespaceSelector" not in entry
                                and selects(entry["podSelector"]["matchLabels"], pods[peer])
                                for entry in rule[other])
                        for rule in policy["spec"].get(key, []))
                for policy in policies.values())

        wanted = {("regulation", "booking"), ("booking", "slots"), ("booking", "regulation"),
                  ("slots", "redis")}
        if name != "region":
            wanted |= {(service, "postgres") for service in settings.SERVICES}
        for source in pods:
            for target in pods:
                for port in PORTS[target].values():
                    expected = (source, target) in wanted and port != 9464
                    for direction in ("Egress", "Ingress"):
                        self.assertEqual(allowed(direction, source, target, port), expected,
                                         f"{direction} {source} to {target}:{port}")
        for policy in policies.values():
            self.assertNotIn("ipBlock", str(policy))

    @each_build
    def test_everything_lives_in_the_namespace(self, name, built):
        for manifest in built.values():
            if manifest["kind"] != "Namespace":
                self.assertEqual(manifest["metadata"]["namespace"], "sas")
            self.assertEqual(manifest["metadata"]["labels"]["app.kubernetes.io/part-of"], "sas")

    def test_overlays_pin_every_image(self):
        for overlay in ("demo", "region"):
            for workload in workloads(manifests.build(FOLDERS[overlay])):
                for container in containers(workload):
                    tag = container["image"].partition(":")[2]
                    self.assertRegex(tag, r"^(local|v?\d+\.\d+.*)$", container["image"])

    def test_a_region_brings_its_own_postgresql(self):
        built = manifests.build(FOLDERS["region"])
        self.assertFalse([key for key in built if key[3] == "postgres"])
        for service in settings.SERVICES:
            spec = of_kind(built, "Deployment")[service]["spec"]
            self.assertEqual(spec["replicas"], 3)
            ledger = next(entry["value"] for entry in spec["template"]["spec"]["containers"][0]["env"]
                          if entry["name"] == f"SAS_{service.upper()}_LEDGER")
            self.assertIn("host=sas-ledger-rw.postgres.svc ", ledger)
            self.assertIn("sslmode=require", ledger)

    def test_configuration_equals_the_files_of_deploy(self):
        built = manifests.build(FOLDERS["base"])
        for name, folder in (("redis", "redis"), ("postgres", "sql")):
            for file, text in of_kind(built, "ConfigMap")[name]["data"].items():
                self.assertEqual(text, (ROOT / "deploy" / folder / file).read_text(encoding="utf-8"),
                                 f"k8s/base/{name}.yaml and deploy/{folder}/{file} differ")

    def test_redis_keeps_nothing(self):
        redis = of_kind(manifests.build(FOLDERS["base"]), "Deployment")["redis"]
        self.assertEqual(redis["spec"]["strategy"], {"type": "Recreate"})
        for volume in redis["spec"]["template"]["spec"]["volumes"]:
            self.assertNotIn("persistentVolumeClaim", volume)
        text = (ROOT / "deploy/redis/start.sh").read_text(encoding="utf-8")
        memory = int(re.search(r"REDIS_MEMORY:-(\d+)mb", text).group(1))
        limit = containers(redis)[0]["resources"]["limits"]["memory"]
        self.assertLess(memory, int(limit.removesuffix("Mi")))

    @unittest.skipUnless(KUBECTL, "kubectl is not installed")
    def test_kustomize_resolves_them_as_this_reader_does(self):
        for name, folder in FOLDERS.items():
            with self.subTest(name):
                run = subprocess.run([KUBECTL, "kustomize", str(folder)], capture_output=True,
                                     text=True, timeout=60, check=False)
                if "unknown command" in run.stderr or "unknown flag" in run.stderr:
                    self.skipTest("this kubectl has no kustomize")
                self.assertEqual(run.returncode, 0, run.stderr)
                theirs = {manifests.identity(manifest): manifest
                          for manifest in yaml.safe_load_all(run.stdout)}
                ours = manifests.build(folder)
                self.assertEqual(set(theirs), set(ours))
                for key, manifest in ours.items():
                    self.assertEqual(in_order(theirs[key]), in_order(manifest), key)


def in_order(value):
    """Named lists sorted: kustomize puts patched entries first."""
    if isinstance(value, dict):
        return {key: in_order(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [in_order(item) for item in value]
        if all(isinstance(item, dict) and "name" in item for item in items):
            items.sort(key=lambda item: item["name"])
        return items
    return value


if __name__ == "__main__":
    unittest.main()
