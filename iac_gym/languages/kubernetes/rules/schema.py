"""What the API's schemas say of every object."""

from __future__ import annotations

from iac_gym.check import Rule

IN_ORDER: tuple[Rule, ...] = ()
