"""Who may change the framework (DESIGN section 5)."""

from __future__ import annotations

from typing import Any


def can_keep_framework(user: Any) -> bool:
    """National admins: domains, leadership roles, behaviours, Forward View steps and resources."""
    return bool(user.is_active and user.is_national_admin)
