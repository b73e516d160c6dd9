"""Sprig's and Helm's functions: what they give, and what they say of what they cannot take."""

# ruff: noqa: E501 (a case is a line)

import pytest

from iac_gym.formats.gotemplate import Engine, TemplateError, parse
from iac_gym.formats.gotemplate.helm import HELM, HELM_NAMES
from iac_gym.formats.gotemplate.semver import SemverError, satisfies
from iac_gym.formats.gotemplate.values import NamedMap

DATA = {
    "s": "Hello World",
    "l": [1.0, "x", None],
    "sl": ["b", "a", "c", "a"],
    "m": {"a": 1.0, "b": {"c": "d"}},
    "t": True,
    "nil": None,
    "n": 1e6,
}


def write(text: str, data: object = DATA) -> str:
    return Engine(parse("t", text, HELM_NAMES), HELM).execute("t", data)


def refusal(text: str) -> str:
    with pytest.raises(TemplateError) as found:
        write(text)
    return found.value.message


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ('{{ default "d" .nope }} {{ .s | default "d" }} {{ default 1 0 }}', "d Hello World 1"),
        ('{{ empty .nil }} {{ coalesce .nil "" "z" }} {{ ternary "a" "b" .t }}', "true z a"),
        (
            '{{ quote .s .nil 3 }} {{ squote 1.5 }} {{ "a\\"b" | quote }}',
            '"Hello World" "3" \'1.5\' "a\\"b"',
        ),
        (
            '{{ trunc 5 .s }} {{ trunc -5 .s }} {{ trimSuffix "-" "a-" }} {{ substr 0 5 .s }}',
            "Hello World a Hello",
        ),
        (
            '{{ snakecase "FirstName" }} {{ camelcase "http_server" }} {{ kebabcase "HTTPServer9x" }}',
            "first_name HttpServer http-server-9x",
        ),
        (
            '{{ title "foo bar" }} {{ untitle "Foo" }} {{ initials "Foo Bar" }} {{ nospace "a b" }}',
            "Foo Bar foo FB ab",
        ),
        (
            '{{ replace " " "-" .s }} {{ contains "ell" .s }} {{ cat 1 "a" nil }}',
            "Hello-World true 1 a",
        ),
        (
            '{{ (split "," "a,b")._1 }} {{ (split "," "a")._9 }} {{ splitList "," "a,b" | join "+" }}',
            "b  a+b",
        ),
        ('{{ indent 2 "a\\nb" }}|{{ nindent 1 "a" }}', "  a\n  b|\n a"),
        (
            '{{ wrap 5 "hello there x" }} {{ abbrev 8 .s }} {{ plural "one" "many" 2 }}',
            "hello\nthere\nx Hello... many",
        ),
        (
            '{{ add 1 "2" 1.9 }} {{ div -7 2 }} {{ mod -7 3 }} {{ max 1 5 3 }} {{ mul 2 3 }}',
            "4 -3 -1 5 6",
        ),
        (
            '{{ int "0x1f" }} {{ int "010" }} {{ int "x" }} {{ int .n }} {{ int64 "12.00" }}',
            "31 8 0 1000000 12",
        ),
        (
            "{{ divf 10 3 }} {{ addf 1.5 2 }} {{ round 123.5555 3 }} {{ ceil 1.2 }} {{ floor -1.2 }}",
            "3.3333333333333335 3.5 123.556 2 -2",
        ),
        (
            '{{ until 3 }} {{ untilStep 9 3 -2 }} {{ seq 0 2 6 }} {{ toDecimal "0777" }}',
            "[0 1 2] [9 7 5] 0 2 4 6 511",
        ),
        (
            "{{ first .l }} {{ last .sl }} {{ rest .sl }} {{ initial .sl }} {{ reverse .sl }}",
            "1 a [a c a] [b a c] [a c a b]",
        ),
        (
            '{{ uniq .sl }} {{ without .sl "a" }} {{ has 1.0 .l }} {{ has 1 .l }} {{ compact .l }}',
            "[b a c] [b c] true false [1 x]",
        ),
        (
            "{{ append .l 2 }} {{ prepend .sl 0 }} {{ concat .sl .l }} {{ chunk 3 .sl }} {{ slice .sl 1 3 }}",
            "[1 x <nil> 2] [0 b a c a] [b a c a 1 x <nil>] [[b a c] [a]] [a c]",
        ),
        (
            '{{ sortAlpha .sl | join "," }} {{ dict "a" 1 "b" }} {{ get .m "q" }}| {{ hasKey .m "a" }}',
            "a,a,b,c map[a:1 b:] | true",
        ),
        (
            '{{ pick .m "a" "z" }} {{ omit .m "a" }} {{ pluck "a" .m .m }} {{ keys .m }}',
            "map[a:1] map[b:map[c:d]] [1 1] [a b]",
        ),
        ('{{ dig "b" "c" "?" .m }} {{ dig "b" "x" "?" .m }}', "d ?"),
        (
            '{{ merge (dict "a" false "s" "") (dict "a" true "s" "x" "l" 1) }}',
            "map[a:true l:1 s:x]",
        ),
        (
            '{{ mergeOverwrite (dict "a" true "b" (dict "c" 1)) (dict "a" false "b" (dict "d" 2)) }}',
            "map[a:false b:map[c:1 d:2]]",
        ),
        (
            '{{ mergeOverwrite (dict "a" "s") (dict "a" (dict "x" 1)) }} {{ mergeOverwrite (dict "a" 1) (dict "a" nil) }}',
            "map[a:map[x:1]] map[a:<nil>]",
        ),
        (
            '{{ $m := dict "a" 1 }}{{ $_ := set $m "b" 2 }}{{ $m }}{{ unset $m "a" }}',
            "map[a:1 b:2]map[b:2]",
        ),
        (
            '{{ $m := dict "a" (dict) }}{{ $c := deepCopy $m }}{{ $_ := set $c.a "b" 1 }}{{ $m }}',
            "map[a:map[]]",
        ),
        (
            '{{ typeOf .n }} {{ typeOf (add 1 1) }} {{ typeOf .sl }} {{ kindOf .m }} {{ kindIs "invalid" .nil }}',
            "float64 int64 []interface {} map true",
        ),
        (
            '{{ b64enc "hi" }} {{ b64dec "aGk=" }} {{ b64dec "!!" }} {{ sha256sum "a" | trunc 8 }}',
            "aGk= hi illegal base64 data at input byte 0 ca978112",
        ),
        (
            '{{ regexMatch "^[a-z]+$" "abc" }} {{ regexReplaceAll "a(x*)b" "-axxb-" "${1}W" }} {{ regexFind "[0-9]+" "ab12" }}',
            "true -xxW- 12",
        ),
        (
            '{{ regexSplit "z+" "pizza" -1 }} {{ regexFindAll "a*" "baac" -1 | toJson }} {{ regexMatch "x$" "x\\n" }}',
            '[pi a] ["","aa",""] false',
        ),
        (
            '{{ regexReplaceAll "[^a-zA-Z0-9-_.]+" "a@b" "" }} {{ regexMatch "(?i)ABC" "abc" }} {{ regexQuoteMeta "a.b" }}',
            r"ab true a\.b",
        ),
        (
            '{{ date "2006-01-02" 0 }} {{ toDate "2006-01-02" "2017-12-31" | date "Mon 02 Jan 06" }}',
            "1970-01-01 Sun 31 Dec 17",
        ),
        (
            '{{ duration "95" }} {{ durationRound "2h10m5s" }} {{ (toDate "2006" "2020").Year }}',
            "1m35s 2h 2020",
        ),
        (
            '{{ base "/a/b.c" }} {{ dir "/a/b" }} {{ ext "a.tar.gz" }} {{ clean "a//b/../c" }} {{ isAbs "/a" }}',
            "b.c /a .gz a/c true",
        ),
        (
            '{{ (urlParse "https://u@h:8/p?q=1#f").hostname }} {{ urlJoin (dict "scheme" "http" "host" "h" "path" "/a b") }}',
            "h http://h/a%20b",
        ),
        (
            '{{ semverCompare ">=1.19-0" "v1.29.3-eks" }} {{ (semver "1.2.3-a").Prerelease }} {{ semver "v1.2" }}',
            "true a 1.2.0",
        ),
        (
            '{{ toJson (dict "a" "<b>" "n" 1e21) }} {{ toRawJson "<" }}',
            '{"a":"\\u003cb\\u003e","n":1e+21} "<"',
        ),
        (
            '{{ (fromJson "{\\"a\\": [1]}").a }} {{ (fromYaml "a: 1\\na: 2").a }} {{ fromYamlArray "- 1" }} {{ (fromYaml ": :").Error | empty }}',
            "[1] 2 [1] false",
        ),
        (
            '{{ toToml (dict "a" 1 "b" (dict "c" "d")) }}{{ (fromToml "a = 1").a }}',
            'a = 1\n\n[b]\n  c = "d"\n1',
        ),
        (
            '{{ tpl "{{ .s }}-{{ .nope }}" . }} {{ tpl "{{ define `q` }}Q{{ end }}{{ include `q` . }}" . }}',
            "Hello World- Q",
        ),
        (
            '{{ define "x" }}[{{ . }}]{{ end }}{{ include "x" .s | upper }} {{ include "x" .nil }}',
            "[HELLO WORLD] [<no value>]",
        ),
        (
            '{{ required "why" .s }} {{ lookup "v1" "Secret" "a" "b" }} {{ getHostByName "x" }}|',
            "Hello World map[] |",
        ),
        (
            '{{ len (randAlphaNum 10) }} {{ len uuidv4 }} {{ (genCA "x" 1).Cert | trunc 27 }}',
            "10 36 -----BEGIN CERTIFICATE-----"[:33],
        ),
        ('{{ htpasswd "u" "p" | len }} {{ regexMatch "^[0-9]+$" (randNumeric 5) }}', "62 true"),
    ],
)
def test_what_functions_give(text, output):
    assert write(text) == output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ upper .n }}", "wrong type for value; expected string; got float64"),
        ("{{ upper .nil }}", "wrong type for value; expected string; got interface {}"),
        ("{{ .nil | upper }}", "invalid value; expected string"),
        ("{{ upper 5 }}", "expected string; found 5"),
        ("{{ upper }}", "wrong number of args for upper: want 1 got 0"),
        ("{{ until (add 1 2) }}", "wrong type for value; expected int; got int64"),
        (
            "{{ hasKey .nil `a` }}",
            "wrong type for value; expected map[string]interface {}; got interface {}",
        ),
        ("{{ div 1 0 }}", "error calling div: runtime error: integer divide by zero"),
        ("{{ repeat -1 `x` }}", "error calling repeat: strings: negative Repeat count"),
        ("{{ first .s }}", "error calling first: Cannot find first on type string"),
        ("{{ required `it is needed` .nope }}", "error calling required: it is needed"),
        ("{{ fail `no` }}", "error calling fail: no"),
        ("{{ semverCompare `>=` `1` }}", "error calling semverCompare: improper constraint: >="),
        ("{{ semver `x` }}", "error calling semver: Invalid Semantic Version"),
        (
            "{{ mustRegexMatch `(?=x)` `x` }}",
            "error calling mustRegexMatch: error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
        ),
        (
            "{{ regexFind `[` `x` }}",
            "error calling regexFind: regexp: Compile(`[`): error parsing regexp: missing closing ]: `[`",
        ),
        (
            "{{ dig `a` `b` `c` .m }}",
            "error calling dig: interface conversion: interface {} is float64, not map[string]interface {}",
        ),
        (
            "{{ include `x` . }}",
            'error calling include: template: no template "x" associated with template "gotpl"',
        ),
        (
            "{{ tpl `{{ .a` . }}",
            'error calling tpl: cannot parse template "{{ .a": template: gotpl:1: unclosed action',
        ),
    ],
)
def test_what_functions_say_against_their_arguments(text, message):
    assert refusal(text) == message


