"""What shell commands mean: options and plain words, and the packages that get installed."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.formats.shell import Command, Install, Script

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


def installs_of(script: Script) -> list[Install]:
    """Return what a script certainly installs."""
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
