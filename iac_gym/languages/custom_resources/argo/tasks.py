"""Tasks of a DAG and steps: what they run, what they are given, what they wait for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iac_gym.languages.custom_resources.argo.graph import OF_ITEMS, RESULTS, depends_on
from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, Template, named, text_of
from iac_gym.languages.custom_resources.argo.names import check_name, check_names
from iac_gym.languages.custom_resources.argo.nodes import find_template, steps_of, tasks_of
from iac_gym.languages.custom_resources.argo.scope import (
    Scope,
    add_items,
    add_outputs,
    texts,
    unresolved,
)
from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text

_INLINE = frozenset(("inline",))
_LOCATIONS = frozenset("artifactory azure gcs git hdfs http oss raw s3 plugin key".split())


def check_parts(workflow: ArgoWorkflow, template: Template, scope: Scope, notes: Notes) -> None:
    """Note what is wrong with the tasks or steps of a template; their outputs join the scope."""
    if template.kind == "dag":
        _check_dag(workflow, template, scope, notes)
    elif template.kind == "steps":
        _check_steps(workflow, template, scope, notes)


# --- steps ----------------------------------------------------------------------------------------


def _check_steps(workflow: ArgoWorkflow, template: Template, scope: Scope, notes: Notes) -> None:
    seen: set[str] = set()
    for group in steps_of(template):
        for path, step in group:
            where = (*template.path, *path)
            check_name(template.item, step.get("name"), where, seen, notes)
            name = as_text(step.get("name"))
            scope.add(f"steps.{name}.status")
            _check_loop(template.item, step, where, notes)
            add_items(scope, step)
            found = _check_part(workflow, template, step, where, notes)
            if as_map(step.get("hooks")) or step.get("onExit"):
                add_outputs(scope, "steps", name, found)
            _check_hooks(template.item, step, where, notes)
            _check_texts(template.item, step, where, scope, notes)
            add_outputs(scope, "steps", name, found, looped=_is_looped(step))


def _is_looped(task: dict[Any, Any]) -> bool:
    return bool(task.get("withItems") or task.get("withParam"))


def _check_hooks(item: KubeObject, task: dict[Any, Any], path: Path, notes: Notes) -> None:
    for name, hook in as_map(task.get("hooks")).items():
        if name != "exit" and not as_map(hook).get("expression"):
            message = f"the hook `{str(name)[:40]}` needs an `expression`"
            notes.add("argo-policies", item, message, *path, "hooks", name)


def _check_texts(
    item: KubeObject, task: dict[Any, Any], path: Path, scope: Scope, notes: Notes
) -> None:
    for where, text in texts(task, path, _INLINE):
        if tag := unresolved(text, scope):
            message = f"`{{{{{tag[:80]}}}}}` does not resolve here"
            notes.add("argo-variables", item, message, *where)


# --- tasks of a DAG -------------------------------------------------------------------------------


def _check_dag(workflow: ArgoWorkflow, template: Template, scope: Scope, notes: Notes) -> None:
    item, path = template.item, template.path
    tasks = tasks_of(template)
    if not tasks:
        notes.add("argo-dependencies", item, "a DAG has at least one task", *path, "dag")
        return
    check_names(item, as_map(template.tree["dag"]).get("tasks"), (*path, "dag", "tasks"), notes)
    names = {as_text(task.get("name")): task for _, task in tasks}
    before = template.before
    by_depends = any(task.get("depends") for _, task in tasks)
    resolved: dict[str, Template | None] = {}
    for where, task in tasks:
        place = (*path, *where)
        _check_dependencies(item, task, names, place, by_depends, notes)
        _check_loop(item, task, place, notes)
        name = as_text(task.get("name"))
        resolved[name] = _check_part(workflow, template, task, place, notes)
        add_outputs(scope, "tasks", name, resolved[name], looped=_is_looped(task))
        if name in before[name]:
            message = f"the task `{name[:60]}` depends on itself, through others or directly"
            notes.add("argo-dependencies", item, message, *place)
    _check_target(template, names, scope, notes)
    for where, task in tasks:
        _check_task_texts(template, task, (*path, *where), before, scope, notes)


def _check_task_texts(
    template: Template,
    task: dict[Any, Any],
    path: Path,
    before: Mapping[str, frozenset[str]],
    scope: Scope,
    notes: Notes,
) -> None:
    if not any(texts(task, path, _INLINE)):
        return
    name = as_text(task.get("name"))
    own = scope.inner()
    own.add(*(f"tasks.{other}.status" for other in before[name]))
    if task.get("hooks") is not None:
        own.add(f"tasks.{name}.status")
    add_items(own, task)
    _check_texts(template.item, task, path, own, notes)
    for part, key in (("parameters", "value"), ("artifacts", "from")):
        for place, entry in enumerate(as_list(as_map(task.get("arguments")).get(part))):
            text = text_of(as_map(entry).get(key)) or ""
            other = text.partition("{{tasks.")[2].partition(".")[0]
            if text.startswith("{{tasks.") and other not in before[name] and other in before:
                message = f"this is of the task `{other[:60]}`, which need not come before"
                where = (*path, "arguments", part, place, key)
                hint = f"add `{other[:60]}` to the dependencies"
                notes.add("argo-dependencies", template.item, message, *where, hint=hint)


def _check_dependencies(
    item: KubeObject,
    task: dict[Any, Any],
    names: dict[str, dict[Any, Any]],
    path: Path,
    by_depends: bool,
    notes: Notes,
) -> None:
    rule, listed = "argo-dependencies", as_list(task.get("dependencies"))
    if by_depends and listed:
        message = "`depends` and `dependencies` cannot be used in one DAG"
        notes.add(rule, item, message, *path, "dependencies")
    if by_depends and task.get("continueOn") is not None:
        message = "`continueOn` cannot be used with `depends`"
        notes.add(rule, item, message, *path, "continueOn", hint="depends: task.Failed || ...")
    if (by_depends or listed) and as_text(task.get("name"))[:1].isdecimal():
        message = "the name of a task with dependencies cannot begin with a digit"
        notes.add(rule, item, message, *path, "name")
    field = "depends" if task.get("depends") else "dependencies"
    for other, result in depends_on(task):
        if result and result not in RESULTS:
            message = f"`{result[:40]}` is no result of a task"
            notes.add(
                rule, item, message, *path, field, hint=f"one of {', '.join(sorted(RESULTS))}"
            )
        elif other not in names:
            notes.add(rule, item, f"there is no task `{other[:60]}` in this DAG", *path, field)
        elif result in OF_ITEMS and not _has_items(names[other]):
            message = f"`{result}` is for tasks with items; `{other[:60]}` has none"
            notes.add(rule, item, message, *path, field)


def _has_items(task: dict[Any, Any]) -> bool:
    return _is_looped(task) or task.get("withSequence") is not None


def _check_target(
    template: Template, names: dict[str, dict[Any, Any]], scope: Scope, notes: Notes
) -> None:
    target = as_text(as_map(template.tree.get("dag")).get("target"))
    where = (*template.path, "dag", "target")
    if "{{" in target:
        if tag := unresolved(target, scope):
            message = f"`{{{{{tag[:80]}}}}}` does not resolve here"
            notes.add("argo-variables", template.item, message, *where)
        return
    for name in target.split(" ") if target else ():
        if name not in names:
            message = f"the target `{name[:60]}` is no task of this DAG"
            notes.add("argo-dependencies", template.item, message, *where)


# --- what both have -------------------------------------------------------------------------------


def _check_part(
    workflow: ArgoWorkflow, template: Template, task: dict[Any, Any], path: Path, notes: Notes
) -> Template | None:
    """Check what a task or step runs and passes; return its template, None if not known."""
    item, rule = template.item, "argo-template-references"
    name, reference = as_text(task.get("template")), task.get("templateRef")
    check_arguments(item, task.get("arguments"), (*path, "arguments"), notes)
    if isinstance(reference, dict):
        if name:
            message = "`template` and `templateRef` cannot both be given"
            notes.add(rule, item, message, *path, "template")
        for field in ("name", "template"):
            if not reference.get(field):
                notes.add(rule, item, f"`templateRef` has no `{field}`", *path, "templateRef")
    elif not name and task.get("inline") is None:
        hint = "give `template`, `templateRef` or `inline`"
        notes.add(rule, item, "it is not said what this runs", *path, hint=hint)
        return None
    found, scope = find_template(task, path, template, workflow)
    if found is not None:
        check_use(item, as_map(task.get("arguments")), found, path, notes)
    elif isinstance(reference, dict):
        _check_reference(item, reference, scope, workflow, path, notes)
    elif name and "{{" not in name and workflow.base is None:
        message = f"there is no template `{name[:60]}`"
        hint = f"templates: {', '.join([n for n in workflow.templates if n][:8])}"
        notes.add(rule, item, message, *path, "template", hint=hint)
    return found


def _check_reference(
    item: KubeObject,
    reference: dict[Any, Any],
    scope: ArgoWorkflow,
    workflow: ArgoWorkflow,
    path: Path,
    notes: Notes,
) -> None:
    """Note a reference to a template that an object of the answer does not have."""
    name = as_text(reference.get("template"))
    if scope is not workflow and name and "{{" not in name:
        message = f"`{as_text(reference.get('name'))[:60]}` has no template `{name[:60]}`"
        notes.add("argo-template-references", item, message, *path, "templateRef", "template")


def _check_loop(item: KubeObject, task: dict[Any, Any], path: Path, notes: Notes) -> None:
    given = [key for key in ("withItems", "withParam") if task.get(key)]
    sequence = task.get("withSequence")
    given += ["withSequence"] if sequence is not None else []
    if len(given) > 1:
        message = f"only one of {' and '.join(given)} can be given"
        notes.add("argo-loops", item, message, *path, given[-1])
    if {"count", "end"} <= as_map(sequence).keys():
        message = "only one of `count` and `end` can be given"
        notes.add("argo-loops", item, message, *path, "withSequence")


def check_use(
    item: KubeObject,
    arguments: dict[Any, Any],
    template: Template,
    path: Path,
    notes: Notes,
    *,
    may_lack: bool = False,
) -> None:
    """Note inputs of a template that whoever runs it does not give."""
    given = named(arguments.get("parameters"))
    for name, entry in template.inputs.items():
        if any(entry.get(key) is not None for key in ("value", "default", "valueFrom")):
            continue
        passed = given.get(name)
        has = passed is not None and any(passed.get(k) is not None for k in ("value", "valueFrom"))
        if not has and not (may_lack and passed is not None):
            message = f"the template `{template.name[:60]}` needs the parameter `{name[:60]}`"
            notes.add("argo-arguments", item, message, *path)
    artifacts = named(arguments.get("artifacts"))
    for name, entry in template.input_artifacts.items():
        if name not in artifacts and not entry.get("optional") and not has_location(entry):
            message = f"the template `{template.name[:60]}` needs the artifact `{name[:60]}`"
            notes.add("argo-arguments", item, message, *path)


def has_location(artifact: dict[Any, Any]) -> bool:
    """Whether an artifact says where it lies."""
    return any(artifact.get(key) is not None for key in _LOCATIONS)


def check_arguments(
    item: KubeObject, arguments: Any, path: Path, notes: Notes, *, may_lack: bool = False
) -> None:
    """Note arguments without a value, with two, or with one that they do not allow."""
    for part in ("parameters", "artifacts"):
        check_names(item, as_map(arguments).get(part), (*path, part), notes, values=True)
    for place, entry in enumerate(as_list(as_map(arguments).get("parameters"))):
        if isinstance(entry, dict):
            _check_argument(item, entry, (*path, "parameters", place), notes, may_lack)
    for place, entry in enumerate(as_list(as_map(arguments).get("artifacts"))):
        if isinstance(entry, dict):
            _check_artifact(item, entry, (*path, "artifacts", place), notes)


def _check_argument(
    item: KubeObject, entry: dict[Any, Any], path: Path, notes: Notes, may_lack: bool
) -> None:
    rule, name = "argo-arguments", as_text(entry.get("name"))[:60]
    value, source = entry.get("value"), entry.get("valueFrom")
    if value is None and source is None and not may_lack:
        notes.add(rule, item, f"the parameter `{name}` has neither value nor valueFrom", *path)
        return
    if isinstance(source, dict):
        allowed = ("configMapKeyRef", "event", "supplied")
        others = ("path", "jsonPath", "parameter", "expression")
        if not any(source.get(key) is not None for key in allowed) or any(map(source.get, others)):
            message = "`valueFrom` of an argument is a configMapKeyRef or supplied"
            notes.add(rule, item, message, *path, "valueFrom")
    choices = entry.get("enum")
    if not isinstance(choices, list):
        return
    texts_of = [text_of(choice) for choice in choices]
    if not choices:
        notes.add(rule, item, f"`enum` of `{name}` is empty", *path, "enum")
    elif value is not None and text_of(value) not in texts_of:
        notes.add(rule, item, f"the value of `{name}` is none of its `enum`", *path, "value")


def _check_artifact(item: KubeObject, entry: dict[Any, Any], path: Path, notes: Notes) -> None:
    name = as_text(entry.get("name"))[:60]
    if entry.get("from") and entry.get("fromExpression"):
        message = "`from` and `fromExpression` cannot both be given"
        notes.add("argo-arguments", item, message, *path)
    elif not entry.get("from") and not has_location(entry) and not entry.get("fromExpression"):
        message = f"it is not said where the artifact `{name}` comes from"
        notes.add("argo-arguments", item, message, *path)
