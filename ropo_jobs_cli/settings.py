"""Who calls and where: environment variables, or a file that nobody else can read. Never an argument."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .stops import BAD_INPUT, Stop

# Each taken whole from one place, so that nobody's credentials are mixed with another's.
_WHO: Final = frozenset({"ROPO_CID", "ROPO_APICODE", "ROPO_TOKEN"})
_WHERE: Final = frozenset({"ROPO_ENVIRONMENT", "ROPO_BASE_URL", "ROPO_ALLOW_HTTP"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Who calls, and which service.

    Attributes:
        variables: what `RopoJobsClient.from_env` reads.
        name: the service in words.
        is_production: whether real bills are there.
    """

    variables: dict[str, str] = field(repr=False)
    name: str
    is_production: bool


def default_file() -> Path:
    """Return the path of the file that is read where none is named."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "ropo-jobs" / "config.toml"


def load(named: Path | None) -> Settings:
    """Read the settings.

    Args:
        named: a file to read instead of the environment variables, or None.
    """
    from ropo_jobs_client import RopoJobsClient

    file = named or default_file()
    from_file = _read(file, is_named=named is not None)
    found = dict(from_file)
    if named is None:
        for group in (_WHO, _WHERE):
            given = {name: os.environ[name] for name in group if os.environ.get(name, "").strip()}
            if given:
                found = {name: text for name, text in found.items() if name not in group} | given
    try:
        base_url = RopoJobsClient.from_env(found).base_url
    except ValueError as error:
        variables = "" if named is not None else "the environment variables and "
        raise Stop(
            BAD_INPUT, f"{error} (read: {variables}{file}{'' if from_file else ', which is not there'})"
        ) from None
    return Settings(found, *_service(base_url))


def _service(url: str) -> tuple[str, bool]:
    import httpx

    from ropo_jobs_client import Environment

    # A production host is one however it was named.
    host = httpx.URL(url).host
    environment = next((one for one in Environment if httpx.URL(one.base_url).host == host), None)
    if environment is None:
        return url, False
    is_production = not environment.name.endswith("_TEST")
    return f"{'PRODUCTION ' if is_production else ''}{environment.name} ({url})", is_production


def _read(file: Path, *, is_named: bool) -> dict[str, str]:
    try:
        with file.open("rb") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            # On Windows, access lists say who may read, and the mode says nothing.
            if os.name == "posix" and mode & 0o077:
                raise Stop(BAD_INPUT, f"{file} can be read by others (mode {mode:04o}): chmod 600 {file}")
            parsed = tomllib.loads(opened.read().decode())
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not is_named:
            return {}
        raise Stop(BAD_INPUT, f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Stop(BAD_INPUT, f"{file} is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        # Only where: what else the text says may be part of a secret.
        place = re.search(r"line \d+, column \d+", str(error))
        raise Stop(BAD_INPUT, f"{file} is not TOML: {place.group() if place else 'at its end'}") from None
    for name, value in parsed.items():
        if name not in _WHO | _WHERE:
            raise Stop(BAD_INPUT, f"{file}: there is no setting {name!r} (of {', '.join(sorted(_WHO | _WHERE))})")
        if not isinstance(value, str):
            raise Stop(BAD_INPUT, f'{file}: {name} must be a text: {name} = "…"')
    return parsed
