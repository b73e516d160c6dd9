"""The schema walker against `jsonschema`, keyword by keyword and on mutants of real documents."""

import copy
import json
import random
from importlib.resources import files

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from iac_gym.formats.json_schema import UnsupportedSchema, compile_schema, python_pattern

CASES = [
    ({"type": "string"}, ["a", 1, None, True]),
    ({"type": ["integer", "null"]}, [1, 1.0, 1.5, None, True, "1"]),
    ({"type": "number", "minimum": 2, "maximum": 3}, [1, 2, 3, 4, 2.5, "2"]),
    ({"exclusiveMinimum": 1, "exclusiveMaximum": 3}, [1, 2, 3]),
    ({"multipleOf": 2}, [1, 2, 0, "x"]),
    ({"enum": ["a", 1, None]}, ["a", 1, 1.0, True, None, "b"]),
    ({"const": {"a": [1]}}, [{"a": [1]}, {"a": [True]}, {}]),
    ({"minLength": 2, "maxLength": 3, "pattern": "^a.*b$"}, ["ab", "a", "aab", "abcb", "xb", 3]),
    ({"items": {"type": "integer"}, "minItems": 1, "maxItems": 2}, [[], [1], [1, 2, 3], ["a"]]),
    ({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}},
     [["a", 1], [1], ["a", "b"]]),
    ({"uniqueItems": True}, [[1, 1], [1, True], [{"a": 1}, {"a": 1}], [[1], [2]], [1, 1.0]]),
    ({"contains": {"const": 1}}, [[1, 2], [2], []]),
    ({"required": ["a"], "minProperties": 1, "maxProperties": 2}, [{}, {"a": 1}, {"b": 1}, 5]),
    (
        {
            "properties": {"a": {"type": "string"}},
            "patternProperties": {"^x-": {"type": "integer"}},
            "additionalProperties": False,
        },
        [{"a": "b"}, {"a": 1}, {"x-1": 1}, {"x-1": "a"}, {"b": 1}, {}],
    ),
    ({"additionalProperties": {"type": "string"}}, [{"a": "b"}, {"a": 1}]),
    ({"propertyNames": {"pattern": "^a"}}, [{"ab": 1}, {"b": 1}]),
    ({"dependentRequired": {"a": ["b"]}}, [{"a": 1}, {"a": 1, "b": 2}, {}]),
    ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, [0, 1, 3]),
    ({"anyOf": [{"type": "string"}, {"minimum": 3}]}, ["a", 4, 1]),
    ({"oneOf": [{"minimum": 3}, {"maximum": 5}]}, [1, 4, 7]),
    ({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
     ["a", ["a"], [1], 3, None]),
    ({"not": {"type": "string"}}, ["a", 1]),
    ({"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"minimum": 5}},
     ["a", "ab", 4, 6]),
    ({"$defs": {"n": {"properties": {"next": {"$ref": "#/$defs/n"}, "v": {"type": "integer"}}}},
      "$ref": "#/$defs/n"}, [{"next": {"next": {"v": 1}}}, {"next": {"next": {"v": "1"}}}]),
    ({"allOf": [{"properties": {"a": {"type": "string"}}}], "properties": {"b": {}},
      "unevaluatedProperties": False, "type": "object"}, [{"a": "x", "b": 1}, {"a": 1}, {"c": 1}]),
    (True, [1]),
    ({"properties": {"a": False}}, [{"a": 1}, {}]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "values"), CASES, ids=[json.dumps(s)[:60] for s, _ in CASES])
def test_keyword_agrees_with_jsonschema(schema, values):
    mine, theirs = compile_schema(schema), Draft202012Validator(schema)
    for value in values:
        assert (not mine(value)) == theirs.is_valid(value), value


def test_errors_say_where_what_and_the_nearest_match():
    schema = {
        "properties": {"ports": {"type": "array", "items": {"type": "string"}}},
        "additionalProperties": False,
    }
    validate = compile_schema(schema)
    (error,) = validate({"port": []})
    assert error.path == ("port",)
    assert error.keyword == "additionalProperties"
    assert error.hint == "did you mean `ports`?"
    (error,) = validate({"ports": ["a", 1]})
    assert error.path == ("ports", 1)
    assert error.message == "must be a string, not 1"


def test_alternatives_of_different_types_report_the_fitting_one():
    schema = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    assert [error.path for error in compile_schema(schema)([1])] == [(0,)]
    (error,) = compile_schema(schema)({})
    assert error.message == "must be a string or a list, not a mapping"


def test_dollar_means_the_very_end():
    validate = compile_schema({"pattern": "^[a-z$]+$"})
    assert not validate("a$b")
    assert validate("ab\n")
    assert python_pattern(r"\$a$") == r"\$a\Z"


@pytest.mark.parametrize(
    "schema", [{"$ref": "http://example.test/s"}, {"$ref": "#/$defs/none"}, {"items": 3}]
)
def test_schemas_that_cannot_be_followed_are_refused(schema):
    with pytest.raises(UnsupportedSchema):
        compile_schema(schema)


def test_formats_are_checked_where_they_are_known():
    schema = {"format": "even"}
    assert compile_schema(schema, {"even": lambda text: len(text) % 2 == 0})("abc")
    assert not compile_schema(schema)("abc")


def test_errors_are_bounded_and_fast():
    import time

    validate = compile_schema({"properties": {"known": {}}, "additionalProperties": False})
    start = time.perf_counter()
    assert len(validate({f"key{i}": i for i in range(20_000)})) == 100
    assert time.perf_counter() - start < 0.1


def _mutate(tree, rng):
    """Change one random place of a tree: another type, a removed or an added key."""
    tree = copy.deepcopy(tree)
    places = []

    def walk(node):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], (dict, list)):
                walk(node[key])

    walk(tree)
    node, key = rng.choice(places)
    kind = rng.randrange(6)
    if kind == 0:
        node[key] = rng.choice([None, 1, 1.5, True, "x", [], {}, ["a", "a"], {"a": 1}])
    elif kind == 1 and isinstance(node, dict):
        node[f"{key}x"] = node.pop(key)
    elif kind == 2 and isinstance(node, dict):
        node["x-note"] = 1
    elif kind == 3 and isinstance(node, list):
        node.append(node[-1])
    elif kind == 4:
        other, name = rng.choice(places)
        node[key] = copy.deepcopy(other[name])
    else:
        del node[key]
    return tree


