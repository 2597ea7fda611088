"""A real PostgreSQL on a Unix socket in a temporary folder, run as an unprivileged user; a standby of it; a pooler.

with PostgresServer() as server:
    server.conninfo()            # how to connect, as its owner
    server.restart()             # at once, as after a crash
    with server.standby() as standby: ...
    with server.pgbouncer("transaction") as conninfo: ...
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Self

import pytest

PATIENCE = 60.0
_SETTINGS = """
listen_addresses = ''
max_connections = 60
shared_buffers = 32MB
# What is killed here are processes, never the machine.
fsync = off
wal_level = replica
max_wal_senders = 4
wal_keep_size = 64MB
log_min_messages = fatal
"""


def needs(module: str) -> None:
    """Skip a test that needs a package of `make test-postgres`; there, fail."""
    if os.environ.get("ROPO_POSTGRES") != "required":
        pytest.importorskip(module)


def _folder() -> str | None:
    """The folder with the newest server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return str(found[-1].parent)
    here = shutil.which("postgres")
    return str(Path(here).resolve().parent) if here else None


def require() -> None:
    """Skip a test where no server is installed, and fail with ROPO_POSTGRES=required."""
    lacking = missing()
    if lacking is None:
        return
    text = f"NOT TESTED against PostgreSQL: {lacking} is missing"
    if os.environ.get("ROPO_POSTGRES") == "required":
        pytest.fail(text)
    pytest.skip(text)


def missing() -> str | None:
    """What has to be installed for a server to run here, or None."""
    if _folder() is None:
        return "PostgreSQL's server (Debian: postgresql)"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "setpriv (Debian: util-linux)"
    if _pgbouncer() is None:
        return "pgbouncer (Debian: pgbouncer)"
    return None


def _pgbouncer() -> str | None:
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def _unprivileged() -> list[str]:
    """What runs a program as a user that is not root, which PostgreSQL and pgbouncer refuse."""
    if os.geteuid() != 0:
        return []
    user = _user()
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LookupError("there is neither a user postgres nor a user nobody")


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(
        [*_unprivileged(), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
        cwd="/",
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout.decode(errors='replace')}")


class PostgresServer:
    """A server with a database `test`, for `with`. Everything is gone at the end."""

    def __init__(self) -> None:
        # Short, as the path of a socket has to be, and where the unprivileged user may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="ropo-pg-", dir="/tmp"))
        self._own(self.folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._data = self.folder / "data"

    def __enter__(self) -> Self:
        bin_folder = _folder()
        assert bin_folder is not None
        self._bin = Path(bin_folder)
        try:
            self._make()
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop("immediate")
        self._remove()

    def _make(self) -> None:
        options = ["--auth=trust", "--username=ropo", "--no-sync", "--locale=C", "--encoding=UTF8"]
        _run([str(self._bin / "initdb"), "-D", str(self._data), *options])
        with (self._data / "postgresql.conf").open("a") as to:
            to.write(_SETTINGS)

    def _remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _own(folder: Path) -> None:
        if os.geteuid() == 0:
            os.chown(folder, _user().pw_uid, _user().pw_gid)
        folder.chmod(0o700)

    def conninfo(self, database: str = "postgres", user: str = "ropo") -> str:
        """How to connect to it."""
        return f"host={self.folder} dbname={database} user={user}"

    def start(self) -> None:
        """Start it, and return when it can be used."""
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [*_unprivileged(), str(self._bin / "postgres"), "-D", str(self._data), "-k", str(self.folder)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        until = time.monotonic() + PATIENCE
        ready = [str(self._bin / "pg_isready"), "-q", "-h", str(self.folder)]
        while subprocess.run(ready, check=False, timeout=PATIENCE).returncode:
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError(f"PostgreSQL does not start: {(self.folder / 'log').read_text(errors='replace')}")
            time.sleep(0.05)

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `smart`, `fast`, or `immediate`, as after a crash."""
        if self._process is None:
            return
        number = {"smart": 15, "fast": 2, "immediate": 3}[mode]
        process, self._process = self._process, None
        # `setpriv` has become the server itself.
        process.send_signal(number)
        process.wait(PATIENCE)

    def restart(self, mode: str = "immediate") -> None:
        """Stop and start it."""
        self.stop(mode)
        self.start()

    @contextlib.contextmanager
    def standby(self) -> Generator[Standby]:
        """A standby that streams from this server."""
        with Standby(self, self._bin) as standby:
            yield standby

    @contextlib.contextmanager
    def pgbouncer(self, mode: str, *, pool_size: int = 20) -> Generator[str]:
        """A pooler before it, which pools by `session` or `transaction`: how to connect to it."""
        folder = Path(tempfile.mkdtemp(prefix="ropo-pb-", dir="/tmp"))
        self._own(folder)
        program = _pgbouncer()
        assert program is not None
        (folder / "users").write_text('"ropo" ""\n')
        (folder / "ini").write_text(
            f"[databases]\n* = host={self.folder} user=ropo\n[pgbouncer]\nlisten_addr =\nlisten_port = 5432\n"
            f"unix_socket_dir = {folder}\nauth_type = any\npool_mode = {mode}\ndefault_pool_size = {pool_size}\n"
            f"auth_file = {folder / 'users'}\nlogfile = {folder / 'log'}\nserver_login_retry = 1\n"
            "ignore_startup_parameters = extra_float_digits\n"
        )
        for file in ("users", "ini"):
            (folder / file).chmod(0o644)
        process = subprocess.Popen(
            [*_unprivileged(), program, "-q", str(folder / "ini")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        try:
            until = time.monotonic() + PATIENCE
            while not _accepts(folder / ".s.PGSQL.5432"):
                if time.monotonic() > until or process.poll() is not None:
                    raise RuntimeError("pgbouncer does not start")
                time.sleep(0.02)
            yield f"host={folder} dbname=postgres user=ropo"
        finally:
            process.kill()
            process.wait(PATIENCE)
            shutil.rmtree(folder, ignore_errors=True)


def _accepts(path: Path) -> bool:
    # The file is there a moment before anybody listens.
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


class Standby(PostgresServer):
    """A standby. It can lag behind, and be made the primary."""

    def __init__(self, primary: PostgresServer, bin_folder: Path) -> None:
        super().__init__()
        self._primary = primary
        self._bin = bin_folder

    def _make(self) -> None:
        source = [
            "-h",
            str(self._primary.folder),
            "-U",
            "ropo",
            "--checkpoint=fast",
            "--no-sync",
            "--wal-method=stream",
        ]
        _run([str(self._bin / "pg_basebackup"), "-D", str(self._data), "-R", *source])

    def lag_behind(self) -> None:
        """Hear nothing of the primary from now on."""
        words = ["-h", str(self.folder), "-U", "ropo", "-d", "postgres", "-c", "ALTER SYSTEM SET primary_conninfo = ''"]
        _run([str(self._bin / "psql"), "-q", *words, "-c", "SELECT pg_reload_conf()"])
        # The receiver ends at once, and looks in the server's log only.
        time.sleep(1.0)

    def promote(self) -> None:
        """Make it a primary, which can be written to when this returns."""
        _run([str(self._bin / "pg_ctl"), "promote", "-D", str(self._data), "-w"])
