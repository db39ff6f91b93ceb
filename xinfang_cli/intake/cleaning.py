"""Personal data as people write it: names, ID numbers, phones, counts. A doubt is a warning, never a refusal (art. 22)."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any
from unicodedata import normalize

from xinfang_cli.errors import BadValue
from xinfang_cli.intake.days import BLANK_CELLS

Doubt = tuple[str, str]
"""A kind (one of `DOUBTS`) and the sentence for the clerk."""
DOUBTS = {
    "masked": "信访人的姓名或号码有遮盖",
    "no_name": "没有信访人姓名",
    "no_address": "没有信访人住址",
    "id_checksum": "证件号码可疑",
    "phone_length": "联系电话位数不对",
}

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DASHES = dict.fromkeys(map(ord, "-–—−‐‑－"))
_UNPRINTABLE = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
# Signs of width nothing and of writing direction, which come along when somebody copies from a page or a chat.
_INVISIBLE = (
    r"[\xad\u034f\u061c\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
_RADICALS = r"[\u2e80-\u2fd5]"  # look like characters and are none: what a PDF gives for them
_OUTER = " \t\n\u3000\xa0\u200b\ufeff"
_BETWEEN_HANZI = r"(?<=[\u3400-\u9fff·\U00020000-\U000323af])[\s\u200b]+(?=[\u3400-\u9fff·\U00020000-\U000323af])"
_PHONE_BREAK = r"[/、,;|\n\u2028\u2029]+"
_PHONE_WORD = (
    r"[+(]?[0-9](?:[0-9*＊×●○.()\s\-–—−‐‑－]|[OoIl](?=[0-9OoIl]))*(?:转[0-9]{1,6})?"  # 138O0000000 stays one word
)
_SCIENTIFIC = r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,2}"
_EXTENSION = r"\s*(?:转|分机|[Ee]xt\.?|#)[号:\s]*(?=[0-9]{1,6}(?![0-9]))"
_WITH_EXTENSION = r"(0[0-9]{2,3})-?([0-9]{7,8})-([0-9]{1,6})"
_MOBILES = r"(?:1[3-9][0-9]{9}){2,4}"
_DOTTED = r"(?<=[0-9])\.(?=[0-9])"
_PREFIX_86 = r"(?:\+86|0086|86(?=1[3-9][0-9]{9}$))"
_COUNT = r"(?:共计?)?([0-9]{1,6})(?:\.0+)?(?:人次|个人|人|名|位)?"
_THOUSANDS = r"(?<=[0-9]),(?=[0-9]{3}(?:[^0-9]|$))"
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


def visible(cell: object) -> str:
    """Clean text of one line: invisible characters removed, look-alikes replaced."""
    text = clean_text(cell)
    if text.isascii() or text.isalnum():
        return text
    text = re.sub(_INVISIBLE, "", text)
    return re.sub(_RADICALS, lambda found: normalize("NFKC", found[0]), text).strip(_OUTER)


def clean_name(cell: object) -> str:
    """A name: clean text, blanks between Chinese characters taken out (`测 试 甲`), others made one."""
    text = clean_text(cell)
    if text.isalpha():
        return text
    text = visible(text)
    return " ".join(re.sub(_BETWEEN_HANZI, "", text).split())


def cell_text(cell: object) -> str:
    """A typed cell as shown: whole numbers without `.0`, days as ISO, empty as ''."""
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
    text = str(cell)
    return f"{cell:.15g}" if isinstance(cell, float) and len(text) > _SHOWN else text


_SHOWN = 17
"""Signs of a decimal number of which a spreadsheet shows all: it keeps 15 digits."""


def number(cell: object) -> str:
    """A case's number as it is compared: half-width, without blanks."""
    if cell.__class__ is str and cell.isascii() and cell.isprintable() and cell.find(" ") < 0 and cell[:1] != "'":
        return cell[:-2] if cell[-2:] == ".0" and cell[:-2].isdigit() else cell
    plain = "".join(half_width(visible(cell)).lstrip("'").split())
    return plain[:-2] if plain[-2:] == ".0" and plain[:-2].isdecimal() else plain


def normalise_id(text: object) -> str:
    """An ID number without blanks, dashes and full-width letters; X is upper case."""
    plain = half_width(visible(text)).translate(_DASHES).lstrip("'").upper()
    return "".join(plain.split())


