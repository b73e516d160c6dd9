"""The quick reader gives what the reader of events gives, or says that it cannot tell."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym import iter_ids, load_task
from iac_gym.formats.yaml import (
    COMPOSE,
    KUBERNETES,
    LIMITS,
    YAML_12,
    Dialect,
    YamlError,
    YamlList,
    YamlMap,
    load_all,
    read_events,
)
from iac_gym.formats.yaml_lines import read_lines
from iac_gym.hostile import HOSTILE, damaged, misspelt

#: Pieces that change what a line means.
PIECES = (
    *(" ", "  ", "\n", "- ", "-", ": ", ":", " #", "#", "'", '"', "|", ">", "|-", "|+", "{", "}"),
    *(
        "[",
        "]",
        ", ",
        ",",
        "&a ",
        "*a",
        "!!str ",
        "<<: ",
        "? ",
        "%",
        "@",
        "`",
        "---",
        "...",
        "--- ",
    ),
    *("~", "null", "yes", "on", "0x1f", "1_000", "08", "1e3", ".5", "-1", "+1", ".inf", ".nan"),
    *(
        "key:",
        "key: ",
        "{}",
        "[]",
        "[a, b]",
        '["a b", c]',
        "\\",
        "\t",
        "\r",
        "\u00e9",
        "\u2014 ",
        "\u2028",
        "\u0085",
        "\ufeff",
        "\U0001f600",
    ),
    *(
        "a: b",
        "- a: b",
        "- - x",
        "\n\n",
        "\n# note\n",
        "\n---\n",
        "=",
        "y: ",
        "true: ",
        "1: ",
        "$(",
    ),
    *("key: |\n  text\n", "key: |-\n    text\n   less\n", "key:\n- x\n", "key:\n\n  - x\n"),
)


def _spelt(node: Any) -> Any:
    """Return everything that a tree holds, positions and types included."""
    if isinstance(node, YamlMap):
        assert list(node) == list(node.marks) == list(node.key_marks)
        held = [(k, node.marks[k], node.key_marks[k], _spelt(v)) for k, v in node.items()]
        return ("map", node.mark, held)
    if isinstance(node, YamlList):
        assert len(node) == len(node.marks)
        return ("list", node.mark, [(m, _spelt(v)) for m, v in zip(node.marks, node, strict=True)])
    return (type(node), repr(node))


def _compare(text: str, dialect: Dialect = KUBERNETES) -> bool:
    """Hold the quick reader's result against the other's; False where it gave none."""
    quick = read_lines(text, dialect)
    if quick is None:
        return False
    try:
        slow = read_events(text, dialect, LIMITS)
    except YamlError as error:
        pytest.fail(f"{error.message}, but the quick reader reads {text!r}")
    assert [(d.mark, _spelt(d.value)) for d in quick] == [
        (d.mark, _spelt(d.value)) for d in slow
    ], text
    return True


def references(count: int) -> list[str]:
    """Return real manifests and Compose files."""
    texts: list[str] = []
    for env in ("IaC-K8s-v0", "IaC-Docker-v0"):
        ids = iter_ids(env, "train", seed=5)
        tasks = [load_task(next(ids)) for _ in range(count)]
        texts += [t.reference_text for t in tasks if "FROM " not in t.reference_text]
    return texts


def mutated(text: str, chance: random.Random) -> str:
    """Change a text in one to four places."""
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(text) + 1)
        if chance.random() < 0.5:  # at a line's first sign or end, where the meaning is decided
            place = text.find("\n", place) + 1
            place += (
                len(text[place:]) - len(text[place:].lstrip(" ")) if chance.random() < 0.5 else 0
            )
        cut = chance.choice((0, 0, 1, 2, 5))
        text = text[:place] + chance.choice(PIECES) + text[place + cut :]
    return text


def _variants(texts: list[str], count: int) -> Iterator[str]:
    chance = random.Random(7)
    for place, text in enumerate(texts):
        yield text
        yield from damaged(text, str(place))
        yield from misspelt(text, str(place))
        short = "\n".join(text.split("\n")[: chance.randint(2, 12)])
        for _ in range(count):
            yield mutated(chance.choice((text, short, short + "\n")), chance)


def test_references_and_their_mutations() -> None:
    read = sum(_compare(text) for text in _variants(references(40), 40))
    assert read > 1000


@pytest.mark.parametrize("dialect", [COMPOSE, YAML_12], ids=lambda d: d.name)
def test_other_dialects(dialect: Dialect) -> None:
    assert sum(_compare(text, dialect) for text in _variants(references(10), 20)) > 100


def test_references_are_read_quickly() -> None:
    texts = references(100)
    assert sum(read_lines(text, KUBERNETES) is not None for text in texts) > len(texts) * 0.9


def test_hostile_texts() -> None:
    for text in HOSTILE.values():
        _compare(text)


@given(st.lists(st.sampled_from((*PIECES, "a", "b: c", "    ", "x", "\n  ")), max_size=14))
@settings(max_examples=1500, deadline=None)
def test_texts_of_pieces(pieces: list[str]) -> None:
    _compare("".join(pieces))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(
                [
                    "a:",
                    "b:",
                    "c: 1",
                    "d: |",
                    "- e",
                    "- f: 2",
                    "- g:",
                    "- - h",
                    "i: [j, 'k']",
                    *("text", "# note", "", "- |-", "l: {}", "---", "m: n # o", "yes: p", "q: ''"),
                ]
            ),
        ),
        max_size=9,
    )
)
@settings(max_examples=3000, deadline=None)
def test_texts_of_lines(lines: list[tuple[int, str]]) -> None:
    _compare("".join(f"{'  ' * depth}{line}\n" for depth, line in lines))


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb:\n  - c: d\n    e: [f, 'g h', \"i\"]\n  - - j\n    - k\nl:\n- m\n- o: p\nq: r\n",
        "# note\n---\na: |\n  one\n\n    two\n  \n\nb: |-\n    three\nc:\n---\n---\nd: {}\ne: []\n",
        "a: x y: z\n".replace("y: z", "y:z # note"),
        "  a: b\n  c:\n      d: e\n",
        "# \u2014 \U0001f600\na: b\u00e9 c\u2019\nd: '\u00e9' # \u2192\n",
        "- a\n- b: c\n-   d: e\n    f: g\n",
        "a: -1\nb: --x\nc: 'it'\nd: 010\ne: ~\nf: 1.5\ng: null\nh: on\ni: \"on\"\n",
    ],
)
def test_what_it_reads(text: str) -> None:
    assert _compare(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x\n",
        "a: >\n  b\n",
        "a: b\n  c\n",
        "a: 'it''s'\n",
        "a: 1\na: 2\n",
        "yes: 1\n",
        "a: {b: c}\n",
        "a:\tb\n",
        "a: b: c\n",
        "a: |\n b",
        "a: 1\n b: 2\n",
        "<<: a\n",
        '"a": b\n',
        "a: \u00a0b\n",
        "\ufeffa: b\n",
        "text\n",
        "a:\n- b\n c: d\n",
    ],
)
def test_what_it_leaves(text: str) -> None:
    assert read_lines(text, KUBERNETES) is None


def test_trees_are_never_shared() -> None:
    text = "a: {}\nb: [c]\n"
    first, second = (load_all(text)[0].value for _ in range(2))
    first["a"]["x"] = 1
    first["b"].append("y")
    assert second == {"a": {}, "b": ["c"]}
