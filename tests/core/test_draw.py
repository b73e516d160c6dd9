"""Draws: independent streams, remembered alternatives, and the splits made of them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iac_gym.category import Draft, category, family
from iac_gym.check import Requirement, requirement, say
from iac_gym.draw import Draw, unit
from iac_gym.errors import BadDraft
from iac_gym.task import difficulty_of, split_of


@given(st.lists(st.one_of(st.text(), st.integers()), min_size=1, max_size=4))
def test_a_stream_depends_on_its_key_alone(key):
    assert unit(*key) == unit(*key)
    assert 0 <= unit(*key) < 1


def test_neighbouring_keys_share_nothing():
    rows = [tuple(unit("x", seed, index) for index in range(50)) for seed in range(50)]
    assert len({value for row in rows for value in row}) == 2500


def test_streams_are_uniform():
    counts = Counter(int(unit("uniform", place) * 10) for place in range(20_000))
    assert all(abs(count - 2000) < 250 for count in counts.values())


def test_a_new_draw_does_not_move_the_others():
    one, two = Draw("k"), Draw("k")
    first = one.choice("a", "abcdef"), one.integer("b", 1, 100), one.name("n")
    two.choice("new", "xyz")
    assert (two.choice("a", "abcdef"), two.integer("b", 1, 100), two.name("n")) == first


def test_others_hold_what_else_was_possible():
    draw = Draw("k")
    value = draw.choice("a", ("x", "y", "z"))
    assert set(draw.others["a"]) == {"x", "y", "z"} - {value}
    assert draw.name("n") not in draw.others["n"]
    sampled = draw.sample("s", range(5), 2)
    assert len(set(sampled)) == 2
    assert draw.others["s"][0] != sampled
    assert draw.chance("c", 1) is True
    assert draw.others["c"] == ()
    draw.integer("big", 0, 10**15)
    assert len(draw.others["big"]) == 8


def test_overrides_fix_one_parameter():
    assert Draw("k", overrides={"a": "q"}).choice("a", "xyz") == "q"


def test_a_parameter_is_drawn_once():
    draw = Draw("k")
    draw.choice("a", "xyz")
    with pytest.raises(BadDraft, match="'a' is drawn twice"):
        draw.choice("a", "xyz")


def test_phrases_are_no_parameters():
    draw = Draw("k")
    draw.phrase("p", "xyz")
    assert draw.params == {}


@pytest.mark.parametrize(
    ("value", "words"),
    [(3, "3"), (["a"], "a"), (["a", "b"], "a and b"), (("a", "b", "c"), "a, b and c"),
     ({"a": 1, "b": "x"}, "a=1, b=x"), ([], "")],
)  # fmt: skip
def test_values_are_put_into_words(value, words):
    assert say(value) == words


def test_a_wording_must_say_what_is_checked():
    with pytest.raises(BadDraft, match="mentions"):

        @requirement("{of} is fine")
        def fine(model, of, count):
            return ()


def test_a_requirement_takes_its_arguments_and_no_others():
    @requirement("{count} of `{of}`")
    def some_of(model, of, count):
        return ()

    assert some_of(of="x", count=2) == Requirement("some-of", {"of": "x", "count": 2})
    assert some_of.words({"of": "x", "count": 2}, 5) == "2 of `x`"
    for arguments in ({"of": "x"}, {"of": "x", "count": 1, "more": 2}):
        with pytest.raises(BadDraft):
            some_of(**arguments)


def test_two_families_of_one_name_are_refused():
    import types

    @family("kubernetes", (1,))
    def same(draw):
        """One."""
        return Draft((), [], "")

    one = same

    @family("kubernetes", (1,))
    def same(draw):
        """Two."""
        return Draft((), [], "")

    modules = [types.SimpleNamespace(same=each) for each in (one, same)]
    with pytest.raises(BadDraft, match="two families"):
        category("X-v0", "x", types.SimpleNamespace(), *modules)


def test_difficulty_is_the_documented_table():
    levels = [difficulty_of(count) for count in range(1, 13)]
    assert levels == [1, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5]


def test_splits_share_the_settings_out():
    @family("kubernetes", (1,))
    def some(draw):
        """Something."""
        return Draft((), [], "")

    counts = Counter(split_of(some, {"a": place}) for place in range(5000))
    assert 0.67 < counts["train"] / 5000 < 0.73
    assert 0.08 < counts["val"] / 5000 < 0.12
    assert 0.17 < counts["test"] / 5000 < 0.23
