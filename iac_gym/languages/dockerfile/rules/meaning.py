"""Rules on values and on the shell scripts of RUN."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.dockerfile.model import DockerfileModel
from iac_gym.verdict import Finding, Stage


@rule(Stage.SEMANTICS)
def expose_port(model: DockerfileModel) -> Findings:
    """EXPOSE names ports from 0 to 65535, or ranges of them, with tcp, udp or sctp.

    Source: https://docs.docker.com/reference/dockerfile/#expose

    Bad::

        FROM nginx:1.27
        EXPOSE 80/http

    Good::

        FROM nginx:1.27
        EXPOSE 80/tcp
    """
    return model.faults.get("expose-port", ())


@rule(Stage.SEMANTICS)
def stop_signal(model: DockerfileModel) -> Findings:
    """STOPSIGNAL is the name or the number of a signal.

    Source: https://docs.docker.com/reference/dockerfile/#stopsignal

    Bad::

        FROM nginx:1.27
        STOPSIGNAL SIGSTOPP

    Good::

        FROM nginx:1.27
        STOPSIGNAL SIGQUIT
    """
    return model.faults.get("stop-signal", ())


@rule(Stage.SEMANTICS)
def copy_mode(model: DockerfileModel) -> Findings:
    """--chmod is an octal mode up to 7777 or a symbolic one.

    Source: https://docs.docker.com/reference/dockerfile/#copy---chown---chmod

    Bad::

        FROM alpine:3.20
        COPY --chmod=999 run.sh /run.sh

    Good::

        FROM alpine:3.20
        COPY --chmod=755 run.sh /run.sh
    """
    return model.faults.get("copy-mode", ())


@rule(Stage.SEMANTICS)
def copy_source(model: DockerfileModel) -> Findings:
    """COPY takes files of the build context or of a stage; only ADD fetches from a URL.

    Source: https://docs.docker.com/reference/dockerfile/#copy

    Bad::

        FROM alpine:3.20
        COPY https://example.com/app.tar.gz /srv/

    Good::

        FROM alpine:3.20
        ADD https://example.com/app.tar.gz /srv/
    """
    return model.faults.get("copy-source", ())


@rule(Stage.SEMANTICS)
def shell_syntax(model: DockerfileModel) -> Findings:
    """The scripts of RUN can be read by a shell.

    Scripts of a SHELL that is no POSIX-like shell are not examined.

    Source: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html

    Bad::

        FROM alpine:3.20
        RUN apk add curl &&

    Good::

        FROM alpine:3.20
        RUN apk add curl && curl --version
    """
    for run in model.runs:
        script = run.parsed
        if script.error:
            line = run.line_at(script.offset)
            yield Finding(script.error, "", line, run.instruction.column)
