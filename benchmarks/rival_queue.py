"""Enters: a port and a Redis, or a Redis and a PostgreSQL. Leaves: a queue filled, or drained.

``intake``: aiohttp, which looks at nothing and puts each body into a list. ``worker``: takes one
after the other out of it and inserts it. It runs with the rivals' packages, and imports nothing of
ours.
"""

from __future__ import annotations

import asyncio
import sys
import time

QUEUE = "reports"


async def _intake(port: int, redis_port: int) -> None:
    import redis.asyncio  # noqa: PLC0415 the worker needs none of it
    from aiohttp import web  # noqa: PLC0415 as above

    queue = redis.asyncio.Redis(port=redis_port)

    async def put(request: web.Request) -> web.Response:
        await queue.lpush(QUEUE, await request.read())
        return web.json_response({"code": "kept"}, status=201)

    app = web.Application()
    app.router.add_put("/reports/{app}/{id}", put)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def _worker(redis_port: int, address: str, seconds: float) -> None:
    import redis  # noqa: PLC0415 as above
    from rival_fastapi import Base, Sent, keep  # noqa: PLC0415 the same tables
    from sqlalchemy import create_engine  # noqa: PLC0415 as above
    from sqlalchemy.orm import Session  # noqa: PLC0415 as above

    engine = create_engine(address)
    Base.metadata.create_all(engine)
    queue = redis.Redis(port=redis_port)
    end, done = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        found = queue.brpop([QUEUE], timeout=1)
        if found is None:
            break
        with Session(engine) as session:
            done += keep(session, Sent.model_validate_json(found[1]))
    print(done, flush=True)  # noqa: T201 for the caller


def main() -> None:
    """Do as the first argument says."""
    how, *told = sys.argv[1:]
    if how == "intake":
        asyncio.run(_intake(int(told[0]), int(told[1])))
    else:
        _worker(int(told[0]), told[1], float(told[2]))


if __name__ == "__main__":
    main()
