"""The "line" tokenizer: structure of YAML in few tokens, values in pieces that copy.

A small model can copy a value from the instruction only if it is made of the same tokens in both
places. So a value never carries the space before it and is cut only at its hyphens, whatever stands
around it; byte-pair merges happen within such a piece. In YAML everything around the values (line
end, indentation, dashes, keys, colon, space) is one piece, also over several lines without a value:

    `\\n  template:\\n    metadata:\\n      labels:\\n        app: `

Words of prose in the instruction do carry their space: names are quoted there, so this costs no
copying. With it a manifest takes a third of the tokens that a general tokenizer needs.
"""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from agents.tiny.corpus import SEPARATOR

PAD, BOS, EOS = "<pad>", "<bos>", "<eos>"
SPECIAL = (PAD, BOS, EOS, SEPARATOR)
VOCABULARY = 4096

_KEY = r"[A-Za-z][\w./-]*:(?=\s|$)"
_PIECES = (
    r"(?:^|\n---\n)apiVersion: [\w./]+\nkind: \w+(?:\nmetadata:\n  name: )?",
    rf"(?:\n *(?:- )*{_KEY})+(?: (?=\S))?",
    r"\n *(?:- )*",
    r" [A-Za-z]+(?![\w`/:.@=-])",  # a word of prose
    r" [A-Za-z]+(?=[.:](?:\s|$))",  # the same before a colon or a full stop
    r" `",
    r"-?[A-Za-z0-9](?:[\w./:@]*[A-Za-z0-9])?",  # a value, up to its next hyphen
    r"/[\w./-]*[A-Za-z0-9]",  # a path
    r" +",
    r"[^\sA-Za-z0-9]",
    r"\s",
)


def train_tokenizer(
    texts: Iterable[str], context: int, vocabulary: int = VOCABULARY
) -> PreTrainedTokenizerFast:
    """Learn the vocabulary from texts. `context` is the model's longest sequence in tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex("|".join(_PIECES)), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=list(SPECIAL),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            min_frequency=20,
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token=PAD,
        bos_token=BOS,
        eos_token=EOS,
        additional_special_tokens=[SEPARATOR],
        padding_side="left",
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )
