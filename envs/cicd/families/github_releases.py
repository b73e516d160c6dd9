"""Families of GitHub workflows that release and publish."""

from __future__ import annotations

from typing import Any

from envs.cicd import choices
from envs.cicd.families.github_parts import (
    command,
    one_at_a_time,
    own_cache,
    runner,
    setting,
    timeout,
)
from envs.cicd.families.github_recipe import Job, Workflow, permission, secret
from envs.cicd.requirements import github_artifacts as kept
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_matrix as matrices
from envs.cicd.requirements import github_order as order
from envs.cicd.requirements import github_releases as releases
from envs.cicd.requirements import github_setup as tools
from envs.cicd.requirements import github_steps as steps
from envs.cicd.requirements import github_triggers as triggers
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra


def in_environment(job: Job, environments: tuple[str, ...] = choices.ENVIRONMENTS) -> Extra:
    """Put a job into a deployment environment."""

    def make(flow: Workflow) -> None:
        name = flow.draw.choice(f"{job.name} environment", environments)
        job.fields["environment"] = flow.draw.phrase("environment", (name, {"name": name}))
        flow.ask(jobs.workflow_job_environment(job=job.name, environment=name))

    return Extra("environment", 1, make)


def history(job: Job) -> Extra:
    """Fetch the whole history."""

    def make(flow: Workflow) -> None:
        job.checkout().setdefault("with", {})["fetch-depth"] = 0
        flow.ask(steps.workflow_full_history(job=job.name))

    return Extra("history", 1, make)


def submodules(job: Job) -> Extra:
    """Check submodules out too."""

    def make(flow: Workflow) -> None:
        job.checkout().setdefault("with", {})["submodules"] = "recursive"
        flow.ask(steps.workflow_submodules(job=job.name))

    return Extra("submodules", 1, make)


def large_files(job: Job) -> Extra:
    """Check files of Git LFS out too."""

    def make(flow: Workflow) -> None:
        job.checkout().setdefault("with", {})["lfs"] = True
        flow.ask(steps.workflow_large_files(job=job.name))

    return Extra("large files", 1, make)


@family("github_actions", levels=(1, 2, 3, 4, 5), held_out=True)
def github_release_on_tag(draw: Draw) -> Draft:
    """A GitHub release with built files for each version tag."""
    flow = Workflow(draw, ".github/workflows/release.yml")
    flow.on_tag(draw.choice("pattern", choices.TAG_PATTERNS))
    pool = ("release", "make-release", "cut-release", "github-release", "draft-release")
    job = flow.job(draw.choice("job", pool))
    job.checkout()
    permission(flow, job, "contents", "write", said=False)
    line = draw.choice("build", (
        "make dist", "./scripts/build.sh", "make release", "cargo build"))  # fmt: skip
    job.run("build", line)
    by_command = draw.phrase("by command", (False, False, True))
    options: dict[str, Any] = {}
    flow.ask(releases.workflow_makes_release(job=job.name))
    flow.ask(steps.workflow_runs(job=job.name, command=line))

    def files(flow: Workflow) -> None:
        names = ("app.tar.gz", "app.zip", "checksums.txt", "app.deb", "app.rpm", "sbom.json")
        folder = draw.choice("folder", ("dist", "build", "out", "bin", "target", "artifacts"))
        chosen = [f"{folder}/{name}" for name in draw.sample("files", names, 2)]
        options["files"] = chosen
        flow.ask(releases.workflow_release_files(job=job.name, files=chosen))

    def notes(flow: Workflow) -> None:
        options["notes"] = True
        flow.ask(releases.workflow_release_notes(job=job.name))

    def draft(flow: Workflow) -> None:
        options["draft"] = True
        flow.ask(releases.workflow_release_draft(job=job.name))

    def early(flow: Workflow) -> None:
        options["prerelease"] = True
        flow.ask(releases.workflow_prerelease(job=job.name))

    flow.grow((
        Extra("files", 1, files), Extra("notes", 1, notes), timeout(job), history(job),
        command(job, "tests", "test", ("make test", "./scripts/test.sh", "make check")),
        Extra("draft", 1, draft), runner(job), one_at_a_time(job), Extra("early", 1, early),
        in_environment(job, ("release", "github-releases", "publishing")), submodules(job),
        setting(job, "RELEASE_CHANNEL", ("stable", "beta", "nightly", "lts")), large_files(job),
    ))  # fmt: skip
    _release_step(job, options, by_command=by_command)
    return flow.draft(
        "Write a GitHub Actions workflow that makes a GitHub release of every version tag",
        "We tag versions and want a release on GitHub for each of them",
    )


