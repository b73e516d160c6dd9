"""Families of Jenkinsfiles that build and test."""

from __future__ import annotations

from typing import Any

from envs.cicd import choices
from envs.cicd.families.jenkins_recipe import (
    AGENT,
    ALONE,
    CLEANS,
    FINALLY,
    KEEPS,
    NO_CHECKOUT,
    TELLS,
    TIMESTAMPS,
    Extra,
    Jenkinsfile,
    Stage,
    archive,
    block,
    call,
    junit,
    label,
    limited,
    more,
    quote,
    stage_timeout,
    timeout,
    variable,
    wrapped,
    write,
)
from envs.cicd.requirements import jenkins_settings as settings
from envs.cicd.requirements import jenkins_stages as stages
from envs.cicd.requirements import jenkins_steps as steps
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def _retried(stage: Stage, line: str) -> Extra:
    def head(draw: Draw) -> tuple[str, Any]:
        count = draw.integer("attempts", 2, 5)
        return f"retry({count})", steps.jenkins_retried(stage=stage.name, command=line, count=count)

    return wrapped("retry", stage, line, head)


def _polls(made: Jenkinsfile) -> None:
    minutes = made.draw.choice("poll minutes", (5, 10, 12, 15, 20, 30))
    line = f"H/{minutes} * * * *"
    made.put("triggers", f"pollSCM({quote(line)})")
    made.ask(settings.jenkins_poll(line=line))


_POLLS = Extra("polling", 1, _polls)


@family("jenkins", levels=(1, 2, 3, 4, 5))
def jenkins_java(draw: Draw) -> Draft:
    """A Java project with Maven or Gradle."""
    made = Jenkinsfile(draw)
    manager = draw.choice("manager", ("Maven", "Gradle"))
    build = made.stage(draw.choice("build", ("Build", "Compile", "Package", "Assemble")))
    lines = {
        "Maven": (
            "mvn -B -DskipTests package",
            "mvn -B compile",
            "mvn -B -ntp package",
        ),
        "Gradle": ("./gradlew assemble", "./gradlew classes", "./gradlew build -x test"),
    }[manager]
    made.runs(build, draw.choice(f"{manager} build", lines))
    test = made.stage(draw.choice("test", ("Test", "Unit tests", "Verify", "Check")))
    tests = {
        "Maven": ("mvn -B test", "mvn -B verify", "mvn -B surefire:test"),
        "Gradle": ("./gradlew test", "./gradlew check", "./gradlew test --info"),
    }[manager]
    line = made.runs(test, draw.choice(f"{manager} test", tests))

    def tool(made: Jenkinsfile) -> None:
        name = draw.choice("installation", ("3.9", "maven-3", "gradle-8", "default", "latest"))
        made.put("tools", f"{manager.lower()} {quote(name)}")
        made.ask(settings.jenkins_tool(stage=build.name, kind=manager, name=name))

    def jdk(made: Jenkinsfile) -> None:
        name = draw.choice("jdk", ("jdk17", "temurin-21", "openjdk-11", "java-23"))
        made.put("tools", f"jdk {quote(name)}")
        made.ask(settings.jenkins_tool(stage=test.name, kind="JDK", name=name))

    made.grow((
        Extra("tool", 1, tool),
        junit(test, ("target/surefire-reports/*.xml", "build/test-results/*.xml", "**/TEST-*.xml")),
        Extra("jdk", 1, jdk), archive(build, ("target/*.jar", "build/libs/*.jar", "**/*.war")),
        timeout(), KEEPS, TELLS, ALONE, label(test), _POLLS, TIMESTAMPS, CLEANS,
        variable("MAVEN_OPTS", ("-Xmx1g", "-Xmx2g", "-Xmx3g")), _retried(test, line), AGENT,
    ))  # fmt: skip
    return made.draft(
        "Write a Jenkinsfile for our Java project",
        "Build a Java application with Jenkins",
    )


