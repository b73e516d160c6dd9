"""Requirements about accounts: users, groups, keys, sudo rules."""

from __future__ import annotations

from collections.abc import Iterable

from envs.ansible.requirements.files import writers
from envs.ansible.requirements.reading import (
    Arguments,
    done,
    given_last,
    missing,
    path_of,
    same,
    shown,
    standing,
    text,
    truth,
    words,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

USER = "ansible.builtin.user"
GROUP = "ansible.builtin.group"
KEY = "ansible.posix.authorized_key"
SUDOERS = "community.general.sudoers"
_CONTENT = {
    "ansible.builtin.copy": "content",
    "ansible.builtin.lineinfile": "line",
    "ansible.builtin.blockinfile": "block",
}


def _of(model: Project, user: str) -> list[tuple[Task, Arguments]]:
    """Return what is done to a user, in order; nothing where the last task removes the user."""
    return standing([one for one in done(model, (USER,)) if same(one[1].get("name"), user)])


def _setting(model: Project, user: str, key: str, wanted: object, said: str) -> Iterable[Finding]:
    last = given_last(_of(model, user), key)
    if last is None:
        yield from missing(f"no task gives the user `{user}` {said}")
    elif not same(last[1], wanted) and path_of(last[1]) != wanted:
        yield last[0].finding(f"the user `{user}` does not have {said}", key)


@requirement("the user `{user}` exists", "there is an account `{user}`")
def user_exists(model: Project, user: str) -> Iterable[Finding]:
    """The user module, with the state `present`."""
    if not _of(model, user):
        yield from missing(f"no task creates the user `{user}`")


@requirement("the account `{user}` is removed", "the user `{user}` does not exist any more")
def user_removed(model: Project, user: str) -> Iterable[Finding]:
    """The user module with `state: absent`."""
    found = [one for one in done(model, (USER,)) if same(one[1].get("name"), user)]
    if not found:
        yield from missing(f"no task removes the user `{user}`")
    elif text(found[-1][1].get("state")) != "absent":
        yield found[-1][0].finding(f"the user `{user}` is not removed", "state")


@requirement("the home folder of `{user}` is removed as well", "with `{user}` goes its home folder")
def home_removed(model: Project, user: str) -> Iterable[Finding]:
    """`remove` of the user module."""
    found = [
        (task, given)
        for task, given in done(model, (USER,))
        if same(given.get("name"), user) and text(given.get("state")) == "absent"
    ]
    if not found:
        yield from missing(f"no task removes the user `{user}`")
    for task, given in found:
        if not truth(given.get("remove")):
            yield task.finding(f"the home folder of `{user}` stays", "remove")


@requirement("the shell of `{user}` is `{shell}`", "`{user}` logs in with `{shell}`")
def user_shell(model: Project, user: str, shell: str) -> Iterable[Finding]:
    """`shell` of the user module."""
    yield from _setting(model, user, "shell", shell, f"the shell `{shell}`")


@requirement("the home folder of `{user}` is `{home}`", "`{user}` has its home in `{home}`")
def user_home(model: Project, user: str, home: str) -> Iterable[Finding]:
    """`home` of the user module."""
    yield from _setting(model, user, "home", home, f"the home folder `{home}`")


@requirement("the user ID of `{user}` is {uid}", "`{user}` has the UID {uid}")
def user_id(model: Project, user: str, uid: int) -> Iterable[Finding]:
    """`uid` of the user module."""
    yield from _setting(model, user, "uid", uid, f"the user ID {uid}")


@requirement(
    "the account `{user}` expires at {epoch} (seconds since 1970)",
    "`{user}` cannot be used after the Unix time {epoch}",
)
def user_expires(model: Project, user: str, epoch: int) -> Iterable[Finding]:
    """`expires` of the user module."""
    found = [one for one in _of(model, user) if one[1].get("expires") is not None]
    if not found:
        yield from missing(f"the account `{user}` does not expire")
    elif text(found[-1][1]["expires"]).removesuffix(".0") != str(epoch):
        yield found[-1][0].finding(f"`{user}` does not expire at {epoch}", "expires")


@requirement("`{user}` is a system account", "`{user}` is made as a system user")
def user_is_system(model: Project, user: str) -> Iterable[Finding]:
    """`system` of the user module."""
    yield from _yes(model, user, "system", "a system account")


@requirement(
    "no password of `{user}` works (the password is locked)", "the password of `{user}` is locked"
)
def password_locked(model: Project, user: str) -> Iterable[Finding]:
    """`password_lock`, or a password field that no password fits."""
    locked = False
    for _, given in _of(model, user):
        password = text(given.get("password"))
        if truth(given.get("password_lock")) or password.startswith(("!", "*")):
            locked = True
        elif given.get("password_lock") is not None or given.get("password") is not None:
            locked = False
    if not locked:
        yield from missing(f"the password of `{user}` is not locked")


def _yes(model: Project, user: str, key: str, said: str) -> Iterable[Finding]:
    found = _of(model, user)
    if not found:
        yield from missing(f"no task creates the user `{user}`")
    elif not truth(found[0][1].get(key)):
        yield found[0][0].finding(f"`{user}` is not {said}", key)


@requirement(
    "`{user}` is a member of the group `{group}` and keeps its other groups",
    "the group `{group}` is added to those of `{user}`",
)
def user_in_group(model: Project, user: str, group: str) -> Iterable[Finding]:
    """`groups` with `append`."""
    member = False
    for task, given in _of(model, user):
        if given.get("groups") is None:
            continue
        if group in words(given["groups"]):
            member = True
            if not truth(given.get("append")):
                yield task.finding(f"`{user}` loses its other groups", "append")
        elif not truth(given.get("append")):
            member = False
    if not member:
        yield from missing(f"no task makes `{user}` a member of `{group}`")


@requirement("the primary group of `{user}` is `{group}`", "`{user}` has the main group `{group}`")
def user_main_group(model: Project, user: str, group: str) -> Iterable[Finding]:
    """`group` of the user module."""
    yield from _setting(model, user, "group", group, f"the group `{group}`")


@requirement("the group `{group}` exists", "there is a Unix group `{group}`")
def group_exists(model: Project, group: str) -> Iterable[Finding]:
    """The group module."""
    found = [one for one in done(model, (GROUP,)) if same(one[1].get("name"), group)]
    if not found or text(found[-1][1].get("state")) == "absent":
        yield from missing(f"no task creates the group `{group}`")


@requirement("the group ID of `{group}` is {gid}", "the Unix group `{group}` has the GID {gid}")
def group_id(model: Project, group: str, gid: int) -> Iterable[Finding]:
    """`gid` of the group module."""
    found = standing([one for one in done(model, (GROUP,)) if same(one[1].get("name"), group)])
    last = given_last(found, "gid")
    if last is None:
        yield from missing(f"no task gives the group `{group}` the GID {gid}")
    elif not same(last[1], gid):
        yield last[0].finding(f"the group `{group}` does not have the GID {gid}", "gid")


@requirement(
    "the SSH key `{key}` lets one log in as `{user}`",
    "`{user}` accepts the public key `{key}`",
)
def key_authorised(model: Project, user: str, key: str) -> Iterable[Finding]:
    """The authorized_key module; several keys may stand in one text, with any comment."""
    there = False
    for _, given in done(model, (KEY,)):
        if not same(given.get("user"), user):
            continue
        lines = [line.split()[:2] for line in text(given.get("key")).splitlines()]
        if key.split()[:2] in lines:
            there = text(given.get("state")) in ("", "present")
        elif truth(given.get("exclusive")):
            there = False
    if not there:
        yield from missing(f"the key is not authorised for `{user}`")


@requirement(
    "`{user}` accepts no SSH keys but those that the playbook names",
    "other SSH keys of `{user}` are removed",
)
def keys_exclusive(model: Project, user: str) -> Iterable[Finding]:
    """`exclusive` of authorized_key."""
    found = [one for one in done(model, (KEY,)) if same(one[1].get("user"), user)]
    if not any(truth(given.get("exclusive")) for _, given in found):
        yield from missing(f"other keys of `{user}` stay")


@requirement(
    "the file `/etc/sudoers.d/{file}` holds the rule `{rule}` and visudo checks it first "
    "(`visudo -cf %s`)",
    "sudo gets the rule `{rule}` in `/etc/sudoers.d/{file}`, checked with `visudo -cf %s`",
)
def sudo_rule(model: Project, file: str, rule: str) -> Iterable[Finding]:
    """A written file that is validated, or the sudoers module, which does both."""
    path = f"/etc/sudoers.d/{file}"
    wanted = _rule(rule)
    for task, given in writers(model, path):
        lines = shown(given.get(_CONTENT.get(task.module, ""))).splitlines()
        if text(given.get("state")) != "absent" and wanted in [_rule(line) for line in lines]:
            check = text(given.get("validate")).split()
            if not check or not check[0].endswith("visudo") or "%s" not in "".join(check[1:]):
                yield task.finding("the rule is not checked with visudo", "validate")
            return
    found = standing([one for one in done(model, (SUDOERS,)) if same(one[1].get("name"), file)])
    for task, given in found[-1:]:
        if wanted == _rule(_written_by_module(given)):
            if text(given.get("validation")) == "absent":
                yield task.finding("the rule is not checked with visudo", "validation")
            return
    yield from missing(f"`{path}` does not hold the rule `{rule}`")


def _rule(line: str) -> str:
    """Return a rule without the blanks that do not matter."""
    line = line.strip()
    for mark in ("=", ":", ",", ")"):
        line = mark.join(part.strip() for part in line.split(mark))
    return " ".join(line.split())


def _written_by_module(given: Arguments) -> str:
    """Return the line that the sudoers module writes."""
    group = text(given.get("group"))
    who = f"%{group}" if group else text(given.get("user"))
    as_user = text(given.get("runas"))
    no_password = "nopassword" not in given or truth(given["nopassword"])
    tag = "NOPASSWD:" if no_password else ""
    commands = ",".join(words(given.get("commands")))
    return f"{who} ALL={f'({as_user})' if as_user else ''}{tag} {commands}"
