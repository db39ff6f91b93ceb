"""Random case histories as rows of the import sheet, each of them one that the law accepts.

`make_rows` gives plain dicts under the canonical headings; `make_doings` gives what a clerk does afterwards to some of
these cases with single commands, because a sheet cannot say it (a case moved on, withdrawn, redirected, reopened by a
revoked result, linked, corrected in its headcount). Everybody and everything in them is invented.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

Row = dict[str, object]
Doing = dict[str, object]

FIRST_DAY = date(2023, 1, 1)
TODAY = date(2024, 7, 17)

COLUMNS = (
    *("登记编号", "外部编号", "收到日期", "信访形式", "信访目的", "内容分类", "问题属地", "概况", "姓名"),
    *("信访人数", "初重件", "原登记编号", "责任单位", "办理方式", "转办日期", "反馈期限", "签收日期"),
    *("受理日期", "告知日期", "延期天数", "办结日期", "处理意见", "送达日期", "单位满意度", "部门满意度"),
    *("评价日期", "复查日期", "复查结果", "复查答复日期", "积案批次", "包案领导", "化解日期"),
)

TOWNS = ("测试镇", "东河镇", "测试街道", "南坡街道", "高桥乡")
DEPARTMENTS = ("区测试局", "区样教局", "区例水局", "区示范办", "区试工委")
UNITS = TOWNS + DEPARTMENTS
UNIT_WEIGHTS = (20, 12, 12, 6, 1, 20, 12, 6, 3, 1)  # the last of each group is rare: zero denominators occur

CHANNELS = ("来信", "传真", "来访", "走访", "视频", "网上信访", "网信", "网上", "领导信箱", "来电", "其他")
CHANNEL_WEIGHTS = (12, 2, 14, 8, 3, 12, 8, 4, 5, 10, 2)
KINDS = ("申诉求决", "申诉", "求决", "申诉求决类", "建议意见", "检举控告", "揭发控告", "咨询", "其他", "")
KIND_WEIGHTS = (30, 12, 12, 6, 8, 7, 4, 7, 4, 4)
TOPICS = (
    *("农村农业", "国土资源", "自然资源", "城乡建设", "劳动和社会保障", "劳动社保"),
    *("教育文体", "交通运输", "环境保护", "生态环境", "其他", ""),
)
REGIONS = ("测试镇", "东河镇", "测试街道", "南坡街道", "高桥乡", "")
OUTCOMES = {
    "appeal": ("予以支持", "部分支持", "解释说明", "不予支持", "调解和解", ""),
    "suggestion": ("采纳", "已采纳", "部分采纳", "不予采纳"),
    "other": ("已答复", "解释说明", ""),
}
APPEALS = frozenset(KINDS[:4])
FIRST_WORDS = ("初次", "初信", "初访", "初件", "")
RATINGS = ("满意", "满意", "基本满意", "不满意")
NO_RATING = ("", "", "未评价", "待评价")
BATCHES = ("测试积案一批", "测试积案二批")


def _days(count: int) -> timedelta:
    return timedelta(days=count)


def _near(rng: random.Random, limit: int) -> int:
    """A number of days, often right at the limit or a day to either side."""
    roll = rng.random()
    if roll < 0.4:
        return rng.choice((limit - 1, limit, limit, limit + 1))
    if roll < 0.8:
        return rng.randint(0, limit - 1)
    return rng.randint(limit + 1, limit + 30)


def _day(rng: random.Random, first: date, last: date) -> date:
    """A day of the span; now and then the last or first of a month, or round the leap day."""
    day = first + _days(rng.randint(0, (last - first).days))
    roll = rng.random()
    if roll < 0.08:
        day = day.replace(day=1) - _days(1)
    elif roll < 0.12:
        day = day.replace(day=1)
    elif roll < 0.14:
        day = date(2024, 2, 28) + _days(rng.randint(0, 2))
    return min(max(day, first), last)


class _Writer:
    """One case's history; a day after today never makes it into the row, nor anything that would have followed."""

    def __init__(self, rng: random.Random, received: date, today: date) -> None:
        self.rng, self.received, self.today = rng, received, today
        self.row: Row = dict.fromkeys(COLUMNS, "")
        self.row["收到日期"] = received

    def put(self, column: str, day: date) -> date | None:
        if day > self.today:
            return None
        self.row[column] = day
        return day

    def build(self) -> Row:
        rng, row = self.rng, self.row
        row["信访形式"] = rng.choices(CHANNELS, CHANNEL_WEIGHTS)[0]
        row["信访目的"] = rng.choices(KINDS, KIND_WEIGHTS)[0]
        row["内容分类"] = rng.choice(TOPICS)
        row["问题属地"] = rng.choice(REGIONS)
        row["信访人数"] = rng.choices((1, 2, 3, 4, 5, 6, 17, ""), (60, 10, 5, 5, 6, 4, 3, 3))[0]
        row["初重件"] = rng.choice(FIRST_WORDS)
        if rng.random() < 0.1:
            row["包案领导"] = rng.choice(("甲某某", "乙某某"))
        path = rng.choices(("unit", "spot", "filed", "refused", "waiting"), (76, 8, 4, 6, 6))[0]
        getattr(self, f"_{path}")()
        self._bureau_rating()
        self._backlog()
        return row

    def _waiting(self) -> None:
        """Not yet sent anywhere."""

    def _spot(self) -> None:
        """The bureau answers itself; a blank 办理方式 with a close day and no unit says the same."""
        closed = self.put("办结日期", self.received + _days(_near(self.rng, 15)))
        if closed is None:
            return
        self.row["办理方式"] = self.rng.choice(("直接回复", "直接回复", "直接回复", ""))
        self._closed(closed, reviewable=False)

    def _filed(self) -> None:
        self.row["办理方式"] = "存"
        if self.rng.random() < 0.7:
            self.put("转办日期", self.received + _days(_near(self.rng, 15)))

    def _refused(self) -> None:
        rng = self.rng
        start = self.received
        assigned = rng.random() < 0.5 and self._assign()
        if assigned:
            start = assigned
        column = rng.choice(("受理日期", "告知日期", "办结日期"))
        if self.put(column, start + _days(_near(rng, 15))):
            self.row["办理方式"] = rng.choice(("不予受理", "不再受理"))
            self.row["反馈期限"] = ""

    def _assign(self) -> date | None:
        """Sends the case to a unit; the day its acceptance clock starts, or None when that lies in the future."""
        rng, row = self.rng, self.row
        assigned = self.put("转办日期", self.received + _days(_near(rng, 15)))
        if assigned is None:
            return None
        row["责任单位"] = rng.choices(UNITS, UNIT_WEIGHTS)[0]
        row["办理方式"] = rng.choices(("转送", "交办", "受理告知", ""), (70, 20, 5, 5))[0]
        if row["办理方式"] == "交办" and rng.random() < 0.7:
            row["反馈期限"] = assigned + _days(rng.randint(10, 90))
        signed = None
        if rng.random() < 0.4:
            signed = self.put("签收日期", assigned + _days(rng.randint(0, 12)))
        return signed or assigned

    def _unit(self) -> None:
        rng, row = self.rng, self.row
        start = self._assign()
        if start is None or rng.random() < 0.06:
            return
        if rng.random() < 0.05:  # answered at once, never accepted
            closed = self.put("办结日期", start + _days(_near(rng, 15)))
            if closed:
                self._closed(closed, reviewable=False)
            return
        told = start + _days(_near(rng, 15))
        accepted = told if rng.random() < 0.5 else start + _days(rng.randint(0, (told - start).days))
        if accepted == told and rng.random() < 0.2:
            if self.put("告知日期", told) is None:  # alone, it stands in for the acceptance
                return
        else:
            if self.put("受理日期", accepted) is None:
                return
            if accepted != told or rng.random() < 0.5:
                self.put("告知日期", told)
        limit = 60 if row["信访目的"] in APPEALS else 30
        if row["信访目的"] in APPEALS and rng.random() < 0.2:
            row["延期天数"] = rng.choice((1, 10, 15, 29, 30, rng.randint(1, 30)))
            limit += int(str(row["延期天数"]))
        if rng.random() < 0.08:
            return
        closed = self.put("办结日期", accepted + _days(_near(rng, limit)))
        if closed:
            self._closed(closed, reviewable=row["信访目的"] in APPEALS)

    def _closed(self, closed: date, *, reviewable: bool) -> None:
        rng, row = self.rng, self.row
        kind = "appeal" if row["信访目的"] in APPEALS else "suggestion" if row["信访目的"] == "建议意见" else "other"
        row["处理意见"] = rng.choice(OUTCOMES[kind])
        delivered = self.put("送达日期", closed + _days(rng.randint(0, 20))) if rng.random() < 0.6 else None
        if rng.random() < 0.6:
            row["单位满意度"] = rng.choice(RATINGS)
            row["部门满意度"] = rng.choice(RATINGS + NO_RATING)
            if rng.random() < 0.7:
                self.put("评价日期", closed + _days(_near(rng, 30)))  # left out: counts on the close day
            return_to_review = 0.05
        else:
            row["单位满意度"] = rng.choice(NO_RATING)
            return_to_review = 0.15
        if reviewable and rng.random() < return_to_review:
            wait = rng.choice((0, 29, 30, rng.randint(0, 30))) if delivered else rng.randint(0, 45)
            asked = self.put("复查日期", (delivered or closed) + _days(wait))
            if asked and rng.random() < 0.7 and self.put("复查答复日期", asked + _days(_near(rng, 30))):
                row["复查结果"] = rng.choice(("维持", "变更", "不予受理"))

    def _bureau_rating(self) -> None:
        """A rating of the bureau alone, open cases and those set aside included; on open ones it always has a day."""
        rng, row = self.rng, self.row
        if row["评价日期"] or row["部门满意度"] in RATINGS or row["单位满意度"] in RATINGS or rng.random() > 0.2:
            return
        if self.put("评价日期", self.received + _days(rng.randint(0, 100))):
            row["部门满意度"] = rng.choice(RATINGS)

    def _backlog(self) -> None:
        rng, row = self.rng, self.row
        if rng.random() > 0.12:
            return
        row["积案批次"] = rng.choice(BATCHES)
        closed = row["办结日期"]
        if rng.random() < 0.65:
            from_day = closed if isinstance(closed, date) and rng.random() < 0.8 else self.received
            self.put("化解日期", from_day + _days(rng.choice((0, 0, 1, 10, rng.randint(0, 120)))))


