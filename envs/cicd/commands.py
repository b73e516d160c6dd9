"""Command lines in one normal form: equal commands have equal words, whatever the service."""

from __future__ import annotations

_RUNNERS = frozenset(("poetry run", "uv run", "pipenv run", "hatch run", "bundle exec"))


def normal(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a command so that equal commands have equal words.

    `python -m pytest` is `pytest`, `npm run build` is `npm build`, `--a=b` is `--a b`, and a script
    that a shell is told to run is the script.
    """
    words = _without_runner(tuple(words))
    if words[:2] in (("npm", "run"), ("npm", "run-script"), ("yarn", "run"), ("pnpm", "run")):
        words = (words[0], *words[2:])
    made: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name.startswith("--") and "{" not in name:
            made += [name, value]
        else:
            made.append(word)
    made[0] = made[0].removeprefix("./")
    return tuple(made)


def _without_runner(words: tuple[str, ...]) -> tuple[str, ...]:
    if words[0] in ("python", "python3", "py") and words[1:2] == ("-m",) and len(words) > 2:
        words = words[2:]
    elif words[0] in ("bash", "sh") and len(words) > 1 and not words[1].startswith("-"):
        words = words[1:]
    elif words[0] == "npx" and len(words) > 1:
        rest = [word for word in words[1:3] if word not in ("-y", "--yes", "--no-install")]
        words = (*rest, *words[3:]) or words
    elif " ".join(words[:2]) in _RUNNERS and len(words) > 2:
        words = words[2:]
    if words[0] in ("pip3", "python3"):
        words = (words[0][:-1], *words[1:])
    return words


def elsewhere(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Take the option that names another working folder out of a command line.

    `terraform -chdir=infra plan` gives the words of `terraform plan`, and `infra`.
    """
    name, _, value = words[1].partition("=") if len(words) > 1 else ("", "", "")
    if words[0] == "terraform" and name == "-chdir":
        return (words[0], *words[2:]), value
    if words[0] in ("make", "npm") and name in ("-C", "--directory", "--prefix"):
        if value:
            return (words[0], *words[2:]), value
        if len(words) > 2:
            return (words[0], *words[3:]), words[2]
    return words, "."
