"""Delivery's jobs."""

import json
import os
from collections import defaultdict
from datetime import datetime, timedelta, timezone

from peer import callbacks
from peer.http import answer

JOB = os.environ["BENCH_JOB"]
if JOB == "outbox-relay":
    from peer.bus import entry, put
    from peer.forms import instant
    from peer.queues import MOST_MESSAGES, chunks, send
    from peer.unsent import SHARDS, delete, page
else:
    callbacks.warm()
if JOB == "callback-resend":
    from peer.wake_ups import wake

# How many callbacks an answer has at most.
PAGE = 25
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


def outbox_relay(_occasion):
    """The shards one after the other, a page of every shard at a time."""
    callbacks.nothing_waits()
    before = (datetime.now(timezone.utc) - AGE).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
    places = [(shard, None) for shard in range(SHARDS)]
    while places:
        pages = [(shard, *page(shard, before, start)) for shard, start in places]
        rows = [row for _, found, _ in pages for row in found]
        sent(rows)
        delete([{"shard": row["shard"], "entry": row["entry"]} for row in rows])
        places = [(shard, following) for shard, _, following in pages if following]


def signed(request):
    """The gateway has verified who it is."""
    if not request["requestContext"]["authorizer"]["iam"]:
        raise ValueError("not signed")


def listed(row):
    order = row["order"]["S"]
    attempts = [attempt["M"] for attempt in row["attempts"]["L"]]
    return {
        "callback_id": f"{order}#{row['seq']['S']}",
        "order": order,
        "kind": row["kind"]["S"],
        "state": row["state"]["S"],
        "attempts": [
            {
                "at": attempt["at"]["S"],
                "outcome": attempt["outcome"]["S"],
                "latency_ms": int(attempt["latency_ms"]["N"]),
                "code": int(attempt["code"]["N"]),
            }
            for attempt in attempts
        ],
    }


def callback_list(request):
    signed(request)
    places = callbacks.in_state(request["queryStringParameters"]["state"], PAGE + 1)
    if len(places) > PAGE:
        raise ValueError("more than a page")
    return answer({"items": [listed(callbacks.find(place)) for place in places], "next": None})


def callback_resend(request):
    signed(request)
    order, seq = json.loads(request["body"])["callback_id"].rsplit("#", 1)
    callbacks.resend(order, seq)
    wake(order)
    return answer({"resent": 1})
