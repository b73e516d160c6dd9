"""Checks a configuration once, as `otelcol validate` does, and keeps what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.otel_collector import check_components, pack, settings
from iac_gym.languages.otel_collector.checker import Checker
from iac_gym.languages.otel_collector.components import CONNECTS, MODULES, SCHEMAS, SIGNALS
from iac_gym.languages.otel_collector.model import (
    KINDS,
    Collector,
    Component,
    Pipeline,
)
from iac_gym.languages.otel_collector.model import (
    SIGNALS as KNOWN_SIGNALS,
)
from iac_gym.languages.otel_collector.values import expands, id_error, kind, names, section

TOP = frozenset((*KINDS, "service"))
SERVICE = frozenset(("telemetry", "extensions", "pipelines"))
STRUCTURE = "sections-are-complete"
PIPELINES = "pipelines-are-complete"
DEFINED = "components-are-defined"
TYPES = "values-have-their-type"
LEVELS = ("debug", "info", "warn", "error", "dpanic", "panic", "fatal")


def examine(model: Collector) -> None:
    """Check everything."""
    check = Checker(model)
    _sections(check, model.tree)
    for of in KINDS:
        _components(check, of)
    _service(check)
    _connectors(check)
    _extensions(check)
    _unused(check)


def _sections(check: Checker, tree: YamlMap) -> None:
    for key in tree:
        if key not in TOP:
            message = f"`{str(key)[:60]}` is not a section of a configuration"
            check.bad("fields-are-known", message, tree.key_marks[key], check.near(key, TOP))
        elif expands(tree[key]):
            continue
        elif tree[key] is not None and tree[key].__class__ is not YamlMap:
            message = f"`{key}` must be a mapping, not {kind(tree[key])}"
            check.bad(TYPES, message, tree.marks[key])
    for key in ("receivers", "exporters", "service"):
        if not tree.get(key):
            said = "is no `service` with pipelines" if key == "service" else f"are no `{key}`"
            check.bad(STRUCTURE, f"there {said}", tree.marks.get(key, tree.mark))


def _components(check: Checker, of: str) -> None:
    given = section(check.model.tree, of)
    seen: set[str] = set()
    for key, value in given.items():
        mark = given.key_marks[key]
        if key.__class__ is not str:
            check.bad(TYPES, f"the ids of {of} must be text, not {kind(key)}", mark)
            continue
        if problem := id_error(key):
            check.bad("ids-are-right", f"`{key[:60]}` is no id: {problem}", mark)
            continue
        if value is not None and value.__class__ is not YamlMap and not expands(value):
            message = f"the settings of `{key[:60]}` must be a mapping, not {kind(value)}"
            check.bad(TYPES, message, given.marks[key])
            continue
        name = "/".join(part.strip() for part in key.split("/", 1))
        if name in seen:
            check.bad("ids-are-right", f"`{key[:60]}` is defined twice", mark)
        seen.add(name)
        one = check.model.defined[of].get(key.strip())
        if one is not None:
            _component(check, one)


def _component(check: Checker, one: Component) -> None:
    singular = one.kind.removesuffix("s")
    where = f"{singular} `{one.id[:60]}`"
    if not _known(one):
        message = f"`{one.type[:60]}` is no {singular} of otelcol-contrib"
        every = {of for kind_, of in SCHEMAS if kind_ == one.kind} | pack.modules(one.kind)
        check.bad("component-types-are-known", message, one.mark, check.near(one.type, every))
    elif settings.component(check, one.kind, one.type, one.tree, where):
        check_components.component(check, one, where)
    else:
        message = f"the settings of {where} are not judged here"
        check.bad("settings-are-not-judged", message, one.mark)


def _known(one: Component) -> bool:
    if (one.kind, one.type) in SCHEMAS:
        return True
    plain = one.type.replace("_", "")
    known = pack.modules(one.kind)
    return any(name in known for name in (plain, MODULES.get(plain, ""), f"{plain}encoding"))


# --- pipelines -----------------------------------------------------------------------------------


def _service(check: Checker) -> None:
    service = check.model.service
    for key in service:
        if key not in SERVICE:
            message = f"service: `{str(key)[:60]}` is not a known setting"
            check.bad("fields-are-known", message, service.key_marks[key],
                      check.near(key, SERVICE))  # fmt: skip
    if check.model.tree.get("service") and not section(service, "pipelines"):
        message = "there are no `pipelines` in `service`"
        check.bad(STRUCTURE, message, service.marks.get("pipelines", service.mark))
    given = section(service, "pipelines")
    for key, value in given.items():
        _pipeline(check, key, value, given.key_marks[key])
    telemetry = check.model.telemetry
    logs, metrics = section(telemetry, "logs"), section(telemetry, "metrics")
    level = logs.get("level")
    if level.__class__ is str and not expands(level) and level.lower() not in LEVELS:
        message = f"telemetry: `{level[:40]}` is no level of logs"
        check.bad("settings-are-right", message, logs.marks["level"], check.near(level, LEVELS))
    check.word(metrics, "level", ("none", "basic", "normal", "detailed"), "telemetry")


def _pipeline(check: Checker, key: Any, value: Any, mark: Mark) -> None:
    where = f"pipeline `{str(key)[:60]}`"
    signal = str(key).partition("/")[0].strip()
    if signal not in KNOWN_SIGNALS:
        message = f"{where}: `{signal[:40]}` is no signal: traces, metrics or logs"
        check.bad("ids-are-right", message, mark, check.near(signal, KNOWN_SIGNALS))
    if value.__class__ is not YamlMap:
        check.bad(PIPELINES, f"{where} needs receivers and exporters", mark)
        return
    for field in value:
        if field not in ("receivers", "processors", "exporters"):
            message = f"{where}: `{str(field)[:60]}` is not a known setting"
            check.bad("fields-are-known", message, value.key_marks[field],
                      check.near(field, KINDS[:3]))  # fmt: skip
    for field, kinds in _FIELDS:
        _references(check, value, field, kinds, signal, where, mark)


_FIELDS = (
    ("receivers", ("receivers", "connectors")),
    ("processors", ("processors",)),
    ("exporters", ("exporters", "connectors")),
)


def _references(
    check: Checker, tree: YamlMap, field: str, kinds: tuple[str, ...], signal: str, where: str,
    mark: Mark,
) -> None:  # fmt: skip
    given = tree.get(field)
    if given is not None and given.__class__ is not YamlList:
        if not expands(given):
            check.bad(TYPES, f"{where}: `{field}` must be a list", tree.marks[field])
        return
    if not given and field != "processors":
        check.bad(PIPELINES, f"{where} has no {field}", tree.marks.get(field, mark))
        return
    seen: set[str] = set()
    for name, place in names(tree, field):
        one = next(
            (check.model.defined[k][name] for k in kinds if name in check.model.defined[k]), None
        )
        opaque = any(expands(check.model.tree.get(k)) for k in kinds)
        if one is None and not expands(name) and not opaque:
            known = [other for k in kinds for other in check.model.defined[k]]
            message = f"{where}: there is no {field.removesuffix('s')} `{name[:60]}`"
            check.bad(DEFINED, message, place, check.near(name, known))
        elif one is not None and one.kind != "connectors":
            _signal(check, one, signal, where, place)
        if name in seen and field == "processors":
            check.bad(PIPELINES, f"{where}: `{name[:60]}` is named twice", place)
        seen.add(name)


def _signal(check: Checker, one: Component, signal: str, where: str, mark: Mark) -> None:
    carried = SIGNALS.get((one.kind, one.type))
    if carried is not None and signal in KNOWN_SIGNALS and signal not in carried.split():
        message = f"{where}: `{one.id[:60]}` carries {carried.replace(' ', ' and ')}, no {signal}"
        check.bad("signals-fit", message, mark)


# --- connectors and extensions -------------------------------------------------------------------


def _connectors(check: Checker) -> None:
    model = check.model
    for name, one in model.defined["connectors"].items():
        for of in ("receivers", "exporters"):
            if name in model.defined[of]:
                message = f"`{name[:60]}` is a connector and stands among the {of} too"
                check.bad("ids-are-right", message, one.mark)
        ends = [pipeline for pipeline in model.pipelines if one in pipeline.exporters]
        starts = model.starts.get(one.id, [])
        where = f"connector `{name[:60]}`"
        if bool(ends) != bool(starts):
            side = "receiver of another" if ends else "exporter of one"
            message = f"{where} must be the {side} pipeline too"
            check.bad("connectors-connect", message, one.mark)
        elif ends and starts:
            _pairs(check, one, ends, starts, where)
    _cycles(check)


def _pairs(
    check: Checker, one: Component, ends: list[Pipeline], starts: list[Pipeline], where: str
) -> None:
    """Check that every side of a connector has a partner that it can work with."""
    allowed = CONNECTS.get(one.type)
    pairs = allowed.split() if allowed is not None else [f"{s}:{s}" for s in KNOWN_SIGNALS]
    if (one.kind, one.type) not in SCHEMAS and allowed is None:
        return
    for pipeline in ends:
        if not any(f"{pipeline.signal}:{other.signal}" in pairs for other in starts):
            message = f"{where} cannot turn {pipeline.signal} into what its other pipelines take"
            check.bad("connectors-connect", message, pipeline.mark)
    for pipeline in starts:
        if not any(f"{other.signal}:{pipeline.signal}" in pairs for other in ends):
            message = f"{where} makes no {pipeline.signal} of what it gets"
            check.bad("connectors-connect", message, pipeline.mark)


def _cycles(check: Checker) -> None:
    """Report pipelines that feed themselves, over whatever connectors."""
    model = check.model
    below: dict[object, list[object]] = {}
    for name, started in model.starts.items():
        below["connector", name] = [one.id for one in started]
    for pipeline in model.pipelines:
        used = [one.id for one in pipeline.exporters if one.kind == "connectors"]
        below[pipeline.id] = [("connector", name) for name in used]
    marks = {pipeline.id: pipeline.mark for pipeline in model.pipelines}
    state: dict[object, int] = {}
    for start in marks:
        if start not in state:
            for node in _found_again(start, below, state):
                if isinstance(node, str):
                    message = f"pipeline `{node[:60]}` feeds itself"
                    check.bad("connectors-connect", message, marks[node])


def _found_again(
    start: object, below: dict[object, list[object]], state: dict[object, int]
) -> Iterator[object]:
    """Yield the nodes that a walk from a node comes back to; `state` is 1 on the way, 2 after."""
    stack = [(start, iter(below.get(start, ())))]
    state[start] = 1
    while stack:
        node, rest = stack[-1]
        following = next(rest, None)
        if following is None:
            state[node] = 2
            stack.pop()
        elif state.get(following) == 1:
            way = [one for one, _ in stack]
            yield from way[way.index(following) :]
            state.update(dict.fromkeys(way, 2))
            return
        elif following not in state:
            state[following] = 1
            stack.append((following, iter(below.get(following, ()))))


def _extensions(check: Checker) -> None:
    model = check.model
    known = model.defined["extensions"]
    given = model.service.get("extensions")
    if given is not None and given.__class__ is not YamlList:
        check.bad(TYPES, "service: `extensions` must be a list", model.service.marks["extensions"])
    for name, mark in names(model.service, "extensions"):
        if name not in known and not expands(name):
            message = f"there is no extension `{name[:60]}`"
            check.bad(DEFINED, message, mark, check.near(name, known))
    started = {one.id for one in model.extensions}
    for of in ("receivers", "exporters"):
        for one in model.components(of):
            for name, mark in _needed(one.tree):
                if name not in started and not expands(name):
                    message = f"the extension `{name[:60]}` is not started in `service.extensions`"
                    check.bad(DEFINED, message, mark, check.near(name, started))


def _needed(tree: YamlMap) -> Iterator[tuple[str, Mark]]:
    """Yield the extensions that settings name: for logging in, and for storage."""
    queue: list[tuple[Any, int]] = [(tree, 0)]
    while queue:
        one, depth = queue.pop()
        if one.__class__ is not YamlMap or depth > 4:
            continue
        for key, value in one.items():
            if key == "auth" and value.__class__ is YamlMap:
                if value.get("authenticator").__class__ is str:
                    yield value["authenticator"].strip(), value.marks["authenticator"]
            elif key == "storage" and value.__class__ is str:
                yield value.strip(), one.marks[key]
            else:
                queue.append((value, depth + 1))


def _unused(check: Checker) -> None:
    for one in check.model.unused():
        message = f"{one.kind.removesuffix('s')} `{one.id[:60]}` is defined and not used"
        check.bad("components-are-used", message, one.mark)
