"""The words and characters of Groovy 2.4: keywords, patterns of tokens, escapes in strings.

Source: the lexer of Groovy 2.4 (groovy.g of the Apache Groovy project). A letter of an identifier
is any character from U+0100 on, so that a typographic quote starts an identifier.
"""

from __future__ import annotations

import re

BUILT_IN_TYPES = frozenset("void boolean byte char short int float long double".split())
MODIFIERS = frozenset(
    """private public protected static transient final abstract native threadsafe synchronized
    volatile strictfp""".split()
)
KEYWORDS = (
    frozenset(
        """package import extends super as class interface enum trait implements this throws return
        if else while switch for in break continue throw assert case default try finally catch new
        false true null instanceof def const do goto""".split()
    )
    | BUILT_IN_TYPES
    | MODIFIERS
)
#: Keywords that are names beside a dot.
NAMES_BESIDE_DOT = frozenset("as def in trait package static".split())
#: Kinds of token after which `/` divides. Elsewhere it begins a string.
ENDS_EXPRESSION = (
    frozenset(["++", "--", ")", "]", "}", "string", "gs)", "number", "id"])
    | KEYWORDS - frozenset("abstract final strictfp const do goto".split())
)  # fmt: skip

_LETTER = r"A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\ufffe\U00010000-\U0010ffff"
_ESCAPE = r"""\\(?:[nrtbf"'\\$0-7]|u+[0-9a-fA-F]{4}|\r\n|\r|\n)"""
_SKIPPED = r"(?:[ \t\f]|\\(?:\r\n|\r|\n)|//[^\r\n\uffff]*|/\*(?:[^*\uffff]|\*(?!/))*+\*/)*+"
#: One token, behind the spaces and comments in front of it.
TOKEN = re.compile(
    _SKIPPED
    + rf"""(?:
     (?P<word>(?!\$/)[{_LETTER}$][{_LETTER}0-9$]*+)
    |(?P<newline>(?:\r\n|\r|\n)(?:[ \t\f\r\n]|\\(?:\r\n|\r|\n)|//[^\r\n\uffff]*
        |/\*(?:[^*\uffff]|\*(?!/))*+\*/)*+)
    |(?P<bracket>[(){{}}\[\]])
    |(?P<plain>'(?!'')[^'\\\r\n\uffff]*+'|"(?!"")[^"\\$\r\n\uffff]*+")
    |(?P<number>
        (?>0[xX][0-9a-fA-F](?:[0-9a-fA-F_]*[0-9a-fA-F])?[lLiIgG]?
       |0[bB][01](?:[01_]*[01])?[lLiIgG]?
       |0[0-7](?:[0-7_]*[0-7])?[lLiIgG]?(?![0-9_.eEfFdD])
       |0(?=[0-9_]+(?![0-9_.eEfFdD]))
       |(?!0[xXbB])[0-9](?:[0-9_]*[0-9])?(?:\.[0-9](?:[0-9_]*[0-9])?(?:[eE][+-]?[0-9_]*[0-9])?[fFdDgG]?
          |[eE][+-]?[0-9_]*[0-9][fFdDgG]?|[fFdDlLiIgG])?)(?!_))
    |(?P<quote>\"\"\"|'''|"|')
    |(?P<slash>/|\$/)
    |(?P<operator>\*\*=|>>>=|==~|<=>|===|!==|\.\.\.|\.\.<|>>>|<<=|>>=|\*\*|\+\+|--|\+=|-=|\*=|%=
       |\^=|\|=|&=|\|\||&&|==|!=|<=|>=|<<|>>|=~|\*\.|\?\.|\?:|\.&|\.\.|->|[-+*%=!<>~&|^?:;,.@])
    |(?P<end>\Z))""",
    re.VERBOSE,
)
#: What may stand between the quotes, by kind of string, up to the end, a `$` that begins a value,
#: or something that is wrong.
RUNS = {
    "'": re.compile(rf"(?:[^'\\\r\n\uffff]|{_ESCAPE})*+"),
    "'''": re.compile(rf"(?:[^'\\\uffff]|{_ESCAPE}|'(?!''))*+"),
    '"': re.compile(rf'(?:[^"\\$\r\n\uffff]|{_ESCAPE})*+'),
    '"""': re.compile(rf'(?:[^"\\$\uffff]|{_ESCAPE}|"(?!""))*+'),
    "/": re.compile(
        rf"(?:[^/$\\\uffff]|\\/|\\(?![/\r\n])|\\(?:\r\n|\r|\n)|\$(?![{{{_LETTER}]))*+"
    ),
    "$/": re.compile(
        rf"(?:[^/$\\\uffff]|\\|/(?!\$)|\$[/$]|\$(?![{{$/{_LETTER}]))*+"
    ),
}  # fmt: skip
CLOSING = {"'": "'", "'''": "'''", '"': '"', '"""': '"""', "/": "/", "$/": "/$"}
#: A value in a string without braces: `$name.property`.
VALUE_WORD = re.compile(rf"[{_LETTER}][{_LETTER}0-9]*+")
VALUE_DOT = re.compile(rf"\.(?=[{_LETTER}])")
UNICODE_ESCAPE = re.compile(r"\\\\|\\u+(?:([0-9a-fA-F]{4})|)")
_ESCAPES = re.compile(
    r"""\\(?:([nrtbf"'\\$])|u+([0-9a-fA-F]{4})|([0-3][0-7]{0,2}|[4-7][0-7]?)|(?:\r\n|\r|\n))"""
    r"|\r\n|\r"
)
_SPECIAL = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def _meaning(found: re.Match[str]) -> str:
    letter, code, octal = found.groups()
    if letter:
        return _SPECIAL.get(letter, letter)
    if code:
        return chr(int(code, 16))
    if octal:
        return chr(int(octal, 8))
    return "" if found[0][0] == "\\" else "\n"


def unescape(text: str) -> str:
    """Return what a run of a string in quotes stands for."""
    return _ESCAPES.sub(_meaning, text) if "\\" in text or "\r" in text else text


_SLASHED = re.compile(r"\\(/)|\\(?:\r\n|\r|\n)|\r\n|\r")
_DOLLARED = re.compile(r"\$([/$])|\\(?:\r\n|\r|\n)|\r\n|\r")


def unslash(text: str, kind: str) -> str:
    """Return what a run of a string between slashes stands for."""
    pattern = _SLASHED if kind == "/" else _DOLLARED
    return pattern.sub(lambda m: m[1] or ("" if m[0][0] == "\\" else "\n"), text)
