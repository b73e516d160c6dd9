"""Tasks and rewards of a released environment never change without a new version.

`python tests/core/test_golden.py` writes the digests anew: allowed before an environment's first
release, and for a new `-vN`.
"""

import json
from hashlib import blake2b
from pathlib import Path

import pytest

import iac_gym
from iac_gym.hostile import damaged

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "tasks.json"
SIZE = 40


def digests(env_id):
    """Hash text, requirements and some rewards of `SIZE` tasks, by task id."""
    found = {}
    for task_id in iac_gym.sample_ids(env_id, "test", SIZE, seed=2026):
        task = iac_gym.load_task(task_id)
        texts = [task.reference_text, *list(damaged(task.reference_text, task_id))[:10]]
        facts = {
            "instruction": task.instruction,
            "system": task.system,
            "requirements": [asked.to_json() for asked in task.requirements],
            "totals": [iac_gym.grade(task_id, text).reward.total for text in texts],
        }
        data = json.dumps(facts, sort_keys=True).encode()
        found[task_id] = blake2b(data, digest_size=8).hexdigest()
    return found


@pytest.mark.parametrize("env_id", iac_gym.env_ids())
def test_tasks_and_rewards_are_as_released(env_id):
    kept = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert digests(env_id) == kept[env_id], (
        "text or reward of a released id changed: register a new version, or, before the first "
        "release, run `python tests/core/test_golden.py`"
    )


if __name__ == "__main__":
    made = {env_id: digests(env_id) for env_id in iac_gym.env_ids()}
    GOLDEN.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
