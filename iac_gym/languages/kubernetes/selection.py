"""Which rules can find anything in a manifest: those whose words occur in it.

A rule that looks at tolerations finds nothing where no mapping has a key `tolerations`. So each
rule says (`needs`) which words must occur: kinds of built-in objects, keys anywhere in the
manifest, and the marks below. A word that is there says nothing; a word that is missing lets the
rule rest. A rule that says nothing always runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iac_gym.check import Rule
from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.kubernetes.model import Manifest
from iac_gym.languages.kubernetes.rules.views import view

#: Marks of a manifest: it has a pod spec, more than one container, more than one object.
PODS = "@pods"
CONTAINERS = "@containers"
OBJECTS = "@objects"

#: Most mappings and sequences that are searched for keys; a larger manifest gets every rule.
_MOST_NODES = 10_000
#: Most combinations of words for which the rules are kept.
_MOST_KEPT = 4096

_COLLECTIONS = (YamlMap, YamlList)

_NEEDS: dict[str, tuple[frozenset[str], ...]] = {}

Choose = Callable[[Manifest], tuple[Rule, ...]]


def needs(*words: str) -> Callable[[Rule], Rule]:
    """Let a rule rest unless all words occur; `a|b` is met by either of the two."""

    def note(rule: Rule) -> Rule:
        _NEEDS[rule.name] = tuple(frozenset(choice.split("|")) for choice in words)
        return rule

    return note


def chooser(rules: tuple[Rule, ...]) -> Choose:
    """Make the function that picks the rules of a manifest, in their order."""
    wanted = [(rule, _NEEDS.get(rule.name, ())) for rule in rules]
    watched = frozenset(word for _, choices in wanted for choice in choices for word in choice)
    kept: dict[frozenset[str], tuple[Rule, ...]] = {}

    def choose(manifest: Manifest) -> tuple[Rule, ...]:
        words = _words(manifest)
        if words is None:
            return rules
        present = watched & words
        found = kept.get(present)
        if found is None:
            found = tuple(
                rule
                for rule, choices in wanted
                if not any(choice.isdisjoint(present) for choice in choices)
            )
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            kept[present] = found
        return found

    return choose


def _words(manifest: Manifest) -> set[Any] | None:
    """Return every key, kind and mark of a manifest; None where it is too large to search."""
    seen = view(manifest)
    words: set[Any] = set(seen.kinds)
    if seen.pods:
        words.add(PODS)
    if len(seen.containers) > 1:
        words.add(CONTAINERS)
    if len(manifest.objects) > 1:
        words.add(OBJECTS)
    if manifest.keys is not None:
        words |= manifest.keys
        return words
    nodes: list[Any] = [item.tree for item in manifest.objects]
    for node in nodes:  # grows as it is read
        if node.__class__ is YamlMap:
            words.update(node)
            nodes += [item for item in node.values() if item.__class__ in _COLLECTIONS]
        else:
            nodes += [item for item in node if item.__class__ in _COLLECTIONS]
        if len(nodes) > _MOST_NODES:
            return None
    return words
