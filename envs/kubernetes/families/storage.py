"""Tasks about PersistentVolumeClaims, PersistentVolumes and StorageClasses."""

from __future__ import annotations

from envs.kubernetes import cluster_choices as pick
from envs.kubernetes.choices import reference
from envs.kubernetes.cluster_choices import Tree
from envs.kubernetes.requirements import cluster as ask
from iac_gym.category import Draft, family
from iac_gym.check import Requirement
from iac_gym.draw import Draw

DISKS = ("data", "files", "logs", "media", "uploads", "backup", "index", "cache", "models", "spool")


@family("kubernetes", levels=(1, 2))
def volume_claim(draw: Draw) -> Draft:
    """A PersistentVolumeClaim of a size, an access mode and perhaps a class."""
    name, size = draw.name("claim", DISKS), draw.choice("size", pick.SIZES)
    mode = draw.choice("mode", pick.MODES)
    asks = [ask.volume_claim(name=name, size=size), ask.volume_claim_mode(of=name, mode=mode)]
    spec: Tree = {}
    if draw.wants("class", 1):
        spec["storageClassName"] = kind = draw.choice("class name", pick.CLASSES)
        asks.append(ask.volume_claim_class(of=name, name=kind))
    if draw.wants("block", 2):
        spec["volumeMode"] = "Block"
        asks.append(ask.volume_claim_block(of=name))
    metadata: Tree = {}
    if draw.wants("placed", 2):
        metadata["namespace"] = space = draw.choice("namespace", pick.SPACES)
        asks.append(ask.placed_in(kind="PersistentVolumeClaim", of=name, namespace=space))
    tree = pick.claim(name, size, mode, metadata=metadata, **spec)
    openings = (
        f"Claim storage as `{name}`",
        "An application of ours must keep its data",
        f"We need the disk `{name}`",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2))
def storage_class(draw: Draw) -> Draft:
    """A StorageClass with its provisioner, parameters and policies."""
    name = draw.name("class", ("ssd", "fast", "archive", "bulk", "nvme", "cheap", "standard"))
    driver = draw.choice("provisioner", tuple(pick.PROVISIONERS))
    asks = [ask.storage_class(name=name, provisioner=driver)]
    body: Tree = {}
    metadata: Tree = {}
    if draw.wants("default", 2):
        metadata["annotations"] = {"storageclass.kubernetes.io/is-default-class": "true"}
        asks.append(ask.class_default(of=name))
    parameters: dict[str, str] = {}
    for place, (key, values) in enumerate(pick.PROVISIONERS[driver]):
        if draw.wants(f"parameter {place}", 1 + place):
            parameters[key] = draw.choice(f"value {place}", values)
            asks.append(ask.class_parameter(of=name, key=key, value=parameters[key]))
    if draw.wants("kept", 1):
        body["reclaimPolicy"] = "Retain"
        asks.append(ask.class_reclaim(of=name, policy="Retain"))
    if draw.wants("late", 2):
        body["volumeBindingMode"] = "WaitForFirstConsumer"
        asks.append(ask.class_binding(of=name, mode="WaitForFirstConsumer"))
    if draw.wants("growing", 2):
        body["allowVolumeExpansion"] = True
        asks.append(ask.class_expands(of=name))
    tree = pick.resource(
        "storage.k8s.io/v1", "StorageClass", name, **metadata, provisioner=driver,
        parameters=parameters or None, **body,
    )  # fmt: skip
    openings = (
        f"Offer a kind of storage called `{name}`",
        f"Teams shall be able to order disks of the class `{name}`",
        f"Define `{name}` for our volumes",
    )
    return Draft(openings, asks, reference(tree))


def _volume(draw: Draw, name: str, asks: list[Requirement]) -> Tree:
    """Ask for a volume of a drawn size, mode, class and reclaim policy; returns its spec."""
    size, mode = draw.choice("size", pick.SIZES), draw.choice("mode", pick.MODES[:3])
    asks += [ask.volume(name=name, size=size), ask.volume_mode(of=name, mode=mode)]
    spec: Tree = {"capacity": {"storage": size}, "accessModes": [mode]}
    if draw.wants("class", 2):
        spec["storageClassName"] = kind = draw.choice("class name", pick.CLASSES)
        asks.append(ask.volume_class(of=name, name=kind))
    if draw.wants("removed", 2):
        policy = draw.choice("policy", ("Delete", "Recycle"))
        spec["persistentVolumeReclaimPolicy"] = policy
        asks.append(ask.volume_reclaim(of=name, policy=policy))
    return spec


