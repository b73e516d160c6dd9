"""Groovy 2.4, the language of Jenkinsfiles, as trees with positions.

Accepts and refuses what Groovy 2.4.21 does up to its conversion phase, but for limits of depth and
size.
"""

from __future__ import annotations

from iac_gym.formats.groovy.classes import Parser
from iac_gym.formats.groovy.errors import MOST_DEPTH, MOST_TOKENS, GroovyError, position
from iac_gym.formats.groovy.lexer import Tokens
from iac_gym.formats.groovy.nodes import Script

__all__ = ["GroovyError", "Script", "parse", "position"]


def parse(text: str) -> Script:
    """Read a script. Raises GroovyError, with its line and column."""
    try:
        tokens = Tokens(text)
        if len(tokens.kinds) > MOST_TOKENS:
            message = f"the script has more than {MOST_TOKENS} words and signs"
            raise GroovyError(tokens.starts[MOST_TOKENS], message)
        return Script(tokens.text, Parser(tokens).script(), frozenset(tokens.kinds))
    except GroovyError as error:
        error.line, error.column = position(text, min(error.at, len(text)))
        raise
    except RecursionError:
        raise GroovyError(0, f"nested deeper than {MOST_DEPTH} levels") from None
