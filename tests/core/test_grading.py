"""Tasks from ids, samples, batches, and a pool that loses nothing."""

import fcntl
import os
import signal
import time

import pytest

import iac_gym
from iac_gym import pool as pool_module
from iac_gym.errors import BadTaskId, IaCGymError
from iac_gym.pool import GradePool
from iac_gym.reward import DEFAULT_WEIGHTS

K8S = "IaC-K8s-v0"


@pytest.fixture(scope="module")
def batch():
    ids = [i for i in iac_gym.sample_ids(K8S, "train", 40, seed=3) for _ in range(2)]
    texts = [
        iac_gym.load_task(i).reference_text if n % 3 else f"kind: Pod # {n}"
        for n, i in enumerate(ids)
    ]
    return ids, texts


def test_ids_rebuild_the_same_task():
    for task_id in iac_gym.sample_ids(K8S, "test", 5):
        first = iac_gym.load_task(task_id)
        iac_gym.load_task.cache_clear()
        assert iac_gym.load_task(task_id) == first


@pytest.mark.parametrize(
    "bad", ["", "a/b", "IaC-K8s-v0/x/train/-1", "IaC-K8s-v0/x/train/01", 5, "a/b/train/1e3"]
)
def test_what_is_no_id_is_named(bad):
    with pytest.raises(BadTaskId, match="is no task id"):
        iac_gym.load_task(bad)


def test_an_unknown_family_comes_with_the_nearest():
    name = next(iter(iac_gym.category_of(K8S).families))
    with pytest.raises(IaCGymError, match=f"Did you mean '{name}'"):
        iac_gym.load_task(f"{K8S}/{name}x/train/1")


def test_held_out_families_occur_in_test_alone():
    held = [f.name for f in iac_gym.category_of(K8S).families.values() if f.held_out]
    sampled = {i.split("/")[1] for i in iac_gym.sample_ids(K8S, "train", 400, seed=1)}
    assert held
    assert not sampled & set(held)
    with pytest.raises(IaCGymError, match="held out"):
        iac_gym.load_task(f"{K8S}/{held[0]}/train/1")
    with pytest.raises(IaCGymError, match="Held-out families"):
        iac_gym.sample_ids(K8S, "train", 1, families=held)


def test_samples_differ_by_seed_and_never_overlap_by_neighbouring_seeds():
    one, two = (iac_gym.sample_ids(K8S, "train", 200, seed=s) for s in (1, 2))
    assert len(set(one)) == 200
    assert len(set(one) & set(two)) == 0


def test_a_batch_keeps_its_order_and_the_pool_gives_the_same(batch):
    serial = iac_gym.grade_batch(*batch)
    assert [g.task_id for g in serial] == batch[0]
    assert sum(g.reward.solved for g in serial) >= 40
    seen = []
    assert iac_gym.grade_batch(*batch, workers=2, progress=seen.append) == serial
    assert sum(seen) == len(serial)


def test_a_killed_worker_loses_nothing(batch):
    with GradePool(2) as pool:
        first = pool.grade(*batch, DEFAULT_WEIGHTS)
        for worker in pool._workers:
            os.kill(worker.process.pid, signal.SIGKILL)
        time.sleep(0.2)
        assert pool.grade(*batch, DEFAULT_WEIGHTS) == first


_POISON = """
import sys; sys.path[:] = {path!r}
import os, time
from iac_gym import pool, grading
plain = grading.grade
def grade(task_id, text, weights):
    if text == "die": os._exit(9)
    if text == "hang": time.sleep(60)
    return plain(task_id, text, weights)
pool.grade = grade
pool.serve({given}, {made})
"""


@pytest.mark.parametrize(("poison", "reason"), [("die", "died"), ("hang", "longer than")])
def test_an_item_that_kills_or_hangs_is_unscored_and_the_rest_is_kept(
    batch, monkeypatch, poison, reason
):
    monkeypatch.setattr(pool_module, "_START", _POISON)
    ids, texts = batch[0][:20], list(batch[1][:20])
    texts[7] = poison
    with GradePool(2, time_limit=1.5) as pool:
        grades = pool.grade(ids, texts, DEFAULT_WEIGHTS)
    assert grades[7].reward.unscored
    assert reason in grades[7].verdict.unscored
    expected = iac_gym.grade_batch(ids, texts)
    assert [g for n, g in enumerate(grades) if n != 7] == [
        g for n, g in enumerate(expected) if n != 7
    ]


def test_a_batch_checks_its_ids_before_it_works():
    with pytest.raises(IaCGymError, match="Unknown environment"):
        iac_gym.grade_batch(["IaC-X-v0/a/train/1"], ["x"])
    with pytest.raises(ValueError, match="1 task ids were given with 2 texts"):
        iac_gym.grade_batch(["a"], ["x", "y"])


def test_data_sets_hold_alpaca_rows():
    rows = iac_gym.create_rows(K8S, "val", 5, seed=1)
    assert [list(row) for row in rows] == [["instruction", "input", "output", "task_id"]] * 5
    for row in rows:
        assert iac_gym.grade(row["task_id"], row["output"]).reward.solved
    made = iac_gym.create_dataset(K8S, "val", 5, seed=1)
    assert [dict(row) for row in made] == rows


def test_an_interrupted_batch_leaves_nothing_for_the_next(batch):
    def interrupt(_):
        raise KeyboardInterrupt

    with GradePool(2) as pool:
        with pytest.raises(KeyboardInterrupt):
            pool.grade(*batch, DEFAULT_WEIGHTS, progress=interrupt)
        ids, texts = batch[0][::-1], batch[1][::-1]
        assert pool.grade(ids, texts, DEFAULT_WEIGHTS) == iac_gym.grade_batch(ids, texts)


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="this system sets no pipe size")
def test_chunks_and_results_larger_than_a_pipe_do_not_wait_for_each_other(batch, monkeypatch):
    def small_pipe():
        ends = os.pipe()
        fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, 4096)
        return ends

    monkeypatch.setattr(pool_module, "_pipe", small_pipe)
    ids, texts = batch
    with GradePool(2, time_limit=5) as pool:
        assert (
            pool.grade(ids * 4, texts * 4, DEFAULT_WEIGHTS) == iac_gym.grade_batch(ids, texts) * 4
        )
