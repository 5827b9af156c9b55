from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

from aboveboard import model


def values() -> Iterator[type]:
    for info in pkgutil.iter_modules(model.__path__):
        module = importlib.import_module(f"{model.__name__}.{info.name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and dataclasses.is_dataclass(kind):
                yield kind


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.__name__) for kind in values()])
def test_every_value_of_the_model_is_frozen(kind: type) -> None:
    shell: object = object.__new__(kind)
    name = dataclasses.fields(kind)[0].name

    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(shell, name, None)
