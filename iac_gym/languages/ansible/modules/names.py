"""Names of modules: short or whole, moved or removed, and the collections that are known."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.languages.ansible.modules.pack import modules

BUILTIN = "ansible.builtin"
#: Prefixes of ansible-core's own modules.
_CORE = ("ansible.builtin.", "ansible.legacy.")
#: Longest chain of redirects.
_MOST_REDIRECTS = 10
#: Parts of a whole name: namespace, collection, and the module's own.
_WHOLE = 3


def split(name: str) -> tuple[str, str]:
    """Return collection and module of a whole name, ("", name) of a short one."""
    parts = name.split(".")
    if len(parts) < _WHOLE:
        return "", name
    return ".".join(parts[:2]), ".".join(parts[2:])


def known_collection(name: str) -> bool:
    """Say whether the pack knows the modules of a collection ("community.docker")."""
    return modules().knows(name)


@lru_cache(maxsize=4096)
def resolve(name: str, collections: tuple[str, ...] = ()) -> str | None:
    """Return the whole name of a module, None where no collection that is known has it.

    `name` may be short (`copy`; looked for in `collections`, a tuple, and then in ansible-core) or
    whole. Redirects are followed. A whole name of a collection that is not known is returned as it
    is: see `known_collection`.
    """
    if "." not in name:
        for collection in collections:
            found = _follow(f"{collection}.{name}") if known_collection(collection) else None
            if found is not None:
                return found
        return _follow(f"{BUILTIN}.{name}")
    if name.startswith(_CORE[1]):
        name = _CORE[0] + name[len(_CORE[1]) :]
    return _follow(name)


def _follow(name: str) -> str | None:
    """Follow redirects to a module that exists, or to a collection that is not known."""
    pack = modules()
    for _ in range(_MOST_REDIRECTS):
        collection, module = split(name)
        if not collection:
            return None
        if module in pack.places(collection):
            return name
        target = pack.redirects(collection).get(module)
        if target is None:
            return None if pack.knows(collection) else name
        name = target
    return None


def is_removed(name: str) -> bool:
    """Say whether a module of a known collection existed once and was taken away."""
    collection, module = split(name if "." in name else f"{BUILTIN}.{name}")
    return module in modules().index["removed"].get(collection, ())


@lru_cache(maxsize=256)
def action_group(name: str) -> tuple[str, ...]:
    """Return the whole names of a group's modules (`aws` or `amazon.aws.aws`), as far as known."""
    groups = modules().index["action_groups"]
    collection, _ = split(name)
    if not collection:
        found = next((one for one in groups if one.rpartition(".")[2] == name), "")
        return action_group(found) if found else ()
    members = (one if "." in one else f"{collection}.{one}" for one in groups.get(name, "").split())
    return tuple(sorted({one for one in map(resolve, members) if one}))


#: Variables that a module sets on its host beside its result.
_FACTS = {
    "ansible.builtin.package_facts": ("packages",),
    "ansible.builtin.service_facts": ("services",),
    "ansible.builtin.mount_facts": ("mount_points",),
    "community.general.listen_ports_facts": ("tcp_listen", "udp_listen"),
    "community.general.facter_facts": ("facter",),
    "ansible.builtin.getent": ("getent_passwd", "getent_group", "getent_hosts", "getent_shadow"),
}


def returns_facts(module: str) -> tuple[str, ...]:
    """Return the variables that a module sets on its host."""
    return _FACTS.get(module, ())
