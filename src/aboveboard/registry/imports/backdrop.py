"""Enters: an export of Backdrop's ``hook_telemetry_info()``. Leaves: an Imported, plug-ins apart.

The hook gives each key a label, a description and the project that it belongs to. What belongs to
another project than Backdrop itself goes into a file of its own, under that project's prefix. Each
project says its version as well, without a hook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from aboveboard.model.metric import Kind, Sensitivity
from aboveboard.registry.imports.draft import Draft
from aboveboard.registry.imports.imported import About, Imported, Seed
from aboveboard.registry.imports.shapes import inner, parse_json, table, text
from aboveboard.registry.imports.wording import metric_name, part, plain
from aboveboard.registry.names import PLUGIN_NAME, PREFIX

CORE = "backdrop"
VERSION_KEY = "version"
KNOWN: Mapping[str, tuple[Kind, Mapping[str, object]]] = {
    "server_os": (Kind.CHOICE, {"choices": ["Linux", "Darwin", "WINNT", "FreeBSD"]}),
    "web_server": (Kind.CHOICE, {"choices": ["Apache", "nginx", "LiteSpeed"]}),
    "multisite": (Kind.FLAG, {}),
    "drupal_compatibility": (Kind.FLAG, {}),
    "update_module": (Kind.FLAG, {}),
    "ckeditor_module_version": (
        Kind.CHOICE,
        {
            "choices": ["CKEditor 4", "CKEditor 5", "Both CKEditor 4 and 5", "Neither"],
            "allow": {"choice_is_free_text": "These are the words that Backdrop's module says."},
        },
    ),
}
"""What Backdrop's own keys say; ``Yes`` and ``No`` are a flag."""


def import_backdrop(files: Sequence[tuple[str, str]], about: About, today: date) -> Imported:
    """Import what sites say by ``hook_telemetry_info()``.

    Args:
        files: what each is called, and its text: JSON, key to label, description and project.
        about: what a person says of the product.
        today: the day of the import.

    Raises:
        RegistryError: a file is no such export.

    Example:
        >>> text = '{"multisite": {"label": "Multisite", "project": "backdrop"}}'
        >>> done = import_backdrop([("info.json", text)], About("x", "X"), date(2026, 1, 1))
        >>> list(done.metrics)
        ['backdrop.version', 'backdrop.multisite']
    """
    draft = Draft(about, today)
    begun: set[str] = set()
    for source, written in files:
        for key, said in _items(table(parse_json(written, source), source, "the file")):
            project = text(said, "project") or CORE
            if _begin(draft, project, begun):
                _import(draft, project, key, said)
            else:
                draft.skip(key, f"{project[:60]!r} cannot be a prefix")
    return draft.finish()


def _items(content: Mapping[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    """Give each key with what is said of it; the alter hook nests them by project."""
    for key, value in content.items():
        said = inner(value) or {}
        nested = {name: below for name, each in said.items() if (below := inner(each)) is not None}
        if nested and len(nested) == len(said):
            yield from ((name, {"project": key, **below}) for name, below in nested.items())
        else:
            yield key, said


def _begin(draft: Draft, project: str, begun: set[str]) -> bool:
    """Begin a project with its version; tell whether its name can be a prefix."""
    prefix = part(project)
    name = prefix.replace("_", "-")
    if not PREFIX.fullmatch(prefix) or not PLUGIN_NAME.fullmatch(name):
        return False
    if project not in begun:
        begun.add(project)
        if project != CORE:
            draft.plugin(name, prefix, plain(project)[:1].upper() + plain(project)[1:])
        _import(draft, project, VERSION_KEY, {"label": f"Version of {plain(project)}"})
    return True


def _import(draft: Draft, project: str, key: str, said: Mapping[str, object]) -> None:
    prefix = part(project)
    short = part(key).removeprefix(f"{prefix}_")
    kind, says, fill = _kind(key, said)
    draft.add(
        Seed(
            origin=key if key != VERSION_KEY else f"{project}: {key}",
            name=metric_name(prefix, short),
            kind=kind,
            about=plain(project),
            words=plain(short),
            heading=text(said, "label"),
            notes=(f"Backdrop's {key} of {project}.", text(said, "description")),
            least=Sensitivity.TECHNICAL,
            says=says,
            fill=fill,
            plugin="" if project == CORE else prefix.replace("_", "-"),
        )
    )


def _kind(
    key: str, said: Mapping[str, object]
) -> tuple[Kind, Mapping[str, object], Mapping[str, str]]:
    if key in KNOWN:
        kind, says = KNOWN[key]
        return kind, says, {}
    if part(key).endswith("version"):
        return Kind.VERSION, {}, {}
    told = f"{text(said, 'label')} {text(said, 'description')}".lower()
    if "yes or no" in told or "whether" in told:
        return Kind.FLAG, {}, {}
    return Kind.CHOICE, {}, {"choices": "the words that it may be; the hook does not list them"}
