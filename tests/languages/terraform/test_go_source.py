"""Reading value rules out of Go source: validators, schemas, patterns, simplification."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from iac_gym.languages.terraform.go_source.conditions import Condition, joined
from iac_gym.languages.terraform.go_source.packages import Source
from iac_gym.languages.terraform.go_source.patterns import python_pattern
from iac_gym.languages.terraform.go_source.schema_rules import Reader, mutual
from iac_gym.languages.terraform.go_source.simplify import simplified
from iac_gym.languages.terraform.go_source.speed import quick_pattern
from iac_gym.languages.terraform.go_source.validators import Validators

ALPHA: list[Any] = ["pattern", "^[a-z]"]


@pytest.mark.parametrize(
    ("rules", "short"),
    [
        ([["length", 1, None], ["length", None, 9]], [["length", 1, 9]]),
        ([["any", ["length", None, -1], ["length", 1, None]]], [["length", 1, None]]),
        ([["any", ALPHA, ["no_pattern", "^[a-z]"]]], []),
        ([["any", ["enum", ["a"]], ["enum", ["b"]]]], [["enum", ["a", "b"]]]),
        ([["any", ["enum", ["a"]], ["none_of", ["a", "b"]]]], [["none_of", ["b"]]]),
        ([["any", ["enum", [""]], ["length", 1, None]]], []),
        ([["range", 3, 3]], [["enum", [3]]]),
        ([["none_of", ["a"]], ["none_of", ["b"]]], [["none_of", ["a", "b"]]]),
        ([["any", ["length", None, 0], ["length", 2, None]]],) * 2,
        ([["length", 5, None], ["length", None, 4]], [["enum", []]]),
    ],
)
def test_rules_are_said_shortly(rules: Any, short: Any) -> None:
    """Limits are joined, and what always holds is left out."""
    assert simplified(rules) == short


@pytest.mark.parametrize(
    ("go", "python"),
    [
        (r"^a$", r"^a\Z"),
        (r"[[:alnum:]$]", "[0-9A-Za-z$]"),
        (r"[\w-.]", r"[\w\-.]"),
        (r"a\z", r"a\Z"),
        (r"\pL", None),
        (r"(?m)^a$", None),
        (r"a\$", r"a\$"),
    ],
)
def test_patterns_of_go_are_written_for_python(go: str, python: str | None) -> None:
    """What Python would read in another way is left out."""
    assert python_pattern(go) == python


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        (r"^[a-z]+\Z", "whole"),
        (r"^(?:[a-z]+-)*[a-z]+\Z", "short"),
        (r"^/?a/[^/]+/b/[^/]+/?\Z", "whole"),
        (r"[a-z]+\Z", "short"),
        (r"^(a+)+\Z", "none"),
        (r"^\d+.\d+.\d+\Z", "none"),
    ],
)
def test_patterns_that_may_be_slow_are_for_short_texts(pattern: str, kept: str) -> None:
    """A pattern with repeats that share their text is for short texts, or for none."""
    found = quick_pattern(["pattern", pattern])
    assert ("none" if found is None else "short" if found[0] == "any" else "whole") == kept


def test_conditions_that_are_not_known_say_nothing() -> None:
    """Not (a and unknown) tells nothing; not (a or unknown) tells not a."""
    one, unknown = Condition([ALPHA], [["no_pattern", "^[a-z]"]]), Condition([], [])
    assert joined("&&", one, unknown) == Condition([ALPHA], [])
    assert joined("||", one, unknown) == Condition([], [["no_pattern", "^[a-z]"]])


def test_conflicts_of_single_values_are_said_once() -> None:
    """Conflicts that all members declare are one group, but for blocks."""
    groups: list[tuple[str, ...]] = [("conflicts", "a", "b"), ("conflicts", "b", "a")]
    assert mutual(groups, {"a", "b"}) == [("at_most_one_of", "a", "b")]
    assert mutual(groups, {"a"}) == groups


SDK = "github.com/hashicorp/terraform-plugin-sdk/v2/helper"
CODE = """
package demo

import (
    "fmt"
    "regexp"
    "strings"

    "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
    "github.com/hashicorp/terraform-plugin-sdk/v2/helper/validation"
)

type Kind string

const (
    KindA Kind = "A"
    KindB Kind = "B"
)

func kinds() []string { return []string{string(KindA), string(KindB)} }

