"""Rules of form: variables, keys, and what the schema of the Compose specification says."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import rule
from iac_gym.formats.yaml import find
from iac_gym.languages.compose.model import ComposeFile
from iac_gym.verdict import Finding, Stage

_OWN = frozenset({"additionalProperties", "false", "type", "required"})


def _dotted(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".")[:200]


def _errors(compose: ComposeFile, keywords: frozenset[str]) -> Iterator[Finding]:
    for error in compose.schema_errors:
        if (error.keyword if error.keyword in _OWN else "other") in keywords:
            _, mark = find(compose.tree, error.path)
            name = f"`{_dotted(error.path)}`" if error.path else "the file"
            yield compose.finding(f"{name} {error.message}", mark, error.hint)


@rule(Stage.SCHEMA)
def variables_are_written_right(compose: ComposeFile) -> Iterator[Finding]:
    """Variables can be read, required ones have a value, and casts to numbers succeed.

    Every `$` of a value starts a variable unless it is doubled. At places that hold a number or a
    boolean, text is cast to it after that.

    Source: https://docs.docker.com/reference/compose-file/interpolation/

    Bad::

        services:
          web:
            image: nginx:${TAG

    Good::

        services:
          web:
            image: nginx:${TAG:-1.27}
    """
    yield from compose.problems("interpolation")


@rule(Stage.SCHEMA)
def keys_are_text(compose: ComposeFile) -> Iterator[Finding]:
    """Every key of every mapping is text, not a number, a boolean or null.

    Source: https://github.com/compose-spec/compose-go/blob/main/loader/loader.go

    Bad::

        services:
          web:
            image: nginx:1.27
            labels:
              1: one

    Good::

        services:
          web:
            image: nginx:1.27
            labels:
              "1": one
    """
    yield from compose.problems("keys")


@rule(Stage.SCHEMA)
def fields_are_known(compose: ComposeFile) -> Iterator[Finding]:
    """Every field is one of the Compose specification, or starts with `x-`.

    Source: https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json

    Bad::

        services:
          web:
            image: nginx:1.27
            port: ["8080:80"]

    Good::

        services:
          web:
            image: nginx:1.27
            ports: ["8080:80"]
    """
    yield from _errors(compose, frozenset({"additionalProperties", "false"}))


@rule(Stage.SCHEMA)
def values_have_the_right_type(compose: ComposeFile) -> Iterator[Finding]:
    """Every value has a type that its field takes.

    Source: https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json

    Bad::

        services:
          web:
            image: nginx:1.27
            ports: "8080:80"

    Good::

        services:
          web:
            image: nginx:1.27
            ports: ["8080:80"]
    """
    yield from _errors(compose, frozenset({"type"}))


@rule(Stage.SCHEMA)
def required_fields_are_there(compose: ComposeFile) -> Iterator[Finding]:
    """No required field is missing, such as `condition` in the long form of `depends_on`.

    Source: https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json

    Bad::

        services:
          web:
            image: nginx:1.27
            depends_on:
              db: {}
          db:
            image: postgres:17

    Good::

        services:
          web:
            image: nginx:1.27
            depends_on:
              db:
                condition: service_started
          db:
            image: postgres:17
    """
    yield from _errors(compose, frozenset({"required"}))


@rule(Stage.SCHEMA)
def values_are_allowed(compose: ComposeFile) -> Iterator[Finding]:
    """Values are among those allowed, match their pattern, and lists of unique items repeat none.

    Source: https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json

    Bad::

        services:
          web:
            image: nginx:1.27
            depends_on:
              db:
                condition: healthy
          db:
            image: postgres:17

    Good::

        services:
          web:
            image: nginx:1.27
            depends_on:
              db:
                condition: service_healthy
          db:
            image: postgres:17
    """
    yield from _errors(compose, frozenset({"other"}))


IN_ORDER = (
    variables_are_written_right,
    keys_are_text,
    fields_are_known,
    values_have_the_right_type,
    required_fields_are_there,
    values_are_allowed,
)
