"""JSON of any value, as a body is written."""

from __future__ import annotations

from ropo_jobs_client._codec.encode import append_value


def encode_json(value: object) -> bytes:
    parts: list[str] = []
    append_value(value, "body", parts)
    return "".join(parts).encode()
