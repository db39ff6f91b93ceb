"""Whether a file lies on a share of the network, where processes have no memory in common and locks may not hold."""

from __future__ import annotations

import sys
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
SHARES = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "ncpfs", "vboxsf", "davfs")
)
_REMOTE = 4  # DRIVE_REMOTE of GetDriveType


def share_of(path: Path) -> str:
    """The kind of network share under a file, in the system's word; empty on a disk or if unknown."""
    whole = path.resolve()
    return _of_windows(whole) if sys.platform == "win32" else _of_mounts(whole)


def _of_mounts(path: Path) -> str:
    try:
        lines = MOUNTS.read_text("utf-8", "replace").splitlines()
    except OSError:  # a system without such a table
        return ""
    longest, kind = Path(), ""
    for line in lines:
        _, place, type, *_ = line.split(" ")
        at = Path(_plain(place))
        if path.is_relative_to(at) and len(at.parts) >= len(longest.parts):  # the later one lies over the earlier
            longest, kind = at, type
    name = kind.removeprefix("fuse.")
    return kind if name in SHARES or name in ("sshfs", "rclone", "s3fs", "davfs2") else ""


def _plain(place: str) -> str:
    """A place without the escapes of the table: blanks stand as \\040."""
    for sign in " \t\n\\":
        place = place.replace(f"\\{ord(sign):03o}", sign)
    return place


def _of_windows(path: Path) -> str:
    if path.drive.startswith("\\\\"):
        return "网络路径"
    import ctypes

    kind = ctypes.windll.kernel32.GetDriveTypeW(f"{path.drive}\\")  # type: ignore[attr-defined,unused-ignore]
    return "网络驱动器" if kind == _REMOTE else ""
