"""Enters: the JSON of a request of the Measurement Protocol. Leaves: what is wrong and what good.

``/debug/mp/collect`` tells all of it; ``/mp/collect`` is silent, and leaves out what is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aboveboard.wires import ga4_limits as limits
from aboveboard.wires import ga4_names as names
from aboveboard.wires import ga4_values as values
from aboveboard.wires.ga4_judged import Good, Judged
from aboveboard.wires.ga4_limits import Code

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEX = re.compile(r"[0-9A-Fa-f]{32}")
_EVENT_KEYS = {"name", "params", "timestamp_micros"}
_PROPERTY_KEYS = {"value", "timestamp_micros"}
UNREADABLE = "Unable to parse Measurement Protocol JSON payload."
PARAM, PROPERTY = "param_", "property_"


class Table(dict[str, object]):
    """A JSON object whose reader looked for names that stand in it twice.

    Attributes:
        twice: those names.
    """

    twice: tuple[str, ...] = ()


def table(pairs: Iterable[tuple[str, object]]) -> Table:
    """Make an object of its pairs, for a reader that is to find names that are there twice.

    Example:
        >>> table([("a", 1), ("b", 2), ("a", 3)]).twice
        ('a',)
    """
    known = list(pairs)
    made = Table(known)
    if len(made) != len(known):
        said = [name for name, _ in known]
        made.twice = tuple(sorted({name for name in said if said.count(name) > 1}))
    return made


def judge(content: object, *, of_app: bool, received: float) -> Judged:
    """Judge a request.

    Args:
        content: its body, as JSON has it.
        of_app: whether it names the stream of an app, and not of the web.
        received: seconds since the epoch.

    Example:
        >>> event = {"name": "opened", "params": {"how": "menu"}}
        >>> judge({"client_id": "1.2", "events": [event]}, of_app=False, received=0.0).events
        [Good(name='opened', values={'how': 'menu'}, at=None)]
        >>> judge({}, of_app=False, received=0.0).problems[0].description
        'Measurement requires a client_id.'
    """
    found = Judged()
    if not isinstance(content, dict):
        found.drop("", Code.VALUE_INVALID, UNREADABLE)
        return found
    found.strict = content.get("validation_behavior") == "ENFORCE_RECOMMENDATIONS"
    _twice(content, "", found)
    events = content.get("events")
    times = len(events) if isinstance(events, list) and events else 1
    _sender(content, of_app, times, found)
    values.check_fields(content, found)
    at, wrong = values.moment(content.get("timestamp_micros"), received)
    if wrong is not None:
        values.tell_time(wrong, "", found)
    _events(events, at, received, found)
    _properties(content.get("user_properties"), at, received, found)
    if not found.who or (found.strict and found.problems):
        _leave_out_all(times, found)
    return found


def _leave_out_all(times: int, found: Judged) -> None:
    """Take nothing of a request that names no sender, or asked for strictness and has a fault."""
    found.dropped.clear()
    found.dropped[found.problems[0].code.lower()] = times
    found.events.clear()
    found.properties.clear()


def _sender(content: dict[str, object], of_app: bool, times: int, found: Judged) -> None:  # noqa: FBT001 passed on
    name = "app_instance_id" if of_app else "client_id"
    who = content.get(name)
    if who is None or who == "":
        article = "an" if of_app else "a"
        sentence = f"Measurement requires {article} {name}."
        found.drop(name, Code.VALUE_REQUIRED, sentence, times=times)
    elif not isinstance(who, str):
        found.drop(name, Code.VALUE_INVALID, f"The {name} must be text.", times=times)
    elif of_app and not _HEX.fullmatch(who):
        sentence = "The app_instance_id must be a 32 digit hexadecimal number."
        found.drop(name, Code.VALUE_INVALID, sentence, times=times)
    else:
        found.who = who


def _events(events: object, at: float | None, received: float, found: Judged) -> None:
    if events is None or events == []:
        found.drop("events", Code.VALUE_REQUIRED, "Measurement requires at least one event.")
    elif not isinstance(events, list):
        found.drop("events", Code.VALUE_INVALID, "The events must be an array.")
    elif len(events) > limits.MOST_EVENTS:
        sentence = f"There may be at most {limits.MOST_EVENTS} events in a request."
        found.drop("events", Code.EXCEEDED_MAX_ENTITIES, sentence, times=len(events))
    else:
        for index, event in enumerate(events):
            _event(index, event, at, received, found)


def _event(index: int, event: object, at: float | None, received: float, found: Judged) -> None:
    where = f"Event at index: [{index}]"
    if not isinstance(event, dict):
        return found.drop("events", Code.VALUE_INVALID, f"{where} must be an object.")
    name = event.get("name")
    if name is None or name == "":
        return found.drop("events", Code.VALUE_REQUIRED, f"{where} requires a name.")
    if not isinstance(name, str):
        return found.drop("events", Code.VALUE_INVALID, f"{where} has a name that is no text.")
    if bad := names.problem(name, names.EVENTS):
        sentence = f"{where} has invalid name [{names.echo(name)}]. {bad[1]}"
        return found.drop("events", bad[0], sentence)
    params = event.get("params", {})
    path = f"events[{index}]."
    if not isinstance(params, dict):
        return found.drop(f"{path}params", Code.VALUE_INVALID, f"{where} has invalid params.")
    _twice(event, path, found)
    _unknown(event, _EVENT_KEYS, path, found)
    at = _moment(event, at, received, path, found)
    found.events.append(Good(name, _params(params, index, found), at))
    return None


def _moment(
    said: dict[str, object], usual: float | None, received: float, path: str, found: Judged
) -> float | None:
    """Give the moment of an event or property, or that of its request."""
    if "timestamp_micros" not in said:
        return usual
    at, wrong = values.moment(said["timestamp_micros"], received)
    if wrong is not None:
        values.tell_time(wrong, path, found)
    return at


def _params(params: dict[str, object], index: int, found: Judged) -> dict[str, object]:
    where, path = f"Event at index: [{index}]", f"events[{index}].params"
    _twice(params, f"{path}.", found)
    good: dict[str, object] = {}
    for name, value in params.items():
        said = f"[{names.echo(name)}]"
        if bad := names.problem(name, names.PARAMS):
            found.drop(path, bad[0], f"{where} has invalid param name {said}. {bad[1]}", PARAM)
        elif name == "items":
            _items(value, path, found)
        elif not values.is_scalar(value):
            if value is not None:
                sentence = f"{where} has param {said} with a value that is no scalar."
                found.drop(path, Code.VALUE_INVALID, sentence, PARAM)
        elif len(good) == limits.MOST_PARAMS:
            sentence = f"{where} may have at most {limits.MOST_PARAMS} params."
            found.drop(path, Code.EXCEEDED_MAX_ENTITIES, sentence, PARAM)
        else:
            good[name] = value
            longest = limits.LONGER_VALUES.get(name, limits.LONGEST_VALUE)
            if isinstance(value, str) and len(value) > longest:
                sentence = f"{where} has param {said} with more than {longest} characters."
                found.tell(path, Code.VALUE_OUT_OF_BOUNDS, sentence)
    return good


def _items(items: object, path: str, found: Judged) -> None:
    """Check the items of a shop, which are never kept."""
    path = f"{path}.items"
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        found.tell(path, Code.VALUE_INVALID, "The items must be an array of objects.")
    elif len(items) > limits.MOST_ITEMS:
        sentence = f"There may be at most {limits.MOST_ITEMS} items."
        found.tell(path, Code.EXCEEDED_MAX_ENTITIES, sentence)
    elif any(
        len(item.keys() - limits.USUAL_ITEM_PARAMS) > limits.MOST_ITEM_PARAMS for item in items
    ):
        sentence = f"An item may have at most {limits.MOST_ITEM_PARAMS} params of its own."
        found.tell(path, Code.EXCEEDED_MAX_ENTITIES, sentence)


def _properties(properties: object, at: float | None, received: float, found: Judged) -> None:
    if properties is None:
        return
    path = "user_properties"
    if not isinstance(properties, dict):
        found.drop(path, Code.VALUE_INVALID, f"The {path} must be an object.", PROPERTY)
        return
    _twice(properties, f"{path}.", found)
    for number, (name, said) in enumerate(properties.items()):
        if number >= limits.MOST_PROPERTIES:
            sentence = f"There may be at most {limits.MOST_PROPERTIES} {path}."
            left = len(properties) - limits.MOST_PROPERTIES
            found.drop(path, Code.EXCEEDED_MAX_ENTITIES, sentence, PROPERTY, left)
            return
        _property(name, said, at, received, found)


def _property(name: str, said: object, at: float | None, received: float, found: Judged) -> None:
    echoed, path = f"[{names.echo(name)}]", "user_properties"
    if bad := names.problem(name, names.PROPERTIES):
        found.drop(path, bad[0], f"User property has invalid name {echoed}. {bad[1]}", PROPERTY)
        return
    value = said.get("value") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not (value is None or values.is_scalar(value)):
        sentence = f"User property {echoed} must be an object with a value."
        found.drop(path, Code.VALUE_INVALID, sentence, PROPERTY)
        return
    _unknown(said, _PROPERTY_KEYS, f"{path}.", found)
    if isinstance(value, str) and len(value) > limits.LONGEST_PROPERTY_VALUE:
        sentence = (
            f"User property {echoed} has more than {limits.LONGEST_PROPERTY_VALUE} characters."
        )
        found.tell(path, Code.VALUE_OUT_OF_BOUNDS, sentence)
    at = _moment(said, at, received, f"{path}.", found)
    found.properties.append(Good(name, {name: value}, at))


def _unknown(said: dict[str, object], known: set[str], path: str, found: Judged) -> None:
    for name in said:
        if name not in known:
            sentence = f"{UNREADABLE} {names.echo(name)}: Cannot find field."
            found.tell(f"{path}{names.echo(name)}", Code.VALUE_INVALID, sentence)


def _twice(said: dict[str, object], path: str, found: Judged) -> None:
    for name in said.twice if isinstance(said, Table) else ():
        sentence = f"The name [{names.echo(name)}] is there more than once."
        found.tell(f"{path}{names.echo(name)}", Code.NAME_DUPLICATED, sentence)
