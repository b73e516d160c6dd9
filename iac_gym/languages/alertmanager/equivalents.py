"""Rewritings of a configuration that mean the same to Alertmanager, for the contract's tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.yaml import dump, load
from iac_gym.formats.yaml_scalars import PROMETHEUS, Spelled
from iac_gym.languages.alertmanager.matchers import MatcherError, parse_matchers

Change = Callable[[dict[str, Any]], None]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, Spelled) else value


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(item) for key, item in reversed(value.items())}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def _routes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    queue = [tree.get("route") or {}]
    while queue:
        route = queue.pop()
        yield route
        queue.extend(route.get("routes") or ())


def _each_route(change: Change) -> Callable[[Any], Any]:
    def apply(tree: Any) -> Any:
        for route in _routes(tree):
            change(route)
        return tree

    return apply


def _parts(holder: dict[str, Any], key: str) -> list[tuple[str, str, str]] | None:
    """Return the matchers of a field, None where it has none or they cannot be read."""
    if not isinstance(holder.get(key), list):
        return None
    try:
        return [part for line in holder[key] for part in parse_matchers(str(line))]
    except MatcherError:
        return None


def _written(name: str, op: str, value: str, form: str) -> str:
    text = value.replace("\\", "\\\\").replace('"', '\\"')
    return form.format(name=name, op=op, value=text)


def _rewrite(form: str) -> Callable[[Any], Any]:
    """Write all matchers in one way."""

    def change(holder: dict[str, Any], key: str) -> None:
        parts = _parts(holder, key)
        if parts is not None:
            holder[key] = [_written(*part, form) for part in parts]

    def apply(tree: Any) -> Any:
        for route in _routes(tree):
            change(route, "matchers")
        for rule in tree.get("inhibit_rules") or ():
            change(rule, "source_matchers")
            change(rule, "target_matchers")
        return tree

    return apply


def _one_line(route: dict[str, Any]) -> None:
    """Write all matchers of a route as one item, in braces."""
    parts = _parts(route, "matchers")
    if parts:
        inner = ", ".join(_written(*part, '{name}{op}"{value}"') for part in parts)
        route["matchers"] = ["{" + inner + "}"]


def _older(tree: Any) -> Any:
    """Write matchers in the fields that older files use, where these can say it."""
    for holder, prefix in [
        *((route, "") for route in _routes(tree)),
        *((rule, p) for rule in tree.get("inhibit_rules") or () for p in ("source_", "target_")),
    ]:
        parts = _parts(holder, f"{prefix}matchers")
        if not parts or any(op not in ("=", "=~") for _, op, _ in parts):
            continue
        if len({name for name, _, _ in parts}) < len(parts) or _has_others(holder, prefix):
            continue
        if not all(name.replace("_", "a").isalnum() and name.isascii() for name, _, _ in parts):
            continue
        del holder[f"{prefix}matchers"]
        for name, op, value in parts:
            field = f"{prefix}match" if op == "=" else f"{prefix}match_re"
            holder.setdefault(field, {})[name] = value
    return tree


def _has_others(holder: dict[str, Any], prefix: str) -> bool:
    return f"{prefix}match" in holder or f"{prefix}match_re" in holder


_MINUTES = {"1h": "60m", "2h": "120m", "4h": "240m", "12h": "720m", "24h": "1d", "1d": "24h"}


def _other_units(route: dict[str, Any]) -> None:
    for key in ("group_wait", "group_interval", "repeat_interval"):
        value = route.get(key)
        if isinstance(value, str):
            seconds = value.removesuffix("m")
            minutes = (
                f"{int(seconds) * 60}s" if value.endswith("m") and seconds.isdigit() else value
            )
            route[key] = _MINUTES.get(value, minutes)


def _intervals_moved(tree: Any) -> Any:
    """Put time intervals into the older field."""
    if tree.get("time_intervals") and not tree.get("mute_time_intervals"):
        tree["mute_time_intervals"] = tree.pop("time_intervals")
    return tree


def _globals_moved(tree: Any) -> Any:
    """Write what `global` says of mail and Slack into each integration."""
    given = tree.get("global") or {}
    moved = {
        "email_configs": {"smarthost": "smtp_smarthost", "from": "smtp_from"},
        "slack_configs": {"api_url": "slack_api_url", "api_url_file": "slack_api_url_file"},
    }
    for receiver in tree.get("receivers") or ():
        for field, names in moved.items():
            for one in receiver.get(field) or ():
                if any(key in one for key in ("api_url", "api_url_file")):
                    continue
                for key, name in names.items():
                    if name in given:
                        one.setdefault(key, given[name])
    return tree


def _receivers_backwards(tree: Any) -> Any:
    tree["receivers"] = list(reversed(tree.get("receivers") or []))
    return tree


_CHANGES: Mapping[str, Callable[[Any], Any]] = {
    "keys in the opposite order": _backwards,
    "receivers in the opposite order": _receivers_backwards,
    "matchers with quotes": _rewrite('{name}{op}"{value}"'),
    "matchers with spaces": _rewrite('{name} {op} "{value}"'),
    "matchers in braces": _each_route(_one_line),
    "older matchers": _older,
    "other units": _each_route(_other_units),
    "older time intervals": _intervals_moved,
    "settings instead of globals": _globals_moved,
    "an unused receiver": lambda tree: {
        **tree,
        "receivers": [*(tree.get("receivers") or ()), {"name": "not-used-anywhere"}],
    },
}


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    for path, text in files.items():
        if not path.endswith((".yaml", ".yml")):
            continue
        for change, rewrite in _CHANGES.items():
            tree = _plain(load(text, PROMETHEUS).value)
            yield change, {**files, path: dump([rewrite(tree)])}
        tree = _plain(load(text, PROMETHEUS).value)
        yield "JSON", {**files, path: json.dumps(tree, indent=2)}
        flow = yaml.safe_dump(tree, default_flow_style=True, sort_keys=False, width=80)
        yield "flow style", {**files, path: flow}
        yield "a comment", {**files, path: f"# written by hand\n{text}# the end\n"}
