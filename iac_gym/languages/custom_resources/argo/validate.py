"""Validates workflows as Argo's controller and `argo lint` do.

Source: argo-workflows, `workflow/validate/validate.go`. What depends on objects that are not in
the answer (`templateRef` to another template) is left open.
"""

from __future__ import annotations

from typing import Any

from iac_gym.languages.custom_resources.argo.leaves import check_leaf
from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, Template
from iac_gym.languages.custom_resources.argo.names import check_names
from iac_gym.languages.custom_resources.argo.nodes import find_template
from iac_gym.languages.custom_resources.argo.outputs import check_artifact_location, check_outputs
from iac_gym.languages.custom_resources.argo.scope import (
    LEAVES,
    POD_KINDS,
    Scope,
    global_scope,
    template_scope,
    texts,
    unresolved,
)
from iac_gym.languages.custom_resources.argo.tasks import check_arguments, check_parts, check_use
from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.kubernetes.model import Path, as_list, as_map, as_text
from iac_gym.languages.kubernetes.rules.cron import schedule_problem
from iac_gym.languages.kubernetes.rules.time_zones import TIME_ZONES

_POD_GC = ("", "OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess")
_RETRY = ("", "Always", "OnFailure", "OnError", "OnTransientError")
_CONCURRENCY = ("", "Allow", "Forbid", "Replace")
_LONGEST = {"CronWorkflow": 52}


def check_workflow(workflow: ArgoWorkflow, notes: Notes) -> None:
    """Note everything that Argo would refuse of one object."""
    item, spec, path = workflow.item, workflow.spec, workflow.spec_path
    longest = _LONGEST.get(item.kind, 63)
    if len(item.name) > longest:
        message = f"the name has {len(item.name)} characters; at most {longest} are allowed"
        notes.add("argo-names", item, message, "metadata", "name")
    if item.kind == "CronWorkflow":
        _check_cron(workflow, notes)
    if not spec:
        return
    check_names(item, spec.get("templates"), (*path, "templates"), notes)
    if spec.get("workflowTemplateRef") is not None and spec.get("templates"):
        message = "`templates` cannot stand beside `workflowTemplateRef`"
        notes.add("argo-template-references", item, message, *path, "templates")
    lint = item.kind != "CronWorkflow"
    check_arguments(item, spec.get("arguments"), (*path, "arguments"), notes, may_lack=lint)
    _check_entrypoint(workflow, notes)
    _check_policies(workflow, notes)
    scope = global_scope(workflow)
    for template in workflow.templates.values():
        if template.item is item:
            check_template(workflow, template, scope, notes)


def _check_entrypoint(workflow: ArgoWorkflow, notes: Notes) -> None:
    item, path = workflow.item, workflow.spec_path
    referred = workflow.spec.get("workflowTemplateRef") is not None
    open_end = referred and workflow.base is None
    if not workflow.entrypoint and not open_end and not item.kind.endswith("Template"):
        hint = "name the template where the workflow begins"
        notes.add("argo-entrypoint", item, "`entrypoint` is missing", *path, hint=hint)
    for field, name in (("entrypoint", workflow.entrypoint), ("onExit", workflow.on_exit)):
        if not name or open_end or "{{" in name:
            continue
        template = workflow.templates.get(name)
        if template is None:
            message = f"`{field}` names the template `{name[:60]}`, which does not exist"
            notes.add("argo-entrypoint", item, message, *path, field, hint=_known(workflow))
        elif not item.kind.endswith("Template"):
            _check_entry_inputs(workflow, template, field, notes)


def _check_entry_inputs(
    workflow: ArgoWorkflow, template: Template, field: str, notes: Notes
) -> None:
    arguments = [as_map(workflow.spec.get("arguments"))]
    if workflow.base:
        arguments.append(as_map(workflow.base.spec.get("arguments")))
    merged = {
        part: [one for each in arguments for one in as_list(each.get(part))]
        for part in ("parameters", "artifacts")
    }
    where = (*workflow.spec_path, field)
    check_use(workflow.item, merged, template, where, notes, may_lack=True)


def _known(workflow: ArgoWorkflow) -> str:
    names = [name for name in workflow.templates if name][:8]
    return f"templates: {', '.join(names)}" if names else ""


