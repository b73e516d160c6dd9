"""Reads inventories in INI and in YAML; what the plugins refuse is noted."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable
from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.ansible.inventory import Inventory

#: (message, place)
Bad = Callable[[str, Mark], None]
_SECTION = re.compile(r"\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?")
_GROUP = re.compile(r"([^\s:\]]+)\s*(?:#.*)?")
_RANGE = re.compile(r"\[([A-Za-z0-9]+):([A-Za-z0-9]+)(?::(\d+))?\]")
_PORT = re.compile(r"([^:\s]*):(\d+)")
_LITERAL = re.compile(r"[-+\d.\[{('\"TFN]")
_MOST_HOSTS = 2_000
_MOST_LEVELS = 50
_LONGEST_LITERAL = 2_000


class RangeFault(ValueError):
    """A range of hosts that the tool refuses."""


def expand(pattern: str) -> list[str]:
    """Write ranges such as `web[01:10]` out. Raises `RangeFault`."""
    found, waiting = [], [pattern]
    while waiting:
        one = waiting.pop(0)
        if "[" not in one:
            found.append(one)
            continue
        match = _RANGE.search(one)
        if match is None:
            raise RangeFault(f"`{one[:60]}` holds a range that is not complete")
        waiting += [one[: match.start()] + part + one[match.end() :] for part in _parts(match)]
        if len(waiting) + len(found) > _MOST_HOSTS:
            raise RangeFault(f"`{pattern[:60]}` stands for more than {_MOST_HOSTS} hosts")
    return found


def _parts(match: re.Match[str]) -> list[str]:
    start, end, step = match[1], match[2], int(match[3] or 1)
    if not step:
        raise RangeFault(f"the step of `{match[0]}` is zero")
    if start.isdecimal() and end.isdecimal():
        if len(start) > 6 or len(end) > 6 or int(start) > int(end):
            raise RangeFault(f"`{match[0]}` must start with the smaller number")
        if start[0] == "0" and len(start) > 1 and len(start) != len(end):
            raise RangeFault(f"both ends of `{match[0]}` must have equally many digits")
        width = len(start) if start[0] == "0" else 0
        return [str(one).zfill(width) for one in range(int(start), int(end) + 1, step)]
    if len(start) == len(end) == 1 and start.isalpha() and end.isalpha() and start <= end:
        return [chr(one) for one in range(ord(start), ord(end) + 1, step)]
    raise RangeFault(f"`{match[0]}` is no range of numbers or letters")


def hosts_of(pattern: str) -> tuple[list[str], int | None]:
    """Return the hosts of a pattern and the port behind it. Raises `RangeFault`."""
    port = _PORT.fullmatch(_RANGE.sub("", pattern))
    if port is not None:
        return expand(pattern.rpartition(":")[0]), int(port[2])
    if pattern.endswith(":"):
        raise RangeFault(f"`{pattern[:60]}` ends in `:`, which must be followed by a port")
    return expand(pattern), None


# --- INI ------------------------------------------------------------------------------------------


class _Ini:
    def __init__(self, path: str, bad: Bad) -> None:
        self.inventory = Inventory(path)
        self.bad = bad
        self.mark: Mark = (0, 0)
        self.group, self.state = "ungrouped", "hosts"
        self.waiting: dict[str, tuple[str, Mark]] = {}
        self.declared = {"all", "ungrouped"}

    def read(self, text: str) -> Inventory:
        for number, line in enumerate(text.splitlines(), 1):
            self.mark = (number, len(line) - len(line.lstrip()) + 1)
            if (stripped := line.strip()) and stripped[0] not in ";#":
                self._line(stripped)
        for name, (message, mark) in self.waiting.items():
            if name not in self.declared:
                self.bad(message, mark)
        return self.inventory

    def _line(self, line: str) -> None:
        section = _SECTION.fullmatch(line)
        if section is not None:
            self._section(section[1], section[2] or "hosts")
        elif line[0] == "[" and line[-1] == "]":
            self.bad(f"`{line[:60]}` is no section of an inventory", self.mark)
        elif self.state == "hosts":
            self._host(line)
        elif self.state == "vars":
            key, sign, value = line.partition("=")
            if not sign:
                self.bad(f"expected `key=value`, not `{line[:60]}`", self.mark)
            variables = self.inventory.group_vars.setdefault(self.group, {})
            variables[key.strip()] = literal(value.strip())
        elif (child := _GROUP.fullmatch(line)) is not None:
            self.inventory.group(self.group).children.setdefault(child[1])
            message = (
                f"`[{self.group}:children]` names the group `{child[1][:60]}`, which is missing"
            )
            self.waiting.setdefault(child[1], (message, self.mark))
        else:
            self.bad(f"expected the name of a group, not `{line[:60]}`", self.mark)

    def _section(self, name: str, state: str) -> None:
        if state not in ("hosts", "children", "vars"):
            self.bad(f"`[{name[:60]}:{state[:60]}]` is of an unknown type", self.mark)
            state = "hosts"
        self.group, self.state = name, state
        self.inventory.group(name)
        if state == "vars":
            message = f"`[{name[:60]}:vars]` is for a group that is missing"
            self.waiting.setdefault(name, (message, self.mark))
        else:
            self.declared.add(name)

    def _host(self, line: str) -> None:
        try:
            words = shlex.split(line, comments=True)
            hosts, port = hosts_of(words[0])
        except RangeFault as fault:
            self.bad(str(fault), self.mark)
            return
        except ValueError:
            self.bad(f"a quote in `{line[:60]}` is not closed", self.mark)
            return
        variables: dict[str, Any] = {} if port is None else {"ansible_port": port}
        for word in words[1:]:
            key, sign, value = word.partition("=")
            if not sign:
                message = f"expected `key=value` for a host, not `{word[:60]}`"
                self.bad(message, self.mark)
            variables[key] = literal(value)
        if "---" in hosts:
            self.bad("`---` starts a YAML file, not an inventory in INI", self.mark)
        for host in hosts:
            self.inventory.add_host(host, self.group, variables)


def literal(text: str) -> Any:
    """Return what a value of an INI inventory means: a Python literal, else text."""
    if not _LITERAL.match(text) or len(text) > _LONGEST_LITERAL or text.count("(") > 20:
        return text
    if text.count("[") + text.count("{") > 20:
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    plain = (str, int, float, bool, list, dict, type(None))
    return value if isinstance(value, plain) else text


def read_ini(path: str, text: str, bad: Bad) -> Inventory:
    """Read an inventory in INI."""
    return _Ini(path, bad).read(text)


# --- YAML -----------------------------------------------------------------------------------------


def read_yaml(path: str, tree: Any, mark: Mark, bad: Bad) -> Inventory:
    """Read an inventory in YAML."""
    inventory = Inventory(path)
    if tree.__class__ is not YamlMap or not tree:
        bad("an inventory in YAML must be a mapping of groups", mark)
        return inventory
    if tree.get("plugin"):
        return inventory  # the configuration of an inventory plugin
    for name, group in tree.items():
        _group(inventory, str(name), group, tree.marks[name], bad, 0)
    return inventory


def _group(inventory: Inventory, name: str, tree: Any, mark: Mark, bad: Bad, depth: int) -> None:
    if depth > _MOST_LEVELS:
        bad("groups are nested too deeply", mark)
        return
    if tree.__class__ is not YamlMap:
        if tree is None:
            inventory.group(name)
        return
    inventory.group(name)
    parts = {key: _part(tree, key, name, bad) for key in ("vars", "children", "hosts")}
    if parts["vars"]:
        inventory.group_vars.setdefault(name, {}).update(parts["vars"])
    for child, value in parts["children"].items():
        inventory.group(name).children.setdefault(str(child))
        _group(inventory, str(child), value, mark, bad, depth + 1)
    place = tree.marks.get("hosts", mark)
    for pattern, variables in parts["hosts"].items():
        _yaml_hosts(inventory, name, pattern, variables, place, bad)


def _part(tree: YamlMap, key: str, name: str, bad: Bad) -> dict[Any, Any]:
    value = tree.get(key)
    if isinstance(value, str):
        return {value: None}
    if value is not None and value.__class__ is not YamlMap:
        bad(f"`{key}` of the group `{name[:60]}` must be a mapping", tree.marks[key])
        return {}
    return value or {}


def _yaml_hosts(
    inventory: Inventory, group: str, pattern: Any, variables: Any, mark: Mark, bad: Bad
) -> None:
    if not isinstance(pattern, str):
        bad(f"the host `{str(pattern)[:60]}` must be text: quote it", mark)
        return
    try:
        hosts, port = hosts_of(pattern)
    except RangeFault as fault:
        bad(str(fault), mark)
        return
    if variables is not None and variables.__class__ is not YamlMap:
        bad(f"the variables of the host `{pattern[:60]}` must be a mapping", mark)
        variables = None
    given = {**(variables or {}), **({} if port is None else {"ansible_port": port})}
    for host in hosts:
        inventory.add_host(host, group, given)
