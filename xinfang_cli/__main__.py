"""python -m xinfang_cli"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]

# Until a command begins nothing is at stake: Ctrl-C ends the process at once, and no traceback is seen.
if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)


def main() -> None:
    """The entry point `xinfang`."""
    import gc
    import os
    import sys
    from contextlib import suppress

    # Collecting garbage while the modules of a short-lived command load costs half an interpreter's start.
    gc.set_threshold(200_000)
    if os.environ.get("XINFANG_DEBUG") != "1":
        # A library that lets go of a file which could not be written prints a traceback; the clerk has been told.
        sys.unraisablehook = lambda _: None
    from xinfang_cli.cli.app import run

    try:
        run()
    except SystemExit as leaving:
        # All is written, flushed and closed by now; taking the interpreter apart piece by piece is another half.
        with suppress(OSError, ValueError, AttributeError):  # closed, or never there
            sys.stderr.flush()
        os._exit(leaving.code if isinstance(leaving.code, int) else 0)


if __name__ == "__main__":
    main()
