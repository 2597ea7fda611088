"""What can go wrong with the sandbox itself, as against what it answers."""

from __future__ import annotations


class SandboxError(Exception):
    """The sandbox can't start: its text is one line, made to be shown to a person."""
