"""Random trees, written as text and read again."""

from __future__ import annotations

import json
from unicodedata import is_normalized

from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.formats.hcl import nodes as n
from iac_gym.formats.hcl import parse, parse_json
from tests.formats.hcl_trees import shape

NAMES = st.sampled_from(["a", "b_1", "c-d", "été", "_x", "aws_vpc"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\r"), max_size=8
).filter(lambda text: is_normalized("NFC", text))
LITERALS = st.one_of(
    st.integers(0, 10**20), st.booleans(), st.none(), TEXTS, st.sampled_from([0.5, 1.25, 3e-9])
).map(lambda value: n.Literal(0, value))
STEPS = st.one_of(NAMES, NAMES.map(n.Key), st.integers(0, 99))
TRAVERSALS = st.builds(
    lambda root, steps: n.Traversal(0, root, tuple(steps)), NAMES, st.lists(STEPS, max_size=3)
)


def _template(parts: list[n.Node]) -> n.Node:
    """Literals that touch are one, and a string without sequences is a literal."""
    joined: list[n.Node] = []
    for part in parts:
        if isinstance(part, n.Literal):
            if joined and isinstance(joined[-1], n.Literal):
                continue
            if not isinstance(part.value, str) or not part.value:
                continue
        joined.append(part)
    if not joined:
        return n.Literal(0, "")
    return (
        joined[0]
        if len(joined) == 1 and isinstance(joined[0], n.Literal)
        else n.Template(0, joined)
    )


def _key(node: n.Node) -> n.Node:
    plain = isinstance(node, n.Literal) and isinstance(node.value, str)
    return node if plain else n.Parens(0, node)


def _extend(inner: st.SearchStrategy[n.Node]) -> st.SearchStrategy[n.Node]:
    name = NAMES
    return st.one_of(
        st.builds(
            lambda a, o, b: n.Binary(0, o, a, b),
            inner,
            st.sampled_from("|| && == != < > <= >= + - * / %".split()),
            inner,
        ),
        st.builds(lambda o, a: n.Unary(0, o, a), st.sampled_from("-!"), inner),
        st.builds(lambda c, a, b: n.Conditional(0, c, a, b), inner, inner, inner),
        st.builds(
            lambda f, a, e: n.Call(0, f, a, expand=e and bool(a)),
            name,
            st.lists(inner, max_size=3),
            st.booleans(),
        ),
        st.builds(lambda items: n.Tuple(0, items), st.lists(inner, max_size=3)),
        st.builds(
            lambda items: n.Object(0, [(_key(k), v) for k, v in items]),
            st.lists(st.tuples(inner, inner), max_size=3),
        ),
        st.builds(lambda s, a: n.GetAttr(0, n.Binary(0, "+", s, s), a), inner, name),
        st.builds(lambda s, k: n.Index(0, s, n.Binary(0, "+", k, k)), inner, inner),
        st.builds(lambda s, a: n.Splat(0, s, n.GetAttr(0, n.Item(0), a), full=True), inner, name),
        st.builds(
            lambda k, v, s, x, c: n.For(0, (k, v), s, None, x, c),
            st.none() | name,
            name,
            inner,
            inner,
            st.none() | inner,
        ),
        st.builds(
            lambda v, s, k, x, g: n.For(0, (None, v), s, k, x, None, group=g),
            name,
            inner,
            inner,
            inner,
            st.booleans(),
        ),
        st.builds(
            _template,
            st.lists(
                st.one_of(
                    TEXTS.map(lambda t: n.Literal(0, t)),
                    inner.filter(lambda i: not isinstance(i, n.Literal)),
                ),
                max_size=4,
            ),
        ),
        st.builds(
            lambda c, y, e: n.Template(
                0, [n.TemplateIf(0, c, n.Template(0, [y]), e and n.Template(0, [e]))]
            ),
            inner,
            TRAVERSALS,
            st.none() | TRAVERSALS,
        ),
        st.builds(
            lambda v, s, b: n.Template(0, [n.TemplateFor(0, None, v, s, n.Template(0, [b]))]),
            name,
            inner,
            TRAVERSALS,
        ),
    )


TREES = st.recursive(LITERALS | TRAVERSALS, _extend, max_leaves=12)


def _quoted(text: str) -> str:
    out = ""
    for letter in text:
        out += {"\n": "\\n", '"': '\\"', "\\": "\\\\"}.get(letter, letter)
    return out.replace("${", "$${").replace("%{", "%%{")


def _parts(parts: list[n.Node]) -> str:
    out = ""
    for part in parts:
        if isinstance(part, n.Literal):
            out += _quoted(part.value)
        elif isinstance(part, n.TemplateIf):
            out += f"%{{if {write(part.condition)}}}{_parts(part.yes.parts)}"
            out += f"%{{ else }}{_parts(part.no.parts)}" if part.no else ""
            out += "%{ endif }"
        elif isinstance(part, n.TemplateFor):
            head = f"%{{for {part.value_name} in {write(part.source)}}}"
            out += f"{head}{_parts(part.body.parts)}%{{endfor}}"
        else:
            out += f"${{{write(part)}}}"
    return out


def _step(step: n.Step) -> str:
    if isinstance(step, n.Key):
        return f'["{step}"]'
    return f"[{step}]" if isinstance(step, int) else f".{step}"


def _steps(steps: tuple[n.Step, ...]) -> str:
    return "".join(map(_step, steps))


def _for(node: n.For) -> str:
    names = f"{node.key_name}, {node.value_name}" if node.key_name else node.value_name
    head = f"for {names} in {write(node.source)} :\n"
    tail = f" if {write(node.condition)}" if node.condition else ""
    if node.key is None:
        return f"[{head}{write(node.value)}{tail}]"
    return f"{{{head}{write(node.key)} => {write(node.value)}{'...' if node.group else ''}{tail}}}"


def _literal(value: str | float | bool | None) -> str:
    return f'"{_quoted(value)}"' if isinstance(value, str) else json.dumps(value)


def write(node: n.Node) -> str:  # noqa: C901, PLR0911, PLR0912
    """The node as text; operations always in parentheses."""
    match node:
        case n.Literal():
            return _literal(node.value)
        case n.Traversal():
            return node.root + _steps(node.steps)
        case n.Template():
            return f'"{_parts(node.parts)}"'
        case n.Binary():
            return f"({write(node.left)} {node.operator} {write(node.right)})"
        case n.Unary():
            return f"({node.operator} {write(node.operand)})"
        case n.Conditional():
            return f"({write(node.condition)}\n? {write(node.yes)} : {write(node.no)})"
        case n.Call():
            return f"{node.name}({', '.join(map(write, node.args))}{'...' if node.expand else ''})"
        case n.Tuple():
            return f"[{', '.join(map(write, node.items))}]"
        case n.Object():
            return "{" + "\n".join(f"{write(k)} = {write(v)}" for k, v in node.items) + "}"
        case n.Parens():
            return f"({write(node.inner)})"
        case n.GetAttr():
            return ("" if isinstance(node.source, n.Item) else write(node.source)) + f".{node.name}"
        case n.Index():
            return f"({write(node.source)})[{write(node.key)}]"
        case n.Splat():
            return f"({write(node.source)})[*]{write(node.each)}"
        case n.For():
            return _for(node)
    raise TypeError(node)


@given(TREES)
@settings(max_examples=300, deadline=None)
def test_written_trees_are_read_as_they_were(tree):
    text = f"a = {write(tree)}\n"
    assert shape(parse(text).attributes["a"].value) == shape(tree)


@given(TREES)
@settings(max_examples=60, deadline=None)
def test_the_same_tree_in_every_place(tree):
    text = write(tree)
    expected = shape(tree)
    body = parse(
        f'b "l" {{\n x = [{text}]\n y = {{ k = {text} }}\n z = f({text},\n)\n}}\nc {{ w = {text} }}'
    )
    attributes = body.blocks[0].body.attributes
    assert shape(attributes["x"].value) == f"[{expected}]"
    assert shape(attributes["y"].value) == f"{{'k' = {expected}}}"
    assert shape(attributes["z"].value) == f"f({expected})"
    assert shape(body.blocks[1].body.attributes["w"].value) == expected


@given(TREES.filter(lambda tree: "\r" not in write(tree)))
@settings(max_examples=60, deadline=None)
def test_templates_mean_the_same_in_json(tree):
    text = json.dumps({"a": "x${" + write(tree) + "}"})
    assert shape(parse_json(text).attributes["a"].value) == f"t<'x', {shape(tree)}>"
