"""Writes the schema pack from the schemas of the providers."""

from __future__ import annotations

import json
import re
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from iac_gym.languages.terraform.pack import COMMON, HEAD, KINDS, MAGIC, RAW
from iac_gym.languages.terraform.schema_codes import encode
from iac_gym.languages.terraform.schema_source import Source
from iac_gym.languages.terraform.schemas import BodySchema

#: How far deflate looks back.
_WINDOW = 32_000
#: A record is read through at most so many neighbours, and then one or two of its kind.
_DEPTH = 2
#: How many records before a record are tried as its dictionary.
_NEAR = 16
_WORD = re.compile(rb'[^ "]+[ "]')
#: Longer words are types of objects, which hardly any two records share.
_LONGEST = 60


class Records:
    """The records of a pack in the making; equal ones are kept once."""

    def __init__(self) -> None:
        self.raws: list[bytes] = []
        self.likes: list[list[int]] = []
        self._known: dict[bytes, int] = {}

    def add(self, raw: bytes, likes: Sequence[int] = ()) -> int:
        """Add a record; `likes` are records that may be much the same."""
        place = self._known.setdefault(raw, len(self.raws))
        if place == len(self.raws):
            self.raws.append(raw)
            self.likes.append([like for like in likes if like != place])
        return place

    def pressed(self, dictionary: bytes) -> Iterator[tuple[bytes, int]]:
        """Deflate every record with the dictionary that makes it smallest."""
        depths: list[int] = []
        for place, raw in enumerate(self.raws):
            near = range(max(0, place - _NEAR), place)
            bases = {*self.likes[place], *(b for b in near if depths[b] < _DEPTH)}
            best = _deflate(raw, dictionary), COMMON
            for base in sorted(bases):
                small = _deflate(raw, self.raws[base])
                if len(small) < len(best[0]) - 3:
                    best = small, base
            depths.append(0 if best[1] == COMMON else depths[best[1]] + 1)
            yield best


def _deflate(raw: bytes, dictionary: bytes) -> bytes:
    press = zlib.compressobj(9, zlib.DEFLATED, RAW, zlib.DEF_MEM_LEVEL, zdict=dictionary)
    return press.compress(raw) + press.flush()


def write(sources: Sequence[Source]) -> bytes:
    """Make a pack: the same sources give the same bytes. Order the versions of one oldest first."""
    records = Records()
    places: dict[tuple[str, str], list[int]] = {}
    index = [_entry(source, records, places) for source in sources]
    dictionary = common_dictionary(records.raws)
    pressed = list(records.pressed(dictionary))
    ends = array("I")
    for small, _ in pressed:
        ends.append(len(small) + (ends[-1] if ends else 0))
    table = ends.tobytes() + array("I", [base for _, base in pressed]).tobytes()
    parts = [dictionary, json.dumps(index, separators=(",", ":")).encode(), table]
    smalls = [zlib.compress(part, 9) for part in parts]
    head = HEAD.pack(MAGIC, *map(len, smalls))
    return b"".join([head, *smalls, *(small for small, _ in pressed)])


def _entry(
    source: Source, records: Records, places: dict[tuple[str, str], list[int]]
) -> dict[str, Any]:
    """Add one provider's records and return its entry of the index."""

    def add(kind: str, name: str, raw: bytes) -> int:
        likes = places.setdefault((kind, name), [])
        place = records.add(raw, likes)
        likes.append(place)
        return place

    names: dict[str, Any] = {}
    parts: tuple[Mapping[str, BodySchema], ...] = (source.resources, source.data, source.ephemeral)
    for kind, bodies in zip(KINDS, parts, strict=True):
        steps, last = [], 0
        for name in sorted(bodies):
            place = add(kind, name, encode(bodies[name]))
            steps.append(place - last)
            last = place
        names[kind] = [" ".join(sorted(bodies)), steps]
    family = source.name.split("-")[0]
    return {
        "name": source.name,
        "source": source.source,
        "version": source.version,
        "names": add("names", family, json.dumps(names, separators=(",", ":")).encode()),
        "config": add("config", family, encode(source.config)),
        "functions": source.functions,
    }


def common_dictionary(raws: Sequence[bytes]) -> bytes:
    """Choose a dictionary: the words that most records share, the most frequent ones last."""
    counts: Counter[bytes] = Counter()
    for raw in raws:
        counts.update(set(_words(raw)))
    worth = sorted(((n * len(word), word) for word, n in counts.items() if n > 1), reverse=True)
    chosen: list[bytes] = []
    size = 0
    for _, word in worth:
        size += len(word)
        if size > _WINDOW:
            break
        chosen.append(word)
    return b"".join(reversed(chosen))


def _words(raw: bytes) -> Iterator[bytes]:
    """Cut a record into words, each with what comes after it."""
    for word in _WORD.findall(raw):
        if len(word) <= _LONGEST:
            yield word
