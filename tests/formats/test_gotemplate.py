"""Go's templates: what is refused, with Go's words and place, and what is written."""

# ruff: noqa: E501 (a case is a line)

import pytest

from iac_gym.formats.gotemplate import (
    BUILTINS,
    Engine,
    FunctionError,
    Int64,
    Struct,
    TemplateError,
    function,
    parse,
)
from iac_gym.formats.gotemplate.builtins import FUNCTIONS
from iac_gym.formats.gotemplate.parser import parse_exactly
from iac_gym.formats.gotemplate.values import NamedMap, OtherList, StringMap

DATA = {
    "name": "web",
    "count": 3.0,
    "big": 1e6,
    "off": False,
    "nothing": None,
    "list": ["b", "a", None, 1.5],
    "map": {"b": 1.0, "a": {"c": "d"}},
    "empty": {},
}


def write(text: str, data: object = DATA, **options: str) -> str:
    return Engine(parse("t", text, BUILTINS), FUNCTIONS, **options).execute("t", data)


def refusal(text: str, data: object = DATA, **options: str) -> TemplateError:
    with pytest.raises(TemplateError) as found:
        write(text, data, **options)
    return found.value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ foo }}", 'template: t:1: function "foo" not defined'),
        ("\n{{ $x }}", 'template: t:2: undefined variable "$x"'),
        ("{{ .a", "template: t:1: unclosed action"),
        ("{{ .a\n\n", "template: t:3: unclosed action started at t:1"),
        ("{{ if .a }}x", "template: t:1: unexpected EOF"),
        ("{{ end }}", "template: t:1: unexpected {{end}}"),
        ("{{ else }}", "template: t:1: unexpected {{else}}"),
        ("{{ if }}x{{ end }}", "template: t:1: missing value for if"),
        ("{{ }}", "template: t:1: missing value for command"),
        ("{{ .a | 1 }}", "template: t:1: non executable command in pipeline stage 2"),
        ("{{ (.a }}", "template: t:1: unclosed left paren"),
        ("{{ .a) }}", 'template: t:1: unexpected ")" in command'),
        ('{{ "a }}', "template: t:1: unterminated quoted string"),
        ("{{ `a }}", "template: t:1: unterminated raw quoted string"),
        ("{{ 'a }}", "template: t:1: unterminated character constant"),
        ('{{ "\\q" }}', "template: t:1: invalid syntax"),
        ("{{ 1x }}", 'template: t:1: bad number syntax: "1x"'),
        ("{{ 99999999999999999999 }}", 'template: t:1: integer overflow: "99999999999999999999"'),
        ("{{ .a-b }}", "template: t:1: bad character U+002D '-'"),
        ("{{ .a @ }}", 'template: t:1: unexpected "@" in operand'),
        ("{{/* a }}", "template: t:1: unclosed comment"),
        ("{{/* a */ x }}", "template: t:1: comment ends before closing delimiter"),
        ("{{ break }}", "template: t:1: {{break}} outside {{range}}"),
        ("{{ $a, $b := 1 }}", "template: t:1: too many declarations in command"),
        ("{{ range $a, $b, $c := . }}{{ end }}", "template: t:1: too many declarations in range"),
        ("{{ define x }}{{ end }}", 'template: t:1: unexpected "x" in define clause'),
        (
            "{{ if . }}{{ define `y` }}{{ end }}{{ end }}",
            "template: t:1: unexpected <define> in command",
        ),
        (
            '{{ define "x" }}a{{ end }}{{ define "x" }}b{{ end }}',
            'template: t:1: template: multiple definition of template "x"',
        ),
        ("{{ template }}", 'template: t:1: unexpected "}}" in template clause'),
        ("{{ 1.y }}", 'template: t:1: bad number syntax: "1.y"'),
        ('{{ "x".y }}', 'template: t:1: unexpected . after term "\\"x\\""'),
        ("{{ range . }}{{ else if . }}{{ end }}", "template: t:1: unexpected <if> in input"),
        ("{{ if . }}{{ else with . }}{{ end }}", "template: t:1: unexpected <with> in input"),
        (
            "{{ $x := 1 }}{{ define `y` }}{{ $x }}{{ end }}",
            'template: t:1: undefined variable "$x"',
        ),
    ],
)
def test_a_text_that_go_refuses_is_refused_in_its_words(text, message):
    assert str(refusal(text)) == message
    with pytest.raises(TemplateError) as exact:
        parse_exactly("t", text, BUILTINS)
    assert str(exact.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ .a.b.c }}", "1:5: executing `t` at <.a.b.c>: nil pointer evaluating interface {}.b"),
        (
            "{{ .name.x }}",
            "1:8: executing `t` at <.name.x>: can't evaluate field x in type interface {}",
        ),
        (
            '{{ with "a" }}{{ .x }}{{ end }}',
            "1:17: executing `t` at <.x>: can't evaluate field x in type string",
        ),
        (
            "{{ index .list 9 }}",
            "1:3: executing `t` at <index .list 9>: error calling index: index out of range: 9",
        ),
        (
            "{{ eq 1 1.0 }}",
            "1:3: executing `t` at <eq 1 1.0>: error calling eq: incompatible types for comparison",
        ),
        (
            "{{ lt .nothing 1 }}",
            "1:3: executing `t` at <lt .nothing 1>: error calling lt: invalid type for comparison",
        ),
        ("{{ len 3 }}", "1:3: executing `t` at <len 3>: error calling len: len of type int"),
        ("{{ printf 1 }}", "1:10: executing `t` at <1>: expected string; found 1"),
        (
            "{{ printf .count }}",
            "1:10: executing `t` at <.count>: wrong type for value; expected string; got float64",
        ),
        (
            "{{ printf .nothing }}",
            "1:10: executing `t` at <.nothing>: wrong type for value; expected string; got interface {}",
        ),
        ("{{ not }}", "1:3: executing `t` at <not>: wrong number of args for not: want 1 got 0"),
        ("{{ nil }}", "1:3: executing `t` at <nil>: nil is not a command"),
        ("{{ 1 2 }}", "1:3: executing `t` at <1>: can't give argument to non-function 1"),
        ("{{ .name 1 }}", "1:3: executing `t` at <.name>: name is not a method but has arguments"),
        (
            "{{ range .name }}{{ end }}",
            "1:9: executing `t` at <.name>: range can't iterate over web",
        ),
        (
            "{{ range $a, $b := 3 }}{{ end }}",
            "1:19: executing `t` at <3>: can't use 3 to iterate over more than one variable",
        ),
        (
            "{{ template `x` }}",
            '1:12: executing `t` at <{{template "x"}}>: template "x" not defined',
        ),
        ("é\né{{ .a.b }}", "2:7: executing `t` at <.a.b>: nil pointer evaluating interface {}.b"),
    ],
)
def test_an_execution_that_go_stops_stops_with_its_words(text, message):
    assert str(refusal(text)) == "template: t:" + message.replace("`", '"')


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("a  {{- 3 }} b {{ 3 -}}  c {{- ` x ` -}} d {{-3}}", "a3 b 3c x d -3"),
        ("{{- /* c */ -}}  x {{- /* c */}} y {{/* c */ -}} z", "x y z"),
        ('{{ "}}" }}{{/* }} */}}{{ `{{` }}', "}}{{"),
        ("{{ .big }} {{ .count }} {{ .nothing }} {{ .missing }}", "1e+06 3 <no value> <no value>"),
        ("{{ .map }} {{ .list }}", "map[a:map[c:d] b:1] [b a <nil> 1.5]"),
        ("{{ $x := .missing }}{{ $x.y.z }}|{{ (.missing).x }}", "<no value>|<no value>"),
        ("{{ range $k, $v := .map }}{{ $k }}={{ $v }};{{ end }}", "a=map[c:d];b=1;"),
        ("{{ range 3 }}{{ . }}{{ else }}x{{ end }}{{ range 0 }}{{ else }}y{{ end }}", "012y"),
        (
            "{{ range $i, $e := .list }}{{ if eq $i 1 }}{{ continue }}{{ end }}"
            "{{ if not $e }}{{ break }}{{ end }}{{ $e }}{{ end }}",
            "b",
        ),
        ("{{ with .off }}a{{ else with .name }}{{ . }}{{ else }}c{{ end }}", "web"),
        ("{{ if .off }}a{{ else if .name }}b{{ else }}c{{ end }}", "b"),
        ("{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x = 3 }}{{ end }}{{ $x }}", "1"),
        ("{{ $x := 1 }}{{ range .list }}{{ $x = . }}{{ end }}{{ $x }}", "1.5"),
        ('{{ define "x" }}[{{ . }}{{ $ }}]{{ end }}{{ template "x" .name }}', "[webweb]"),
        ('{{ block "x" .name }}<{{ . }}>{{ end }}', "<web>"),
        ('{{ define "x" }} {{ end }}{{ define "x" }}b{{ end }}{{ template "x" }}', "b"),
        ("{{ and .name .off }} {{ or .off .name }} {{ and 1 0 (index .list 99) }}", "false web 0"),
        (
            "{{ eq .name `a` `web` }} {{ ne .nothing nil }} {{ lt 1 2 }}{{ ge `b` `a` }}",
            "true false truetrue",
        ),
        ("{{ index .map `a` `c` }} {{ index .map `zz` }} {{ slice `abc` 1 2 }}", "d <no value> b"),
        ("{{ 0x1F }} {{ 1_0 }} {{ 1e3 }} {{ 'a' }} {{ 1i }} {{ 017 }}", "31 10 1000 97 (0+1i) 15"),
        (
            '{{ printf "%d %5.1f|%-4s|%q %v %T %x" 3 2.55 "a" "b" .list .map "hi" }}',
            '3   2.5|a   |"b" [b a <nil> 1.5] map[string]interface {} 6869',
        ),
        (
            '{{ printf "%d %s %z" "a" 1 2 }} {{ printf "%d" }} {{ printf "x" 1 }}',
            "%!d(string=a) %!s(int=1) %!z(int=2) %!d(MISSING) x%!(EXTRA int=1)",
        ),
        ("{{ print 1 2 `a` `b` 3 true }}", "1 2ab3 true"),
        (
            "{{ html `<a>&` }} {{ js `it's` }} {{ urlquery `a b&c` }}",
            "&lt;a&gt;&amp; it\\'s a+b%26c",
        ),
        ("{{ (index .list 0) }}{{ .name | printf `%s-%s` `x` }}", "bx-web"),
    ],
)
def test_what_a_template_writes(text, output):
    assert write(text) == output


