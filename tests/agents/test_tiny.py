"""The embedded model: tokenizer, corpus, mistakes, training, and the checkpoint that is shipped."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from agents import tiny  # noqa: E402
from agents.tiny import mistakes, pretrain  # noqa: E402
from agents.tiny.__main__ import main  # noqa: E402
from agents.tiny.corpus import Example, build_corpus, digest, rename, varied  # noqa: E402
from agents.tiny.model import CONTEXT, config_for, new_model  # noqa: E402
from agents.tiny.ship import MOST_BYTES  # noqa: E402
from agents.tiny.tokenizer import train_tokenizer  # noqa: E402
from iac_gym.grading import grade, load_task, sample_ids  # noqa: E402

pytestmark = pytest.mark.train

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart-api
  namespace: shop-prod
spec:
  replicas: 3
  selector:
    matchLabels:
      app: cart-api
  template:
    metadata:
      labels:
        app: cart-api
    spec:
      containers:
        - name: app
          image: nginx:1.27
          ports:
            - containerPort: 9090
          env:
            - name: LIMIT
              value: "25"
          resources:
            limits:
              memory: 512Mi
"""


@pytest.fixture(scope="module")
def corpus() -> list[Example]:
    return list(build_corpus(300, 1))


@pytest.fixture(scope="module")
def tokenizer(corpus: list[Example]) -> object:
    texts = (text for one in corpus for text in (one.instruction, one.answer))
    return train_tokenizer(texts, CONTEXT, 1500)


def test_corpus_is_made_of_train_tasks_alone(corpus: list[Example]) -> None:
    for example in corpus:
        task = load_task(example.task_id)
        assert task.split == "train"
        assert task.difficulty in tiny.LEVELS
        assert grade(example.task_id, example.answer).reward.solved


def test_corpus_is_the_same_for_a_seed(corpus: list[Example]) -> None:
    assert digest(corpus) == digest(list(build_corpus(300, 1)))
    assert digest(corpus) != digest(list(build_corpus(300, 2)))


def test_renaming_changes_instruction_and_answer_alike() -> None:
    example = Example(
        "id", "Deploy `cart-api`: `cart-api-2` runs.", "name: cart-api\n", ("cart-api",)
    )
    prompt, answer = rename(example, Random(3))
    name = answer.removeprefix("name: ").strip()
    assert name != "cart-api"
    assert prompt == f"Deploy `{name}`: `{name}-2` runs."


def test_the_shares_of_mistakes_and_names_are_kept(corpus: list[Example]) -> None:
    plain = [varied(example, 0, 0, 0.0, 0.0) for example in corpus]
    assert plain == [(example.instruction, example.answer) for example in corpus]
    spoilt = [varied(example, 0, 0, 0.5, 0.0)[1] for example in corpus]
    share = sum(a != b.answer for a, b in zip(spoilt, corpus, strict=True)) / len(corpus)
    assert 0.35 < share < 0.65
    again = [varied(example, 1, 0, 0.5, 0.0)[1] for example in corpus]
    assert again != spoilt  # another epoch, other mistakes


@pytest.mark.parametrize("mistake", mistakes.MISTAKES, ids=lambda mistake: mistake.__name__)
def test_every_mistake_changes_a_manifest_and_leaves_prose_alone(mistake: object) -> None:
    assert callable(mistake)
    assert any(mistake(DEPLOYMENT, Random(seed)) != DEPLOYMENT for seed in range(5))
    assert mistake("nothing to spoil here", Random(0)) == "nothing to spoil here"


def test_most_mistakes_are_caught_by_the_verifier(corpus: list[Example]) -> None:
    spoilt = [(one.task_id, mistakes.spoil(one.answer, Random(i))) for i, one in enumerate(corpus)]
    solved = sum(grade(task_id, text).reward.solved for task_id, text in spoilt)
    assert solved < 0.2 * len(spoilt)


def test_names_and_numbers_have_the_same_tokens_everywhere(tokenizer: object) -> None:
    for value in ("zorbel-kix-7", "8147", "ghcr.io/acme/shop:1.4.2"):
        tokens = tokenizer(f"`{value}`")["input_ids"][1:-1]
        assert tokenizer.decode(tokens) == value
        for text in (
            f"a Deployment `{value}` with the image",
            f"metadata:\n  name: {value}\nspec:\n",
            f"  args:\n    - {value}\n    - x",
            f'  value: "{value}"\n',
        ):
            ids = tokenizer(text)["input_ids"]
            assert any(ids[i : i + len(tokens)] == tokens for i in range(len(ids))), text


def test_every_text_comes_back(tokenizer: object, corpus: list[Example]) -> None:
    for text in [*(one.answer for one in corpus), "ünï\t{code}\r\n\n  ~"]:
        ids = tokenizer(text)["input_ids"]
        assert tokenizer.decode(ids) == text


def test_special_tokens_are_different_and_saved(tokenizer: object, tmp_path: Path) -> None:
    tokenizer.save_pretrained(tmp_path)
    loaded = transformers.AutoTokenizer.from_pretrained(tmp_path)
    assert len({loaded.pad_token_id, loaded.eos_token_id, loaded.bos_token_id}) == 3
    text = tiny.prompt(load_task(sample_ids(tiny.ENV, "train", 1, levels=tiny.LEVELS)[0]))
    assert loaded(text)["input_ids"] == tokenizer(text)["input_ids"]
    assert loaded(text)["input_ids"][-1] == loaded.convert_tokens_to_ids("<answer>")


