"""Images that typed `docker` commands build, name and push, over the steps of a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from envs.cicd.requirements.github_find import Ran, ran_in
from envs.cicd.requirements.github_texts import clean_path, compact, lines_of
from iac_gym.languages.github_actions.model import Step

#: Most builds and pushes of one job that are looked at.
_MOST = 20

#: Options of `docker build` by the name of the input of the action.
_OPTIONS = {
    "--platform": "platforms", "--build-arg": "build-args", "--file": "file", "-f": "file",
    "--target": "target", "--cache-from": "cache-from", "--cache-to": "cache-to",
    "--tag": "tags", "-t": "tags", "--secret": "secrets", "--label": "labels",
    "--output": "outputs", "-o": "outputs",
}  # fmt: skip
_FLAGS = frozenset(
    """--push --no-cache --pull --load -q --quiet --password-stdin --rm --force-rm --squash
    --compress --debug -D --check --all-tags -a""".split()
)


class Build(NamedTuple):
    """A build: its options by the name of the action's input, its tags, and what pushes which."""

    ran: Ran
    options: dict[str, list[str]]
    tags: frozenset[str]
    sends: tuple[tuple[str, Step], ...]


def docker_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a docker command in short: `docker image push` is `docker push`."""
    if words[:2] in (("docker", "image"), ("docker", "builder")):
        return (words[0], *words[2:])
    return ("docker", *words[2:]) if words[:3] == ("docker", "buildx", "build") else words


def read_options(words: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the options of a docker command, and its plain words under an empty name."""
    options: dict[str, list[str]] = {}
    key = ""
    for word in words:
        if key:
            options.setdefault(_OPTIONS.get(key, key), []).append(word)
            key = ""
        elif word.startswith("-") and word not in _FLAGS:
            key = word
        elif not word.startswith("-"):
            options.setdefault("", []).append(word)
    return options


def builds_in(steps: Iterable[Step]) -> Iterator[Build]:
    """Yield the builds of some steps; a push counts where it comes after the build."""
    ran = [one for step in steps if step.run and "docker" in step.run for one in ran_in(step)]
    short = [(one, docker_words(one.words)) for one in ran]
    later = [(one, words) for one, words in short if words[:2] in _LATER][:_MOST]
    builds = (pair for pair in short if pair[1][:2] == ("docker", "build"))
    for one, words in islice(builds, _MOST):
        yield _build(one, words[2:], later)


_LATER = (("docker", "tag"), ("docker", "push"))


def _build(ran: Ran, rest: tuple[str, ...], later: list[tuple[Ran, tuple[str, ...]]]) -> Build:
    options = read_options(rest)
    context = options.pop("", ["."])[-1]
    options["context"] = [clean_path(f"{ran.folder}/{context}")]
    options["file"] = [clean_path(f"{ran.folder}/{path}") for path in options.get("file", ())]
    options["platforms"] = [x for one in options.get("platforms", ()) for x in lines_of(one)]
    options["secrets"] = [_secret(ran, text) for text in options.get("secrets", ())]
    tags = set(options.pop("tags", []))
    sends = [(tag, ran.step) for tag in tags] if _sends_itself(rest, options) else []
    for one, words in later:
        if one.order < ran.order:
            continue
        plain = read_options(words[2:]).get("", [])
        if words[1] == "tag" and len(plain) == 2 and plain[0] in tags:
            tags.add(plain[1])
        elif words[1] == "push" and plain:
            whole = "--all-tags" in words or "-a" in words
            named = [tag for tag in tags if tag == plain[0] or (whole and _is_of(tag, plain[0]))]
            sends += [(tag, one.step) for tag in named]
    return Build(ran, options, frozenset(tags), tuple(sends))


def _is_of(tag: str, repository: str) -> bool:
    return tag.startswith(f"{repository}:")


def _sends_itself(rest: tuple[str, ...], options: dict[str, list[str]]) -> bool:
    if "--push" in rest:
        return rest[rest.index("--push") + 1 :][:1] != ("false",)
    return any("type=registry" in one or "push=true" in one for one in options.get("outputs", ()))


def _secret(ran: Ran, text: str) -> str:
    """Return `id=value` of a build secret that a variable holds."""
    given = dict(part.partition("=")[::2] for part in text.split(","))
    name = given.get("env", given.get("id", ""))
    value = ran.given.get(name, compact(ran.step.env.get(name, "")))
    return f"{given.get('id', '')}={value}"
