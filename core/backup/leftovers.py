"""What a back-up, a restore or a drill leaves behind when it is killed: whole copies of the portal's data, which the next one removes."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# How the folders and files of one that is at work are called, beside the archive.
RESTORE, DRILL, BACKUP = "portal-restore-", "portal-drill-", ".portal-backup-"
PATTERNS = (f"{RESTORE}*", f"{DRILL}*", f"{BACKUP}*", ".*.part")
# None of them is at work for so long.
OLD_SECONDS = 24 * 60 * 60


def remove(folder: Path) -> None:
    """Remove what has been left in a folder for more than a day; what cannot be removed stays."""
    for pattern in PATTERNS:
        for left in folder.glob(pattern):
            if time.time() - left.lstat().st_mtime < OLD_SECONDS:
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
