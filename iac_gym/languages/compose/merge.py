"""`extends` and repeated list entries: how Docker Compose merges services.

Mappings merge key by key and lists are appended; commands and the health check's test replace;
environment, labels and the like may be lists or mappings and merge as the same thing. After that,
of the entries with the same key (a variable's name, a mount's target, ...) the last one counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.compose.interpolate import copied
from iac_gym.languages.compose.values import read_mount, text_of

Note = Callable[[str, str, Mark], None]

#: Longest chain of `extends`, and most tree nodes that all of them together may copy.
MOST_EXTENDS = 50
MOST_NODES = 6_000

#: Fields (paths inside a service) that may be lists or mappings and merge as lists.
_SEQUENCES = frozenset(
    """annotations build.args build.additional_contexts build.labels build.extra_hosts
    deploy.labels dns dns_opt dns_search env_file label_file environment extra_hosts labels sysctls
    tmpfs""".split()
)
_REPLACED = frozenset({"command", "entrypoint", "healthcheck.test"})
_NAMED = frozenset({"depends_on", "networks", "models"})
#: Fields whose entries are unique by what stands before `=`.
_KEYED = """annotations cap_add cap_drop dns dns_opt dns_search environment labels links profiles
    sysctls tmpfs expose""".split()


class CannotMerge(ValueError):
    """Two values of different shapes."""


def listed(value: Any) -> YamlList:
    """Turn a mapping, list or string into the list of entries that it stands for."""
    made = YamlList(getattr(value, "mark", (0, 0)))
    if isinstance(value, YamlMap):
        for key, item in sorted(value.items(), key=lambda pair: str(pair[0])):
            mark = value.marks.get(key, value.mark)
            for one in item if isinstance(item, list) else [item]:
                append(made, str(key) if one is None else f"{key}={text_of(one)}", mark)
    elif isinstance(value, YamlList):
        extend(made, value)
    elif isinstance(value, str):
        append(made, value, (0, 0))
    return made


def append(into: YamlList, item: Any, mark: Mark) -> None:
    """Append an item with its place."""
    into.append(item)
    into.marks.append(mark)


def extend(into: YamlList, other: YamlList) -> None:
    """Append another list's items with their places."""
    into.extend(other)
    into.marks.extend(other.marks)


def mapped(value: Any, path: str) -> Any:
    """Turn a list of names into the mapping that it stands for."""
    if not isinstance(value, YamlList):
        return value
    made = YamlMap(value.mark)
    for name, mark in zip(value, value.marks, strict=False):
        if isinstance(name, str):
            item = YamlMap(mark) if path == "depends_on" else None
            if item is not None:
                item.update(condition="service_started", required=True)
                item.marks.update(condition=mark, required=mark)
            put(made, name, item, mark)
    return made


def put(into: YamlMap, key: Any, value: Any, mark: Mark) -> None:
    """Set a key with its place."""
    into[key] = value
    into.marks[key] = mark
    into.key_marks.setdefault(key, mark)


def merge(base: Any, over: Any, path: str = "") -> Any:
    """Merge a value of the extended service with that of the extending one; both stay as is."""
    if path in _REPLACED or path.startswith("ulimits."):
        return over
    if path in _SEQUENCES:
        made = listed(base)
        extend(made, listed(over))
        return made
    if path in _NAMED:
        base, over = mapped(base, path), mapped(over, path)
    elif path == "build":
        base, over = _build(base), _build(over)
    if over is None:
        return base
    if path == "logging" and _other_driver(base, over):
        return over
    if isinstance(base, YamlMap):
        return _merge_maps(base, over, path)
    if isinstance(base, YamlList):
        if not isinstance(over, YamlList):
            raise CannotMerge(f"`{path}` is a list in one service and none in the other")
        made = YamlList(base.mark)
        extend(made, base)
        extend(made, over)
        return made
    return over


