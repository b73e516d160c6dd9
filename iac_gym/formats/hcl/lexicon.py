"""The tokens of HCL's native syntax as compiled patterns.

Names are the only place where characters beyond ASCII matter. The patterns take any such character
for part of a name; `identifiers.py` then tells which are really allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

#: Finds a token at an offset.
Scan: TypeAlias = "Callable[[str, int], re.Match[str] | None]"

#: A name of ASCII characters: enough for the fast paths, the rest falls through to the tokens.
NAME = r"[A-Za-z_][A-Za-z0-9_-]*+"
_ANY_NAME = r"[^\x00-@\[-^`{-\x7f][^\x00-,./:-@\[-^`{-\x7f]*+"
_PATH = rf"{NAME}(?:\.{NAME})*+"
_NUMBER = r"[0-9]++(?:\.*+(?:[0-9]++|[eE][+-]?[0-9]++))*+"
_PLAIN = r'[^"\\$%\r\n]*+'
_COMMENT = r"/\*(?:[^*]++|\*(?!/))*+\*/"

_TOKENS = rf"""(?:
    ({_ANY_NAME}(?:\.{_ANY_NAME})*+)
  | ("{_PLAIN}")
  | ({_NUMBER})
  | (\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|~}}|/(?![*/])|<(?!<)|[\[\](){{}}.,*%+\-=>!?:])
  | (\r?\n|(?:\#|//)[^\n]*+\n?)
  | (<<-?{_ANY_NAME}\r?\n)
  | (")
  | (\Z)
)"""

#: What the groups of a token are. An operator or bracket is its own kind.
NAME_TOKEN, STRING, NUMBER, NEWLINE, HEREDOC, TEMPLATE, END = (
    "name",
    "string",
    "number",
    "newline",
    "heredoc",
    "template",
    "end",
)
KINDS = ("", NAME_TOKEN, STRING, NUMBER, "", NEWLINE, HEREDOC, TEMPLATE, END)

#: The next token where a newline ends things, and where newlines are blanks.
LINE_TOKEN: Scan = re.compile(rf"(?:[ \t]++|{_COMMENT})*+{_TOKENS}", re.X).match
FREE_TOKEN: Scan = re.compile(
    rf"(?:[ \t\n]++|\r\n|(?:\#|//)[^\n]*+|{_COMMENT})*+{_TOKENS}", re.X
).match
#: What may stand before a token, to find where a bad one begins.
LINE_BLANKS = re.compile(rf"(?:[ \t]++|{_COMMENT})*+").match
FREE_BLANKS = re.compile(rf"(?:[ \t\n]++|\r\n|(?:#|//)[^\n]*+|{_COMMENT})*+").match

_SIMPLE = rf'"({_PLAIN})"|({_PATH})|([0-9]{{1,18}})'

#: The commonest items of a body by one match. Groups: name, then a plain string, a traversal or a
#: small number as the whole value; labels of a block that opens here, and its closing brace if the
#: block is empty; a closing brace.
ITEM = re.compile(
    rf"""[ \t\n]*+(?:
        ({NAME})[ \t]*+(?:
            =[ \t]*+ (?: (?:{_SIMPLE}) [ \t]*+\r?\n )?
          | ((?:(?:"{_PLAIN}"|{NAME})[ \t]*+)*+) \{{ [ \t]*+ (?: (?: (\}}) [ \t]*+ )? \r?\n )?
        )
      | (\}})[ \t]*+\r?\n
    )""",
    re.X,
).match

#: The braces of a block on one line that holds an argument with a simple value.
SINGLE = re.compile(rf"\{{[ \t]*+({NAME})[ \t]*+=[ \t]*+(?:{_SIMPLE})[ \t]*+\}}[ \t]*+\r?\n").match

#: An item of an object with a plain key and a simple value, and what ends it.
OBJECT_ITEM = re.compile(
    rf'[ \t\n]*+(?:({NAME})|"({_PLAIN})")[ \t]*+[=:][ \t]*+(?:{_SIMPLE})[ \t]*+(?:,|\r?\n|(?=\}}))'
).match
#: A simple item of a tuple, and what ends it.
TUPLE_ITEM = re.compile(rf"[ \t\n]*+(?:{_SIMPLE})[ \t\n]*+(?:,|(?=\]))").match

#: The same for an argument of a call.
ARGUMENT = re.compile(rf"[ \t\n]*+(?:{_SIMPLE})[ \t\n]*+(?:,|(?=\)))").match
#: An index that is a plain string or a small whole number.
CONSTANT_INDEX = re.compile(rf'\[[ \t]*+(?:([0-9]{{1,18}})|"({_PLAIN})")[ \t]*+\]').match

#: A run of literal text in a quoted template, escapes included.
QUOTED_TEXT = re.compile(r'(?:[^"\\$%\r\n]++|\\[^\r\n]|\$\$\{|%%\{|\$(?!\{)|%(?!\{))*+').match
#: A run of literal text within a line of a heredoc or of a template on its own. A single `$` or `%`
#: hides a carriage return before the end of the line: a quirk of the real scanner.
BARE_TEXT = re.compile(r"(?:[^$%\r\n]++|\$\$\{|%%\{|[$%](?!\{)(?:(?<![$%].)\r(?=\r\n))?)++").match
#: A sequence of a template that is a traversal and nothing else.
SIMPLE_INTERPOLATION = re.compile(rf"\$\{{[ \t]*+({_PATH})[ \t]*+\}}").match
#: What does not stand for itself in literal text.
QUOTED_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{0,4}|U[0-9A-Fa-f]{0,8}|.)|\$\$\{|%%\{", re.S)
BARE_ESCAPE = re.compile(r"\$\$\{|%%\{")
#: What no text in UTF-8 can hold.
SURROGATE = re.compile("[\ud800-\udfff]").search

#: What Go calls white space, for stripping.
SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)

#: The binary operators, by how strongly they bind.
PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
