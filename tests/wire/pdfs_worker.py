"""Saves the PDFs of bills 0, 1, 2 and so on, and says what became of them and what it took in memory.

`python pdfs_worker.py BACKEND BASE_URL CID APICODE DIRECTORY COUNT CANCEL_AFTER`

It cancels itself after so many, where CANCEL_AFTER is not 0.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import anyio

from ropo_jobs_client import ApiCode, PdfProgress, RopoJobsClient


def resident() -> int:
    """KiB of memory that the process holds, where the system tells."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return next(
        int(line.split()[1]) for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS")
    )


async def save(base_url: str, cid: str, apicode: str, directory: str, count: int, cancel_after: int) -> None:
    before = done = 0
    report = None

    def tell(progress: PdfProgress) -> None:
        nonlocal before, done
        done = progress.saved + progress.skipped + progress.failed
        assert progress.total == count
        # By then, all that is made once is made.
        if progress.saved == 20:
            before = resident()
        if done == cancel_after:
            scope.cancel()

    with anyio.CancelScope() as scope:
        async with RopoJobsClient(ApiCode(cid, apicode), base_url=base_url) as ropo:
            report = await ropo.save_pdfs(map(str, range(count)), directory, on_progress=tell)
    found = {"done": done, "growth": resident() - before}
    if report is not None:
        found |= {"saved": report.saved, "skipped": report.skipped, "failed": len(report.failed)}
    print(json.dumps(found))


if __name__ == "__main__":
    backend, base_url, cid, apicode, directory, count, cancel_after = sys.argv[1:]
    anyio.run(save, base_url, cid, apicode, directory, int(count), int(cancel_after), backend=backend)
