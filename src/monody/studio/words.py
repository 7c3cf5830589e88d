"""The one place where the studio's texts meet the catalogue of translations."""

from __future__ import annotations

_ = str
