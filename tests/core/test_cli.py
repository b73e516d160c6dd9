"""The command line: what it prints, and its exit codes."""

import io
import json

import pytest

import iac_gym
from iac_gym.cli import main

K8S = "IaC-K8s-v0"
BROKEN = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containrs: []\n"


@pytest.fixture
def answer(tmp_path, task):
    path = tmp_path / "answer.yaml"
    path.write_text(task.reference_text)
    return path


def run(capsys, *arguments):
    code = main([str(a) for a in arguments])
    return code, capsys.readouterr()


def test_list_show_and_sample(capsys, task):
    code, shown = run(capsys, "list", "--json")
    assert code == 0
    assert set(json.loads(shown.out)) == set(iac_gym.env_ids())
    assert run(capsys, "list", K8S)[0] == 0
    code, shown = run(capsys, "show", task.id)
    assert task.instruction in shown.out
    assert task.requirements[0].name in shown.out
    data = json.loads(run(capsys, "show", task.id, "--json", "--no-reference")[1].out)
    assert "reference" not in data
    code, shown = run(capsys, "sample", K8S, "-n", 3, "--difficulty", 2)
    assert [iac_gym.load_task(i).difficulty for i in shown.out.split()] == [2, 2, 2]
    code, shown = run(capsys, "sample", K8S, "-n", 2, "--rows")
    assert [sorted(json.loads(line)) for line in shown.out.splitlines()] == [
        ["input", "instruction", "output", "task_id"]
    ] * 2


def test_verify_for_a_task(capsys, task, answer):
    code, shown = run(capsys, "verify", answer, "--task", task.id)
    assert (code, "solved" in shown.out) == (0, True)
    answer.write_text(BROKEN)
    code, shown = run(capsys, "verify", answer, "--task", task.id)
    assert code == 1
    assert "not solved" in shown.out


def test_verify_shows_place_line_and_caret(capsys, tmp_path):
    path = tmp_path / "pod.yaml"
    path.write_text(BROKEN)
    code, shown = run(capsys, "verify", path, "--language", "kubernetes")
    assert code == 1
    lines = shown.out.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith(f"{path}:6:"))
    assert "containrs" in lines[at]
    assert lines[at + 1] == "  6 |   containrs: []"
    assert lines[at + 2].strip(" |") == "^"


def test_verify_finds_the_language_by_name(capsys, tmp_path):
    path = tmp_path / "Dockerfile"
    path.write_text('FROM alpine:3.20\nCMD ["true"]\n')
    assert run(capsys, "verify", path)[0] == 0
    other = tmp_path / "notes.txt"
    other.write_text("x")
    assert run(capsys, "verify", other)[0] == 2


def test_verify_reads_standard_input(capsys, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(b"\xff\xfe kind: ["))
    monkeypatch.setattr("sys.stdin", stdin)
    assert run(capsys, "verify", "-", "--language", "kubernetes")[0] == 1


@pytest.mark.parametrize("style", ["json", "sarif"])
def test_verify_for_machines(capsys, tmp_path, style):
    path = tmp_path / "pod.yaml"
    path.write_text(BROKEN)
    code, shown = run(capsys, "verify", path, "--format", style)
    data = json.loads(shown.out)
    assert code == 1
    if style == "json":
        assert any(d["line"] == 6 and d["file"] == str(path) for d in data["diagnostics"])
    else:
        assert data["version"] == "2.1.0"
        places = [r["locations"][0]["physicalLocation"] for r in data["runs"][0]["results"]]
        assert any(p["region"]["startLine"] == 6 for p in places)


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (["lst"], "Did you mean 'list'"),
        (["list", "IaC-K8s-v9"], "Did you mean 'IaC-K8s-v0'"),
        (["show", "nonsense"], "is no task id"),
        (["sample", K8S, "--split", "tset"], "Did you mean 'test'"),
        (["sample", K8S, "-n", "0"], "at least 1"),
        (["verify", "/nonexistent"], "Cannot read"),
        (["verify", "-", "--language", "kubernets"], "Did you mean 'kubernetes'"),
        (["validate", "IaC-Dockr-v0"], "Did you mean 'IaC-Docker-v0'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(capsys, arguments, near):
    code, shown = run(capsys, *arguments)
    assert code == 2
    assert near in shown.err
    assert len(shown.err.strip().splitlines()) == 1


def test_a_wrong_option_exits_with_2(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["sample", K8S, "--sizes", "x"])
    assert caught.value.code == 2


def test_validate_writes_a_report(capsys, tmp_path, monkeypatch):
    from iac_gym import testing

    quick = [testing.reward_orders_answers, testing.what_is_checked_is_said]
    monkeypatch.setattr(testing, "CHECKS", quick)
    path = tmp_path / "report.json"
    code, _ = run(capsys, "validate", K8S, "--depth", 1, "--report", path)
    assert code == 0
    data = json.loads(path.read_text())
    assert [check["problems"] for check in data["checks"]] == [[], []]
    assert data["provenance"]["commit"]
