"""Letting rules rest must never change what is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iac_gym import iter_ids, load_task
from iac_gym.check import ParseError, Rule
from iac_gym.hostile import HOSTILE, damaged, misspelt
from iac_gym.languages.kubernetes import LANGUAGE
from iac_gym.languages.kubernetes.model import Manifest

RULES = LANGUAGE.rules
TASKS = 300


def _read(text: str) -> Manifest | None:
    try:
        model = LANGUAGE.parse({"manifest.yaml": text})
    except ParseError:
        return None
    assert isinstance(model, Manifest)
    return model


def _missed(text: str) -> list[str]:
    """Return what the rules that rest would have found in the text."""
    model = _read(text)
    if model is None:
        return []
    chosen = {rule.name for rule in LANGUAGE.rules_for(model)}
    resting = [rule for rule in RULES if rule.name not in chosen]
    return [f"{rule.name}: {found.message}" for rule in resting for found in rule.check(model)]


def _references() -> list[str]:
    ids = iter_ids("IaC-K8s-v0", "train", seed=11)
    return [load_task(next(ids)).reference_text for _ in range(TASKS)]


def _damaged(text: str, place: int) -> Iterator[str]:
    yield text
    variants = [*damaged(text, str(place)), *misspelt(text, str(place))]
    yield from variants[place % 8 :: 8]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_bad_example_of_a_rule_selects_it(rule: Rule) -> None:
    model = _read(rule.section("Bad"))
    assert model is not None
    assert rule in LANGUAGE.rules_for(model)


def test_rules_keep_their_order() -> None:
    model = _read("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  b: c\n")
    chosen = LANGUAGE.rules_for(model)
    assert list(chosen) == [rule for rule in RULES if rule in chosen]
    assert len(chosen) < len(RULES) / 4


def test_nothing_is_missed_in_examples_and_their_mixtures() -> None:
    examples = [rule.section(part) for rule in RULES for part in ("Bad", "Good")]
    for place, example in enumerate(examples):
        other, third = examples[(place * 7 + 3) % len(examples)], examples[(place * 31 + 5) % 149]
        assert _missed(example) == []
        assert _missed(f"{example}\n---\n{other}\n---\n{third}\n") == []


def test_nothing_is_missed_in_damaged_references() -> None:
    for place, text in enumerate(_references()):
        for variant in _damaged(text, place):
            assert _missed(variant) == [], variant


def test_nothing_is_missed_in_hostile_texts() -> None:
    for name, text in HOSTILE.items():
        assert _missed(text) == [], name


def test_a_manifest_too_large_to_search_gets_every_rule() -> None:
    items = "".join("- {a: 1}\n" for _ in range(11_000))
    model = _read(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\nlist:\n{items}")
    assert LANGUAGE.rules_for(model) == RULES
