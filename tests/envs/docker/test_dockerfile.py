# ruff: noqa: E501
"""Dockerfile requirements: right answers in other spellings pass, near misses fail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.docker import requirements
from envs.docker.requirements import (
    compose,
    dockerfile,
    dockerfile_runs,
    dockerfile_settings,
    dockerfile_start,
)
from iac_gym.check import requirement_types
from iac_gym.languages.dockerfile import parse

TYPES = requirement_types(requirements)
B = "FROM golang:1.22 AS build\nRUN go build -o /out/x .\n"
A = "FROM debian:12\n"
APT = {"packages": ["curl", "git"]}
HC = {"line": "curl -f http://localhost/"}

CASES = [
    ("final-base-image", {"image": "nginx:1.27"}, ["FROM docker.io/library/nginx:1.27", "ARG V=1.27\nFROM nginx:$V", "FROM nginx:1.27 AS a\nFROM a"], ["FROM nginx:1.26", "FROM nginx:1.27 AS a\nFROM alpine:3", "# FROM nginx:1.27\nFROM a"]),
    ("build-stage", {"name": "build", "image": "golang:1.22"}, [B + A + "COPY --from=0 /out/x /x", B + A + "COPY --from=BUILD /out/x /x", B + A + "RUN --mount=from=build,target=/m cp /m/out/x /x"], [B + A, A, B.replace("1.22", "1.21") + A + "COPY --from=build /out/x /x"]),
    ("artefact", {"stage": "build", "source": "/out/x", "target": "/bin/x"}, [B + A + "COPY --from=build /out/x /bin/", B + A + "COPY --from=build out/x /bin/x", B + A + "WORKDIR /bin\nCOPY --from=0 /out/x .", B + A + "COPY --from=build /out/ /bin/", B + A + "COPY --from=build [\"/out/x\", \"/bin/x\"]"], [B + A + "COPY --from=build /out/x /bin/y", B + A + "COPY /out/x /bin/x", B + A + "COPY --from=build /out/y /bin/x", B + A + "COPY --from=build /out/x /bin/x\nCOPY z /bin/x", B + "FROM build AS c\nCOPY --from=build /out/x /bin/x\n" + A]),
    ("copied", {"source": "app.py", "target": "/srv/app.py"}, [A + "COPY app.py /srv/", A + "WORKDIR /srv\nCOPY ./app.py .", A + "ADD app.py /srv/app.py", A + "COPY . /srv", A + "COPY *.py /srv/"], [A + "COPY app.py /opt/", B + A + "COPY --from=build app.py /srv/", A + "COPY b.py /srv/app.py"]),
    ("copied-for", {"source": "a", "owner": "web"}, [A + "COPY --chown=web a /x", A + "COPY --chown=web:web a /x"], [A + "COPY a /x", A + "COPY --chown=webs a /x"]),
    ("inline-file", {"path": "/a.conf", "line": "x=1"}, [A + "COPY <<EOF /a.conf\nx=1\nEOF", A + "COPY <<a.conf /\n  x=1\na.conf"], [A + "COPY <<EOF /a.conf\n# x=1\nEOF", A + "COPY <<EOF /b.conf\nx=1\nEOF"]),
    ("workdir", {"path": "/a/b"}, [A + "WORKDIR /a\nWORKDIR b", A + "ARG X=b\nWORKDIR /a/$X/", A[:-1] + " AS q\nWORKDIR /a/b\nFROM q"], [A + "WORKDIR /a", A + "WORKDIR /a/b\nWORKDIR /", A + "RUN cd /a/b"]),
    ("run-as", {"name": "web"}, [A + "USER web", A + "USER web:web", A + "RUN useradd -u 1001 web\nUSER 1001"], [A + "USER root", A + "USER web\nUSER root", A + "USER 1001", A + "RUN su web"]),
    ("user-created", {"name": "web", "uid": 1500}, [A + "RUN useradd -r -u 1500 web", A + "RUN adduser --disabled-password --uid=1500 --gecos '' web", A + "RUN groupadd web && useradd -g web -u 1500 web"], [A + "RUN useradd web", A + "RUN useradd -u 1501 web", A + "RUN useradd -u 1500 web || true", A + "RUN echo useradd -u 1500 web", A + "RUN if false; then useradd -u 1500 web; fi"]),
    ("port-exposed", {"port": 80}, [A + "EXPOSE 80", A + "EXPOSE 80/TCP", A + "EXPOSE 79-81", A + "ENV P=80\nEXPOSE $P"], [A + "EXPOSE 80/udp", A + "EXPOSE 8080", A + "# EXPOSE 80"]),
    ("udp-port-exposed", {"port": 53}, [A + "EXPOSE 53/udp"], [A + "EXPOSE 53"]),
    ("environment", {"name": "A", "value": "1 2"}, [A + "ENV A 1 2", A + "ENV A='1 2'", A + "ENV B=2\nENV A=\"1 $B\"", A + "ENV Z=1 A=1\\ 2"], [A + "ENV A=1", A + "ARG A='1 2'", A + "ENV A='1 2'\nENV A=3", A + "RUN export A='1 2'", A[:-1] + " AS q\nENV A='1 2'\n" + A]),
    ("stage-environment", {"stage": "build", "name": "C", "value": "0"}, [B + "ENV C=0\n" + A + "COPY --from=build /a /b"], [B + "ENV C=0\n" + A, B + A + "ENV C=0\nCOPY --from=build /a /b"]),
    ("build-argument", {"name": "V", "default": "1"}, ["ARG V=1\n" + A, A + "ARG V=1", "ARG V=1\n" + A + "ARG V"], [A + "ARG V", A + "ARG V=2", A + "ENV V=1"]),
    ("labelled", {"name": "a.b", "value": "x y"}, [A + "LABEL a.b='x y'", A + "LABEL \"a.b\"=\"x y\" c=d", A + "LABEL a.b x y"], [A + "LABEL a.b=x", A + "LABEL a.c='x y'"]),
    ("volume", {"path": "/d"}, [A + "VOLUME /d", A + 'VOLUME ["/e", "/d/"]'], [A + "VOLUME /e", A + "RUN mkdir /d"]),
    ("stopped-with", {"signal": "SIGQUIT"}, [A + "STOPSIGNAL SIGQUIT", A + "STOPSIGNAL 3", A + "STOPSIGNAL QUIT"], [A, A + "STOPSIGNAL SIGTERM"]),
    ("default-command", {"line": "a b"}, [A + 'CMD ["a", "b"]', A + 'CMD x\nCMD [ "a","b" ]'], [A + "CMD a b", A + 'CMD ["a", "b"]\nCMD ["c"]', A + 'CMD ["a b"]', A[:-1] + ' AS q\nCMD ["a", "b"]\nFROM q\nENTRYPOINT ["x"]']),
    ("entrypoint", {"line": "a b"}, [A + 'ENTRYPOINT ["a", "b"]'], [A + "ENTRYPOINT a b", A + 'CMD ["a", "b"]', A + 'ENTRYPOINT ["a", "b"]\nENTRYPOINT []']),
    ("health-command", HC, [A + "HEALTHCHECK CMD curl -f http://localhost/", A + "HEALTHCHECK CMD curl -f http://localhost/ || exit 1", A + 'HEALTHCHECK CMD ["curl", "-f", "http://localhost/"]'], [A, A + "HEALTHCHECK CMD curl http://localhost/", A + "HEALTHCHECK CMD curl -f http://localhost/ || true", A + "HEALTHCHECK CMD curl -f http://localhost/\nHEALTHCHECK NONE"]),
    ("health-interval", {**HC, "interval": "1m"}, [A + "HEALTHCHECK --interval=60s CMD curl -f http://localhost/"], [A + "HEALTHCHECK CMD curl -f http://localhost/", A + "HEALTHCHECK --timeout=1m CMD curl -f http://localhost/"]),
    ("health-timeout", {**HC, "timeout": "5s"}, [A + "HEALTHCHECK --timeout=5000ms CMD curl -f http://localhost/"], [A + "HEALTHCHECK CMD curl -f http://localhost/"]),
    ("health-start", {**HC, "period": "5s"}, [A + "HEALTHCHECK --start-period=5s CMD curl -f http://localhost/"], [A + "HEALTHCHECK CMD curl -f http://localhost/"]),
    ("health-retries", {**HC, "count": 5}, [A + "HEALTHCHECK --retries=5 CMD curl -f http://localhost/"], [A + "HEALTHCHECK CMD curl -f http://localhost/"]),
    ("apt-packages", APT, [A + "RUN apt-get install -y git curl", A + "RUN apt-get -y install curl=7.* \\\n  git", A + "RUN apt-get install -y curl\nRUN apt-get install -y git", A + "RUN <<EOF\napt-get update\napt-get install -y curl git\nEOF", A + 'RUN ["apt-get", "install", "-y", "curl", "git"]', A + "ARG P='curl git'\nRUN apt-get install -y $P", A + "RUN bash -c 'apt-get install -y curl git'"], [A + "RUN apt-get install -y curl", A + "RUN apt-get install -y curl git || true", A + "# RUN apt-get install -y curl git", A + "RUN echo apt-get install -y curl git", A + "RUN false && apt-get install -y curl git", A + "RUN exit 0; apt-get install -y curl git", A[:-1] + " AS q\nRUN apt-get install -y curl git\n" + A, A + "RUN apt-get remove curl git"]),
    ("apk-packages", APT, [A + "RUN apk add --no-cache curl git"], [A + "RUN apk del curl git"]),
    ("apt-lists-removed", APT, [A + "RUN apt-get install -y curl git && rm -rf /var/lib/apt/lists/*"], [A, A + "RUN apt-get install -y curl git\nRUN rm -rf /var/lib/apt/lists/*", A + "RUN rm -rf /var/lib/apt/lists/* && apt-get install -y curl git"]),
    ("apt-without-recommends", APT, [A + "RUN apt-get install --no-install-recommends -y curl git"], [A, A + "RUN apt-get install -y curl git"]),
    ("runs-in-stage", {"stage": "build", "line": "go build -o /out/x ."}, [B + A + "COPY --from=build /a /b"], [B + A, B.replace(" .\n", " . || true\n") + A + "COPY --from=build /a /b"]),
    ("runs", {"line": "a2enmod x"}, [A + "RUN a2enmod x && y", A + "RUN set -e; a2enmod 'x'"], [A + "RUN a2enmod y", A + "CMD a2enmod x"]),
    ("cache-mount", {"target": "/c", "line": "make all"}, [A + "RUN --mount=type=cache,dst=/c/ make all"], [A + "RUN make all", A + "RUN --mount=type=tmpfs,target=/c make all", A + "RUN --mount=type=cache,target=/c true\nRUN make all"]),
    ("secret-mount", {"id": "s", "line": "make all"}, [A + "RUN --mount=type=secret,id=s make all", A + "RUN --mount=type=secret,target=/run/s make all"], [A + "RUN make all", A + "RUN --mount=type=secret,id=t make all"]),
    ("dependencies-first", {"files": ["p.json", "p.lock"], "line": "npm ci"}, [A + "COPY p.json p.lock ./\nRUN npm ci\nCOPY . .", A + "COPY p.* ./\nRUN npm ci && x\nCOPY ./ /app", A + "RUN --mount=type=bind,source=p.json,target=p.json --mount=type=bind,source=p.lock,target=p.lock npm ci\nCOPY . ."], [A + "COPY . .\nRUN npm ci", A + "COPY p.json p.lock ./\nCOPY . .\nRUN npm ci", A + "COPY p.json ./\nRUN npm ci\nCOPY . .", A + "COPY p.json p.lock ./\nRUN npm ci"]),
    ("run-shell", {"line": "/bin/bash -c"}, [A + 'SHELL ["/bin/bash", "-c"]'], [A, A + 'SHELL ["/bin/sh", "-c"]']),
]  # fmt: skip


def findings(name: str, args, text: str):
    return list(TYPES[name].check(parse({"Dockerfile": text + "\n"}), **args))


@pytest.mark.parametrize(
    ("name", "args", "text"), [(n, a, text) for n, a, good, _ in CASES for text in good]
)
def test_equivalent_answers_meet_the_requirement(name, args, text):
    assert not findings(name, args, text)


@pytest.mark.parametrize(
    ("name", "args", "text"), [(n, a, text) for n, a, _, bad in CASES for text in bad]
)
def test_near_misses_do_not(name, args, text):
    assert findings(name, args, text)


def test_every_dockerfile_requirement_has_a_case():
    own: set[str] = set()
    for module in (dockerfile, dockerfile_runs, dockerfile_settings, dockerfile_start):
        own |= set(requirement_types(module))
    assert own == {name for name, *_ in CASES}


def test_no_requirement_name_is_used_twice():
    modules = (compose, dockerfile, dockerfile_runs, dockerfile_settings, dockerfile_start)
    names = [name for module in modules for name in requirement_types(module)]
    assert len(names) == len(set(names))


@given(st.text(alphabet="FROMRUNCPYadx /\n=-:$\"'[],<&|", max_size=120))
@settings(max_examples=60, deadline=None)
def test_requirements_are_total(text):
    model = parse({"Dockerfile": f"FROM a\nLABEL x={text!r}\n"}) if text.isalnum() else None
    model = model or parse({"Dockerfile": A})
    for name, args, *_ in CASES:
        list(TYPES[name].check(model, **args))
    no_from = parse({"Dockerfile": "ARG a\n"})
    for name, args, *_ in CASES:
        assert list(TYPES[name].check(no_from, **args))
