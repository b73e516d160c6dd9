"""Requirements about databases, their users, and passwords that come from outside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from envs.ansible.requirements.reading import (
    Done,
    done,
    given_last,
    missing,
    same,
    source_of,
    standing,
    text,
    truth,
    words,
)
from iac_gym.check import requirement
from iac_gym.formats.jinja import JinjaError, parse_template, walk
from iac_gym.languages.ansible.evaluate_values import UNDEFINED, UNKNOWN
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Finding

PG_DB = "community.postgresql.postgresql_db"
PG_USER = "community.postgresql.postgresql_user"
PG_EXTENSION = "community.postgresql.postgresql_ext"
MY_DB = "community.mysql.mysql_db"
MY_USER = "community.mysql.mysql_user"
_SECRETS = (PG_USER, MY_USER, "ansible.builtin.user")


def _made(model: Project, module: str, name: str) -> list[Done]:
    """Return what is done to a database or user; nothing where it is removed at the end."""
    found = [
        (task, given)
        for task, given in done(model, (module,), once=True)
        if name in words(given.get("name"))
        and text(given.get("state")) in ("", "present", "absent")
    ]
    return standing(found)


def _has(
    model: Project, module: str, name: str, settings: dict[str, str], said: str
) -> Iterable[Finding]:
    """Yield findings unless a thing of a name is made, with these settings."""
    found = _made(model, module, name)
    if not found:
        yield from missing(f"no task makes the {said} `{name}`")
        return
    for key, wanted in settings.items():
        last = given_last(found, key)
        if last is None or _spelled(last[1]) != _spelled(wanted):
            task = found[-1][0] if last is None else last[0]
            yield task.finding(f"`{key}` of the {said} `{name}` is not `{wanted}`", key)


def _spelled(value: Any) -> str:
    """Return a value as PostgreSQL compares names of encodings: `UTF-8` is `utf8`."""
    known = text(value)
    return known.lower().replace("-", "") if known.upper().startswith("UTF") else known


@requirement("the PostgreSQL database `{name}` exists", "PostgreSQL has a database `{name}`")
def postgresql_database(model: Project, name: str) -> Iterable[Finding]:
    """The postgresql_db module."""
    yield from _has(model, PG_DB, name, {}, "PostgreSQL database")


@requirement(
    "the PostgreSQL database `{name}` has the owner `{owner}`",
    "`{owner}` owns the PostgreSQL database `{name}`",
)
def postgresql_owner(model: Project, name: str, owner: str) -> Iterable[Finding]:
    """`owner` of postgresql_db."""
    yield from _has(model, PG_DB, name, {"owner": owner}, "PostgreSQL database")


@requirement(
    "the PostgreSQL database `{name}` is encoded as {encoding}",
    "the encoding of the PostgreSQL database `{name}` is {encoding}",
)
def postgresql_encoding(model: Project, name: str, encoding: str) -> Iterable[Finding]:
    """`encoding` of postgresql_db."""
    yield from _has(model, PG_DB, name, {"encoding": encoding}, "PostgreSQL database")


@requirement("the PostgreSQL role `{name}` exists", "PostgreSQL knows the user `{name}`")
def postgresql_user(model: Project, name: str) -> Iterable[Finding]:
    """The postgresql_user module."""
    yield from _has(model, PG_USER, name, {}, "PostgreSQL user")


@requirement(
    "the extension `{extension}` is installed in the PostgreSQL database `{database}`",
    "the PostgreSQL database `{database}` has the extension `{extension}`",
)
def postgresql_extension(model: Project, extension: str, database: str) -> Iterable[Finding]:
    """The postgresql_ext module."""
    found = [
        (task, given)
        for task, given in _made(model, PG_EXTENSION, extension)
        if same(given.get("login_db") or given.get("db"), database)
    ]
    if not found:
        yield from missing(f"`{database}` does not get the extension `{extension}`")


@requirement("the MySQL database `{name}` exists", "MySQL has a database `{name}`")
def mysql_database(model: Project, name: str) -> Iterable[Finding]:
    """The mysql_db module."""
    if not _made(model, MY_DB, name):
        yield from missing(f"no task makes the MySQL database `{name}`")


@requirement(
    "the MySQL user `{user}` has the privileges `{privileges}` and no others",
    "MySQL grants `{user}` exactly `{privileges}`",
)
def mysql_grants(model: Project, user: str, privileges: str) -> Iterable[Finding]:
    """`priv` of mysql_user, as text or as a mapping; `append_privs` would keep others."""
    found = _made(model, MY_USER, user)
    last = given_last(found, "priv")
    if not found:
        yield from missing(f"no task makes the MySQL user `{user}`")
    elif last is None or _privileges(last[1]) != _privileges(privileges):
        yield found[-1][0].finding(f"the privileges are not `{privileges}`", "priv")
    for task, given in found:
        if truth(given.get("append_privs")) or truth(given.get("subtract_privs")):
            yield task.finding("other privileges are kept", "append_privs")


def _privileges(value: Any) -> dict[str, frozenset[str]]:
    """Return the privileges by place; `USAGE` is none, `ALL PRIVILEGES` is `ALL`."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    for part in text(value).split("/"):
        place, colon, listed = part.partition(":")
        if colon:
            pairs.append((place, listed))
    found = {}
    for place, listed in pairs:
        names = {" ".join(one.upper().split()) for one in words(listed)}
        names = {"ALL" if one == "ALL PRIVILEGES" else one for one in names} - {"USAGE", ""}
        if names:
            found[str(place).replace("`", "").strip()] = frozenset(names)
    return found


