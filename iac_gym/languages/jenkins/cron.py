"""The schedules of `cron` and `pollSCM`.

Source: hudson.scheduler.CronTab and its grammar in https://github.com/jenkinsci/jenkins
"""

from __future__ import annotations

import re

#: Name, least and most value of each field.
FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12),
          ("day of week", 0, 7))  # fmt: skip
ALIASES = frozenset("@yearly @annually @monthly @weekly @daily @midnight @hourly".split())
_TERM = re.compile(
    r"(?:(?P<star>\*)|(?P<low>\d+)(?:-(?P<high>\d+))?|(?P<hash>H)(?:\((?P<from>\d+)-(?P<to>\d+)\))?)"
    r"(?:/(?P<step>\d+))?"
)
MOST_LINES = 100


def bad_schedule(text: str) -> str:
    """Say what is wrong with a schedule; "" where nothing is."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        return f"a schedule has at most {MOST_LINES} lines"
    for number, line in enumerate(lines):
        line = line.strip()
        if not line or line.startswith("#") or (number == 0 and line.startswith("TZ=")):
            continue
        problem = _bad_line(line)
        if problem:
            return problem
    return ""


def _bad_line(line: str) -> str:
    if line.startswith("@"):
        return "" if line in ALIASES else f"`{line}` is none of {', '.join(sorted(ALIASES))}"
    words = line.split()
    if len(words) != len(FIELDS):
        return f"`{line}` has {len(words)} fields, not five"
    for word, (name, least, most) in zip(words, FIELDS, strict=True):
        for term in word.split(","):
            problem = _bad_term(term, least, most)
            if problem:
                return f"the {name} `{word}` {problem}"
    return ""


def _bad_term(term: str, least: int, most: int) -> str:
    found = _TERM.fullmatch(term)
    if not found:
        return "cannot be read"
    low, high = found["low"] or found["from"], found["high"] or found["to"]
    numbers = [int(one[:9]) for one in (low, high) if one is not None]
    if any(not least <= one <= most for one in numbers):
        return f"is not between {least} and {most}"
    if len(numbers) == 2 and numbers[0] > numbers[1]:
        return "is a range from more to less"
    step = found["step"]
    if step is None:
        return ""
    if int(step[:9]) == 0:
        return "has a step of 0"
    if low is not None and high is None and found["hash"] is None:
        return "has a step without a range"
    return ""
