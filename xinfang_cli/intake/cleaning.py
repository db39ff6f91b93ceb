"""What people write about people: names, ID numbers, phones, counts. Doubtful is a warning, never a refusal (art. 22)."""

from __future__ import annotations

import datetime
import math
import re

from xinfang_cli.errors import BadValue
from xinfang_cli.intake.days import BLANK_CELLS

Doubt = tuple[str, str]
"""A kind (one of `DOUBTS`) and the sentence for the clerk."""
DOUBTS = {
    "no_name": "没有信访人姓名",
    "no_address": "没有信访人住址",
    "id_checksum": "证件号码可疑",
    "phone_length": "联系电话位数不对",
}

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DASHES = dict.fromkeys(map(ord, "-–—−‐‑－"))
_UNPRINTABLE = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
_OUTER = " \t\n\u3000\xa0\u200b\ufeff"
_BETWEEN_HANZI = r"(?<=[\u3400-\u9fff·\U00020000-\U000323af])[\s\u200b]+(?=[\u3400-\u9fff·\U00020000-\U000323af])"
_PHONE_BREAK = r"[/、,;|\n]+"
_PREFIX_86 = r"(?:\+86|0086|86(?=1[3-9][0-9]{9}$))"
_COUNT = r"(?:共计?)?([0-9]{1,6})(?:\.0+)?(?:人次|个人|人|名|位)?"
_YES = frozenset({"是", "√", "✓", "✔", "y", "yes", "true", "1", "对"})
_NO = frozenset({"否", "×", "✗", "✘", "x", "n", "no", "false", "0", "不是"})


def half_width(text: str) -> str:
    """Full-width letters, digits, punctuation and blanks as half-width ones."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def clean_text(cell: object) -> str:
    """The text as written, without outer blanks and control characters; line ends are LF."""
    text = cell if isinstance(cell, str) else cell_text(cell)
    if not text.isprintable():
        text = re.sub(_UNPRINTABLE, "", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip(_OUTER)


def clean_name(cell: object) -> str:
    """A name: clean text, blanks between Chinese characters taken out (`测 试 甲`), others made one."""
    text = clean_text(cell)
    if text.isalpha():
        return text
    return " ".join(re.sub(_BETWEEN_HANZI, "", text).split())


def cell_text(cell: object) -> str:
    """What a typed cell shows: whole numbers without `.0`, days as ISO, nothing as ''."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and math.isfinite(cell) and cell == int(cell):
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ", "seconds")
    return str(cell)


def number(cell: object) -> str:
    """A case's number as it is compared: half-width, without blanks."""
    if cell.__class__ is str and cell.isascii() and cell.isprintable() and cell.find(" ") < 0 and cell[:1] != "'":
        return cell
    return "".join(half_width(clean_text(cell)).lstrip("'").split())


def normalise_id(text: object) -> str:
    """An ID number without blanks, dashes and full-width letters; X is upper case."""
    plain = half_width(clean_text(text)).translate(_DASHES).lstrip("'").upper()
    return "".join(plain.split())


def normalise_phone(text: object) -> str:
    """A phone without blanks, dashes, brackets and +86; several in one cell are joined with 、."""
    if text.__class__ is str and len(text) == 11 and text.isascii() and text.isdigit():
        return text
    numbers = []
    for part in re.split(_PHONE_BREAK, half_width(clean_text(text)).lstrip("'")):
        digits = "".join(part.translate(_DASHES).replace("(", "").replace(")", "").split())
        if digits:
            numbers.append(re.sub(_PREFIX_86, "", digits, count=1))
    return "、".join(numbers)


def doubts(name: str, id_no: str, phone: str, address: str) -> list[Doubt]:
    """What is doubtful about a petitioner; numbers as the functions above return them, '' where nothing was given."""
    found: list[Doubt] = []
    if not name:
        found.append(("no_name", "没有信访人姓名，请补登；匿名的写「匿名」"))
    if not address:
        found.append(("no_address", "没有信访人住址，请补登"))
    if id_no and (why := _id_doubt(id_no)):
        found.append(("id_checksum", f"证件号码{why}，请核对"))
    if wrong := [number for number in phone.split("、") if number and not _is_phone(number)]:
        digits = sum(char.isdigit() for char in wrong[0])
        found.append(("phone_length", f"联系电话位数不对（现为 {digits} 位），请核对"))
    return found


def _id_doubt(id_no: str) -> str:
    if not any(char.isdigit() for char in id_no):
        return "里一个数字也没有"  # the answer to another question
    if not id_no.isascii() or not id_no[0].isdigit():
        return ""  # a passport or a permit of Hong Kong, Macao or Taiwan: no rule to hold it against
    if len(id_no) == 15 and id_no.isdigit():
        return "" if _is_day("19" + id_no[6:12]) else "里的出生日期不存在"
    if len(id_no) != 18 or not id_no[:17].isdigit():
        return f"不是 18 位或 15 位（现为 {len(id_no)} 位）"
    # stdnum's validate() also looks the birthplace up: 70 times slower, and codes abolished long ago would be doubted.
    from stdnum.cn import ric

    if ric.calc_check_digit(id_no) != id_no[17]:
        return "校验位不对"
    return "" if _is_day(id_no[6:14]) else "里的出生日期不存在"


def _is_day(digits: str) -> bool:
    try:
        datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


def _is_phone(number: str) -> bool:
    if not (number.isascii() and number.isdigit()):
        return False
    if number[0] == "1":
        return len(number) == 11
    if number[0] == "0":  # an area code of 3 or 4 digits, then 7 or 8
        return 10 <= len(number) <= 12
    return len(number) in (7, 8) or (len(number) == 10 and number[:3] in ("400", "800"))


def headcount(cell: object, field: str = "信访人数") -> int:
    """How many people: 6, 6.0, ６人, 共3人, 6人次; raises BadValue for anything else and for less than one."""
    if cell.__class__ is str and len(cell) < 7 and cell.isascii() and cell.isdigit() and (count := int(cell)):
        return count
    found = None
    if not isinstance(cell, bool):
        plain = "".join(half_width(clean_text(cell)).split())
        found = re.fullmatch(_COUNT, plain)
    if not found or int(found[1]) < 1:
        raise BadValue(field, cell_text(cell), "不是人数", "写 1 以上的整数，如 6、6人、共3人")
    return int(found[1])


def yes_no(cell: object, field: str = "是否") -> bool | None:
    """是/否, √/×, Y/N; None when empty; raises BadValue for another word."""
    plain = half_width(clean_text(cell))
    if plain in BLANK_CELLS:
        return None
    word = plain.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue(field, plain, "不是是或否", "写 是、否、√、×、Y、N")
