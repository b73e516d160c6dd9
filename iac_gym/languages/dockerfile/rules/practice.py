"""Security and good practice of images and settings. Reported, and scored only where asked."""

from __future__ import annotations

import re

from iac_gym.check import Findings, rule
from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.model import Copy, DockerfileModel
from iac_gym.verdict import Stage

_SECRET = re.compile(
    r"(?:_|^)(?:apikey|auth|credentials?|key|password|passwd|pword|pwd|secret|token)(?:_|$)", re.I
)
_NO_SECRET = re.compile(r"(?:_|^)(?:public|file|version|path|url|name)(?:_|$)", re.I)
_ARCHIVE = re.compile(r".*\.(?:tar|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst)(?:\.\w+)?")
_PRIVATE = re.compile(
    r"(?:.*/)?(?:\.env|id_rsa|id_ed25519|id_ecdsa|.*\.pem|\.npmrc|\.netrc|\.aws|\.ssh)"
)
_MANIFESTS = re.compile(
    r"(?:.*/)?(?:package(?:-lock)?\.json|requirements.*\.txt|go\.(?:mod|sum)|Cargo\.(?:toml|lock)|"
    r"pom\.xml|pyproject\.toml|poetry\.lock|Pipfile(?:\.lock)?|.*\.csproj|build\.gradle(?:\.kts)?|"
    r"Gemfile(?:\.lock)?|yarn\.lock|pnpm-lock\.yaml|uv\.lock)"
)
_ROOT = frozenset(("", "root", "0"))


@rule(Stage.SECURITY)
def pinned_base_image(model: DockerfileModel) -> Findings:
    """Base images have a tag other than latest, or a digest, so that a build can be repeated.

    Source: https://docs.docker.com/build/building/best-practices/#pin-base-image-versions

    Bad::

        FROM nginx:latest

    Good::

        FROM nginx:1.27
    """
    for stage in model.reachable:
        if stage.parent or stage.base == "scratch" or "$" in stage.base:
            continue
        try:
            found = values.image(stage.base)
        except ValueError:
            continue
        if not found.digest and found.tag in ("", "latest"):
            what = "no tag" if not found.tag else "the tag latest"
            yield stage.source.finding(f"`{stage.base[:60]}` has {what}", "pin a version")


@rule(Stage.SECURITY)
def root_user(model: DockerfileModel) -> Findings:
    """The final image runs as a user other than root.

    Source: https://docs.docker.com/build/building/best-practices/#user

    Bad::

        FROM python:3.12-slim
        CMD ["python", "-m", "http.server"]

    Good::

        FROM python:3.12-slim
        USER nobody
        CMD ["python", "-m", "http.server"]
    """
    final = model.final
    if final is None:
        return
    user = final.config.user.partition(":")[0]
    if user in _ROOT and "nonroot" not in final.image:
        at = final.config.where.get("user", final.source)
        yield at.finding("the final image runs as root", "add a USER instruction")


@rule(Stage.SECURITY)
def secret_in_environment(model: DockerfileModel) -> Findings:
    """Secrets are not written into ENV or ARG, where anybody with the image reads them.

    Source: https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/

    Bad::

        FROM alpine:3.20
        ENV API_TOKEN=abc123

    Good::

        FROM alpine:3.20
        RUN --mount=type=secret,id=api_token cat /run/secrets/api_token
    """
    for instruction in (*model.of("ENV"), *model.of("ARG")):
        words = [name for name, _ in instruction.pairs]
        words += [word.partition("=")[0] for word in instruction.args]
        for name in words:
            if _SECRET.search(name) and not _NO_SECRET.search(name):
                keyword = instruction.keyword
                yield instruction.finding(f"{keyword} {name[:40]} looks like a secret")


@rule(Stage.SECURITY)
def remote_add_without_checksum(model: DockerfileModel) -> Findings:
    """What ADD fetches over the network is checked by --checksum.

    Source: https://docs.docker.com/reference/dockerfile/#add---checksum

    Bad::

        FROM alpine:3.20
        ADD https://example.com/tool /usr/local/bin/tool

    Good::

        FROM alpine:3.20
        ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/tool /usr/local/bin/tool
    """  # noqa: E501
    for instruction in model.of("ADD"):
        remote = any(word.startswith(("http://", "https://")) for word in instruction.args[:-1])
        if remote and not instruction.flag("checksum"):
            yield instruction.finding("ADD fetches a file without a checksum")


@rule(Stage.SECURITY)
def add_for_plain_files(model: DockerfileModel) -> Findings:
    """Plain files are copied with COPY; ADD is for archives and URLs.

    Source: https://docs.docker.com/build/building/best-practices/#add-or-copy

    Bad::

        FROM alpine:3.20
        ADD app.py /srv/app.py

    Good::

        FROM alpine:3.20
        COPY app.py /srv/app.py
    """
    for instruction in model.of("ADD"):
        sources = [word for word in instruction.args[:-1] if "<<" not in word]
        plain = [
            word for word in sources if "://" not in word and "@" not in word
            and "$" not in word and not _ARCHIVE.fullmatch(word[:200])
        ]  # fmt: skip
        if plain:
            yield instruction.finding(f"ADD copies `{plain[0][:40]}`, which COPY would do")


@rule(Stage.SECURITY)
def private_file_copied(model: DockerfileModel) -> Findings:
    """Files that usually hold secrets are not copied into an image.

    Source: https://docs.docker.com/build/building/secrets/

    Bad::

        FROM alpine:3.20
        COPY id_rsa /root/.ssh/id_rsa

    Good::

        FROM alpine:3.20
        RUN --mount=type=ssh ls
    """
    for stage in model.reachable:
        for step in stage.own:
            if isinstance(step, Copy) and not step.stage and not step.image:
                for source in step.sources:
                    if _PRIVATE.fullmatch(source[:200]):
                        yield step.instruction.finding(f"`{source[:40]}` may hold a secret")