@requirement(
    "the MySQL user `{user}` may connect from `{host}`",
    "MySQL's `{user}` belongs to the host `{host}`",
)
def mysql_host(model: Project, user: str, host: str) -> Iterable[Finding]:
    """`host` of mysql_user; without one it is localhost."""
    found = _made(model, MY_USER, user)
    if not found:
        yield from missing(f"no task makes the MySQL user `{user}`")
    elif host not in [text(given.get("host")) or "localhost" for _, given in found]:
        yield found[-1][0].finding(f"`{user}` does not connect from `{host}`", "host")


@requirement(
    "the password of `{user}` comes from the variable `{variable}`, which stands nowhere in the "
    "files, and is not logged (`no_log`)",
    "`{user}` gets its password from `{variable}`, a variable that no file sets, and the task is "
    "kept out of the logs (`no_log`)",
)
def password_from_variable(model: Project, user: str, variable: str) -> Iterable[Finding]:
    """The argument is the variable, the variable is not written down, and `no_log` is set."""
    found = [
        (task, given)
        for task, given in done(model, _SECRETS, once=True)
        if user in words(given.get("name")) and given.get("password") is not None
    ]
    if not found:
        yield from missing(f"no task gives `{user}` a password")
    for task, given in found:
        if not _is_variable(source_of(task, given["password"]), variable):
            yield task.finding(f"the password is not the variable `{variable}`", "password")
        elif task.variables(variable) not in (UNKNOWN, UNDEFINED):
            yield task.finding(f"the variable `{variable}` is written down in the files")
        elif task.no_log is not True:
            yield task.finding("the password may be logged", "no_log")


_DEFAULT = re.compile(r"(?:ansible\.builtin\.)?d(?:efault)?")


def _is_variable(written: str, variable: str) -> bool:
    """Whether a text is a variable, filters allowed, with no other text that could replace it."""
    try:
        node = parse_template(written).single
    except JinjaError:
        return False
    if node is None:
        return False
    names = {one.value for one in walk(node) if one.kind == "name"}
    asked = {"omit", "lookup", "query", "vars", "ansible_facts"}
    if any(one.kind == "cond" for one in walk(node)):
        return False
    for one in walk(node):
        default = one.kind == "filter" and _DEFAULT.fullmatch(str(one.value))
        if default and [part.value for part in one.items[1:2] if part is not None] != ["omit"]:
            return False
    return variable in names and names - {variable} <= asked
