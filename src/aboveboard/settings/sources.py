"""Enters: a file, variables, options. Leaves: a collector's settings, and where each comes from.

Later sources weigh more: default, file, variable, option. Every problem is told at once.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.errors import Problem, SettingsError
from aboveboard.settings import configuration_files, with_prefix
from aboveboard.settings.collector import (
    NAMES,
    REMEDY,
    SETTINGS,
    CollectorSettings,
    default_of,
    kind_of,
    wrong_value,
)
from aboveboard.settings.kinds import WrongError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from dataclasses import Field

PREFIX = "ABOVEBOARD_COLLECTOR_"
FILE_VARIABLE = "CONFIG"
"""Behind the prefix: the variable that names the file."""
MOST_BYTES = 1024 * 1024
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Value:
    """A setting as it holds.

    Attributes:
        value: what it is; None if it is missing or wrong.
        source: who says so: ``default``, a file, a variable, an option.
    """

    value: object
    source: str


@dataclass(frozen=True, slots=True)
class Effective:
    """What all sources together say.

    Attributes:
        values: setting to what holds.
        problems: everything that is wrong.
        file: the configuration file that was read, or None.
    """

    values: Mapping[str, Value]
    problems: tuple[Problem, ...]
    file: Path | None

    def settings(self, *, without_registry: bool = False) -> CollectorSettings:
        """Give the settings.

        Args:
            without_registry: whether the command needs no registry.

        Raises:
            SettingsError: with every problem.
        """
        problems = [*([] if without_registry else self.missing), *self.problems]
        if problems:
            raise SettingsError(problems)
        return self.usable()

    @property
    def missing(self) -> tuple[Problem, ...]:
        """What must be said and nobody said."""
        return (_missing(),) if self.values["registry"].value is MISSING else ()

    @property
    def given(self) -> frozenset[str]:
        """The settings that somebody gave, and gave well."""
        told = {name for name, each in self.values.items() if each.source != DEFAULT}
        return frozenset(told - {problem.place for problem in self.problems})

    def usable(self) -> CollectorSettings:
        """Give the settings with the default in place of whatever is wrong, to look at the rest."""
        wrong = {problem.place for problem in self.problems}
        given: dict[str, Any] = {
            each.name: default_of(each) if each.name in wrong else self.values[each.name].value
            for each in SETTINGS
        }
        if given["registry"] is MISSING:
            given["registry"] = Path()
        return CollectorSettings(**given)

    def sourced(self, problem: Problem) -> Problem:
        """Tell of a problem with who said what is wrong."""
        value = self.values.get(problem.place)
        if value is None or value.source == DEFAULT:
            return problem
        text = f"{problem.text.removesuffix('.')} ({value.source})."
        return Problem(problem.code, problem.place, text, problem.remedy)


def effective(
    options: Mapping[str, object] | None = None,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Effective:
    """Read every source.

    Args:
        options: what the command was told, by the settings' names; None where it was not.
        file: the configuration file; None for the one of the variable or of a usual place.
        environment: what to read instead of the process's own environment.
    """
    variables = with_prefix(PREFIX, environment)
    problems: list[Problem] = []
    named = variables.pop(FILE_VARIABLE, "")
    file = file or (Path(named) if named else _usual_file(environment))
    table = _table(file, problems) if file is not None else {}
    base = file.absolute().parent if file is not None else Path()
    told: list[tuple[dict[str, tuple[str, object]], Path]] = [
        ({name: (f"{file}", value) for name, value in table.items()}, base),
        ({n.lower(): (f"{PREFIX}{n}", value) for n, value in variables.items()}, Path()),
        (
            {
                n: (f"--{n.replace('_', '-')}", v)
                for n, v in (options or {}).items()
                if v is not None
            },
            Path(),
        ),
    ]
    for layer, _ in told:
        problems += [
            _unknown(name, source) for name, (source, _) in layer.items() if name not in NAMES
        ]
    values = {each.name: _value(each, told, problems) for each in SETTINGS}
    return Effective(values, tuple(problems), file)


def _value(
    setting: Field[Any],
    told: list[tuple[dict[str, tuple[str, object]], Path]],
    problems: list[Problem],
) -> Value:
    """Give what the weightiest source says; a wrong value is told of in every source."""
    found = Value(default_of(setting), DEFAULT)
    for layer, base in told:
        if setting.name not in layer:
            continue
        source, value = layer[setting.name]
        try:
            found = Value(kind_of(setting).read(value, base), source)
        except WrongError as error:
            problems.append(wrong_value(setting, str(error), source))
            found = Value(None, source)
    return found


def _usual_file(environment: Mapping[str, str] | None) -> Path | None:
    return next((file for file in configuration_files(environment) if file.is_file()), None)


def _table(file: Path, problems: list[Problem]) -> dict[str, object]:
    try:
        with file.open("rb") as stream:
            return tomllib.loads(stream.read(MOST_BYTES).decode())
    except OSError as error:
        text = f"{file} cannot be read: {error.strerror}."
        problems.append(Problem("no_file", "config", text, "Name a file that can be read."))
    except (ValueError, RecursionError) as error:
        # Only the place: what stands there may be a password.
        place = str(error).rpartition("(")[2].rstrip(")") if "(at " in str(error) else "not UTF-8"
        text = f"{file} is no TOML: {place}."
        problems.append(
            Problem("no_toml", "config", text, "Correct the file; see docs/settings.md.")
        )
    return {}


def _missing() -> Problem:
    [setting] = [each for each in SETTINGS if each.name == "registry"]
    return Problem("missing", "registry", "registry must be given.", setting.metadata[REMEDY])


def _unknown(name: str, source: str) -> Problem:
    near = difflib.get_close_matches(name, NAMES, 1)
    remedy = f"Did you mean {near[0]}?" if near else "`aboveboard config show` lists all settings."
    return Problem("unknown_setting", name, f"{source} names no setting: {name!r}.", remedy)