@rule(Stage.SECURITY)
def health_check_of_a_server(model: DockerfileModel) -> Findings:
    """An image that exposes a port says how its health is checked.

    Source: https://docs.docker.com/reference/dockerfile/#healthcheck

    Bad::

        FROM nginx:1.27
        EXPOSE 80

    Good::

        FROM nginx:1.27
        EXPOSE 80
        HEALTHCHECK CMD curl -f http://localhost/
    """
    final = model.final
    if final and final.config.ports and "healthcheck" not in final.config.where:
        yield final.source.finding("the image exposes a port and has no HEALTHCHECK")


@rule(Stage.SECURITY)
def exec_form(model: DockerfileModel) -> Findings:
    """CMD and ENTRYPOINT are JSON arrays, so that the program itself receives signals.

    Source: https://docs.docker.com/reference/build-checks/json-args-recommended/

    Bad::

        FROM python:3.12-slim
        CMD python app.py

    Good::

        FROM python:3.12-slim
        CMD ["python", "app.py"]
    """
    for instruction in (*model.of("CMD"), *model.of("ENTRYPOINT")):
        if not instruction.json and instruction.rest:
            yield instruction.finding(f"{instruction.keyword} is run by a shell")


@rule(Stage.SECURITY)
def one_command(model: DockerfileModel) -> Findings:
    """A stage has one CMD, one ENTRYPOINT and one HEALTHCHECK: only the last has an effect.

    Source: https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/

    Bad::

        FROM alpine:3.20
        CMD ["ls"]
        CMD ["id"]

    Good::

        FROM alpine:3.20
        CMD ["id"]
    """
    for stage in model.stages:
        last = {one.keyword: one for one in stage.instructions}
        for instruction in stage.instructions:
            keyword = instruction.keyword
            if keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK") and last[keyword] is not instruction:
                yield instruction.finding(f"a later {keyword} replaces this one")


@rule(Stage.SECURITY)
def absolute_workdir(model: DockerfileModel) -> Findings:
    """The first WORKDIR of an image is an absolute path.

    Source: https://docs.docker.com/reference/build-checks/workdir-relative-path/

    Bad::

        FROM alpine:3.20
        WORKDIR app

    Good::

        FROM alpine:3.20
        WORKDIR /app
    """
    for stage in model.stages:
        if stage.parent:
            continue
        for one in stage.instructions:
            if one.keyword == "WORKDIR":
                path = one.args[0] if one.args else "/"
                if not path.startswith(("/", "$", '"/', "'/")) and path[1:2] != ":":
                    yield one.finding(f"`{path[:40]}` is relative to the base image's folder")
                break


@rule(Stage.SECURITY)
def maintainer_label(model: DockerfileModel) -> Findings:
    """The author stands in a label: MAINTAINER is deprecated.

    Source: https://docs.docker.com/reference/build-checks/maintainer-deprecated/

    Bad::

        FROM alpine:3.20
        MAINTAINER ops@example.com

    Good::

        FROM alpine:3.20
        LABEL org.opencontainers.image.authors="ops@example.com"
    """
    for instruction in model.of("MAINTAINER"):
        yield instruction.finding("MAINTAINER is deprecated", "use a label")


@rule(Stage.SECURITY)
def distinct_stage_names(model: DockerfileModel) -> Findings:
    """Two stages have different names, and none is called scratch or context.

    Source: https://docs.docker.com/reference/build-checks/duplicate-stage-name/

    Bad::

        FROM golang:1.22 AS build
        FROM node:22 AS build

    Good::

        FROM golang:1.22 AS build
        FROM node:22 AS assets
    """
    seen: set[str] = set()
    for stage in model.stages:
        if stage.name in seen or stage.name in ("scratch", "context"):
            yield stage.source.finding(f"the stage name `{stage.name[:40]}` is taken")
        if stage.name:
            seen.add(stage.name)


@rule(Stage.SECURITY)
def remote_login_port(model: DockerfileModel) -> Findings:
    """An image does not expose the port of an SSH server.

    Source: https://docs.docker.com/build/building/best-practices/#expose

    Bad::

        FROM debian:12
        EXPOSE 22

    Good::

        FROM debian:12
        EXPOSE 8080
    """
    final = model.final
    if final and final.config.exposes(22):
        at = final.config.where.get("ports", final.source)
        yield at.finding("port 22 is exposed")


@rule(Stage.SECURITY)
def dependencies_before_source(model: DockerfileModel) -> Findings:
    """The dependency manifest is copied, and installed from, before the rest of the source.

    Otherwise every change of the source installs all dependencies again.

    Source: https://docs.docker.com/build/cache/optimize/#order-your-layers

    Bad::

        FROM node:22
        WORKDIR /app
        COPY . .
        RUN npm ci

    Good::

        FROM node:22
        WORKDIR /app
        COPY package.json package-lock.json ./
        RUN npm ci
        COPY . .
    """
    for stage in model.reachable:
        everything, manifest = None, False
        for step in stage.own:
            if isinstance(step, Copy):
                if step.stage or step.image:
                    continue
                manifest = manifest or any(_MANIFESTS.fullmatch(s[:200]) for s in step.sources)
                if not manifest and any(s in (".", "./", "/") for s in step.sources):
                    everything = everything or step
            elif everything and not manifest and any(
                one.program in ("npm", "yarn", "pnpm", "pip", "pip3", "poetry", "bundle")
                and len(one.words) > 1 and one.words[1] in ("install", "ci", "i")
                for one in step.commands
            ):  # fmt: skip
                yield everything.instruction.finding("the source is copied before its dependencies")
                break
