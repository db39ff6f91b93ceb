"""The address of a book on a server: `postgresql:///database?service=…&office=罗庄`, in libpq's form, plus the office."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from xinfang_cli.book.place import Place
from xinfang_cli.errors import Unusable, XinfangError
from xinfang_cli.frozen import NamedTuple

SCHEMES = ("postgresql", "postgres")
TAKEN = ("service", "office", "host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")
LONGEST = 48
"""Bytes of an office's name: PostgreSQL's names have 63, and its roles are called after it."""


class BadAddress(XinfangError):
    """An address that cannot be meant so (exit code 2, like a wrong argument)."""

    exit_code = 2
    code = "usage"


class Address(NamedTuple):
    """libpq's options, and the office's schema."""

    told: tuple[tuple[str, str], ...]
    office: str


def check_office(office: str) -> None:
    """Refuse names that PostgreSQL rejects or reserves."""
    if not office:
        raise BadAddress("案件簿的地址没有写是哪个局", "请在末尾加 ?office=名称，如 postgresql:///xinfang?office=罗庄")
    plain = all(sign.isalnum() or sign in "_-" for sign in office)
    if not plain or office.startswith("pg_") or office == "public" or len(office.encode()) > LONGEST:
        raise BadAddress(f"局的名称「{office[:40]}」不能用", "请只用汉字、字母、数字，不超过十六个汉字")


def address_of(word: str) -> Address:
    """The parts of an office's address; a password in it is refused: whoever lists the processes would read it."""
    found = server_of(word)
    check_office(found.office)
    return found


def at_office(word: str, office: str) -> str:
    """The address of an office on the server of another address, or of one that names none."""
    check_office(office)
    parts, _ = _split(word)
    asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "office"]
    query = "&".join(f"{key}={quote(value, safe='/@:,')}" for key, value in [*asked, ("office", office)])
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{query}"


def server_of(word: str) -> Address:
    """The parts of an address that may leave the office out, where several are meant."""
    parts, port = _split(word)
    if parts.scheme not in SCHEMES:
        raise Unusable(f"没有能打开 {Place.of(word)} 的存储", "案件簿请写文件的路径，或 postgresql://…", code="engine")
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if parts.password is not None or any(key == "password" for key, _ in asked):
        raise BadAddress(
            "案件簿的地址里不能写密码，别人从进程表里看得到", "请把密码放在 ~/.pgpass 里，或在服务文件里写 passfile"
        )
    said: dict[str, str] = {}
    for key, value in asked:
        if key not in TAKEN:
            raise BadAddress(f"案件簿的地址里没有「{key}」", f"可以写的有 {'、'.join(TAKEN)}")
        said[key] = value
    office = said.pop("office", "")
    for key, given in (("host", parts.hostname), ("port", port), ("user", parts.username)):
        if given:
            said[key] = unquote(str(given))
    if parts.path.strip("/"):
        said["dbname"] = unquote(parts.path.strip("/"))
    return Address(tuple(said.items()), office)


def _split(word: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(word)
        return parts, parts.port
    except ValueError:
        raise BadAddress("案件簿的地址看不懂", "应写作 postgresql://主机:端口/数据库?office=局名，端口是数字") from None


# ---- what libpq would find by itself, looked at before it sends anything -----------------------------------------


def service_said(name: str) -> dict[str, str]:
    """The entry of a service file; Unusable with a Chinese line if no file has it (libpq's message is English)."""
    for file in _service_files():
        try:
            lines = file.read_text("utf-8").splitlines()
        except OSError:
            continue
        section, said = "", dict[str, str]()
        for line in map(str.strip, lines):
            if line.startswith("["):
                section = line.strip("[]")
            elif section == name and "=" in line and not line.startswith("#"):
                key, _, value = line.partition("=")
                said[key.strip()] = value.strip()
        if said:
            return said
    raise Unusable(
        f"没有叫「{name}」的服务，没有连接，也没有改用别的案件簿",
        "请看 ~/.pg_service.conf（Windows：%APPDATA%\\postgresql\\.pg_service.conf），或向管理服务器的人要",
        code="service",
    )


def _service_files() -> list[Path]:
    said = os.environ.get("PGSERVICEFILE")
    appdata = os.environ.get("APPDATA")
    own = (
        Path(said)
        if said
        else Path(appdata) / "postgresql" / ".pg_service.conf"
        if os.name == "nt" and appdata
        else Path.home() / ".pg_service.conf"
    )
    system = os.environ.get("PGSYSCONFDIR")
    return [own, *([Path(system) / "pg_service.conf"] if system else [])]


def with_defaults(told: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """libpq's options with our default for encryption: sslmode verify-full, except for connections within this machine."""
    said = dict(told)
    name = said.get("service") or os.environ.get("PGSERVICE")
    found = {**(service_said(name) if name else {}), **said}
    if "sslmode" not in found and "PGSSLMODE" not in os.environ:
        host = found.get("hostaddr") or found.get("host") or os.environ.get("PGHOST", "")
        hosts = host.split(",")
        if not all(map(_is_this_machine, hosts)):
            said["sslmode"] = "verify-full"
    return said


def _is_this_machine(host: str) -> bool:
    """Whether a line to this host never leaves the machine: a socket, or a loopback address; 127.0.0.1.example.com is none."""
    from ipaddress import ip_address

    if not host or host == "localhost" or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
