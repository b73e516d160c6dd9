"""Plain scalars as Ruby's Psych reads them: the values here are those of Ruby 3.1."""

import pytest

from iac_gym.formats.yaml import YamlError, load
from iac_gym.formats.yaml_scalars import PSYCH

VALUES = {
    "yes": True, "yEs": True, "y": "y", "n": "n", "on": True, "Off": False, "0755": 493, "08": "08",
    "1,000": 1000, "1_000": 1000, "10:30": 37800, "1:30:00": 5400, "1e3": "1e3", "1.5e+3": 1500.0,
    ".5": 0.5, "1.": 1.0, "0x1F": 31, "0b11": 3, "+1": 1, "null": None, "NULL": None, "~": None,
    "1.0.0": "1.0.0", "3.10": 3.1, "12:30:45.5": 45045.5, "2024-1": "2024-1", "0o17": "0o17",
    "0,": 0, "1__0": "1__0", "-1:30": -1800, "1.2_3": "1.2_3", "09": "09", "1:60": "1:60",
    "1:2:3:4": "1:2:3:4", "-0x1f": -31, "1:2": 3720, "2024-01-02T10:00": "2024-01-02T10:00",
}  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_plain_scalar(text):
    value = load(f"a: {text}", PSYCH).value["a"]
    assert (value, type(value)) == (VALUES[text], type(VALUES[text]))


@pytest.mark.parametrize("text", ["2024-01-02", "2024-01-02T10:00:00Z", "2024-01-02 10:00:00"])
def test_dates_are_refused(text):
    with pytest.raises(YamlError) as caught:
        load(f"a: {text}", PSYCH)
    assert (caught.value.line, caught.value.column) == (1, 4)
    assert load(f'a: "{text}"', PSYCH).value["a"] == text


def test_the_later_of_merge_and_key_wins():
    text = "a: &x {k: 1, l: 1}\nb: {k: 2, <<: *x}\nc: {<<: *x, k: 3}"
    tree = load(text, PSYCH).value
    assert tree["b"] == {"k": 1, "l": 1}
    assert tree["c"] == {"k": 3, "l": 1}


def test_a_reference_is_wrapped():
    assert load("a: !reference [x, y]", PSYCH).value["a"] == {"!reference": ["x", "y"]}


def test_huge_numbers_are_bounded():
    assert load("a: " + "9" * 5000, PSYCH).value["a"] == "9" * 5000
