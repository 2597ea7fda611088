"""The answers of the benchmarks from uvicorn: `python -m benchmarks.fallback_server PORT FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from . import answers


def app(folder: Path) -> Starlette:
    """Make the application."""
    job, token = answers.encode(answers.JOB), answers.encode(answers.TOKEN)
    updates = (folder / "statusupdates.json").read_bytes()

    async def get_token(_: Request) -> Response:
        return Response(token, 201, media_type="application/json")

    async def get_job(_: Request) -> Response:
        return Response(job, media_type="application/json")

    async def add_bills(request: Request) -> Response:
        await request.body()
        return Response(answers.encode(answers.ADDED), 201, media_type="application/json")

    async def get_status_updates(_: Request) -> Response:
        return Response(updates, media_type="application/json")

    async def get_pdf(request: Request) -> Response:
        jobid = int(request.query_params.get("jobid", "1"))
        name = "many.pdf" if jobid >= answers.MANY_JOBID else "small.pdf" if jobid == answers.SMALL_JOBID else "big.pdf"
        return FileResponse(folder / name, media_type="application/pdf")

    return Starlette(
        routes=[
            Route("/rest/token", get_token, methods=["POST"]),
            Route("/rest/jobs", get_job),
            Route("/rest/jobs", add_bills, methods=["POST"]),
            Route("/rest/jobs/statusupdates", get_status_updates),
            Route("/rest/jobs/pdf", get_pdf),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(
        app(Path(sys.argv[2])), port=int(sys.argv[1]), log_level="error", access_log=False, timeout_keep_alive=300
    )
