"""The pack of popular actions: inputs with defaults, outputs, versions, and how it is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from iac_gym.language import load_language
from iac_gym.languages.github_actions.actions import (
    build_data,
    describe,
    describe_text,
    find,
    inputs_of,
    known_actions,
)
from iac_gym.languages.github_actions.parse import parse
from iac_gym.languages.github_actions.uses import read_uses
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

LANGUAGE = load_language("github_actions")

WANTED = """
actions/checkout actions/setup-node actions/setup-python actions/setup-java actions/setup-go
actions/setup-dotnet actions/cache actions/cache/restore actions/cache/save
actions/upload-artifact actions/download-artifact actions/github-script actions/labeler
actions/stale actions/configure-pages actions/deploy-pages actions/upload-pages-artifact
docker/build-push-action docker/login-action docker/setup-buildx-action docker/setup-qemu-action
docker/metadata-action aws-actions/configure-aws-credentials aws-actions/amazon-ecr-login
azure/login azure/setup-helm azure/setup-kubectl google-github-actions/auth
google-github-actions/setup-gcloud hashicorp/setup-terraform codecov/codecov-action
softprops/action-gh-release peaceiris/actions-gh-pages golangci/golangci-lint-action
super-linter/super-linter aquasecurity/trivy-action github/codeql-action/init
github/codeql-action/analyze github/codeql-action/upload-sarif pypa/gh-action-pypi-publish
cycjimmy/semantic-release-action helm/kind-action pnpm/action-setup ruby/setup-ruby
""".split()


@pytest.mark.parametrize("name", WANTED)
def test_pack_has(name: str) -> None:
    action = find(name)
    assert action is not None
    assert action.tag
    assert action.using


def test_pack_is_large_enough() -> None:
    assert len(known_actions()) > 60


def test_versions_differ() -> None:
    old, new = (
        describe_text("actions/upload-artifact@v3"),
        describe_text("actions/upload-artifact@v4"),
    )
    assert old is not None
    assert new is not None
    assert "overwrite" not in old.inputs
    assert "overwrite" in new.inputs
    assert new.outputs >= {"artifact-id", "artifact-url"}
    assert (old.exact, new.exact) == (True, True)


@pytest.mark.parametrize(
    ("uses", "exact"),
    [
        ("actions/checkout@v4", True),
        ("Actions/Checkout@v4.1.7", True),
        ("actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683", False),
        ("actions/checkout@main", False),
        ("actions/checkout@v99", False),
    ],
)
def test_version_that_is_asked_for(uses: str, exact: bool) -> None:
    action = describe_text(uses)
    assert action is not None
    assert action.exact is exact
    assert action.majors[-1] >= 4


@pytest.mark.parametrize("uses", ["octo-org/private@v1", "./local", "docker://alpine:3", "x"])
def test_what_is_not_known(uses: str) -> None:
    assert describe(read_uses(uses)) is None
    assert describe(None) is None


def test_inputs_have_the_defaults_of_the_version() -> None:
    model = parse(
        {
            "ci.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
            "      - uses: actions/checkout@v4\n        with: {Fetch-Depth: 0}\n"
            "      - uses: octo-org/private@v1\n        with: {A: b}\n"
            "      - run: make\n"
        }
    )
    checkout, private, run = model.workflow.jobs["a"].steps
    inputs = inputs_of(checkout)
    assert inputs["fetch-depth"] == "0"
    assert inputs["persist-credentials"] == "true"
    assert "ref" not in inputs
    assert inputs_of(private) == {"a": "b"}
    assert inputs_of(run) == {}


def _notices(uses: str, given: str = "") -> list[tuple[str, int]]:
    text = f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: {uses}\n{given}"
    verdict = check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})
    assert verdict.valid, verdict.diagnostics
    found = [d for d in verdict.diagnostics if d.stage is Stage.NOTICE]
    return [(d.rule, d.finding.line) for d in found]


def _with(text: str) -> str:
    return f"        with: {{{text}}}\n"


@pytest.mark.parametrize(
    ("uses", "given"),
    [
        ("actions/checkout@v4", ""),
        ("actions/checkout@v4", _with("FETCH-DEPTH: 0")),
        ("actions/cache@v4", _with("path: a, key: b")),
        ("actions/setup-python@v5", _with("python-version: 3, cache: pip")),
        ("actions/checkout@0ad4b8fadaa221de15dcec353f45205ec38ea70b", _with("fetch-depth: 0")),
        ("docker/build-push-action@v6", _with("push: true, tags: x")),
        ("docker/build-push-action@main", _with("push: true, tags: x")),
        ("docker://alpine:3", _with("args: ls")),
        ("./local", _with("anything: 1")),
        ("actions/cache@v4", _with("path: a, key: b, entrypoint: c")),
    ],
)
def test_accepted_inputs(uses: str, given: str) -> None:
    assert _notices(uses, given) == []


@pytest.mark.parametrize(
    ("uses", "given", "rule", "line"),
    [
        ("actions/checkout@v4", _with("depth: 1"), "action-inputs-are-known", 7),
        ("actions/cache@v4", _with("path: a"), "required-inputs-are-given", 6),
        ("actions/github-script@v7", "", "required-inputs-are-given", 6),
        ("actions/upload-artifact@v3", _with("path: a"), "actions-are-served", 6),
        ("actions/download-artifact@v2.1.1", "", "actions-are-served", 6),
        ("actions/cache@v1", _with("path: a, key: b"), "actions-are-served", 6),
        (
            "pypa/gh-action-pypi-publish@v1.8.14",
            _with("repository_url: x"),
            "inputs-are-current",
            7,
        ),
        ("octo-org/private@v1", _with("a: b"), "not-judged", 6),
    ],
)
def test_odd_inputs(uses: str, given: str, rule: str, line: int) -> None:
    assert _notices(uses, given) == [(rule, line)]


def test_hint_names_the_near_input() -> None:
    text = (
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
        "      - uses: actions/checkout@v4\n        with: {fetch-deph: 0}\n"
    )
    (finding,) = parse({"ci.yml": text}).found("action-inputs-are-known")
    assert finding.hint == "did you mean `fetch-depth`?"


def test_pack_is_made_from_action_files(tmp_path: Path) -> None:
    for tag, inputs in (("v1.2.0", "old"), ("v1.10.0", "new"), ("main", "branch")):
        place = tmp_path / "Octo" / "tool" / tag / "sub"
        place.mkdir(parents=True)
        (place / "action.yml").write_text(
            f"inputs:\n  {inputs}: {{required: true, default: 1}}\n  gone: "
            "{deprecationMessage: x}\n  Bare:\noutputs: {out: {}}\nruns: {using: node20}\n",
            encoding="utf-8",
        )
    made = build_data.read(tmp_path)
    assert list(made) == ["octo/tool/sub"]
    assert list(made["octo/tool/sub"]) == ["", "1"]
    newest = made["octo/tool/sub"]["1"]
    assert newest["tag"] == "v1.10.0"
    assert newest["inputs"] == {"new": [1, 0, "1"], "gone": [0, 1], "Bare": [0, 0]}
    assert newest["outputs"] == ["out"]


def test_source_names_every_action_with_its_licence() -> None:
    source = (build_data.DATA / "SOURCE.md").read_text(encoding="utf-8")
    for name in known_actions():
        (line,) = [one for one in source.splitlines() if one.startswith(f"| {name} |")]
        assert "none found" not in line
