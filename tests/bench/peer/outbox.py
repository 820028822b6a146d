"""Telling an event as the functions do: its row is written with the change that it tells of, then it is put on the
bus, then its row is deleted.
"""

import json

from peer.bus import entry, put
from peer.dynamodb import NOW, STAMP
from peer.forms import CORRELATION_ID
from peer.unsent import delete, key, row

# NOW in seconds.
NOW_S = 1767323045


def event(source, name, **members):
    envelope = {"event_id": STAMP, "event": name, "version": 1, "occurred_at": NOW, "correlation_id": CORRELATION_ID}
    return entry(NOW_S, source, name, json.dumps(members | envelope))


def row_of(told):
    destination = {"source": {"S": told["Source"]}, "detail_type": {"S": told["DetailType"]}}
    return row(STAMP, destination, told["Detail"], {})


def deliver(told):
    put([told])
    delete([key(STAMP)])
