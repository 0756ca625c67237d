"""Resolves the kustomizations of k8s/ by hand: resources, images, replicas and strategic patches.

Only what our files use, and a field beyond that is an error, so that nothing is silently left out.
"""

import copy
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
K8S = ROOT / "k8s"
FIELDS = {"apiVersion", "kind", "resources", "images", "replicas", "patches"}
# Lists that are merged by a key; every other list is replaced as a whole.
MERGE_KEYS = {"containers": "name", "initContainers": "name", "env": "name", "volumes": "name"}


def identity(manifest):
    return (manifest["apiVersion"], manifest["kind"], manifest["metadata"].get("namespace", ""),
            manifest["metadata"]["name"])


def merge(base, patch, field=""):
    """Strategic merge of `patch` into `base`."""
    if isinstance(base, dict) and isinstance(patch, dict):
        merged = dict(base)
        for key, value in patch.items():
            merged[key] = merge(base[key], value, key) if key in base else value
        return merged
    if isinstance(base, list) and isinstance(patch, list) and field in MERGE_KEYS:
        key = MERGE_KEYS[field]
        patched = {item[key]: item for item in patch}
        kept = [merge(item, patched.pop(item[key])) if item[key] in patched else item
                for item in base]
        return kept + list(patched.values())
    return patch


def pod_of(manifest):
    """The pod template of a workload, None for anything else."""
    if manifest["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "Job"):
        return manifest["spec"]["template"]
    return None


def set_image(manifest, image):
    template = pod_of(manifest)
    if template is None:
        return
    for container in (template["spec"].get("initContainers", []) + template["spec"]["containers"]):
        name, _, tag = container["image"].partition(":")
        if name == image["name"]:
            container["image"] = image.get("newName", name) + ":" + image.get("newTag", tag)


def build(folder):
    """The manifests of a kustomization, as {identity: manifest}."""
    folder = pathlib.Path(folder)
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    unknown = set(kustomization) - FIELDS
    if unknown:
        raise ValueError(f"{folder}: this reader does not know {sorted(unknown)}")
    found = {}
    for resource in kustomization["resources"]:
        path = folder / resource
        manifests = (build(path).values() if path.is_dir()
                     else yaml.safe_load_all(path.read_text(encoding="utf-8")))
        for manifest in manifests:
            if identity(manifest) in found:
                raise ValueError(f"{path}: {identity(manifest)} is there twice")
            found[identity(manifest)] = copy.deepcopy(manifest)
    for entry in kustomization.get("patches", []):
        patch = yaml.safe_load(entry["patch"])
        target = identity(patch)
        if target not in found:
            raise ValueError(f"{folder}: a patch for {target}, which does not exist")
        if patch.pop("$patch", "") == "delete":
            del found[target]
        else:
            found[target] = merge(found[target], patch)
    for entry in kustomization.get("replicas", []):
        workloads = [manifest for manifest in found.values()
                     if pod_of(manifest) and manifest["metadata"]["name"] == entry["name"]]
        if not workloads:
            raise ValueError(f"{folder}: replicas of {entry['name']}, which does not exist")
        for manifest in workloads:
            manifest["spec"]["replicas"] = entry["count"]
    for image in kustomization.get("images", []):
        for manifest in found.values():
            set_image(manifest, image)
    return found
