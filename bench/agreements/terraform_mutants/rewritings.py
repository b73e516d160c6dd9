"""Changes after which a program should still be valid."""

from __future__ import annotations

import random
import re

from bench.agreements.terraform_mutants.register import pick, rewriting, substituted, with_value
from bench.agreements.terraform_text import Text
from iac_gym.languages.terraform.equivalents import equivalents


@rewriting
def equivalent(rng: random.Random, text: Text) -> str | None:
    """One of the rewritings that Terraform reads the same."""
    found = [files["main.tf"] for _, files in equivalents({"main.tf": text.text})]
    return rng.choice(found) if found else None


@rewriting
def literal_as_local(rng: random.Random, text: Text) -> str | None:
    """A literal becomes a local, through an interpolation or a function."""
    one = pick(
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
    return Text(with_value(text, one, value)).plus(f"locals {{\n  moved = {one.value}\n}}")


@rewriting
def literal_as_variable(rng: random.Random, text: Text) -> str | None:
    """A literal becomes a typed variable, with or without a default."""
    one = pick(rng, [a for a in text.of_resources() if a.literal])
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
    return Text(with_value(text, one, "var.moved")).plus(
        f'variable "moved" {{\n  type = {kind}{default}\n}}'
    )


@rewriting
def literal_as_heredoc(rng: random.Random, text: Text) -> str | None:
    """A text becomes a heredoc without its last newline."""
    one = pick(rng, [a for a in text.of_resources() if re.fullmatch(r'"[^"$%\\]+"', a.value)])
    if one is None:
        return None
    inner = one.value.strip('"')
    return with_value(text, one, f"chomp(<<-EOT\n    {inner}\n  EOT\n  )")


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
    made = substituted(rng, text, r"tags( *)= \{([^{}]*)\}", r"tags\1= merge(local.all_tags, {\2})")
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
        f'output "of_everything" {{\n  value       = {value}\n  description = "x"\n'
        f"  sensitive   = true\n}}"
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
        '    condition     = contains(["dev", "prod"], var.env)\n'
        '    error_message = "One of dev, prod."\n  }\n}',
        'check "fine" {\n  assert {\n    condition     = 1 < 2\n    error_message = "Odd."\n  }\n}',
        'variable "ports" {\n'
        '  type    = map(object({ port = number, tls = optional(bool, true) }))\n'
        '  default = { web = { port = 443 } }\n}\n\nlocals {\n'
        '  ports = { for k, v in var.ports : k => v.port if v.tls }\n}',
        'resource "terraform_data" "after" {\n  triggers_replace = [timestamp()]\n  input = {\n'
        '    a = [1, "b"]\n  }\n}',
        'locals {\n  doc = jsondecode(jsonencode({ a = [1, 2] }))\n  first = local.doc.a[0]\n'
        '  list = flatten([["a"], ["b"]])\n  text = format("%s-%03d", local.list[0], 7)\n}',
    ))  # fmt: skip
    return text.plus(made)
