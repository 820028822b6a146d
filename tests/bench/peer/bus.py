"""The bus, on which events are told."""

import os

from peer.aws import client

BUS = os.environ["EVENT_BUS_NAME"]
EVENTS = client("events")


def entry(second, source, detail_type, detail):
    return {
        "Time": second,
        "Source": source,
        "DetailType": detail_type,
        "Detail": detail,
        "EventBusName": BUS,
    }


def put(entries):
    if EVENTS.put_events(Entries=entries)["FailedEntryCount"]:
        raise ValueError("an event was refused")
