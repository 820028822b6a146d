"""Waking the worker of callbacks."""

import os

from peer.forms import CORRELATION_ID, compact
from peer.queues import send


def wake(order):
    send(os.environ["WAKE_UP_QUEUE_URL"], [(compact({"order": order}), {"x-correlation-id": CORRELATION_ID})])
