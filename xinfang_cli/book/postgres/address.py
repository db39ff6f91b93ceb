"""Where a book on a server is: `postgresql:///database?service=…&office=罗庄`, as libpq writes it, and the office."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

from xinfang_cli.errors import Unusable, XinfangError
from xinfang_cli.frozen import NamedTuple

SCHEMES = ("postgresql", "postgres")
TAKEN = ("service", "office", "host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")
LONGEST = 63  # bytes of a name in PostgreSQL


class BadAddress(XinfangError):
    """An address that cannot be meant so (exit code 2, like a wrong argument)."""

    exit_code = 2
    code = "usage"


class Address(NamedTuple):
    """What libpq is told, and the office's schema."""

    told: tuple[tuple[str, str], ...]
    office: str


def address_of(word: str) -> Address:
    """The parts of an address; a password in it is refused: whoever lists the processes would read it."""
    parts = urlsplit(word)
    if parts.scheme not in SCHEMES:
        raise Unusable(f"没有能打开 {word} 的存储", "案件簿请写文件的路径：--db 文件，或 postgresql://…", code="engine")
    if parts.password is not None or any(key == "password" for key, _ in parse_qsl(parts.query)):
        raise BadAddress("案件簿的地址里不能写密码，别人从进程表里看得到。请把密码放在 ~/.pgpass 或服务文件里")
    said: dict[str, str] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if key not in TAKEN:
            raise BadAddress(f"案件簿的地址里没有「{key}」。可以写的有：{'、'.join(TAKEN)}")
        said[key] = value
    office = said.pop("office", "")
    if not office:
        raise BadAddress("案件簿的地址没有写是哪个局。请在末尾加 ?office=名称")
    if '"' in office or "\0" in office or office.startswith("pg_") or len(office.encode()) > LONGEST:
        raise BadAddress(f"局的名称「{office[:40]}」不能用。请用不超过 {LONGEST} 字节、不含引号的名称")
    for key, value in (("host", parts.hostname), ("port", parts.port), ("user", parts.username)):
        if value:
            said[key] = unquote(str(value))
    if parts.path.strip("/"):
        said["dbname"] = unquote(parts.path.strip("/"))
    return Address(tuple(said.items()), office)
