"""Enters: a registry, and its numbers if there are any. Leaves: its reference pages as bytes.

The collector serves them and ``web/reference_site.py`` puts them into a folder. They differ in
where their links lead, and in nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.analysis.example import entry_json
from aboveboard.analysis.headline import headline
from aboveboard.analysis.kept import kept, published_rows
from aboveboard.registry.reference.metric import metric_page
from aboveboard.registry.reference.product import product_page
from aboveboard.registry.reference.table import as_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.analysis.kept import Columns
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.total import PublishedMetric
    from aboveboard.web.writing import Writer


@dataclass(frozen=True, slots=True)
class Links:
    """Where the links of a product's reference pages lead.

    Attributes:
        home: the list of all products.
        product: the product's page.
        data: the registry as JSON.
        before: what stands before a metric's name in the address of its page.
        after: what stands after it.
        numbers: the page with all numbers; ``""`` where there is none.
        changes: the page of what changed; ``""`` where there is none.
    """

    home: str
    product: str
    data: str
    before: str
    after: str
    numbers: str = ""
    changes: str = ""

    def metric(self, name: str) -> str:
        """Give the address of a metric's page.

        Example:
            >>> Links("", "", "", "editor/", ".html").metric("file.opened")
            'editor/file.opened.html'
        """
        return f"{self.before}{name}{self.after}"


class ReferenceWriter:
    """Writes reference pages.

    Args:
        writer: knows the templates.
        links: gives the links of an app's pages.
    """

    def __init__(self, writer: Writer, links: Callable[[str], Links]) -> None:
        self._writer = writer
        self._links = links

    def product(self, registry: Registry) -> bytes:
        """Write the page of a product."""
        return self._page("reference_product", registry, page=product_page(registry))

    def metric(
        self,
        registry: Registry,
        metric: Metric,
        columns: Columns,
        published: PublishedMetric | None = None,
    ) -> bytes:
        """Write the page of a metric.

        Args:
            registry: the product's.
            metric: what it is about.
            columns: the columns of the tables.
            published: its numbers, or None where nobody has any.
        """
        return self._page(
            "reference_metric",
            registry,
            page=metric_page(registry, metric),
            metric=metric,
            entry=entry_json(metric),
            tables=kept(registry.app, metric, columns),
            headline=None if published is None else headline(published),
            rows=() if published is None else published_rows(published),
        )

    def _page(self, name: str, registry: Registry, **values: object) -> bytes:
        links = self._links(registry.app)
        page = self._writer.page(name, registry=registry, links=links, home=links.home, **values)
        return page.encode()


def write_data(registry: Registry) -> bytes:
    """Write a registry as JSON, with the fingerprint that reports name it by."""
    content = {"fingerprint": registry.fingerprint, "registry": as_table(registry)}
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
