"""References, loops and dependencies that are wrong."""

from __future__ import annotations

import random

from bench.agreements.terraform_mutants.register import mutation, pick, substituted, with_value
from bench.agreements.terraform_text import REFERENCE, Text


@mutation
def undeclared_resource(rng: random.Random, text: Text) -> str | None:
    """A reference to a resource that is not there."""
    return substituted(
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
    return substituted(rng, text, REFERENCE.pattern, rf"\1.\2\3.{new}")


@mutation
def reference_without_attribute(rng: random.Random, text: Text) -> str | None:
    """A reference to the resource as a whole."""
    return substituted(rng, text, REFERENCE.pattern, r"\1.\2\3")


@mutation
def reference_without_data(rng: random.Random, text: Text) -> str | None:
    """A data source without `data.`, or a resource with it."""
    if "data." in text.text and rng.random() < 0.7:
        return substituted(rng, text, r"\bdata\.(aws_\w+\.)", r"\1")
    return substituted(rng, text, r"(?<![\w.\"])(aws_\w+\.\w+\.)", r"data.\1")


@mutation
def undeclared_variable(rng: random.Random, text: Text) -> str | None:
    """A variable or local that is not declared."""
    one = pick(rng, [a for a in text.of_resources() if a.literal])
    if one is None:
        return None
    return with_value(
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
        return substituted(rng, text, r"(aws_\w+\.\w+)\[[^\]\n]*\]\.", r"\1.")
    return substituted(rng, text, REFERENCE.pattern, r"\1.\2[0].\4")


@mutation
def index_of_text(rng: random.Random, text: Text) -> str | None:
    """An index, splat or attribute of an attribute that is a text."""
    new = rng.choice(("[0]", ".id", "[*]", '["a"]', "[*].id", ".0"))
    return substituted(rng, text, REFERENCE.pattern, rf"\1.\2\3.\4{new}")


@mutation
def each_or_count_out_of_place(rng: random.Random, text: Text) -> str | None:
    """`each`, `count` or `self` where there is none."""
    one = pick(rng, text.of_resources())
    if one is None:
        return None
    return with_value(
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