func Name(v interface{}, k string) (warnings []string, errors []error) {
    value := v.(string)
    if len(value) < 3 || len(value) > 9 {
        errors = append(errors, fmt.Errorf("length"))
    }
    if !regexp.MustCompile(`^[a-z]+$`).MatchString(value) {
        errors = append(errors, fmt.Errorf("signs"))
    }
    if strings.HasSuffix(value, "-") {
        return warnings, append(errors, fmt.Errorf("end"))
    }
    return warnings, errors
}

func Star(v interface{}, k string) (warnings []string, errors []error) {
    value := v.(string)
    if value == "*" {
        return
    }
    return validation.IntBetween(1, 2)(v, k)
}

func Odd(v interface{}, k string) (warnings []string, errors []error) {
    if strange(v) {
        return
    }
    if len(v.(string)) > 3 {
        errors = append(errors, fmt.Errorf("long"))
    }
    return
}

func Many(v interface{}, k string) (warnings []string, errors []error) {
    value, found := v.(string), 0
    if regexp.MustCompile("[a-z]").MatchString(value) {
        found++
    }
    if regexp.MustCompile("[0-9]").MatchString(value) {
        found++
    }
    if found < 2 {
        errors = append(errors, fmt.Errorf("simple"))
    }
    return
}

func Words(v interface{}, k string) (warnings []string, errors []error) {
    for _, word := range []string{"admin", "root"} {
        if v.(string) == word {
            errors = append(errors, fmt.Errorf("reserved"))
        }
    }
    return
}

var both = []string{"rule.0.a", "rule.0.b"}

func Resource() *schema.Resource {
    return &schema.Resource{Schema: map[string]*schema.Schema{
        "name": {Type: schema.TypeString, Required: true, ValidateFunc: Name},
        "kind": {Type: schema.TypeString, Optional: true,
            ValidateFunc: validation.StringInSlice(kinds(), true)},
        "id": {Type: schema.TypeString, Computed: true, ValidateFunc: Name},
        "sizes": {Type: schema.TypeList, Optional: true, MaxItems: 3,
            Elem: &schema.Schema{Type: schema.TypeInt, ValidateFunc: validation.IntAtLeast(2)}},
        "rule": {Type: schema.TypeList, Optional: true, MaxItems: 1,
            Elem: &schema.Resource{Schema: map[string]*schema.Schema{
                "a": {Type: schema.TypeString, Optional: true, ExactlyOneOf: both},
                "b": {Type: schema.TypeString, Optional: true, ExactlyOneOf: both},
            }}},
        "many": {Type: schema.TypeSet, Optional: true,
            Elem: &schema.Resource{Schema: map[string]*schema.Schema{
                "c": {Type: schema.TypeInt, Optional: true, ConflictsWith: []string{"kind"},
                    ValidateFunc: validation.Any(
                        validation.IntBetween(1, 5), validation.IntInSlice([]int{9}))},
            }}},
    }}
}
"""


@pytest.fixture
def run(tmp_path: Path) -> Validators:
    """Return an evaluator of the code above."""
    pytest.importorskip("tree_sitter_go")
    (tmp_path / "demo.go").write_text(dedent(CODE))
    natives = frozenset({f"{SDK}/schema", f"{SDK}/validation"})
    return Validators(Source({"demo": tmp_path}, natives), {})


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("Name", [["length", 3, 9], ["pattern", r"^[a-z]+\Z"], ["no_pattern", r"-\Z"]]),
        ("Star", [["any", ["enum", ["*"]], ["range", 1, 2]]]),
        ("Odd", []),
        ("Many", [["pattern", "[a-z]"], ["pattern", "[0-9]"]]),
        ("Words", [["none_of", ["admin", "root"]]]),
    ],
)
def test_a_validator_gives_what_every_accepted_value_keeps(
    run: Validators, name: str, rules: Any
) -> None:
    """Errors, early returns, counters and loops; a condition that is not known gives no rule."""
    assert simplified(run.rules(run.member("demo", name))) == rules


def test_a_schema_gives_the_rules_of_what_can_be_set(run: Validators) -> None:
    """Validators by path, limits of items, groups with single blocks around them."""
    resource = run.call(run.member("demo", "Resource"), [])
    record = Reader(run, resource.get("Schema")).record()
    assert record["v"]["kind"] == [["enum_nocase", ["A", "B"]]]
    assert record["v"]["sizes"] == [["count", None, 3]]
    assert record["v"]["sizes.*"] == [["range", 2, None]]
    assert record["v"]["many.c"] == [["any", ["enum", [9]], ["range", 1, 5]]]
    assert "id" not in record["v"]
    assert record["g"] == [["exactly_one_of", "rule.a", "rule.b"]]
