"""The data packs of the language stay small, and say where they come from."""

from pathlib import Path

from iac_gym.languages import terraform

DATA = Path(terraform.__file__).parent / "data"


def test_all_packs_together_are_below_two_mebibytes():
    assert sum(path.stat().st_size for path in DATA.glob("*")) < 2 * 1024 * 1024


def test_every_pack_has_its_source():
    said = "".join(path.read_text("utf-8") for path in DATA.glob("SOURCE*.md"))
    for path in DATA.glob("*"):
        assert path.suffix == ".md" or path.name in said