GITLAB = {
    "stages": ["build", "test"],
    "variables": {"A": "b", "C": {"value": "x", "description": "d"}},
    "default": {"image": {"name": "a", "entrypoint": [""]}, "retry": 2},
    "build": {
        "stage": "build", "script": ["make"], "rules": [{"if": "$CI", "when": "manual"}],
        "artifacts": {"paths": ["out"], "expire_in": "1 week", "reports": {"junit": "r.xml"}},
        "cache": {"key": {"files": ["a.lock"]}, "paths": ["x"]}, "needs": ["a", {"job": "b"}],
    },
    "test": {"extends": ".base", "parallel": {"matrix": [{"A": ["1", "2"]}]}, "trigger": "a/b"},
    "include": [{"local": "/a.yml"}, {"project": "a/b", "file": "/c.yml"}],
}  # fmt: skip


def test_old_drafts_ignore_what_stands_beside_a_reference():
    schema = {"$ref": "#/$defs/a", "maximum": 3, "$defs": {"a": {"type": "integer"}}}
    assert compile_schema(schema)(5)
    old = {**schema, "$schema": "http://json-schema.org/draft-07/schema#"}
    assert not compile_schema(old)(5)


def test_the_walker_serves_other_published_schemas():
    text = (files("check_jsonschema") / "builtin_schemas/vendor/gitlab-ci.json").read_text("utf-8")
    schema = json.loads(text)
    mine, theirs = compile_schema(schema), Draft7Validator(schema)
    rng = random.Random(5)
    mutants = [GITLAB, *(_mutate(GITLAB, rng) for _ in range(300))]
    differing = [tree for tree in mutants if bool(mine(tree)) == theirs.is_valid(tree)]
    assert differing == []
    assert 30 < sum(bool(mine(tree)) for tree in mutants) < 280
