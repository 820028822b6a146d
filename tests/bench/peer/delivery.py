"""Delivery's job."""

import os
from collections import defaultdict
from datetime import datetime, timedelta, timezone

from peer.bus import entry, put
from peer.dynamodb import DYNAMODB
from peer.forms import instant
from peer.queues import MOST_MESSAGES, chunks, send
from peer.unsent import SHARDS, delete, page

# What is younger, the function that wrote it may still be sending itself.
AGE = timedelta(seconds=30)


def sent(rows):
    """Sends rows, those for one destination together."""
    of_queues, of_bus = defaultdict(list), []
    for row in rows:
        destination, body = row["destination"]["M"], row["body"]["S"]
        if "queue_url" in destination:
            attributes = {name: value["S"] for name, value in row["attributes"]["M"].items()}
            of_queues[destination["queue_url"]["S"]].append((body, attributes))
        else:
            created_at = instant(row["entry"]["S"].split("#", 1)[0]).timestamp()
            of_bus.append(entry(created_at, destination["source"]["S"], destination["detail_type"]["S"], body))
    for url, messages in of_queues.items():
        for some in chunks(messages, MOST_MESSAGES):
            send(url, some)
    for entries in chunks(of_bus, MOST_MESSAGES):
        put(entries)


def nothing_waits():
    """Looks for callbacks that are due, shard after shard."""
    for shard in range(SHARDS):
        found = DYNAMODB.query(
            TableName=os.environ["CALLBACKS_TABLE"],
            IndexName="due",
            KeyConditionExpression="#shard = :shard",
            ExpressionAttributeNames={"#shard": "due_shard"},
            ExpressionAttributeValues={":shard": {"N": str(shard)}},
            ReturnConsumedCapacity="TOTAL",
        )
        if found["Items"]:
            raise ValueError("a callback waits")


def outbox_relay(_occasion):
    """The shards one after the other, a page of every shard at a time."""
    nothing_waits()
    before = (datetime.now(timezone.utc) - AGE).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
    places = [(shard, None) for shard in range(SHARDS)]
    while places:
        pages = [(shard, *page(shard, before, start)) for shard, start in places]
        rows = [row for _, found, _ in pages for row in found]
        sent(rows)
        delete([{"shard": row["shard"], "entry": row["entry"]} for row in rows])
        places = [(shard, following) for shard, _, following in pages if following]
