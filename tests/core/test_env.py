"""The Gymnasium side: seeds, options, turns, rendering, the vector environment."""

import json
import pickle

import gymnasium as gym
import numpy as np
import pytest

import iac_gym
from iac_gym.errors import IaCGymError, ResetNeeded
from iac_gym.spaces import UnicodeText

ENVS = iac_gym.env_ids()
K8S = "IaC-K8s-v0"


@pytest.fixture
def env():
    return gym.make(K8S, max_turns=3, render_mode="ansi")


def reference(info):
    return iac_gym.load_task(info["task_id"]).reference_text


def test_importing_registers_every_environment():
    assert set(ENVS) <= set(gym.registry)
    for env_id in ENVS:
        json.loads(gym.spec(env_id).to_json())


def test_an_episode_of_one_turn():
    env = gym.make(K8S)
    instruction, info = env.reset(seed=3)
    report, reward, terminated, truncated, after = env.step(reference(info))
    assert (reward, terminated, truncated, after["solved"]) == (1.0, True, False, 1.0)
    assert instruction == iac_gym.load_task(info["task_id"]).instruction
    assert "every requirement" in report


def test_a_seed_names_the_task():
    env = gym.make(K8S)
    first = env.reset(seed=5)
    again = [env.reset()[1]["task_id"] for _ in range(5)]
    assert env.reset(seed=5) == first
    assert [env.reset()[1]["task_id"] for _ in range(5)] == again
    assert len(set(again)) == 5


def test_the_return_is_the_last_total_and_the_report_is_the_next_observation(env):
    _, info = env.reset(seed=1)
    rewards = []
    observation, reward, terminated, _, _ = env.step("kind: [")
    rewards.append(reward)
    assert "[" in observation
    assert not terminated
    worse = reference(info).replace("\n", "\n# note\n", 1)
    for text in (worse, "x"):
        if terminated:
            break
        _, reward, terminated, _, after = env.step(text)
        rewards.append(reward)
    assert terminated
    assert sum(rewards) == pytest.approx(after["total"])


def test_turns_run_out(env):
    env.reset(seed=1)
    ends = [env.step("nothing")[2] for _ in range(3)]
    assert ends == [False, False, True]
    with pytest.raises(ResetNeeded):
        env.unwrapped.step("again")


def test_reset_options_choose_the_task(env):
    task_id = iac_gym.sample_ids(K8S, "test", 1, seed=2)[0]
    assert env.reset(options={"task_id": task_id})[1]["task_id"] == task_id
    family = task_id.split("/")[1]
    assert env.reset(options={"family": family, "split": "test"})[1]["family"] == family
    assert env.reset(options={"difficulty": 2})[1]["difficulty"] == 2
    assert env.reset(options={"split": "val"})[1]["split"] == "val"


@pytest.mark.parametrize(
    ("options", "near"),
    [
        ({"familly": "x"}, "Did you mean 'family'"),
        ({"family": "web-servise"}, "Unknown family"),
        ({"split": "tset"}, "Did you mean 'test'"),
        ({"difficulty": 9}, "Unknown difficulty"),
        ({"task_id": "nonsense"}, "is no task id"),
        ({"task_id": "IaC-Docker-v0/x/train/1"}, "belongs to"),
    ],
)
def test_wrong_options_are_named(env, options, near):
    with pytest.raises(IaCGymError, match=near):
        env.reset(options=options)


@pytest.mark.parametrize(
    "kwargs",
    [{"split": "nope"}, {"families": ["nope"]}, {"max_turns": 0}, {"levels": [7]},
     {"families": "web-service"}, {"source": "bench"}, {"alpha": -1}, {"render_mode": "human"}],
)  # fmt: skip
def test_wrong_arguments_raise_at_make(kwargs):
    with pytest.raises((IaCGymError, gym.error.Error)):
        gym.make(K8S, **kwargs)


def test_render_shows_task_answer_and_report(env):
    _, info = env.reset(seed=1)
    env.step("kind: Pod")
    text = env.render()
    assert info["task_id"] in text
    assert "kind: Pod" in text
    assert "requirements are met" in text


def test_environments_pickle(env):
    env.reset(seed=4)
    again = pickle.loads(pickle.dumps(env.unwrapped))
    assert again.task == env.unwrapped.task


def test_the_space_holds_any_text():
    space = UnicodeText(10, seed=1)
    assert all(text in space for text in ("", "→✓ï", "a\n\tb", "0123456789"))
    assert "01234567890" not in space
    assert 5 not in space
    assert all(space.sample() in space for _ in range(50))
    assert UnicodeText(10) == space != UnicodeText(11)
    assert len(repr(space)) < 30


# --- the vector environment


@pytest.fixture
def vector():
    return gym.make_vec(K8S, num_envs=3, max_turns=2)


def test_vector_is_the_native_one_and_autoresets_within_the_step(vector):
    assert type(vector.unwrapped).__name__ == "IaCVectorEnv"
    observations, infos = vector.reset(seed=1)
    ids = list(infos["task_id"])
    assert len(set(ids)) == 3
    texts = [reference({"task_id": ids[0]}), "kind: [", reference({"task_id": ids[2]})]
    after, rewards, ended, truncated, infos = vector.step(texts)
    assert list(rewards) == [1.0, 0.0, 1.0]
    assert list(ended) == [True, False, True]
    assert not truncated.any()
    assert infos["task_id"][0] != ids[0]
    assert infos["task_id"][1] == ids[1]
    assert after[0] == iac_gym.load_task(infos["task_id"][0]).instruction
    assert "every requirement" in infos["final_obs"][0]
    assert list(infos["_final_obs"]) == [True, False, True]
    assert infos["final_info"]["task_id"][2] == ids[2]
    assert infos["final_info"]["solved"][0] == 1.0
    assert observations in vector.observation_space


def test_vector_seeds_repeat_and_episodes_differ(vector):
    first = vector.reset(seed=9)[1]["task_id"]
    assert np.array_equal(vector.reset(seed=9)[1]["task_id"], first)
    assert len(set(first)) == 3


def test_vector_equals_single(vector):
    _, infos = vector.reset(seed=2)
    env = gym.make(K8S, max_turns=2)
    texts = ["kind: Pod\napiVersion: v1", "x", reference({"task_id": infos["task_id"][2]})]
    _, rewards, *_ = vector.step(texts)
    for place, text in enumerate(texts):
        env.reset(options={"task_id": infos["task_id"][place]})
        assert env.step(text)[1] == rewards[place]


def test_gymnasiums_own_vectorizers_work_too():
    envs = gym.make_vec(K8S, num_envs=2, vectorization_mode="sync")
    envs.reset(seed=1)
    _, rewards, *_ = envs.step(("a", "b"))
    assert list(rewards) == [0.0, 0.0]


@pytest.mark.parametrize("env_id", ENVS)
def test_unknown_names_come_with_the_nearest(env_id):
    with pytest.raises(IaCGymError, match=f"Did you mean '{env_id}'"):
        iac_gym.category_of(env_id[:-1] + "9")