def test_the_missingkey_option_says_what_a_missing_key_is():
    assert write("{{ .a.b }}", {}, missingkey="default") == "<no value>"
    assert "nil pointer" in str(refusal("{{ .a.b }}", {}, missingkey="zero"))
    assert 'map has no entry for key "a"' in str(refusal("{{ .a }}", {}, missingkey="error"))


def test_objects_of_the_host_have_fields_and_methods():
    def has(version: str) -> bool:
        if version == "?":
            raise FunctionError("no question")
        return version == "v1"

    versions = OtherList("VersionSet", ["v1"], {"Has": function(has, "string")})
    files = NamedMap(
        "files", {"b": b"2", "a": b"1"}, {"Get": lambda name: f"<{name}>"}, loose=False
    )
    data = {"Capabilities": Struct("*Capabilities", {"APIVersions": versions}), "Files": files}
    text = '{{ .Capabilities.APIVersions.Has "v1" }} {{ .Files.Get "x" }} {{ len .Files }}'
    assert write(text, data) == "true <x> 2"
    assert (
        write("{{ range $k, $v := .Files }}{{ $k }}{{ printf `%s` $v }}{{ end }}", data) == "a1b2"
    )
    assert "can't evaluate field Nope in type interface {}" in str(
        refusal("{{ .Capabilities.Nope }}", data)
    )
    assert "error calling Has: no question" in str(
        refusal('{{ .Capabilities.APIVersions.Has "?" }}', data)
    )
    assert "want 1 got 0" in str(refusal("{{ .Capabilities.APIVersions.Has }}", data))
    assert "expected string; got int" in str(
        refusal("{{ $x := 1 }}{{ .Capabilities.APIVersions.Has $x }}", data)
    )


