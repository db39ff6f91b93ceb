"""Nasty words and files, counted: `python -m tests.fuzz --inputs N`; with `--guided` chosen by what they reach.

Day words, numbers, `--where`, CSV, sheets, templates, profiles: whatever comes in is taken or refused in one line. Counted
against us: any other exception, more than ten seconds for one input, more than 500 MiB altogether. Inputs are made by
Hypothesis from the grammar of each kind and from bytes changed at random. Exit 1 where something fell.

Guided, libFuzzer makes the bytes that Hypothesis makes an input of, and keeps those that reach code which no other did:
it needs atheris (`pip install atheris`: Linux), and keeps what it found in `--corpus` for the next run to go on from.
"""

from __future__ import annotations

import argparse
import mmap
import os
import resource
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from hypothesis import HealthCheck, Phase, given, seed, settings

LONGEST_S, MOST_MIB = 10, 500
KINDS = ("days", "numbers", "where", "templates", "profiles", "csv", "sheets")
COUNTED = ("inputs", "tracebacks", "hangs")


def _hypothesis(one: Callable[[Any], None], strategy: Any, inputs: int, start: int) -> Any:
    given_to = cast(Callable[..., None], given(strategy)(one))  # type: ignore[no-untyped-call, unused-ignore]
    how = settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    return seed(start)(how(given_to))


def at_random(folder: Path, name: str, inputs: int, start: int) -> Counter[str]:
    """Give one reader so many inputs; what fell."""
    from tests.fuzz.inputs import TARGETS, furnished, reader

    found: Counter[str] = Counter()

    def count(what: str) -> None:
        found[what] += 1

    _hypothesis(reader(furnished(folder), name, count), TARGETS[name][1], inputs, start)()
    found["MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


class _Shared:
    """Counts that a fork of this process makes and this one reads."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8 * len(COUNTED))

    def count(self, what: str) -> None:
        at = 8 * COUNTED.index(what)
        struct.pack_into("q", self._memory, at, struct.unpack_from("q", self._memory, at)[0] + 1)

    def counts(self) -> Counter[str]:
        return Counter(dict(zip(COUNTED, struct.unpack_from(f"{len(COUNTED)}q", self._memory), strict=True)))


def guided(folder: Path, name: str, inputs: int, start: int, corpus: Path) -> Counter[str]:
    """`at_random`, in a process of its own, which libFuzzer never gives back."""
    shared = _Shared()
    kept = corpus / name
    kept.mkdir(parents=True, exist_ok=True)
    child = os.fork()
    if child == 0:
        quiet = os.open(corpus / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(quiet, 2)  # a line for every module, and for every input that reached something new
        code: object = 70
        try:
            _guide(folder, name, inputs, start, kept, shared)
        except SystemExit as done:
            code = done.code
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code if isinstance(code, int) else 0)
    _, status, used = os.wait4(child, 0)
    found = shared.counts()
    found["MiB"] = used.ru_maxrss // 1024
    if (code := os.waitstatus_to_exitcode(status)) != 0:  # libFuzzer stops at a hang, at too much memory, at a crash
        print(f"  {name}: ended with {code}; the input is kept in {kept}", flush=True)
        found["hangs"] += 1
    return found


def _guide(folder: Path, name: str, inputs: int, start: int, kept: Path, shared: _Shared) -> None:
    atheris = import_module("atheris")
    atheris.instrument_imports(include=["xinfang_cli"]).__enter__()  # for good: what is loaded late is followed too
    from tests.fuzz.inputs import TARGETS, furnished, reader

    test = _hypothesis(reader(furnished(folder), name, shared.count), TARGETS[name][1], inputs, start)
    once = test.hypothesis.fuzz_one_input
    flags = [
        f"-atheris_runs={inputs}",
        f"-seed={start % 2**31 or 1}",
        f"-timeout={LONGEST_S}",
        f"-rss_limit_mb={MOST_MIB}",
        "-max_len=2048",
        "-len_control=0",
        f"-artifact_prefix={kept.parent}/",
    ]
    atheris.Setup([sys.argv[0], *flags, str(kept)], lambda data: (once(data), None)[1])
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=2_000, help="how many altogether (the full form: 1000000)")
    parser.add_argument("--only", choices=sorted(KINDS))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--guided", action="store_true", help="by coverage (atheris)")
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="guided: where what was found is kept")
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="xinfang-fuzz-") as kept:
        for name, part in zip(KINDS, PARTS, strict=True):
            if asked.only not in (None, name):
                continue
            inputs = max(1, round(asked.inputs * (1 if asked.only else part)))
            folder = Path(kept) / name
            folder.mkdir()
            if asked.guided:
                found = guided(folder, name, inputs, asked.seed, asked.corpus or Path(kept) / "corpus")
            else:
                found = at_random(folder, name, inputs, asked.seed)
            total.update({what: found[what] for what in COUNTED})
            total["MiB"] = max(total["MiB"], found["MiB"])
            print(f"{name}: {_in_words(found)}", flush=True)
    print(f"all: {_in_words(total)}")
    return 1 if total["tracebacks"] or total["hangs"] or total["MiB"] > MOST_MIB else 0


PARTS = (0.3, 0.15, 0.2, 0.2, 0.1, 0.03, 0.02)
"""Of all inputs, what each kind has."""


def _in_words(found: Counter[str]) -> str:
    return f"{', '.join(f'{what} {found[what]}' for what in COUNTED)}, most memory {found['MiB']} MiB"


if __name__ == "__main__":
    sys.exit(main())
