"""Enters: specifications, or a snippet, as JSON on standard input. Leaves: SVGs, or a script.

Run as ``python -m aboveboard.adapters.vlconvert_worker`` by ``adapters/vlconvert.py`` alone.
"""

from __future__ import annotations

import json
import sys

import vl_convert

VEGA_LITE = "6.4"
NOWHERE = ["https://invalid.invalid/"]
"""A chart brings its data along; it may load nothing."""


def answer(request: dict[str, list[str] | str]) -> list[str] | str:
    """Draw specifications or bundle a snippet with vega-embed."""
    if "snippet" in request:
        return vl_convert.javascript_bundle(str(request["snippet"]), vl_version=VEGA_LITE)
    return [
        vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=NOWHERE)
        for spec in request["specs"]
    ]


if __name__ == "__main__":  # pragma: no branch (it is run, never imported)
    sys.stdout.write(json.dumps(answer(json.load(sys.stdin))))
