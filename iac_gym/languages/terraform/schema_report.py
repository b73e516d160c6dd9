"""Says where the schema pack comes from, what is in it, and how exact it is: in `SOURCE.md`."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from iac_gym.languages.terraform.schema_source import Source
from iac_gym.languages.terraform.schemas import BodySchema

TITLE = "## `schemas.bin`"


def differences(exact: Source, other: Source) -> Counter[str]:
    """Count where another source of a provider's schema differs from the exact one, and how.

    "attributes" and "blocks" count what was compared.
    """
    found: Counter[str] = Counter()
    pairs = [(exact.config, other.config)]
    for these, those in ((exact.resources, other.resources), (exact.data, other.data)):
        found["type missing"] += len(these.keys() - those.keys())
        found["type extra"] += len(those.keys() - these.keys())
        pairs += [(body, those[name]) for name, body in these.items() if name in those]
    for body, like in pairs:
        found.update(_differences(body, like))
    return Counter({what: count for what, count in sorted(found.items()) if count})


def _differences(exact: BodySchema, other: BodySchema) -> Iterator[str]:
    if other.open and not exact.open:
        yield "body cut"
        return
    for name, attribute in exact.attributes.items():
        yield "attributes"
        like = other.attributes.get(name)
        if like is None:
            yield "attribute missing"
        else:
            yield from ("mode",) * (like.mode != attribute.mode)
            yield from ("type",) * (like.type != attribute.type)
    yield from ("attribute extra",) * len(other.attributes.keys() - exact.attributes.keys())
    yield from ("block extra",) * len(other.blocks.keys() - exact.blocks.keys())
    for name, block in exact.blocks.items():
        yield "blocks"
        like_block = other.blocks.get(name)
        if like_block is None:
            yield "block missing"
            continue
        for what, left, right in zip(("nesting", "least", "most"), block, like_block, strict=False):
            yield from (f"block's {what}",) * (left != right)
        yield from _differences(block.body, like_block.body)


def report(sources: Sequence[Source], error: Counter[str], size: int) -> str:
    """Write the section; `error` is how a package differs from the real schema."""
    rows = [
        f"| {s.name} | {s.version} | {s.origin} | {len(s.resources)} "
        f"| {len(s.data)} | {len(s.ephemeral)} | {len(s.functions)} |"
        for s in sources
    ]
    told = ", ".join(f"{what} {count}" for what, count in error.items())
    return f"""{TITLE}

- Provider schemas: names, types, modes and nesting of every argument, attribute and block.
- Licence: Mozilla Public License 2.0, of the packages and of the providers; the schemas are data
  taken from them. Their source form is in the packages named below.
- Built: {datetime.date.today()}, {size} bytes
- Command: `python -m iac_gym.languages.terraform.build_data FOLDER`
- Dropped: descriptions, deprecations. `id` is computed where the provider refuses to have it set.
- Functions and ephemeral resources come from the providers' documentation (`documented.py`), those
  of AWS 5 and of Terraform itself from their printed schema.
- AWS 6 has the exact facts of AWS 5 wherever the packages of both versions agree.
- How far the packages are from a real schema, measured on the package of AWS 5 (attributes and
  blocks are those compared, the rest are differences):
  {told}.

| Provider | Version | Read from | Resources | Data sources | Ephemeral | Functions |
|---|---|---|---|---|---|---|
{chr(10).join(rows)}
"""


def with_section(text: str, section: str) -> str:
    """Put the section into the text of `SOURCE.md`, in place of an older one."""
    parts = [part for part in re.split(r"(?m)^(?=## )", text) if not part.startswith(TITLE)]
    whole = "".join(parts).rstrip("\n")
    return f"{whole}\n\n{section}" if whole else f"# Where the data comes from\n\n{section}"