def test_an_error_in_an_included_template_names_both_places():
    trees = parse("main", "a\n{{ include `x` . }}", HELM_NAMES)
    trees |= parse("helpers", "{{ define `x` }}\n {{ .a.b.c }}{{ end }}", HELM_NAMES)
    with pytest.raises(TemplateError) as found:
        Engine(trees, HELM).execute("main", {})
    assert (found.value.name, found.value.line) == ("main", 2)
    assert found.value.inner is not None
    assert (found.value.inner.name, found.value.inner.line) == ("helpers", 2)


def test_values_of_a_chart_are_a_map_of_their_own_type():
    data = {"Values": NamedMap("chartutil.Values", {"a": {"b": 1.0}})}
    assert (
        write("{{ .Values.a.b }} {{ hasKey .Values `a` }} {{ kindOf .Values }}", data)
        == "1 true map"
    )
    with pytest.raises(TemplateError, match="is chartutil\\.Values, not map"):
        write("{{ dig `a` `b` 1 .Values }}", data)


@pytest.mark.parametrize(
    ("constraint", "version", "expected"),
    [
        ("^1.2", "1.9.0", True),
        ("^1.2", "2.0.0", False),
        ("^0.2.3", "0.3.0", False),
        ("~1.2.3", "1.2.9", True),
        ("~1.2.3", "1.3.0", False),
        ("1.x", "1.9", True),
        (">1", "1.5", False),
        (">1.2 <2 || 3.0.0", "3.0.0", True),
        ("1.0 - 2.0", "1.5", True),
        (">=1.0", "1.1.0-beta", False),
        (">=1.0-0", "1.1.0-beta", True),
        ("*", "9.9.9", True),
        ("<=2", "2.5", True),
        ("!=1.2.x", "1.2.3", False),
        ("=1.2", "1.2.9", True),
    ],
)
def test_versions_meet_constraints_as_masterminds_says(constraint, version, expected):
    assert satisfies(constraint, version) is expected


