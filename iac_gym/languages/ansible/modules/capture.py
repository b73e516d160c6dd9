"""Prints what an installed Ansible knows of its modules and plugins, as JSON lines.

Run by the Python of that Ansible, never by ours, with names of collections as arguments:
`python capture.py ansible.builtin community.docker`; without, with all that are installed. It reads
no other module of this package. The argument specification of a module is what it gives to
`AnsibleModule`: as ansible-test does, each module is run in a process of its own until that call.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

BUILTIN = "ansible.builtin"
KINDS = ("filter", "test", "lookup", "action")
#: Seconds for one module.
MOST_SECONDS = 60
_POSITIONS = (
    "bypass_checks", "no_log", "mutually_exclusive", "required_together", "required_one_of",
    "add_file_common_args", "supports_check_mode", "required_if", "required_by",
)  # fmt: skip
#: A module that starts processes of its own.
#: Options of a specification in PowerShell: `name = @{ type = "str"; required = $true }`.
_DECLARED = re.compile(r"[\"']?(\w+)[\"']?\s*=\s*@\{")
_NEEDED = re.compile(r"[\"']?(\w+)[\"']?\s*=\s*@\{[^{}]*\brequired\s*=\s*\$true", re.IGNORECASE)
_LEFT_OUT = ("async_wrapper", "__init__")


def _site() -> Path:
    """Return the folder that Ansible is installed in."""
    found = find_spec("ansible")
    if found is None or found.origin is None:
        raise SystemExit("this Python has no Ansible; install `ansible` for it")
    return Path(found.origin).parent.parent


class Captured(BaseException):
    """Carries the arguments of `AnsibleModule`."""


def _init(self: Any, argument_spec: Any = None, *args: Any, **named: Any) -> None:
    raise Captured(argument_spec, {**dict(zip(_POSITIONS, args, strict=False)), **named})


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it; a function as a mapping with its name."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted([plain(one) for one in value], key=str)
    if isinstance(value, (list, tuple, type({}.keys()), type({}.values()))):
        return [plain(one) for one in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return str(value)
    return {"function": getattr(value, "__name__", type(value).__name__)}


def specification(module: str) -> dict[str, Any]:
    """Run a module up to `AnsibleModule` and return what it gave."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except Captured as captured:
        spec, named = captured.args
        if named.get("add_file_common_args"):
            common = import_module("ansible.module_utils.basic").FILE_COMMON_ARGUMENTS
            spec = {**common, **spec}
        kept = {
            key: plain(value)
            for key, value in named.items()
            if key.startswith(("mutually", "required"))
        }
        return {"spec": plain(spec), **kept}
    except BaseException as error:  # whatever a module does without its libraries
        return {"error": f"{type(error).__name__}: {error}"[:200]}
    return {"error": "the module calls no AnsibleModule"}


def powershell(text: str) -> dict[str, Any]:
    """Return the names that a module for Windows declares itself, and those that it needs.

    `strict`: it refuses other options, and no file that it shares with others adds some.
    """
    strict = "-CSharpUtil Ansible.Basic" in text and "module_utils" not in text
    names = sorted(set(_DECLARED.findall(text)))
    needed = sorted(set(_NEEDED.findall(text)))
    return {"error": "PowerShell", "strict": strict, "names": names, "needed": needed}


def documentation(path: Path, collection: str) -> dict[str, Any]:
    """Return the documented options of a module, fragments included."""
    read = import_module("ansible.utils.plugin_docs").get_docstring
    fragments = import_module("ansible.plugins.loader").fragment_loader
    found = read(
        str(path), fragments, collection_name=collection, is_module=True, plugin_type="module"
    )[0]
    return {"options": plain((found or {}).get("options") or {})}


