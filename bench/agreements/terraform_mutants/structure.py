"""Blocks that are wrong, doubled, or in the wrong place."""

from __future__ import annotations

import random

from bench.agreements.terraform_mutants.register import mutation, pick, substituted
from bench.agreements.terraform_text import Text


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
    return substituted(rng, text, r"(?m)^( *)(\w+) *= \{$", r"\1\2 {")


@mutation
def argument_one_level_up(rng: random.Random, text: Text) -> str | None:
    """An argument of a nested block stands beside the block."""
    inner = [a for a in text.of_resources() if len(a.path) > 1]
    one = pick(rng, inner)
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
    one = pick(rng, outer)
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
    one = pick(rng, text.arguments)
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
