"""Enters: registries. Leaves: the files of a static site with their reference pages.

Its links are relative, so that it works from a folder, under any address and without a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.registry.reference.product import counts
from aboveboard.web.files import FOLDER
from aboveboard.web.reference_writer import Links, ReferenceWriter, write_data
from aboveboard.web.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aboveboard.analysis.kept import Columns
    from aboveboard.model.registry import Registry
    from aboveboard.model.total import PublishedMetric

ASSETS = ("icon.svg", "reference.css", "style.css")
LINKS = Links("../index.html", "index.html", "registry.json", "", ".html")
"""From one page of a product to the others: all of them lie in one folder."""


def size(registries: Sequence[Registry]) -> int:
    """Tell how many files a site will have."""
    pages = sum(2 + len(registry.metrics) for registry in registries)
    return len(ASSETS) + 1 + pages


def site(
    registries: Sequence[Registry],
    columns: Columns,
    numbers: Mapping[tuple[str, str], PublishedMetric],
) -> Iterator[tuple[str, bytes]]:
    """Write a site, file by file.

    Args:
        registries: the products, in the order of the list.
        columns: the columns of a collector's tables.
        numbers: what is published, by app and metric; empty where nobody has any.

    Yields:
        A path below the site's folder, with slashes, and what the file holds.
    """
    for name in ASSETS:
        yield name, (FOLDER / name).read_bytes()
    listed = [(registry, counts(registry)) for registry in registries]
    yield (
        "index.html",
        Writer(str).page("reference_index", listed=listed, home="index.html").encode(),
    )
    pages = ReferenceWriter(Writer("../{}".format), lambda _: LINKS)
    for registry in registries:
        app = registry.app
        yield f"{app}/registry.json", write_data(registry)
        yield f"{app}/index.html", pages.product(registry)
        for name, metric in registry.metrics.items():
            published = numbers.get((app, name))
            yield f"{app}/{name}.html", pages.metric(registry, metric, columns, published)