def make_rows(seed: int, size: int, first_day: date = FIRST_DAY, today: date = TODAY) -> list[Row]:
    """`size` rows in random order, the repeats among them anywhere before or after what they repeat."""
    rng = random.Random(seed)
    rows = [_Writer(rng, _day(rng, first_day, today), today).build() for _ in range(size - size // 6)]
    repeats: list[tuple[Row, Row | str | None]] = []
    while len(rows) < size:
        original = rng.choice(rows)
        received = _repeat_day(rng, original, today)
        if received is None:
            continue
        row = _Writer(rng, received, today).build()
        roll = rng.random()
        if roll < 0.08:
            row["初重件"] = "重复"
            repeats.append((row, None))
        elif roll < 0.11:
            row["初重件"] = "重复"
            repeats.append((row, f"XF2019-{len(rows):06d}"))  # nowhere to be found
        else:
            row["初重件"] = "重复" if roll < 0.9 else ""
            repeats.append((row, original))
        rows.append(row)
    rows.sort(key=lambda row: str(row["收到日期"]))
    serials: dict[int, int] = {}
    for index, row in enumerate(rows):
        day_received = row["收到日期"]
        assert isinstance(day_received, date)
        serials[day_received.year] = serials.get(day_received.year, 0) + rng.choice((1, 1, 1, 2))
        row["登记编号"] = f"XF{day_received.year}-{serials[day_received.year]:06d}"
        if rng.random() < 0.3:
            row["外部编号"] = f"WB{index:08d}"
        row["概况"] = f"测试事项第{index}号"
        row["姓名"] = f"{rng.choice('甲乙丙丁戊己庚辛')}某{index}"
    for row, original_row in repeats:
        if isinstance(original_row, dict):
            by_external = original_row["外部编号"] and rng.random() < 0.3
            row["原登记编号"] = original_row["外部编号" if by_external else "登记编号"]
        elif original_row:
            row["原登记编号"] = original_row
    rng.shuffle(rows)
    return rows


def _repeat_day(rng: random.Random, original: Row, today: date) -> date | None:
    """A day near one that matters for the original: its close day, its resolve day, or simply later."""
    received, closed, resolved = original["收到日期"], original["办结日期"], original["化解日期"]
    assert isinstance(received, date)
    anchor = received
    if isinstance(resolved, date) and rng.random() < 0.7:
        anchor = resolved
    elif isinstance(closed, date) and rng.random() < 0.8:
        anchor = closed
    day = anchor + _days(rng.choice((-1, 0, 0, 1, 1, rng.randint(2, 90))))
    return day if received <= day <= today else None


def make_doings(rows: list[Row], seed: int, count: int, today: date = TODAY) -> list[Doing]:
    """About `count` commands on some of the cases, lawful in this order, each case touched by one story only."""
    rng = random.Random(seed)
    stories = (
        *(_move_story, _move_story, _aside_story, _aside_story),
        *(_redo_story, _rerate_story, _link_story, _headcount_story),
        *(_object_story, _object_story, _exclude_story, _exclude_story, _recognise_story, _recognise_story),
        *(_correct_story, _correct_story, _correct_story, _checked_story, _checked_story),
    )
    pool = list(rows)
    rng.shuffle(pool)
    doings: list[Doing] = []
    wanted = 0
    while pool and len(doings) < count:
        row = pool.pop()
        found = stories[wanted % len(stories)](rng, row, rows, today)
        if found:
            doings += found
            wanted += 1
        elif rng.random() < 0.02:
            wanted += 1  # few rows suit this story: try the next
    return doings


def _latest_stage_day(row: Row) -> date | None:
    """The last day of an open case's history, or None when the case is not open."""
    if row["办结日期"] or row["办理方式"] in ("存", "不予受理", "不再受理"):
        return None
    columns = ("收到日期", "转办日期", "签收日期", "受理日期", "告知日期")
    return max(day for column in columns if isinstance(day := row[column], date))


def _due_day(row: Row) -> date:
    """The due day of the clock that runs on an open case, for aiming at both sides of it."""
    for column in ("受理日期", "告知日期"):
        if isinstance(day := row[column], date):
            return day + _days(60 + int(str(row["延期天数"] or 0)))
    for column in ("签收日期", "转办日期", "收到日期"):
        if isinstance(day := row[column], date):
            return day + _days(15)
    raise AssertionError(row)


def _aim(rng: random.Random, row: Row, today: date) -> date | None:
    last = _latest_stage_day(row)
    if last is None:
        return None
    day = max(last, _due_day(row) + _days(rng.choice((-1, 0, 1, 1, rng.randint(-10, 40), 30))))
    return day if day <= today else None


def _move_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    day = _aim(rng, row, today)
    if day is None or not row["责任单位"]:
        return []
    number = row["登记编号"]
    to = rng.choice([unit for unit in UNITS if unit != row["责任单位"]])
    story: list[Doing] = [{"do": "assign", "case_no": number, "on": day, "unit": to}]
    accepted = day + _days(_near(rng, 15))
    if accepted <= today and rng.random() < 0.7:
        story.append({"do": "accept", "case_no": number, "on": accepted})
        closed = accepted + _days(_near(rng, 60))
        if closed <= today:
            story.append({"do": "close", "case_no": number, "on": closed})
    return story


def _aside_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    day = _aim(rng, row, today)
    if day is None:
        return []
    return [{"do": rng.choice(("withdraw", "redirect")), "case_no": row["登记编号"], "on": day}]


def _redo_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    closed, accepted = row["办结日期"], row["受理日期"] or row["告知日期"]
    if not isinstance(closed, date) or not accepted or row["信访目的"] not in APPEALS or row["复查日期"]:
        return []
    asked = (row["送达日期"] if isinstance(row["送达日期"], date) else closed) + _days(rng.randint(0, 30))
    decided = asked + _days(rng.randint(0, 30))
    again = decided + _days(rng.randint(0, 40))
    if decided > today or (isinstance(row["评价日期"], date) and row["评价日期"] > asked):
        return []
    number = row["登记编号"]
    story: list[Doing] = [
        {"do": "review", "case_no": number, "on": asked},
        {"do": "revoked", "case_no": number, "on": decided, "redo_by": decided + _days(30)},
    ]
    if again <= today:
        story.append({"do": "close", "case_no": number, "on": again})
    return story


def _rerate_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    """A second word on the same day as the first: the later one counts."""
    day = row["评价日期"] or row["办结日期"]
    if row["单位满意度"] not in RATINGS or row["复查日期"]:
        return []
    words = [word for word in ("满意", "不满意") if word != row["单位满意度"]]
    return [{"do": "rate", "case_no": row["登记编号"], "on": day, "unit_rating": rng.choice(words)}]


def _link_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    """The clerk finds that a case taken for a first one repeats an earlier one."""
    if row["初重件"] == "重复" or row["原登记编号"]:
        return []
    earlier = [other for other in rng.sample(rows, min(len(rows), 60)) if str(other["收到日期"]) < str(row["收到日期"])]
    closed = [other for other in earlier if other["办结日期"] and str(other["办结日期"]) <= str(row["收到日期"])]
    if not closed:
        return []
    return [{"do": "link", "case_no": row["登记编号"], "original": rng.choice(closed)["登记编号"]}]


def _headcount_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    if row["信访形式"] not in ("来访", "走访"):
        return []
    others = [count for count in (4, 5, 9) if count != row["信访人数"]]
    return [{"do": "edit", "case_no": row["登记编号"], "headcount": rng.choice(others)}]


def _object_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    """The unit sends it back: the bureau agrees, and sends it to another one, or does not."""
    sent = row["签收日期"] or row["转办日期"]
    waiting = (
        row["责任单位"] and not row["受理日期"] and not row["告知日期"] and row["办理方式"] in ("转送", "交办", "")
    )
    if not waiting or row["办结日期"] or not isinstance(sent, date):
        return []
    objected = sent + _days(rng.choice((0, 3, 14, 15, 16, rng.randint(0, 40))))
    decided = objected + _days(rng.randint(0, 9))
    again = decided + _days(rng.randint(0, 6))
    if again > today:
        return []
    number = row["登记编号"]
    if rng.random() < 0.4:
        overruled: list[Doing] = [
            {"do": "object", "case_no": number, "on": objected},
            {"do": "overrule", "case_no": number, "on": decided},
        ]
        return overruled + [{"do": "accept", "case_no": number, "on": again}] * (rng.random() < 0.7)
    story: list[Doing] = [
        {"do": "object", "case_no": number, "on": objected},
        {"do": "uphold", "case_no": number, "on": decided},
    ]
    if rng.random() < 0.8:
        to = rng.choice([unit for unit in UNITS if unit != row["责任单位"]])
        story.append({"do": "assign", "case_no": number, "on": again, "unit": to})
    return story


def _recognise_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    """The superior recognises a resolution."""
    resolved = row["化解日期"]
    if not isinstance(resolved, date) or row["积案批次"] != BATCHES[1]:
        return []
    on = resolved + _days(rng.randint(0, 40))
    return [{"do": "recognise", "case_no": row["登记编号"], "on": on}] if on <= today else []


def _exclude_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    """Taken out of the figures, now and then let back in; rather a case that matters to others: a repeat, one closed."""
    received = row["收到日期"]
    assert isinstance(received, date)
    if rng.random() < 0.5 and not row["原登记编号"] and not row["积案批次"]:
        return []
    out = received + _days(rng.randint(0, 120))
    if out > today:
        return []
    number = row["登记编号"]
    story: list[Doing] = [{"do": "exclude", "case_no": number, "on": out}]
    back = out + _days(rng.randint(0, 60))
    if back <= today and rng.random() < 0.3:
        story.append({"do": "include", "case_no": number, "on": back})
    return story


def _correct_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    """A day that was taken down too late: of an acceptance, or of a closing."""
    start = row["签收日期"] or row["转办日期"]
    accepted, told, closed = row["受理日期"], row["告知日期"], row["办结日期"]
    if not row["责任单位"] or row["办理方式"] in ("不予受理", "不再受理") or not isinstance(start, date):
        return []
    number = row["登记编号"]
    if isinstance(accepted, date) and accepted > start and rng.random() < 0.6:
        on = start + _days(rng.randint(0, (accepted - start).days - 1))
        return [{"do": "correct", "case_no": number, "what": "accept", "on": on}]
    least = max(day for day in (start, accepted, told) if isinstance(day, date))
    if isinstance(closed, date) and closed > least:
        on = least + _days(rng.randint(0, (closed - least).days - 1))
        return [{"do": "correct", "case_no": number, "what": "close", "on": on}]
    return []


def _checked_story(rng: random.Random, row: Row, rows: list[Row], today: date) -> list[Doing]:
    """The office checks a closing: it stands from the unit's day, or it is undone and the unit goes on."""
    day = _aim(rng, row, today)
    if day is None:
        return []
    checked = day + _days(rng.choice((0, 1, 10, rng.randint(0, 40))))
    number = row["登记编号"]
    story: list[Doing] = [{"do": "report_close", "case_no": number, "on": day}]
    if checked > today:
        return story
    if rng.random() < 0.5:
        story.append({"do": "approve", "case_no": number, "on": checked})
        rated = checked + _days(rng.randint(0, 40))
        if rated <= today and rng.random() < 0.5:
            story.append({"do": "rate", "case_no": number, "on": rated, "unit_rating": rng.choice(("满意", "不满意"))})
        return story
    story.append({"do": "return", "case_no": number, "on": checked})
    again = checked + _days(rng.randint(0, 40))
    if again <= today and rng.random() < 0.6:
        story.append({"do": "close", "case_no": number, "on": again})
    return story


_DAY_FORMS = (
    lambda day: day.isoformat(),
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: day.strftime("%Y%m%d"),
    lambda day: f"{day.isoformat()} 10:30:00",
)


def write_csv(path: Path, rows: list[Row], seed: int) -> None:
    """Writes the sheet, each day in one of the forms that name the year."""
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for row in rows:
            cells = (row[column] for column in COLUMNS)
            writer.writerow([rng.choice(_DAY_FORMS)(cell) if isinstance(cell, date) else cell for cell in cells])
