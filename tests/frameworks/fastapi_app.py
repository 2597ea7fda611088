"""A FastAPI application whose endpoints are synchronous: each runs in a worker thread and calls through the loop."""

from __future__ import annotations

import os
from pathlib import Path

import anyio.from_thread
import service
from fastapi import FastAPI

app = FastAPI()


@app.get("/save/{number}")
def save(number: int) -> int:
    """Save a PDF, and return its size."""

    async def work() -> int:
        saved = await service.ropo.pdf(jobid=number).save(Path(os.environ["ECHO_FOLDER"]) / f"{number}.pdf")
        return saved.size

    return anyio.from_thread.run(work)
