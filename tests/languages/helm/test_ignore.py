"""Which files `.helmignore` leaves out, as in Helm's own tests of its package `ignore`."""

from __future__ import annotations

import pytest

from iac_gym.languages.helm.ignore import kept


@pytest.mark.parametrize(
    ("rules", "path", "ignored"),
    [
        ("helm.txt", "helm.txt", True),
        ("helm.*", "helm.txt", True),
        ("helm.*", "rudder.txt", False),
        ("*.txt", "tiller.txt", True),
        ("*.txt", "cargo/a.txt", True),
        ("cargo/*.txt", "cargo/a.txt", True),
        ("cargo/*.*", "cargo/a.txt", True),
        ("cargo/*.txt", "mast/a.txt", False),
        ("ru[c-e]?er.txt", "rudder.txt", True),
        ("templates/.?*", "templates/.dotfile", True),
        ("cargo/", "cargo/a.txt", True),
        ("helm.txt/", "helm.txt", False),
        ("/a.txt", "a.txt", True),
        ("/cargo/a.txt", "cargo/a.txt", True),
        ("/a.txt", "cargo/a.txt", False),
        ("/cargo/*.txt", "mast/b.txt", False),
        ("!helm.txt", "helm.txt", False),
        ("!helm.txt", "tiller.txt", True),
        ("!*.txt", "cargo", True),
        ("!cargo/", "mast/a.txt", True),
        ("*\n!helm.txt", "helm.txt", True),
        ("", "helm.txt", False),
        ("", "templates/.x.yaml.swp", True),
        ("# x\n\n  *.bak  ", "x.bak", True),
        ("a\\*b", "a*b", True),
    ],
)
def test_ignored(rules, path, ignored):
    assert (kept([path], rules) == []) is ignored


@pytest.mark.parametrize("rules", ["**", "docs/**", "[", "a\\"])
def test_wrong_rules(rules):
    with pytest.raises(ValueError, match=r"supported|complete"):
        kept(["a"], rules)
