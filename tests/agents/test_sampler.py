"""The fast sampler gives what `generate` gives, and draws from the right distribution."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from agents import sampler  # noqa: E402

pytestmark = pytest.mark.train

END = 2
SHAPE = {
    "vocab_size": 97, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 4, "max_position_embeddings": 128,
    "bos_token_id": 1, "eos_token_id": END, "pad_token_id": 0, "initializer_range": 0.4,
}  # fmt: skip


def small(kind: str, **changes: object) -> torch.nn.Module:
    config = getattr(transformers, f"{kind}Config")(**(SHAPE | changes))
    torch.manual_seed(3)
    return getattr(transformers, f"{kind}ForCausalLM")(config).eval()


def prompts() -> list[list[int]]:
    dice = torch.Generator().manual_seed(5)
    return [torch.randint(3, 97, (n,), generator=dice).tolist() for n in (4, 9, 9, 15, 2)]


def by_generate(model: torch.nn.Module, count: int, limit: int, **options: object) -> list[list]:
    ends = options.pop("ends", [END])
    choice = sampler.Choice(temperature=0)
    return sampler._generated(model, prompts(), count, limit, choice, ends, None)


@pytest.mark.parametrize("kind", ["Llama", "Qwen2"])
@pytest.mark.parametrize("heads", [4, 2, 1])
@pytest.mark.parametrize("tied", [True, False])
def test_greedy_is_that_of_generate(kind: str, heads: int, tied: bool) -> None:
    model = small(kind, num_key_value_heads=heads, tie_word_embeddings=tied)
    ends = [END, *range(60, 65)]  # several end tokens, so that rows end at different places
    own = sampler.sample(
        model, prompts(), generations=2, max_new_tokens=40, temperature=0, eos_id=ends
    )
    assert own == by_generate(model, 2, 40, ends=ends)
    assert len({len(row) for row in own}) > 1


def test_greedy_with_biases_everywhere_is_that_of_generate() -> None:
    model = small("Llama", num_key_value_heads=2, attention_bias=True, mlp_bias=True)
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.3)
    own = sampler.sample(model, prompts(), max_new_tokens=20, temperature=0, eos_id=END)
    assert own == by_generate(model, 1, 20)


def test_lora_is_merged_and_the_model_left_alone() -> None:
    peft = pytest.importorskip("peft")
    config = peft.LoraConfig(r=4, target_modules=["q_proj", "o_proj"], init_lora_weights=False)
    base = small("Llama", num_key_value_heads=2)
    bare = sampler.sample(base, prompts(), max_new_tokens=20, temperature=0, eos_id=END)
    model = peft.get_peft_model(base, config).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    own = sampler.sample(model, prompts(), max_new_tokens=20, temperature=0, eos_id=END)
    assert own == by_generate(model, 1, 20)
    assert own != bare
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    with model.disable_adapter():
        plain = sampler.sample(model, prompts(), max_new_tokens=20, temperature=0, eos_id=END)
    assert plain == bare


def chances(model: torch.nn.Module, prompt: list[int]) -> torch.Tensor:
    with torch.no_grad():
        return model(torch.tensor([prompt])).logits[0, -1].double().softmax(-1)


def drawn(model: torch.nn.Module, count: int, choice: sampler.Choice) -> torch.Tensor:
    rows = sampler.sample(
        model, [prompts()[0]], generations=count, max_new_tokens=1, eos_id=END, seed=1,
        choice=choice,
    )  # fmt: skip
    return torch.bincount(torch.tensor([row[0] for row in rows]), minlength=97).double()


def chi_square(counts: torch.Tensor, expected: torch.Tensor) -> tuple[float, int]:
    """Pearson's statistic over the tokens expected at least five times, the rest put together."""
    often = expected >= 5
    seen = torch.cat([counts[often], counts[~often].sum()[None]])
    awaited = torch.cat([expected[often], expected[~often].sum()[None]]).clamp(min=1e-9)
    return float(((seen - awaited) ** 2 / awaited).sum()), int(often.sum())


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_one_step_follows_the_models_distribution(temperature: float) -> None:
    model = small("Llama", initializer_range=0.1)
    count = 4000
    logits = chances(model, prompts()[0]).log() / temperature
    expected = logits.softmax(-1) * count
    statistic, freedom = chi_square(drawn(model, count, sampler.Choice(temperature)), expected)
    assert freedom > 20
    # mean and variance of the chi-square distribution are freedom and twice the freedom
    assert statistic < freedom + 5 * (2 * freedom) ** 0.5
    wrong = (logits * 1.5).softmax(-1) * count
    statistic, freedom = chi_square(drawn(model, count, sampler.Choice(temperature)), wrong)
    assert statistic > freedom + 5 * (2 * freedom) ** 0.5  # the test can fail


def test_top_k_and_top_p_keep_the_likeliest() -> None:
    model = small("Llama", initializer_range=0.1)
    ranked = chances(model, prompts()[0]).sort(descending=True)
    kept = drawn(model, 2000, sampler.Choice(1.0, top_k=3)).nonzero()[:, 0]
    assert set(kept.tolist()) == set(ranked.indices[:3].tolist())
    within = int((ranked.values.cumsum(0) < 0.3).sum()) + 1
    kept = drawn(model, 2000, sampler.Choice(1.0, top_p=0.3)).nonzero()[:, 0]
    assert set(kept.tolist()) == set(ranked.indices[:within].tolist())


