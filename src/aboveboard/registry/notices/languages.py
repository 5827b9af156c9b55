"""Enters: a language's name. Leaves: its sentences, or a refusal that lists those there are."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.errors import Problem, RegistryError
from aboveboard.registry.notices.english import ENGLISH
from aboveboard.registry.notices.german import GERMAN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.registry.notices.words import Words

LANGUAGES: Mapping[str, Words] = MappingProxyType({"de": GERMAN, "en": ENGLISH})
"""Every language that a notice can be written in."""


def words_of(language: str) -> Words:
    """Give the sentences of a language; those of ``de`` serve ``de-AT`` too.

    Raises:
        RegistryError: there are none, with the code ``no_such_notice``.

    Example:
        >>> words_of("de-AT").common.nothing
        'nichts'
    """
    known = LANGUAGES.get(base_of(language))
    if known is None:
        text = f"there are no sentences in {language!r}."
        remedy = f"Use one of: {', '.join(LANGUAGES)}; docs/notices.md says how to add one."
        source = f"notice in {language}"
        raise RegistryError(source, [Problem("no_such_notice", "language", text, remedy)])
    return known


def base_of(language: str) -> str:
    """Give a language without its region.

    Example:
        >>> base_of("pt-BR")
        'pt'
    """
    return language.partition("-")[0]
