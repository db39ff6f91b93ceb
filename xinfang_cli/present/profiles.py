"""Profiles of other offices' sheets in words, as JSON and as CSV."""

from __future__ import annotations

from typing import Any

from xinfang_cli.law.labels import LABELS
from xinfang_cli.office.exchange.profiles import MappingList, ProfileFile, ProfileList, ProfileRemoved, ShownProfile
from xinfang_cli.present.machine import Csv

View = ProfileList | MappingList | ShownProfile | ProfileFile | ProfileRemoved


def document(view: View) -> Any:
    """The JSON of the views of profiles."""
    if isinstance(view, ProfileList):
        return [profile._asdict() for profile in view.profiles]
    if isinstance(view, MappingList):
        return [{"name": profile.name, "map": profile.map} for profile in view.profiles]
    if isinstance(view, ProfileFile):
        return {"file": str(view.file)}
    return view._asdict()


def table(view: ProfileList | MappingList) -> Csv:
    """A line for each heading, and each word, that a profile knows."""
    if isinstance(view, MappingList):
        pairs = ([one.name, said, meant] for one in view.profiles for said, meant in one.map.items())
        return Csv((LABELS["listed_name"], "表里的列", "当作"), pairs)
    said_so = ([one.name, *pair] for one in view.profiles for pair in (*one.map.items(), *one.words.items()))
    return Csv((LABELS["listed_name"], "表里的", "当作"), said_so)
