"""What shell commands do to an image: the packages they install, the users they create."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.languages.dockerfile.model import Run
from iac_gym.languages.dockerfile.shell import Command, Install, Script

#: Programs by package manager.
INSTALLS = {
    "apt": ("apt-get", "apt", "aptitude"),
    "apk": ("apk",),
    "yum": ("yum", "dnf", "microdnf"),
    "pip": ("pip", "pip3"),
    "npm": ("npm",),
}
_MANAGERS = {program: name for name, programs in INSTALLS.items() for program in programs}
_VERBS = frozenset(("install", "add", "i", "in"))
#: Options that take a value as the next word.
_VALUED = frozenset(
    """-o -t --target-release --option -c --config-file --virtual -X --repository -r --requirement
    -i --index-url --extra-index-url -f --find-links --prefix --target""".split()
)


def manager_of(command: Command) -> str:
    """Return the package manager of a command: apt, apk, yum, pip, npm, or "" for none."""
    program = command.program
    if program in ("python", "python3") and command.words[1:3] == ("-m", "pip"):
        return "pip"
    return _MANAGERS.get(program, "")


def arguments_of(command: Command) -> tuple[list[str], list[str]]:
    """Return the plain words (the subcommand first) and the options of a command."""
    if command.arguments is None:
        command.arguments = _arguments(command)
    return command.arguments


def _arguments(command: Command) -> tuple[list[str], list[str]]:
    words = list(command.words[1:])
    if words[:2] == ["-m", "pip"]:
        words = words[2:]
    plain: list[str] = []
    options: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
            options.append(word)
        elif word.startswith("-") and word != "-":
            options.append(word)
            skip = word in _VALUED
        else:
            plain.append(word)
    return plain, options


def has_option(options: list[str], letter: str, *names: str) -> bool:
    """Whether an option is given: one of the long names, or a letter in a cluster such as `-qy`."""
    for option in options:
        if option in names or option.partition("=")[0] in names:
            return True
        if option.startswith("-") and not option.startswith("--") and letter and letter in option:
            return True
    return False


def installs(run: Run) -> list[Install]:
    """Return what certainly gets installed."""
    script = run.parsed
    if script.installed is None:
        script.installed = list(_installs(script))
    return script.installed


def _installs(script: Script) -> Iterator[Install]:
    for command in script.certain:
        manager = manager_of(command)
        if not manager:
            continue
        plain, options = arguments_of(command)
        simulated = has_option(
            options, "", "--simulate", "--dry-run", "--download-only", "-s", "-d"
        )
        if plain and plain[0] in _VERBS and not simulated:
            names = frozenset([package_name(package, manager) for package in plain[1:]])
            yield Install(command, manager, names, options)


def package_name(text: str, manager: str) -> str:
    """Return the name of a package without its version."""
    if manager == "npm":
        return text.rpartition("@")[0] or text if "@" in text[1:] else text
    for mark in ("=", "<", ">", "~", "!", "["):
        text = text.partition(mark)[0]
    return text.partition("/")[0] if manager == "apt" else text.partition("@")[0]


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
