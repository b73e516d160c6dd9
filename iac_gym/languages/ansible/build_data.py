"""Writes `data/keywords.json`: the keywords of ansible-core and their types.

Run it with the Python that has ansible-core installed::

    python iac_gym/languages/ansible/build_data.py

Only names and types are read (facts), from the attribute tables of the installed package.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from subprocess import run
from typing import Any

TARGET = Path(__file__).with_name("data") / "keywords.json"
#: Name in the table -> module and class of ansible-core.
CLASSES = {
    "play": ("ansible.playbook.play", "Play"),
    "block": ("ansible.playbook.block", "Block"),
    "task": ("ansible.playbook.task", "Task"),
    "handler": ("ansible.playbook.handler", "Handler"),
    "include_role": ("ansible.playbook.role_include", "IncludeRole"),
    "role": ("ansible.playbook.role.include", "RoleInclude"),
    "meta": ("ansible.playbook.role.metadata", "RoleMetadata"),
    "import_playbook": ("ansible.playbook.playbook_include", "PlaybookInclude"),
    "loop_control": ("ansible.playbook.loop_control", "LoopControl"),
}


def _attribute(attribute: Any) -> dict[str, Any]:
    listof = attribute.listof or ()
    kinds = listof if isinstance(listof, tuple) else (listof,)
    inherited = any(kind.__name__ == "FieldAttribute" for kind in type(attribute).__mro__)
    return {
        "isa": attribute.isa,
        **({"listof": [kind.__name__ for kind in kinds]} if kinds else {}),
        **({"static": True} if attribute.static else {}),
        **({"inherited": True} if inherited else {}),
    }


def plugins() -> dict[str, dict[str, list[str]]]:
    """Return, for kinds of plugins that keywords name, short names and full ones."""
    import sys

    yaml = import_module("yaml")
    routes_file = Path(str(import_module("ansible").__file__)).parent / "config"
    routes = yaml.safe_load((routes_file / "ansible_builtin_runtime.yml").read_text("utf-8"))
    found = {}
    for kind in ("become", "connection", "strategy"):
        command = [str(Path(sys.executable).with_name("ansible-doc")), "-t", kind, "-l", "--json"]
        names = json.loads(run(command, capture_output=True, check=True, text=True).stdout)
        full = {name for name in names if not name.startswith("ansible.builtin.")}
        short = {name.removeprefix("ansible.builtin.") for name in names} - full
        for name, route in (routes["plugin_routing"].get(kind) or {}).items():
            if "redirect" in route and "tombstone" not in route:
                short.add(name)
        found[kind] = {"short": sorted(short), "full": sorted(full)}
    return found


def keywords() -> dict[str, Any]:
    """Return the table of one installed ansible-core."""
    found: dict[str, Any] = {}
    for name, (module, kind) in CLASSES.items():
        attributes = getattr(import_module(module), kind).fattributes
        found[name] = {key: _attribute(attributes[key]) for key in sorted(attributes)}
    mod_args = import_module("ansible.parsing.mod_args")
    task_include = import_module("ansible.playbook.task_include").TaskInclude
    include_role = import_module("ansible.playbook.role_include").IncludeRole
    constants = import_module("ansible.constants")
    words = import_module("ansible._internal._templating._jinja_bits").JINJA_KEYWORDS
    return {
        "version": import_module("ansible.release").__version__,
        "keywords": found,
        "raw_parameters": sorted(mod_args.RAW_PARAM_MODULES_SIMPLE),
        "free_form": sorted(mod_args.FREEFORM_ACTIONS_SIMPLE),
        "with_include": sorted(task_include.VALID_INCLUDE_KEYWORDS),
        "include_tasks_arguments": sorted(task_include.VALID_ARGS),
        "include_role_arguments": sorted(include_role.VALID_ARGS),
        "jinja_keywords": sorted(words),
        "plugins": plugins(),
        "connection_variables": sorted(
            {one for names in constants.MAGIC_VARIABLE_MAPPING.values() for one in names}
            | constants.COMMON_CONNECTION_VARS
        ),
    }


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(keywords(), indent=1, sort_keys=True) + "\n", "utf-8")
