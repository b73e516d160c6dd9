"""Whole runs from the command line: any causal LM, two processes, interruption, bad input."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.train

ENV = "IaC-K8s-v0"
SMALL = [
    "--env", ENV, "--levels", "1", "--dataset-size", "24", "--eval-size", "6", "--max-steps", "2",
    "--max-completion-length", "16", "--batch-size", "8", "--accumulation", "1",
    "--no-gradient-checkpointing",
]  # fmt: skip
ROLLOUTS = ["--num-generations", "4"]
DAPO = [*ROLLOUTS, "--updates-per-rollout", "2", "--max-rounds", "2"]


def run(algorithm: str, folder: Path, model: object, *argv: str) -> int:
    given = [*SMALL, *{"dapo": DAPO, "grpo": ROLLOUTS}.get(algorithm, [])]
    main = import_module(f"agents.{algorithm}").main
    code: int = main([*given, "--model", str(model), "--output", str(folder), *argv])
    return code


def steps(folder: Path) -> list[int]:
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [row["step"] for row in rows if "train_runtime" not in row]


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
@pytest.mark.parametrize("algorithm", ["sft", "grpo", "dapo"])
def test_two_steps_with_lora(algorithm, kind, request, tmp_path):
    model = request.getfixturevalue(kind)
    assert run(algorithm, tmp_path, model) == 0
    assert steps(tmp_path) == [1, 2]
    assert (tmp_path / "model" / "adapter_model.safetensors").is_file()
    evaluation = json.loads((tmp_path / "evaluation.json").read_text())
    assert len(evaluation["ids"]) == 6
    for when in ("before", "after"):
        for way in ("sampled", "greedy"):
            graded = [row["task_id"] for row in evaluation[when][way]["outcomes"]]
            assert graded == evaluation["ids"]


@pytest.fixture(scope="module")
def finished(llama, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "dapo"
    assert run("dapo", folder, llama) == 0
    return folder


class TestRunFolder:
    def test_the_configuration_can_be_given_again(self, finished, tmp_path):
        stored = yaml.safe_load((finished / "config.yaml").read_text())
        assert stored["algorithm"] == "dapo"
        assert stored["num_generations"] == 4
        assert stored["learning_rate"] == 5e-6

    def test_versions_commit_command_and_seed_are_written(self, finished):
        about = json.loads((finished / "versions.json").read_text())
        assert {"torch", "trl", "transformers", "iac-gym"} <= set(about["packages"])
        assert about["seed"] == 0
        assert about["command"].startswith("python -m agents.dapo")
        assert re.match(r"[0-9a-f]{40}|$", about["commit"])

    def test_every_component_of_the_reward_is_logged(self, finished):
        first = json.loads((finished / "metrics.jsonl").read_text().splitlines()[0])
        names = ("total", "syntax", "correctness", "format", "solved", "passed", "overlong")
        assert {f"rewards/{name}/mean" for name in names} <= set(first)
        assert {"unscored", "dapo/rounds", "dapo/accept_rate", "dapo/prompts_sampled"} <= set(first)

    def test_rollouts_carry_their_diagnostics(self, finished):
        rows = [json.loads(line) for line in (finished / "rollouts.jsonl").read_text().splitlines()]
        assert rows
        for row in rows:
            assert row["task_id"].startswith(ENV)
            assert row["diagnostics"], row
            assert 1 <= row["tokens"] <= 16
            assert row["reward"]["total"] <= 1

    def test_the_report_is_one_file_with_curves_and_tables(self, finished):
        page = (finished / "report.html").read_text()
        assert page.count("<svg") >= 5
        assert "families seen in training" in page
        assert "Dynamic sampling" in page
        assert "python -m agents.dapo" in page
        assert not re.search(r"(src|href)=", page)

    def test_the_trained_adapter_is_a_model_for_the_next_run(self, finished, tmp_path):
        assert run("grpo", tmp_path, finished / "model", "--prompt", "chat") == 0
        assert steps(tmp_path) == [1, 2]

    def test_evaluate_measures_a_trained_model(self, finished, capsys):
        from agents.evaluate import main

        argv = ["--env", ENV, "--levels", "1", "--eval-size", "4", "--max-completion-length", "8"]
        assert main([*argv, "--model", str(finished / "model"), "--prompt", "chat"]) == 0
        assert "all tasks" in capsys.readouterr().out


def test_a_model_without_a_chat_template_gets_plain_text(plain, tmp_path):
    assert run("dapo", tmp_path, plain, "--no-lora", "--no-evaluate") == 0
    assert steps(tmp_path) == [1, 2]
    assert (tmp_path / "model" / "model.safetensors").is_file()
    assert not (tmp_path / "evaluation.json").exists()


@pytest.mark.skipif(find_spec("bitsandbytes") is None, reason="bitsandbytes is not installed")
@pytest.mark.parametrize("algorithm", ["sft", "grpo"])
def test_two_steps_in_four_bit(algorithm, qwen2, tmp_path):
    assert run(algorithm, tmp_path, qwen2, "--qlora", "--no-evaluate") == 0
    assert steps(tmp_path) == [1, 2]
    assert (tmp_path / "model" / "adapter_model.safetensors").is_file()


def launched(algorithm: str, folder: Path, model: Path, *argv: str) -> list[str]:
    given = [*SMALL, *DAPO, "--model", str(model), "--output", str(folder), *argv]
    return ["-m", f"agents.{algorithm}", *given]


def test_two_processes_train_together(llama, tmp_path):
    # with --cpu alone accelerate starts one process (or mpirun): this way it starts two with gloo
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu"]
    launch += ["--num_processes", "2", "--main_process_port", "0"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    done = subprocess.run(
        [*launch, *launched("dapo", tmp_path, llama)],
        capture_output=True, text=True, timeout=300, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "versions.json").read_text())["processes"] == 2
    assert steps(tmp_path) == [1, 2]
    first = json.loads((tmp_path / "metrics.jsonl").read_text().splitlines()[0])
    # 8 sequences x 2 updates / groups of 4 = 4 prompts for each of 2 processes, in each of 2 rounds
    assert first["dapo/prompts_sampled"] >= 8
    assert done.stdout.count("Report:") == 1
    evaluation = json.loads((tmp_path / "evaluation.json").read_text())
    graded = [row["task_id"] for row in evaluation["after"]["greedy"]["outcomes"]]
    assert graded == evaluation["ids"]


class TestGoingOn:
    def test_a_continued_run_makes_the_steps_that_were_missing(self, llama, tmp_path):
        straight, broken = tmp_path / "straight", tmp_path / "broken"
        assert run("dapo", straight, llama, "--max-steps", "4", "--save-steps", "2") == 0
        assert run("dapo", broken, llama, "--max-steps", "2", "--save-steps", "2") == 0
        before = json.loads((broken / "evaluation.json").read_text())["before"]
        main = import_module("agents.dapo").main
        assert main(["--resume", str(broken), "--max-steps", "4"]) == 0
        assert steps(broken) == steps(straight) == [1, 2, 3, 4]
        states = [
            json.loads((folder / "checkpoints/checkpoint-4/sampling.json").read_text())
            for folder in (straight, broken)
        ]
        assert states[0] == states[1]
        assert json.loads((broken / "evaluation.json").read_text())["before"] == before
        about = json.loads((broken / "versions.json").read_text())
        assert len(about["earlier"]) == 1

    def test_a_checkpoint_that_was_cut_off_is_passed_over(self, llama, tmp_path):
        assert run("sft", tmp_path, llama, "--max-steps", "2", "--save-steps", "1") == 0
        (tmp_path / "checkpoints/checkpoint-2/trainer_state.json").write_text("{")
        main = import_module("agents.sft").main
        assert main(["--resume", str(tmp_path), "--max-steps", "3"]) == 0
        assert steps(tmp_path) == [1, 2, 3]

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_an_interrupted_run_saves_and_says_how_to_go_on(self, number, llama, tmp_path):
        argv = launched("dapo", tmp_path, llama, "--max-steps", "100000", "--no-evaluate")
        process = subprocess.Popen(
            [sys.executable, *argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            wait_for(tmp_path / "metrics.jsonl", process)
            process.send_signal(number)
            output, _ = process.communicate(timeout=120)
        finally:
            process.kill()
        assert process.returncode == 130, output
        assert f"python -m agents.dapo --resume {tmp_path}" in output
        assert (tmp_path / "report.html").is_file()
        saved = [int(p.name.split("-")[1]) for p in (tmp_path / "checkpoints").glob("checkpoint-*")]
        done = max(steps(tmp_path))
        assert max(saved) == done
        assert done % 2 == 0  # whole rollouts
        main = import_module("agents.dapo").main
        assert main(["--resume", str(tmp_path), "--max-steps", str(done + 2)]) == 0
        assert steps(tmp_path) == list(range(1, done + 3))


def wait_for(path: Path, process: subprocess.Popen[str], seconds: float = 120) -> None:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and process.poll() is None:
        if path.is_file() and path.stat().st_size:
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} was not written")


class TestBadInput:
    @pytest.mark.parametrize("algorithm", ["sft", "grpo", "dapo"])
    @pytest.mark.parametrize(
        ("argv", "words"),
        [
            (["--env", "IaC-K8-v0"], "Did you mean"),
            (["--model", "tinny"], "Did you mean 'tiny'?"),
            (["--no-such"], "Unknown option '--no-such'"),
            (["--set", "no_such=1"], "Unknown option of"),
        ],
    )
    def test_one_sentence_and_exit_code_two(self, algorithm, argv, words, capsys, llama, tmp_path):
        main = import_module(f"agents.{algorithm}").main
        model = [] if "--model" in argv else ["--model", str(llama)]
        given = [*SMALL[2:], *([] if "--env" in argv else ["--env", ENV]), *model, *argv]
        assert main([*given, "--output", str(tmp_path / "x")]) == 2
        said = capsys.readouterr().err
        assert words in said
        assert said.count("\n") == 1

    def test_a_folder_next_to_the_model_is_suggested(self, capsys, llama):
        wrong = str(llama).replace("llama", "lama")
        assert import_module("agents.dapo").main(["--env", ENV, "--model", wrong]) == 2
        assert f"Did you mean {str(llama)!r}?" in capsys.readouterr().err

    def test_modules_that_lora_does_not_find(self, capsys, llama, tmp_path):
        assert run("grpo", tmp_path, llama, "--lora-targets", "c_attn") == 2
        assert "no module 'c_attn'" in capsys.readouterr().err

    def test_what_trl_refuses(self, capsys, llama, tmp_path):
        assert run("dapo", tmp_path, llama, "--set", "generation_batch_size=7") == 2
        assert "TRL refuses this configuration" in capsys.readouterr().err

    def test_a_run_of_another_agent_is_not_continued(self, capsys, finished):
        assert import_module("agents.grpo").main(["--resume", str(finished)]) == 2
        assert "agents.dapo" in capsys.readouterr().err


def test_the_core_does_not_load_torch():
    code = "import sys, iac_gym.grading, agents.dapo, agents.options; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
