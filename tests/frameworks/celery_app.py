"""Celery tasks, over a broker in a directory."""

from __future__ import annotations

import asyncio
import importlib
import os
from typing import Any

import service

# Any, here and in the others: what is not in the environment of the type checkers.
celery: Any = importlib.import_module("celery")
_WHERE = os.environ["ECHO_BROKER"]
app: Any = celery.Celery(
    "payments",
    broker="filesystem://",
    backend=f"file://{_WHERE}/results",
    broker_transport_options={
        "data_folder_in": f"{_WHERE}/queue",
        "data_folder_out": f"{_WHERE}/queue",
        "control_folder": f"{_WHERE}/control",
    },
)
app.conf.update(worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True)


def _pay(number: str) -> list[str]:
    """Pay, and return the process and the number that the answer tells."""
    return [str(os.getpid()), asyncio.run(service.pay(number))]


pay: Any = app.task(name="pay")(_pay)
