"""`ropo-jobs` and `python -m ropo_jobs_cli`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command that was typed, and give the exit code."""
    try:
        from .app import run

        return run()
    except KeyboardInterrupt:
        # Before there was a command to say more.
        return 130
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        print("ropo-jobs: it needs its extra: pip install 'ropo-jobs-client[cli]'", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