@family("jenkins", levels=(1, 2, 3, 4, 5))
def jenkins_in_containers(draw: Draw) -> Draft:
    """Stages that each run in a container."""
    made = Jenkinsfile(draw)
    kind = draw.choice("language", ("node", "python", "golang"))
    versions, lines = {
        "node": (choices.NODE_VERSIONS, ("npm test", "npm run test:ci", "npx vitest run")),
        "python": (choices.PYTHON_VERSIONS, ("pytest -q", "tox -e py", "pytest -x tests")),
        "golang": (choices.GO_VERSIONS, ("go test ./...", "go vet ./...", "go test -race ./...")),
    }[kind]
    test = made.stage(draw.choice("test", ("Test", "Tests", "Unit", "Check")))
    made.in_image(test, f"{kind}:{draw.choice(f'{kind} version', versions)}")
    line = made.runs(test, draw.choice(f"{kind} tests", lines))

    def arguments(made: Jenkinsfile) -> None:
        text = draw.choice("arguments", ("-v /cache:/cache", "--network host", "-u root", "-m 2g"))
        test.sections["agent"][0][1].append(call("args", text))  # type: ignore[union-attr]
        made.ask(stages.jenkins_image_arguments(stage=test.name, arguments=text))

    def second(made: Jenkinsfile) -> None:
        lint = made.stage(draw.choice("lint", ("Lint", "Style", "Static analysis")))
        made.in_image(lint, draw.choice("lint image", (
            "hadolint/hadolint:2.12.0-debian", "koalaman/shellcheck-alpine:v0.10.0",
            "cytopia/yamllint:1.35")))  # fmt: skip
        made.runs(lint, draw.choice("linting", ("make lint", "./lint.sh", "yamllint .")))
        if draw.chance("lint condition", 0.4):
            limited(lint, ("src/**", "deploy/**", "**/*.yml", "docs/**")).make(made)

    made.grow((
        junit(test, ("junit.xml", "reports/*.xml", "report/junit/*.xml")), timeout(),
        Extra("second container", 2, second), archive(test, ("coverage/**", "dist/*", "*.log")),
        KEEPS, Extra("arguments", 1, arguments), TELLS, variable("CI", ("true", "1")), ALONE,
        stage_timeout(test), _retried(test, line), TIMESTAMPS, CLEANS, _POLLS, NO_CHECKOUT,
    ))  # fmt: skip
    return made.draft(
        "Write a Jenkinsfile whose stages run in containers",
        "Our tests should run in Docker containers on Jenkins",
    )


@family("jenkins", levels=(2, 3, 4, 5))
def jenkins_parallel_tests(draw: Draw) -> Draft:
    """Stages that run at the same time."""
    made = Jenkinsfile(draw)
    around = made.stage(draw.phrase("around", ("Checks", "Tests", "Verification", "Quality")))
    names = draw.sample("stages", ("Unit", "Integration", "Lint", "Security", "Contract", "E2E"), 2)
    lines = (
        draw.choice("first", ("make unit", "npm test", "pytest -q", "./run.sh unit")),
        draw.choice("second", ("make integration", "npm run lint", "tox", "./run.sh slow")),
    )
    inner = [made.stage(name, around, "parallel") for name in names]
    made.ask(stages.jenkins_parallel(stages=list(names)))
    for stage, line in zip(inner, lines, strict=True):
        made.runs(stage, line)

    def fast(made: Jenkinsfile) -> None:
        around.lines.append("failFast true")
        made.ask(stages.jenkins_fail_fast(stage=names[0]))

    def before(made: Jenkinsfile) -> None:
        first = Stage(draw.choice("before", ("Prepare", "Set up", "Install")))
        made.stages.insert(0, first)
        made.runs(first, draw.choice("preparing", ("make deps", "npm ci", "./prepare.sh")))
        made.ask(stages.jenkins_after(stage=names[1], other=first.name))

    made.grow((
        Extra("fail fast", 1, fast), Extra("before", 2, before), label(inner[0]), timeout(), KEEPS,
        junit(inner[0], ("junit.xml", "reports/*.xml")), label(inner[1]), TELLS, ALONE,
        stage_timeout(inner[1]), _retried(inner[1], lines[1]), TIMESTAMPS, CLEANS, _POLLS,
        limited(inner[1], ("src/**", "**/*.py", "docs/**", "infra/**")), AGENT,
        variable("LOG_LEVEL", ("debug", "info", "error")),
    ))  # fmt: skip
    return made.draft(
        "Write a Jenkinsfile that runs checks in parallel",
        "Our checks take too long on Jenkins; run them at the same time",
    )


_AXES = (
    ("PLATFORM", ("linux", "windows", "mac", "bsd"), "BROWSER", ("firefox", "chrome", "safari")),
    ("OS", ("debian", "ubuntu", "alpine", "rocky"), "ARCH", ("amd64", "arm64", "s390x", "riscv64")),
    ("VERSION", ("17", "21", "23", "11"), "DB", ("postgres", "mysql", "oracle", "h2")),
)  # fmt: skip


@family("jenkins", levels=(2, 3, 4, 5), held_out=True)
def jenkins_matrix(draw: Draw) -> Draft:
    """A matrix of stages."""
    made = Jenkinsfile(draw)
    matrix = made.stage(draw.choice("matrix", ("Matrix", "All combinations", "Compatibility")))
    first, pool, second, others = draw.choice("axes", _AXES)
    values = list(draw.sample(f"{first} values", pool, 2))
    rest = list(draw.sample(f"{second} values", others, 2))
    axes = block("axes", *(
        block("axis", call("name", name), call("values", *given))
        for name, given in ((first, values), (second, rest))))  # fmt: skip
    matrix.put("matrix", axes)
    made.ask(
        stages.jenkins_axis(stage=matrix.name, axis=first, values=values),
        stages.jenkins_axis(stage=matrix.name, axis=second, values=rest),
    )
    inner = Stage(draw.choice("inner", ("Test", "Build and test", "Try")))
    line = draw.choice("tests", ("make test", "./test.sh", "npm test", "mvn -B verify"))
    inner.run(line)
    made.ask(steps.jenkins_runs(stage=inner.name, command=line))

    def without(made: Jenkinsfile) -> None:
        matrix.put("matrix", block("excludes", block("exclude", *(
            block("axis", call("name", name), call("values", given))
            for name, given in ((first, values[0]), (second, rest[1]))))))  # fmt: skip
        made.ask(stages.jenkins_excluded(stage=matrix.name, first=values[0], second=rest[1]))

    made.grow((
        Extra("exclude", 1, without), timeout(), KEEPS, TELLS, ALONE, stage_timeout(inner),
        _retried(inner, line), TIMESTAMPS, CLEANS, FINALLY,
        variable("LOG_LEVEL", ("debug", "info")),
    ))  # fmt: skip
    matrix.put("matrix", block("stages", inner.block))
    return made.draft(
        "Write a Jenkinsfile with a matrix",
        "Test all combinations on Jenkins, with a matrix",
    )