def _release_step(job: Job, options: dict[str, Any], *, by_command: bool) -> None:
    files: list[str] = options.get("files", [])
    if not by_command:
        inputs: dict[str, Any] = {"files": "\n".join(files) + "\n"} if files else {}
        if options.get("notes"):
            inputs["generate_release_notes"] = True
        for name in ("draft", "prerelease"):
            if options.get(name):
                inputs[name] = True
        step = job.use("deploy", "softprops/action-gh-release@v2")
        if inputs:
            step["with"] = inputs
        return
    flags = ["--generate-notes"] if options.get("notes") else ["--notes-from-tag"]
    flags += [f"--{name}" for name in ("draft", "prerelease") if options.get(name)]
    line = " ".join(['gh release create "$GITHUB_REF_NAME"', *files, *flags])
    job.run("deploy", line, env={"GH_TOKEN": secret("GITHUB_TOKEN")})


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_publish_python(draw: Draw) -> Draft:
    """A Python package that is built and published by trusted publishing."""
    flow = Workflow(draw, ".github/workflows/publish.yml")
    if draw.chance("on release", 0.5):
        flow.event("release", types=["published"])
        flow.ask(triggers.workflow_on_release())
    else:
        flow.on_tag(draw.choice("pattern", choices.VERSION_PATTERNS))
    pool = ("pypi", "publish-python", "upload-package", "trusted-publish", "pypi-publish")
    job = flow.job(draw.choice("job", pool))
    job.checkout()
    permission(flow, job, "id-token", "write", said=False)
    permission(flow, job, "contents", "read", said=False)
    line = draw.choice("build", ("python -m build", "hatch build", "poetry build", "uv build"))
    tool = {"python": "build", "hatch": "hatch", "poetry": "poetry", "uv": "uv"}[line.split()[0]]
    job.setup("Python", "3.x")
    job.run("install", f"pip install {tool}")
    job.run("build", line)
    publish = job.use("deploy", "pypa/gh-action-pypi-publish@release/v1")
    flow.ask(releases.workflow_trusted_publishing(job=job.name))
    flow.ask(steps.workflow_runs(job=job.name, command=line))

    def version(flow: Workflow) -> None:
        chosen = draw.choice("version", choices.PYTHON_VERSIONS)
        job.first("setup")["with"]["python-version"] = chosen
        flow.ask(tools.workflow_tool(job=job.name, tool="Python", version=chosen))

    def index(flow: Workflow) -> None:
        urls = ("https://test.pypi.org/legacy/", "https://pypi.example.com/legacy/",
                "https://packages.acme.dev/python/")  # fmt: skip
        url = draw.choice("index", urls)
        publish.setdefault("with", {})["repository-url"] = url
        flow.ask(releases.workflow_package_index(job=job.name, url=url))

    def folder(flow: Workflow) -> None:
        where = draw.choice("folder", ("wheelhouse", "packages/dist", "out/dist", "python/dist"))
        publish.setdefault("with", {})["packages-dir"] = f"{where}/"
        flow.ask(releases.workflow_packages_folder(job=job.name, folder=where))

    flow.grow((
        in_environment(job, ("pypi", "release", "package-index", "publishing")),
        Extra("version", 1, version), Extra("index", 1, index), timeout(job),
        command(job, "tests", "test", ("python -m pytest", "make test", "tox", "nox -s tests")),
        history(job), Extra("folder", 1, folder), runner(job), one_at_a_time(job), submodules(job),
        own_cache(job, ("~/.cache/pre-commit", ".tox", ".nox"), ("pyproject.toml", "uv.lock")),
        command(job, "checks", "verify", ("check-wheel-contents dist", "pip check")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that publishes our Python package",
        "Our Python library should go to its package index by itself",
    )


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_publish_npm(draw: Draw) -> Draft:
    """An npm package that is published when a release or a tag is made."""
    flow = Workflow(draw, ".github/workflows/npm.yml")
    flow.on_tag(draw.choice("pattern", choices.VERSION_PATTERNS))
    pool = ("npm", "publish-npm", "npm-package", "js-package", "npm-publish")
    job = flow.job(draw.choice("job", pool))
    job.checkout()
    registry = "https://registry.npmjs.org"
    setup = job.setup("Node.js", "lts/*", registry_url=registry)
    job.run("install", "npm ci")
    own = draw.choice("secret", ("NPM_TOKEN", "NPMJS_TOKEN", "PUBLISH_TOKEN", "REGISTRY_AUTH"))
    flags: list[str] = []
    step = job.run("deploy", "npm publish", env={"NODE_AUTH_TOKEN": secret(own)})
    flow.ask(releases.workflow_npm_published(job=job.name, secret=own))

    def version(flow: Workflow) -> None:
        chosen = draw.choice("version", choices.NODE_VERSIONS)
        setup["with"]["node-version"] = chosen
        flow.ask(tools.workflow_tool(job=job.name, tool="Node.js", version=chosen))

    def other(flow: Workflow) -> None:
        urls = ("https://npm.pkg.github.com", "https://npm.example.com", "https://npm.acme.dev")
        setup["with"]["registry-url"] = url = draw.choice("registry", urls)
        flow.ask(tools.workflow_npm_registry(job=job.name, url=url))

    def access(flow: Workflow) -> None:
        chosen = draw.choice("access", ("public", "restricted"))
        flags.append(f"--access {chosen}")
        flow.ask(releases.workflow_npm_access(job=job.name, access=chosen))

    def proven(flow: Workflow) -> None:
        permission(flow, job, "contents", "read", said=False)
        permission(flow, job, "id-token", "write", said=False)
        flags.append("--provenance")
        flow.ask(releases.workflow_npm_provenance(job=job.name))

    def tagged(flow: Workflow) -> None:
        tag = draw.choice("dist-tag", ("next", "beta", "canary", "alpha", "lts"))
        flags.append(f"--tag {tag}")
        flow.ask(releases.workflow_npm_tag(job=job.name, tag=tag))

    flow.grow((
        Extra("version", 1, version), Extra("provenance", 1, proven), Extra("access", 1, access),
        command(job, "build", "build", ("npm run build", "npm run compile", "npx tsc -p .")),
        Extra("registry", 1, other), in_environment(job, ("npm", "npmjs", "js-release")),
        Extra("dist-tag", 1, tagged), timeout(job), runner(job), one_at_a_time(job), history(job),
        command(job, "tests", "test", ("npm test", "npm run test:all", "npx vitest run")),
        submodules(job),
    ))  # fmt: skip
    step["run"] = " ".join(["npm publish", *flags])
    return flow.draft(
        "Write a GitHub Actions workflow that publishes our npm package for each version tag",
        "Publish an npm package from GitHub Actions",
    )


#: Targets of a build and the runner that builds each.
_TARGETS = (
    ("x86_64-unknown-linux-gnu", "ubuntu-22.04"),
    ("aarch64-unknown-linux-gnu", "ubuntu-24.04-arm"),
    ("x86_64-pc-windows-msvc", "windows-2022"),
    ("aarch64-apple-darwin", "macos-14"),
    ("x86_64-apple-darwin", "macos-13"),
    ("aarch64-pc-windows-msvc", "windows-11-arm"),
)


@family("github_actions", levels=(2, 3, 4, 5))
def github_cross_build(draw: Draw) -> Draft:
    """Binaries of a Rust program for several targets, each built on a runner of its own."""
    flow = Workflow(draw, ".github/workflows/binaries.yml")
    flow.on_tag(draw.choice("pattern", choices.TAG_PATTERNS))
    job = flow.job(draw.choice("job", ("binaries", "cross-build", "cargo", "executables", "rust")))
    chosen = draw.sample("targets", _TARGETS, draw.choice("how many", (2, 2, 3)))
    include = [{"target": target, "os": os} for target, os in chosen]
    job.fields["runs-on"] = "${{ matrix.os }}"
    job.fields["strategy"] = {"matrix": {"include": include}}
    job.checkout()
    line = "cargo build --release --target ${{ matrix.target }}"
    job.run("install", "rustup target add ${{ matrix.target }}")
    job.run("build", line)
    for target, os in chosen:
        flow.ask(matrices.workflow_job_combination(job=job.name, value=target, runner=os))
    flow.ask(steps.workflow_runs(job=job.name, command=line))

    def uploaded(flow: Workflow) -> None:
        prefix = draw.choice("prefix", ("app", "binary", "bin", "cli", "release"))
        name, path = f"{prefix}-${{{{ matrix.target }}}}", "target/${{ matrix.target }}/release"
        step = job.use("report", "actions/upload-artifact@v4", name=name, path=path)
        flow.ask(kept.workflow_keeps(job=job.name, artifact=name, path=path))
        if draw.chance("needed", 0.5):
            step["with"]["if-no-files-found"] = "error"
            flow.ask(kept.workflow_kept_needed(job=job.name, artifact=name))

    def going_on(flow: Workflow) -> None:
        job.fields["strategy"]["fail-fast"] = False
        flow.ask(matrices.workflow_job_goes_on(job=job.name))

    def followed(flow: Workflow) -> None:
        last = flow.job(draw.choice("last", ("collect", "checksum", "sign", "bundle-all")))
        last.fields["needs"] = draw.phrase("needs", (job.name, [job.name]))
        last.run("build", "./scripts/finish.sh")
        last.checkout()
        flow.ask(order.workflow_job_after(job=last.name, other=job.name))

    flow.grow((
        Extra("artifact", 1.5, uploaded), Extra("fail-fast", 1, going_on), timeout(job),
        Extra("last", 1, followed), setting(job, "CARGO_TERM_COLOR", ("always", "never", "auto")),
        own_cache(job, ("~/.cargo/registry", "target"), ("Cargo.lock",)), one_at_a_time(job),
        command(job, "tests", "test", ("cargo test", "cargo test --all", "cargo clippy")),
        setting(job, "RUSTFLAGS", ("-D warnings", "-C target-cpu=native", "-C lto")),
        history(job), submodules(job),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that builds our Rust program for several targets",
        "Build binaries of our Rust tool on GitHub for every platform we support",
    )


@family("github_actions", levels=(3, 4, 5))
def github_tagged_publication(draw: Draw) -> Draft:
    """A build for every push to a branch, and a publication for tags alone."""
    flow = Workflow(draw, ".github/workflows/ship.yml")
    flow.on_push(draw.choice("branch", choices.BRANCHES))
    flow.on_tag(draw.choice("pattern", choices.VERSION_PATTERNS))
    build = flow.job(draw.choice("build job", ("prove", "build-and-test", "ci-build", "verify-it")))
    last = flow.job(draw.choice("last job", ("publication", "ship-it", "send-out", "announce")))
    build.checkout()
    line = draw.choice("build line", ("make all", "./ci/all.sh", "npm run all", "mvn -B verify"))
    build.run("build", line)
    last.checkout()
    more = draw.choice("last line", ("make publish", "./ci/publish.sh", "./ci/upload.sh"))
    last.run("deploy", more)
    last.fields["needs"] = draw.phrase("needs", (build.name, [build.name]))
    last.fields["if"] = draw.phrase("if", (
        "startsWith(github.ref, 'refs/tags/')", "github.ref_type == 'tag'",
        "${{ startsWith(github.ref, 'refs/tags/v') || github.ref_type == 'tag' }}"))  # fmt: skip
    flow.ask(
        steps.workflow_runs(job=build.name, command=line),
        steps.workflow_runs(job=last.name, command=more),
        order.workflow_job_after(job=last.name, other=build.name),
        order.workflow_job_only_for_tags(job=last.name),
    )
    flow.grow((
        in_environment(last, ("shop-window", "outside", "public", "customers")), timeout(build),
        one_at_a_time(last), runner(build), timeout(last), history(last), submodules(build),
        setting(build, "PROFILE", ("debug", "release", "bench")), large_files(build),
        own_cache(build, (".cache/ship", "~/.cache/ship"), ("lockfile", "deps.lock")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that builds every push and publishes tags",
        "Each push should be built on GitHub, but only tags are published",
    )