def module(path: Path, name: str, collection: str) -> dict[str, Any]:
    """Return what is known of one module."""
    script = path.with_suffix(".ps1")
    if script.exists():
        spec = powershell(script.read_text("utf-8", "replace"))
    elif path.suffix == ".py":
        spec = specification(name)
    else:
        spec = {"error": "the module is not written in Python"}
    try:
        docs = documentation(path, collection)
    except Exception as error:
        docs = {"error": f"{type(error).__name__}: {error}"[:200]}
    return {"spec": spec, "docs": docs}


def in_a_child(path: Path, name: str, collection: str) -> dict[str, Any]:
    """Do that in a process of its own, without input and output."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(MOST_SECONDS)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(nowhere, number)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(module(path, name, collection)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    found: dict[str, Any] = json.loads(text) if text else {"spec": {"error": "it ended"}}
    return found


def folder(collection: str, kind: str) -> Path:
    """Return where a collection keeps plugins of a kind."""
    if collection == BUILTIN:
        core = _site() / "ansible"
        return core / "modules" if kind == "modules" else core / "plugins" / kind
    return _site() / "ansible_collections" / collection.replace(".", "/") / "plugins" / kind


def modules(collection: str) -> Iterator[tuple[Path, str, str]]:
    """Yield path, name for Python and own name of the modules of a collection."""
    root = folder(collection, "modules")
    python = "ansible.modules" if collection == BUILTIN else ""
    python = python or f"ansible_collections.{collection}.plugins.modules"
    seen = set()
    for path in sorted(root.rglob("*")):
        if path.suffix not in (".py", ".yml", ".yaml") or not path.is_file():
            continue
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        if not path.name.startswith("_") and path.stem not in _LEFT_OUT and name not in seen:
            seen.add(name)
            yield path, f"{python}.{name}", name


def plugins(collection: str, kind: str) -> list[str]:
    """Return the names of the filters, tests or lookups of a collection."""
    root = folder(collection, kind)
    names = {path.stem for path in root.glob("*.py")} if kind in ("lookup", "action") else set()
    names |= {path.stem for path in root.glob("*.yml")}
    if kind in ("filter", "test"):
        names |= _of_classes(root, collection, kind)
    return sorted(name for name in names if not name.startswith("_"))


def _of_classes(root: Path, collection: str, kind: str) -> set[str]:
    names: set[str] = set()
    base = f"ansible_collections.{collection}.plugins"
    base = "ansible.plugins" if collection == BUILTIN else base
    for path in sorted(root.glob("*.py")):
        if path.stem == "__init__":
            continue
        try:
            space = runpy.run_module(f"{base}.{kind}.{path.stem}")
            holder = space.get("FilterModule" if kind == "filter" else "TestModule")
            made = holder() if holder is not None else None
            names |= set(made.filters() if kind == "filter" else made.tests()) if made else set()
        except Exception as error:
            print(f"{collection}: {kind} {path.stem}: {error}", file=sys.stderr)
    return names


def routing(collection: str) -> Any:
    """Return the names that a collection sends elsewhere, and its groups of actions."""
    if collection == BUILTIN:
        path = _site() / "ansible" / "config" / "ansible_builtin_runtime.yml"
    else:
        path = folder(collection, "modules").parent.parent / "meta" / "runtime.yml"
    load = import_module("yaml").safe_load
    found = load(path.read_text("utf-8")) if path.is_file() else None
    return found or {}


def main() -> None:
    """Print one line for each collection."""
    site = _site()
    import_module("ansible.plugins.loader").init_plugin_loader([str(site)])
    import_module("ansible.module_utils.basic").AnsibleModule.__init__ = _init
    root = site / "ansible_collections"
    folders = [path for path in root.glob("*/*") if path.is_dir()]
    installed = sorted(f"{path.parent.name}.{path.name}" for path in folders)
    for collection in sys.argv[1:] or [BUILTIN, *installed]:
        found: dict[str, Any] = {"collection": collection, "routing": plain(routing(collection))}
        found["modules"] = {
            name: in_a_child(path, full, collection) for path, full, name in modules(collection)
        }
        found |= {kind: plugins(collection, kind) for kind in KINDS}
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
