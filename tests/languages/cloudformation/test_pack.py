"""The data pack: every type can be compiled, all patterns can be used, lookups are quick."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import warnings
from typing import Any

import pytest

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.cloudformation import pack
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.pattern_syntax import readable
from iac_gym.languages.cloudformation.schema_codes import UnknownKeyword, encode
from iac_gym.languages.cloudformation.walk import Compiler, walker
from iac_gym.languages.cloudformation.walk_base import State

NO_FORMATS: frozenset[str] = frozenset()


def test_the_pack_has_the_types_of_the_region() -> None:
    types = pack.schemas().types
    assert len(types) > 1_800
    assert {"AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::Serverless::Function"} <= set(types)
    assert pack.PATH.stat().st_size < 900_000
    note = pack.PATH.with_name("SOURCE.md").read_text("utf-8")
    assert pack.schemas().index["source"].split(",")[0] in note
    assert "MIT-0" in note


def test_types_compile_with_all_their_definitions() -> None:
    known = pack.schemas()
    state = State(Template(YamlMap(), "t"), {}, False, False)
    for name in list(known.types)[::9]:
        record = known.record(name)
        assert record is not None
        check = Compiler(record).compile(record["s"], None)
        if check:
            check({}, None, [], state)
        for pointer in record.get("d", {}):
            Compiler(record).compile(record["d"][pointer], None)


def _patterns(node: Any, found: set[str]) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("x"), str):
            found.add(node["x"])
        if isinstance(node.get("h"), dict):
            found.update(node["h"])
        for part in node.values():
            _patterns(part, found)
    elif isinstance(node, list):
        for part in node:
            _patterns(part, found)


def test_every_pattern_is_readable() -> None:
    found: set[str] = set()
    known = pack.schemas()
    for name in list(known.types)[::3]:
        record = known.record(name) or {}
        _patterns([record.get("s"), record.get("d")], found)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in found:
            re.compile(text)
    assert len(found) > 1_000


def test_reading_is_quick() -> None:
    data = pack.PATH.read_bytes()
    begin = time.process_time()
    for _ in range(5):
        known = pack.Pack(data)
    assert (time.process_time() - begin) / 5 < 0.02
    begin = time.process_time()
    for name in ("AWS::S3::Bucket", "AWS::EC2::VPC", "AWS::RDS::DBInstance"):
        known.record(name)
    assert (time.process_time() - begin) / 3 < 0.02


@pytest.mark.parametrize(
    ("kind", "path", "gives"),
    [
        ("AWS::S3::Bucket", "Arn", "s"),
        ("AWS::EC2::VPC", "CidrBlockAssociations", "a"),
        ("AWS::CloudFormation::Stack", "Outputs.Any", "s"),
        ("Custom::Thing", "What.Ever", "sinboa"),
    ],
)
def test_attributes_have_types(kind: str, path: str, gives: str) -> None:
    found = pack.attribute(kind, path)
    assert found is not None
    assert found[0] == gives


def test_attributes_that_do_not_exist_are_none() -> None:
    assert pack.attribute("AWS::S3::Bucket", "Nope") is None
    assert pack.attributes("Vendor::Service::Thing") is None
    assert pack.attributes("AWS::Serverless::Function") is None
    assert walker("AWS::S3::Buckett") is None


def test_references_have_formats() -> None:
    assert pack.reference_formats("AWS::S3::Bucket") == ["AWS::S3::Bucket.Name"]
    assert pack.reference_formats("AWS::No::Type") is None


def test_a_file_that_is_no_pack_is_refused() -> None:
    with pytest.raises(ValueError, match="no CloudFormation data pack"):
        pack.Pack(b"x" * 100)


@pytest.mark.parametrize(
    ("schema", "short"),
    [
        ({"type": "string", "description": "x"}, {"t": "s"}),
        ({"type": ["string", "object"]}, {"t": "so"}),
        (
            {"type": "object", "properties": {"A": {"$ref": "#/d"}}, "additionalProperties": False},
            {"t": "o", "p": {"A": {"$": "#/d"}}},
        ),
        ({"type": "object", "properties": {}}, {"t": "o", "p": {}, "+": True}),
        ({"uniqueItems": False, "minItems": 0}, {}),
        ({"type": "string", "format": "json"}, {"t": "s"}),
        (
            {"oneOf": [{"required": ["A"]}, {"required": ["B"]}]},
            {"O": [{"r": ["A"]}, {"r": ["B"]}]},
        ),
        (True, True),
    ],
)
def test_schemas_are_written_in_short_keys(schema: Any, short: Any) -> None:
    assert encode(schema, NO_FORMATS) == short


def test_a_keyword_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownKeyword, match="minContains"):
        encode({"minContains": 2}, NO_FORMATS)


@pytest.mark.parametrize(
    ("pattern", "fits", "not_this"),
    [
        (r"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$", "Ünïcode 1_2", "a\x00"),
        (r"^(?!(?i)aws)[a-z]+$", "shop", "1"),
        (r"^[\w-.]+$", "a-b.c", "!"),
        (r"^\P{C}+$", "text", "\x01"),
    ],
)
def test_patterns_are_rewritten_for_python(pattern: str, fits: str, not_this: str) -> None:
    text = readable(pattern)
    assert text is not None
    assert re.search(text, fits)
    assert not re.search(text, not_this)


def test_patterns_whose_time_explodes_are_left_out() -> None:
    assert readable(r"^([a-z]+)+$") is None
    assert readable(r"^(") is None


def test_importing_the_language_reads_no_pack() -> None:
    code = (
        "import iac_gym.languages.cloudformation as c\n"
        "from iac_gym.languages.cloudformation.pack import schemas\n"
        "print(schemas.cache_info().currsize)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "0"


def test_records_are_what_cfn_lint_has() -> None:
    pytest.importorskip("cfnlint")
    from iac_gym.languages.cloudformation import build_data

    schemas = dict(build_data.schemas_of_region())
    formats: set[str] = set()
    for schema in schemas.values():
        build_data.checked_formats(schema, formats)
    assert set(schemas) == set(pack.schemas().types)
    for name in ("AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::IAM::Role"):
        made = build_data.record(name, schemas[name], frozenset(formats))
        kept = pack.schemas().record(name) or {}
        assert {key: made.get(key) for key in "sdafoi"} == {key: kept.get(key) for key in "sdafoi"}
