"""The mistakes people make in manifests, as edits of a correct text.

The embedded model is taught on answers of which a share carries one of them, as a corpus collected
from people's repositories would. So it knows how a manifest is written, and verifier-guided
training has honest room to teach it to write correct ones.

Every mistake is a function `(text, dice) -> text`; where it finds nothing to spoil, it returns the
text unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Mistake = Callable[[str, Random], str]

_OLD_VERSIONS = {
    "apps/v1": ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2", "v1"),
    "batch/v1": ("batch/v1beta1", "batch/v2alpha1", "v1"),
    "networking.k8s.io/v1": ("extensions/v1beta1", "networking.k8s.io/v1beta1"),
    "autoscaling/v2": ("autoscaling/v2beta2", "autoscaling/v2beta1", "autoscaling/v1"),
    "policy/v1": ("policy/v1beta1",),
    "rbac.authorization.k8s.io/v1": ("rbac.authorization.k8s.io/v1beta1", "v1"),
    "scheduling.k8s.io/v1": ("scheduling.k8s.io/v1beta1", "v1"),
    "storage.k8s.io/v1": ("storage.k8s.io/v1beta1", "v1"),
}
_UNITS = {"Mi": ("M", "MB", "m"), "Gi": ("G", "GB", "g"), "Ki": ("K", "KB"), "m": ("",)}


def _edit_one(pattern: str, text: str, dice: Random, edit: Callable[[re.Match[str]], str]) -> str:
    """Replace one randomly chosen match of a pattern."""
    found = list(re.finditer(pattern, text, re.MULTILINE))
    if not found:
        return text
    match = dice.choice(found)
    return "".join((text[: match.start()], edit(match), text[match.end() :]))


def old_api_version(text: str, dice: Random) -> str:
    """An API version that was removed, or the group forgotten."""

    def edit(match: re.Match[str]) -> str:
        removed = _OLD_VERSIONS.get(match[2], (match[2] + "beta1",))
        return f"{match[1]}{dice.choice(removed)}"

    return _edit_one(r"^(apiVersion: )(\S+)$", text, dice, edit)


def other_label(text: str, dice: Random) -> str:
    """A selector that names another label than the pods carry."""

    def edit(match: re.Match[str]) -> str:
        words = match[3].split("-")
        value = "-".join(words[:-1]) if len(words) > 1 else match[3] + "-app"
        return dice.choice((f"{match[1]}{match[2]}: {value}", f"{match[1]}name: {match[3]}"))

    pattern = r"(^ *(?:matchLabels|selector|labels):\n +)([\w./-]+): (\S+)$"
    return _edit_one(pattern, text, dice, edit)


def no_namespace(text: str, dice: Random) -> str:
    """The namespace is forgotten."""
    return _edit_one(r"^  namespace: \S+\n", text, dice, lambda match: "")


def usual_port(text: str, dice: Random) -> str:
    """A port as in every example on the web."""

    def edit(match: re.Match[str]) -> str:
        return match[1] + dice.choice(("80", "8080", "443", "3000"))

    return _edit_one(r"((?:[pP]ort|number): )\d+$", text, dice, edit)


def off_by_one(text: str, dice: Random) -> str:
    """A count that is one too many or one too few."""

    def edit(match: re.Match[str]) -> str:
        return match[1] + str(max(0, int(match[2]) + dice.choice((-1, 1))))

    return _edit_one(r"^( *(?:- )?[a-z]\w*(?<!ort): )(\d+)$", text, dice, edit)


def wrong_unit(text: str, dice: Random) -> str:
    """A quantity in another unit: 512M or 512MB for 512Mi, 250 for 250m."""

    def edit(match: re.Match[str]) -> str:
        return match[1] + dice.choice(_UNITS[match[2]])

    return _edit_one(r"(: \"?\d+)(Mi|Gi|Ki|m)(?=\"?$)", text, dice, edit)


def forgotten_part(text: str, dice: Random) -> str:
    """One field, with everything below it, is left out."""
    lines = text.split("\n")
    places = [
        place
        for place, line in enumerate(lines)
        if re.match(r" {2,}(?:- )?[\w./-]+:", line) and not re.match(r"  name:", line)
    ]
    if not places:
        return text
    start = dice.choice(places)
    depth = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and re.match(rf" {{{depth}}}(?: |- )", lines[end]):
        end += 1
    return "\n".join(lines[:start] + lines[end:])


def broken_indent(text: str, dice: Random) -> str:
    """One line is moved by a space or two."""

    def edit(match: re.Match[str]) -> str:
        return dice.choice((" " + match[0], "  " + match[0], match[0][1:]))

    return _edit_one(r"^ {2,}\S", text, dice, edit)


def latest_image(text: str, dice: Random) -> str:
    """The image's tag is `latest`, or missing."""

    def edit(match: re.Match[str]) -> str:
        return match[1] + dice.choice((":latest", ""))

    return _edit_one(r"(image: [\w./-]+)[:@]\S+$", text, dice, edit)


def misspelt_kind(text: str, dice: Random) -> str:
    """The kind is not written as the API writes it."""

    def edit(match: re.Match[str]) -> str:
        spelt = (match[2].capitalize(), match[2].lower(), match[2] + "s")
        return match[1] + dice.choice([word for word in spelt if word != match[2]])

    return _edit_one(r"^(kind: )(\w+)$", text, dice, edit)


def misspelt_field(text: str, dice: Random) -> str:
    """A field in lower case, with underscores, or in the wrong number."""

    def edit(match: re.Match[str]) -> str:
        word = match[2]
        snake = re.sub(r"[A-Z]", lambda found: "_" + found[0].lower(), word)
        number = word[:-1] if word.endswith("s") else word + "s"
        spelt = [other for other in (word.lower(), snake, number) if other != word]
        return match[1] + dice.choice(spelt) + ":"

    return _edit_one(r"^( *(?:- )?)([a-z][A-Za-z]{3,}):", text, dice, edit)


def lost_quotes(text: str, dice: Random) -> str:
    """A text that looks like a number or a truth value, without its quotes."""
    return _edit_one(
        r": [\"'](\d+|true|false|yes|no|on|off)[\"']$", text, dice, lambda match: f": {match[1]}"
    )


def other_object(text: str, dice: Random) -> str:
    """A reference to another object is not quite its name."""

    def edit(match: re.Match[str]) -> str:
        words = match[2].split("-")
        return match[1] + ("-".join(words[:-1]) if len(words) > 1 else words[0] + "-1")

    return _edit_one(r"^( {4,}(?:- )?\w*[nN]ame: )(\S+)$", text, dice, edit)


MISTAKES: tuple[Mistake, ...] = (
    old_api_version,
    other_label,
    no_namespace,
    usual_port,
    off_by_one,
    wrong_unit,
    forgotten_part,
    broken_indent,
    latest_image,
    misspelt_kind,
    misspelt_field,
    lost_quotes,
    other_object,
)


def spoil(text: str, dice: Random) -> str:
    """Return the text with one mistake, a random one of those that find something to spoil."""
    for mistake in dice.sample(MISTAKES, len(MISTAKES)):
        spoilt = mistake(text, dice)
        if spoilt != text:
            return spoilt
    return text
