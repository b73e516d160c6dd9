"""Templates of HCL: escapes, sequences, directives, heredocs, stripping."""

from __future__ import annotations

import pytest

from iac_gym.formats.hcl import HclError, nodes, parse
from tests.formats.hcl_trees import shape


def value(text: str) -> nodes.Node:
    return parse(f"a = {text}\n").attributes["a"].value


def refused(text: str) -> tuple[int, str]:
    with pytest.raises(HclError) as caught:
        value(text)
    return caught.value.at - 4, caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'"\n\r\t\"\\"', r"""'\n\r\t"\\'"""),
        (r'"\u00e9\U0001F600"', "'é😀'"),
        ('"tab\tin it"', r"'tab\tin it'"),
        ('"\x07"', r"'\x07'"),
        ('"$"', "'$'"),
        ('"a$b%c"', "'a$b%c'"),
        ('"$${x}"', "'${x}'"),
        ('"%%{x}"', "'%{x}'"),
        ('"$$${x}"', "'$${x}'"),
        ('"$$x"', "'$$x'"),
        ('"%${"x"}"', "t<'%', 'x'>"),
        ('"${a}"', "t<a>"),
        ('"${ a.b }"', "t<a.b>"),
        ('"x${a}y${b}"', "t<'x', a, 'y', b>"),
        ('"${true}"', "t<True>"),
        ('"${"x"}"', "t<'x'>"),
        ('"${1 + 2}"', "t<(1 + 2)>"),
        ('"${{ a = 1 }.a}"', "t<get({'a' = 1}, a)>"),
        ('"${[for x in y : "${x}"]}"', "t<<for x in y : t<x>>>"),
        ('"${\na\n}"', "t<a>"),
        ('"${a # }"\n}"', "t<a>"),
        ('"e\u0301"', "'é'"),
        ('"${f("}")}"', "t<f('}')>"),
        # stripping
        ('"x  ${~ a ~}  y"', "t<'x', a, 'y'>"),
        ('" ${~a}"', "t<'', a>"),
        ('"x\\n ${~ a}"', "t<'x', a>"),
        ('"${a ~} $ x"', "t<a, '$ x'>"),
        ('"${a ~}${b} x"', "t<a, b, ' x'>"),
        # directives
        ('"%{if a}x%{endif}"', "t<if(a) t<'x'>>"),
        ('"%{ if a }x%{ else }y%{ endif }"', "t<if(a) t<'x'> else t<'y'>>"),
        ('"%{if a}%{endif}"', "t<if(a) t<>>"),
        ('"%{for x in y}${x},%{endfor}"', "t<for(x in y) t<x, ','>>"),
        ('"%{for k, v in y}%{if v}${k}%{endif}%{endfor}z"', "t<for(k, v in y) t<if(v) t<k>>, 'z'>"),
        ('"a %{~ if b ~} c %{~ endif ~} d"', "t<'a', if(b) t<'c'>, 'd'>"),
        # heredocs
        ("<<E\nx\n  y\nE", r"'x\n  y\n'"),
        ("<<E\nE", "''"),
        ("<<E\nx\n  E  ", r"'x\n'"),
        ("<<E\r\nx\r\nE\r", r"'x\r\n'"),
        ("<<-E\n   x\n     y\n\n   E", r"'x\n  y\n\n'"),
        ("<<-E\n\tx\n\t\ty\n\tE", r"'x\n\ty\n'"),
        ("<<-E\n  ${a}\n    b\n  E", r"t<'', a, '\n  b\n'>"),
        ("<<-E\n${a}\n  b\nE", r"t<a, '\n  b\n'>"),
        ('<<E\n\\n "q" $${x} %%{y} $\nE', "'\\\\n \"q\" ${x} %{y} $\\n'"),
        ("<<E\nE x\nxE\n$E\nE", r"'E x\nxE\n$E\n'"),
        ("<<É\nx\nÉ", r"'x\n'"),
        ("<<E\n${<<F\nx\nF\n}\nE", r"t<'x\n', '\n'>"),
        ("<<E\n${a}E\nE", r"t<a, 'E\n'>"),
        ("<<E\n%{ for x in y ~}\n  ${x}\n%{ endfor ~}\nE", r"t<for(x in y) t<'  ', x, '\n'>, ''>"),
        ("<<E\nx\n ${~ a ~} \n y\nE", r"t<'x\n', a, ' y\n'>"),
        ("f(<<E\nx\nE\n)", r"f('x\n')"),
        ("[<<-E\n  x\n  E\n, 1]", r"['x\n', 1]"),
        ("{\n a = <<E\nx\nE\n b = 1\n}", r"{'a' = 'x\n', 'b' = 1}"),
        ("<<E\nx$\r\r\nE", r"'x$\r\r\n'"),
    ],
)
def test_trees(text, expected):
    assert shape(value(text)) == expected


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        (r'"x\q"', 2, r"`\q` is no escape"),
        (r'"\u12"', 1, r"`\u12` is no escape"),
        (r'"\ud800"', 1, r"`\ud800` is no escape"),
        (r'"\U00110000"', 1, r"`\U00110000` is no escape"),
        ('"\\${a}"', 1, r"`\$` is no escape"),
        ('"x\ny"', 2, "a string ends on the line where it starts"),
        ('"x\\\ny"', 2, "a backslash at the end of a line"),
        ('"${a', 1, "this `${` is never closed"),
        ('"${a"', 1, "this `${` is never closed"),
        ('"${a b}"', 5, "`}` must end the sequence, not `b`"),
        ('"${a:b}"', 4, "`}` must end the sequence, not `:`"),
        ('"${}"', 3, "a value is missing: `}` is none"),
        ('"${~}"', 4, "a value is missing: `}` is none"),
        ('"${{a = 1 ~}}"', 10, "a newline or `,` must follow an item, not `~}`"),
        ('"%{if a}"', 1, "this `%{if}` is never closed"),
        ('"%{endif}"', 1, "`%{endif}` closes nothing"),
        ('"%{else}"', 1, "`%{else}` without an `%{if}`"),
        ('"%{if a}%{else}%{else}%{endif}"', 15, "a second `%{else}`"),
        ('"%{if a}%{endfor}"', 8, "`%{endfor}` closes nothing"),
        ('"%{for x in y}%{else}%{endfor}"', 14, "`%{else}` without an `%{if}`"),
        ('"%{for x in y}%{endif}"', 14, "`%{endif}` closes nothing"),
        ('"%{while a}"', 3, "`while` is no directive"),
        ('"%{}"', 3, "`}` is no directive"),
        ('"%{endif x}"', 9, "`}` must end the sequence, not `x`"),
        ('"%{if}"', 5, "a value is missing: `}` is none"),
        ('"%{for x}"', 8, "`in` must follow the names of `for`, not `}`"),
        ("<<E\nx\nE x\n", 0, "this heredoc is never closed"),
        ("<<E\nx\n", 0, "this heredoc is never closed"),
        ("<<E\nx\ry\nE", 5, "a carriage return without a newline"),
        ("<<E\nx\rE\nE", 5, "a carriage return without a newline"),
        ("<< E\nx\nE", 0, "this is no heredoc"),
        ('<<"E"\nx\nE', 0, "this is no heredoc"),
        ("<<E\n${\nE", 4, "this `${` is never closed"),
        ("<<E\n%{if a}\nE", 4, "this `%{if}` is never closed"),
        ('"a" "b"', 4, 'a newline must follow the value of `a`, not `"b"`'),
    ],
)
def test_refusals(text, at, message):
    assert refused(text) == (at, message)


