"""Hostile templates get a clear error, soon; and no text makes the engine raise anything else."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_gym.formats.gotemplate import Engine, Limits, TemplateError, parse
from iac_gym.formats.gotemplate.helm import HELM, HELM_NAMES
from iac_gym.formats.gotemplate.parser import parse_exactly

LIMITS = Limits(depth=100, steps=50_000, output=400_000)
DOUBLED = "{{ $x := list 1 }}" + "{{ $x = list $x $x }}" * 60
CYCLE = '{{ $d := dict }}{{ $_ := set $d "a" $d }}'


def run(text: str) -> str:
    trees = parse("t", text, HELM_NAMES)
    return Engine(trees, HELM, LIMITS).execute("t", {"a": 1.0})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ repeat 1000000000 `x` }}", "repeated text is too long"),
        ("{{ indent 100000 (repeat 10000 `\n`) }}", "indented text is too long"),
        ("{{ until 1000000000 }}", "list of numbers is too long"),
        ("{{ range until 9999 }}{{ range until 9999 }}x{{ end }}{{ end }}", "too many steps"),
        ("{{ range 1000000000 }}{{ end }}", "is too long"),
        ("{{ range until 50000 }}" + "x" * 5000 + "{{ end }}", "too many steps"),
        ("{{ define `a` }}{{ include `a` . }}{{ end }}{{ include `a` . }}", "template depth"),
        ("{{ define `a` }}{{ template `a` . }}{{ end }}{{ template `a` . }}", "template depth"),
        ("{{ $x := `aaaaaaaa` }}" + "{{ $x = print $x $x }}" * 40, "too much text"),
        ("{{ $x := repeat 90000 `a` }}" + "{{ sha256sum $x }}" * 100, "too much text"),
        (DOUBLED + "{{ $x }}", "too large to print"),
        (DOUBLED + "{{ toYaml $x }}", "too large for YAML"),
        (DOUBLED + "{{ toJson $x }}", "too large for JSON"),
        (CYCLE + "{{ $d }}", "too large to print"),
        (CYCLE + "{{ toYaml $d }}", "too large for YAML"),
        (CYCLE + "{{ deepCopy $d }}", "too large"),
        ("{{ mustRegexMatch `(a{1000}){1000}` `a` }}", "invalid repeat count"),
        ("{{ printf `%1000000d` 1 }}", "too much text"),
        ("{{ replace `` (repeat 1000 `x`) (repeat 90000 `y`) }}", "too long"),
        ("{{ divf " + "1e-300 " * 3000 + "}}", "number is too long"),
        ("{{ print " + "1 " * 30000 + "}}", "more than 20000 words"),
        ("{{if .}}" * 2000, "nesting is deeper"),
        ("{{ " + "(" * 3000, "nesting is deeper"),
        ("{{" * 30000, "more than 20000 words"),
    ],
)
def test_a_bomb_is_a_clear_error_in_no_time(text, message):
    start = time.process_time()
    with pytest.raises(TemplateError) as found:
        run(text)
    assert message in str(found.value)
    assert time.process_time() - start < 2  # some tens of milliseconds on a quiet machine


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("(a+)+$", "a" * 5000 + "b", "false"),
        ("(a|aa)+$", "a" * 5000 + "b", "false"),
        ("(x+x+)+y", "x" * 3000, "false"),
        ("a.*a.*a.*a.*b", "a" * 2000, "false"),
        ("(a|b)*c", "ab" * 500 + "c", "true"),
        ("^(a?){30}a{30}$", "a" * 30, "true"),
    ],
)
def test_no_regular_expression_runs_away(pattern, text, expected):
    start = time.process_time()
    assert run(f"{{{{ regexMatch `{pattern}` `{text}` }}}}") == expected
    assert time.process_time() - start < 2


_WORDS = """{{ }} {{- -}} ( ) | $ $x $x:= . .a .a.b "s" `r` 'c' end else if range with define
    template
    block break continue nil 1 -1 0x 1e , := = include print index dict list /* */ é \\ " ` $.a
    toYaml quote eq and or len (dict"a"1) true""".split()
_WHOLE = (" ", "\n", "{{ end }}", "{{ if .a }}", "{{ range .a }}", '{{ define "z" }}')
PIECES = st.sampled_from([*_WORDS, *_WHOLE])


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, max_size=30))
def test_any_text_is_read_or_refused_alike_by_both_parsers(pieces):
    text = " ".join(pieces)
    answers = []
    for read in (parse, parse_exactly):
        try:
            answers.append({name: tree.empty for name, tree in read("t", text, HELM_NAMES).items()})
        except TemplateError as error:
            answers.append(str(error))
    assert answers[0] == answers[1]


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(HELM_NAMES)), st.lists(VALUES, max_size=4))
def test_every_function_takes_any_values_or_says_what_is_wrong(name, values):
    names = " ".join(f".v{number}" for number in range(len(values)))
    data = {f"v{number}": value for number, value in enumerate(values)}
    trees = parse("t", f"{{{{ {name} {names} }}}}", HELM_NAMES)
    try:
        Engine(trees, HELM, LIMITS).execute("t", data)
    except TemplateError as error:
        message = error.message
    else:
        message = "none"
    assert message
