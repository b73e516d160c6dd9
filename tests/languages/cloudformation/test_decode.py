"""Reading templates: short forms, long forms and JSON are the same tree with places."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from iac_gym.check import ParseError
from iac_gym.formats.yaml import YamlList, YamlMap, read_events
from iac_gym.formats.yaml_scalars import CLOUDFORMATION
from iac_gym.languages.cloudformation.decode import LIMITS, _split_attributes, decode
from iac_gym.languages.cloudformation.parse import parse
from iac_gym.languages.cloudformation.short_lines import read_short


def _value(text: str) -> object:
    return decode(f"a: {text}\n", "t.yaml")["a"]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Ref 5", {"Ref": "5"}),
        ("!GetAtt A.B", {"Fn::GetAtt": ["A", "B"]}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B.C]", {"Fn::GetAtt": ["A", "B.C"]}),
        ("{Fn::GetAtt: A.B}", {"Fn::GetAtt": ["A", "B"]}),
        ("!Sub 'x-${A}'", {"Fn::Sub": "x-${A}"}),
        ("!Sub ['${A}', {A: 1}]", {"Fn::Sub": ["${A}", {"A": 1}]}),
        ("!Join [',', [a, !Ref B]]", {"Fn::Join": [",", ["a", {"Ref": "B"}]]}),
        ("!If [C, 1, !Ref AWS::NoValue]", {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}),
        ("!Not [!Condition A]", {"Fn::Not": [{"Condition": "A"}]}),
        ("!Equals [a, b]", {"Fn::Equals": ["a", "b"]}),
        ("!FindInMap [a, b, c]", {"Fn::FindInMap": ["a", "b", "c"]}),
        ("!ImportValue x", {"Fn::ImportValue": "x"}),
        ("!GetAZs ''", {"Fn::GetAZs": ""}),
        ("!Transform {Name: X}", {"Fn::Transform": {"Name": "X"}}),
        ("!Base64 {Ref: A}", {"Fn::Base64": {"Ref": "A"}}),
        ("!ToJsonString {a: 1}", {"Fn::ToJsonString": {"a": 1}}),
    ],
)
def test_short_forms_are_long_forms(short: str, long: object) -> None:
    assert _value(short) == long


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2012-10-17", "2012-10-17"),
        ("yes", True),
        ("Off", False),
        ("y", "y"),
        ("0123", 83),
        ("089", "089"),
        ("012345678901", "012345678901"),
        ("1e3", "1e3"),
        ("1.10", 1.1),
        ("10:30", 630),
        ("0x1F", 31),
        ("1_000", 1000),
        ("~", None),
        ("'5'", "5"),
    ],
)
def test_scalars_are_those_of_yaml_11_with_dates_as_text(text: str, value: object) -> None:
    found = _value(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    "0 -0 +1 -12 0_ 1_2 0b101 -0b1 0x -0x1f 010 08 1. .5 -.5 1.5e+3 1.5e3 1:20 1:20.5 -1:30"
    " 190:20:30 . - + 1a 0o7 1,000 .inf -.INF .nan True no ON nUll null".split(),
)
def test_plain_scalars_are_read_as_pyyaml_reads_them(text: str) -> None:
    theirs = None if text == "-" else yaml.safe_load(text)
    if text != "-":
        assert repr(CLOUDFORMATION.plain(text)) == repr(theirs)


def test_json_has_places_and_the_same_tree() -> None:
    text = '{\n\t"Resources": {\n\t\t"B": {"Type": "AWS::S3::Bucket"}\n\t}\n}\n'
    tree = decode(text, "t.json")
    assert tree == {"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}
    assert tree["Resources"].key_marks["B"] == (3, 3)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("# nothing\n", 1, "empty"),
        ("- a\n", 1, "mapping"),
        ("a: 1\na: 2\n", 2, "twice"),
        ('{"a": 1,\n "a": 2}', 2, "twice"),
        ("a: 1\n---\nb: 2\n", 3, "second document"),
        ("a: !Foo b\n", 1, "`!Foo` is not known"),
        ("a: !sub b\n", 1, "`!sub` is not known"),
        ("a: [1\n", 2, ""),
        ("~: 1\n", 1, "null"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, line: int, words: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse({"t.yaml": text})
    (finding,) = caught.value.findings
    assert words in finding.message
    assert finding.line in (line, line - 1)


def test_a_template_is_one_file_of_limited_size() -> None:
    with pytest.raises(ParseError, match="exactly one"):
        parse({"a.yaml": "a: 1", "b.yaml": "b: 1"})
    with pytest.raises(ParseError, match="larger than"):
        parse({"a.yaml": "a: " + "é" * 500_001})


def test_the_model_has_sections_resources_and_places() -> None:
    template = parse(
        {
            "t.yaml": "Transform: [AWS::LanguageExtensions, My]\n"
            "Resources:\n  A:\n    Type: AWS::SNS::Topic\n    DependsOn: B\n    Condition: C\n"
            "    DeletionPolicy: Retain\n  B: {Type: AWS::SNS::Topic, DependsOn: [A]}\n  Bad: 1\n"
        }
    )
    one = template.resources["A"]
    assert (one.type, one.condition, one.depends_on) == ("AWS::SNS::Topic", "C", ("B",))
    assert (one.mark, one.policies, one.properties) == ((3, 3), {"DeletionPolicy": "Retain"}, {})
    assert template.resources["B"].depends_on == ("A",)
    assert "Bad" not in template.resources
    assert template.transform == ("AWS::LanguageExtensions", "My")
    assert template.opaque


def _flat(value: Any) -> Any:
    if isinstance(value, YamlMap):
        items = [(k, value.key_marks[k], value.marks[k], _flat(v)) for k, v in value.items()]
        return "map", value.mark, items
    if isinstance(value, YamlList):
        return "list", value.mark, [(value.marks[n], _flat(v)) for n, v in enumerate(value)]
    return type(value), value


SHORT = """\
a: !Ref A
b: !GetAtt A.B.C  # a note
c: !Sub "x-${A}"
d: !Sub 'x'
e: !If [Is, 512, !Ref AWS::NoValue]
f: [!Ref A, b, !GetAtt A.B]
g: !Equals [!Ref A, prod]
h:
  - !Ref A
  - - !ImportValue x
  - k: !Select [0, !Ref B]
    l: !GetAZs ""
