"""Checks of the keywords that `default` may give, too: images, scripts, caches and so on."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.gitlab_ci.checker import (
    Checker,
    blank,
    flattened,
    is_nested_texts,
    is_text,
    is_texts,
    is_texts_or_text,
    is_truth,
    items,
    kind,
)
from iac_gym.languages.gitlab_ci.durations import expiry, seconds
from iac_gym.languages.gitlab_ci.expand import UNSEEN
from iac_gym.languages.gitlab_ci.pack import retry_reasons

PULL_POLICIES = ("always", "if-not-present", "never")
IMAGE_KEYS = frozenset(("docker", "entrypoint", "kubernetes", "name", "pull_policy"))
SERVICE_KEYS = IMAGE_KEYS | {"alias", "command", "variables"}
#: Reasons that GitLab's code knows beside those of its schema
#: (app/models/concerns/enums/ci/commit_status.rb).
MORE_REASONS = frozenset(
    """bridge_pipeline_is_child_pipeline builds_disabled ci_quota_exceeded deployment_rejected
    downstream_bridge_project_not_found downstream_pipeline_creation_failed
    environment_creation_failure failed_outdated_deployment_job forward_deployment_failure
    insufficient_bridge_permissions insufficient_upstream_permissions invalid_bridge_trigger
    ip_restriction_failure missing_dependency_failure no_matching_runner pipeline_loop_detected
    project_deleted protected_environment_failure reached_downstream_pipeline_trigger_limit
    reached_max_descendant_pipelines_depth reached_max_pipeline_hierarchy_size
    secrets_provider_not_found server_timeout_canceling server_timeout_running
    trace_size_exceeded upstream_bridge_project_not_found user_blocked""".split()
)
MOST_TAGS = 50
#: Longest time limit of a job: a month, as Rails counts it, in seconds.
MOST_TIMEOUT = 2_629_746


def scripts(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """A script: text, or lists of texts in up to ten levels."""
    if value.__class__ is str or value is UNSEEN or not check.first_time(value, "script"):
        return
    if is_nested_texts(value):
        return
    if value.__class__ is not YamlList:
        message = f"{where} must be text or a list of texts, not {kind(value)}"
        check.bad("scripts-are-text", message, mark)
        return
    for item, place in items(value, mark):
        if not (is_text(item) or is_nested_texts(item, 9)):
            hint = "quote the line: a colon with a blank behind it makes a mapping"
            message = f"{where}: each line must be text, not {kind(item)}"
            check.bad("scripts-are-text", message, place, hint if isinstance(item, dict) else "")


def image(check: Checker, value: Any, mark: Mark, where: str, service: bool = False) -> None:
    """An image or a service: a name, or a mapping with a name."""
    rule = "images-are-right"
    if value is UNSEEN:
        return
    if value.__class__ is str:
        if blank(value):
            check.bad(rule, f"{where} is empty", mark)
        return
    if value.__class__ is not YamlMap:
        check.bad(rule, f"{where} must be a name or a mapping, not {kind(value)}", mark)
        return
    check.keys(value, SERVICE_KEYS if service else IMAGE_KEYS, where)
    if blank(value.get("name")) or not is_text(value["name"]):
        check.bad(rule, f"{where} has no `name`", value.marks.get("name", mark))
    check.test(
        is_texts, value, "entrypoint", rule, f"{where}: `entrypoint` must be a list of texts"
    )
    _pull_policy(check, value, where)
    _executor(check, value, where)
    if service:
        check.test(is_texts, value, "command", rule, f"{where}: `command` must be a list of texts")
        check.test(is_text, value, "alias", rule, f"{where}: `alias` must be text")
        if value.get("variables") is not None:
            variables(check, value["variables"], value.marks["variables"], where, ())


def _pull_policy(check: Checker, tree: YamlMap, where: str) -> None:
    given = tree.get("pull_policy")
    if given is None:
        return
    good = is_texts_or_text(given) and given != []
    if not good or not all(
        one in PULL_POLICIES or one is UNSEEN for one, _ in items(given, (0, 0))
    ):
        message = f"{where}: `pull_policy` takes {', '.join(PULL_POLICIES)}"
        check.bad("images-are-right", message, tree.marks["pull_policy"])


def _executor(check: Checker, tree: YamlMap, where: str) -> None:
    rule = "images-are-right"
    for name, allowed in (("docker", ("platform", "user")), ("kubernetes", ("user",))):
        given = tree.get(name)
        if given is None or given is UNSEEN:
            continue
        if given.__class__ is not YamlMap:
            check.bad(rule, f"{where}: `{name}` must be a mapping", tree.marks[name])
            continue
        check.keys(given, allowed, f"{where}: {name}")
        for key in allowed:
            whole = name == "kubernetes" and given.get(key).__class__ is int
            if not whole:
                check.test(is_text, given, key, rule, f"{where}: `{name}:{key}` must be text")


def services(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """A list of services."""
    if value is UNSEEN or not check.first_time(value, "services"):
        return
    if value.__class__ is not YamlList:
        message = f"{where} must be a list, not {kind(value)}"
        check.bad("images-are-right", message, mark, "write `services: [postgres:17]`")
        return
    for item, place in flattened(value, mark):
        image(check, item, place, f"{where}: service", service=True)


def variables(
    check: Checker, value: Any, mark: Mark, where: str, data: tuple[str, ...] = ("value", "expand")
) -> None:
    """Variables: scalars, or mappings with the keys in `data`."""
    rule = "variables-are-right"
    if value is UNSEEN or not check.first_time(value, f"variables{data}"):
        return
    if value.__class__ is not YamlMap:
        check.bad(rule, f"{where} must be a mapping, not {kind(value)}", mark)
        return
    for name, given in value.items():
        if name.__class__ not in (str, int):
            check.bad(rule, f"{where}: a name is {kind(name)}", value.key_marks[name], "quote it")
        if given.__class__ is YamlMap:
            _variable(check, given, value.marks[name], f"{where}: `{name}`", data)
        elif given.__class__ is YamlList or (given is None and not data):
            message = f"{where}: `{str(name)[:60]}` must be text or a mapping, not {kind(given)}"
            check.bad(rule, message, value.marks[name])


def _variable(check: Checker, tree: YamlMap, mark: Mark, where: str, data: tuple[str, ...]) -> None:
    rule = "variables-are-right"
    if not data:
        check.bad(rule, f"{where} must be text", mark)
        return
    check.keys(tree, data, where)
    given, options = tree.get("value"), tree.get("options")
    if isinstance(given, (dict, list)):
        check.bad(
            rule, f"{where}: `value` must be a scalar, not {kind(given)}", tree.marks["value"]
        )
    check.test(
        lambda one: one.__class__ in (str, int), tree, "description", rule,
        f"{where}: `description` must be text",
    )  # fmt: skip
    check.test(is_truth, tree, "expand", rule, f"{where}: `expand` must be true or false")
    if not check.test(
        is_texts, tree, "options", rule, f"{where}: `options` must be a list of texts"
    ):
        return
    if (
        options
        and "options" in data
        and UNSEEN not in (given, options)
        and given not in list(options)
    ):
        check.bad(rule, f"{where}: its `value` must be among its `options`", mark)


def duration(
    check: Checker, tree: YamlMap, key: str, where: str, never: bool = False,
    most: float = float("inf"),
) -> None:  # fmt: skip
    """A duration in words."""
    value = tree.get(key)
    if value is None or value is UNSEEN:
        return
    said = f"`{value[:60]}`" if value.__class__ is str else kind(value)
    read = None
    if value.__class__ is str:
        read = expiry(value) if never else seconds(value)
    if read is None:
        hint = "quote the number" if isinstance(value, int) else "write `1 hour 30 minutes`"
        message = f"{where}: `{key}` is {said}, which is no duration"
        check.bad("durations-are-right", message, tree.marks[key], hint)
    elif read > most:
        check.bad(
            "durations-are-right", f"{where}: `{key}` is longer than allowed", tree.marks[key]
        )


def retry(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """How often to try again: 0, 1 or 2."""
    rule = "retries-are-right"
    if value is UNSEEN:
        return
    if value.__class__ is not YamlMap:
        if value.__class__ is not int or not 0 <= value <= 2:
            check.bad(rule, f"{where} must be 0, 1 or 2, or a mapping", mark)
        return
    check.keys(value, ("exit_codes", "max", "when"), where)
    most = value.get("max")
    if most is not None and most is not UNSEEN and str(most) not in ("0", "1", "2"):
        check.bad(rule, f"{where}: `max` must be 0, 1 or 2", value.marks["max"])
    reasons = retry_reasons() | MORE_REASONS
    for one, place in items(value.get("when", UNSEEN), value.marks.get("when", mark)):
        if one is not None and one is not UNSEEN and one not in reasons:
            check.bad(
                rule, f"{where}: `{str(one)[:60]}` is no reason for `when`", place,
                check.near(one, reasons),
            )  # fmt: skip
    exit_codes(check, value, rule, where)


def exit_codes(check: Checker, tree: YamlMap, rule: str, where: str) -> None:
    """Exit codes: a whole number or a list of them."""
    given = tree.get("exit_codes")
    if given is None or given is UNSEEN:
        return
    if not all(one.__class__ is int or one is UNSEEN for one, _ in items(given, (0, 0))):
        check.bad(rule, f"{where}: `exit_codes` must be whole numbers", tree.marks["exit_codes"])


def tags(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """Tags of runners: fewer than fifty texts."""
    if not is_nested_texts(value):
        message = f"{where} must be a list of texts, not {kind(value)}"
        check.bad("lists-hold-text", message, mark)
    elif value is not UNSEEN and len(value) >= MOST_TAGS:
        check.bad("lists-hold-text", f"{where}: there are {MOST_TAGS} tags or more", mark)


def truth(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """A boolean."""
    if not is_truth(value):
        hint = "write it without quotes" if value.__class__ is str else ""
        message = f"{where} must be true or false, not {kind(value)}"
        check.bad("booleans-are-booleans", message, mark, hint)


def hooks(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """Scripts around the steps of the runner."""
    if value.__class__ is not YamlMap:
        if value is not UNSEEN:
            check.bad("scripts-are-text", f"{where} must be a mapping, not {kind(value)}", mark)
        return
    check.keys(value, ("pre_get_sources_script",), where)
    if (given := value.get("pre_get_sources_script")) is not None:
        place = value.marks["pre_get_sources_script"]
        scripts(check, given, place, f"{where}: pre_get_sources_script")


def id_tokens(check: Checker, value: Any, mark: Mark, where: str) -> None:
    """Identity tokens: each has an audience."""
    rule = "tokens-and-secrets-are-right"
    if value is UNSEEN or not check.first_time(value, "id_tokens"):
        return
    if value.__class__ is not YamlMap:
        check.bad(rule, f"{where} must be a mapping, not {kind(value)}", mark)
        return
    for name, given in value.items():
        place = value.marks[name]
        if given is UNSEEN:
            continue
        if given.__class__ is not YamlMap or "aud" not in given:
            check.bad(rule, f"{where}: `{str(name)[:60]}` has no `aud`", place)
            continue
        check.keys(given, ("aud",), f"{where}: {str(name)[:60]}")
        if not is_texts_or_text(given["aud"]):
            check.bad(rule, f"{where}: `aud` must be text or a list of texts", place)
