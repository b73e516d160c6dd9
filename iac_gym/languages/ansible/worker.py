"""Judges Ansible projects with ansible-core itself. Run by a Python that has it, never by ours.

Reads one JSON document from its input: a list of projects, each `{"folder", "playbooks",
"expected"}`, where `folder` holds the files. Prints one JSON line for each: `{"errors": [...],
"open": [...]}`, `open` names what was not examined. Playbooks are loaded as `ansible-playbook
--syntax-check` does; then every template of a task is compiled and the arguments of its module are
validated with the module's own specification. Nothing is run and nothing is connected to.
"""

from __future__ import annotations

import copy
import json
import os
import runpy
import signal
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

#: Seconds for one project.
MOST_SECONDS = 30
_CONDITIONS = ("when", "until", "changed_when", "failed_when")
_CHECKS = (
    "mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by",
)  # fmt: skip
#: Keywords that are worked out in another way.
_LATER = ("args", "vars", "loop_control", "collections", "notify", "listen", *_CONDITIONS)
Json = dict[str, Any]


def _settings() -> Any:
    given = {"syntax": True, "tags": ("all",), "skip_tags": (), "extra_vars": (), "verbosity": 0}
    freeze = import_module("ansible.module_utils.common.collections").ImmutableDict
    return freeze(**given, start_at_task=None, module_path=None, become=False, subset=None)


