"""Groovy 2.4, the language of Jenkinsfiles, as trees with positions.

Accepts and refuses what Groovy 2.4.21 does up to its conversion phase, but for limits of depth.
"""

from __future__ import annotations

from iac_gym.formats.groovy.classes import Parser
from iac_gym.formats.groovy.errors import MOST_DEPTH, GroovyError, position
from iac_gym.formats.groovy.lexer import Tokens
from iac_gym.formats.groovy.nodes import Script

__all__ = ["GroovyError", "Script", "parse", "position"]


def parse(text: str) -> Script:
    """Read a script. Raises GroovyError, with its line and column."""
    try:
        tokens = Tokens(text)
        return Script(tokens.text, Parser(tokens).script(), frozenset(tokens.kinds))
    except GroovyError as error:
        error.line, error.column = position(text, min(error.at, len(text)))
        raise
    except RecursionError:
        raise GroovyError(0, f"nested deeper than {MOST_DEPTH} levels") from None
