"""The kinds of value rules, the pack's format, and rules that the AWS provider is known to have."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from iac_gym.languages.terraform.probe_config import Asker, Builder
from iac_gym.languages.terraform.probe_fit import active
from iac_gym.languages.terraform.probe_schema import read_schemas
from iac_gym.languages.terraform.probe_wire import Plugin
from iac_gym.languages.terraform.tool import plugin_folder
from iac_gym.languages.terraform.value_checks import check_value, rule_from
from iac_gym.languages.terraform.value_formats import FORMATS
from iac_gym.languages.terraform.value_rules import (
    DATA,
    FILES,
    Group,
    TypeRules,
    ValuePack,
    check_groups,
    rules_for,
    write_rules,
)
from iac_gym.languages.terraform.values import Joined, Unknown

KINDS = [
    (["enum", ["gp2", "gp3"]], "gp3", "GP3"),
    (["enum", [0, 1, 3]], 3, 2),
    (["enum_nocase", ["redis", "valkey"]], "REDIS", "mysql"),
    (["none_of", ["default"]], "own", "default"),
    (["range", 1, 65535], 65535, 65536),
    (["range", 1, None], 1, 0),
    (["range", None, 2.5], 2.5, 2.6),
    (["multiple", 1], 2.0, 1.5),
    (["multiple", 64], 128, 100),
    (["length", 1, 3], "abc", ""),
    (["length", None, 3], "abc", "é世"),
    (["chars", 1, 3], "é世界", "abcd"),
    (["count", 1, 2], ["a"], []),
    (["count", None, 1], {"a": 1}, {"a": 1, "b": 2}),
    (["unique"], ["a", "b"], ["a", "a"]),
    (["never"], None, "i-1"),
    (["pattern", r"^[a-z-]+\Z"], "a-b", "a_b"),
    (["pattern", r"^[a-z-]+\Z"], "a-b", "a-b\n"),
    (["no_pattern", "--"], "a-b", "a--b"),
    (["any", ["enum", ["off"]], ["format", "integer_between", 1, 9]], "off", "10"),
    (["any", ["all", ["length", 3, None], ["no_pattern", "x"]], ["enum", [""]]], "", "ab"),
    (["format", "arn"], "arn:aws:s3:::bucket", "s3:::bucket"),
]


@pytest.mark.parametrize(("data", "fine", "wrong"), KINDS)
def test_each_kind_accepts_and_refuses(data, fine, wrong):
    rule = rule_from(data)
    assert check_value(rule, fine) == ""
    assert check_value(rule, wrong)


FORMAT_CASES = {
    "arn": (
        "arn:aws:iam::123456789012:role/r arn:aws:iam::aws:policy/P arn:aws-us-gov:s3:::b "
        "arn:aws:ec2:us-east-1:123456789012:a:b:c",
        "role/r arn:aws:iam::1234:role/r arn:foo:iam::123456789012:role/r "
        "arn:aws:iam::123456789012: arn:aws:ec2:useast:123456789012:x arn:aws:s3 ARN:aws:s3:::b",
    ),
    "account_id": ("123456789012", "12345678901 1234567890123 12345678901a"),
    "ipv4": ("10.0.0.1 255.255.255.255", "10.0.0 10.0.0.256 ::1 010.0.0.1"),
    "ipv6": ("::1 2001:db8::1", "10.0.0.1 1::2::3 fe80::1%eth0"),
    "ip": ("10.0.0.1 ::1", "host 10.0.0.1/8"),
    "cidr": ("10.0.0.1/8 10.0.0.0/08 ::/0", "10.0.0.1 10.0.0.0/33 10.0.0.0/-1 10.0.0.0/"),
    "ipv4_cidr": ("10.0.0.1/8", "::/0 10.0.0.1"),
    "ipv6_cidr": ("2001:db8::1/32", "10.0.0.0/8"),
    "cidr_network": ("10.0.0.0/8 2001:db8::/32", "10.0.0.1/8 2001:db8::1/32 x"),
    "ipv4_cidr_network": ("10.0.0.0/8", "10.0.0.1/8 ::/0"),
    "ipv6_cidr_network": ("::/0", "::1/0 10.0.0.0/8"),
    "rfc3339": (
        "2026-01-31T12:00:00Z 2026-01-31T12:00:00.5+02:00 2024-02-29T00:00:00Z",
        "2026-01-31 2026-02-29T00:00:00Z 2026-01-31T24:00:00Z 2026-01-31T12:00:00 "
        "2026-13-01T00:00:00Z",
    ),
    "duration": ("1h30m 90s 0 1.5h -5m 100µs", "90 1d h 1h30 5mm"),
    "duration_positive": ("1h 0s", "-1h 1x"),
    "base64": ("aGVsbG8= YQ== Zm9v", "aGVsbG8 aGVs!G8= YQ="),
    "integer": ("12 -5 +3", "1.5 a 0x10"),
    "number": ("12 -5.5 1e3 .5 5.", "a 1.2.3 e3"),
    "boolean": ("true False 1 f", "yes tRUE 2"),
    "json": ('{} [] null 1 "a" {"a":1,"a":2}', "{ {a:1} NaN {'a':1} [1,] 1e999"),
    "json_object": ('{"a":1}', "[] 1 {"),
    "iam_policy": ('{"Statement":[]}', '[] {"a":1,"a":2} {'),
}


@pytest.mark.parametrize(
    ("name", "text", "fine"),
    [
        (name, text, fine)
        for name, sides in FORMAT_CASES.items()
        for fine, side in zip((True, False), sides, strict=True)
        for text in side.split(" ")
    ],
)
def test_formats(name, text, fine):
    assert (FORMATS[name](text) == "") is fine


def test_a_policy_must_start_with_its_brace():
    assert FORMATS["iam_policy"](' {"a":1}')
    assert not FORMATS["json"](' {"a":1}')


@pytest.mark.parametrize(
    ("text", "schemes", "fine"),
    [
        ("https://example.com/a?b=c#d", ["https"], True),
        ("http://example.com", ["https"], False),
        ("http://user@example.com:80", ["http", "https"], True),
        ("ftp://a", [], True),
        ("//example.com", [], False),
        ("https://", [], False),
        ("https://a b", [], False),
        ("https://a/%zz", [], False),
    ],
)
def test_urls(text, schemes, fine):
    assert (FORMATS["url"](text, schemes) == "") is fine


@pytest.mark.parametrize(
    ("text", "fine"),
    [("10.0.0.0/16", True), ("10.0.0.0/28", True), ("10.0.0.0/29", False), ("10.0.0.1/16", False)],
)
def test_size_of_a_network(text, fine):
    assert (FORMATS["cidr_bits"](text, 16, 28) == "") is fine


ODD_VALUES = [
    None,
    True,
    0,
    -1.5,
    float("nan"),
    float("inf"),
    10**400,
    "",
    "\x00",
    "\ud800",
    "é" * 70_000,
    "[" * 60_000,
    '{"a":' * 30_000,
    "1" * 65_000,
    "a" * 65_000 + "!",
    "-" * 65_000,
    ":" * 65_000,
    "0." * 30_000,
    [],
    [None, [], {}],
    {},
    {"a": [{}]},
    Unknown(),
    Joined(("a", Unknown())),
]


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda v: f"{type(v).__name__}-{str(v)[:8]!a}")
def test_no_value_makes_a_check_raise(value):
    for data, _, _ in KINDS:
        assert isinstance(check_value(rule_from(data), value), str)
    for name in FORMATS:
        more = {"integer_between": [1, 2], "cidr_bits": [8, 16], "url": [["https"]]}.get(name, [])
        assert isinstance(check_value(rule_from(["format", name, *more]), value), str)


@pytest.mark.parametrize("value", [None, Unknown(), Joined(("a", Unknown())), True])
def test_rules_are_silent_about_what_they_cannot_judge(value):
    for data, _, _ in KINDS:
        if data[0] != "never":
            assert check_value(rule_from(data), value) == ""


TABLES = {
    "aws": {
        "resource": {
            "aws_a": {"v": {"b.c": [["enum", ["x"]]], "name": [["length", 1, 3]]}},
            "aws_b": {"g": [["conflicts", "a", "b"]], "e": 1},
            "aws_c": {"g": [["conflicts", "a", "b"]], "e": 1},
        },
        "provider": {"": {"v": {"region": [["length", 1, None]]}}},
    },
    "aws@6": {"resource": {"aws_a": {"v": {"name": [["length", 1, 9]]}}}},
}


def test_a_pack_holds_what_was_written():
    data = write_rules(TABLES, "a test")
    assert data == write_rules(TABLES, "a test")
    pack = ValuePack(data)
    assert pack.source == "a test"
    for provider, modes in TABLES.items():
        for mode, types in modes.items():
            for name, record in types.items():
                assert pack.record(provider, mode, name) == record
    assert pack.record("aws", "data", "aws_a") is None
    assert pack.record("google", "resource", "aws_a") is None


@pytest.mark.parametrize(
    "record",
    [
        {"v": {"a": [["enumm", ["x"]]]}},
        {"v": {"a": [["range", 1]]}},
        {"v": {"a": [["format", "nothing"]]}},
        {"v": {"a": [["pattern", "("]]}},
        {"g": [["conflicts", "a"]]},
        {"g": [["conflict", "a", "b"]]},
        {"w": {}},
    ],
)
def test_a_bad_record_is_not_written(record):
    with pytest.raises(ValueError, match="aws resource aws_a"):
        write_rules({"aws": {"resource": {"aws_a": record}}}, "")


def test_another_file_is_no_pack():
    with pytest.raises(ValueError, match="no pack"):
        ValuePack(b"K8SP" + bytes(40))


GROUPS = [
    ("conflicts", {"a": True, "b": True}, "a"),
    ("conflicts", {"a": None, "b": True}, ""),
    ("conflicts", {"a": False, "b": True, "c": True}, ""),
    ("conflicts", {"a": True, "b": None, "c": False}, ""),
    ("required_with", {"a": True, "b": True, "c": False}, "a"),
    ("required_with", {"a": True, "b": None, "c": True}, ""),
    ("required_with", {"a": False}, ""),
    ("exactly_one_of", {}, "a"),
    ("exactly_one_of", {"b": True, "c": True}, "c"),
    ("exactly_one_of", {"b": True}, ""),
    ("exactly_one_of", {"b": None}, ""),
    ("at_least_one_of", {}, "a"),
    ("at_least_one_of", {"a": True, "b": True}, ""),
    ("at_most_one_of", {"a": True, "b": True}, "b"),
    ("at_most_one_of", {}, ""),
]


@pytest.mark.parametrize(("kind", "states", "blamed"), GROUPS)
def test_groups(kind, states, blamed):
    group = Group(kind, ("a", "b", "c"))
    found = list(check_groups([group], lambda path: states.get(path, False)))
    assert [path for _, path, _ in found] == ([blamed] if blamed else [])


def test_under_names_every_beginning_of_a_path():
    rules = TypeRules({"a.b.c": (rule_from(["never"]),)}, (Group("conflicts", ("x.y", "z")),))
    assert rules.under == {"a", "a.b", "a.b.c", "x", "x.y", "z"}


def test_unknown_types_have_no_rules():
    assert rules_for("aws", "resource", "aws_no_such_thing") is None
    assert rules_for("nobody", "resource", "aws_instance", 5) is None


# -- the pack that ships ---------------------------------------------------------------------------

PROVED = [
    # What the AWS provider 5.100.0 itself says of these values.
    ("resource", "aws_instance", "tenancy", ["default", "host"], ["zz", "Default", ""]),
    ("resource", "aws_instance", "root_block_device.volume_type", ["gp3", "io2"], ["gp4", "GP3"]),
    ("resource", "aws_instance", "private_ip", ["10.0.0.5"], ["10.0.0.256", "2001:db8::1", ""]),
    ("resource", "aws_vpc", "cidr_block", ["10.0.0.0/16"], ["10.0.0.0/29", "10.0.0.1/16", "x"]),
    ("resource", "aws_security_group", "name_prefix", ["web-"], ["sg-web", "a" * 230]),
    ("resource", "aws_security_group", "description", ["a" * 255, ""], ["a" * 256]),
    ("resource", "aws_security_group", "ingress.cidr_blocks.*", ["0.0.0.0/0"], ["10.0.0.1/8"]),
    ("resource", "aws_lb", "name", ["web-1"], ["-web", "web-", "web_1", "a" * 33, "internal-web"]),
    ("resource", "aws_lb_target_group", "slow_start", [0, 30, 900], [1, 29, 901]),
    ("resource", "aws_lb_listener_rule", "priority", [1, 50000, 99999], [0, 50001, -1]),
    ("resource", "aws_lambda_function", "timeout", [1, 900], [0, 901, 1.5]),
    ("resource", "aws_lambda_function", "memory_size", [128, 10240], [127, 10241]),
    ("resource", "aws_lambda_function", "runtime", ["python3.13", "nodejs22.x"], ["python4", "Go"]),
    ("resource", "aws_lambda_function", "function_name", ["f-1_a"], ["f 1", "", "a" * 141]),
    ("resource", "aws_iam_role", "name", ["a+b=c,.@-"], ["a b", "a/b", "", "a" * 65]),
    ("resource", "aws_iam_role", "assume_role_policy", ['{"a":1}'], ["[]", "", '{"a":1,"a":2}']),
    ("resource", "aws_iam_role", "max_session_duration", [3600, 43200], [3599, 43201]),
    ("resource", "aws_db_instance", "backup_retention_period", [0, 35], [-1, 36]),
    ("resource", "aws_db_instance", "identifier", ["db-1"], ["1db", "db_1", "db--1", "db-", "DB"]),
    ("resource", "aws_db_instance", "performance_insights_retention_period", [7, 31, 731], [8, 30]),
    ("resource", "aws_db_instance", "maintenance_window", ["sun:05:00-sun:06:00"], ["sunday"]),
    ("resource", "aws_elasticache_user", "engine", ["redis", "REDIS", "valkey"], ["memcached"]),
    ("resource", "aws_ecs_task_definition", "container_definitions", ['[{"name":"a"}]'], ["{}"]),
    ("resource", "aws_elb", "health_check.target", ["HTTP:80/", "TCP:22"], ["HTTP:80", "TCP:0"]),
    ("resource", "aws_cloudwatch_event_bus", "name", ["own"], ["default", ""]),
    ("resource", "aws_wafv2_web_acl", "scope", ["REGIONAL"], ["regional", "global"]),
    ("data", "aws_kms_key", "key_id", ["alias/a", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"], ["a b"]),
    ("provider", "", "assume_role.duration", ["1h"], ["1", "1 hour"]),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "type", "path", "fine", "wrong"), PROVED)
def test_rules_of_the_aws_provider(mode, type, path, fine, wrong):
    rules = rules_for("aws", mode, type)
    assert rules is not None
    for values, refused in ((fine, False), (wrong, True)):
        for value in values:
            found = [m for rule in rules.values[path] if (m := check_value(rule, value))]
            assert bool(found) is refused, (value, found)


TOGETHER = [
    ("aws_instance", {"instance_type"}, {"at_least_one_of"}),
    ("aws_instance", {"ami", "instance_type"}, set()),
    ("aws_instance", {"ami", "instance_type", "user_data", "user_data_base64"}, {"conflicts"}),
    ("aws_security_group", {"name", "name_prefix"}, {"conflicts"}),
    ("aws_vpc_security_group_ingress_rule", {"cidr_ipv4", "cidr_ipv6"}, {"exactly_one_of"}),
    ("aws_vpc_security_group_ingress_rule", {"prefix_list_id"}, set()),
    ("aws_lambda_function", {"s3_bucket"}, {"required_with"}),
    ("aws_lambda_function", {"s3_bucket", "s3_key"}, set()),
    ("aws_route53_record", {"alias", "ttl"}, {"conflicts", "required_with"}),
    ("aws_route53_record", {"records", "ttl"}, set()),
]


@pytest.mark.parametrize(("type", "given", "kinds"), TOGETHER)
def test_groups_of_the_aws_provider(type, given, kinds):
    rules = rules_for("aws", "resource", type)
    assert rules is not None
    groups = [group for group in rules.groups if "." not in group.paths[0]]
    found = check_groups(groups, lambda path: path in given)
    assert {group.kind for group, _, _ in found} == kinds


def test_types_of_the_plugin_framework_are_known():
    eager = rules_for("aws", "resource", "aws_s3_bucket_lifecycle_configuration")
    lazy = rules_for("aws", "resource", "aws_lb_listener")
    assert (eager.eager, lazy.eager) == (True, False)


def _patterns(data):
    for rule in data:
        if rule[0] in ("pattern", "no_pattern"):
            yield rule[1]
        elif rule[0] in ("any", "all"):
            yield from _patterns(rule[1:])


def test_no_shipped_pattern_is_slow():
    pack = ValuePack((DATA / FILES[0]).read_bytes())
    patterns = {
        pattern
        for mode, types in pack.types["aws"].items()
        for name in types
        for rules in pack.record("aws", mode, name).get("v", {}).values()
        for pattern in _patterns(rules)
    }
    assert len(patterns) > 100
    slow = []
    for text in ("a" * 2000 + "!", "1" * 2000 + " ", "a-" * 1000 + "\n", "/" * 2000, "A_" * 1000):
        for pattern in sorted(patterns):
            start = time.process_time()
            re.search(pattern, text, re.ASCII)
            if time.process_time() - start > 1:  # a bad one takes minutes
                slow.append(pattern)
    assert slow == []


@pytest.fixture(scope="module")
def provider():
    """The real AWS provider, asked directly."""
    folder = plugin_folder()
    found = sorted(
        (folder or Path("/nowhere")).glob("*/hashicorp/aws/5.*/*/terraform-provider-aws*")
    )
    if not found:
        pytest.skip("the AWS provider 5 is not in the folder of Terraform plugins")
    with Plugin(found[0]) as plugin:
        schemas = read_schemas(plugin.schema())
        yield Asker(plugin, Builder(schemas, {}))


@pytest.mark.tool
@pytest.mark.parametrize(("mode", "type", "path", "fine", "wrong"), PROVED)
def test_the_real_provider_says_the_same(provider, mode, type, path, fine, wrong):
    steps = tuple(path.removesuffix(".*").split("."))
    for values, refused in ((fine, False), (wrong, True)):
        for value in values:
            given = [value] if path.endswith(".*") else value
            said = provider.refusals((mode, type), steps, given)
            assert bool(active({value: said, "other": []})[value]) is refused, (value, said)
