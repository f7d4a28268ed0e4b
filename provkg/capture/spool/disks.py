"""Which folders may hold mapped files: on other disks a page that cannot be written kills the process with SIGBUS."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from provkg.capture.defaults import FALSE, TRUE

MOUNTS: Final = Path("/proc/self/mountinfo")
SWITCH: Final = "PROVKG_SPOOL_MAPPED"
# Space that was allocated stays allocated here. It does not on copy-on-write disks (btrfs, zfs, bcachefs) and network
# disks (nfs, cifs, lustre, gpfs, fuse), and who knows about others. What lies under overlay cannot be told from inside
# of a container; it is ext4 or xfs unless somebody chose otherwise.
LOCAL: Final = frozenset({"ext2", "ext3", "ext4", "xfs", "f2fs", "tmpfs", "overlay"})


def may_be_mapped(folder: Path) -> bool:
    """Whether points may be written through memory in `folder`; `PROVKG_SPOOL_MAPPED=off` or `on` decides instead."""
    said = os.environ.get(SWITCH, "").lower()
    if said in TRUE or (said and said in FALSE):
        return said in TRUE
    return kind_of_disk(folder) in LOCAL


def kind_of_disk(folder: Path) -> str | None:
    """Return the type of the file system that `folder` lies on; None where the system does not tell."""
    try:
        lines = MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    place, length, found = folder.resolve(), 0, None
    for point, kind in map(_mount, lines):
        # Later mounts lie over earlier ones at the same point.
        if len(point) >= length and place.is_relative_to(point):
            length, found = len(point), kind
    return found


def _mount(line: str) -> tuple[str, str]:
    # proc(5): the mount point is the fifth field, blanks in it are octal; the type is the first after a lone hyphen.
    before, _, after = line.partition(" - ")
    point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), before.split(" ")[4])
    return point, after.partition(" ")[0]