m: !Join [-, [a, b]]
"""


@pytest.mark.parametrize("line", range(-1, SHORT.count("\n")))
def test_the_quick_reader_reads_what_the_reader_of_events_reads(line: int) -> None:
    lines = SHORT.splitlines()
    text = "\n".join(lines if line < 0 else lines[line : line + 1]) + "\n"
    text = text.replace("m: !Join [-, [a, b]]\n", "") if line < 0 else text
    quick = read_short(text)
    slow = read_events(text, CLOUDFORMATION, LIMITS)
    if "[a, b]" in text or text.startswith("    l"):
        return  # not for the quick reader, or no text of its own
    assert quick is not None
    for documents in (quick, slow):
        _split_attributes(documents[0].value)
    assert _flat(quick[0].value) == _flat(slow[0].value)


def test_what_stands_in_quotes_is_text() -> None:
    tree = decode('a: ["x, !Ref b"]\nb: "!Ref B"\nc: !Ref C  # !Ref D\n', "t.yaml")
    assert tree == {"a": ["x, !Ref b"], "b": "!Ref B", "c": {"Ref": "C"}}


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  !Ref A\nb: !Ref B\n",
        "a: $Ref~B\nb: !Ref B\n",
        "a: [$If+B, c]\nb: !Ref B\n",
        "a: !Ref AWS//Region\n",
        "a: !Foo b\n",
        "a: !If\n  - b\n",
        "a: {b: !Ref c}\n",
    ],
)
def test_what_the_rewriting_could_touch_is_left_to_the_reader_of_events(text: str) -> None:
    assert read_short(text) is None
