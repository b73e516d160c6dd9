"""Families of multi-stage builds, one per language stack."""

from __future__ import annotations

from collections.abc import Sequence

from envs.docker import choices
from envs.docker.families.dockerfile_recipe import (
    ALPINE_USER,
    APK,
    APT,
    COMMON,
    CURL,
    DEBIAN_USER,
    WGET,
    Extra,
    Recipe,
    decorate,
    health,
)
from envs.docker.requirements import dockerfile as ask
from envs.docker.requirements import dockerfile_runs as does
from envs.docker.requirements import dockerfile_settings as sets
from envs.docker.requirements import dockerfile_start as starts
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


class _Build:
    """The build stage of a recipe: its lines depend on which parts are wanted."""

    def __init__(self, recipe: Recipe, images: Sequence[str], folder: str) -> None:
        self._recipe = recipe
        self.name = recipe.draw.choice("stage", choices.STAGE_NAMES)
        self.image = recipe.draw.choice("build image", images)
        self._folder = folder
        self.env = ""
        self.first: tuple[list[str], str] | None = None
        self.cache = ""
        self.line = ""
        recipe.ask(ask.build_stage(name=self.name, image=self.image))

    def commit(self, otherwise: str, before: str = "") -> None:
        """Write the stage: dependencies first where asked, then the build command.

        `otherwise` is what is run where no command is asked for; `before` runs first.
        """
        head = [f"FROM {self.image} AS {self.name}", f"WORKDIR {self._folder}", self.env]
        if self.first:
            files, line = self.first
            head += [f"COPY {' '.join(files)} ./", f"RUN {line}"]
        mount = f"--mount=type=cache,target={self.cache} " if self.cache else ""
        command = f"RUN {mount}{before}{self.line or otherwise}"
        self._recipe.stage(*head, "COPY . .", command)


def _manifest(build: _Build, files: list[str], line: str) -> Extra:
    def make(recipe: Recipe) -> None:
        recipe.ask(does.dependencies_first(files=files, line=line))
        build.first = (files, line)

    return Extra("manifest first", 1, make)


def _cache(build: _Build, target: str, line: str) -> Extra:
    def make(recipe: Recipe) -> None:
        recipe.ask(does.cache_mount(target=target, line=line))
        build.cache = target

    return Extra("cache mount", 1, make)


def _stage_env(build: _Build, name: str, value: str) -> Extra:
    def make(recipe: Recipe) -> None:
        recipe.ask(sets.stage_environment(stage=build.name, name=name, value=value))
        build.env = f"ENV {name}={value}"

    return Extra("stage environment", 1, make)


def _step(build: _Build, line: str, cache: str = "") -> Extra:
    """Ask for the build command, perhaps with a cache mount for it."""

    def make(recipe: Recipe) -> None:
        recipe.ask(does.runs_in_stage(stage=build.name, line=line))
        build.line = line
        if cache and recipe.draw.chance("cache mount", 0.5):
            recipe.ask(does.cache_mount(target=cache, line=line))
            build.cache = cache

    return Extra("build command", 1.5 if cache else 1, make)


def _finish(recipe: Recipe, build: _Build, final: str, source: str, target: str) -> None:
    recipe.ask(
        ask.final_base_image(image=final),
        ask.artefact(stage=build.name, source=source, target=target),
    )
    recipe.add("from", f"FROM {final}")
    recipe.add("copy", f"COPY --from={build.name} {source} {target}")


def _start(recipe: Recipe, line: str) -> None:
    recipe.ask(starts.entrypoint(line=line))
    recipe.add("start", f"ENTRYPOINT {_json(line)}")


def _json(line: str) -> str:
    return "[" + ", ".join(f'"{word}"' for word in line.split()) + "]"


