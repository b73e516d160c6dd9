"""Writes the tables of RECIPES.md from the settings: `python -m agents.recipes`."""

from __future__ import annotations

import re
from pathlib import Path

from agents.config import BaseConfig, recipe_table
from agents.dapo import DAPOSettings
from agents.grpo import GRPOSettings
from agents.sft import SFTSettings

PAGE = Path(__file__).parent / "RECIPES.md"
KINDS: dict[str, type[BaseConfig]] = {
    "sft": SFTSettings,
    "grpo": GRPOSettings,
    "dapo": DAPOSettings,
}
_TABLE = re.compile(r"(<!-- settings of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """Return a page with every table made anew."""
    return _TABLE.sub(
        lambda found: found[1] + recipe_table(KINDS[found[2]]) + "\n" + found[3], page
    )


def main() -> None:
    """Write RECIPES.md."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
