"""Names and arguments that are wrong, missing, invented or in the wrong place."""

from __future__ import annotations

import random
import re

from bench.agreements.terraform_mutants.register import (
    literals,
    misspelt,
    mutation,
    pick,
    substituted,
    with_value,
)
from bench.agreements.terraform_text import Text, schema_of


@mutation
def misspelt_argument(rng: random.Random, text: Text) -> str | None:
    """The name of an argument has a wrong letter."""
    one = pick(rng, text.of_resources())
    if one is None:
        return None
    return text.replaced(one.line, f"{one.indent}{misspelt(rng, one.name)} = {one.value}")


@mutation
def misspelt_block(rng: random.Random, text: Text) -> str | None:
    """The name of a nested block has a wrong letter."""
    blocks = text.inner()
    if not blocks:
        return None
    one = rng.choice(blocks)
    line = text.lines[one.start].replace(one.kind, misspelt(rng, one.kind), 1)
    return text.replaced(one.start, line)


@mutation
def misspelt_type(rng: random.Random, text: Text) -> str | None:
    """The type of a resource has a wrong letter, everywhere."""
    kinds = sorted({b.labels[0] for b in text.resources() if len(b.labels) == 2})
    if not kinds:
        return None
    kind = rng.choice(kinds)
    return re.sub(rf"\b{kind}\b", misspelt(rng, kind), text.text)


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
    made = substituted(rng, text, r"\b[a-z0-9]+\((?=[^()\n])", rng.choice(names))
    if made:
        return made
    one = pick(rng, literals(text, '"'))
    return with_value(text, one, f"uppercase({one.value})") if one else None


@mutation
def wrong_arity(rng: random.Random, text: Text) -> str | None:
    """A function with too few or too many arguments."""
    one = pick(rng, literals(text, '"'))
    if one is None:
        return None
    calls = (f"lower({one.value}, true)", "join()", f"replace({one.value}, \"a\")", "format()",
             f"substr({one.value}, 0)", f"split({one.value})", "max()", f"lookup({one.value})",
             f"element({one.value})", "coalesce()")  # fmt: skip
    return with_value(text, one, rng.choice(calls))


@mutation
def wrong_kind_for_function(rng: random.Random, text: Text) -> str | None:
    """A function with an argument of the wrong kind."""
    one = pick(rng, literals(text, '"'))
    if one is None:
        return None
    calls = (f"join({one.value}, \"a\")", f"element({one.value}, 0)", f"merge({one.value}, {{}})",
             "lookup([], \"a\", \"b\")", f"keys({one.value})", f"cidrsubnet({one.value}, 8, 1)",
             f"format(\"%d\", {one.value})", f"tonumber({one.value})", f"concat({one.value}, [])",
             f"jsondecode({one.value})", f"length(5) > 1 ? {one.value} : \"\"")  # fmt: skip
    return with_value(text, one, rng.choice(calls))


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
    one = pick(rng, text.of_resources())
    blocks = [b for b in text.resources() if b.start != b.end]
    if one is None or not blocks:
        return None
    other = rng.choice(blocks)
    return text.inserted(other.start, f"  {one.name} = {one.value}")


@mutation
def missing_argument(rng: random.Random, text: Text) -> str | None:
    """A line with an argument is gone."""
    one = pick(rng, text.arguments)
    return text.without(one.line) if one else None


@mutation
def missing_required_argument(rng: random.Random, text: Text) -> str | None:
    """An argument that the schema requires is gone."""
    required = []
    for one in text.of_resources():
        schema = schema_of(one.owner, one.path)
        if schema is not None and one.name in schema.required:
            required.append(one)
    found = pick(rng, required)
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