@pytest.mark.parametrize("constraint", ["", ">=", "a", "1.2.3.4", "> 1 & < 2"])
def test_constraints_that_masterminds_refuses(constraint):
    with pytest.raises(SemverError):
        satisfies(constraint, "1.0.0")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("'a'", "a"),
        ("'true'", '"true"'),
        ("'1'", '"1"'),
        ("'1.5'", '"1.5"'),
        ("''", '""'),
        ("'a: b'", "'a: b'"),
        ("'#c'", "'#c'"),
        ("'- x'", "'- x'"),
        ("'yes'", '"yes"'),
        ("'2020-01-01'", '"2020-01-01"'),
        ("'1:30'", '"1:30"'),
        ("'0x1f'", '"0x1f"'),
        ("' a'", "' a'"),
        ("'@x'", "'@x'"),
        ("'a:b'", "a:b"),
        ("'{x}'", "'{x}'"),
    ],
)
def test_texts_are_quoted_in_yaml_where_go_yaml_quotes_them(value, text):
    assert write("{{ toYaml " + value.replace("'", '"') + " }}") == text


def test_yaml_of_nested_values():
    text = (
        '{{ toYaml (dict "b" (list 1 (dict "x" nil "y" (list))) "a10" 1.5 "a2" 1e6 "t" "x\\ny") }}'
    )
    assert write(text) == 'a2: 1000000\na10: 1.5\nb:\n- 1\n- x: null\n  "y": []\nt: |-\n  x\n  y'
    assert write('{{ toYamlPretty (dict "b" (list 1 (dict "x" 1))) }}') == "b:\n  - 1\n  - x: 1"


def test_long_texts_are_folded_in_yaml_as_go_yaml_folds_them():
    folded = write('{{ toYaml (dict "a" (repeat 30 "word " | trim)) }}')
    assert folded.split("\n")[0] == "a: " + " ".join(["word"] * 16)
    assert folded.split("\n")[1].startswith("  word")
