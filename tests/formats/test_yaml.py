"""The YAML loader and emitter: scalars per dialect, positions, refusals, round trips."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.formats.yaml import (
    COMPOSE,
    KUBERNETES,
    YAML_12,
    Dialect,
    Limits,
    YamlError,
    YamlMap,
    dump,
    find,
    load,
    load_all,
)

ALL = (KUBERNETES, COMPOSE, YAML_12)


def value(text: str, dialect: Dialect = KUBERNETES) -> Any:
    return load(text, dialect).value


def refused(text: str, dialect: Dialect = KUBERNETES) -> YamlError:
    with pytest.raises(YamlError) as caught:
        load_all(text, dialect)
    return caught.value


@pytest.mark.parametrize(
    ("text", "kubernetes", "compose", "yaml_12"),
    [
        ("yes", True, "yes", "yes"),
        ("y", True, "y", "y"),
        ("on", True, "on", "on"),
        ("Off", False, "Off", "Off"),
        ("true", True, True, True),
        ("tRue", "tRue", "tRue", "tRue"),
        ("0777", 511, 511, 777),
        ("0o777", 511, 511, 511),
        ("0x1F", 31, 31, 31),
        ("0b11", 3, 3, "0b11"),
        ("1_000", 1000, 1000, "1_000"),
        ("089", 89, 89.0, 89),
        ("22:22", "22:22", "22:22", "22:22"),
        ("2024-01-01", "2024-01-01", "2024-01-01", "2024-01-01"),
        ("3.0", 3, 3.0, 3.0),
        ("1e3", 1000, 1000.0, 1000.0),
        ("1.5", 1.5, 1.5, 1.5),
        ("1e999", "1e999", "1e999", float("inf")),
        ("+5", 5, 5, 5),
        ("18446744073709551616", 2.0**64, 2.0**64, 2**64),
        ("=", "=", "=", "="),
        ("-", None, None, None),
        ("1.2.3", "1.2.3", "1.2.3", "1.2.3"),
        ("500m", "500m", "500m", "500m"),
        ("!!str 12", "12", "12", "12"),
        ('!!int "12"', 12, 12, 12),
        ("!!binary YWI=", "ab", "ab", "ab"),
        ("!secret x", "x", "x", "x"),
        ("! 12", "12", "12", "12"),
    ],
)
def test_plain_scalars(text: str, kubernetes: Any, compose: Any, yaml_12: Any) -> None:
    if text == "-":
        assert value("a: [-1, '-']")["a"] == [-1, "-"]
        return
    for dialect, wanted in zip(ALL, (kubernetes, compose, yaml_12), strict=True):
        found = value(f"a: {text}", dialect)["a"]
        assert (found, type(found)) == (wanted, type(wanted)), dialect.name


def test_keys_become_text_as_in_json() -> None:
    assert list(value("{1: a, true: b, 1.5: c, on: d}".replace("on: d", "e: d"))) == [
        "1",
        "true",
        "1.5",
        "e",
    ]
    assert list(value("{1: a}", COMPOSE)) == [1]
    assert "null" in refused("null: a").message
    assert "twice" in refused("{1: a, '1': b}").message
    assert "twice" in refused("{yes: a, on: b}").message


def test_positions() -> None:
    tree = value("a:\n  - b: 1\n    c: [x,  z]\n")
    assert tree.mark == (1, 1)
    assert find(tree, ("a",)) == ([{"b": 1, "c": ["x", "z"]}], (2, 3))
    assert find(tree, ("a", 0, "c", 1)) == ("z", (3, 13))
    assert find(tree, ("a", 0, "c", 7, "z"))[1] == (3, 8)
    assert tree["a"][0].key_marks["c"] == (3, 5)


def test_documents() -> None:
    text = "---\n---\n# only a comment\n---\na: 1\n---\nnull\n---\nb: 2\n..."
    assert [(d.value, d.mark) for d in load_all(text)] == [({"a": 1}, (5, 1)), ({"b": 2}, (9, 1))]
    assert load("").value is None
    with pytest.raises(YamlError, match="second document"):
        load("a\n---\nb")


def test_line_ends_and_byte_order_mark() -> None:
    assert value("\ufeffa: 1\r\nb:\r\n  - 2\r\n") == {"a": 1, "b": [2]}


def test_anchors_share_the_tree() -> None:
    tree = value("a: &x {b: 1}\nc: *x\n")
    assert tree["c"] is tree["a"]
    assert tree.marks["c"] == (2, 4)
    assert "no anchor" in refused("a: &x 1\n---\nb: *x").message


def test_merge_key_with_its_tag() -> None:
    text = "a: &x {b: 1}\nc:\n  !!merge <<: *x\n  d: 2\n"
    assert load(text).value == {"a": {"b": 1}, "c": {"b": 1, "d": 2}}


def test_merge_keys() -> None:
    base = "b: &b {x: 1, z: 2}\n"
    assert value(base + "c: {<<: *b, x: 3}")["c"] == {"x": 3, "z": 2}
    assert value(base + "c: {x: 3, <<: *b}")["c"] == {"x": 1, "z": 2}  # go-yaml v2
    assert value(base + "c: {x: 3, <<: *b}", COMPOSE)["c"] == {"x": 3, "z": 2}
    assert value(base + "c: {<<: *b}", YAML_12)["c"] == {"<<": {"x": 1, "z": 2}}
    assert value(base + "c: {<<: [{x: 5}, *b]}")["c"] == {"x": 5, "z": 2}
    assert value("c: {'<<': 1}")["c"] == {"<<": 1}
    assert "`<<`" in refused("c: {<<: 1}").message
    assert "twice" in refused(base + "c: {<<: *b, x: 3, x: 4}").message


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "twice"),
        ("a:\n\tb: 1\n", 2, 1, "cannot start"),
        ("a: b: c", 1, 5, "`:`"),
        ("a: *b", 1, 4, "anchor"),
        ("a: &x [*x]", 1, 8, "inside"),
        ("{a: b}: c", 1, 1, "key"),
        ("[a]: c", 1, 1, "key"),
        ("&x {a: b}: c", 1, 1, "key"),
        ("a: {{ x }}", 1, 5, "key"),
        ("x\x00y", 1, 2, "U+0000"),
        ("a: 1\nb: \x07", 2, 4, "U+0007"),
        ("a\ud800", 1, 2, "U+D800"),
        ('a: "\\ud800"', 1, 7, "escape"),
        ("a: .inf", 1, 4, "JSON"),
        ("a: " + "9" * 6000, 1, 4, "too large"),
        ("a: !!int x", 1, 4, "!!int"),
        ("a: [b", 2, 1, "bracket"),
        ('a: "b', 1, 6, "never closed|ends inside"),
        ("- a\nb: c", 2, 1, "list"),
        ("a: @b", 1, 4, "cannot start"),
        ("{}{}", 1, 3, "end of the document"),
    ],
)
def test_refused(text: str, line: int, column: int, word: str) -> None:
    error = refused(text)
    assert any(part in error.message for part in word.split("|")), error.message
    assert (error.line, error.column) == (line, column)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
)
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 400))
HOSTILE = {
    "alias bomb": BOMB,
    "alias chain": CHAIN,
    "merge bomb": "a: &a {"
    + ", ".join(f"k{n}: 1" for n in range(300))
    + "}\n"
    + "".join(f"b{n}: {{<<: *a}}\n" for n in range(2000)),
    "nested lists": "[" * 50_000,
    "nested maps": "{a: " * 50_000,
    "nested blocks": "- " * 50_000,
    "one megabyte": "a" * 1_000_000,
    "garbage": "\u20ac%@`{[" * 20_000,
    "quotes": '"' * 50_000,
    "many digits": "a: " + "7" * 6000,
    "many digits, negative": "a: -" + "7" * 6000,
    "many hexadecimal digits": "a: 0x" + "f" * 60_000,
    "many tags": "".join(f"%TAG !a{n}! x\n" for n in range(5000)) + "--- a",
    "many documents": "--- a\n" * 20_000,
    "many anchors": "".join(f"- &a{n} x\n" for n in range(12_000)),
    "long key": "a" * 60_000 + ": b",
    "colons": ": " * 20_000,
    "question marks": "? " * 20_000,
    "stars": "*a " * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("dialect", ALL, ids=lambda d: d.name)
def test_hostile_text_is_judged_quickly(name: str, dialect: Dialect) -> None:
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        with suppress(YamlError):
            load_all(HOSTILE[name], dialect)
        best = min(best, time.process_time() - start)
    assert best < 0.1


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_documents_or_a_yaml_error(text: str) -> None:
    for dialect in ALL:
        with suppress(YamlError):
            load_all(text, dialect)


@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`,? \n\t<0179.e~", max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_yaml_like_text_gives_documents_or_a_yaml_error(text: str) -> None:
    for dialect in ALL:
        with suppress(YamlError):
            load_all(text, dialect)


# --- the emitter ----------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=20),
    st.text(alphabet="ab \n:#-'\"\\\t", max_size=12),
    st.sampled_from(
        ["80", "true", "on", "y", "1e3", "", "null", "~", "0777", "0o7", "1_0", "22:22", ".inf"]
    ),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, TREES, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_what_is_dumped_reads_back(tree: dict[str, Any]) -> None:
    text = dump([tree, tree])
    for dialect in ALL:
        first, second = load_all(text, dialect)
        assert first.value == second.value == tree
    assert isinstance(load_all(text)[0].value, YamlMap)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_texts_stay_texts(text: str) -> None:
    for dialect in ALL:
        tree = {"a key": text, text: [text]}
        assert load(dump([tree]), dialect).value == tree


def test_long_keys_and_trailing_lines_read_back() -> None:
    tree = {"k" * 2000: [{"l" * 1500: {"m" * 1200: 1}}], "end": "x\n\n"}
    assert value(dump([tree])) == tree


def test_dump_looks_like_a_person_wrote_it() -> None:
    tree = {
        "name": "web",
        "port": 80,
        "text": "80",
        "args": ["--port=80", "a: b", "-x"],
        "items": [{"a": 1, "b": []}, {}, [1, 2]],
        "script": "set -e\nls\n",
        "none": None,
    }
    assert dump([tree, {"image": "nginx:1.27", "ip": "10.0.0.1"}]) == (
        'name: web\nport: 80\ntext: "80"\nargs:\n  - --port=80\n  - "a: b"\n  - -x\n'
        "items:\n  - a: 1\n    b: []\n  - {}\n  - - 1\n    - 2\n"
        "script: |\n  set -e\n  ls\nnone: null\n---\nimage: nginx:1.27\nip: 10.0.0.1\n"
    )


_TAGS = replace(YAML_12, name="tags", loose_tags=False, wraps={"!Ref": "Ref", "!If": "Fn::If"})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: !Ref b", {"a": {"Ref": "b"}}),
        ("a: !Ref", {"a": {"Ref": ""}}),
        ("a: !Ref 5", {"a": {"Ref": "5"}}),
        ("a: !If [x, !Ref b, c]", {"a": {"Fn::If": ["x", {"Ref": "b"}, "c"]}}),
        ("a: !If\n  - x\n  - k: !Ref b\n", {"a": {"Fn::If": ["x", {"k": {"Ref": "b"}}]}}),
        ("- &x !If [y]\n- *x", [{"Fn::If": ["y"]}, {"Fn::If": ["y"]}]),
        ("- &x !Ref y\n- *x", [{"Ref": "y"}, {"Ref": "y"}]),
    ],
)
def test_tags_that_stand_for_a_key_give_the_long_form(text, value):
    assert load(text, _TAGS).value == value


def test_the_mapping_of_a_tag_stands_where_the_tag_does():
    tree = load("a:\n  b: !If [x]\n", _TAGS).value
    assert find(tree, ("a", "b", "Fn::If", 0)) == ("x", (2, 11))
    assert tree["a"]["b"].mark == (2, 6)


@pytest.mark.parametrize("text", ["!Ref a: b", "!If [a]: b", "a: !Other x", "a: !Other [x]"])
def test_tags_of_keys_and_unknown_tags_are_refused(text):
    with pytest.raises(YamlError, match=r"used as a key|is not known here"):
        load(text, _TAGS)


def test_nested_tags_count_towards_the_limits():
    limits = Limits(nodes=30)
    with pytest.raises(YamlError, match="more than 30 values"):
        load("[" + ", ".join(["!Ref a"] * 20) + "]", _TAGS, limits)
