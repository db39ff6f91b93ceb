"""Completions from the book: numbers and words."""

from __future__ import annotations

from xinfang_cli.book.part import Part
from xinfang_cli.book.sql.predicates import running

RUNNING = running("k.")
LOOKED_AT = 2000
"""Of the numbers that begin as typed, so many of the latest are looked at for open cases."""
_ABOUT = "CASE c.kind WHEN 'accusation' THEN '' ELSE c.title END"
"""What is said beside a number; nothing of an accusation (art. 30)."""
_OPEN = "c.closed_on IS NULL AND c.stage IN ('registered','assigned','accepted','reported','objected')"


class Completing(Part):
    """Completions from the book; each list is short and read from an index."""

    def pressing_numbers(self, most: int) -> list[tuple[str, str]]:
        """(number, title) of the cases with the earliest due clocks."""
        rows = self.conn.execute(
            f"SELECT c.case_no, {_ABOUT} FROM (SELECT k.case_id, k.due_on FROM clocks k INDEXED BY clocks_running "
            f"WHERE {RUNNING} ORDER BY k.due_on, k.case_id LIMIT ?) p CROSS JOIN cases c ON c.id = p.case_id "
            "ORDER BY p.due_on, p.case_id",
            (most * 2,),
        )
        return list(dict(rows.fetchall()).items())[:most]

    def numbers_from(self, start: str, most: int) -> list[tuple[str, str]]:
        """(number, title) of cases with that number prefix: open ones, or all if none is open.

        A shortened list keeps its first and last: a shell inserts the common prefix of everything offered.
        """
        span = (start, start + "\U0010ffff")
        docket = "SELECT id, case_no FROM docket WHERE case_no >= ? AND case_no < ? ORDER BY case_no"
        for which, order in ((f"WHERE {_OPEN}", "DESC"), ("", "")):
            rows = self.conn.execute(
                f"SELECT d.case_no, {_ABOUT} FROM ({docket} {order} LIMIT {LOOKED_AT}) d CROSS JOIN cases c ON c.id = d.id {which} "
                "ORDER BY d.case_no LIMIT ?",
                (*span, most),
            )
            found: list[tuple[str, str]] = rows.fetchall()
            if len(found) == most:
                for place, end in ((0, ""), (-1, "DESC")):
                    found[place] = self.conn.execute(
                        f"SELECT d.case_no, {_ABOUT} FROM docket d CROSS JOIN cases c ON c.id = d.id WHERE d.case_no >= ? "
                        f"AND d.case_no < ? ORDER BY d.case_no {end} LIMIT 1",
                        span,
                    ).fetchone()
            if found:
                return found
        return []

    def serials_from(self, start: str, year: int | None, most: int) -> list[tuple[int, str]]:
        """(serial, title) of cases with that serial prefix; without a year only serials held by one case."""
        if len(start) > 7 or start.startswith("0"):
            return []
        found: list[tuple[int, str]] = []
        for more in range(8 - len(start)):  # 12: then 120 to 129, 1200 to 1299 …
            low, high = (int(start) * 10**more, (int(start) + 1) * 10**more - 1) if start else (1, 9_999_999)
            rows = self.conn.execute(
                f"SELECT d.serial, min({_ABOUT}) FROM docket d INDEXED BY docket_serial CROSS JOIN cases c ON c.id = d.id "
                "WHERE d.serial BETWEEN ? AND ?"
                + (" AND d.year = ?" if year is not None else "")
                + " GROUP BY d.serial HAVING count(*) = 1 ORDER BY d.serial LIMIT ?",
                (low, high, *(() if year is None else (year,)), most - len(found)),
            )
            found += rows.fetchall()
            if len(found) >= most or not start:
                break
        return found

    def words_in_use(self, what: str) -> list[str]:
        """The leads, batches or tags that cases have; of accusations neither lead nor tag."""
        sql = {
            "lead": "SELECT DISTINCT lead FROM cases WHERE lead IS NOT NULL AND kind <> 'accusation' ORDER BY lead",
            "batch": "SELECT DISTINCT batch FROM backlog ORDER BY batch",
            "tag": "SELECT DISTINCT j.value FROM cases c, json_each(c.tags) j WHERE c.tags IS NOT NULL "
            "AND c.kind <> 'accusation' ORDER BY 1",
        }[what]
        return [row[0] for row in self.conn.execute(sql)]
