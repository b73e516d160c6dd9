"""`key=value` texts are parted as ansible-core parts them."""

from __future__ import annotations

import pytest

from iac_gym.languages.ansible.key_values import UnbalancedText, parse_key_values, split_words


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("a=1 b='x y'", {"a": "1", "b": "x y"}),
        ('msg="{{ a | d("b c") }}"', {"msg": '{{ a | d("b c") }}'}),
        ("src={{ a }} {{ b }} dest=/c", {"src": "{{ a }}", "dest": "/c", "_raw_params": "{{ b }}"}),
        ("msg={{ a b }}", {"msg": "{{ a b }}"}),
        ("a\\=b c=d", {"_raw_params": "a=b", "c": "d"}),
        ("=x", {"_raw_params": "=x"}),
        ("line='a\\nb'", {"line": "a\nb"}),
        ("", {}),
    ],
)
def test_options(text: str, options: dict[str, str]) -> None:
    assert parse_key_values(text) == options


def test_a_command_keeps_what_is_its_own() -> None:
    assert parse_key_values("FOO=1 make -j2 chdir=/src", raw=True) == {
        "_raw_params": "FOO=1 make -j2",
        "chdir": "/src",
    }
    assert parse_key_values("a\nb", raw=True) == {"_raw_params": "a\nb"}


@pytest.mark.parametrize("text", ["echo don't", "a={{ b", "x='y", "{% if a"])
def test_what_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(UnbalancedText):
        split_words(text)
