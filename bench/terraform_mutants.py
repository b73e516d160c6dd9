"""The mistakes that a model makes in Terraform, and rewritings that change nothing.

Each mutation takes a program and gives another text, or None where it has nothing to act on. None
of them knows whether its result is valid: the real tool says so.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from bench.terraform_text import REFERENCE, Argument, Text, schema_of
from iac_gym.languages.terraform.equivalents import equivalents

Mutation = Callable[[random.Random, Text], str | None]
MUTATIONS: dict[str, Mutation] = {}
REWRITINGS: dict[str, Mutation] = {}


def mutation(function: Mutation) -> Mutation:
    """Register a mistake under its name in words."""
    MUTATIONS[function.__name__.replace("_", " ")] = function
    return function


def rewriting(function: Mutation) -> Mutation:
    """Register a change after which a program should still be valid."""
    REWRITINGS[function.__name__.replace("_", " ")] = function
    return function


def _misspelt(rng: random.Random, word: str) -> str:
    """Return a word as a model misspells it."""
    place = rng.randrange(max(1, len(word) - 1))
    options = [
        word[:place] + word[place + 1 :],
        word[:place] + word[place] * 2 + word[place + 1 :],
        word + "s" if not word.endswith("s") else word[:-1],
        word.replace("_", "", 1),
        word.replace("_", "-", 1),
        word.rsplit("_", 1)[0] if "_" in word else word + "_name",
    ]
    made = [one for one in options if one not in (word, "") and not one[0].isdigit()]
    return rng.choice(made)


def _pick(rng: random.Random, choices: list[Argument]) -> Argument | None:
    return rng.choice(choices) if choices else None


def _with_value(text: Text, one: Argument, value: str) -> str:
    return text.replaced(one.line, f"{one.indent}{one.name} = {value}")


def _literals(text: Text, pattern: str) -> list[Argument]:
    return [one for one in text.of_resources() if one.literal and re.search(pattern, one.value)]


def _substituted(rng: random.Random, text: Text, pattern: str, made: str) -> str | None:
    found = list(re.finditer(pattern, text.text))
    if not found:
        return None
    one = rng.choice(found)
    return text.text[: one.start()] + one.expand(made) + text.text[one.end() :]


# -- names ---------------------------------------------------------------------------------------


@mutation
def misspelt_argument(rng: random.Random, text: Text) -> str | None:
    """The name of an argument has a wrong letter."""
    one = _pick(rng, text.of_resources())
    if one is None:
        return None
    return text.replaced(one.line, f"{one.indent}{_misspelt(rng, one.name)} = {one.value}")


@mutation
def misspelt_block(rng: random.Random, text: Text) -> str | None:
    """The name of a nested block has a wrong letter."""
    blocks = text.inner()
    if not blocks:
        return None
    one = rng.choice(blocks)
    line = text.lines[one.start].replace(one.kind, _misspelt(rng, one.kind), 1)
    return text.replaced(one.start, line)


@mutation
def misspelt_type(rng: random.Random, text: Text) -> str | None:
    """The type of a resource has a wrong letter, everywhere."""
    kinds = sorted({b.labels[0] for b in text.resources() if len(b.labels) == 2})
    if not kinds:
        return None
    kind = rng.choice(kinds)
    return re.sub(rf"\b{kind}\b", _misspelt(rng, kind), text.text)


@mutation
def misspelt_top_level_block(rng: random.Random, text: Text) -> str | None:
    """The word at the start of a top-level block is wrong."""
    words = {"resource": ("resources", "resouce", "Resource"), "variable": ("var", "variables"),
             "output": ("outputs",), "locals": ("local",), "data": ("datasource",),
             "provider": ("providers",), "module": ("modules",)}  # fmt: skip
    blocks = [b for b in text.blocks if len(b.path) == 1 and b.kind in words]
    if not blocks:
        return None
    one = rng.choice(blocks)
    line = text.lines[one.start].replace(one.kind, rng.choice(words[one.kind]), 1)
    return text.replaced(one.start, line)


@mutation
def misspelt_function(rng: random.Random, text: Text) -> str | None:
    """A function that does not exist, or takes another number of arguments."""
    names = (
        r"json_encode(",
        r"jsonEncode(",
        r"toJson(",
        r"to_set(",
        r"concatenate(",
        r"format_str(",
    )
    made = _substituted(rng, text, r"\b[a-z0-9]+\((?=[^()\n])", rng.choice(names))
    if made:
        return made
    one = _pick(rng, _literals(text, '"'))
    return _with_value(text, one, f"uppercase({one.value})") if one else None


@mutation
def wrong_arity(rng: random.Random, text: Text) -> str | None:
    """A function with too few or too many arguments."""
    one = _pick(rng, _literals(text, '"'))
    if one is None:
        return None
    calls = (f"lower({one.value}, true)", "join()", f"replace({one.value}, \"a\")", "format()",
             f"substr({one.value}, 0)", f"split({one.value})", "max()", f"lookup({one.value})",
             f"element({one.value})", f"coalesce()")  # fmt: skip
    return _with_value(text, one, rng.choice(calls))


@mutation
def wrong_kind_for_function(rng: random.Random, text: Text) -> str | None:
    """A function with an argument of the wrong kind."""
    one = _pick(rng, _literals(text, '"'))
    if one is None:
        return None
    calls = (f"join({one.value}, \"a\")", f"element({one.value}, 0)", f"merge({one.value}, {{}})",
             "lookup([], \"a\", \"b\")", f"keys({one.value})", f"cidrsubnet({one.value}, 8, 1)",
             f"format(\"%d\", {one.value})", f"tonumber({one.value})", f"concat({one.value}, [])",
             f"jsondecode({one.value})", f"length(5) > 1 ? {one.value} : \"\"")  # fmt: skip
    return _with_value(text, one, rng.choice(calls))


# -- arguments -----------------------------------------------------------------------------------

_INVENTED = (
    'enabled = true', 'name = "main"', 'description = "made by a model"', 'region = "us-east-1"',
    'encryption = true', 'encrypted = true', 'tags_all = {}', 'type = "standard"', 'arn = "x"',
    'id = "main"', 'versioning = true', 'security_groups = []', 'vpc = true', 'acl = "private"',
    'owner = "team"', 'depends = []', 'environment = "prod"', 'public = false', 'size = 10',
    'availability_zones = ["us-east-1a"]', 'policy = "{}"', 'logging = true', 'engine = "mysql"',
    'enable_classiclink = false', 'protocol = "tcp"', 'timeout = 30', 'replicas = 2',
)  # fmt: skip


@mutation
def invented_argument(rng: random.Random, text: Text) -> str | None:
    """An argument that sounds right, in a resource or one of its blocks."""
    blocks = [*text.resources(), *text.inner()]
    if not blocks:
        return None
    one = rng.choice(blocks)
    if one.start == one.end:
        return None
    return text.inserted(one.start, f"{one.indent}  {rng.choice(_INVENTED)}")


@mutation
def argument_of_another_resource(rng: random.Random, text: Text) -> str | None:
    """An argument stands in the wrong resource."""
    one = _pick(rng, text.of_resources())
    blocks = [b for b in text.resources() if b.start != b.end]
    if one is None or not blocks:
        return None
    other = rng.choice(blocks)
    return text.inserted(other.start, f"  {one.name} = {one.value}")


@mutation
def missing_argument(rng: random.Random, text: Text) -> str | None:
    """A line with an argument is gone."""
    one = _pick(rng, text.arguments)
    return text.without(one.line) if one else None


@mutation
def missing_required_argument(rng: random.Random, text: Text) -> str | None:
    """An argument that the schema requires is gone."""
    required = []
    for one in text.of_resources():
        schema = schema_of(one.owner, one.path)
        if schema is not None and one.name in schema.required:
            required.append(one)
    found = _pick(rng, required)
    return text.without(found.line) if found else None


@mutation
def missing_block(rng: random.Random, text: Text) -> str | None:
    """A nested block is gone."""
    blocks = text.inner()
    if not blocks:
        return None
    one = rng.choice(blocks)
    return text.without(one.start, one.end)


@mutation
def missing_declaration(rng: random.Random, text: Text) -> str | None:
    """A whole top-level block is gone, whatever refers to it."""
    blocks = [b for b in text.blocks if len(b.path) == 1 and b.kind != "terraform"]
    if len(blocks) < 2:
        return None
    one = rng.choice(blocks)
    return text.without(one.start, one.end)


@mutation
def computed_argument(rng: random.Random, text: Text) -> str | None:
    """An attribute that the provider decides is set."""
    blocks = [b for b in text.resources() if b.start != b.end]
    if not blocks:
        return None
    one = rng.choice(blocks)
    schema = schema_of(one.owner, one.path)
    if schema is None or not schema.computed:
        return None
    name = rng.choice(sorted(schema.computed))
    return text.inserted(one.start, f'  {name} = "set-by-hand"')


# -- values --------------------------------------------------------------------------------------


@mutation
def wrong_type_of_value(rng: random.Random, text: Text) -> str | None:
    """A value of another kind."""
    one = _pick(rng, text.of_resources())
    if one is None:
        return None
    values = ('["a", "b"]', '{ a = "b" }', "true", '"yes"', "12", '"text"', "[]", "{}", "null",
              "[1, 2]", '"12"', '"true"', "[null]", '[["a"]]')  # fmt: skip
    return _with_value(text, one, rng.choice(values))


@mutation
def bad_enum(rng: random.Random, text: Text) -> str | None:
    """A text in the wrong case, or a value that is none of those allowed."""
    one = _pick(rng, _literals(text, r'^"[A-Za-z][A-Za-z0-9_:-]{1,30}"$'))
    if one is None:
        return None
    inner = one.value.strip('"')
    values = (inner.upper(), inner.lower(), inner.capitalize(), inner + "x", "standard", "default",
              "enabled", "ENABLED", inner.replace("_", "-"), inner.replace("-", "_"))  # fmt: skip
    return _with_value(text, one, f'"{rng.choice(values)}"')


@mutation
def number_out_of_range(rng: random.Random, text: Text) -> str | None:
    """A number that is too small, too large, negative or broken."""
    one = _pick(rng, _literals(text, r"^-?\d"))
    if one is None:
        return None
    return _with_value(
        text,
        one,
        rng.choice(("-1", "0", "99999", "70000", "1000000", "1.5", "7", "13", "-5", "366")),
    )


@mutation
def bad_name(rng: random.Random, text: Text) -> str | None:
    """A name with characters that may not be in it, or that is too long."""
    names = re.compile(r"name|bucket|identifier|prefix|family|alias")
    found = [one for one in _literals(text, r'^"') if names.search(one.name)]
    one = _pick(rng, found)
    if one is None:
        return None
    inner = one.value.strip('"')
    values = (inner + " two", inner.upper(), "_" + inner, inner + "-", inner * 9, "1" + inner,
              inner + "!", inner.replace("-", "."), inner + "--x", "", "internal-" + inner,
              inner + "/x", inner + ".", "sg-" + inner, "aws:" + inner, "x" * 33)  # fmt: skip
    return _with_value(text, one, f'"{rng.choice(values)}"')


@mutation
def bad_arn(rng: random.Random, text: Text) -> str | None:
    """A text that should be an ARN is none, or not quite one."""
    found = [one for one in text.of_resources() if re.search(r"arns?$|role$|kms_key", one.name)]
    one = _pick(rng, found)
    if one is None:
        return None
    values = ("my-role", "arn:aws:iam::role/x", "arn:aws:iam::123456789012", "arn:aws:s3:::x",
              "arn:aws:iam::12345:role/x", "arn:aws:iam:us-east-1:123456789012:role/x",
              "arn:aws:kms:us-east-1:123456789012:key/abc", "arn:aws:iam::ACCOUNT:role/x",
              "ARN:aws:iam::123456789012:role/x", "arn:aws:sns:us-east-1:123456789012:a")  # fmt: skip
    made = f'"{rng.choice(values)}"'
    return _with_value(text, one, f"[{made}]" if one.value.startswith("[") else made)


@mutation
def bad_cidr(rng: random.Random, text: Text) -> str | None:
    """An address range that is none, or has bits outside its mask."""
    bad = ("10.0.0.0", "10.0.0.0/33", "10.0.0.256/24", "10.0.1.5/16", "10.0.0/24", "any", "0.0.0.0",
           "10.0.0.0/8 ", "::/0", "10.0.0.0/15", "10.0.0.0/29", "0.0.0.0/0")  # fmt: skip
    return _substituted(rng, text, r"\d+\.\d+\.\d+\.\d+/\d+", rng.choice(bad))


@mutation
def bad_json(rng: random.Random, text: Text) -> str | None:
    """A document that is not JSON."""
    found = [one for one in text.of_resources() if re.search("polic|definition|document", one.name)]
    one = _pick(rng, found)
    if one is None:
        blocks = [b for b in text.resources() if b.start != b.end]
        if not blocks:
            return None
        return text.inserted(rng.choice(blocks).start, '  policy = "{ not json"')
    values = ('"{ not json"', '"{}"', '""', '"[]"', '"{\\"Version\\": \\"2012-10-17\\",}"',
              "<<EOT\n{\n  \"Version\": \"2012-10-17\",\n}\nEOT", '"policy.json"')  # fmt: skip
    return _with_value(text, one, rng.choice(values))


@mutation
def conflicting_arguments(rng: random.Random, text: Text) -> str | None:
    """An argument beside another that excludes it."""
    extra = {
        "name": 'name_prefix = "x-"', "bucket": 'bucket_prefix = "x-"',
        "cidr_blocks": "self = true", "gateway_id": 'nat_gateway_id = "nat-1"',
        "cidr_block": 'ipv6_cidr_block = "::/0"', "family": "skip_destroy = 1",
        "source_security_group_id": "self = true", "subnets": "subnet_mapping {\n subnet_id = \"s\"\n}",
        "instance_type": 'instance_requirements {\n}', "identifier": 'identifier_prefix = "x-"',
        "desired_count": 'scheduling_strategy = "DAEMON"', "policy": "policy_arn = 1",
        "availability_zone": 'availability_zone_id = "use1-az1"', "content": 'source = "x"',
        "launch_type": 'capacity_provider_strategy {\n capacity_provider = "FARGATE"\n}',
        "password": "manage_master_user_password = true", "value": 'insecure_value = "x"',
        "schedule_expression": "event_pattern = jsonencode({})", "filename": 's3_bucket = "x"',
        "cidr_ipv4": 'cidr_ipv6 = "::/0"', "read_capacity": "billing_mode = 1",
    }  # fmt: skip
    one = _pick(rng, [a for a in text.of_resources() if a.name in extra])
    return text.inserted(one.line, one.indent + extra[one.name]) if one else None


# -- references ----------------------------------------------------------------------------------


@mutation
def undeclared_resource(rng: random.Random, text: Text) -> str | None:
    """A reference to a resource that is not there."""
    return _substituted(
        rng, text, REFERENCE.pattern, rf"\1.{rng.choice(('main', 'this', 'default'))}_x\3.\4"
    )


@mutation
def wrong_attribute(rng: random.Random, text: Text) -> str | None:
    """A reference to an attribute that the resource does not have."""
    new = rng.choice(
        (
            "ids",
            "ARN",
            "arns",
            "name_id",
            "url",
            "subnet_ids",
            "output",
            "role_arn",
            "ip",
            "value",
            "tags.Name",
            "key",
            "names",
            "self_link",
            "region_name",
        )
    )
    return _substituted(rng, text, REFERENCE.pattern, rf"\1.\2\3.{new}")


@mutation
def reference_without_attribute(rng: random.Random, text: Text) -> str | None:
    """A reference to the resource as a whole."""
    return _substituted(rng, text, REFERENCE.pattern, r"\1.\2\3")


@mutation
def reference_without_data(rng: random.Random, text: Text) -> str | None:
    """A data source without `data.`, or a resource with it."""
    if "data." in text.text and rng.random() < 0.7:
        return _substituted(rng, text, r"\bdata\.(aws_\w+\.)", r"\1")
    return _substituted(rng, text, r"(?<![\w.\"])(aws_\w+\.\w+\.)", r"data.\1")


@mutation
def undeclared_variable(rng: random.Random, text: Text) -> str | None:
    """A variable or local that is not declared."""
    one = _pick(rng, [a for a in text.of_resources() if a.literal])
    if one is None:
        return None
    return _with_value(
        text,
        one,
        rng.choice(
            (
                "var.environment_name",
                "local.common_name",
                "var.x.y",
                "vars.name",
                "local.names[0]",
                '"${var.nowhere}-a"',
            )
        ),
    )


@mutation
def index_of_single(rng: random.Random, text: Text) -> str | None:
    """An index of a resource that is no list, or none of one that is."""
    if "count " in text.text and rng.random() < 0.5:
        return _substituted(rng, text, r"(aws_\w+\.\w+)\[[^\]\n]*\]\.", r"\1.")
    return _substituted(rng, text, REFERENCE.pattern, r"\1.\2[0].\4")


@mutation
def index_of_text(rng: random.Random, text: Text) -> str | None:
    """An index, splat or attribute of an attribute that is a text."""
    new = rng.choice(("[0]", ".id", "[*]", '["a"]', "[*].id", ".0"))
    return _substituted(rng, text, REFERENCE.pattern, rf"\1.\2\3.\4{new}")


@mutation
def each_or_count_out_of_place(rng: random.Random, text: Text) -> str | None:
    """`each`, `count` or `self` where there is none."""
    one = _pick(rng, text.of_resources())
    if one is None:
        return None
    return _with_value(
        text,
        one,
        rng.choice(
            (
                "each.value",
                "count.index",
                '"${each.key}"',
                "self.id",
                "each.value.name",
                '"n-${count.index}"',
            )
        ),
    )


@mutation
def loop_over_wrong_kind(rng: random.Random, text: Text) -> str | None:
    """`for_each` over a list, a number or a text; `count` of a list."""
    blocks = [b for b in text.resources() if b.start != b.end]
    if not blocks:
        return None
    loops = ('for_each = ["a", "b"]', "for_each = 2", 'for_each = "a"', 'count = ["a"]',
             'count = "two"', "count = -1", 'for_each = toset(["a", "b"])', "for_each = [1, 2]",
             "for_each = {}", "count = 2", 'for_each = { a = 1 }', "count = 1.5", "for_each = null",
             "count = null", "for_each = toset([1, 2])", 'for_each = tolist(["a"])',
             'count = true ? 1 : 0', "count = length(5)")  # fmt: skip
    return text.inserted(rng.choice(blocks).start, f"  {rng.choice(loops)}")


@mutation
def cycle(rng: random.Random, text: Text) -> str | None:
    """Two resources that refer to each other, or one to itself."""
    if rng.random() < 0.4:
        made = rng.choice((
            "locals {\n  cycle_a = local.cycle_b\n  cycle_b = local.cycle_a\n}",
            'resource "aws_security_group" "ca" {\n  description = aws_security_group.cb.name\n}\n'
            'resource "aws_security_group" "cb" {\n  description = aws_security_group.ca.name\n}',
            'resource "aws_sqs_queue" "me" {\n  name = "x-${aws_sqs_queue.me.id}"\n}',
        ))  # fmt: skip
        return text.plus(made)
    edges = []
    for one in text.of_resources():
        block = next((b for b in text.resources() if b.start < one.line < b.end), None)
        for kind, name, _, _ in REFERENCE.findall(one.value):
            if block and len(block.labels) == 2 and not kind.startswith("data"):
                edges.append((block, kind, name))
    if not edges:
        return None
    block, kind, name = rng.choice(edges)
    other = [b for b in text.resources() if b.labels == (kind, name)]
    if not other or other[0].start == other[0].end:
        return None
    return text.inserted(other[0].start, f"  depends_on = [{'.'.join(block.labels)}]")


@mutation
def bad_depends_on(rng: random.Random, text: Text) -> str | None:
    """`depends_on` with texts, attributes or unknown names."""
    blocks = [b for b in text.resources() if b.start != b.end and len(b.labels) == 2]
    if not blocks:
        return None
    one, other = rng.choice(blocks), rng.choice(blocks)
    name = ".".join(other.labels)
    values = (f'["{name}"]', f"[{name}.id]", name, "[aws_vpc.nowhere]", "[var.x]", "[]",
              f"[{other.labels[1]}]", f'["${{{name}}}"]', "[each.key]", f"[{name}[0]]")  # fmt: skip
    return text.inserted(one.start, f"  depends_on = {rng.choice(values)}")


# -- structure -----------------------------------------------------------------------------------


@mutation
def block_as_argument(rng: random.Random, text: Text) -> str | None:
    """A nested block is written with an equals sign."""
    blocks = [b for b in text.inner() if b.kind not in ("dynamic", "content")]
    if not blocks:
        return None
    one = rng.choice(blocks)
    return text.replaced(one.start, text.lines[one.start].replace(" {", " = {", 1))


@mutation
def argument_as_block(rng: random.Random, text: Text) -> str | None:
    """A map, or a list of objects, is written as a block."""
    return _substituted(rng, text, r"(?m)^( *)(\w+) *= \{$", r"\1\2 {")


@mutation
def argument_one_level_up(rng: random.Random, text: Text) -> str | None:
    """An argument of a nested block stands beside the block."""
    inner = [a for a in text.of_resources() if len(a.path) > 1]
    one = _pick(rng, inner)
    if one is None:
        return None
    block = next(
        (b for b in text.inner() if b.start < one.line < b.end and b.path == one.path), None
    )
    if block is None:
        return None
    lines = [*text.lines]
    moved = lines.pop(one.line)
    lines.insert(block.start, moved[2:])
    return "\n".join(lines)


@mutation
def argument_one_level_down(rng: random.Random, text: Text) -> str | None:
    """An argument stands in the block beside it."""
    blocks = [b for b in text.inner() if b.start != b.end]
    if not blocks:
        return None
    block = rng.choice(blocks)
    outer = [a for a in text.of_resources() if a.path == block.path[:-1] and a.owner == block.owner]
    one = _pick(rng, outer)
    if one is None:
        return None
    lines = [*text.lines]
    moved = lines.pop(one.line)
    lines.insert(block.start + (one.line > block.start), "  " + moved)
    return "\n".join(lines)


@mutation
def unwrapped_block(rng: random.Random, text: Text) -> str | None:
    """The content of a nested block stands outside it."""
    blocks = [b for b in text.inner() if b.start != b.end]
    if not blocks:
        return None
    one = rng.choice(blocks)
    inside = "\n".join(line[2:] for line in text.lines[one.start + 1 : one.end])
    return text.replaced(one.start, inside, one.end)


@mutation
def wrapped_content(rng: random.Random, text: Text) -> str | None:
    """The content of a block stands in one block more."""
    blocks = [b for b in text.inner() if b.start != b.end]
    if not blocks:
        return None
    one = rng.choice(blocks)
    inside = "\n".join("  " + line for line in text.lines[one.start : one.end + 1])
    around = rng.choice(("configuration", "settings", one.kind, "rule", "config"))
    return text.replaced(one.start, f"{one.indent}{around} {{\n{inside}\n{one.indent}}}", one.end)


@mutation
def duplicate_argument(rng: random.Random, text: Text) -> str | None:
    """The same argument twice."""
    one = _pick(rng, text.arguments)
    return text.inserted(one.line, text.lines[one.line]) if one else None


@mutation
def duplicate_block(rng: random.Random, text: Text) -> str | None:
    """The same nested block twice."""
    blocks = text.inner()
    if not blocks:
        return None
    one = rng.choice(blocks)
    return text.inserted(one.end, "\n".join(text.lines[one.start : one.end + 1]))


@mutation
def duplicate_declaration(rng: random.Random, text: Text) -> str | None:
    """The same top-level block twice."""
    blocks = [b for b in text.blocks if len(b.path) == 1]
    if not blocks:
        return None
    one = rng.choice(blocks)
    return text.plus("\n".join(text.lines[one.start : one.end + 1]))


@mutation
def wrong_labels(rng: random.Random, text: Text) -> str | None:
    """A resource with one label, three, or a name that may not be one."""
    blocks = [b for b in text.blocks if len(b.path) == 1 and b.labels]
    if not blocks:
        return None
    one = rng.choice(blocks)
    line = text.lines[one.start]
    last = f'"{one.labels[-1]}"'
    new = rng.choice(("", f'{last} "more"', '"with space"', '"1st"', '"dotted.name"', '"a/b"'))
    return text.replaced(one.start, line.replace(last, new, 1))


@mutation
def resource_in_resource(rng: random.Random, text: Text) -> str | None:
    """A resource stands inside another one."""
    blocks = [b for b in text.resources() if b.start != b.end]
    if len(blocks) < 2:
        return None
    outer, inner = rng.sample(blocks, 2)
    moved = "\n".join("  " + line for line in text.lines[inner.start : inner.end + 1])
    return text.inserted(outer.start, moved)


@mutation
def foreign_resource(rng: random.Random, text: Text) -> str | None:
    """A type or block of another tool or version."""
    made = rng.choice((
        'resource "aws_s3_bucket_encryption" "e" {\n  bucket = "x"\n}',
        'resource "aws_s3_bucket_lifecycle" "e" {\n  bucket = "x"\n}',
        'resource "aws_elasticsearch" "e" {\n  name = "x"\n}',
        'resource "aws_alb_security_group" "e" {\n  name = "x"\n}',
        'resource "aws_ec2_instance" "e" {\n  ami = "ami-12345678"\n}',
        'resource "AWS::S3::Bucket" "e" {\n}',
        'data "aws_vpc" "e" {\n  default = true\n  vpc = "x"\n}',
        'data "aws_ami_latest" "e" {\n  owner = "amazon"\n}',
        'resource "aws_iam_policy_document" "e" {\n  statement {\n    actions = ["s3:*"]\n  }\n}',
        'data "aws_security_group_rule" "e" {\n  id = "x"\n}',
        'resource "aws_lambda" "e" {\n  function_name = "x"\n}',
        'resource "aws_rds_instance" "e" {\n  engine = "mysql"\n}',
        'resource "aws_vpc_subnet" "e" {\n  vpc_id = "x"\n}',
        'resource "aws_caller_identity" "e" {\n}',
        'resource "aws_cloudwatch_alarm" "e" {\n  alarm_name = "x"\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def removed_in_the_provider(rng: random.Random, text: Text) -> str | None:
    """Arguments and types of earlier versions, deprecated or removed."""
    made = rng.choice((
        'resource "aws_s3_bucket" "old" {\n  bucket = "old-one"\n  acl    = "private"\n}',
        'resource "aws_s3_bucket" "old" {\n  versioning {\n    enabled = true\n  }\n}',
        'resource "aws_s3_bucket_object" "old" {\n  bucket = "b"\n  key = "k"\n}',
        'resource "aws_eip" "old" {\n  vpc = true\n}',
        'resource "aws_instance" "old" {\n  ami = "ami-12345678"\n  instance_type = "t2.micro"\n'
        '  cpu_core_count = 2\n}',
        'resource "aws_db_instance" "old" {\n  instance_class = "db.t3.micro"\n  name = "x"\n}',
        'resource "aws_vpc" "old" {\n  cidr_block = "10.0.0.0/16"\n  enable_classiclink = true\n}',
        'resource "aws_autoscaling_group" "old" {\n  max_size = 1\n  min_size = 1\n'
        '  tags = [{ key = "a", value = "b", propagate_at_launch = true }]\n}',
        'resource "aws_elasticache_replication_group" "old" {\n  replication_group_id = "x"\n'
        '  replication_group_description = "x"\n}',
        'resource "aws_security_group" "old" {\n  egress {\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}',
        'resource "aws_iam_role_policy_attachment" "old" {\n  roles = ["x"]\n  policy_arn = "x"\n}',
        'data "aws_subnet_ids" "old" {\n  vpc_id = "x"\n}',
        'resource "aws_launch_configuration" "old" {\n  image_id = "ami-12345678"\n'
        '  instance_type = "t2.micro"\n}',
        'resource "aws_lb_listener" "old" {\n  load_balancer_arn = "x"\n  port = 80\n'
        '  default_action {\n    type = "forward"\n  }\n}',
        'resource "aws_codepipeline" "old" {\n  name = "x"\n  role_arn = "x"\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def mistakes_in_modules(rng: random.Random, text: Text) -> str | None:
    """A module without source, from nowhere, or outputs of one that is not there."""
    made = rng.choice((
        'module "m" {\n  name = "x"\n}',
        'module "m" {\n  source = "./modules/m"\n}',
        'output "m" {\n  value = module.network.vpc_id\n}',
        'module "m" {\n  source = var.source_of_module\n}',
        'module "m" {\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def variable_against_itself(rng: random.Random, text: Text) -> str | None:
    """A variable whose type, default or validation do not agree, and nearly so."""
    made = rng.choice((
        'variable "v" {\n  type    = number\n  default = "ten"\n}',
        'variable "v" {\n  type    = list(string)\n  default = "a"\n}',
        'variable "v" {\n  type    = map(string)\n  default = ["a"]\n}',
        'variable "v" {\n  type    = bool\n  default = "yes"\n}',
        'variable "v" {\n  type    = "string"\n  default = "x"\n}',
        'variable "v" {\n  type    = "list"\n  default = []\n}',
        'variable "v" {\n  type = str\n}',
        'variable "v" {\n  type = list\n}',
        'variable "v" {\n  type    = object({ a = string, b = number })\n  default = { a = "x" }\n}',
        'variable "v" {\n  type    = object({ a = string, b = optional(number, 3) })\n'
        '  default = { a = "x" }\n}',
        'variable "v" {\n  type    = string\n  default = var.other\n}',
        'variable "v" {\n  type    = number\n  default = "10"\n}',
        'variable "v" {\n  required = true\n}',
        'variable "v" {\n  type     = string\n  default  = null\n  nullable = false\n}',
        'variable "v" {\n  validation {\n    condition     = length(var.v) > 1\n  }\n}',
        'variable "v" {\n  validation {\n    condition     = true\n'
        '    error_message = "Always right."\n  }\n}',
        'variable "v" {\n  type    = tuple([string, number])\n  default = ["a", "b"]\n}',
        'variable "v" {\n  type    = set(string)\n  default = ["a", "a"]\n}',
        'variable "v" {\n  type    = map(object({ p = number }))\n  default = { a = { p = "x" } }\n}',
        'variable "v" {\n  type    = any\n  default = merge({}, {})\n}',
        'variable "v" {\n  description = "a ${var.x}"\n}',
        'variable "v-w" {\n  default = 1\n}',
        'variable "count" {\n  default = 1\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def output_against_itself(rng: random.Random, text: Text) -> str | None:
    """An output without value, of something sensitive, or with wrong arguments."""
    made = rng.choice((
        'output "o" {\n}',
        'output "o" {\n  value = var.secret_o\n}\nvariable "secret_o" {\n  sensitive = true\n}',
        'output "o" {\n  value     = var.secret_o\n  sensitive = true\n}\n'
        'variable "secret_o" {\n  sensitive = true\n}',
        'output "o" {\n  value = "x"\n  type  = string\n}',
        'output "o" {\n  value = "${var.secret_o}-x"\n}\nvariable "secret_o" {\n'
        '  type = string\n  sensitive = true\n}',
        'output "o" {\n  value = 1 + "a"\n}',
        'output "o" {\n  value = nonsensitive(var.secret_o)\n}\nvariable "secret_o" {\n'
        '  sensitive = true\n}',
        'output "o" {\n  value = { a = "x" }.b\n}',
        'output "o" {\n  value = ["x"][3]\n}',
        'output "o" {\n  value = terraform.environment\n}',
        'output "o" {\n  value = path.roots\n}',
        'output "o" {\n  value     = "x"\n  sensitive = "maybe"\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def bad_lifecycle(rng: random.Random, text: Text) -> str | None:
    """`lifecycle`, `timeouts`, `provisioner` and `provider` with wrong content, and right."""
    blocks = [b for b in text.resources() if b.start != b.end]
    if not blocks:
        return None
    made = rng.choice((
        "lifecycle {\n    prevent_destroy = var.keep\n  }",
        "lifecycle {\n    ignore_changes = tags\n  }",
        "lifecycle {\n    ignore_changes = [tags]\n  }",
        'lifecycle {\n    ignore_changes = ["tags"]\n  }',
        "lifecycle {\n    ignore_changes = all\n  }",
        "lifecycle {\n    ignore_changes = [nothing_like_it]\n  }",
        "lifecycle {\n    create_before_destroy = \"true\"\n  }",
        "lifecycle {\n    destroy = false\n  }",
        "lifecycle {\n    prevent_destroy = true\n  }\n  lifecycle {\n    ignore_changes = all\n  }",
        "lifecycle = {\n    prevent_destroy = true\n  }",
        'timeouts {\n    create = "10m"\n  }',
        'timeouts {\n    created = "10m"\n  }',
        'provisioner "local-exec" {\n    command = "echo"\n  }',
        'provisioner "local-exec" {\n    cmd = "echo"\n  }',
        'provisioner "shell" {\n    command = "echo"\n  }',
        "provider = aws.other",
        'provider = "aws"',
        "provider = aws",
        "lifecycle {\n    precondition {\n      condition = 1\n      error_message = \"x\"\n    }\n  }",
        "lifecycle {\n    precondition {\n      condition = true\n    }\n  }",
        "lifecycle {\n    replace_triggered_by = [var.x]\n  }",
        "lifecycle {\n    replace_triggered_by = [self.id]\n  }",
    ))  # fmt: skip
    return text.inserted(rng.choice(blocks).start, f"  {made}")


@mutation
def bad_dynamic(rng: random.Random, text: Text) -> str | None:
    """A nested block made dynamic, not quite right."""
    blocks = [b for b in text.inner() if b.start != b.end and b.kind not in ("dynamic", "content")]
    if not blocks:
        return None
    one = rng.choice(blocks)
    inside = "\n".join("    " + line.strip() for line in text.lines[one.start + 1 : one.end])
    kind, flaw = one.kind, rng.randrange(8)
    loop = (
        "for_each = [1]"
        if flaw != 1
        else rng.choice(("foreach = [1]", "for_each = 1", "count = 1", 'for_each = "a"'))
    )
    content = "content" if flaw != 2 else kind
    label = f'"{kind}"' if flaw != 3 else '"other_block"'
    if flaw == 4:
        return text.replaced(one.start, f"dynamic {label} {{\n{loop}\n{inside}\n}}", one.end)
    if flaw == 5:
        inside += "\n" + rng.choice(("name = each.value", f"x = {kind}.value", "name = item.value"))
    if flaw == 6:
        loop += "\niterator = " + rng.choice(("it", '"it"', "var.it"))
    if flaw == 7:
        loop = "for_each = [1, 2, 3]"
    made = f"dynamic {label} {{\n{loop}\n{content} {{\n{inside}\n}}\n}}"
    return text.replaced(one.start, made, one.end)


@mutation
def expression_mistake(rng: random.Random, text: Text) -> str | None:
    """Conditions, operators, loops and templates that are wrong, or look so."""
    one = _pick(rng, [a for a in text.of_resources() if a.literal])
    if one is None:
        return None
    v = one.value
    made = (f"true ? {v} : null", f"true ? {v}", f"{v} + 1", f'"${{{v}}}"', f"[for x in [{v}] : x][0]",
            f"[for x in [{v}] x]", f'{{ for x in [{v}] : x }}["a"]', f'{{ for x in ["a"] : x => {v} }}["a"]',
            f"true && {v}", f"!{v}", f"{v} == 1 ? {v} : {v}", f"try({v}, null)", f"can({v})",
            f"[{v}][0]", f"[{v}][1]", f"[{v}]...", f"coalesce(null, {v})", f"lookup({{ a = {v} }}, \"a\")",
            f"{{ a = {v} }}.a", f"{{ a = {v} }}.b", f"if true then {v}", f"'{v}'", f"({v})", f"${{{v}}}",
            f'"%{{ if true }}x%{{ endif }}"', f'"%{{ if true }}x"', f"{v} ?? 1", f"one([{v}])",
            f"tostring({v})", f"length({v}) > 0 ? {v} : null", f"null", f"{v} == null ? 1 : {v}")  # fmt: skip
    return _with_value(text, one, rng.choice(made))


@mutation
def provider_mistake(rng: random.Random, text: Text) -> str | None:
    """A provider configured wrongly."""
    made = rng.choice((
        'provider "aws" {\n  regions = ["us-east-1"]\n}',
        'provider "aws" {\n  region = ["us-east-1"]\n}',
        'provider "aws" {\n  region = "us-east-1"\n  default_tags = {\n    a = "b"\n  }\n}',
        'provider "aws" {\n  region = "us-east-1"\n  default_tags {\n    a = "b"\n  }\n}',
        'provider "aws" {\n  region = "us-east-1"\n  assume_role {\n    role = "x"\n  }\n}',
        'provider "aws" {\n  region  = "us-east-1"\n  version = "~> 5.0"\n}',
        'provider "aws" {\n  alias  = "two"\n  region = aws_region.x\n}',
        'provider "aws" {\n  alias  = "two words"\n  region = "us-east-1"\n}',
        'provider "aws" {\n  region = var.no_such_region\n}',
        'provider {\n  region = "us-east-1"\n}',
        'provider aws {\n  region = "us-east-1"\n  profile = "x"\n  access_key = 1\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def terraform_mistake(rng: random.Random, text: Text) -> str | None:
    """A `terraform` block with wrong content."""
    made = rng.choice((
        'terraform {\n  required_version = "1.5"\n}',
        'terraform {\n  required_version = ">= 1.0, < 2.0"\n}',
        'terraform {\n  required_version = "latest"\n}',
        "terraform {\n  required_version = 1.5\n}",
        "terraform {\n  version = 1\n}",
        'terraform {\n  backend "local" {\n  }\n}',
        'terraform {\n  backend "s3" {\n    bucket = var.b\n  }\n}',
        'terraform {\n  backend = "s3"\n}',
        'terraform {\n  required_providers {\n    aws = "5.0"\n  }\n}',
        "terraform {\n  experiments = [nothing]\n}",
    ))  # fmt: skip
    return text.plus(made)


# -- syntax --------------------------------------------------------------------------------------


@mutation
def unquoted_text(rng: random.Random, text: Text) -> str | None:
    """A text without its quotes."""
    one = _pick(rng, [a for a in text.arguments if re.fullmatch(r'"[^"]*"', a.value)])
    return _with_value(text, one, one.value.strip('"') or "nothing") if one else None


@mutation
def missing_bracket(rng: random.Random, text: Text) -> str | None:
    """A bracket is gone."""
    return _substituted(rng, text, r"[{}\[\]()]", "")


@mutation
def missing_quote(rng: random.Random, text: Text) -> str | None:
    """A quote is gone."""
    return _substituted(rng, text, '"', "")


@mutation
def missing_comma(rng: random.Random, text: Text) -> str | None:
    """A comma is gone."""
    return _substituted(rng, text, ",", "")


@mutation
def foreign_syntax(rng: random.Random, text: Text) -> str | None:
    """JSON, YAML or Python habits."""
    one = _pick(rng, text.arguments)
    if one is None:
        return None
    lines = (f'{one.indent}"{one.name}" = {one.value}', f"{one.indent}{one.name}: {one.value}",
             f"{one.indent}{one.name} = {one.value},", f"{one.indent}{one.name} = {one.value};",
             f"{one.indent}{one.name} == {one.value}", f"{one.indent}{one.name} {one.value}",
             f"{one.indent}{one.name} = {one.value} -- note", f"{one.indent}{one.name} = True",
             f"{one.indent}{one.name} = None", f"```\n{one.indent}{one.name} = {one.value}",
             f"{one.indent}...")  # fmt: skip
    return text.replaced(one.line, rng.choice(lines))


@mutation
def cut_off(rng: random.Random, text: Text) -> str | None:
    """The text ends early, as an answer that was too long."""
    if len(text.text) < 100:
        return None
    return text.text[: rng.randrange(len(text.text) // 2, len(text.text) - 2)]


# -- rewritings ----------------------------------------------------------------------------------


@rewriting
def equivalent(rng: random.Random, text: Text) -> str | None:
    """One of the rewritings that Terraform reads the same."""
    found = [files["main.tf"] for _, files in equivalents({"main.tf": text.text})]
    return rng.choice(found) if found else None


@rewriting
def literal_as_local(rng: random.Random, text: Text) -> str | None:
    """A literal becomes a local, through an interpolation or a function."""
    one = _pick(
        rng, [a for a in text.of_resources() if a.literal and a.name not in ("count", "provider")]
    )
    if one is None:
        return None
    value = rng.choice(
        (
            "local.moved",
            '"${local.moved}"',
            "tostring(local.moved)",
            "try(local.moved, null)",
            "[local.moved][0]",
            "one([local.moved])",
            "coalesce(local.moved)",
            "true ? local.moved : null",
        )
    )
    return Text(_with_value(text, one, value)).plus(f"locals {{\n  moved = {one.value}\n}}")


@rewriting
def literal_as_variable(rng: random.Random, text: Text) -> str | None:
    """A literal becomes a typed variable, with or without a default."""
    one = _pick(rng, [a for a in text.of_resources() if a.literal])
    if one is None:
        return None
    kind = (
        "string"
        if one.value.startswith('"')
        else "bool"
        if one.value in ("true", "false")
        else "number"
    )
    default = f"\n  default = {one.value}" if rng.random() < 0.5 else ""
    return Text(_with_value(text, one, "var.moved")).plus(
        f'variable "moved" {{\n  type = {kind}{default}\n}}'
    )


@rewriting
def literal_as_heredoc(rng: random.Random, text: Text) -> str | None:
    """A text becomes a heredoc without its last newline."""
    one = _pick(rng, [a for a in text.of_resources() if re.fullmatch(r'"[^"$%\\]+"', a.value)])
    if one is None:
        return None
    inner = one.value.strip('"')
    return _with_value(text, one, f"chomp(<<-EOT\n    {inner}\n  EOT\n  )")


@rewriting
def resource_in_a_loop(rng: random.Random, text: Text) -> str | None:
    """A resource gets `count` or `for_each`, and references to it an index."""
    blocks = [b for b in text.resources() if b.start != b.end and len(b.labels) == 2]
    free = [
        b for b in blocks if not re.search("count|for_each", "\n".join(text.lines[b.start : b.end]))
    ]
    if not free:
        return None
    one = rng.choice(free)
    loop, index = rng.choice(
        (
            ("count = 1", "[0]"),
            ('for_each = toset(["a"])', '["a"]'),
            ("for_each = { a = 1 }", '["a"]'),
        )
    )
    made = text.inserted(one.start, f"  {loop}")
    name = ".".join(one.labels)
    return re.sub(rf"(?<![\w.]){re.escape(name)}(?=\.)", name + index, made)


@rewriting
def block_as_dynamic(rng: random.Random, text: Text) -> str | None:
    """A nested block becomes dynamic."""
    blocks = [
        b
        for b in text.inner()
        if b.start != b.end
        and b.kind not in ("dynamic", "content", "lifecycle", "timeouts")
        and "lifecycle" not in b.path
        and "provisioner" not in b.path
    ]
    if not blocks:
        return None
    one = rng.choice(blocks)
    inside = "\n".join("    " + line.strip() for line in text.lines[one.start + 1 : one.end])
    loop = rng.choice(
        ("[1]", "true ? [1] : []", 'toset(["a"])', '{ a = "b" }', "var.items_of_block")
    )
    made = text.replaced(
        one.start,
        f'{one.indent}dynamic "{one.kind}" {{\nfor_each = {loop}\ncontent {{\n{inside}\n}}\n}}',
        one.end,
    )
    if "var." in loop:
        made = Text(made).plus(
            'variable "items_of_block" {\n  type    = list(string)\n  default = ["a"]\n}'
        )
    return made


@rewriting
def tags_by_merge(rng: random.Random, text: Text) -> str | None:
    """Tags come from a local through `merge`."""
    made = _substituted(
        rng, text, r"tags( *)= \{([^{}]*)\}", r"tags\1= merge(local.all_tags, {\2})"
    )
    return (
        Text(made).plus('locals {\n  all_tags = { Team = "core", (upper("k")) = "v" }\n}')
        if made
        else None
    )


@rewriting
def outputs_of_everything(rng: random.Random, text: Text) -> str | None:
    """Outputs of ids and loops over resources."""
    blocks = [
        b
        for b in text.resources()
        if len(b.labels) == 2
        and not re.search(r"\b(count|for_each)\b", "\n".join(text.lines[b.start : b.end]))
    ]
    if not blocks:
        return None
    one = rng.choice(blocks)
    name = ".".join(one.labels)
    value = rng.choice(
        (
            f"{name}.id",
            f"{name}[*].id",
            f"{{ for k in [{name}.id] : k => upper(k) }}",
            f"try({name}.id, null)",
            f'join(",", [for r in [{name}] : r.id])',
            f'"${{{name}.id}}/x"',
            f"{name}",
        )
    )
    return text.plus(
        f'output "of_everything" {{\n  value       = {value}\n  description = "x"\n  sensitive   = true\n}}'
    )


@rewriting
def other_order(rng: random.Random, text: Text) -> str | None:
    """The top-level blocks in another order."""
    parts = sorted((b for b in text.blocks if len(b.path) == 1), key=lambda b: b.start)
    made = ["\n".join(text.lines[b.start : b.end + 1]) for b in parts]
    rng.shuffle(made)
    return "\n\n".join(made) + "\n"


@rewriting
def conditions_and_checks(rng: random.Random, text: Text) -> str | None:
    """Preconditions, checks, moved blocks, validations."""
    made = rng.choice((
        'variable "env" {\n  type    = string\n  default = "dev"\n\n  validation {\n'
        '    condition     = contains(["dev", "prod"], var.env)\n    error_message = "One of dev, prod."\n  }\n}',
        'check "fine" {\n  assert {\n    condition     = 1 < 2\n    error_message = "Odd."\n  }\n}',
        'variable "ports" {\n  type    = map(object({ port = number, tls = optional(bool, true) }))\n'
        '  default = { web = { port = 443 } }\n}\n\nlocals {\n  ports = { for k, v in var.ports : k => v.port if v.tls }\n}',
        'resource "terraform_data" "after" {\n  triggers_replace = [timestamp()]\n  input = {\n    a = [1, "b"]\n  }\n}',
        'locals {\n  doc = jsondecode(jsonencode({ a = [1, 2] }))\n  first = local.doc.a[0]\n'
        '  list = flatten([["a"], ["b"]])\n  text = format("%s-%03d", local.list[0], 7)\n}',
    ))  # fmt: skip
    return text.plus(made)


def changed(rng: random.Random, text: str, *, valid: bool) -> tuple[str, str] | None:
    """Return (the class of the change, another text), None where it finds nothing to change."""
    table = REWRITINGS if valid else MUTATIONS
    name = rng.choice(sorted(table))
    made = table[name](rng, Text(text))
    return (name, made) if made is not None and made != text else None