@family("jenkins", levels=(1, 2, 3, 4))
def jenkins_scheduled(draw: Draw) -> Draft:
    """A build that a schedule starts."""
    made = Jenkinsfile(draw)
    hour = draw.choice("hour", tuple(range(24)))
    days = draw.choice("week", ("*", "1-5", "0", "6", "1", "5"))
    line = f"H {hour} * * {days}"
    made.put("triggers", f"cron({quote(line)})")
    made.ask(settings.jenkins_cron(line=line))
    stage = made.stage(draw.choice("stage", ("Nightly", "Backup", "Report", "Long tests", "Sweep")))
    command = made.runs(stage, draw.choice("command", (
        "make nightly", "./backup.sh --full", "./report.py", "make sweep")))  # fmt: skip

    def upstream(made: Jenkinsfile) -> None:
        job = f"{draw.choice('upstream team', choices.TEAMS)}/{draw.name('upstream')}"
        made.put("triggers", f"upstream(upstreamProjects: {quote(job)})")
        made.ask(settings.jenkins_upstream(job=job))

    made.grow((
        KEEPS, TELLS, timeout(), archive(stage, ("report.html", "backup.tar.gz", "logs/*.log")),
        Extra("upstream", 1, upstream), label(stage), _retried(stage, command), ALONE, TIMESTAMPS,
        more(stage, "second command", ("make summary", "./upload.sh", "./clean-up.sh")),
        variable("MODE", ("full", "deep", "slow")), CLEANS, FINALLY, AGENT, NO_CHECKOUT,
    ))  # fmt: skip
    return made.draft(
        "Write a Jenkinsfile for a job that runs by a schedule",
        "Jenkins should do some work regularly",
    )


@family("jenkins", levels=(2, 3, 4))
def jenkins_repair(draw: Draw) -> Draft:
    """A Jenkinsfile that the declarative plugin refuses, to be mended and completed."""
    first = draw.choice("build", ("Build", "Compile", "Assemble", "Bundle"))
    second = draw.choice("test", ("Test", "Verify", "Check", "Unit"))
    building = draw.choice("building", ("make build", "./build.sh", "npm run build", "make all"))
    testing = draw.choice("testing", ("make test", "./test.sh", "npm test", "make check"))
    kind = draw.phrase("mistake", ("no agent", "no steps", "post", "option"))
    broken, whole = Jenkinsfile(draw), Jenkinsfile(draw)
    made: dict[int, list[Stage]] = {}
    for one in (broken, whole):
        made[id(one)] = [one.stage(first), one.stage(second)]
        for stage, line in zip(made[id(one)], (building, testing), strict=True):
            stage.run(line)
    _break(broken, made[id(broken)][1], testing, kind)
    build, test = made[id(whole)]
    whole.ask(
        stages.jenkins_stages(stages=[first, second]),
        steps.jenkins_runs(stage=first, command=building),
        steps.jenkins_runs(stage=second, command=testing),
        settings.jenkins_timestamps(),
    )
    whole.put("options", "timestamps()")
    whole.grow((timeout(), KEEPS, archive(build, ("dist/*", "out/*.zip", "bin/*")), TELLS, CLEANS,
                junit(test, ("junit.xml", "reports/*.xml")), label(test)))  # fmt: skip
    return whole.draft(
        "Mend this Jenkinsfile, which Jenkins refuses, and see that all of the following holds",
        "Jenkins says that this pipeline is invalid. Repair it",
        given={"Jenkinsfile": write(broken.head, broken.blocks)},
        mode="repair",
    )


def _break(made: Jenkinsfile, stage: Stage, line: str, kind: str) -> None:
    """Plant a mistake that the declarative plugin refuses."""
    if kind == "no agent":
        del made.sections["agent"]
    elif kind == "no steps":
        made.stages[1] = Stage(stage.name)
        made.stages[1].put("environment", f"COMMAND = {quote(line)}")
    elif kind == "post":
        made.after("finally", "cleanWs()")
    else:
        made.put("options", "timeLimit(10)")
