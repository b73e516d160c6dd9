"""Requirements about releases on GitHub and packages that are published to registries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from envs.cicd.requirements.github_find import (
    Found,
    Ran,
    commands_of,
    find_job,
    is_true,
    live_steps,
    using,
    value_of,
)
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
    fits_one,
    lines_of,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository, Step

_RELEASE = (
    "softprops/action-gh-release", "ncipollo/release-action", "actions/create-release",
    "goreleaser/goreleaser-action",
)  # fmt: skip
_PYPI = "pypa/gh-action-pypi-publish"


class Release(NamedTuple):
    """A release that a step makes: what tasks ask of it; `known` where it has a token."""

    step: Step
    files: frozenset[str]
    notes: bool
    draft: bool
    prerelease: bool
    known: bool = True


def _releases(job: Job) -> Iterator[Release]:
    for step in using(live_steps(job), *_RELEASE):
        files = lines_of(value_of(step, "files")) + lines_of(value_of(step, "artifacts"))
        notes = is_true(step, "generate_release_notes") or is_true(step, "generatereleasenotes")
        yield Release(
            step,
            frozenset(clean_path(file) for file in files),
            notes,
            is_true(step, "draft"),
            is_true(step, "prerelease"),
        )
    typed = commands_of(job)
    logged_in = any(ran.words[:3] == ("gh", "auth", "login") for ran in typed)
    uploads = [ran for ran in typed if ran.words[:3] == ("gh", "release", "upload")]
    later = [file for ran in uploads for file in _release_files(ran)]
    for ran in typed:
        if ran.words[:3] == ("gh", "release", "create"):
            files = _release_files(ran) + later
            yield Release(
                ran.step,
                frozenset(files),
                _is_on(ran.words, "--generate-notes"),
                _is_on(ran.words, "--draft", "-d"),
                _is_on(ran.words, "--prerelease", "-p"),
                logged_in or any(ran.given.get(n) or ran.step.env.get(n) for n in _TOKENS),
            )


_TOKENS = ("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN")
#: Options of `gh release create` and `gh release upload` with a value.
_VALUED = frozenset(
    """-t --title -n --notes -F --notes-file --target --discussion-category --notes-start-tag -R
    --repo""".split()
)


def _release_files(ran: Ran) -> list[str]:
    """Return the files that a `gh release` command names behind the tag."""
    plain: list[str] = []
    valued = False
    for word in ran.words[3:]:
        if not valued and not word.startswith("-") and word not in ("true", "false"):
            plain.append(word)
        valued = not valued and word in _VALUED
    return [clean_path(word.partition("#")[0]) for word in plain[1:]]


def _is_on(words: tuple[str, ...], *names: str) -> bool:
    """Whether a flag is given, and not as `--flag=false`."""
    return any(name in words and words[words.index(name) + 1 :][:1] != ("false",) for name in names)


def _holds_file(files: frozenset[str], wanted: str) -> bool:
    """Whether a file is among some, of which each may be a pattern."""
    return fits_one(wanted, files) or fits_one(wanted, [one.replace("**/", "*") for one in files])


def _find_releases(model: Repository, job: str) -> Found[list[Release]]:
    found = yield from find_job(model, job)
    if found is None:
        return []
    made = list(_releases(found))
    given = found.permissions
    if not made:
        yield found.finding(f"the job `{job}` makes no release", "steps")
    elif given is not None and not given.allows("contents", "write"):
        yield found.finding("the token may not make a release: `contents: write`", "permissions")
        return []
    return made


@requirement(
    "the job `{job}` makes a GitHub release",
    "a GitHub release is made by the job `{job}`",
)
def workflow_makes_release(model: Repository, job: str) -> Findings:
    """A release by an action or by `gh release create`."""
    made = yield from _find_releases(model, job)
    if made and not any(one.known for one in made):
        yield made[0].step.finding("`gh` needs a token in `GH_TOKEN`", "env")


@requirement(
    "the release of the job `{job}` carries the files {files}",
    "the job `{job}` attaches {files} to the release",
)
def workflow_release_files(model: Repository, job: str, files: list[str]) -> Findings:
    """The files of a release, at least these."""
    made = yield from _find_releases(model, job)
    wanted = [clean_path(file) for file in files]
    if made and not any(all(_holds_file(one.files, file) for file in wanted) for one in made):
        yield made[0].step.finding(f"the release lacks some of {', '.join(files)}", "with", "run")


@requirement(
    "the notes of the release of the job `{job}` are generated by GitHub",
    "the job `{job}` lets GitHub generate the notes of the release",
)
def workflow_release_notes(model: Repository, job: str) -> Findings:
    """Generated notes of a release."""
    made = yield from _find_releases(model, job)
    if made and not any(one.notes for one in made):
        yield made[0].step.finding("the notes are not generated", "with", "run")


@requirement(
    "the release of the job `{job}` stays a draft",
    "the job `{job}` makes the release as a draft",
)
def workflow_release_draft(model: Repository, job: str) -> Findings:
    """A draft release."""
    made = yield from _find_releases(model, job)
    if made and not any(one.draft for one in made):
        yield made[0].step.finding("the release is no draft", "with", "run")


@requirement(
    "the release of the job `{job}` is marked as a pre-release",
    "the job `{job}` makes a pre-release",
)
def workflow_prerelease(model: Repository, job: str) -> Findings:
    """A pre-release."""
    made = yield from _find_releases(model, job)
    if made and not any(one.prerelease for one in made):
        yield made[0].step.finding("the release is no pre-release", "with", "run")


# --- packages ------------------------------------------------------------------------------------


def _uploads(job: Job) -> list[Step | Ran]:
    tools = (("twine", "upload"), ("uv", "publish"))
    commands = [ran for ran in commands_of(job) if ran.words[:2] in tools]
    return [*using(live_steps(job), _PYPI), *commands]


@requirement(
    "the job `{job}` publishes the built Python packages by trusted publishing, without a password "
    "or token",
    "the Python packages are published by the job `{job}`, which proves itself with its OIDC token "
    "and has no password",
)
def workflow_trusted_publishing(model: Repository, job: str) -> Findings:
    """The PyPI action with `id-token: write` and no password."""
    found = yield from find_job(model, job)
    if found is None:
        return
    made = [one for one in _uploads(found) if isinstance(one, Step) or one.words[0] == "uv"]
    given = found.permissions
    if not made:
        yield found.finding(f"the job `{job}` does not publish by trusted publishing", "steps")
    elif given is None or not given.allows("id-token", "write"):
        yield found.finding("trusted publishing needs `id-token: write`", "permissions")
    elif any(_has_password(one) for one in made):
        yield found.finding("a password or token is given", "steps")


_SECRETS = ("UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD")


def _has_password(one: Step | Ran) -> bool:
    if isinstance(one, Step):
        return bool(one.inputs.get("password"))
    options = {"--token", "-t", "--password", "-p"} & set(one.words)
    return bool(options) or any(name in one.step.env for name in _SECRETS)


@requirement(
    "the job `{job}` uploads the packages to the index `{url}`",
    "`{url}` is the package index to which the job `{job}` uploads",
)
def workflow_package_index(model: Repository, job: str, url: str) -> Findings:
    """The repository of an upload of Python packages."""
    found = yield from find_job(model, job)
    if found is None:
        return
    for one in _uploads(found):
        if isinstance(one, Ran):
            given = _index_of(one)
        else:
            given = (value_of(one, "repository-url", value_of(one, "repository_url")),)
        if [text.rstrip("/") for text in given] == [url.rstrip("/")]:
            return
    yield found.finding(f"the job `{job}` does not upload to `{url}`", "steps")


def _index_of(ran: Ran) -> tuple[str, ...]:
    for name in ("--repository-url", "--publish-url"):
        if name in ran.words:
            return ran.words[ran.words.index(name) + 1 :][:1]
    name = "TWINE_REPOSITORY_URL" if ran.words[0] == "twine" else "UV_PUBLISH_URL"
    told = ran.given.get(name, ran.step.env.get(name, ""))
    return (told,) if told else ()


@requirement(
    "the job `{job}` uploads the packages that lie in `{folder}`",
    "`{folder}` holds the packages that the job `{job}` publishes",
)
def workflow_packages_folder(model: Repository, job: str, folder: str) -> Findings:
    """The folder of an upload of Python packages."""
    found = yield from find_job(model, job)
    if found is None:
        return
    wanted = clean_path(folder)
    for one in _uploads(found):
        if isinstance(one, Ran):
            words = [word for word in one.words[2:] if "*" in word or "/" in word] or one.words[2:]
            given = [clean_path(_folder_of(word)) for word in words]
            if one.words[0] == "uv" and not [word for word in words if not word.startswith("-")]:
                given = ["dist"]
        else:
            given = [clean_path(value_of(one, "packages-dir", "dist"))]
        if wanted in given:
            return
    yield found.finding(f"the job `{job}` does not upload `{folder}`", "steps")


def _folder_of(pattern: str) -> str:
    folder, _, name = pattern.rpartition("/")
    return folder if "*" in name else pattern


def _npm(model: Repository, job: str) -> Found[list[Ran]]:
    found = yield from find_job(model, job)
    if found is None:
        return []
    ran = [one for one in commands_of(found) if one.words[:2] in _PUBLISH
           and "--dry-run" not in one.words]  # fmt: skip
    if not ran:
        yield found.finding(f"the job `{job}` publishes no npm package", "steps")
    return ran


_PUBLISH = (("npm", "publish"), ("pnpm", "publish"), ("yarn", "publish"))


@requirement(
    "the job `{job}` publishes the npm package with the secret `{secret}` as its token",
    "`npm publish` in the job `{job}` authenticates with the secret `{secret}`",
)
def workflow_npm_published(model: Repository, job: str, secret: str) -> Findings:
    """`npm publish` with a token that the npm configuration of the setup reads."""
    ran = yield from _npm(model, job)
    wanted = f"${{{{secrets.{secret}}}}}".lower()
    names = ("NODE_AUTH_TOKEN", "NPM_TOKEN", "NPM_CONFIG__AUTH")
    seen = [one.given.get(n, one.step.env.get(n, "")) for one in ran for n in names]
    owner = ran[0].step.owner if ran else None
    typed = commands_of(owner) if isinstance(owner, Job) else ()
    told = [word.lower() for one in typed for word in one.words if "_authtoken" in word.lower()]
    written = any(word.endswith(f"_authtoken={wanted}") for word in told)
    if ran and not written and not any(compact(text).lower() == wanted for text in seen):
        yield ran[0].step.finding(f"`npm publish` does not see the secret `{secret}`", "env")


def _told(ran: Ran, name: str, value: str) -> bool:
    """Whether npm has a setting: by an option, or by a variable."""
    if f"--{name}" in ran.words:
        return _flag(ran.words, f"--{name}", value)
    variables = (f"NPM_CONFIG_{name.upper()}", f"npm_config_{name}")
    return any(ran.given.get(one, ran.step.env.get(one)) == value for one in variables)


def _flag(words: tuple[str, ...], name: str, value: str) -> bool:
    """Whether an option has a value; `--provenance` alone is true."""
    if name not in words:
        return False
    after = words[words.index(name) + 1 :][:1]
    return after == (value,) or (value == "true" and (not after or after[0].startswith("-")))


@requirement(
    "the npm package of the job `{job}` is published with the access `{access}`",
    "the job `{job}` publishes with the npm access `{access}`",
)
def workflow_npm_access(model: Repository, job: str, access: str) -> Findings:
    """`--access` of `npm publish`."""
    ran = yield from _npm(model, job)
    if ran and not any(_told(one, "access", access) for one in ran):
        yield ran[0].step.finding(f"the access is not `{access}`", "run")


@requirement(
    "the npm package of the job `{job}` is published with provenance",
    "`npm publish` in the job `{job}` records where the package comes from (provenance)",
)
def workflow_npm_provenance(model: Repository, job: str) -> Findings:
    """`--provenance` of `npm publish`, with the OIDC token that it needs."""
    ran = yield from _npm(model, job)
    names = ("NPM_CONFIG_PROVENANCE", "npm_config_provenance")
    if not ran:
        return
    said = any(
        _flag(one.words, "--provenance", "true")
        or any(one.step.env.get(name) == "true" for name in names)
        for one in ran
    )
    owner = ran[0].step.owner
    given = owner.permissions if isinstance(owner, Job) else None
    if not said or given is None or not given.allows("id-token", "write"):
        yield ran[0].step.finding("no provenance: an option and `id-token: write`", "run")


@requirement(
    "the npm package of the job `{job}` is published under the tag `{tag}`",
    "`{tag}` is the npm dist-tag that the job `{job}` publishes under",
)
def workflow_npm_tag(model: Repository, job: str, tag: str) -> Findings:
    """`--tag` of `npm publish`."""
    ran = yield from _npm(model, job)
    if ran and not any(_told(one, "tag", tag) for one in ran):
        yield ran[0].step.finding(f"the tag is not `{tag}`", "run")
