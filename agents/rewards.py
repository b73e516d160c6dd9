"""The verifier as TRL reward functions: one grading of each batch, one function per component.

`total` alone has a weight; the other components are computed from the same grades and only logged.
A completion that the verifier could not judge gets `None` in every component, which TRL leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from iac_gym.grading import Grade, grade_batch

#: The components that are logged, in the order of the reward functions. The first one counts.
COMPONENTS = ("total", "syntax", "correctness", "format", "solved", "passed")

Rollouts = Callable[[int, list[Grade], list[str], list[int]], None]
Grader = Callable[..., list[Grade]]


def text_of(completion: str | Sequence[dict[str, Any]]) -> str:
    """Return the answer's text: a plain completion, or the last message of a chat."""
    if isinstance(completion, str):
        return completion
    content = completion[-1].get("content") if completion else ""
    if isinstance(content, list):  # typed parts, as multimodal templates have them
        return "".join(str(part.get("text", "")) for part in content)
    return content or ""


class Scorer:
    """Grades each batch once and remembers it for the other components.

    `record(step, grades, texts, lengths)` is called with every graded batch.
    """

    def __init__(
        self, workers: int = 0, record: Rollouts | None = None, grader: Grader | None = None
    ) -> None:
        self.workers = workers
        self.record = record
        self.grader = grader or grade_batch
        self._key: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._grades: list[Grade] = []

    def grades(self, ids: Sequence[str], texts: Sequence[str]) -> tuple[list[Grade], bool]:
        """Return the grades of a batch, and whether they were computed by this call."""
        key = (tuple(ids), tuple(texts))
        if key == self._key:
            return self._grades, False
        self._grades = self.grader(list(ids), list(texts), workers=self.workers or None)
        self._key = key
        return self._grades, True

    def functions(self) -> list[Component]:
        """Return the reward functions, `COMPONENTS` in order."""
        return [Component(name, self) for name in COMPONENTS]


class Component:
    """One component of the reward as a TRL reward function."""

    def __init__(self, name: str, scorer: Scorer) -> None:
        self.__name__ = name
        self.scorer = scorer

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        task_id: Sequence[str],
        **more: Any,
    ) -> list[float | None]:
        """Return one number for each completion; None where the verifier failed."""
        texts = [text_of(completion) for completion in completions]
        grades, new = self.scorer.grades(task_id, texts)
        if new:
            self._report(grades, texts, [len(ids) for ids in completion_ids], more)
        return [
            None if grade.reward.unscored else grade.reward.as_dict()[self.__name__]
            for grade in grades
        ]

    def _report(
        self, grades: list[Grade], texts: list[str], lengths: list[int], more: dict[str, Any]
    ) -> None:
        if log := more.get("log_metric"):
            log("unscored", float(sum(grade.reward.unscored for grade in grades)))
        if self.scorer.record:
            state = more.get("trainer_state")
            self.scorer.record(getattr(state, "global_step", 0), grades, texts, lengths)


class OverlongPunishment:
    """Soft overlong punishment in tokens (DAPO, arXiv:2503.14476, equation 13).

    0 up to `longest - cache` tokens, then falling linearly to -1 at `longest`. Like every other
    component it is None where the verifier failed, so that such a completion stays unscored.
    """

    __name__ = "overlong"

    def __init__(self, longest: int, cache: int, scorer: Scorer | None = None) -> None:
        self.longest = longest
        self.cache = max(1, min(cache, longest))
        self.scorer = scorer

    def punishment(self, length: int) -> float:
        """Return the punishment of a completion of `length` tokens, -1.0 to 0.0."""
        over = length - (self.longest - self.cache)
        return -min(max(over, 0) / self.cache, 1.0)

    def __call__(
        self,
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        task_id: Sequence[str] = (),
        **more: Any,
    ) -> list[float | None]:
        """Return one punishment for each completion."""
        values: list[float | None] = [self.punishment(len(ids)) for ids in completion_ids]
        if self.scorer and len(task_id):
            grades, _ = self.scorer.grades(task_id, [text_of(text) for text in completions])
            for place, grade in enumerate(grades):
                if grade.reward.unscored:
                    values[place] = None
        return values
