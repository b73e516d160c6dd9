"""The HCL parser against the real tool, where that is installed, and the bench that compares."""

from __future__ import annotations

import random
import shutil
import sys

import pytest

from bench import hcl_agreement
from bench.hcl_mutants import MUTATIONS, mutant


def test_mutants_are_the_same_for_the_same_seed_and_differ_from_the_text():
    text = hcl_agreement.EXAMPLES[1]
    first = [mutant(random.Random(seed), text) for seed in range(50)]
    assert first == [mutant(random.Random(seed), text) for seed in range(50)]
    assert sum(changed != text for changed, _ in first) > 40
    assert {kind for _, kind in first} <= {mutation.__name__ for mutation in MUTATIONS}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_every_mutation_copes_with_any_text(mutation):
    for text in ("x", "\n", '"', "a = 1", "<<EOT\n"):
        assert isinstance(mutation(random.Random(1), text), str)


@pytest.mark.parametrize("text", hcl_agreement.EXAMPLES)
def test_the_examples_are_accepted(text):
    assert hcl_agreement.ours(text) == (True, "")


def test_disagreement_is_counted_by_kind(monkeypatch):
    answers = iter([True, False, True, None, True])
    monkeypatch.setattr(hcl_agreement, "ask", lambda *_: answers)
    texts = ["a = 1\n", "b = 1\n", "c\n", "d = 1\n", "e = { a.b = 1 }\n"]
    every = [("kind", "name", text) for text in texts]
    result = hcl_agreement.compare("pygohcl", "python", every)
    assert result["kinds"]["kind"] == {
        "texts": 5, "valid": 3, "agree": 1, "false_accept": 1, "false_reject": 1,
        "refused_later": 1, "outvoted": 0, "unasked": 1,
    }  # fmt: skip
    monkeypatch.setattr(hcl_agreement, "ask", lambda *_: iter([True, True, True]))
    hcl_agreement.arbitrate(result, "terraform-fmt", "python")
    total = result["total"]
    assert (total["agree"], total["outvoted"], total["unasked"]) == (2, 1, 0)
    assert (total["false_accept"], total["false_reject"]) == (0, 1)
    assert [example["text"] for example in result["examples"]] == ["c\n"]


@pytest.mark.tool
@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_accepts_and_refuses_the_same():
    texts = [("example", text) for text in hcl_agreement.EXAMPLES]
    every = list(hcl_agreement.cases(texts, 40, seed=5))
    result = hcl_agreement.compare("terraform-fmt", sys.executable, every)
    assert result["examples"] == []
    assert result["total"]["agree"] + result["total"]["refused_later"] == len(every)
