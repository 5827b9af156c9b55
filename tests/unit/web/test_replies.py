from __future__ import annotations

import json

import pytest

from aboveboard.collector.batch import Answers
from aboveboard.model.verdict import Kept, Reason, Refused
from aboveboard.web import replies

ODD = Refused(Reason.CANNOT_KEEP, "100 % full, 5%d left, {braces} and 100%%")


@pytest.mark.parametrize("ids", [[1, 2, 3], [1, None, 2**128 - 1], [None]])
@pytest.mark.parametrize("answer", [Kept(repeated=False), Kept(repeated=True, aside=2), ODD])
def test_each_report_of_a_batch_has_a_line_with_its_own_id(
    ids: list[int | None], answer: Kept | Refused
) -> None:
    start, body = replies.of_batch(Answers(ids, [answer] * len(ids)))
    said = {"status": replies.status_of(answer), **replies.content_of(answer)}
    assert [json.loads(line) for line in body["body"].splitlines()] == [
        {"id": None if number is None else f"{number:032x}", **said} for number in ids
    ]
    assert (b"content-length", b"%d" % len(body["body"])) in start["headers"]
