"""Enters: a class of annotated names. Leaves: a frozen value, as the standard library makes them.

Before its first count a program pays for the making of classes more than for anything else: the
standard library's ``dataclass`` imports inspect, ast and dis, and compiles a text for each class.
Here each class gets functions that are there already. Type checkers take these for the standard
library's, and whoever asks ``dataclasses`` about such a class is told its fields.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from dataclasses import Field, dataclass, field, replace
    from typing import Any, TypeVar

    T = TypeVar("T")

__all__ = ["dataclass", "field", "replace"]
_NONE: Any = object()


class _Usual:
    """What a field is where nothing is said, and what of it is looked at."""

    __slots__ = ("compare", "default", "factory", "repr")

    def __init__(
        self,
        default: object = _NONE,
        default_factory: Callable[[], object] = _NONE,
        *,
        compare: bool = True,
        repr: bool = True,  # noqa: A002 as in the standard library
    ) -> None:
        self.default = default
        self.factory = default_factory
        self.compare = compare
        self.repr = repr

    def get(self, name: str) -> object:
        if self.factory is not _NONE:
            return self.factory()
        if self.default is _NONE:
            message = f"{name!r} is missing"
            raise TypeError(message)
        return self.default


class _Fields:
    """The attribute by which ``dataclasses``, and others after it, know a dataclass."""

    def __init__(self, fields: Mapping[str, _Usual], types: Mapping[str, Any]) -> None:
        self._fields = fields
        self._types = types

    def __get__(self, value: object, kind: type) -> dict[str, Field[Any]]:
        import dataclasses  # noqa: PLC0415 a program that only counts does not ask

        like = [
            (name, self._types[name], dataclasses.field(**_options(usual)))
            for name, usual in self._fields.items()
        ]
        like_it: Any = dataclasses.make_dataclass(kind.__name__, like)
        found: dict[str, Field[Any]] = like_it.__dataclass_fields__
        type.__setattr__(kind, "__dataclass_fields__", found)  # it is made once
        return found


def _options(usual: _Usual) -> dict[str, Any]:
    said = {"default": usual.default, "default_factory": usual.factory}
    looked_at = {"compare": usual.compare, "repr": usual.repr}
    return {name: word for name, word in said.items() if word is not _NONE} | looked_at


def _dataclass(
    *, frozen: bool = False, slots: bool = False, order: bool = False
) -> Callable[[type[T]], type[T]]:
    """Make a class one of values; ``frozen`` and ``slots`` must be said, as there is nothing else.

    Example:
        >>> @dataclass(frozen=True, slots=True)
        ... class Point:
        ...     x: int
        ...     y: int = 0
        >>> Point(3), Point(3) == Point(x=3, y=0), replace(Point(3), y=4)
        (Point(x=3, y=0), True, Point(x=3, y=4))
    """
    if not (frozen and slots):
        message = "only frozen classes with slots are made here"
        raise TypeError(message)
    return lambda kind: _made(kind, order=order)


def _made(kind: type[T], *, order: bool) -> type[T]:
    if kind.__bases__ != (object,):
        message = f"{kind.__name__} has a base: only the standard library's dataclass can do that"
        raise TypeError(message)
    space = dict(vars(kind))
    named = space.get("__annotations__", {}).items()
    types = {name: what for name, what in named if not str(what).startswith("ClassVar")}
    said = {name: space.pop(name, _NONE) for name in types}
    fields = {name: v if isinstance(v, _Usual) else _Usual(v) for name, v in said.items()}
    for name in ("__dict__", "__weakref__"):
        space.pop(name, None)
    names = tuple(fields)
    about: dict[str, Any] = {
        "__qualname__": kind.__qualname__,
        "__slots__": names,
        "__match_args__": names,
        "__dataclass_fields__": _Fields(fields, types),
        "__init__": _maker(names, fields, ends="__post_init__" in space),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__reduce__": _reduce,
        **_looks(fields, order=order),
    }
    made: type[T] = type(kind.__name__, (), about | space)  # what the class has itself, it keeps
    return made


def _maker(names: tuple[str, ...], fields: Mapping[str, _Usual], *, ends: bool) -> Any:  # noqa: ANN401 a method of any class
    write = object.__setattr__

    def __init__(self: Any, /, *given: object, **named: object) -> None:  # noqa: ANN401, N807 see above
        for name, word in zip(names, given):  # noqa: B905 the rest follows, or there is too much
            write(self, name, word)
        for name in names[len(given) :]:
            write(self, name, named.pop(name) if name in named else fields[name].get(name))
        if named or len(given) > len(names):
            message = f"{type(self).__name__} takes {', '.join(names)}, each once, and nothing else"
            raise TypeError(message)
        if ends:
            self.__post_init__()

    return __init__


def _looks(fields: Mapping[str, _Usual], *, order: bool) -> dict[str, Any]:
    """Give the methods that compare values and show them."""
    shown = tuple(name for name, usual in fields.items() if usual.repr)
    compared = [name for name, usual in fields.items() if usual.compare]
    get = attrgetter(*compared)

    def same(self: object, other: object) -> bool:
        return get(self) == get(other) if type(other) is type(self) else NotImplemented

    def show(self: object) -> str:
        said = (f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({', '.join(said)})"

    def less(self: object, other: object) -> bool:
        found: bool = get(self) < get(other) if type(other) is type(self) else NotImplemented
        return found

    def at_most(self: object, other: object) -> bool:
        found: bool = get(self) <= get(other) if type(other) is type(self) else NotImplemented
        return found

    # Python asks the other way round for > and >=.
    ordered = {"__lt__": less, "__le__": at_most} if order else {}
    return {"__eq__": same, "__hash__": lambda self: hash(get(self)), "__repr__": show, **ordered}


def _refuse(self: object, name: str, *_: object) -> None:
    from dataclasses import FrozenInstanceError  # noqa: PLC0415 nobody does it twice

    message = f"{type(self).__name__}.{name} cannot be changed"
    raise FrozenInstanceError(message)


def _reduce(self: Any) -> tuple[type, tuple[object, ...]]:  # noqa: ANN401 a method of any class
    """Tell ``copy`` and ``pickle`` how it is made."""
    return type(self), tuple(getattr(self, name) for name in type(self).__match_args__)


def _replace(value: Any, /, **changes: object) -> Any:  # noqa: ANN401 any value, typed by dataclasses
    """Give a value like another, but for some fields."""
    same = {name: getattr(value, name) for name in type(value).__match_args__}
    return type(value)(**(same | changes))


if not TYPE_CHECKING:  # pragma: no branch (only type checkers go the other way)
    dataclass, field, replace = _dataclass, _Usual, _replace