def _check_policies(workflow: ArgoWorkflow, notes: Notes) -> None:
    item, spec, path = workflow.item, workflow.spec, workflow.spec_path
    strategy = as_text(as_map(spec.get("podGC")).get("strategy"))
    if strategy not in _POD_GC:
        message = f'"{strategy[:40]}" is no strategy'
        hint = f"one of {', '.join(_POD_GC[1:])}"
        notes.add("argo-policies", item, message, *path, "podGC", "strategy", hint=hint)
    for name, hook in as_map(spec.get("hooks")).items():
        if name != "exit" and not as_map(hook).get("expression"):
            message = f"the hook `{str(name)[:40]}` needs an `expression`"
            notes.add("argo-policies", item, message, *path, "hooks", name)
    _check_retry(item, spec, path, notes)
    if spec.get("podResources") is not None:
        check_pod_resources(item, spec["podResources"], path, notes)


def _check_retry(item: Any, tree: dict[Any, Any], path: Path, notes: Notes) -> None:
    policy = as_text(as_map(tree.get("retryStrategy")).get("retryPolicy"))
    if policy not in _RETRY and "{{" not in policy:
        message, where = f'"{policy[:40]}" is no retry policy', ("retryStrategy", "retryPolicy")
        hint = f"one of {', '.join(_RETRY[1:])}"
        notes.add("argo-policies", item, message, *path, *where, hint=hint)


def _check_cron(workflow: ArgoWorkflow, notes: Notes) -> None:
    item = workflow.item
    spec = as_map(item.get("spec"))
    if not workflow.schedules:
        notes.add("argo-schedules", item, "there is no schedule", "spec")
    paths: list[tuple[Path, Any]] = [(("spec", "schedule"), spec.get("schedule"))]
    listed = enumerate(as_list(spec.get("schedules")))
    paths += [(("spec", "schedules", place), schedule) for place, schedule in listed]
    for where, schedule in paths:
        text = as_text(schedule)
        if not text:
            continue
        bare = text.partition(" ")[2] if text.startswith(("TZ=", "CRON_TZ=")) else text
        if problem := schedule_problem(bare):
            message = f'"{text[:60]}": {problem}'
            notes.add("argo-schedules", item, message, *where)
    zone = as_text(spec.get("timezone"))
    if zone and zone not in TIME_ZONES:
        notes.add("argo-schedules", item, f'"{zone[:60]}" is no time zone', "spec", "timezone")
    policy = as_text(spec.get("concurrencyPolicy"))
    if policy not in _CONCURRENCY:
        message, hint = f'"{policy[:40]}" is no concurrency policy', "Allow, Forbid or Replace"
        notes.add("argo-schedules", item, message, "spec", "concurrencyPolicy", hint=hint)
    deadline = spec.get("startingDeadlineSeconds")
    if isinstance(deadline, int) and deadline < 0:
        where = ("spec", "startingDeadlineSeconds")
        notes.add("argo-schedules", item, "the deadline must not be negative", *where)


def check_template(workflow: ArgoWorkflow, template: Template, base: Scope, notes: Notes) -> None:
    """Note what Argo would refuse of one template."""
    item, tree, path = template.item, template.tree, template.path
    if len(template.kinds) != 1:
        found = " and ".join(f"`{kind}`" for kind in template.kinds) or "none"
        message = f"a template has exactly one kind; this one has {found}"
        hint = "" if template.kinds else "container, script, steps, dag, resource, suspend, ..."
        notes.add("argo-template-kinds", item, message, *path, hint=hint)
        return
    _check_inputs(template, notes)
    _check_resources(template, notes)
    _check_retry(item, tree, path, notes)
    _check_timeouts(template, notes)
    scope = template_scope(template, base)
    if template.kind in LEAVES or template.kind == "suspend":
        _check_texts(template, tree, path, scope, notes)
        check_leaf(workflow, template, notes)
    else:
        if tree.get("activeDeadlineSeconds") is not None:
            message = "`activeDeadlineSeconds` is for templates that run a pod"
            notes.add("argo-template-kinds", item, message, *path, "activeDeadlineSeconds")
        check_parts(workflow, template, scope, notes)
        for where, task in _inline_tasks(template):
            inline, _ = find_template(task, (*path, *where), template, workflow)
            if inline is not None:
                check_template(workflow, inline, base, notes)
    outputs = tree.get("outputs")
    if outputs is not None:
        if template.kind not in LEAVES and template.kind != "suspend":
            _check_texts(template, outputs, (*path, "outputs"), scope, notes)
        check_outputs(template, notes)


