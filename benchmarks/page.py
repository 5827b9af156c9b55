"""Enters: a page and sections that were measured anew. Leaves: the page with them.

A section is everything below one heading of the second rank. Those that were not measured stay, so
that one group can be run alone.
"""

from __future__ import annotations

from collections.abc import Iterable

MARK = "\n## "


def renewed(page: str, head: str, sections: Iterable[str], order: Iterable[str]) -> str:
    """Write the page again.

    Args:
        page: as it was; it may be empty.
        head: what stands above the first section.
        sections: what was measured, each with its heading.
        order: the headings that there may be; other ones are left out.
    """
    _, *old = page.split(MARK)
    texts = [*old, *(section.removeprefix(MARK.lstrip()) for section in sections)]
    bodies = {text.partition("\n")[0]: text.rstrip() + "\n" for text in texts}
    return MARK.join([head, *(bodies[title] for title in order if title in bodies)])