@family("kubernetes", levels=(1, 2))
def nfs_volume(draw: Draw) -> Draft:
    """A PersistentVolume on an NFS server."""
    name = draw.name("volume", DISKS)
    server, path = draw.choice("server", pick.SERVERS), draw.choice("path", pick.EXPORTS)
    asks: list[Requirement] = []
    spec = _volume(draw, name, asks)
    asks.append(ask.volume_nfs(of=name, path=path, server=server))
    if draw.wants("option", 2):
        option = draw.choice("mount option", ("nfsvers=4.1", "hard", "noatime", "ro", "soft"))
        spec["mountOptions"] = [option]
        asks.append(ask.volume_option(of=name, option=option))
    spec["nfs"] = {"server": server, "path": path}
    tree = pick.resource("v1", "PersistentVolume", name, spec=spec)
    openings = (
        f"Make a directory of our file server available as `{name}`",
        "Register an NFS export with the cluster",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2))
def host_volume(draw: Draw) -> Draft:
    """A PersistentVolume in a directory of the host."""
    name, path = draw.name("volume", DISKS), draw.choice("path", pick.HOST_DIRECTORIES)
    asks: list[Requirement] = []
    spec = _volume(draw, name, asks)
    asks.append(ask.volume_host_path(of=name, path=path))
    spec["hostPath"] = {"path": path}
    tree = pick.resource("v1", "PersistentVolume", name, spec=spec)
    openings = (
        f"For a test cluster of one node: the volume `{name}`",
        f"Offer a directory of the machine as the volume `{name}`",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(2, 3))
def local_disk(draw: Draw) -> Draft:
    """A local PersistentVolume on one node."""
    name = draw.name("volume", ("disk", "nvme", "ssd", "raid", "scratch"))
    path, node = draw.choice("path", pick.HOST_DIRECTORIES), draw.choice("node", pick.NODES)
    asks: list[Requirement] = []
    spec = _volume(draw, name, asks)
    asks += [ask.volume_local(of=name, path=path), ask.volume_node(of=name, node=node)]
    spec["local"] = {"path": path}
    term = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": [term]}]}}
    tree = pick.resource("v1", "PersistentVolume", name, spec=spec)
    openings = (
        f"Hand the disk of one node to the cluster as `{name}`",
        f"Register a local disk under the name `{name}`",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(3, 4), held_out=True)
def reserved_volume(draw: Draw) -> Draft:
    """A PersistentVolume and the one claim that binds to it."""
    name, owner = draw.name("volume", DISKS), draw.name("claim", DISKS)
    server, path = draw.choice("server", pick.SERVERS), draw.choice("path", pick.EXPORTS)
    size = draw.choice("size", pick.SIZES)
    mode = draw.choice("mode", pick.MODES[:3])
    asks = [
        ask.volume(name=name, size=size),
        ask.volume_mode(of=name, mode=mode),
        ask.volume_nfs(of=name, path=path, server=server),
        ask.volume_claim(name=owner, size=size),
        ask.volume_claim_mode(of=owner, mode=mode),
        ask.volume_claim_volume(of=owner, volume=name),
    ]
    spec: Tree = {"capacity": {"storage": size}, "accessModes": [mode]}
    bound: Tree = {"volumeName": name}
    if draw.wants("class", 4):
        kind = draw.choice("class name", pick.CLASSES)
        spec["storageClassName"] = bound["storageClassName"] = kind
        asks += [
            ask.volume_class(of=name, name=kind),
            ask.volume_claim_class(of=owner, name=kind),
        ]
    else:
        spec["storageClassName"] = bound["storageClassName"] = ""
    metadata: Tree = {}
    if draw.wants("placed", 3):
        metadata["namespace"] = space = draw.choice("namespace", pick.SPACES)
        asks.append(ask.placed_in(kind="PersistentVolumeClaim", of=owner, namespace=space))
    spec["nfs"] = {"server": server, "path": path}
    volume = pick.resource("v1", "PersistentVolume", name, spec=spec)
    openings = (
        f"Reserve the NFS share behind `{name}` for `{owner}`",
        f"Provide a volume by hand and claim it as `{owner}`",
    )
    claim = pick.claim(owner, size, mode, metadata=metadata, **bound)
    return Draft(openings, asks, reference(volume, claim))
