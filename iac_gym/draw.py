"""Random draws of a task's parameters: one independent hashed stream for each named draw.

A draw depends only on (env id, family, split, index, attempt, name of the draw), so adding a
parameter to a family does not reshuffle the others, and every machine draws the same. No global
random state, no `hash()`, no set order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import TypeVar

from iac_gym.errors import BadDraft
from iac_gym.words import FIRST, SECOND

T = TypeVar("T")

#: How many other values of a parameter are remembered for the one-parameter contract test.
MOST_OTHERS = 8


def unit(*key: object) -> float:
    """Return a float in [0, 1) that depends on the key alone (53 bits of blake2b)."""
    text = "\x1f".join(str(part) for part in key)
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / (1 << 53)


class Draw:
    """The parameters of one task, drawn by name.

    `level` (1 to 5) is the difficulty that is wanted: families ask for more at higher levels.
    `params` holds every parameter drawn so far, `others` some other values each could have had.
    `overrides` fixes parameters by name, which is how the contract changes one at a time.
    """

    def __init__(
        self, *key: object, level: int = 1, overrides: Mapping[str, object] | None = None
    ) -> None:
        self._key = "\x1f".join(str(part) for part in key)
        self._overrides = dict(overrides or {})
        self.level = level
        self.params: dict[str, object] = {}
        self.others: dict[str, tuple[object, ...]] = {}

    def _unit(self, name: str, turn: int = 0) -> float:
        return unit(self._key, name, turn)

    def _keep(self, name: str, value: T, others: Sequence[object]) -> T:
        if name in self.params:
            raise BadDraft(f"the parameter {name!r} is drawn twice; give each draw its own name")
        chosen: T = self._overrides.get(name, value)  # type: ignore[assignment]
        self.params[name] = chosen
        different = (other for other in others if other != chosen)
        self.others[name] = tuple(islice(different, MOST_OTHERS))
        return chosen

    def choice(self, name: str, options: Sequence[T]) -> T:
        """Draw one of `options` (at least one), all equally likely."""
        value = options[int(self._unit(name) * len(options))]
        return self._keep(name, value, options)

    def integer(self, name: str, low: int, high: int, step: int = 1) -> int:
        """Draw an integer from low, low + step, ... up to and including high."""
        return self.choice(name, range(low, high + 1, step))

    def chance(self, name: str, probability: float = 0.5) -> bool:
        """Draw True with the given probability. 0 and 1 are certain."""
        value = self._unit(name) < probability
        others = () if probability in (0, 1) else (not value,)
        return self._keep(name, value, others)

    def wants(self, name: str, level: int = 3) -> bool:
        """Whether an optional part is asked for: rare below `level`, likely at and above it."""
        return self.chance(name, 0.15 if self.level < level else 0.75)

    def sample(self, name: str, options: Sequence[T], count: int) -> tuple[T, ...]:
        """Draw `count` different options, in a drawn order."""
        order = sorted(range(len(options)), key=lambda place: self._unit(name, place))
        value = tuple(options[place] for place in order[:count])
        swapped = (*value[:-1], options[order[count]]) if 0 < count < len(options) else value
        return self._keep(name, value, (swapped,))

    def name(self, name: str, second: Sequence[str] = SECOND, first: Sequence[str] = FIRST) -> str:
        """Draw a DNS-1123 label such as `billing-api` or `cart-worker-7`."""

        def spell(turn: int) -> str:
            left = first[int(self._unit(name, turn) * len(first))]
            right = second[int(self._unit(name, turn + 1) * len(second))]
            number = int(self._unit(name, turn + 2) * 40)
            return f"{left}-{right}" + (f"-{number}" if 1 <= number <= 9 else "")

        return self._keep(name, spell(0), (spell(10), spell(20), spell(30)))

    def phrase(self, name: str, options: Sequence[T]) -> T:
        """Draw a turn of phrase: varies the text, is no parameter, plays no part in the split."""
        return options[int(self._unit("phrase " + name) * len(options))]
