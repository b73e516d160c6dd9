"""Settings: the papers' values, one source for options, files and tables, and errors that help."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from agents import recipes
from agents.config import (
    BadSetting,
    BaseConfig,
    check,
    profile_values,
    save_interval,
    settings_of,
    steps_per_generation,
    trl_values,
)
from agents.dapo import DAPOSettings
from agents.grpo import GRPOSettings
from agents.options import is_tiny, parse, trl_options
from agents.sft import SFTSettings
from iac_gym.errors import UnknownName

ALL = [SFTSettings, GRPOSettings, DAPOSettings]


def read(*argv: str, kind: type[BaseConfig] = DAPOSettings) -> BaseConfig:
    name = {SFTSettings: "sft", GRPOSettings: "grpo", DAPOSettings: "dapo"}[kind]
    return parse(name, kind, "", argv)


def test_grpo_has_the_values_of_the_paper_and_the_model_card():
    config = GRPOSettings(**profile_values(GRPOSettings, "llm"))
    assert (config.epochs, config.learning_rate, config.beta, config.num_generations) == (
        3, 5e-6, 0.04, 4,
    )  # fmt: skip
    assert config.loss_type == "grpo"
    assert config.use_bias_correction_kl is False
    assert steps_per_generation(config) == config.accumulation  # one update per exploration


def test_dapo_has_the_values_of_the_paper_and_the_model_card():
    config = DAPOSettings(**profile_values(DAPOSettings, "llm"))
    assert (config.epochs, config.learning_rate, config.beta, config.num_generations) == (
        2, 5e-6, 0, 8,
    )  # fmt: skip
    assert config.batch_size * config.accumulation == 16
    assert (config.epsilon, config.epsilon_high, config.loss_type) == (0.2, 0.28, "dapo")
    assert config.updates_per_rollout == 16


@pytest.mark.parametrize("kind", ALL)
def test_lora_is_that_of_the_model_card(kind):
    config = kind(**profile_values(kind, "llm"))
    assert (config.lora, config.lora_r, config.lora_alpha) == (True, 16, 32)
    assert config.lora_targets == ("q_proj", "k_proj", "v_proj", "o_proj")


@pytest.mark.parametrize("kind", ALL)
def test_every_setting_says_what_it_is_and_where_it_comes_from(kind):
    for name, entry in settings_of(kind).items():
        assert entry.metadata["text"], name
        assert entry.metadata["source"], name


@pytest.mark.parametrize("kind", ALL)
def test_every_name_of_trl_exists_there(kind):
    import trl

    theirs = trl.SFTConfig if kind is SFTSettings else trl.GRPOConfig
    known = {entry.name for entry in dataclasses.fields(theirs)}
    assert set(trl_values(kind())) <= known


def test_the_tables_of_recipes_are_the_settings():
    page = recipes.PAGE.read_text(encoding="utf-8")
    assert recipes.filled(page) == page
    for kind in ALL:
        for name in settings_of(kind):
            assert f"| `{name}` |" in page


def test_the_profile_follows_from_the_model():
    assert read().profile == "tiny"
    assert read("--model", "Qwen/Qwen2.5-0.5B-Instruct").profile == "llm"
    assert read("--model", "Qwen/Qwen2.5-0.5B-Instruct").learning_rate == 5e-6
    assert read("--profile", "llm").learning_rate == 5e-6


def test_a_model_trained_from_the_tiny_one_is_known_by_its_config(tmp_path):
    (tmp_path / "config.json").write_text('{"iac_gym_prompt": "tiny"}')
    assert is_tiny(str(tmp_path))
    assert read("--model", str(tmp_path)).profile == "tiny"


def test_the_command_line_goes_before_the_file_and_the_file_before_the_profile(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("learning_rate: 1e-3\nbeta: 0.5\nfamilies: []\nbf16: no\n")
    config = read("--config", str(file), "--beta", "0.25")
    assert (config.learning_rate, config.beta, config.bf16) == (1e-3, 0.25, "no")
    assert config.num_generations == 8


def test_lists_may_be_repeated_or_listed():
    got = read("--env", "IaC-K8s-v0", "--env", "IaC-Docker-v0", "--levels", "1", "2")
    assert got.env == ("IaC-K8s-v0", "IaC-Docker-v0")
    assert got.levels == (1, 2)


def test_qlora_means_lora_too():
    assert read("--qlora").lora is True


def test_further_options_go_to_trl():
    import trl

    config = read("--set", "min_p=0.05", "learning_rate=2e-3", "log_completions=true")
    got = trl_options(config, trl.GRPOConfig)
    assert got == {"min_p": 0.05, "learning_rate": 2e-3, "log_completions": True}


def test_checkpoints_are_rounded_up_to_whole_rollouts():
    config = DAPOSettings(save_steps=50, updates_per_rollout=16)
    assert save_interval(config) == 64
    assert save_interval(SFTSettings(save_steps=50)) == 50


BAD = [
    (["--env", "IaC-K8-v0"], "Did you mean 'IaC-K8s-v0'?"),
    (["--learning-rte", "1"], "Did you mean '--learning-rate'?"),
    (["--learning-rate", "fast"], "it must be a number"),
    (["--num-generations", "2.5"], "it must be a whole number"),
    (["--num-generations", "1"], "a group needs at least 2"),
    (["--batch-size", "3"], "must be a multiple of num_generations"),
    (["--scale-rewards", "grup"], "Did you mean 'group'?"),
    (["--levels", "7"], "Unknown difficulty 7"),
    (["--families", "no-such-family"], "Unknown family"),
    (["--config", "missing.yaml"], "Unknown config file"),
    (["--resume", "runs/missing"], "Unknown run folder"),
    (["--learning-rate"], "expected one argument"),
    (["extra"], "Unknown option 'extra'"),
]


@pytest.mark.parametrize(("argv", "words"), BAD, ids=[" ".join(argv) for argv, _ in BAD])
def test_bad_input_is_one_sentence_with_the_nearest_match(argv, words):
    with pytest.raises((BadSetting, UnknownName)) as caught:
        read(*argv)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("learning_rte: 1", "Did you mean 'learning_rate'?"),
        ("learning_rate: [1", "is no YAML"),
        ("- 1", "must hold settings"),
        ("lora: maybe", "it must be true or false"),
    ],
)
def test_a_bad_config_file_is_one_sentence(tmp_path: Path, text, words):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises((BadSetting, UnknownName)) as caught:
        read("--config", str(file))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_option_of_trl_is_one_sentence():
    import trl

    with pytest.raises(UnknownName, match="Did you mean 'min_p'"):
        trl_options(read("--set", "minp=1"), trl.GRPOConfig)
    with pytest.raises(BadSetting, match="NAME=VALUE"):
        trl_options(read("--set", "min_p"), trl.GRPOConfig)


def test_zero_sizes_are_refused():
    with pytest.raises(BadSetting, match="dataset_size"):
        check(SFTSettings(dataset_size=0))
