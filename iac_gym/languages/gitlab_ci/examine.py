"""Checks a pipeline once, as GitLab's linter does, and keeps what it finds in `faults`."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.gitlab_ci import check_rules, check_values
from iac_gym.languages.gitlab_ci.check_flow import flow
from iac_gym.languages.gitlab_ci.check_header import header
from iac_gym.languages.gitlab_ci.check_job import INHERITED_CHECKS, job
from iac_gym.languages.gitlab_ci.checker import Checker, is_nested_texts, kind
from iac_gym.languages.gitlab_ci.expand import UNSEEN
from iac_gym.languages.gitlab_ci.job import TOP_LEVEL
from iac_gym.languages.gitlab_ci.model import GLOBAL, RESERVED, Pipeline, is_job

#: Keys that make a mapping a job.
WORK = frozenset(("script", "run", "trigger", "needs"))
GLOBAL_DATA = ("value", "description", "expand", "options")


def examine(pipeline: Pipeline) -> None:
    """Check everything."""
    check = Checker(pipeline)
    tree = pipeline.tree
    if pipeline.header:
        header(check, pipeline.header)
    _globals(check, tree)
    visible = False
    for name, value in tree.items():
        if name.__class__ is not str or name not in GLOBAL or is_job(name, value):
            visible = _entry(check, name, value) or visible
    if not visible and not check.opaque:
        message = "there is no visible job"
        check.bad("there-is-a-visible-job", message, tree.mark, "a name that starts with `.` hides")
    flow(check)
    _notice(check)


def _globals(check: Checker, tree: YamlMap) -> None:
    marks = tree.marks
    for key in TOP_LEVEL & tree.keys():
        if tree[key] is not None:
            INHERITED_CHECKS[key](check, tree[key], marks[key], f"`{key}`")
    if tree.get("variables") is not None:
        check_values.variables(
            check, tree["variables"], marks["variables"], "`variables`", GLOBAL_DATA
        )
    stages = tree.get("stages")
    if stages is not None and not is_nested_texts(stages):
        message = f"`stages` must be a list of names, not {kind(stages)}"
        if stages.__class__ is YamlList:
            message = "`stages` must be a list of names"
        check.bad("stages-are-names", message, marks["stages"])
    if "include" in tree:
        check_rules.includes(check, tree["include"], marks["include"])
    if "workflow" in tree and not is_job("workflow", tree["workflow"]):
        check_rules.workflow(check, tree["workflow"], marks["workflow"])
    if "default" in tree and not is_job("default", tree["default"]):
        _default(check, tree, tree["default"])


def _default(check: Checker, tree: YamlMap, value: Any) -> None:
    rule = "defaults-are-right"
    if value is None or value is UNSEEN:
        return
    if value.__class__ is not YamlMap:
        check.bad(rule, f"`default` must be a mapping, not {kind(value)}", tree.marks["default"])
        return
    check.keys(value, frozenset((*INHERITED_CHECKS, "timeout")), "default")
    for key, given in value.items():
        if given is None:
            continue
        if key in INHERITED_CHECKS:
            INHERITED_CHECKS[key](check, given, value.marks[key], f"default:{key}")
        if key in TOP_LEVEL and tree.get(key) is not None:
            message = f"`{key}` stands in `default` and at the top level"
            check.bad(rule, message, value.key_marks[key])
    check_values.duration(check, value, "timeout", "default", most=check_values.MOST_TIMEOUT)


def _entry(check: Checker, name: Any, value: Any) -> bool:
    """Check a hidden entry or a job; returns whether it is a visible job."""
    mark = check.pipeline.tree.key_marks[name]
    if name.__class__ is not str:
        message = f"the name of a job must be text, not {kind(name)}"
        check.bad("jobs-are-named-right", message, mark, "quote it")
        return False
    if name.startswith("."):
        if value is None or value is False or value == {}:
            check.bad("jobs-have-work", f"`{name[:60]}` is empty", mark)
        return False
    if value is UNSEEN:
        return True
    if value.__class__ is not YamlMap or WORK.isdisjoint(value):
        partial = check.opaque and value.__class__ is YamlMap
        if not partial:
            message = f"`{name[:60]}` has neither `script`, `run` nor `trigger`"
            hint = check.near(name, RESERVED | GLOBAL) if name not in RESERVED else ""
            check.bad("jobs-have-work", message, mark, hint)
        elif value:
            _partial(check, name, value)
        return partial
    if check.opaque and "script" not in value and "run" not in value and "trigger" not in value:
        _partial(check, name, value)
        return True
    job(check, name, value, mark)
    return True


def _partial(check: Checker, name: str, tree: YamlMap) -> None:
    """Check a job that an `include` completes: what it has, not what it lacks."""
    made = YamlMap(tree.mark)
    made.update(tree)
    made.marks, made.key_marks = {**tree.marks}, {**tree.key_marks}
    made["script"] = UNSEEN
    made.marks["script"] = made.key_marks["script"] = tree.mark
    job(check, name, made, check.pipeline.tree.key_marks[name])


def _notice(check: Checker) -> None:
    if check.opaque:
        mark = check.pipeline.tree.marks["include"]
        check.bad("includes-are-not-seen", "what is included cannot be judged here", mark)
