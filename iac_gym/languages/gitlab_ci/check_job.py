"""Checks of one job: its keywords one by one, then what excludes what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.gitlab_ci import check_files, check_rules, check_values
from iac_gym.languages.gitlab_ci.check_needs import kind_of_need, matrix, needs
from iac_gym.languages.gitlab_ci.check_values import duration
from iac_gym.languages.gitlab_ci.checker import (
    Checker,
    blank,
    is_text,
    is_texts,
    is_texts_or_text,
    is_truth,
    items,
    kind,
)
from iac_gym.languages.gitlab_ci.expand import UNSEEN
from iac_gym.languages.gitlab_ci.job import INHERITED
from iac_gym.languages.gitlab_ci.pack import job_keys, validator
from iac_gym.languages.gitlab_ci.regexps import regexp_error

Check = Callable[[Checker, Any, Mark, str], None]

WHEN = ("always", "delayed", "manual", "on_failure", "on_success")
BRIDGE_KEYS = frozenset(
    """allow_failure environment except extends inherit interruptible needs only parallel
    resource_group rules stage trigger variables when""".split()
)
ENVIRONMENT_KEYS = frozenset(
    "action auto_stop_in deployment_tier kubernetes name on_stop url".split()
)
ACTIONS = ("access", "prepare", "start", "stop", "verify")
TIERS = ("development", "other", "production", "staging", "testing")
RELEASE_KEYS = frozenset(
    "assets description milestones name ref released_at tag_message tag_name".split()
)
LINK_TYPES = ("image", "other", "package", "runbook")
FORWARD = ("pipeline_variables", "yaml_variables")
STRATEGIES = ("depend", "mirror")
MOST_URL = 255
_EDGE = r"[a-zA-Z0-9_\\$\{}. -]"
_ENVIRONMENT = re.compile(rf"{_EDGE}(?:[a-zA-Z0-9_/\\$\{{}}. -]*{_EDGE})?")
_COVERAGE = re.compile(r"/(.*)/([ismU]*)", re.DOTALL)


def environment(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """A name, or a mapping with a name."""
    rule = "environments-are-right"
    if value is UNSEEN:
        return
    tree = value if value.__class__ is YamlMap else None
    name = value if tree is None else tree.get("name")
    if tree is None and name.__class__ is not str:
        check.bad(rule, f"{where} must be a name or a mapping, not {kind(value)}", mark)
        return
    if name is not UNSEEN and (name.__class__ is not str or not _ENVIRONMENT.fullmatch(name)):
        message = (
            f"{where}: the name takes letters, digits, `-`, `_`, `/`, `$`, `{{`, `}}`, `.` and "
            "blanks, with no `/` at its ends"
        )
        check.bad(rule, message, mark if tree is None else tree.marks.get("name", mark))
    if tree is None:
        return
    check.keys(tree, ENVIRONMENT_KEYS, where)
    check.choice(tree, "action", ACTIONS, rule, where)
    check.choice(tree, "deployment_tier", TIERS, rule, where)
    for key in ("auto_stop_in", "on_stop", "url"):
        check.test(is_text, tree, key, rule, f"{where}: `{key}` must be text")
    if len(tree["url"] if tree.get("url").__class__ is str else "") > MOST_URL:
        check.bad(rule, f"{where}: `url` is longer than {MOST_URL} characters", tree.marks["url"])
    check.test(
        lambda one: one.__class__ is YamlMap, tree, "kubernetes", rule,
        f"{where}: `kubernetes` must be a mapping",
    )  # fmt: skip


def release(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """A release: a tag and a description."""
    rule = "releases-are-right"
    if value is UNSEEN:
        return
    if value.__class__ is not YamlMap:
        check.bad(rule, f"{where} must be a mapping, not {kind(value)}", mark)
        return
    check.keys(value, RELEASE_KEYS, where)
    for key in ("tag_name", "description"):
        if blank(value.get(key)) or not is_text(value[key]):
            check.bad(rule, f"{where} has no `{key}`", value.marks.get(key, mark))
    for key in ("tag_message", "name", "ref"):
        check.test(is_text, value, key, rule, f"{where}: `{key}` must be text")
    check.test(is_texts_or_text, value, "milestones", rule, f"{where}: `milestones` takes texts")
    check.test(_is_date, value, "released_at", rule, f"{where}: `released_at` takes ISO 8601 dates")
    assets = value.get("assets")
    if assets is not None and assets is not UNSEEN:
        _assets(check, assets, value.marks["assets"], where)


def _is_date(value: Any) -> bool:
    if value.__class__ is not str:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return "$" in value
    return True


def _assets(check: Checker, value: Any, mark: Mark, where: str) -> None:
    rule = "releases-are-right"
    links = value.get("links") if value.__class__ is YamlMap else None
    if links is UNSEEN:
        return
    if links.__class__ is not YamlList or not links:
        check.bad(rule, f"{where}: `assets` has no list of `links`", mark)
        return
    check.keys(value, ("links",), f"{where}: assets")
    for link, place in items(links, mark):
        if link.__class__ is not YamlMap:
            check.bad(rule, f"{where}: a link must be a mapping, not {kind(link)}", place)
            continue
        check.keys(link, ("filepath", "link_type", "name", "url"), f"{where}: links")
        check.choice(link, "link_type", LINK_TYPES, rule, where)
        check.test(is_text, link, "filepath", rule, f"{where}: `filepath` must be text")
        for key in ("name", "url"):
            if blank(link.get(key)) or not is_text(link[key]):
                check.bad(rule, f"{where}: a link has no `{key}`", link.marks.get(key, place))


def trigger(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """Another project, or files of a child pipeline."""
    rule = "triggers-are-right"
    if value is UNSEEN:
        return
    if value.__class__ is str:
        if blank(value):
            check.bad(rule, f"{where} is empty", mark)
        return
    if value.__class__ is not YamlMap or not value:
        check.bad(rule, f"{where} must be a project or a mapping, not {kind(value)}", mark)
        return
    child = "include" in value
    keys = ("include",) if child else ("branch", "project")
    check.keys(value, (*keys, "forward", "inputs", "strategy"), where)
    check.choice(value, "strategy", STRATEGIES, rule, where)
    if not child and (blank(value.get("project")) or not is_text(value["project"])):
        message = f"{where} names neither a `project` nor an `include`"
        check.bad(rule, message, value.marks.get("project", mark))
    check.test(is_text, value, "branch", rule, f"{where}: `branch` must be text")
    _forward(check, value, where)
    if child:
        place = value.marks["include"]
        if value["include"].__class__ is YamlMap:
            check.bad(rule, f"{where}: `include` must be a path or a list", place)
        check_rules.includes(
            check, value["include"], place, f"{where}: include", check_rules.MOST_CHILDREN
        )


def _forward(check: Checker, tree: YamlMap, where: str) -> None:
    rule, given = "triggers-are-right", tree.get("forward")
    if given.__class__ is YamlMap:
        check.keys(given, FORWARD, f"{where}: forward")
        for key in FORWARD:
            message = f"{where}: `forward:{key}` must be true or false"
            check.test(is_truth, given, key, rule, message)
    elif given is not None and given is not UNSEEN:
        check.bad(rule, f"{where}: `forward` must be a mapping", tree.marks["forward"])


def allow_failure(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """True, false, or the exit codes that are forgiven."""
    rule = "allow-failure-is-right"
    if value.__class__ is YamlMap:
        check.keys(value, ("exit_codes",), where)
        check_values.exit_codes(check, value, rule, where)
    elif not is_truth(value):
        check.bad(rule, f"{where} must be true, false or `exit_codes`, not {kind(value)}", mark)


def coverage(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """A regular expression between slashes."""
    found = _COVERAGE.fullmatch(value) if value.__class__ is str else None
    if value is UNSEEN:
        return
    problem = regexp_error(found[1].replace("\\/", "/")) if found else "it stands between slashes"
    if problem:
        message = f"{where} is no regular expression that GitLab reads: {problem}"
        check.bad("coverage-is-a-pattern", message, mark)


def inherit(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """What a job takes from `default` and from the pipeline's variables."""
    rule = "defaults-are-right"
    if value is UNSEEN:
        return
    if value.__class__ is not YamlMap:
        check.bad(rule, f"{where} must be a mapping, not {kind(value)}", mark)
        return
    check.keys(value, ("default", "variables"), where)
    for key in ("default", "variables"):
        given = value.get(key)
        if given is None or is_truth(given):
            continue
        known = key == "variables" or all(
            one in INHERITED for one in (given if given.__class__ is YamlList else ())
        )
        if not is_texts(given) or not known:
            message = f"{where}: `{key}` must be true, false or a list of names"
            check.bad(rule, message, value.marks[key])


