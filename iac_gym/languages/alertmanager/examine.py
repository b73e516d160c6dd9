"""Checks a configuration once, as `amtool check-config` does, and keeps what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.alertmanager import structs  # noqa: F401  registers its checks
from iac_gym.languages.alertmanager.checker import Checker
from iac_gym.languages.alertmanager.decode import decode
from iac_gym.languages.alertmanager.model import Configuration
from iac_gym.languages.alertmanager.receivers import FALLBACKS, GLOBAL_DEFAULTS, SUFFIX, is_set
from iac_gym.languages.alertmanager.templates import templates
from iac_gym.languages.alertmanager.values import is_true, mappings, text_of

#: Integration -> settings that it needs, from itself or from `global`.
DEMANDED = {
    "email": ("smarthost", "from"),
    "slack": ("api_url",),
    "opsgenie": ("api_key",),
    "wechat": ("api_secret", "corp_id"),
    "victorops": ("api_key",),
    "jira": ("api_url",),
    "rocketchat": ("token_id", "token"),
}
ROOT = "the-root-route-is-complete"


def examine(model: Configuration, templated: bool = True) -> None:
    """Check everything; `templated` says that the texts may hold templates."""
    check = Checker(model)
    decode(check, "Config", model.tree, model.tree.mark, "the configuration")
    names = _receivers(check, model.tree)
    intervals = _intervals(check, model.tree)
    _root(check, model.tree)
    _references(check, model.tree.get("route"), names, intervals)
    _unreached(check, model)
    if templated or model.templates:
        templates(check)


def _receivers(check: Checker, tree: YamlMap) -> set[str]:
    """Check the names of receivers and what their integrations need; returns the names."""
    names: set[str] = set()
    given = tree.get("global")
    for one, mark in mappings(tree, "receivers"):
        name = text_of(one.get("name"))
        if not name:
            check.bad("receivers-are-named", "a receiver has no `name`", mark)
        elif name in names:
            message = f"there are two receivers called `{name[:60]}`"
            check.bad("receivers-are-named", message, one.marks.get("name", mark))
        names.add(name)
        for key in one:
            kind = key.removesuffix(SUFFIX) if key.__class__ is str else ""
            if kind in DEMANDED:
                for config, place in mappings(one, key):
                    _demanded(check, kind, config, place, given)
    return names


def _demanded(check: Checker, kind: str, config: YamlMap, mark: Mark, given: Any) -> None:
    for key in DEMANDED[kind]:
        group = next(group for group in FALLBACKS[kind] if key in group)
        if any(is_set(config.get(one)) for one in group):
            continue
        found = given if given.__class__ is YamlMap else {}
        if not any(is_set(found.get(one)) or one in GLOBAL_DEFAULTS for one in group.values()):
            message = f"`{key}` is missing here, and `{group[key]}` in `global`"
            check.bad("integrations-are-complete", message, mark)


def _intervals(check: Checker, tree: YamlMap) -> set[str]:
    names: set[str] = set()
    for field in ("mute_time_intervals", "time_intervals"):
        for one, mark in mappings(tree, field):
            name = text_of(one.get("name"))
            if name in names:
                message = f"there are two time intervals called `{name[:60]}`"
                check.bad("time-intervals-are-named", message, one.marks.get("name", mark))
            names.add(name)
    return names


def _root(check: Checker, tree: YamlMap) -> None:
    route = tree.get("route")
    if route is None:
        check.bad(ROOT, "there is no `route`", tree.mark)
    if route.__class__ is not YamlMap:
        return
    if not is_set(route.get("receiver")):
        check.bad(ROOT, "the root route needs a `receiver`", route.mark)
    for key in ("match", "match_re", "matchers"):
        if route.get(key):
            message = "the root route takes every alert: it cannot have matchers"
            check.bad(ROOT, message, route.key_marks[key])
    for key in ("mute_time_intervals", "active_time_intervals"):
        if route.get(key):
            message = "the root route cannot have time intervals"
            check.bad(ROOT, message, route.key_marks[key])
    if is_true(route.get("continue")):
        check.bad(ROOT, "`continue` has no meaning in the root route", route.key_marks["continue"])


def _references(check: Checker, route: Any, names: set[str], intervals: set[str]) -> None:
    """Check that the receivers and intervals of all routes are defined."""
    for one in _every(route):
        receiver = one.get("receiver")
        if is_set(receiver) and text_of(receiver) not in names:
            message = f"there is no receiver called `{text_of(receiver)[:60]}`"
            hint = check.near(receiver, names)
            check.bad("receivers-are-defined", message, one.marks["receiver"], hint)
        for key in ("mute_time_intervals", "active_time_intervals"):
            given: Any = one.get(key)
            for at, name in enumerate(given if isinstance(given, YamlList) else ()):
                if text_of(name) not in intervals:
                    message = f"there is no time interval called `{text_of(name)[:60]}`"
                    hint, mark = check.near(name, intervals), given.marks[at]
                    check.bad("time-intervals-are-defined", message, mark, hint)


def _every(route: Any) -> Iterator[YamlMap]:
    """Yield a route and all below it; one that aliases repeat is yielded once."""
    queue, seen = [route], set()
    while queue:
        one = queue.pop()
        if one.__class__ is YamlMap and id(one) not in seen:
            seen.add(id(one))
            yield one
            below = one.get("routes")
            queue.extend(below if below.__class__ is YamlList else ())


def _unreached(check: Checker, model: Configuration) -> None:
    for route in model.root.every():
        if route.dead and not (route.parent and route.parent.dead):
            check.bad("routes-are-reached", route.dead, route.mark)
