"""What shell commands do to an image: the packages they install, the users they create."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.formats.shell import Install, Script
from iac_gym.formats.shell_commands import installs_of
from iac_gym.languages.dockerfile.model import Run


def installs(run: Run) -> list[Install]:
    """Return what certainly gets installed."""
    return installs_of(run.parsed)


_USER_VALUES = frozenset(
    """-u --uid -g --gid -G --groups -d --home-dir --home -s --shell -c --comment --gecos --ingroup
    -h -k --skel -K --key -e -f -p --password -b""".split()
)


def created_users(run: Run) -> list[tuple[str, str]]:
    """Return (name, uid) of the users that certainly get created; the uid is "" if not given."""
    script = run.parsed
    if script.users is None:
        script.users = list(_created_users(script))
    return script.users


def _created_users(script: Script) -> Iterator[tuple[str, str]]:
    for command in script.certain:
        if command.program not in ("useradd", "adduser"):
            continue
        uid, plain, words = "", [], list(command.words[1:])
        while words:
            word = words.pop(0)
            name, equals, value = word.partition("=")
            cluster = word[:1] == "-" and word[:2] != "--" and len(word) > 2
            if name in _USER_VALUES or (cluster and f"-{word[-1]}" in _USER_VALUES):
                value = value if equals else (words.pop(0) if words else "")
                if name in ("-u", "--uid") or (cluster and word.endswith("u")):
                    uid = value
            elif word[:1] != "-":
                plain.append(word)
        if len(plain) == 1:
            yield plain[0], uid