def test_a_seed_repeats_and_another_differs() -> None:
    model = small("Qwen2")

    def draw(seed: int) -> list[list[int]]:
        return sampler.sample(
            model, prompts(), generations=3, max_new_tokens=12, eos_id=END, seed=seed
        )

    assert draw(7) == draw(7)
    assert draw(7) != draw(8)


def test_completions_of_a_prompt_stand_together_whatever_the_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = small("Llama", num_key_value_heads=2)
    options = {"generations": 2, "max_new_tokens": 15, "temperature": 0, "eos_id": [END, 60, 61]}
    whole = sampler.sample(model, prompts(), **options)
    monkeypatch.setattr(sampler, "MOST_ROWS", 3)
    assert sampler.sample(model, prompts(), **options) == whole


def test_every_completion_ends_at_the_first_end_token() -> None:
    model = small("Llama")
    rows = sampler.sample(
        model, prompts(), generations=20, max_new_tokens=30, eos_id=[2, 50, 51], seed=0
    )
    for row in rows:
        ended = [token in (2, 50, 51) for token in row]
        assert not any(ended[:-1])
        assert ended[-1] or len(row) == 30


def test_an_empty_prompt_is_refused() -> None:
    with pytest.raises(ValueError, match="empty prompt"):
        sampler.sample(small("Llama"), [[5], []], max_new_tokens=3, eos_id=END)


def test_other_architectures_use_generate() -> None:
    config = transformers.GPT2Config(
        vocab_size=97, n_embd=32, n_layer=1, n_head=2, n_positions=64, eos_token_id=END
    )
    model = transformers.GPT2LMHeadModel(config).eval()
    assert not sampler.is_fast(model)
    rows = sampler.sample(model, prompts(), generations=2, max_new_tokens=6, eos_id=END, seed=1)
    assert len(rows) == 2 * len(prompts())
    assert all(1 <= len(row) <= 6 for row in rows)


def trainer(model: torch.nn.Module, **changes: object) -> SimpleNamespace:
    settings = {
        "temperature": 1.0, "top_p": 1.0, "top_k": 0, "min_p": None, "repetition_penalty": 1.0,
        "generation_kwargs": None, "use_transformers_continuous_batching": False,
    }  # fmt: skip
    return SimpleNamespace(
        model=model, use_vllm=False, args=SimpleNamespace(**(settings | changes)),
        accelerator=SimpleNamespace(unwrap_model=lambda inner: inner), eos_token_ids=[END],
        max_completion_length=7, _generate_single_turn=lambda *a, **k: ([[9]], None),
    )  # fmt: skip


def test_attach_answers_repeated_prompts_in_order() -> None:
    made = trainer(small("Llama"), temperature=0)
    assert sampler.attach(made)
    repeated = [ids for ids in prompts() for _ in range(3)]
    rows, chances_of_rows = made._generate_single_turn(repeated, None, {}, 3)
    assert chances_of_rows is None
    single = sampler.sample(made.model, prompts(), max_new_tokens=7, temperature=0, eos_id=END)
    assert rows == [row for row in single for _ in range(3)]


def test_attach_leaves_what_it_does_not_know_alone() -> None:
    made = trainer(small("Llama"), repetition_penalty=1.2)
    assert not sampler.attach(made)
    assert made._generate_single_turn([[5]], None, {}, 1) == ([[9]], None)
    made = trainer(small("Llama"))
    assert sampler.attach(made)
    assert made._generate_single_turn([[5]], ["image"], {}, 1) == ([[9]], None)


def test_attach_in_a_real_trainer(tmp_path: object) -> None:
    trl = pytest.importorskip("trl")
    datasets = pytest.importorskip("datasets")
    made = _word_tokenizer()
    config = trl.GRPOConfig(
        output_dir=str(tmp_path), use_cpu=True, bf16=False, num_generations=4, max_steps=1,
        per_device_train_batch_size=8, max_completion_length=5, report_to="none",
        activation_checkpointing=False, disable_tqdm=True,
    )  # fmt: skip
    lengths: list[int] = []

    def reward(completion_ids: list[list[int]], **_: object) -> list[float]:
        lengths.extend(len(ids) for ids in completion_ids)
        return [float(ids[0]) for ids in completion_ids]

    rows = datasets.Dataset.from_dict({"prompt": ["a b c", "c d"] * 4})
    made_trainer = trl.GRPOTrainer(
        model=small("Llama"), reward_funcs=reward, args=config, train_dataset=rows,
        processing_class=made,
    )  # fmt: skip
    assert sampler.attach(made_trainer)
    made_trainer.train()
    assert len(lengths) == 8
    assert max(lengths) <= 5


def _word_tokenizer() -> object:
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {"<pad>": 0, "<bos>": 1, "<eos>": 2} | {chr(97 + i): 3 + i for i in range(26)}
    inner = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", bos_token="<bos>", eos_token="<eos>",
        padding_side="left",
    )  # fmt: skip
