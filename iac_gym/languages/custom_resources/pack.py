"""The data pack of custom resources: an index of the kinds, then one record per definition.

The file has the layout of the language `kubernetes` (`iac_gym.languages.kubernetes.pack`). The
index holds "kinds": apiVersion -> kind -> [number of its record, whether it has no namespace], and
"kubernetes", the source of the pack that it refers to.

A definition is `[fields, required]` or `[fields, required, extras]`; extras are constraints and
`"open": 1` where unknown fields are kept. A field's type, a node, is one of

- `s` string, `b` boolean, `i` int32, `l` int64, `n` number, `q` quantity, `p` int or string,
  `y` base64, `t` date-time, `o` any mapping, `x` anything;
- a number: the definition of that record; `["d", definition]`: one that stands here;
- `["k", number]`: a definition of the pack of the language `kubernetes`;
- `["a", node]` a list; `["m", node]` a mapping of strings;
- `["c", node, constraints]`: see `constraints`.
"""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path

from iac_gym.languages.kubernetes.kinds import describe_unserved as describe_built_in
from iac_gym.languages.kubernetes.pack import Pack

PATH = Path(__file__).parent / "data" / "custom_resources.bin"


@cache
def custom_pack() -> Pack:
    """Read the pack that ships with the package, once."""
    return Pack(PATH.read_bytes())


@cache
def custom_kinds() -> dict[tuple[str, str], int]:
    """Return (apiVersion, kind) -> number of its record."""
    return {
        (api_version, kind): entry[0]
        for api_version, kinds in custom_pack().index["kinds"].items()
        for kind, entry in kinds.items()
    }


@cache
def cluster_scoped() -> frozenset[tuple[str, str]]:
    """Return the (apiVersion, kind) that belong to no namespace."""
    return frozenset(
        (api_version, kind)
        for api_version, kinds in custom_pack().index["kinds"].items()
        for kind, entry in kinds.items()
        if entry[1]
    )


@cache
def _versions_of() -> dict[str, list[str]]:
    """Return kind -> every apiVersion that has it."""
    found: dict[str, list[str]] = {}
    for api_version, kind in custom_kinds():
        found.setdefault(kind, []).append(api_version)
    return found


def describe_unserved(api_version: str, kind: str, version: str) -> tuple[str, str, str]:
    """Say why neither Kubernetes nor an operator serves a kind: (message, hint, the wrong key)."""
    kinds = custom_pack().index["kinds"].get(api_version, {})
    known = _versions_of().get(kind, [])
    if not kinds and not known:
        return describe_built_in(api_version, kind, version)
    message = f"no operator has the kind `{kind[:60]}` in `{api_version[:60]}`"
    if known:
        return (
            message,
            f"`{kind}` is in {', '.join(f'`{name}`' for name in known[:4])}",
            "apiVersion",
        )
    near = difflib.get_close_matches(kind[:64], kinds, n=1, cutoff=0.6)
    hint = f"did you mean `{near[0]}`?" if near else f"it has {', '.join(sorted(kinds)[:8])}"
    return message, hint, "kind"
