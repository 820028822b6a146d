"""Forms of texts that the contexts' tables have in common."""

import hashlib
import json
from datetime import datetime, timezone

# What everything that an event causes is known by.
CORRELATION_ID = "0f9c7d2e-visit"


def fingerprint(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part.encode()).to_bytes(8, "big") + part.encode())
    return digest.hexdigest()


def compact(value):
    """JSON as the functions write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def instant(text):
    """An instant without a fraction, or with the tables' nine digits of it, which are zeros."""
    return datetime.fromisoformat(text.replace(".000000000", "").replace("Z", "+00:00"))


def sortable(text):
    return instant(text).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
