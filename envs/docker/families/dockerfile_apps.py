"""Families of single-stage images: small applications, tools, sites, proxies."""

from __future__ import annotations

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
    apt_line,
    decorate,
    health,
)
from envs.docker.requirements import dockerfile as ask
from envs.docker.requirements import dockerfile_runs as does
from envs.docker.requirements import dockerfile_settings as sets
from envs.docker.requirements import dockerfile_start as starts
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def _json(line: str) -> str:
    return "[" + ", ".join(f'"{word}"' for word in line.split()) + "]"


def _base(recipe: Recipe, images: tuple[str, ...]) -> str:
    image = recipe.draw.choice("image", images)
    recipe.ask(ask.final_base_image(image=image))
    recipe.add("from", f"FROM {image}")
    return image


def _command(recipe: Recipe, line: str) -> None:
    recipe.ask(starts.default_command(line=line))
    recipe.add("start", f"CMD {_json(line)}")


def _entrypoint(recipe: Recipe, line: str) -> None:
    recipe.ask(starts.entrypoint(line=line))
    recipe.add("start", f"ENTRYPOINT {_json(line)}")


@family("dockerfile", levels=(1, 2, 3, 4, 5))
def python_script(draw: Draw) -> Draft:
    """A Python script on Alpine, perhaps with its requirements installed first."""
    recipe = Recipe(draw)
    app = draw.name("app")
    _base(recipe, choices.PYTHON_SCRIPT)
    module = app.replace("-", "_")
    _command(recipe, f"python /code/{module}.py")
    files = ["requirements.txt"]
    line = "pip install --no-cache-dir -r requirements.txt"

    def first(recipe: Recipe) -> None:
        recipe.ask(does.dependencies_first(files=files, line=line))
        recipe.add("copy", "COPY requirements.txt ./", f"RUN {line}")

    extras = (
        Extra("requirements first", 1, first), *COMMON[:4], ALPINE_USER,
        health(lambda url: f"python /code/{module}.py --probe {url}"), APK, *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    recipe.add("copy", "COPY . /code/")
    return recipe.draft(
        f"Write a Dockerfile for the Python script `{module}.py`",
        f"Make an image that runs our script `{module}.py`",
        f"Dockerise `{module}.py`",
    )


@family("dockerfile", levels=(1, 2, 3, 4, 5))
def node_worker(draw: Draw) -> Draft:
    """A Node.js worker on Alpine, started through an init process."""
    recipe = Recipe(draw)
    app = draw.name("app", ("worker", "consumer", "queue", "jobs", "mailer", "sender", "poller"))
    _base(recipe, choices.NODE_WORKER)
    script = draw.choice("script", ("index.js", "main.js", "worker.js", "start.js", "run.mjs"))
    start = f"node /usr/src/{app}/{script}"

    def init(recipe: Recipe) -> None:
        recipe.ask(does.apk_packages(packages=["tini"]))
        recipe.ask(starts.entrypoint(line="/sbin/tini --"))
        recipe.add("run", "RUN apk add --no-cache tini")
        recipe.add("start", 'ENTRYPOINT ["/sbin/tini", "--"]')

    def owned(recipe: Recipe) -> None:
        group = draw.choice("owner", ("node", "node:node"))
        recipe.ask(ask.copied_for(source="package.json", owner=group))
        recipe.add("copy", f"COPY --chown={group} package.json /usr/src/{app}/")

    extras = (
        COMMON[1], Extra("init", 2, init), *COMMON[2:4], COMMON[0], Extra("owned", 1, owned),
        ALPINE_USER, WGET, *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    recipe.ask(starts.default_command(line=start))
    recipe.add("copy", f"COPY . /usr/src/{app}/")
    recipe.add("start", f"CMD {_json(start)}")
    return recipe.draft(
        f"Write a Dockerfile for the Node.js worker `{app}`",
        f"Put the queue worker `{app}` (Node.js) into an image",
    )


@family("dockerfile", levels=(1, 2, 3, 4, 5))
def static_site(draw: Draw) -> Draft:
    """A folder of HTML served by nginx."""
    recipe = Recipe(draw)
    _base(recipe, choices.SITE)
    site = draw.name("site", ("site", "blog", "docs", "pages", "home", "handbook", "guide"))
    target = f"/usr/share/nginx/{site}"
    recipe.ask(ask.copied(source="public/", target=target))
    recipe.add("copy", f"COPY public/ {target}/")

    def config(recipe: Recipe) -> None:
        path = f"/etc/nginx/conf.d/{site}.conf"
        recipe.ask(ask.copied(source="nginx.conf", target=path))
        recipe.add("copy", f"COPY nginx.conf {path}")

    extras = (
        Extra("configuration", 1, config), *COMMON[:4], CURL, APT, DEBIAN_USER, *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    return recipe.draft(
        f"Write a Dockerfile that serves the static site `{site}` with nginx",
        f"Make an nginx image for the HTML of `{site}`",
    )


@family("dockerfile", levels=(1, 2, 3, 4, 5))
def debian_toolbox(draw: Draw) -> Draft:
    """An Ubuntu image with packages for a maintenance script."""
    recipe = Recipe(draw)
    _base(recipe, choices.TOOLBOX)
    app = draw.name("script")
    packages = list(draw.sample("tools", choices.APT_PACKAGES, 3))
    recipe.ask(does.apt_packages(packages=packages))

    def script(recipe: Recipe) -> None:
        path = f"/usr/local/bin/{app}.sh"
        recipe.ask(ask.copied(source=f"{app}.sh", target=path))
        recipe.add("copy", f"COPY --chmod=755 {app}.sh {path}")

    def without(recipe: Recipe) -> None:
        recipe.ask(does.apt_without_recommends(packages=packages))
        options.add("small")

    def clean(recipe: Recipe) -> None:
        recipe.ask(does.apt_lists_removed(packages=packages))
        options.add("clean")

    options: set[str] = set()
    _entrypoint(recipe, f"bash /usr/local/bin/{app}.sh")
    extras = (
        Extra("small", 1, without), Extra("clean", 1, clean), Extra("script copied", 1, script),
        *COMMON[1:4], DEBIAN_USER, COMMON[0], CURL, *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    recipe.add("run", apt_line(packages, "small" in options, "clean" in options))
    return recipe.draft(
        f"Write a Dockerfile for the maintenance script `{app}.sh` and its tools",
        f"We run `{app}.sh` in a container: write its Dockerfile",
    )


@family("dockerfile", levels=(1, 2, 3, 4, 5))
def alpine_job(draw: Draw) -> Draft:
    """A shell job on Alpine with a few packages and a default argument."""
    recipe = Recipe(draw)
    _base(recipe, choices.APK_BOX)
    app = draw.name("job", ("backup", "cleaner", "sync", "report", "import", "export", "archive"))
    packages = list(draw.sample("tools", choices.APK_PACKAGES, 3))
    recipe.ask(does.apk_packages(packages=packages))
    recipe.add("run", f"RUN apk add --no-cache {' '.join(packages)}")

    def start(recipe: Recipe) -> None:
        _entrypoint(recipe, f"/bin/sh /jobs/{app}.sh")

    def argument(recipe: Recipe) -> None:
        flag = draw.choice("default argument", ("--dry-run", "--all", "--verbose", "--since=7d"))
        _command(recipe, f"{flag} --job={app}")

    extras = (
        Extra("entrypoint", 1, start), COMMON[1], Extra("argument", 1, argument), ALPINE_USER,
        *COMMON[2:4], WGET, COMMON[0], *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    recipe.add("copy", f"COPY jobs/{app}.sh /jobs/{app}.sh")
    recipe.ask(ask.copied(source=f"jobs/{app}.sh", target=f"/jobs/{app}.sh"))
    return recipe.draft(
        f"Write a Dockerfile for the job `{app}`, a shell script on Alpine",
        f"The job `{app}` needs a small Alpine image",
    )


@family("dockerfile", levels=(1, 2, 3, 4, 5))
def inline_proxy(draw: Draw) -> Draft:
    """An nginx proxy whose configuration stands in the Dockerfile itself."""
    recipe = Recipe(draw)
    _base(recipe, choices.PROXY)
    app = draw.name("proxy", ("proxy", "gateway", "router", "edge", "gate", "balancer"))
    upstream = draw.integer("upstream port", 2011, 8989, 6)
    path = f"/etc/nginx/conf.d/{app}.conf"
    line = f"location / {{ proxy_pass http://{app}-backend:{upstream}; }}"
    recipe.ask(ask.inline_file(path=path, line=line))
    header = [""]

    def marked(recipe: Recipe) -> None:
        name = draw.choice("header", choices.HEADERS)
        wanted = f'add_header {name} "{app}";'
        recipe.ask(ask.inline_file(path=path, line=wanted))
        header[0] = f"\n  {wanted}"

    extras = (
        Extra("header", 1, marked), *COMMON[:4], WGET, ALPINE_USER, APK, *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    recipe.add("copy", f"COPY <<EOF {path}\nserver {{{header[0]}\n  {line}\n}}\nEOF")
    return recipe.draft(
        f"Write a Dockerfile for the nginx proxy `{app}` with its configuration inline",
        f"Make an nginx image `{app}` without any file in the build context",
    )


@family("dockerfile", levels=(1, 2, 3, 4, 5))
def php_site(draw: Draw) -> Draft:
    """A PHP application on Apache with extensions."""
    recipe = Recipe(draw)
    _base(recipe, choices.PHP)
    app = draw.name("app")
    target = f"/var/www/{app}"
    recipe.ask(ask.copied(source="src/", target=target))

    def extension(recipe: Recipe) -> None:
        name = draw.choice("extension", choices.PHP_EXTENSIONS)
        line = f"docker-php-ext-install -j2 {name}"
        recipe.ask(does.runs(line=line))
        recipe.add("run", f"RUN {line}")

    def rewrite(recipe: Recipe) -> None:
        module = draw.choice("module", ("rewrite", "headers", "expires", "remoteip", "deflate"))
        recipe.ask(does.runs(line=f"a2enmod {module}"))
        recipe.add("run", f"RUN a2enmod {module}")

    extras = (
        Extra("extension", 1, extension), *COMMON[:3], Extra("module", 1, rewrite), CURL, APT,
        DEBIAN_USER, *COMMON[3:],
    )  # fmt: skip
    decorate(recipe, extras)
    recipe.add("copy", f"COPY --chown=www-data:www-data src/ {target}/")
    return recipe.draft(
        f"Write a Dockerfile for the PHP application `{app}` on Apache",
        f"Containerise the PHP site `{app}`",
    )


@family("dockerfile", levels=(1, 2, 3, 4, 5))
def ruby_app(draw: Draw) -> Draft:
    """A Ruby application with Bundler, ordered for the build cache."""
    recipe = Recipe(draw)
    _base(recipe, choices.RUBY)
    app = draw.name("app").replace("-", "_")
    line = "bundle install --jobs 4"

    def start(recipe: Recipe) -> None:
        _command(recipe, f"bundle exec ruby /{app}/{app}.rb")

    def cached(recipe: Recipe) -> None:
        recipe.ask(does.cache_mount(target="/usr/local/bundle/cache", line=line))
        mount[0] = "--mount=type=cache,target=/usr/local/bundle/cache "

    mount = [""]
    recipe.ask(does.dependencies_first(files=["Gemfile", "Gemfile.lock"], line=line))
    extras = (
        Extra("command", 1, start), *COMMON[:3], DEBIAN_USER, Extra("bundle cache", 1, cached),
        CURL, APT, COMMON[3], *COMMON[5:],
    )  # fmt: skip
    decorate(recipe, extras)
    recipe.add("workdir", f"WORKDIR /{app}")
    recipe.add("copy", f"COPY Gemfile Gemfile.lock /{app}/")
    recipe.add("copy", f"RUN {mount[0]}{line}", f"COPY . /{app}/")
    recipe.ask(ask.copied(source="config.ru", target=f"/{app}/config.ru"))
    return recipe.draft(
        f"Write a Dockerfile for the Ruby application `{app}`",
        f"Package the Ruby application `{app}` so that its gems stay in the build cache",
    )


@family("dockerfile", levels=(2, 3, 4, 5), held_out=True)
def private_packages(draw: Draw) -> Draft:
    """A Python image that installs from a private index with a build secret."""
    recipe = Recipe(draw)
    _base(recipe, choices.PYTHON_PRIVATE)
    app = draw.name("package").replace("-", "_")
    secret = draw.choice("secret", ("pip_conf", "index_token", "netrc", "pypi_login", "pip_auth"))
    line = f"pip install --no-cache-dir {app}"
    recipe.ask(does.secret_mount(id=secret, line=line))
    recipe.add("run", f"RUN --mount=type=secret,id={secret} {line}")
    _entrypoint(recipe, f"python -m {app}")

    def cached(recipe: Recipe) -> None:
        recipe.ask(does.run_shell(line="/bin/bash -o pipefail -c"))
        recipe.add("env-first", 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]')

    extras = (
        COMMON[1], Extra("shell", 1, cached), *COMMON[2:4], DEBIAN_USER, CURL, APT, COMMON[0],
        *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    return recipe.draft(
        f"Write a Dockerfile that installs the private Python package `{app}`",
        f"Make an image of `{app}`, which comes from our private package index",
    )


@family("dockerfile", levels=(2, 3, 4, 5), held_out=True)
def graceful_daemon(draw: Draw) -> Draft:
    """An Elixir daemon that is stopped with a signal of its own."""
    recipe = Recipe(draw)
    _base(recipe, choices.ERLANG)
    app = draw.name("daemon", ("daemon", "broker", "hub", "node", "engine", "relay", "stream"))
    release = app.replace("-", "_")
    _entrypoint(recipe, f"/{release}/bin/{release}")
    _command(recipe, f"start --name={release}")
    signal = draw.choice(
        "signal", ("SIGQUIT", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGRTMIN+3")
    )
    recipe.ask(sets.stopped_with(signal=signal))
    recipe.add("stop", f"STOPSIGNAL {signal}")

    def dns(recipe: Recipe) -> None:
        port = draw.integer("gossip port", 4003, 9973, 10)
        recipe.ask(sets.udp_port_exposed(port=port))
        recipe.add("expose", f"EXPOSE {port}/udp")

    extras = (
        Extra("gossip", 1, dns), *COMMON[:4], DEBIAN_USER, CURL, APT, *COMMON[4:],
    )  # fmt: skip
    decorate(recipe, extras)
    recipe.add("copy", f"COPY _build/prod/rel/{release} /{release}")
    return recipe.draft(
        f"Write a Dockerfile for the Elixir release `{release}` that stops gracefully",
        f"Package the release of `{release}`, an Elixir daemon",
    )
