"""Full names of modules (`apt` -> `ansible.builtin.apt`), from the pack of modules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

#: Actions that are no modules of the pack.
_CORE = frozenset(
    "meta include_tasks import_tasks include_role import_role import_playbook".split()
)
_PREFIXES = ("", "ansible.builtin.", "ansible.legacy.")


@cache
def pack() -> Any:
    """Return the package that knows the modules, read when the first name is asked for."""
    name = "iac_gym.languages.ansible.modules"
    return import_module(name) if find_spec(name) else None


@lru_cache(maxsize=8192)
def full_name(name: str, collections: tuple[str, ...] = ()) -> str:
    """Return the full name of an action, '' where no module has this name.

    A name in a collection that the pack does not know is returned as it is, and so is a template.
    """
    for prefix in _PREFIXES:
        if name.startswith(prefix) and name[len(prefix) :] in _CORE:
            return f"ansible.builtin.{name[len(prefix) :]}"
    if "{{" in name:
        return ""
    known = pack()
    if known is None:
        return name if "." in name else f"ansible.builtin.{name}"
    found: str | None = known.resolve(name, collections)
    if found:
        return found
    foreign = name.count(".") >= 2 and not known.known_collection(".".join(name.split(".")[:2]))
    return name if foreign else ""


def canonical(module: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments under the options' own names, values converted by their types."""
    convert = getattr(pack(), "canonical", None)
    return dict(args) if not module or convert is None else convert(module, args)
