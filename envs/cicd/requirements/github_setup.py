"""Requirements about tools, their versions over a matrix, and caches of dependencies."""

from __future__ import annotations

from collections.abc import Iterator

from envs.cicd.requirements.github_find import (
    comes_late,
    commands_of,
    find_job,
    live_steps,
    using,
    value_of,
    values_of,
)
from envs.cicd.requirements.github_texts import (
    clean_path,
    lines_of,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository, Step

#: Tool -> (actions, input of the version, input of the file that holds the version).
TOOLS = {
    "Python": (
        ("actions/setup-python", "astral-sh/setup-uv"),
        "python-version",
        "python-version-file",
    ),
    "Node.js": (("actions/setup-node",), "node-version", "node-version-file"),
    "Go": (("actions/setup-go",), "go-version", "go-version-file"),
    "Java": (("actions/setup-java",), "java-version", "java-version-file"),
    "Ruby": (("ruby/setup-ruby",), "ruby-version", "ruby-version-file"),
    ".NET": (("actions/setup-dotnet",), "dotnet-version", "global-json-file"),
    "Terraform": (("hashicorp/setup-terraform",), "terraform_version", ""),
    "Helm": (("azure/setup-helm",), "version", ""),
    "pnpm": (("pnpm/action-setup",), "version", ""),
}


#: Tool -> images that hold it, in the version that their tag begins with.
_CONTAINERS = {
    "Python": ("python",), "Node.js": ("node",), "Go": ("golang",), "Ruby": ("ruby",),
    "Java": ("eclipse-temurin", "openjdk", "amazoncorretto"), "Terraform": ("hashicorp/terraform",),
    ".NET": ("mcr.microsoft.com/dotnet/sdk",),
}  # fmt: skip


def plain_version(version: str) -> str:
    """Return a version so that `20`, `20.x` and `v20` are one thing."""
    version = version.strip().removeprefix("v")
    if version[:1] in ("~", "^") and version.count(".") <= (version[:1] == "~"):
        version = version[1:]
    while version.endswith((".x", ".*", ".X")):
        version = version[:-2]
    return version


def setups(job: Job, tool: str) -> Iterator[tuple[Step, str]]:
    """Yield the steps that set a tool up, with the name of the input of its version."""
    actions, name, _ = TOOLS[tool]
    for step in using(live_steps(job), *actions):
        if not comes_late(step):
            yield step, name


def versions_of(job: Job, tool: str) -> frozenset[str]:
    """Return every version of a tool that a job has, over its matrix."""
    found = frozenset(
        plain_version(line)
        for step, name in setups(job, tool)
        for text in values_of(step, name)
        for line in lines_of(text)
    )
    return found or _from_container(job, tool)


def _from_container(job: Job, tool: str) -> frozenset[str]:
    """Return the versions of a tool that the container of a job brings."""
    image = job.container.image if job.container is not None else ""
    found: set[str] = set()
    for text in job.values(image) if image else ():
        name, _, tag = text.removeprefix("docker.io/").removeprefix("library/").rpartition(":")
        if name in _CONTAINERS.get(tool, ()):
            found.add(plain_version(tag.partition("-")[0]))
    return frozenset(found)


@requirement(
    "the job `{job}` sets up {tool} {version}",
    "{tool} {version} is installed in the job `{job}`",
    "use {tool} {version} in the job `{job}`",
)
def workflow_tool(model: Repository, job: str, tool: str, version: str) -> Findings:
    """The setup action of a tool with one version."""
    found = yield from find_job(model, job)
    if found is not None and versions_of(found, tool) != {plain_version(version)}:
        shown = ", ".join(sorted(versions_of(found, tool))) or "not set up"
        yield found.finding(f"{tool} is {shown} in the job `{job}`, asked for {version}", "steps")


@requirement(
    "the job `{job}` sets up the {tool} version that the file `{file}` names",
    "the version of {tool} in the job `{job}` is read from `{file}`",
)
def workflow_tool_file(model: Repository, job: str, tool: str, file: str) -> Findings:
    """The setup action of a tool with a version file."""
    found = yield from find_job(model, job)
    if found is None:
        return
    actions, version, name = TOOLS[tool]
    for step in using(live_steps(found), *actions):
        if clean_path(value_of(step, name)) == file and not step.inputs.get(version):
            return
    yield found.finding(f"the version of {tool} is not read from `{file}`", "steps")


@requirement(
    "the Java of the job `{job}` comes from {vendor}",
    "the job `{job}` uses the {vendor} distribution of Java",
)
def workflow_java_vendor(model: Repository, job: str, vendor: str) -> Findings:
    """`distribution` of the setup of Java."""
    found = yield from find_job(model, job)
    if found is None:
        return
    steps = using(live_steps(found), "actions/setup-java")
    if not any(value_of(step, "distribution").lower() == vendor for step in steps):
        yield found.finding(f"the Java of `{job}` is not from {vendor}", "steps")


@requirement(
    "npm in the job `{job}` uses the registry `{url}`",
    "`{url}` is the npm registry of the job `{job}`",
)
def workflow_npm_registry(model: Repository, job: str, url: str) -> Findings:
    """`registry-url` of the setup of Node.js, a variable, or `npm config set registry`."""
    found = yield from find_job(model, job)
    if found is None:
        return
    steps = using(live_steps(found), "actions/setup-node")
    if any(value_of(step, "registry-url").rstrip("/") == url for step in steps):
        return
    names = ("NPM_CONFIG_REGISTRY", "npm_config_registry")
    for ran in commands_of(found):
        told = ran.words[:4] == ("npm", "config", "set", "registry") and ran.words[4:]
        seen = [ran.step.env.get(name, "") for name in names] if ran.words[0] == "npm" else []
        if url in [text.rstrip("/") for text in (*(told or ()), *seen)]:
            return
    yield found.finding(f"npm in `{job}` does not use `{url}`", "steps")