def test_a_marker_needs_a_newline_after_it():
    with pytest.raises(HclError, match="this heredoc is never closed"):
        parse("a = <<E\nx\nE")
    assert shape(parse("a = <<E\nx\nE\n").attributes["a"].value) == r"'x\n'"


def test_a_string_with_one_sequence_stands_for_its_value():
    node = value('"${a.b}"')
    assert isinstance(node, nodes.Template)
    assert len(node.parts) == 1
    assert isinstance(value('" ${~a}"').parts[0], nodes.Literal)  # two parts: this one is a string


def test_positions_in_templates():
    node = value('"xé${ a.b }y%{if c}${d}%{endif}"')
    assert node.at == 4
    assert [part.at for part in node.parts] == [5, 10, 15, 16]
    directive = node.parts[3]
    assert (directive.condition.at, directive.yes.parts[0].at) == (21, 25)


def test_positions_in_heredocs():
    node = value("<<-E\n   x ${a}\n   E")
    assert [part.at for part in node.parts] == [12, 16, 18]


def test_strings_are_composed_as_the_real_tool_does():
    assert shape(value('{ e\u0301 = "e\u0301", "e\u0301" = x["e\u0301"] }')) == (
        "{'\u00e9' = '\u00e9', '\u00e9' = x['\u00e9']}"
    )
