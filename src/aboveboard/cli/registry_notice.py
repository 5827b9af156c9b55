"""Enters: a registry file with its signatures, which notice is wanted. Leaves: its text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.signed_registries import read_in_force
from aboveboard.registry.notices.consent_text import consent_text
from aboveboard.registry.notices.dpia import dpia
from aboveboard.registry.notices.privacy_notice import privacy_notice
from aboveboard.registry.notices.processing_record import processing_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.registry import Registry

NOTICES: Mapping[str, Callable[[Registry, str], str]] = {
    "privacy": privacy_notice,
    "consent": consent_text,
    "record": processing_record,
    "dpia": dpia,
}


@click.command(short_help="Write the notices that a product needs, out of its registry.")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.argument("which", type=click.Choice(list(NOTICES)))
@click.option("--language", default="", help="Such as de; the file's own if left out.")
def notice(path: Path, which: str, language: str) -> None:
    """Write a notice out of a registry file, as Markdown.

    It is a privacy notice, the text of the question for consent, a record of processing (GDPR,
    Article 30) or the skeleton of an impact assessment (Article 35).
    """
    click.echo(NOTICES[which](read_in_force(path), language), nl=False)
