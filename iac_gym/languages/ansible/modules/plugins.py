"""Names of filters, tests and lookups: those of Jinja2, of ansible-core and of collections."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.languages.ansible.modules.names import BUILTIN, split
from iac_gym.languages.ansible.modules.pack import modules

#: What Jinja2 3.1 has itself.
JINJA = {
    "filter": frozenset(
        """abs attr batch capitalize center count d default dictsort e escape filesizeformat first
        float forceescape format groupby indent int items join last length list lower map max min
        pprint random reject rejectattr replace reverse round safe select selectattr slice sort
        string striptags sum title tojson trim truncate unique upper urlencode urlize wordcount
        wordwrap xmlattr""".split()
    ),
    "test": frozenset(
        """!= < <= == > >= boolean callable defined divisibleby eq equalto escaped even false filter
        float ge greaterthan gt in integer iterable le lessthan lower lt mapping ne none number odd
        sameas sequence string test true undefined upper""".split()
    ),
    "lookup": frozenset(),
}
_MOST_REDIRECTS = 5


@lru_cache(maxsize=4096)
def known_plugin(kind: str, name: str) -> bool | None:
    """Say whether a filter, a test or a lookup exists; None where its collection is not known."""
    pack = modules()
    if "." not in name and name in JINJA[kind]:
        return True
    if name.startswith("ansible.legacy."):
        name = name.removeprefix("ansible.legacy.")
    whole = name if "." in name else f"{BUILTIN}.{name}"
    for _ in range(_MOST_REDIRECTS):
        collection, own = split(whole)
        if not collection:
            return False
        if own in pack.plugins(kind, collection):
            return True
        if collection == BUILTIN and own in JINJA[kind]:
            return True
        target = pack.index["routed"].get(kind, {}).get(whole)
        if target is None:
            return False if pack.knows(collection) else None
        whole = target
    return False


def plugin_names(kind: str) -> frozenset[str]:
    """Return the short names of plugins of a kind that are always there."""
    return JINJA[kind] | modules().plugins(kind, BUILTIN)
