"""Values and expressions that are wrong, or nearly right."""

from __future__ import annotations

import random
import re

from bench.agreements.terraform_mutants.register import (
    literals,
    mutation,
    pick,
    substituted,
    with_value,
)
from bench.agreements.terraform_text import Text


@mutation
def wrong_type_of_value(rng: random.Random, text: Text) -> str | None:
    """A value of another kind."""
    one = pick(rng, text.of_resources())
    if one is None:
        return None
    values = ('["a", "b"]', '{ a = "b" }', "true", '"yes"', "12", '"text"', "[]", "{}", "null",
              "[1, 2]", '"12"', '"true"', "[null]", '[["a"]]')  # fmt: skip
    return with_value(text, one, rng.choice(values))


@mutation
def bad_enum(rng: random.Random, text: Text) -> str | None:
    """A text in the wrong case, or a value that is none of those allowed."""
    one = pick(rng, literals(text, r'^"[A-Za-z][A-Za-z0-9_:-]{1,30}"$'))
    if one is None:
        return None
    inner = one.value.strip('"')
    values = (inner.upper(), inner.lower(), inner.capitalize(), inner + "x", "standard", "default",
              "enabled", "ENABLED", inner.replace("_", "-"), inner.replace("-", "_"))  # fmt: skip
    return with_value(text, one, f'"{rng.choice(values)}"')


@mutation
def number_out_of_range(rng: random.Random, text: Text) -> str | None:
    """A number that is too small, too large, negative or broken."""
    one = pick(rng, literals(text, r"^-?\d"))
    if one is None:
        return None
    return with_value(
        text,
        one,
        rng.choice(("-1", "0", "99999", "70000", "1000000", "1.5", "7", "13", "-5", "366")),
    )


@mutation
def bad_name(rng: random.Random, text: Text) -> str | None:
    """A name with characters that may not be in it, or that is too long."""
    names = re.compile(r"name|bucket|identifier|prefix|family|alias")
    found = [one for one in literals(text, r'^"') if names.search(one.name)]
    one = pick(rng, found)
    if one is None:
        return None
    inner = one.value.strip('"')
    values = (inner + " two", inner.upper(), "_" + inner, inner + "-", inner * 9, "1" + inner,
              inner + "!", inner.replace("-", "."), inner + "--x", "", "internal-" + inner,
              inner + "/x", inner + ".", "sg-" + inner, "aws:" + inner, "x" * 33)  # fmt: skip
    return with_value(text, one, f'"{rng.choice(values)}"')


@mutation
def bad_arn(rng: random.Random, text: Text) -> str | None:
    """A text that should be an ARN is none, or not quite one."""
    found = [one for one in text.of_resources() if re.search(r"arns?$|role$|kms_key", one.name)]
    one = pick(rng, found)
    if one is None:
        return None
    values = ("my-role", "arn:aws:iam::role/x", "arn:aws:iam::123456789012", "arn:aws:s3:::x",
              "arn:aws:iam::12345:role/x", "arn:aws:iam:us-east-1:123456789012:role/x",
              "arn:aws:kms:us-east-1:123456789012:key/abc", "arn:aws:iam::ACCOUNT:role/x",
              "ARN:aws:iam::123456789012:role/x",
              "arn:aws:sns:us-east-1:123456789012:a")  # fmt: skip
    made = f'"{rng.choice(values)}"'
    return with_value(text, one, f"[{made}]" if one.value.startswith("[") else made)


@mutation
def bad_cidr(rng: random.Random, text: Text) -> str | None:
    """An address range that is none, or has bits outside its mask."""
    bad = ("10.0.0.0", "10.0.0.0/33", "10.0.0.256/24", "10.0.1.5/16", "10.0.0/24", "any", "0.0.0.0",
           "10.0.0.0/8 ", "::/0", "10.0.0.0/15", "10.0.0.0/29", "0.0.0.0/0")  # fmt: skip
    return substituted(rng, text, r"\d+\.\d+\.\d+\.\d+/\d+", rng.choice(bad))


@mutation
def bad_json(rng: random.Random, text: Text) -> str | None:
    """A document that is not JSON."""
    found = [one for one in text.of_resources() if re.search("polic|definition|document", one.name)]
    one = pick(rng, found)
    if one is None:
        blocks = [b for b in text.resources() if b.start != b.end]
        if not blocks:
            return None
        return text.inserted(rng.choice(blocks).start, '  policy = "{ not json"')
    values = ('"{ not json"', '"{}"', '""', '"[]"', '"{\\"Version\\": \\"2012-10-17\\",}"',
              "<<EOT\n{\n  \"Version\": \"2012-10-17\",\n}\nEOT", '"policy.json"')  # fmt: skip
    return with_value(text, one, rng.choice(values))


@mutation
def conflicting_arguments(rng: random.Random, text: Text) -> str | None:
    """An argument beside another that excludes it."""
    extra = {
        "name": 'name_prefix = "x-"', "bucket": 'bucket_prefix = "x-"',
        "cidr_blocks": "self = true", "gateway_id": 'nat_gateway_id = "nat-1"',
        "cidr_block": 'ipv6_cidr_block = "::/0"', "family": "skip_destroy = 1",
        "source_security_group_id": "self = true",
        "subnets": "subnet_mapping {\n"
        " subnet_id = \"s\"\n}",
        "instance_type": 'instance_requirements {\n}', "identifier": 'identifier_prefix = "x-"',
        "desired_count": 'scheduling_strategy = "DAEMON"', "policy": "policy_arn = 1",
        "availability_zone": 'availability_zone_id = "use1-az1"', "content": 'source = "x"',
        "launch_type": 'capacity_provider_strategy {\n capacity_provider = "FARGATE"\n}',
        "password": "manage_master_user_password = true", "value": 'insecure_value = "x"',
        "schedule_expression": "event_pattern = jsonencode({})", "filename": 's3_bucket = "x"',
        "cidr_ipv4": 'cidr_ipv6 = "::/0"', "read_capacity": "billing_mode = 1",
    }  # fmt: skip
    one = pick(rng, [a for a in text.of_resources() if a.name in extra])
    return text.inserted(one.line, one.indent + extra[one.name]) if one else None


#: Expressions around a literal `@`.
_EXPRESSIONS = (
    "true ? @ : null", "true ? @", "@ + 1", '"${@}"', "[for x in [@] : x][0]", "[for x in [@] x]",
    '{ for x in [@] : x }["a"]', '{ for x in ["a"] : x => @ }["a"]', "true && @", "!@",
    "@ == 1 ? @ : @", "try(@, null)", "can(@)", "[@][0]", "[@][1]", "[@]...", "coalesce(null, @)",
    'lookup({ a = @ }, "a")', "{ a = @ }.a", "{ a = @ }.b", "if true then @", "'@'", "(@)",
    "${@}", '"%{ if true }x%{ endif }"', '"%{ if true }x"', "@ ?? 1", "one([@])", "tostring(@)",
    "length(@) > 0 ? @ : null", "null", "@ == null ? 1 : @",
)  # fmt: skip


@mutation
def expression_mistake(rng: random.Random, text: Text) -> str | None:
    """Conditions, operators, loops and templates that are wrong, or look so."""
    one = pick(rng, [a for a in text.of_resources() if a.literal])
    if one is None:
        return None
    return with_value(text, one, rng.choice(_EXPRESSIONS).replace("@", one.value))