def pages(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """Whether and how a site is published."""
    rule = "pages-are-right"
    if is_truth(value):
        return
    if value.__class__ is not YamlMap:
        check.bad(rule, f"{where} must be true, false or a mapping, not {kind(value)}", mark)
        return
    check.keys(value, ("expire_in", "path_prefix", "publish"), where)
    for key in ("path_prefix", "publish"):
        check.test(is_text, value, key, rule, f"{where}: `{key}` must be text")
    duration(check, value, "expire_in", where, never=True)


def _only_text(rule: str) -> Check:
    def run(check: Checker, value: Any, mark: Mark, where: str) -> None:
        if not is_text(value):
            hint = "quote it" if isinstance(value, (int, float)) else ""
            check.bad(rule, f"{where} must be text, not {kind(value)}", mark, hint)

    return run


def _by_schema(definition: str, rule: str) -> Check:
    def run(check: Checker, value: Any, mark: Mark, where: str) -> None:
        if value is UNSEEN or not check.first_time(value, definition):
            return
        for error in validator(definition)(value)[:5]:
            path = "".join(f":{step}" for step in error.path)[:120]
            check.bad(rule, f"{where}{path} {error.message}", mark, error.hint)

    return run


def _dependencies(check: Checker, value: Any, mark: Mark, where: str) -> None:
    if not is_texts(value):
        check.bad("lists-hold-text", f"{where} must be a list of texts", mark)


def _extends(check: Checker, value: Any, mark: Mark, where: str) -> None:
    if not is_texts_or_text(value):
        check.bad("extends-is-right", f"{where} must be a name or a list of names", mark)


def _inputs(check: Checker, value: Any, mark: Mark, where: str) -> None:
    if value.__class__ is not YamlMap:
        if value is not UNSEEN:
            check.bad("inputs-are-right", f"{where} must be a mapping, not {kind(value)}", mark)
        return
    for error in validator("jobInputs")(value)[:5]:
        path = "".join(f":{step}" for step in error.path)[:120]
        check.bad("inputs-are-right", f"{where}{path} {error.message}", mark, error.hint)


def _parallel(check: Checker, value: Any, mark: Mark, where: str) -> None:
    matrix(check, value, mark, where.rpartition(":")[0])


#: Keywords of `default` (and, five of them, of the top level).
INHERITED_CHECKS: dict[str, Check] = {
    "after_script": check_values.scripts,
    "artifacts": check_files.artifacts,
    "before_script": check_values.scripts,
    "cache": check_files.caches,
    "hooks": check_values.hooks,
    "id_tokens": check_values.id_tokens,
    "identity": _by_schema("identity", "tokens-and-secrets-are-right"),
    "image": check_values.image,
    "interruptible": check_values.truth,
    "retry": check_values.retry,
    "services": check_values.services,
    "tags": check_values.tags,
}
CHECKS: dict[str, Check] = {
    **INHERITED_CHECKS,
    "allow_failure": allow_failure,
    "coverage": coverage,
    "dast_configuration": _by_schema("dast_configuration", "tokens-and-secrets-are-right"),
    "dependencies": _dependencies,
    "environment": environment,
    "except": check_rules.policy,
    "extends": _extends,
    "inherit": inherit,
    "inputs": _inputs,
    "manual_confirmation": _only_text("texts-are-text"),
    "only": check_rules.policy,
    "pages": pages,
    "parallel": _parallel,
    "publish": _only_text("texts-are-text"),
    "release": release,
    "resource_group": _only_text("texts-are-text"),
    "rules": check_rules.job_rules,
    "run": _by_schema("steps", "steps-are-right"),
    "script": check_values.scripts,
    "secrets": _by_schema("secrets", "tokens-and-secrets-are-right"),
    "stage": _only_text("texts-are-text"),
    "trigger": trigger,
    "variables": check_values.variables,
}


def job(check: Checker, name: str, tree: YamlMap, mark: Mark) -> None:
    """A visible job."""
    where = f"`{name[:60]}`"
    if len(name) > 255 or not name.strip():
        check.bad("jobs-are-named-right", "the name of a job has 1 to 255 characters", mark)
    bridge = "script" not in tree and "run" not in tree
    works = _work(check, tree, mark, where, bridge)
    check.keys(tree, BRIDGE_KEYS if bridge and works else job_keys(), where)
    for key, value in tree.items():
        if value is not None and (run := CHECKS.get(key)) is not None:
            run(check, value, tree.marks[key], f"{where}:{key}")
    _starts(check, tree, where, bridge)
    duration(check, tree, "timeout", where, most=check_values.MOST_TIMEOUT)
    given = tree.get("needs")
    if given is not None:
        allowed = ("job", "bridge", "project") if bridge else ("job", "cross_dependency", "project")
        kinds = needs(check, given, tree.marks["needs"], where, allowed)
        if kinds.count("bridge") > 1:
            message = f"{where}: `needs` names more than one pipeline"
            check.bad("needs-are-right", message, tree.marks["needs"])


def _work(check: Checker, tree: YamlMap, mark: Mark, where: str, bridge: bool) -> bool:
    """Check that there is something to do; returns whether there is."""
    rule = "jobs-have-work"
    if bridge:
        given = tree.get("needs")
        listed = given if given.__class__ is YamlList else [given]
        upstream = any(kind_of_need(one) == "bridge" for one in listed)
        if blank(tree.get("trigger")) and not upstream and given is not UNSEEN:
            check.bad(rule, f"{where} has neither `script`, `run` nor `trigger`", mark)
            return False
        return True
    if "run" not in tree and blank(tree["script"]):
        check.bad(rule, f"{where}: `script` is empty", tree.marks["script"])
    for one, other in (("script", "trigger"), ("run", "trigger"), ("script", "run")):
        if one in tree and other in tree:
            check.bad(rule, f"{where}: `{one}` and `{other}` exclude each other", mark)
    return True


def _starts(check: Checker, tree: YamlMap, where: str, bridge: bool) -> None:
    when = tree.get("when")
    check.choice(tree, "when", WHEN[:1] + WHEN[2:] if bridge else WHEN, "when-is-right", where)
    start, rules = tree.get("start_in"), tree.get("rules")
    if rules is not None:
        for key in ("only", "except", "start_in"):
            if tree.get(key) is not None:
                message = f"{where}: `{key}` cannot be used with `rules`"
                check.bad("rules-stand-alone", message, tree.key_marks[key])
    elif when == "delayed" and not bridge and blank(start):
        message = f"{where}: `when: delayed` needs `start_in`"
        check.bad("when-is-right", message, tree.marks["when"])
    elif start is not None and when != "delayed" and when is not UNSEEN:
        message = f"{where}: `start_in` belongs to `when: delayed`"
        check.bad("when-is-right", message, tree.key_marks["start_in"])
    duration(check, tree, "start_in", where, most=check_rules.WEEK)
