from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.errors import RegistryError
from aboveboard.registry.imports.backdrop import import_backdrop
from aboveboard.registry.imports.imported import About, Imported

TODAY = date(2026, 11, 21)
CORE = {
    "php_version": {
        "label": "PHP version",
        "description": "As PHP says it.",
        "project": "backdrop",
    },
    "server_os": {"label": "Server's operating system", "project": "backdrop"},
    "web_server": {"label": "Web server", "project": "backdrop"},
    "install_profile": {"label": "Profile of the installation", "project": "backdrop"},
    "multisite": {"label": "Several sites in one", "project": "backdrop"},
    "ckeditor_module_version": {"label": "Editor modules", "project": "backdrop"},
    "has_cron": {"label": "Regular jobs", "description": "Whether they ran today."},
}
FORMS = {
    "webform_number": {"label": "Number of forms", "project": "webform"},
    "webform_mail": {"label": "Mails", "description": "Yes or no.", "project": "webform"},
}


def _of(*contents: object) -> Imported:
    files = [(f"{place}.json", json.dumps(each)) for place, each in enumerate(contents)]
    return import_backdrop(files, About("backdrop", "Backdrop CMS"), TODAY)


def _plugin(imported: Imported, name: str) -> dict[str, Any]:
    return dict(imported.plugins[name])


def test_an_export_has_no_problem_but_those_that_are_open(
    untold: Callable[[Imported], list[str]], keys: Callable[[Imported], set[str]]
) -> None:
    done = _of(CORE, FORMS)
    assert untold(done) == []
    assert keys(done) == {
        "product.homepage", "product.contact", "product.policy", "plugin.webform.homepage",
        "plugin.webform.contact", "question", "decision", "owner", "review", "expires", "example",
        "choices",
    }  # fmt: skip


def test_what_backdrop_says_keeps_its_meaning() -> None:
    done = _of(CORE)
    kinds = {name: table["kind"] for name, table in done.metrics.items()}
    assert kinds == {
        "backdrop.version": "version",
        "backdrop.php_version": "version",
        "backdrop.server_os": "choice",
        "backdrop.web_server": "choice",
        "backdrop.install_profile": "choice",
        "backdrop.multisite": "flag",
        "backdrop.ckeditor_module_version": "choice",
        "backdrop.has_cron": "flag",
    }
    assert done.metrics["backdrop.web_server"]["choices"] == ["Apache", "nginx", "LiteSpeed"]
    assert done.metrics["backdrop.php_version"]["title"] == "PHP version"
    assert done.notes["backdrop.php_version"] == (
        "Backdrop's php_version of backdrop.",
        "As PHP says it.",
    )


def test_another_project_has_a_file_of_its_own_under_its_prefix() -> None:
    done = _of(FORMS)
    assert done.table["include"] == ["plugins/webform.toml"]
    plugin = _plugin(done, "webform")
    assert plugin["plugin"]["prefix"] == "webform"
    assert list(plugin["metric"]) == ["webform.version", "webform.number", "webform.mail"]
    assert plugin["metric"]["webform.mail"]["kind"] == "flag"


def test_keys_may_be_nested_by_project() -> None:
    nested = {"webform": {key: {"label": said["label"]} for key, said in FORMS.items()}}
    assert list(_plugin(_of(nested), "webform")["metric"]) == [
        "webform.version",
        "webform.number",
        "webform.mail",
    ]


def test_a_project_whose_name_is_no_prefix_is_told() -> None:
    done = _of({"a_b": {"label": "A", "project": "%%"}})
    assert done.skipped == (("a_b", "'%%' cannot be a prefix"),)


def test_a_name_with_an_underscore_is_a_prefix_and_its_id_has_a_hyphen() -> None:
    done = _of({"my_mod_users": {"label": "Users of it", "project": "my_mod"}})
    assert _plugin(done, "my-mod")["plugin"]["title"] == "My mod"
    assert list(_plugin(done, "my-mod")["metric"]) == ["my_mod.version", "my_mod.users"]


@pytest.mark.parametrize(("text", "code"), [("[]", "wrong_shape"), ("{", "not_json")])
def test_what_is_no_export_is_refused(text: str, code: str) -> None:
    with pytest.raises(RegistryError) as refused:
        import_backdrop([("x.json", text)], About("x", "X"), TODAY)
    assert [problem.code for problem in refused.value.problems] == [code]


TEXTS = st.text(max_size=10) | st.sampled_from(["backdrop", "webform", "my_mod", "my-mod"])
SAID = st.dictionaries(st.sampled_from(["label", "description", "project"]), TEXTS | st.integers())


@given(st.dictionaries(TEXTS, SAID | st.dictionaries(TEXTS, SAID, max_size=3) | TEXTS, max_size=5))
def test_no_content_makes_it_fail_but_with_its_own_error(content: dict[str, object]) -> None:
    try:
        done = import_backdrop([("x.json", json.dumps(content))], About("x", "X"), TODAY)
    except RegistryError:
        return
    assert all(table["status"] == "proposed" for table in done.metrics.values())
