"""Which projects may report follows from the registries; the operator can say more."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from aboveboard.model.metric import Approval, Kind, Metric, Plugin
from aboveboard.model.registry import Registry
from aboveboard.wires.backdrop_projects import Project, projects

AGREED = Approval(date(2026, 1, 1), "", "")


def metric(name: str) -> Metric:
    return Metric(name, Kind.VERSION, "", "", "", "", "", AGREED, None, "environment")


def registry(app: str, *names: str, plugins: tuple[Plugin, ...] = ()) -> Registry:
    metrics = {name: metric(name) for name in names}
    return Registry(
        app, f"Title of {app}", "", "", "", "", metrics=MappingProxyType(metrics), plugins=plugins
    )


WEBFORM = Plugin("web-form", "Webform", "webform", "", "")
CORE = registry(
    "backdrop", "backdrop.version", "backdrop.active", "bee.version", "webform.version",
    "site.users", plugins=(WEBFORM,),
)  # fmt: skip


def test_a_registry_s_own_project_is_the_one_with_its_id() -> None:
    assert projects([CORE])["backdrop"] == Project(
        "backdrop", "Title of backdrop", "backdrop", "backdrop"
    )


def test_a_plug_in_is_a_project_by_its_id_and_by_its_prefix() -> None:
    found = projects([CORE])
    assert found["webform"] == Project("webform", "Webform", "backdrop", "webform")
    assert found["web-form"] == Project("web-form", "Webform", "backdrop", "webform")


def test_a_contributed_project_may_have_a_registry_of_its_own() -> None:
    found = projects([CORE, registry("feeds-tamper", "feeds_tamper.version")])
    assert found["feeds_tamper"] == Project(
        "feeds_tamper", "Title of feeds-tamper", "feeds-tamper", "feeds_tamper"
    )


def test_a_registry_s_own_project_goes_before_a_plug_in_of_another() -> None:
    found = projects([registry("webform", "webform.version"), CORE])
    assert found["webform"].app == "webform"


def test_no_other_group_of_a_registry_is_a_project() -> None:
    assert sorted(projects([CORE])) == ["backdrop", "web-form", "webform"]
    assert projects([registry("editor", "file.opened")]) == {}


def test_the_operator_may_name_further_ones_that_a_registry_has_metrics_of() -> None:
    further = {"bee": "backdrop", "drush": "backdrop", "other": "nothing"}
    found = projects([CORE], further)
    assert found["bee"] == Project("bee", "Bee", "backdrop", "bee")
    assert not {"drush", "other"} & found.keys()
