"""Enters: values. Leaves: HTML, by the templates of this folder; everything in it is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from aboveboard.analysis.words import day_label, reports
from aboveboard.web.files import SCRIPT_URL

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATES = Path(__file__).parent / "templates"


class Writer:
    """Writes pages.

    Args:
        asset: gives the address of one of our own files.
    """

    def __init__(self, asset: Callable[[str], str]) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"day": day_label, "reports": reports, "drawn": Markup}
        self._templates.globals |= {"asset": asset, "home": "/", "script_url": SCRIPT_URL}

    def page(self, name: str, **values: object) -> str:
        """Write one page; a value may stand in the place of ``home`` or ``asset``."""
        return self._templates.get_template(f"{name}.html").render(values)
