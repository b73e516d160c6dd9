"""Hostile templates: a verdict in time whatever the text, and no rule ever raises."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_gym.formats.yaml import dump
from iac_gym.languages.cloudformation import pack
from iac_gym.verifier import check_files

BUCKET = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n"
TYPES = list(pack.schemas().types)
NOTHING = "!Ref AWS::NoValue"


def _conditions(count: int) -> str:
    return (
        "Parameters:\n" + "".join(f"  P{n}: {{Type: String}}\n" for n in range(count))
        + "Conditions:\n" + "".join(f"  C{n}: !Equals [!Ref P{n}, a]\n" for n in range(count))
    )  # fmt: skip


HOSTILE = {
    "deep functions": BUCKET + "      BucketName: " + "!If [C, " * 40 + "x" + ", b]" * 40 + "\n",
    "deep lists": BUCKET + "      Tags: " + "[" * 5000 + "]" * 5000 + "\n",
    "every type": "Resources:\n"
    + "".join(f"  R{n}: {{Type: '{t}'}}\n" for n, t in enumerate(TYPES[:1300])),
    "unknown types": "Resources:\n"
    + "".join(f"  R{n}: {{Type: 'AWS::S{n}::B'}}\n" for n in range(1000)),
    "unknown properties": BUCKET + "".join(f"      Prop{n}: 1\n" for n in range(3000)),
    "a long name": BUCKET + "      BucketName: '" + "a" * 60000 + "'\n",
    "dots": BUCKET + "      BucketName: '" + "a." * 500 + "!'\n",
    "many conditions": _conditions(40)
    + BUCKET
    + "".join(f"      P{n}: !If [C{n}, a, {NOTHING}]\n" for n in range(40)),
    "conditional tags": _conditions(30)
    + BUCKET
    + "      Tags:\n"
    + "".join(f"        - !If [C{n % 30}, {{Key: k{n}}}, {NOTHING}]\n" for n in range(700)),
    "chain of conditions": "Conditions:\n"
    + "".join(f"  C{n}: !And [!Condition C{n + 1}, !Condition C{n + 1}]\n" for n in range(800))
    + BUCKET
    + f"      BucketName: !If [C0, a, {NOTHING}]\n",
    "nested rules": "Resources:\n  P:\n    Type: AWS::WAFv2::WebACL\n    Properties:\n"
    "      Rules:\n        - Statement: "
    + "{NotStatement: {Statement: " * 50 + "{}" + "}}" * 50 + "\n",
    "a policy of brackets": "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n"
    "    Properties:\n      PolicyDocument: '" + "[" * 50000 + "'\n",
    "digits": "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: "
    + "9" * 390 + "\n      MaximumMessageSize: '" + "9" * 50000 + "'\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_verdict_in_time(name: str) -> None:
    times = []
    for _ in range(3):
        begin = time.process_time()
        verdict = check_files({"t.yaml": HOSTILE[name]}, {"t.yaml": "cloudformation"})
        times.append(time.process_time() - begin)
        assert verdict.unscored == ""
    assert min(times) < 0.25  # a slow machine; it is a tenth of that on a quiet one


_KEYS = st.sampled_from(
    """Resources Type Properties Ref Fn::If Fn::GetAtt Fn::Sub Fn::Join BucketName Tags Key Value
    Statement Condition DependsOn Policies PolicyDocument Fn::ForEach::A Parameters Conditions
    Outputs Mappings A AWS::NoValue LifecycleConfiguration Rules""".split()
)
_WORDS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), _KEYS
)
_TREES = st.recursive(
    _WORDS,
    lambda part: st.one_of(st.lists(part, max_size=3), st.dictionaries(_KEYS, part, max_size=3)),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(properties=_TREES, kind=st.sampled_from(["AWS::S3::Bucket", "AWS::IAM::Role"]), rest=_TREES)
def test_no_tree_raises(properties: object, kind: str, rest: object) -> None:
    body = {"Type": kind, "Properties": properties, "Metadata": rest}
    text = dump([{"Resources": {"X": body, "Y": rest}, "Conditions": rest, "Outputs": rest}])
    assert check_files({"t.yaml": text}, {"t.yaml": "cloudformation"}).unscored == ""
