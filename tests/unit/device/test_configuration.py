from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.configuration import look_up, settings_of
from aboveboard.model.metric import Kind, Metric, Reducer, Status
from aboveboard.model.registry import Registry
from aboveboard.model.setting import MISSING
from aboveboard.model.verdict import Reason


def metric(name: str, reducer: Reducer | None, source: str, kind: Kind = Kind.FLAG) -> Metric:
    return Metric(
        name, kind, "", "", "", "", "", None, None, "usage", reducer=reducer, source=source
    )


SERVER = metric("mail.server_set", Reducer.IS_SET, "mail.server")
PORT = metric("mail.port_default", Reducer.IS_DEFAULT, "mail.port")
PLUGINS = replace(
    metric("plugins.count", Reducer.COUNT_OF, "plugins.enabled", Kind.QUANTITY), buckets=(0, 1, 5)
)
OPENED = metric("file.opened", None, "", Kind.COUNTER)


def registry(*metrics: Metric) -> Registry:
    return Registry("chat", "", "", "", "", "", metrics={each.name: each for each in metrics})


def found(settings: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    return dict(settings_of(registry(SERVER, PORT, PLUGINS, OPENED), settings, defaults))


def test_each_metric_with_a_source_is_reduced() -> None:
    settings = {"mail": {"server": "mail.example", "port": 2525}, "plugins": {"enabled": ["a"]}}
    assert found(settings, {"mail": {"port": 25}}) == {
        "mail.server_set": True,
        "mail.port_default": False,
        "plugins.count": 1,
    }


def test_a_flat_table_is_read_by_whole_keys() -> None:
    settings = {"mail.server": "", "mail.port": 25, "plugins.enabled": ()}
    assert found(settings, {"mail.port": 25}) == {
        "mail.server_set": False,
        "mail.port_default": True,
        "plugins.count": 0,
    }


def test_a_file_that_sets_nothing_is_what_the_product_ships_with() -> None:
    defaults = {"mail": {"server": None, "port": 25}, "plugins": {"enabled": ["a"]}}
    assert found({}, defaults) == {
        "mail.server_set": False,
        "mail.port_default": True,
        "plugins.count": 1,
    }


def test_what_nobody_knows_is_a_reason() -> None:
    assert dict(settings_of(registry(SERVER, PORT, PLUGINS), {})) == {
        "mail.server_set": False,
        "mail.port_default": Reason.NO_DEFAULT,
        "plugins.count": Reason.NO_SETTING,
    }


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.RETIRED])
def test_what_is_not_measured_is_not_looked_at(status: Status) -> None:
    assert list(settings_of(registry(replace(SERVER, status=status)), {})) == []


def test_a_table_that_fails_costs_no_more_than_its_own_metrics() -> None:
    class Failing(Mapping[str, object]):
        def __getitem__(self, key: str) -> object:
            raise OSError(key)

        def __contains__(self, key: object) -> bool:
            raise OSError(key)

        def __iter__(self) -> Iterator[str]:
            raise OSError

        def __len__(self) -> int:
            raise OSError

    settings = {"mail": Failing(), "plugins.enabled": []}
    assert found(settings, {}) == {
        "mail.server_set": Reason.WRONG_KIND,
        "mail.port_default": Reason.WRONG_KIND,
        "plugins.count": 0,
    }
    assert found({}, Failing()) == dict.fromkeys(found({}, {}), Reason.WRONG_KIND)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param({"mail": {"server": "a"}}, id="nested"),
        pytest.param({"mail.server": "a"}, id="flat"),
        pytest.param({"mail.server": "a", "mail": {"server": "b"}}, id="the-whole-key-goes-first"),
        pytest.param(MappingProxyType({"mail": MappingProxyType({"server": "a"})}), id="proxies"),
        pytest.param(ChainMap({}, {"mail": {"server": "a"}}), id="chain"),
    ],
)
def test_a_setting_is_found(table: Mapping[str, object]) -> None:
    assert look_up(table, "mail.server") == "a"


def test_settings_of_the_standard_library_are_found() -> None:
    parser = ConfigParser()
    parser.read_string("[mail]\nserver = a")
    assert look_up(parser, "mail.server") == "a"


@pytest.mark.parametrize(
    "table",
    [
        pytest.param({}, id="empty"),
        pytest.param({"mail": "server"}, id="no-table"),
        pytest.param({"mail": {"port": 25}}, id="another-setting"),
        pytest.param(None, id="nothing"),
        pytest.param(["mail"], id="a-list"),
    ],
)
def test_what_is_not_there_is_missing(table: object) -> None:
    assert look_up(table, "mail.server") is MISSING


def test_keys_may_hold_dots() -> None:
    table = {"plugin": {"org": {"other": 1}, "org.example": {"on": True}}}
    assert look_up(table, "plugin.org.example.on") is True


def test_looking_changes_nothing() -> None:
    table: defaultdict[str, object] = defaultdict(dict)
    assert look_up(table, "mail.server") is MISSING
    assert table == {}


TABLES = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda inside: st.dictionaries(st.sampled_from(["mail", "port", "mail.port"]), inside),
)


@given(TABLES, TABLES)
def test_whatever_is_handed_over_nothing_is_raised(settings: object, defaults: object) -> None:
    tables: list[object] = [settings, defaults]
    names = [name for name, _ in settings_of(registry(SERVER, PORT, PLUGINS), *tables)]  # type: ignore[arg-type]
    assert names == [SERVER.name, PORT.name, PLUGINS.name]