class Judge:
    """One process's view of ansible-core: its loaders, and the specifications found so far."""

    def __init__(self) -> None:
        self.capture = runpy.run_path(str(Path(__file__).parent / "modules" / "capture.py"))
        self.specs: dict[str, Json] = {}
        site = self.capture["_site"]()
        import_module("ansible.plugins.loader").init_plugin_loader([str(site)])
        vars(import_module("ansible.context"))["CLIARGS"] = _settings()
        for name in ("playbook", "vars.manager", "inventory.manager", "parsing.dataloader"):
            import_module(f"ansible.{name}")

    def judge(self, project: Json) -> Json:
        """Return the errors of a project, found in a process of its own."""
        said = self._apart(project)
        if said["errors"]:
            return {"errors": said["errors"], "open": said["open"]}
        errors: list[str] = []
        for name, path, arguments in said["tasks"]:
            spec = self._specification(name, path)
            if "spec" not in spec:
                said["open"].append(name)
            else:
                errors += [f"{name}: {one}" for one in _validated(spec, arguments)]
        return {"errors": errors, "open": said["open"]}

    def _specification(self, name: str, path: str) -> Json:
        if name not in self.specs:
            self.specs[name] = self._captured(name, path)
        return self.specs[name]

    def _captured(self, name: str, path: str) -> Json:
        if not path.endswith(".py") or Path(path).with_suffix(".ps1").exists():
            return {}
        collection = ".".join(name.split(".")[:2])
        rest = ".".join(name.split(".")[2:])
        python = f"ansible_collections.{collection}.plugins.modules.{rest}"
        python = f"ansible.modules.{rest}" if collection == "ansible.builtin" else python
        basic = import_module("ansible.module_utils.basic")
        kept, basic.AnsibleModule.__init__ = basic.AnsibleModule.__init__, self.capture["_init"]
        found: Json = self.capture["in_a_child"](Path(path), python, collection)
        basic.AnsibleModule.__init__ = kept
        spec: Json = found.get("spec", {})
        return spec

    def _apart(self, project: Json) -> Json:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            signal.alarm(MOST_SECONDS)
            nowhere = os.open(os.devnull, os.O_RDWR)
            for number in range(3):
                os.dup2(nowhere, number)
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(json.dumps(_loaded(project)).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            text = pipe.read()
        os.waitpid(child, 0)
        ended: Json = {"errors": [], "open": ["the project took too long"], "tasks": []}
        found: Json = json.loads(text) if text else ended
        return found


def _loaded(project: Json) -> Json:
    """Load the playbooks of a project and compile its templates."""
    said: Json = {"errors": [], "open": [], "tasks": []}
    os.chdir(project["folder"])
    wrong = import_module("ansible.errors").AnsibleError
    missing = import_module("ansible.errors").AnsibleUndefinedVariable
    loader = import_module("ansible.parsing.dataloader").DataLoader()
    loader.set_basedir(project["folder"])
    try:
        sources = project["inventories"] or ["localhost,"]
        inventory = import_module("ansible.inventory.manager").InventoryManager(loader, sources)
        manager = import_module("ansible.vars.manager").VariableManager(loader, inventory)
        for path in project["playbooks"]:
            book = import_module("ansible.playbook").Playbook.load(path, manager, loader)
            for play in book.get_plays():
                loader.set_basedir(play._included_path or book._basedir)
                _play(play, manager, loader, said)
    except missing as error:
        said["open"].append(str(error)[:300])
    except (wrong, AttributeError, TypeError, ValueError, KeyError) as error:
        said["errors"].append(f"{type(error).__name__}: {error}"[:600])
    return said


def _play(play: Any, manager: Any, loader: Any, said: Json) -> None:
    engine = import_module("ansible.template").Templar(loader, manager.get_vars(play=play))._engine
    try:
        play.post_validate(engine)
    except import_module("ansible.errors").AnsibleUndefinedVariable as error:
        said["open"].append(str(error)[:300])
    for block in [*play.compile(), *play.get_handlers()]:
        for task in _tasks(block):
            _task(task, engine, said)


def _tasks(block: Any) -> Iterator[Any]:
    """Yield the tasks whose failure would stop the play."""
    if not hasattr(block, "block"):
        conditions = block.when if isinstance(block.when, list) else [block.when]
        never = conditions[:1] in ([False], ["false"], ["False"])
        if not block.ignore_errors and not never:
            yield block
        return
    for part in (*(() if block.rescue else block.block), *block.rescue, *block.always):
        yield from _tasks(part)


def _task(task: Any, engine: Any, said: Json) -> None:
    for name in type(task).fattributes:
        value = getattr(task, f"_{name}", None)
        if name in _CONDITIONS:
            for one in value if isinstance(value, list) else [value]:
                _compiled(one, engine, said, condition=True)
        else:
            _compiled(value, engine, said)
    _keywords(task, engine, said)
    finder = import_module("ansible.plugins.loader").module_loader
    found = finder.find_plugin_with_context(task.action, collection_list=task.collections)
    if found is None or not found.resolved:
        return
    actions = import_module("ansible.plugins.loader").action_loader
    name = str(found.resolved_fqcn)
    acted = name.startswith("ansible.builtin.") and actions.find_plugin(name)
    if acted or task.args.get("_variable_params"):
        said["open"].append(name)
    else:
        arguments = json.loads(json.dumps(_json(task.args)))
        said["tasks"].append((name, str(found.plugin_resolved_path), arguments))


def _keywords(task: Any, engine: Any, said: Json) -> None:
    """Validate the keywords that hold, inherited ones too, as is done when the task runs."""
    wrong = import_module("ansible.errors").AnsibleError
    for name, attribute in type(task).fattributes.items():
        value = getattr(task, name, None)
        if value is None or name in _LATER or callable(value) or _open(_json(value)):
            continue
        try:
            task.get_validated_value(name, attribute, value, engine)
        except (wrong, TypeError, ValueError) as error:
            said["errors"].append(f"{type(error).__name__}: `{name}`: {error}"[:400])
    if isinstance(task.loop, str) and not task.loop_with and not _open(task.loop):
        said["errors"].append("`loop` requires a list")


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _json(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(one) for one in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value) if isinstance(value, str) else "{{ not known }}"


def _compiled(value: Any, engine: Any, said: Json, condition: bool = False) -> None:
    """Compile the templates in a value; keep what is wrong."""
    if isinstance(value, Mapping):
        for one in value.values():
            _compiled(one, engine, said)
    elif isinstance(value, (list, tuple)):
        for one in value:
            _compiled(one, engine, said)
    if not isinstance(value, str):
        return
    if not import_module("ansible._internal._datatag._tags").TrustedAsTemplate.is_tagged_on(value):
        return
    bits = import_module("ansible._internal._templating._jinja_bits")
    whole = condition and not bits.is_possibly_all_template(value)
    if not whole and not bits.is_possibly_template(value):
        return
    wrong = import_module("jinja2").TemplateError
    try:
        with bits._TemplateCompileContext(escape_backslashes=not condition):
            environment = engine.environment
            text = str(value).strip() if whole else str(value)
            (environment.compile_expression if whole else environment.from_string)(text)
    except (wrong, SyntaxError, ValueError, RecursionError) as error:
        said["errors"].append(f"{type(error).__name__}: {error}: {value}"[:400])


def _open(value: Any) -> bool:
    text = json.dumps(value)
    return "{{" in text or "{%" in text


def _usable(spec: Mapping[str, Any], given: Any) -> Json:
    """Return a specification without functions, in which templates may stand for anything."""
    made: Json = {}
    given = given if isinstance(given, Mapping) else {}
    for name, option in spec.items():
        kept = {key: one for key, one in option.items() if key != "deprecated_aliases"}
        for key in ("type", "elements"):
            if isinstance(kept.get(key), dict):
                kept[key] = "raw"
        if kept.pop("fallback", None) not in (None, [None]):
            kept.pop("required", None)
        names = (name, *(kept.get("aliases") or ()))
        if any(_open(given[one]) for one in names if one in given):
            kept = {key: kept[key] for key in ("aliases", "required") if key in kept}
            kept["type"] = "raw"
        inside = kept.get("options")
        if inside is not None:
            kept["options"] = _usable(inside, {})
        made[name] = kept
    return made


def _validated(spec: Json, arguments: Json) -> list[str]:
    validator = import_module("ansible.module_utils.common.arg_spec").ArgumentSpecValidator
    checks = {name: spec.get(name) for name in _CHECKS}
    free = {name for name, value in arguments.items() if _open(value)}
    groups = checks["mutually_exclusive"] or ()
    checks["mutually_exclusive"] = [one for one in groups if not free & {*one}]
    said = validator(_usable(spec["spec"], arguments), **checks).validate(copy.deepcopy(arguments))
    return [str(one) for one in said.error_messages]


def main() -> None:
    """Judge the projects of the input."""
    judge = Judge()
    for project in json.load(sys.stdin):
        print(json.dumps(judge.judge(project)), flush=True)


if __name__ == "__main__":
    main()