def _build(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    made = YamlMap()
    put(made, "context", value, (0, 0))
    return made


def _other_driver(base: Any, over: Any) -> bool:
    if not isinstance(base, dict) or not isinstance(over, dict):
        return False
    both = "driver" in base and "driver" in over
    return both and base["driver"] != over["driver"]


def _merge_maps(base: YamlMap, over: Any, path: str) -> YamlMap:
    if not isinstance(over, YamlMap):
        raise CannotMerge(f"`{path}` is a mapping in one service and none in the other")
    made = copied(base, {})
    for key, value in over.items():
        step = f"{path}.{key}" if path else str(key)
        joined = merge(base[key], value, step) if key in base else value
        put(made, key, joined, over.marks.get(key, over.mark))
    return made


def _size(tree: Any) -> int:
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return 1 + sum(_size(item) for item in inner)


class _Extends:
    """Resolves `extends` between the services of one file."""

    def __init__(self, services: YamlMap, note: Note) -> None:
        self.services = services
        self.note = note
        self.done: dict[str, Any] = {}
        self.sizes: dict[str, int] = {}
        self.budget = MOST_NODES

    def resolve(self, name: str, chain: tuple[str, ...] = ()) -> Any:
        """Return the service with everything that it extends merged in."""
        if name in self.done:
            return self.done[name]
        tree = self.services[name]
        made = self.extended(name, tree, chain) if isinstance(tree, YamlMap) else tree
        self.done[name] = made
        return made

    def extended(self, name: str, tree: YamlMap, chain: tuple[str, ...]) -> YamlMap:
        if "extends" not in tree:
            return tree
        asked, mark = tree["extends"], tree.marks.get("extends", tree.mark)
        outside = isinstance(asked, dict) and asked.get("file") is not None
        base = asked.get("service") if isinstance(asked, dict) else asked
        if outside or not isinstance(base, str):
            return tree
        problem = self.problem(name, base, chain)
        if problem:
            self.note("extends", problem, mark)
            return tree
        origin = self.resolve(base, (*chain, name))
        if not isinstance(origin, YamlMap):
            return tree
        if base not in self.sizes:
            self.sizes[base] = _size(origin)
        self.budget -= self.sizes[base]
        if self.budget < 0:
            self.note("extends", "the services extend too much altogether", mark)
            return tree
        try:
            made = _merge_maps(origin, tree, "")
        except CannotMerge as error:
            self.note("extends", f"`{name}` cannot extend `{base}`: {error}", mark)
            return tree
        made.pop("extends", None)
        if _outside(origin):
            put(made, "extends", origin["extends"], mark)
        return made

    def problem(self, name: str, base: str, chain: tuple[str, ...]) -> str:
        if base not in self.services:
            return f"`{name}` extends `{base}`, which is no service of this file"
        if base == name or base in chain:
            return f"`{name}` extends itself: {' -> '.join((*chain, name, base))[:300]}"
        if len(chain) >= MOST_EXTENDS:
            return f"the chain of `extends` is longer than {MOST_EXTENDS}"
        return ""


def _outside(tree: Any) -> bool:
    """Whether a service extends one of another file, which cannot be seen here."""
    asked = tree.get("extends") if isinstance(tree, dict) else None
    return isinstance(asked, dict) and asked.get("file") is not None


def apply_extends(tree: YamlMap, note: Note) -> YamlMap:
    """Resolve `extends` within the file and drop repeated entries of every service."""
    services = tree.get("services")
    if not isinstance(services, YamlMap):
        return tree
    resolver = _Extends(services, note)
    changed: dict[Any, Any] = {}
    for name, value in services.items():
        made = resolver.resolve(name)
        made = unique(made) if isinstance(made, YamlMap) else made
        if made is not value:
            changed[name] = made
    return copied(tree, {"services": copied(services, changed)}) if changed else tree


def _target(item: Any) -> Any:
    if isinstance(item, dict):
        return item.get("target")
    try:
        return read_mount(item).target if isinstance(item, str) else None
    except ValueError:
        return None


def _use(item: Any) -> Any:
    if isinstance(item, dict):
        return item.get("target") or f"/run/secrets/{item.get('source')}"
    return f"/run/secrets/{item}" if isinstance(item, str) else None


def _before(item: Any) -> Any:
    return str(item).partition("=")[0] if isinstance(item, (str, int)) else None


def _port(item: Any) -> Any:
    if isinstance(item, YamlMap):
        parts = ("host_ip", "published", "target", "protocol")
        default = {"host_ip": "0.0.0.0", "protocol": "tcp"}
        return "|".join(str(item.get(key, default.get(key))) for key in parts)
    return str(item) if isinstance(item, (str, int)) else None


def _file(item: Any) -> Any:
    path = item.get("path") if isinstance(item, dict) else item
    return path if isinstance(path, str) else None


_KEYS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_KEYED, _before),
    "volumes": _target,
    "secrets": _use,
    "configs": _use,
    "ports": _port,
    "env_file": _file,
}


def unique(service: YamlMap) -> YamlMap:
    """Keep the last of the entries that have the same key, at the place of the first."""
    changed: dict[Any, Any] = {}
    for name, key_of in _KEYS.items():
        value = service.get(name)
        if isinstance(value, YamlList) and len(value) > 1:
            made = _unique(value, key_of)
            if made is not value:
                changed[name] = made
    return copied(service, changed) if changed else service


def _unique(value: YamlList, key_of: Callable[[Any], Any]) -> YamlList:
    places: dict[Any, int] = {}
    made = YamlList(value.mark)
    for item, mark in zip(value, value.marks, strict=False):
        key = key_of(item)
        if isinstance(key, str) and key in places:
            made[places[key]] = item
            made.marks[places[key]] = mark
            continue
        if isinstance(key, str):
            places[key] = len(made)
        append(made, item, mark)
    return made if len(made) < len(value) else value


def merge_files(base: YamlMap, over: YamlMap, note: Note) -> YamlMap:
    """Merge a second document or file over the first, as `docker compose -f a -f b` does."""
    made = copied(base, {})
    for section, value in over.items():
        known = made.get(section)
        if isinstance(known, YamlMap) and isinstance(value, YamlMap):
            joined = copied(known, {})
            for name, item in value.items():
                try:
                    both = merge(known[name], item) if name in known else item
                    both = unique(both) if isinstance(both, YamlMap) else both
                except CannotMerge as error:
                    note("extends", f"`{section}.{name}`: {error}", value.mark)
                    both = item
                put(joined, name, both, value.marks.get(name, value.mark))
            value = joined
        put(made, section, value, over.marks.get(section, over.mark))
    return made
