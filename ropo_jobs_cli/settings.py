"""Who calls and where: environment variables, or a file that nobody else can read. Never an argument."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from . import inputs
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


def default_file() -> Path | None:
    """Return the path of the file that is read where none is named, or None where there is no home directory."""
    config = os.environ.get("XDG_CONFIG_HOME")
    try:
        directory = Path(config) if config else Path.home() / ".config"
    except RuntimeError:  # no HOME, and a user that the system does not know
        return None
    return directory / "ropo-jobs" / "config.toml"


def load(named: Path | None) -> Settings:
    """Read the settings.

    Args:
        named: a file to read instead of the environment variables, or None.
    """
    from ropo_jobs_client import RopoJobsClient

    given = {} if named is not None else _from_environment()
    # Nothing is wanted of a file, so it need not be there, nor be one that can be read.
    is_whole = all(group & given.keys() for group in (_WHO, _WHERE))
    file = named or (None if is_whole else default_file())
    from_file = _read(file, is_named=named is not None) if file else {}
    wanted = {name: text for name, text in from_file.items() if not _group(name) & given.keys()}
    found = wanted | given
    try:
        base_url = RopoJobsClient.from_env(found).base_url
    except ValueError as error:
        raise Stop(BAD_INPUT, f"{error} (read: {_sources(file, bool(from_file), named is not None)})") from None
    return Settings(found, *_service(base_url))


def _from_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _WHO | _WHERE if os.environ.get(name, "").strip()}


def _group(name: str) -> frozenset[str]:
    return _WHO if name in _WHO else _WHERE


def _sources(file: Path | None, is_there: bool, is_named: bool) -> str:
    """Return what was read, for a person who looks for a setting."""
    variables = [] if is_named else ["the environment variables"]
    files = [f"{file}{'' if is_there else ', which is not there'}"] if file else []
    return " and ".join(variables + files)


def _service(url: str) -> tuple[str, bool]:
    import httpx

    from ropo_jobs_client import Environment

    # A production host is one however it was named.
    host = httpx.URL(url).host.rstrip(".").removeprefix("www.")
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
            parsed = tomllib.loads(inputs.decode(opened.read()))
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not is_named:
            return {}
        raise Stop(BAD_INPUT, f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Stop(BAD_INPUT, f"{file} is neither UTF-8 nor UTF-16") from None
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