def normalise_phone(text: object) -> str:
    """A phone without blanks, dashes, brackets, +86 and words beside it (妻子, 手机：); several of one cell joined with 、."""
    if text.__class__ is str and len(text) == 11 and text.isascii() and text.isdigit():
        return text
    numbers: list[str] = []
    for part in re.split(_PHONE_BREAK, half_width(clean_text(text)).lstrip("'")):
        plain = re.sub(_EXTENSION, "转", visible(part))
        words = [plain] if re.fullmatch(_SCIENTIFIC, plain) else re.findall(_PHONE_WORD, plain)
        numbers += [number for word in words for number in _phones_in(word)] if words else [_digits(plain)]
    return "、".join(dict.fromkeys(number for number in numbers if number))


def _phones_in(word: str) -> list[str]:
    """The phone numbers in a run of digits and signs: one, or several separated by blanks."""
    plain = re.sub(_PREFIX_86, "", _digits(word), count=1)
    plain = re.sub(r"^([0-9]{7,12})\.0+$", r"\1", plain).rstrip(".")
    if _is_phone(plain):
        return [plain]
    if found := re.fullmatch(_WITH_EXTENSION, word.strip(" -").replace(" ", "").replace("(", "").replace(")", "-")):
        return [f"{found[1]}{found[2]}转{found[3]}"]
    if re.fullmatch(_MOBILES, plain):
        return [plain[at : at + 11] for at in range(0, len(plain), 11)]
    return _parted(word.split()) or [plain]


def _parted(pieces: list[str]) -> list[str]:
    """Blank after blank, phones that leave nothing over; or nothing."""
    for count in range(1, len(pieces)):
        first = re.sub(_PREFIX_86, "", _digits("".join(pieces[:count])), count=1)
        if _is_phone(first):
            rest = re.sub(_PREFIX_86, "", _digits("".join(pieces[count:])), count=1)
            others = [rest] if _is_phone(rest) else _parted(pieces[count:])
            if others:
                return [first, *others]
    return []


def _digits(text: str) -> str:
    plain = "".join(text.translate(_DASHES).replace("(", "").replace(")", "").split())
    return re.sub(_DOTTED, "", plain) if plain.count(".") > 1 else plain


def doubts(name: str, id_no: str, phone: str, address: str) -> list[Doubt]:
    """Doubts about a petitioner's details, given as returned by the functions above, '' for none."""
    found: list[Doubt] = []
    if not name:
        found.append(("no_name", "没有信访人姓名，请补登；匿名的写「匿名」"))
    if not address:
        found.append(("no_address", "没有信访人住址，请补登"))
    from xinfang_cli.law.texts import is_masked  # an import's question: a list asks it of nobody

    masked = is_masked(f"{name} {id_no} {phone}")
    if masked:
        found.append(("masked", "信访人的姓名或号码有遮盖，认不出是谁，请补登"))
    if id_no and not (masked and is_masked(id_no)) and (why := _id_doubt(id_no)):
        found.append(("id_checksum", f"证件号码{why}，请核对"))
    if phone and (masked or not _is_phone(phone)):
        numbers = [number for number in phone.split("、") if number and not is_masked(number)]
    else:
        numbers = []
    if wrong := [number for number in numbers if not _is_phone(number)]:
        digits = sum(char.isdigit() for char in wrong[0])
        found.append(("phone_length", f"联系电话位数不对（现为 {digits} 位），请核对"))
    return found


def doubts_of(fields: dict[str, Any]) -> list[str]:
    """Doubts about the petitioner, in words."""
    return [
        text
        for _, text in doubts(
            fields.get("name") or "", fields.get("id_no") or "", fields.get("phone") or "", fields.get("address") or ""
        )
    ]


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
    number = number.partition("转")[0]
    if not (number.isascii() and number.isdigit()):
        return False
    if number[0] == "1":
        return len(number) == 11
    if number[0] == "0":  # an area code of 3 or 4 digits, then 7 or 8
        return 10 <= len(number) <= 12
    return len(number) in (7, 8) or (len(number) == 10 and number[:3] in ("400", "800"))


def headcount(cell: object, field: str = "信访人数") -> int:
    """A number of people: 6, 6.0, ６人, 共3人, 6人次; raises BadValue for anything else and for less than one."""
    if cell.__class__ is str and len(cell) < 7 and cell.isascii() and cell.isdigit() and (count := int(cell)):
        return count
    found = None
    if not isinstance(cell, bool):
        plain = "".join(half_width(visible(cell)).split())
        found = re.fullmatch(_COUNT, re.sub(_THOUSANDS, "", plain))
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
