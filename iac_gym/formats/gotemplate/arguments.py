"""Calls of functions as closures, one shape for each usual number of arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from iac_gym.formats.gotemplate.errors import FunctionError
from iac_gym.formats.gotemplate.functions import Function

Expression = Callable[[list[Any], Any], Any]
Failed = Callable[[FunctionError], NoReturn]


def invocation(called: Function, args: list[Expression], piped: bool, failed: Failed) -> Expression:
    """Return a closure that evaluates the arguments (a piped one first) and calls."""
    if called.run:
        return _with_run(called.call, args, piped, failed)
    if len(args) == 1:
        return _one(called.call, args[0], failed)
    if len(args) == 2:
        return _two_piped(called.call, args, failed) if piped else _two(called.call, args, failed)
    return _many(called.call, args, piped, failed)


def _one(call: Callable[..., Any], only: Expression, failed: Failed) -> Expression:
    def run(frame: list[Any], dot: Any) -> Any:
        value = only(frame, dot)
        try:
            return call(value)
        except FunctionError as error:
            failed(error)

    return run


def _two(call: Callable[..., Any], args: list[Expression], failed: Failed) -> Expression:
    first, second = args

    def run(frame: list[Any], dot: Any) -> Any:
        value, other = first(frame, dot), second(frame, dot)
        try:
            return call(value, other)
        except FunctionError as error:
            failed(error)

    return run


def _two_piped(call: Callable[..., Any], args: list[Expression], failed: Failed) -> Expression:
    first, second = args

    def run(frame: list[Any], dot: Any) -> Any:
        other = second(frame, dot)
        value = first(frame, dot)
        try:
            return call(value, other)
        except FunctionError as error:
            failed(error)

    return run


def _values(args: list[Expression], piped: bool, frame: list[Any], dot: Any) -> list[Any]:
    if not piped:
        return [arg(frame, dot) for arg in args]
    last = args[-1](frame, dot)
    return [*[arg(frame, dot) for arg in args[:-1]], last]


def _many(
    call: Callable[..., Any], args: list[Expression], piped: bool, failed: Failed
) -> Expression:
    def run(frame: list[Any], dot: Any) -> Any:
        values = _values(args, piped, frame, dot)
        try:
            return call(*values)
        except FunctionError as error:
            failed(error)

    return run


def _with_run(
    call: Callable[..., Any], args: list[Expression], piped: bool, failed: Failed
) -> Expression:
    def run(frame: list[Any], dot: Any) -> Any:
        values = _values(args, piped, frame, dot)
        try:
            return call(frame[0], *values)
        except FunctionError as error:
            failed(error)

    return run
