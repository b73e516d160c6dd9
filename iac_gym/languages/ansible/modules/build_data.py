"""Writes `data/modules.bin` from an installed Ansible: names and types of options, nothing else.

Run: `python -m iac_gym.languages.ansible.modules.build_data PYTHON` with the Python that has
`ansible` installed. `capture.py` runs there and prints what it finds, for the collections in
`COLLECTIONS`. Only facts are kept: names, types, choices, defaults, which options exclude or need
each other; no sentence of the documentation.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from iac_gym.languages.ansible.modules.encode import core_records, record
from iac_gym.languages.ansible.modules.names import BUILTIN, split
from iac_gym.languages.ansible.modules.pack import PATH, write

CAPTURE = Path(__file__).parent / "capture.py"
SOURCE = "ansible 12.3.0"
#: What the pack holds: ansible-core, clouds, containers, databases, systems, common networks.
COLLECTIONS = """
    amazon.aws ansible.builtin ansible.netcommon ansible.posix ansible.utils ansible.windows
    arista.eos awx.awx azure.azcollection chocolatey.chocolatey cisco.ios cloudscale_ch.cloud
    community.aws community.crypto community.digitalocean community.dns community.docker
    community.general community.grafana community.hashi_vault community.hrobot community.libvirt
    community.mongodb community.mysql community.okd community.postgresql community.proxmox
    community.proxysql community.rabbitmq community.routeros community.sops community.vmware
    community.windows community.zabbix containers.podman google.cloud grafana.grafana
    hetzner.hcloud junipernetworks.junos kubernetes.core kubevirt.core microsoft.ad microsoft.iis
    netbox.netbox openstack.cloud theforeman.foreman vmware.vmware vmware.vmware_rest vultr.cloud
    vyos.vyos
""".split()

#: Kinds of plugins whose names are kept.
PLUGINS = ("filter", "test", "lookup")

Found = Mapping[str, Any]


def records(found: Found) -> dict[str, Any]:
    """Return the records of one collection's modules."""
    actions = set(found["action"])
    made = {}
    for name, module in found["modules"].items():
        code = record(module, name in actions)
        if code is not None:
            made[name] = code
    if found["collection"] == BUILTIN:
        for name, code in core_records(found["modules"]).items():
            made[name] = {**code, "a": 2}
    return made


def _routes(found: Found) -> tuple[dict[str, str], list[str]]:
    """Return the names that are sent elsewhere, and those that were taken away."""
    sent: dict[str, str] = {}
    gone = []
    plugins = found["routing"].get("plugin_routing") or {}
    for kind in ("modules", "action"):
        for name, route in (plugins.get(kind) or {}).items():
            if name in found["modules"] or not route:
                continue
            if route.get("redirect"):
                sent.setdefault(name, route["redirect"])
            elif route.get("tombstone"):
                gone.append(name)
    return sent, gone


def _by_target(sent: Mapping[str, str]) -> dict[str, str]:
    """Return names by the collection that they are sent to, `name=other` where it changes."""
    made: dict[str, list[str]] = {}
    for name, target in sorted(sent.items()):
        collection, module = split(target)
        made.setdefault(collection, []).append(name if name == module else f"{name}={module}")
    return {collection: " ".join(names) for collection, names in made.items()}


def build(lines: Iterable[Found]) -> bytes:
    """Return the pack's bytes from what was captured."""
    whole: dict[str, Any] = {
        key: {} for key in ("redirects", "removed", *PLUGINS, "action_groups", "routed")
    }
    made = {}
    for found in lines:
        name = found["collection"]
        made[name] = records(found)
        sent, gone = _routes(found)
        whole["redirects"][name] = _by_target(sent)
        whole["removed"][name] = sorted(gone)
        routing = found["routing"].get("plugin_routing") or {}
        for kind in PLUGINS:
            for own, route in (routing.get(kind) or {}).items():
                if route and route.get("redirect"):
                    whole["routed"].setdefault(kind, {})[f"{name}.{own}"] = route["redirect"]
            if found[kind]:
                whole[kind][name] = found[kind]
        whole["action_groups"].update(_groups(name, found["routing"].get("action_groups") or {}))
    for kind in PLUGINS:
        whole[kind] = {name: " ".join(one) for name, one in whole[kind].items()}
    return write({"source": SOURCE, **whole}, made)


def _groups(collection: str, groups: Mapping[str, Any]) -> dict[str, str]:
    """Return the groups of `module_defaults` and their modules, as one text each."""
    return {
        f"{collection}.{name}": " ".join(one for one in members if isinstance(one, str))
        for name, members in groups.items()
    }


def main() -> None:
    """Write the pack."""
    command = [sys.argv[1], str(CAPTURE), *COLLECTIONS]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    data = build([json.loads(line) for line in ran.stdout.splitlines()])
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(data)
    print(f"{PATH.name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
