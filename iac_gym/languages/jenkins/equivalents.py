"""Rewritings of a Jenkinsfile that mean the same to Jenkins, for the contract's tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from iac_gym.formats.groovy import parse
from iac_gym.formats.groovy.lexer import Tokens
from iac_gym.formats.groovy.nodes import Call, Closure, MapLiteral, Node, Script
from iac_gym.languages.jenkins.pack import steps

#: (start, end, new text); none overlaps another.
Edits = list[tuple[int, int, str]]

_PLAIN = re.compile(r"[^'\"\\$\n]*")
_NAMES = re.compile(r"(?:.*/)?Jenkinsfile[^/]*|.*\.(?:jenkinsfile|groovy)", re.IGNORECASE)


def _edited(text: str, edits: Edits) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _calls(nodes: list[Node]) -> Iterator[Call]:
    """Yield the calls that are statements, those in blocks too."""
    for node in nodes:
        if isinstance(node, Call):
            yield node
            for arg in node.args:
                if isinstance(arg, Closure):
                    yield from _calls(arg.body)


def _quotes(old: str, new: str) -> Callable[[str], str]:
    def rewrite(text: str) -> str:
        tokens = Tokens(text)
        edits: Edits = []
        for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True):
            word = text[start:end]
            if kind == "string" and word[0] == old and _PLAIN.fullmatch(word[1:-1]):
                edits.append((start, end, f"{new}{word[1:-1]}{new}"))
        return _edited(text, edits)

    return rewrite


def _bare(script: Script) -> Iterator[tuple[Call, int, bool]]:
    """Yield calls with arguments and no block, where the name ends, and whether with `(`."""
    for call in _calls(script.statements):
        blocks = any(isinstance(arg, Closure) for arg in call.args)
        if call.args and not blocks and call.target is None and isinstance(call.name, str):
            end = call.at + len(call.name)
            if script.text[call.at : end] == call.name:
                yield call, end, script.text[end:].lstrip(" \t").startswith("(")


def _parentheses(text: str) -> str:
    edits: Edits = []
    for call, end, has in _bare(parse(text)):
        if not has:
            edits.append((end, call.args[0].at, "("))
            edits.append((call.end, call.end, ")"))
    return _edited(text, edits)


def _no_parentheses(text: str) -> str:
    edits: Edits = []
    script = parse(text)
    for call, end, has in _bare(script):
        start = text.find("(", end)
        first, last = call.args[0], call.args[-1]
        risky = text[first.at] in "([{" or "\n" in text[start : first.at]
        if has and not risky and text[call.end - 1] == ")" and last.end <= call.end - 1:
            edits.append((end, first.at, " "))
            edits.append((call.end - 1, call.end, ""))
    return _edited(text, edits)


def _named(text: str) -> str:
    """Write the names of arguments that have none."""
    edits: Edits = []
    for call, _, _ in _bare(parse(text)):
        signature = steps().get(str(call.name))
        only = call.args[0]
        single = len(call.args) == 1 and not isinstance(only, MapLiteral)
        if single and call.name in _STEPS and signature and signature.sole:
            edits.append((only.at, only.at, f"{signature.sole}: "))
    return _edited(text, edits)


#: Steps whose argument is often written without its name.
_STEPS = frozenset("sh bat echo error junit archiveArtifacts stash unstash build input".split())


def _tripled(text: str) -> str:
    edits: Edits = []
    for call, _, _ in _bare(parse(text)):
        only = call.args[0]
        word = text[only.at : only.end]
        if call.name == "sh" and word[:1] == "'" and "'" not in word[1:-1]:
            edits.append((only.at, only.end, f"''{word}''"))
    return _edited(text, edits)


def _semicolons(text: str) -> str:
    edits: Edits = []
    for call in _calls(parse(text).statements):
        if not any(isinstance(arg, Closure) for arg in call.args):
            follows = text[call.end :].lstrip(" \t")[:1]
            if follows == "\n":
                edits.append((call.end, call.end, ";"))
    return _edited(text, edits)


def _indented(text: str) -> str:
    """Indent everything further; texts of several lines stay as they are."""
    tokens = Tokens(text)
    inside = [
        (start, end)
        for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True)
        if kind in ("string", "gs(", "gs,", "gs)") and "\n" in text[start:end]
    ]
    edits: Edits = []
    for found in re.finditer(r"\n(?=[^\n])", text):
        at = found.end()
        if not any(start < at <= end for start, end in inside):
            edits.append((at, at, "\t  "))
    return _edited(text, edits)


def _backwards(text: str) -> str:
    """Turn the order of the sections of the pipeline around, and of those of its stages."""
    for level in ("pipeline", "stage"):
        script = parse(text)
        edits: Edits = []
        for call in _calls(script.statements):
            last = call.args[-1] if call.args else None
            if call.name != level or not isinstance(last, Closure):
                continue
            body = last.body
            inner = any(one.name == "stage" for one in _calls(body)) if level == "stage" else False
            if inner or not all(isinstance(one, Call) for one in body):
                continue
            edits += [
                (old.at, old.end, script.source(new))
                for old, new in zip(body, reversed(body), strict=True)
            ]
        text = _edited(text, edits)
    return text


def _commented(text: str) -> str:
    first = "" if text.startswith("#!") else "// the build\n/* of this\n * project */\n"
    return f"{first}{text}\n// the end\n"


_CHANGES: Mapping[str, Callable[[str], str]] = {
    "double quotes": _quotes("'", '"'),
    "single quotes": _quotes('"', "'"),
    "parentheses": _parentheses,
    "no parentheses": _no_parentheses,
    "named arguments": _named,
    "triple quotes": _tripled,
    "semicolons": _semicolons,
    "more indentation": _indented,
    "sections in the opposite order": _backwards,
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "comments": _commented,
}


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    for path, text in files.items():
        if not _NAMES.fullmatch(path):
            continue
        for change, rewrite in _CHANGES.items():
            yield change, {**files, path: rewrite(text)}
