"""Checks of what decides when something runs: `rules`, `only`, `except`, `workflow`, `include`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.gitlab_ci import conditions
from iac_gym.languages.gitlab_ci.check_needs import needs
from iac_gym.languages.gitlab_ci.check_values import duration, variables
from iac_gym.languages.gitlab_ci.checker import (
    Checker,
    blank,
    flattened,
    is_text,
    is_texts,
    is_texts_or_text,
    is_truth,
    items,
    kind,
)
from iac_gym.languages.gitlab_ci.expand import UNSEEN
from iac_gym.languages.gitlab_ci.regexps import regexp_error

JOB_RULE_KEYS = frozenset(
    "allow_failure changes exists if interruptible needs start_in variables when".split()
)
JOB_RULE_WHEN = ("always", "delayed", "manual", "never", "on_failure", "on_success")
WORKFLOW_RULE_KEYS = frozenset("auto_cancel changes exists if variables when".split())
INCLUDE_RULE_KEYS = frozenset("changes exists if when".split())
OFF_OR_ON = ("always", "never")
POLICY_KEYS = frozenset("changes kubernetes refs variables".split())
INCLUDE_KEYS = frozenset(
    """artifact cache component file inputs integrity job local project ref remote rules
    template""".split()
)
KINDS = ("artifact", "component", "local", "project", "remote", "template")
ON_NEW_COMMIT = ("conservative", "interruptible", "none")
WEEK = 604_800
#: Most files of one pipeline, and of a child pipeline.
MOST_INCLUDES = 150
MOST_CHILDREN = 3
#: Most paths in one `changes` or `exists`, and longest list nesting.
MOST_PATHS = 50
MOST_NESTED = 10
_PATTERN = re.compile(r"/(.*)/([ismU]*)", re.DOTALL)
_YAML = re.compile(r"\.ya?ml\Z", re.IGNORECASE)


def job_rules(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """The rules of a job."""
    if value is UNSEEN or not check.first_time(value, "rules"):
        return
    for tree in _entries(check, value, mark, where):
        check.keys(tree, JOB_RULE_KEYS, where)
        check.choice(tree, "when", JOB_RULE_WHEN, "rules-are-right", where)
        _clause(check, tree, where)
        _delay(check, tree, where)
        for key in ("allow_failure", "interruptible"):
            message = f"{where}: `{key}` must be true or false"
            check.test(is_truth, tree, key, "rules-are-right", message)
        if tree.get("needs") is not None:
            needs(check, tree["needs"], tree.marks["needs"], where, ("job",))


def _delay(check: Checker, tree: YamlMap, where: str) -> None:
    delayed = tree.get("when") == "delayed"
    if delayed and blank(tree.get("start_in")):
        check.bad("rules-are-right", f"{where}: `when: delayed` needs `start_in`", tree.mark)
    elif "start_in" in tree and not delayed:
        message = f"{where}: `start_in` belongs to `when: delayed`"
        check.bad("rules-are-right", message, tree.key_marks["start_in"])
    duration(check, tree, "start_in", where, most=WEEK)


def _entries(check: Checker, value: Any, mark: Mark, where: str) -> Iterator[YamlMap]:
    rule = "rules-are-right"
    if value.__class__ is not YamlList:
        check.bad(rule, f"{where} must be a list, not {kind(value)}", mark, "write `- if: ...`")
        return
    queue = [(item, place, 1) for item, place in items(value, mark)]
    for item, place, depth in queue:
        if item.__class__ is YamlList and depth < MOST_NESTED:
            queue.extend((one, at, depth + 1) for one, at in items(item, place))
        elif item.__class__ is not YamlMap:
            if item is not UNSEEN:
                check.bad(rule, f"{where}: each rule must be a mapping, not {kind(item)}", place)
        elif not item:
            check.bad(rule, f"{where}: a rule is empty", place)
        else:
            yield item


def _clause(check: Checker, tree: YamlMap, where: str) -> None:
    condition = tree.get("if")
    if condition is not None and condition is not UNSEEN:
        _condition(check, condition, tree.marks["if"], where)
    for key in ("changes", "exists"):
        if tree.get(key) is not None and tree[key] is not UNSEEN:
            _paths(check, tree[key], tree.marks[key], key, where)
    if tree.get("variables") is not None:
        variables(check, tree["variables"], tree.marks["variables"], f"{where}: variables", ())


def _condition(check: Checker, value: Any, mark: Mark, where: str) -> None:
    rule = "conditions-are-right"
    if value.__class__ is not str:
        check.bad(rule, f"{where}: `if` must be text, not {kind(value)}", mark, "quote it")
    elif error := conditions.read(value).error:
        check.bad(rule, f"{where}: `if` cannot be read: {error}", mark)


def _paths(check: Checker, value: Any, mark: Mark, key: str, where: str) -> None:
    rule = "rules-are-right"
    if value.__class__ is YamlMap:
        keys = ("compare_to", "paths", "regexp") if key == "changes" else (
            "paths", "project", "ref", "regexp")  # fmt: skip
        check.keys(value, keys, f"{where}: {key}")
        for name in keys:
            if name != "paths":
                check.test(is_text, value, name, rule, f"{where}: `{key}:{name}` must be text")
        if "paths" not in value and "regexp" not in value:
            check.bad(rule, f"{where}: `{key}` has no `paths`", mark)
        value = value.get("paths")
        if value is None:
            return
    if value is UNSEEN or (key == "exists" and value.__class__ is str):
        return
    if not is_texts(value):
        check.bad(rule, f"{where}: `{key}` must be a list of paths, not {kind(value)}", mark)
    elif len(value) > MOST_PATHS:
        check.bad(rule, f"{where}: `{key}` has more than {MOST_PATHS} paths", mark)


def policy(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """`only` or `except`: a list of refs, or a mapping."""
    rule = "policies-are-right"
    if value is UNSEEN or not check.first_time(value, "policy"):
        return
    if value.__class__ is YamlList:
        _refs(check, value, mark, where)
        return
    if value.__class__ is not YamlMap:
        hint = f"write [{value[:60]}]" if value.__class__ is str else ""
        check.bad(rule, f"{where} must be a list or a mapping, not {kind(value)}", mark, hint)
        return
    if not value:
        check.bad(rule, f"{where} is empty", mark)
    check.keys(value, POLICY_KEYS, where)
    if value.get("refs") is not None:
        _refs(check, value["refs"], value.marks["refs"], where)
    check.choice(value, "kubernetes", ("active",), rule, where)
    for key in ("changes", "variables"):
        check.test(is_texts, value, key, rule, f"{where}: `{key}` must be a list of texts")
    for one, place in items(value.get("variables", UNSEEN), mark):
        if one.__class__ is str:
            _condition(check, one, place, where)


def _refs(check: Checker, value: Any, mark: Mark, where: str) -> None:
    rule = "policies-are-right"
    if not is_texts(value):
        check.bad(rule, f"{where} must be a list of names and patterns", mark)
        return
    for one, place in items(value, mark):
        pattern = _PATTERN.fullmatch(one) if one.__class__ is str else None
        if pattern and (error := regexp_error(pattern[1].replace("\\/", "/"))):
            check.bad(rule, f"{where}: `{one[:60]}` is not valid: {error}", place)


def workflow(check: Checker, value: Any, mark: Mark) -> None:
    """The rules of the whole pipeline."""
    rule = "workflow-is-right"
    if value is None or value is UNSEEN:
        return
    if value.__class__ is not YamlMap or not value:
        check.bad(rule, f"`workflow` must be a mapping that is not empty, not {kind(value)}", mark)
        return
    check.keys(value, ("auto_cancel", "name", "rules"), "workflow")
    check.test(
        lambda one: is_text(one) and not blank(one) and len(one) <= 255, value, "name", rule,
        "`workflow:name` must be text of up to 255 characters",
    )  # fmt: skip
    _auto_cancel(check, value, "workflow")
    rules = value.get("rules")
    if rules is None or rules is UNSEEN:
        return
    for tree in _entries(check, rules, value.marks["rules"], "workflow: rules"):
        check.keys(tree, WORKFLOW_RULE_KEYS, "workflow: rules")
        check.choice(tree, "when", OFF_OR_ON, rule, "workflow: rules")
        _clause(check, tree, "workflow: rules")
        _auto_cancel(check, tree, "workflow: rules")


def _auto_cancel(check: Checker, tree: YamlMap, where: str) -> None:
    given = tree.get("auto_cancel")
    if given is None or given is UNSEEN:
        return
    if given.__class__ is not YamlMap:
        message = f"{where}: `auto_cancel` must be a mapping"
        check.bad("workflow-is-right", message, tree.marks["auto_cancel"])
        return
    check.keys(given, ("on_job_failure", "on_new_commit"), f"{where}: auto_cancel")
    for key, allowed in (("on_job_failure", ("all", "none")), ("on_new_commit", ON_NEW_COMMIT)):
        check.choice(given, key, allowed, "workflow-is-right", f"{where}: auto_cancel")


def includes(
    check: Checker, value: Any, mark: Mark, where: str = "include", most: int = MOST_INCLUDES
) -> None:
    """`include`, of a file or of a trigger."""
    rule = "includes-are-right"
    if value is None or value is UNSEEN:
        return
    if value.__class__ is YamlList and len(value) > most:
        check.bad(rule, f"{where} has more than {most} entries", mark)
    top = most > MOST_CHILDREN  # only the entries of a trigger are flattened
    for item, place in items(value, mark) if top else flattened(value, mark):
        if item.__class__ is str:
            _location(check, item, place, where)
        elif item.__class__ is YamlMap:
            _include(check, item, place, where)
        elif item is not UNSEEN:
            check.bad(rule, f"{where} must be a path or a mapping, not {kind(item)}", place)


def _location(check: Checker, value: str, mark: Mark, where: str) -> None:
    if "$" not in value and not _YAML.search(value.partition("?")[0]):
        message = f"{where}: `{value[:80]}` does not end in .yml or .yaml"
        check.bad("includes-are-right", message, mark)


def _include(check: Checker, tree: YamlMap, mark: Mark, where: str) -> None:
    rule = "includes-are-right"
    check.keys(tree, INCLUDE_KEYS, where)
    named = [name for name in KINDS if not blank(tree.get(name))]
    if len(named) != 1:
        message = f"{where}: exactly one of {', '.join(KINDS)} says what is included"
        check.bad(rule, message, mark)
        return
    name = named[0]
    if name == "project" and blank(tree.get("file")):
        check.bad(rule, f"{where}: `project` needs `file`", mark)
    if name == "artifact" and blank(tree.get("job")):
        check.bad(rule, f"{where}: `artifact` needs the `job` that makes it", mark)
    check.test(is_text, tree, name, rule, f"{where}: `{name}` must be text")
    for key in ("job", "ref"):
        check.test(is_text, tree, key, rule, f"{where}: `{key}` must be text")
    check.test(is_texts_or_text, tree, "file", rule, f"{where}: `file` must be a path or paths")
    check.test(
        lambda one: one.__class__ is YamlMap, tree, "inputs", rule,
        f"{where}: `inputs` must be a mapping",
    )  # fmt: skip
    if name in ("local", "remote", "template", "artifact") and tree[name].__class__ is str:
        _location(check, tree[name], tree.marks[name], where)
    _integrity(check, tree, where)
    for one, place in items(tree.get("file", UNSEEN), tree.marks.get("file", mark)):
        if one.__class__ is str:
            _location(check, one, place, where)
    if tree.get("rules") is not None and tree["rules"] is not UNSEEN:
        for clause in _entries(check, tree["rules"], tree.marks["rules"], f"{where}: rules"):
            check.keys(clause, INCLUDE_RULE_KEYS, f"{where}: rules")
            check.choice(clause, "when", OFF_OR_ON, rule, f"{where}: rules")
            _clause(check, clause, f"{where}: rules")


def _integrity(check: Checker, tree: YamlMap, where: str) -> None:
    given = tree.get("integrity")
    if given is not None and not (
        given.__class__ is str and re.fullmatch(r"sha256-[A-Za-z0-9+/]+={0,2}", given)
        and "remote" in tree
    ):  # fmt: skip
        message = f"{where}: `integrity` is `sha256-...` of a `remote` file"
        check.bad("includes-are-right", message, tree.marks["integrity"])