@family("dockerfile", levels=(2, 3, 4, 5))
def go_service(draw: Draw) -> Draft:
    """A Go program built in one stage and run on Alpine."""
    recipe = Recipe(draw)
    app = draw.name("app")
    build = _Build(recipe, choices.GO_BUILD, "/src")
    line = f"go build -o /out/{app} ./cmd/{app}"
    _finish(
        recipe,
        build,
        draw.choice("image", choices.GO_FINAL),
        f"/out/{app}",
        f"/usr/local/bin/{app}",
    )
    _start(recipe, f"/usr/local/bin/{app}")
    extras = (
        _manifest(build, ["go.mod", "go.sum"], "go mod download"), ALPINE_USER,
        _step(build, line, "/root/.cache/go-build"), *COMMON[:4], WGET,
        _stage_env(build, "CGO_ENABLED", "0"), APK, *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    build.commit(f"make OUT=/out/{app}")
    return recipe.draft(
        f"Write a Dockerfile for the Go service `{app}`",
        f"Containerise our Go program `{app}` with a multi-stage build",
        f"We need an image of the Go service `{app}`",
    )


@family("dockerfile", levels=(2, 3, 4))
def go_static_binary(draw: Draw) -> Draft:
    """A static Go binary alone in an empty image."""
    recipe = Recipe(draw)
    app = draw.name("app")
    build = _Build(recipe, choices.GO_STATIC_BUILD, "/go/src/app")
    line = f"go build -trimpath -o /bin/{app} ."
    recipe.ask(ask.artefact(stage=build.name, source=f"/bin/{app}", target=f"/{app}"))
    recipe.ask(ask.final_base_image(image="scratch"))
    recipe.add("from", "FROM scratch")
    recipe.add("copy", f"COPY --from={build.name} /bin/{app} /{app}")
    _start(recipe, f"/{app}")

    def numeric(recipe: Recipe) -> None:
        user = str(draw.integer("numeric user", 10003, 64003, 11))
        recipe.ask(sets.run_as(name=user))
        recipe.add("user", f"USER {user}")

    extras = (
        _stage_env(build, "CGO_ENABLED", "0"), *COMMON[:3], Extra("numeric user", 1, numeric),
        _step(build, line), *COMMON[3:],
    )  # fmt: skip
    decorate(recipe, extras)
    build.commit(f"make static OUT=/bin/{app}")
    return recipe.draft(
        f"Put the statically linked Go binary `{app}` into an otherwise empty image",
        f"Write the Dockerfile of a minimal image that holds only the Go binary `{app}`",
    )


@family("dockerfile", levels=(2, 3, 4, 5))
def rust_service(draw: Draw) -> Draft:
    """A Rust program built with cargo and run on a slim Debian."""
    recipe = Recipe(draw)
    app = draw.name("app")
    build = _Build(recipe, choices.RUST_BUILD, "/work")
    line = f"cargo build --release --bin {app}"
    final = draw.choice("image", choices.RUST_FINAL)
    _finish(recipe, build, final, f"/work/target/release/{app}", f"/opt/{app}/{app}")
    _start(recipe, f"/opt/{app}/{app} serve")
    extras = (
        _step(build, line, "/usr/local/cargo/registry"), DEBIAN_USER, *COMMON[:3],
        _manifest(build, ["Cargo.toml", "Cargo.lock"], "cargo fetch --locked"), APT, CURL,
        _stage_env(build, "CARGO_INCREMENTAL", "0"), *COMMON[3:],
    )  # fmt: skip
    decorate(recipe, extras)
    build.commit("make release")
    return recipe.draft(
        f"Build the Rust service `{app}` in a Dockerfile with two stages",
        f"Write a multi-stage Dockerfile for `{app}`, a Rust program",
    )


@family("dockerfile", levels=(2, 3, 4, 5))
def web_frontend(draw: Draw) -> Draft:
    """A JavaScript front end built by Node and served by nginx."""
    recipe = Recipe(draw)
    app = draw.name("app", ("web", "ui", "console", "portal", "viewer", "panel", "gallery"))
    build = _Build(recipe, choices.NODE_BUILD, f"/{app}")
    output = draw.choice("output", ("dist", "build", "out", "public"))
    _finish(
        recipe, build, draw.choice("image", choices.NGINX_FINAL), f"/{app}/{output}",
        "/usr/share/nginx/html",
    )  # fmt: skip
    line = f"npm run build --workspace={app}"
    extras = (
        _manifest(build, ["package.json", "package-lock.json"], "npm ci"),
        _step(build, line, "/root/.npm"),
        *COMMON[:4], APK, WGET,
        _stage_env(build, "NODE_OPTIONS", "--max-old-space-size=4096"), ALPINE_USER, *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    build.commit("npx vite build")
    return recipe.draft(
        f"Write a Dockerfile that builds the front end `{app}` with Node and serves it with nginx",
        f"Our single-page application `{app}` needs an image with nginx",
    )


@family("dockerfile", levels=(2, 3, 4, 5))
def node_service(draw: Draw) -> Draft:
    """A TypeScript service: dependencies and compilation in one stage, a slim image to run it."""
    recipe = Recipe(draw)
    app = draw.name("app")
    build = _Build(recipe, choices.NODE_SERVICE, "/app")
    _finish(recipe, build, draw.choice("image", choices.NODE_SLIM), "/app/dist", f"/opt/{app}/dist")
    line = f"yarn workspace {app} build"
    start = f"node /opt/{app}/dist/server.js"
    recipe.ask(starts.default_command(line=start))
    recipe.add("start", f"CMD {_json(start)}")
    extras = (
        _step(build, line, "/usr/local/share/.cache/yarn"), DEBIAN_USER, *COMMON[:4],
        _manifest(build, ["package.json", "yarn.lock"], "yarn install --frozen-lockfile"),
        CURL, APT, *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    build.commit("yarn compile")
    return recipe.draft(
        f"Write the Dockerfile of the TypeScript service `{app}`",
        f"Package the Node.js service `{app}`: compile in one stage, run from a slim image",
    )


@family("dockerfile", levels=(2, 3, 4, 5))
def python_service(draw: Draw) -> Draft:
    """A Python service whose virtual environment is made in a build stage."""
    recipe = Recipe(draw)
    app = draw.name("app").replace("-", "_")
    build = _Build(recipe, choices.PYTHON_BUILD, "/src")
    venv = f"/opt/{app}"
    _finish(recipe, build, draw.choice("image", choices.PYTHON_FINAL), venv, venv)
    line = f"{venv}/bin/pip install --no-cache-dir ."
    start = f"{venv}/bin/python -m {app}"
    _start(recipe, start)
    setup = f"python -m venv {venv}"
    made = [f"python -m venv --copies {venv}"]

    def created(recipe: Recipe) -> None:
        recipe.ask(does.runs_in_stage(stage=build.name, line=setup))
        made[0] = setup

    extras = (
        Extra("environment created", 1, created), DEBIAN_USER, *COMMON[:3], APT,
        _step(build, line), health(lambda url: f"{venv}/bin/python -m {app}.probe {url}"),
        _stage_env(build, "PIP_DISABLE_PIP_VERSION_CHECK", "1"), *COMMON[3:],
    )  # fmt: skip
    decorate(recipe, extras)
    build.commit(f"{venv}/bin/python -m pip install .", f"{made[0]} && ")
    return recipe.draft(
        f"Write a two-stage Dockerfile for the Python service `{app}`",
        f"Containerise the Python package `{app}`, its virtual environment made in a first stage",
    )


@family("dockerfile", levels=(2, 3, 4, 5))
def java_service(draw: Draw) -> Draft:
    """A Maven build whose jar runs on a JRE."""
    recipe = Recipe(draw)
    app = draw.name("app")
    build = _Build(recipe, choices.MAVEN_BUILD, "/workspace")
    final = draw.choice("image", choices.JAVA_FINAL)
    _finish(recipe, build, final, f"/workspace/target/{app}.jar", f"/opt/{app}.jar")
    memory = draw.choice("memory share", ("50.0", "60.0", "65.0", "70.0", "75.0", "80.0"))
    _start(recipe, f"java -XX:MaxRAMPercentage={memory} -jar /opt/{app}.jar")
    line = "mvn -B -o package -DskipTests"
    extras = (
        _manifest(build, ["pom.xml"], "mvn -B dependency:go-offline"), DEBIAN_USER, *COMMON[:4],
        _step(build, line, "/root/.m2"), CURL, APT, *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    build.commit("./mvnw verify")
    return recipe.draft(
        f"Write a Dockerfile that builds the Maven project `{app}` and runs its jar",
        f"The Java service `{app}` needs a multi-stage Dockerfile",
    )


@family("dockerfile", levels=(3, 4, 5))
def kotlin_service(draw: Draw) -> Draft:
    """A Gradle build of a Kotlin service that runs on Amazon Corretto."""
    recipe = Recipe(draw)
    app = draw.name("app")
    build = _Build(recipe, choices.GRADLE_BUILD, "/home/gradle/project")
    final = draw.choice("image", choices.CORRETTO_FINAL)
    _finish(recipe, build, final, f"/home/gradle/project/build/install/{app}", f"/usr/share/{app}")
    _start(recipe, f"/usr/share/{app}/bin/{app}")
    line = f"gradle :{app}:installDist --no-daemon"
    recipe.ask(does.runs_in_stage(stage=build.name, line=line))
    extras = (
        *COMMON[:3], ALPINE_USER, _cache(build, "/home/gradle/.gradle/caches", line), WGET, APK,
        _stage_env(build, "GRADLE_OPTS", "-Xmx2g"), *COMMON[3:],
    )  # fmt: skip
    decorate(recipe, extras)
    build.commit(line)
    return recipe.draft(
        f"Write the Dockerfile of the Kotlin service `{app}`, which Gradle builds",
        f"Build `{app}` with Gradle in one stage and run it on Corretto in another",
    )


@family("dockerfile", levels=(3, 4, 5))
def dotnet_service(draw: Draw) -> Draft:
    """An ASP.NET service published in the SDK image and run on the runtime image."""
    recipe = Recipe(draw)
    app = draw.name("app")
    project = "".join(word.title() for word in app.split("-"))
    build = _Build(recipe, choices.DOTNET_BUILD, "/source")
    _finish(
        recipe, build, draw.choice("image", choices.DOTNET_FINAL), f"/publish/{app}",
        f"/srv/{app}",
    )  # fmt: skip
    _start(recipe, f"dotnet /srv/{app}/{project}.dll")
    line = f"dotnet publish {project}.csproj -c Release -o /publish/{app} --no-restore"
    recipe.ask(does.runs_in_stage(stage=build.name, line=line))
    extras = (
        _manifest(build, [f"{project}.csproj"], f"dotnet restore {project}.csproj"),
        *COMMON[:3], DEBIAN_USER, _cache(build, "/root/.nuget/packages", line), CURL, APT,
        _stage_env(build, "DOTNET_CLI_TELEMETRY_OPTOUT", "1"), *COMMON[3:],
    )  # fmt: skip
    decorate(recipe, extras)
    build.commit(line)
    return recipe.draft(
        f"Write a multi-stage Dockerfile for the ASP.NET service `{app}` (project `{project}`)",
        f"Containerise the .NET project `{project}` as the service `{app}`",
    )
