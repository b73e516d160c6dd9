"""Durations: the values are those of the gem that GitLab uses."""

import pytest

from iac_gym.languages.gitlab_ci.durations import NEVER, expiry, seconds

LENGTHS = {
    "1 week": 604800, "30 mins": 1800, "3 mins 4 sec": 184, "2h20min": 8400, "3600": 3600,
    "6 mos 1 day": 15638400, "3 weeks and 2 days": 1987200, "1.5 hours": 5400, "two days": 172800,
    "day": 86400, "1:30": 90, "1:30:00": 5400, "1 day, 2 hours": 93600, "1 Week": 604800,
    "1 30": 30, "1 hour 30": 3630, "1 yr": 31557600, "twenty minutes": 1200,
}  # fmt: skip


@pytest.mark.parametrize("text", LENGTHS)
def test_length(text):
    assert seconds(text) == LENGTHS[text]


@pytest.mark.parametrize(
    "text",
    ["", "0", "tomorrow", "never", "10 foo", "-1 day", "1 fortnight", "a day", "1,000 days", "$X"],
)
def test_no_duration(text):
    assert seconds(text) is None


def test_an_expiry_may_be_never():
    assert expiry("never") == expiry("Never") == NEVER
    assert expiry("1 day") == 86400
    assert expiry("soon") is None


def test_long_texts_are_no_durations():
    assert seconds("1 hour " * 10_000) is None