def test_plain_attention_gives_the_loss_of_the_usual_one(tokenizer: object) -> None:
    model = new_model(config_for(tokenizer, 32, 2, 2, 48), 0).float()
    batch = [(list(range(4, 14)), list(range(20, 28))), (list(range(5, 9)), list(range(30, 33)))]
    tokens, labels = pretrain.tensors(batch, 0)
    usual = pretrain.loss_of(model, tokens, labels)
    pretrain.use_plain_attention(model)
    own = pretrain.loss_of(model, tokens, labels)
    assert own.item() == pytest.approx(usual.item(), abs=0.02)


def test_labels_are_the_next_tokens_of_the_answer_alone() -> None:
    tokens, labels = pretrain.tensors([([5, 6], [7, 8]), ([5], [9])], 0)
    assert tokens.tolist() == [[5, 6, 7, 8], [5, 9, 0, 0]]
    assert labels.tolist() == [[-100, 7, 8, -100], [9, -100, -100, -100]]


def test_batches_hold_every_example_once_within_the_limit() -> None:
    pairs = [([1] * (3 + i % 7), [2] * (1 + i % 5)) for i in range(60)]
    batches = pretrain.packed(pairs, 50, Random(0))
    assert sorted(map(str, pairs)) == sorted(str(pair) for batch in batches for pair in batch)
    for batch in batches:
        width = max(len(prompt) + len(answer) for prompt, answer in batch)
        assert len(batch) == 1 or width * len(batch) <= 50


def test_a_prolonged_run_has_the_rates_of_a_planned_one() -> None:
    short = pretrain.Settings(steps=100, warmup=10, decay=20)
    long = pretrain.Settings(steps=200, warmup=10, decay=20)
    assert [pretrain.rate(short, s) for s in range(80)] == [
        pretrain.rate(long, s) for s in range(80)
    ]
    assert pretrain.rate(short, 99) < pretrain.rate(short, 85) < pretrain.rate(short, 50)


def test_an_interrupted_run_ends_with_the_same_weights(
    tokenizer: object, corpus: list[Example], tmp_path: Path
) -> None:
    settings = pretrain.Settings(steps=8, warmup=2, decay=2, batch_tokens=512)
    torch.set_num_threads(1)

    def go(folder: str, stops: tuple[int, ...]) -> dict[str, torch.Tensor]:
        (tmp_path / folder).mkdir()
        for stop in stops:
            model = new_model(config_for(tokenizer, 32, 2, 2, 48), 0)
            run = pretrain.Run(model, settings, tmp_path / folder)
            run.load()
            feed = pretrain.Feed(corpus, tokenizer, settings, run.window, run.offset)
            for batch in feed:
                run.advance(batch)
                run.window, run.offset = feed.window, feed.offset
                if run.step == stop:
                    break
            run.save()
        return dict(model.state_dict())

    whole, parts = go("whole", (8,)), go("parts", (3, 8))
    assert all(torch.equal(value, parts[name]) for name, value in whole.items())


TOY = "--toy --size 120 --steps 6 --decay 2 --save-every 2 --measure-every 3 --measured 2"


def test_the_toy_run_makes_a_model_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    options = [*TOY.split(), "--threads", "1", "--output"]
    assert main([*options, str(whole)]) == 0
    for steps in ("4", "6"):
        assert main([*options, str(parts), "--steps", steps]) == 0
    facts = json.loads((whole / "model" / "training.json").read_text())
    assert facts["training"]["steps"] == 6
    assert facts["training"]["sha256 of the corpus"]
    card = (whole / "model" / "CARD.md").read_text()
    assert f"{facts['parameters']:,}" in card
    metrics = [json.loads(line) for line in (whole / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in metrics] == [3, 6]
    model = transformers.AutoModelForCausalLM.from_pretrained(whole / "model")
    assert sum(p.numel() for p in model.parameters()) == facts["parameters"]
    states = [torch.load(folder / "checkpoint.pt") for folder in (whole, parts)]
    assert states[0]["counts"][0] == states[1]["counts"][0] == 6


def test_the_shipped_checkpoint_is_small_and_loads() -> None:
    folder = tiny.model_path()
    assert sum(path.stat().st_size for path in folder.iterdir()) <= MOST_BYTES
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    facts = json.loads((folder / "training.json").read_text())
    assert sum(p.numel() for p in model.parameters()) == facts["parameters"]
    assert 2_000_000 <= facts["parameters"] <= 5_000_000
    assert model.config.vocab_size == len(tokenizer)
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id
    assert facts["levels"] == list(tiny.LEVELS)


def test_the_shipped_checkpoint_solves_tasks_it_has_not_seen() -> None:
    from agents.tiny.measure import measure

    folder = tiny.model_path()
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = sample_ids(tiny.ENV, "val", 24, 11, levels=tiny.LEVELS)
    result = measure(model, tokenizer, ids, 0.0)
    assert result.count == 24
    assert result.solved >= 0.25
