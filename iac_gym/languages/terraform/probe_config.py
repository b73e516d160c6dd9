"""Configurations to ask a provider about: one value set, everything required filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from iac_gym.languages.terraform.probe_schema import Block, Nested
from iac_gym.languages.terraform.probe_wire import Diagnostic, Plugin, RefusedCallError

Steps = tuple[str, ...]
Tree = dict[str, Any]
Key = tuple[str, str]


class Leaf(NamedTuple):
    """A value to put in as it is."""

    value: Any


def tree_of(settings: Iterable[tuple[Steps, Any]]) -> Tree:
    """Make a tree of (steps, value) pairs; a value may be `Leaf`, or {} for an empty block."""
    tree: Tree = {}
    for steps, value in settings:
        here = tree
        for step in steps[:-1]:
            below = here.setdefault(step, {})
            if isinstance(below, Leaf):
                break
            here = below
        else:
            if isinstance(value, Leaf) or steps[-1] not in here:
                here[steps[-1]] = value
    return tree


class Builder:
    """Builds whole configurations; `good` holds values known to be accepted, by (key, path)."""

    def __init__(self, schemas: Mapping[Key, Block], good: dict[tuple[Key, str], Any]) -> None:
        self.schemas = schemas
        self.good = good

    def config(self, key: Key, tree: Tree) -> dict[str, Any]:
        """Build the configuration of a type with a tree of settings."""
        return self._body(key, self.schemas[key], tree, ())

    def filler(self, key: Key, type: Any, steps: Steps) -> Any:
        """Return a value for an attribute that only has to be there."""
        return self._default(key, type, steps)

    def _body(self, key: Key, block: Block, tree: Tree, above: Steps) -> dict[str, Any]:
        body: dict[str, Any] = {}
        for name, attribute in block.attributes.items():
            if name in tree:
                body[name] = self._set(key, attribute.type, tree[name], (*above, name))
            elif attribute.required:
                body[name] = self._default(key, attribute.type, (*above, name))
            else:
                body[name] = None
        for name, nested in block.blocks.items():
            body[name] = self._nested(key, nested, tree.get(name), (*above, name))
        return body

    def _nested(self, key: Key, nested: Nested, tree: Any, above: Steps) -> Any:
        if isinstance(tree, Leaf):
            return tree.value
        single = nested.nesting in ("single", "group")
        if tree is None and not nested.least:
            return {} if nested.nesting == "map" else None if single else []
        first = self._body(key, nested.block, tree or {}, above)
        if single:
            return first
        return [first] * max(1, nested.least)

    def _set(self, key: Key, type: Any, tree: Any, above: Steps) -> Any:
        """Build the value of an attribute of which something inside is set."""
        if isinstance(tree, Leaf):
            return tree.value
        if isinstance(type, list) and type[0] in ("list", "set"):
            return [self._set(key, type[1], tree, above)]
        if isinstance(type, list) and type[0] == "map":
            return {"zz": self._set(key, type[1], tree, above)}
        if isinstance(type, list) and type[0] == "object":
            return {
                name: self._set(key, inner, tree[name], (*above, name)) if name in tree else None
                for name, inner in type[1].items()
            }
        return self._default(key, type, above)

    def _default(self, key: Key, type: Any, above: Steps) -> Any:
        known = self.good.get((key, ".".join(above)))
        if known is not None:
            return known
        if type == "string":
            return self.good.get((key, ".".join((*above, "*"))), "example")
        if type == "number":
            return 1
        if type == "bool":
            return True
        if type[0] in ("list", "set"):
            inner = self.good.get((key, ".".join((*above, "*"))))
            return [self._default(key, type[1], above) if inner is None else inner]
        if type[0] == "map":
            return {"zz": self._default(key, type[1], above)}
        return {name: self._default(key, t, (*above, name)) for name, t in type[1].items()}


class Asker:
    """Asks a provider about settings, and tells which errors are new against a base."""

    def __init__(self, plugin: Plugin, builder: Builder) -> None:
        self.plugin = plugin
        self.builder = builder
        self.calls = 0
        self._bases: dict[tuple[Key, Steps], Counter[Diagnostic]] = {}

    def errors(self, key: Key, settings: Iterable[tuple[Steps, Any]]) -> Counter[Diagnostic]:
        """Return all errors of a configuration."""
        self.calls += 1
        config = self.builder.config(key, tree_of(settings))
        try:
            found = self.plugin.validate(key[0], key[1], config)
        except RefusedCallError:
            found = [Diagnostic(True, "the provider refused the call", "", ())]
        # Which instance of a path is named varies from call to call: the words alone count.
        return Counter(d._replace(path=()) for d in found if d.error)

    def forget(self) -> None:
        """Drop the bases, because values known to be good have changed."""
        self._bases.clear()

    def refusals(self, key: Key, steps: Steps, value: Any) -> list[str]:
        """Set one value; return the messages of the errors that its absence does not cause."""
        base = self._bases.get((key, steps))
        if base is None:
            base = self._bases[key, steps] = self.errors(key, [(steps, Leaf(None))])
        found = self.errors(key, [(steps, Leaf(value))]) - base
        return [d.summary + (": " + d.detail if d.detail else "") for d in found]
