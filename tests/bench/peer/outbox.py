"""Telling an event as the functions do: its row is written with the change that it tells of, then it is put on the
bus, then its row is deleted.
"""

import json
import os

from peer.aws import client
from peer.dynamodb import DYNAMODB, NOW, STAMP, new_item

# NOW in seconds.
NOW_S = 1767323045
CORRELATION_ID = "0f9c7d2e-visit"
TABLE = os.environ["OUTBOX_TABLE"]
BUS = os.environ["EVENT_BUS_NAME"]
EVENTS = client("events")
# The shard is STAMP's.
KEY = {"shard": {"N": "0"}, "entry": {"S": f"{NOW}#{STAMP}"}}


def event(source, name, **members):
    envelope = {"event_id": STAMP, "event": name, "version": 1, "occurred_at": NOW, "correlation_id": CORRELATION_ID}
    return {
        "Time": NOW_S,
        "Source": source,
        "DetailType": name,
        "Detail": json.dumps(members | envelope),
        "EventBusName": BUS,
    }


def row_of(told):
    destination = {"source": {"S": told["Source"]}, "detail_type": {"S": told["DetailType"]}}
    row = {"destination": {"M": destination}, "body": {"S": told["Detail"]}, "attributes": {"M": {}}}
    return new_item(TABLE, "entry", KEY | row)


def deliver(told):
    if EVENTS.put_events(Entries=[told])["FailedEntryCount"]:
        raise ValueError("the event was refused")
    delete = {"DeleteRequest": {"Key": KEY}}
    DYNAMODB.batch_write_item(RequestItems={TABLE: [delete]}, ReturnConsumedCapacity="TOTAL")
