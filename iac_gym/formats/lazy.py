"""Attributes that are worked out when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
Owner = TypeVar("Owner")


class lazy(Generic[T]):
    """A cached property without a lock, as `functools.cached_property` is from Python 3.12 on.

    In Python 3.11 the lock takes longer than most of what is worked out here. Two threads may both
    work a value out; they are equal, since everything that is cached here is pure.
    """

    def __init__(self, function: Callable[[Any], T]) -> None:
        self.function = function
        self.name = function.__name__
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        """Keep the value under the name of the attribute, which then hides this descriptor."""
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> lazy[T]: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> T: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> lazy[T] | T:
        """Work the value out and keep it in the instance."""
        if instance is None:
            return self
        value = self.function(instance)
        instance.__dict__[self.name] = value
        return value


def kept(make: Callable[[Owner], T]) -> Callable[[Owner], T]:
    """Let a function of one object run once for each object: its value is kept there.

    Unlike a cache beside the function, this dies with the object. Nobody may change the value.
    """
    place = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def read(owner: Owner) -> T:
        notes = owner.__dict__
        if place in notes:
            found: T = notes[place]
            return found
        value = notes[place] = make(owner)
        return value

    return read
