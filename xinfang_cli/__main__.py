"""python -m xinfang_cli"""

from __future__ import annotations


def main() -> None:
    """The entry point `xinfang`."""
    from xinfang_cli.cli.app import run

    run()


if __name__ == "__main__":
    main()