def _inline_tasks(template: Template) -> list[tuple[Path, dict[Any, Any]]]:
    from iac_gym.languages.custom_resources.argo.nodes import steps_of, tasks_of

    found = list(tasks_of(template))
    for group in steps_of(template):
        found += group
    return [(path, task) for path, task in found if isinstance(task.get("inline"), dict)]


def _check_texts(template: Template, tree: Any, path: Path, scope: Scope, notes: Notes) -> None:
    for where, text in texts(tree, path):
        if tag := unresolved(text, scope):
            message = f"`{{{{{tag[:80]}}}}}` does not resolve here"
            notes.add("argo-variables", template.item, message, *where)


def _check_inputs(template: Template, notes: Notes) -> None:
    item, path = template.item, (*template.path, "inputs")
    inputs = as_map(template.tree.get("inputs"))
    for part in ("parameters", "artifacts"):
        check_names(item, inputs.get(part), (*path, part), notes, values=True)
    leaf = template.kind in LEAVES
    for place, artifact in enumerate(as_list(inputs.get("artifacts"))):
        entry, where = as_map(artifact), (*path, "artifacts", place)
        name = as_text(entry.get("name"))
        if leaf and not entry.get("path"):
            message = f"the input artifact `{name[:60]}` has no `path`"
            notes.add("argo-artifacts", item, message, *where)
        elif not leaf and entry.get("path"):
            message = f"`path` of the artifact `{name[:60]}` is for templates that run a pod"
            notes.add("argo-artifacts", item, message, *where, "path")
        if entry.get("from"):
            message = "`from` is not valid in inputs; the caller passes the artifact"
            notes.add("argo-artifacts", item, message, *where, "from")
        check_artifact_location(item, entry, where, notes)


def _check_resources(template: Template, notes: Notes) -> None:
    """Note resources and claims of a pod that the template does not make."""
    item, path, rule = template.item, template.path, "argo-template-kinds"
    if template.tree.get("podResources") is not None:
        if template.kind in ("http", "plugin"):
            message = f"`podResources` is not for {template.kind} templates, which share a pod"
            notes.add(rule, item, message, *path, "podResources")
        check_pod_resources(item, template.tree["podResources"], path, notes)
    if template.own.get("resourceClaims") and template.kind not in POD_KINDS:
        message = f"`resourceClaims` is for templates that run a pod, not for {template.kind}"
        notes.add(rule, item, message, *path, "resourceClaims")


def check_pod_resources(item: Any, resources: Any, path: Path, notes: Notes) -> None:
    """Note what a whole pod cannot ask for."""
    rule, where = "argo-containers", (*path, "podResources")
    if as_map(resources).get("claims"):
        notes.add(rule, item, "a whole pod has no `claims`", *where, "claims")
    for part in ("limits", "requests"):
        for name in as_map(as_map(resources).get(part)):
            if name not in ("cpu", "memory") and not str(name).startswith("hugepages-"):
                message = f"`{str(name)[:60]}` is no resource of a whole pod"
                hint = "cpu, memory and hugepages-*; others are asked for by containers"
                notes.add(rule, item, message, *where, part, name, hint=hint)


def _check_timeouts(template: Template, notes: Notes) -> None:
    item, tree, path = template.item, template.own, template.path
    leaf = template.kind in LEAVES
    for field in ("timeout", "pendingTimeout"):
        text = as_text(tree.get(field))
        if text and not leaf:
            message = f"`{field}` is for templates that run a pod, not for {template.kind}"
            notes.add("argo-template-kinds", item, message, *path, field)
        elif field == "timeout" and text.lstrip("+-").isdecimal():
            message = f'"{text[:40]}" is no duration; it needs a unit such as 60s'
            notes.add("argo-template-kinds", item, message, *path, field)