def test_types_decide_about_comparisons():
    data = {"text": StringMap({"a": "b"}), "long": Int64(3)}
    assert write("{{ eq .long 3 }}{{ .text.nope }}{{ printf `%T` .long }}", data) == "trueint64"
    assert "incompatible types" in str(refusal("{{ eq .long 3.0 }}", data))


def test_each_line_of_the_output_knows_where_it_comes_from():
    text = 'a: 1\n{{- range .list }}\n- {{ . }}\n{{- end }}\n{{ template "x" . }}\nlast\n'
    helpers = '\n{{ define "x" }}\nhelp: {{ .name }}{{ end }}'
    trees = parse("t", text, BUILTINS) | parse("h", helpers, BUILTINS)
    made = Engine(trees, FUNCTIONS).execute("t", {"list": [1.0, 2.0], "name": "n"}, trace=True)
    assert made.text == "a: 1\n- 1\n- 2\n\nhelp: n\nlast\n"
    sources = [made.source(line) for line in range(1, 7)]
    assert sources == [("t", 1), ("t", 3), ("t", 3), ("h", 2), ("h", 3), ("t", 6)]


def test_equal_actions_are_one_object_and_errors_still_know_their_place():
    text = "{{ .a.b.c }}"
    first, second = parse("x", text, BUILTINS), parse("y", "\n\n  " + text, BUILTINS)
    assert first["x"].root[0].pipe is second["y"].root[1].pipe
    with pytest.raises(TemplateError) as found:
        Engine(second, FUNCTIONS).execute("y", {})
    assert (found.value.name, found.value.line, found.value.column) == ("y", 3, 8)


def test_a_table_of_functions_is_part_of_what_is_remembered():
    assert parse("t", "{{ upper `a` }}", BUILTINS | {"upper"})
    with pytest.raises(TemplateError):
        parse("t", "{{ upper `a` }}", BUILTINS)
