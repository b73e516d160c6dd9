"""Rules on stages, images and variables: what BuildKit refuses when it plans the build."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.dockerfile.model import DockerfileModel
from iac_gym.verdict import Finding, Stage


@rule(Stage.REFERENCES)
def begins_with_from(model: DockerfileModel) -> Findings:
    """The first instruction is FROM; only ARG may stand before it.

    Source: https://docs.docker.com/reference/dockerfile/#from

    Bad::

        RUN echo hello
        FROM alpine:3.20

    Good::

        ARG VERSION=3.20
        FROM alpine:${VERSION}
        RUN echo hello
    """
    for instruction in model.instructions:
        if instruction.keyword == "FROM":
            return
        if instruction.keyword != "ARG":
            yield instruction.finding(f"{instruction.keyword[:20]} stands before the first FROM")
            return
    yield Finding("the file has no FROM, so there is no stage to build", "", 1, 1)


@rule(Stage.REFERENCES)
def base_image(model: DockerfileModel) -> Findings:
    """Every FROM gives an image reference or an earlier stage once its variables are replaced.

    Source: https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact

    Bad::

        FROM Ubuntu:24.04

    Good::

        FROM ubuntu:24.04
    """
    return model.faults.get("base-image", ())


@rule(Stage.REFERENCES)
def platform(model: DockerfileModel) -> Findings:
    """--platform is an operating system, an architecture, or both, such as linux/arm64.

    Source: https://docs.docker.com/reference/dockerfile/#from

    Bad::

        FROM --platform=amiga alpine:3.20

    Good::

        FROM --platform=linux/amd64 alpine:3.20
    """
    return model.faults.get("platform", ())


@rule(Stage.REFERENCES)
def copy_from(model: DockerfileModel) -> Findings:
    """COPY --from names an earlier stage or an image, without variables.

    A name that is no stage is an image reference.

    Source: https://docs.docker.com/reference/dockerfile/#copy---from

    Bad::

        FROM alpine:3.20
        COPY --from=later /app /app
        FROM alpine:3.20 AS later

    Good::

        FROM golang:1.22 AS build
        FROM alpine:3.20
        COPY --from=build /app /app
    """
    return model.faults.get("copy-from", ())


@rule(Stage.REFERENCES)
def mount_from(model: DockerfileModel) -> Findings:
    """A mount's `from` names an earlier stage or an image.

    Source: https://docs.docker.com/reference/dockerfile/#run---mounttypebind

    Bad::

        FROM alpine:3.20
        RUN --mount=type=bind,from=later,target=/x ls /x
        FROM alpine:3.20 AS later

    Good::

        FROM golang:1.22 AS build
        FROM alpine:3.20
        RUN --mount=type=bind,from=build,target=/x ls /x
    """
    return model.faults.get("mount-from", ())


@rule(Stage.REFERENCES)
def variable_substitution(model: DockerfileModel) -> Findings:
    """Variables are written in a form that BuildKit knows, with every quote closed.

    Source: https://docs.docker.com/reference/dockerfile/#environment-replacement

    Bad::

        FROM alpine:3.20
        ENV HOME_DIR=${HOME

    Good::

        FROM alpine:3.20
        ENV HOME_DIR=${HOME:-/root}
    """
    return model.faults.get("variable-substitution", ())
