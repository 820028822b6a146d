"""The table of callbacks: each is caused, sent, listed, or sent again."""

import os

from peer.dynamodb import DYNAMODB, NOW, STAMP, transact
from peer.forms import CORRELATION_ID, fingerprint
from peer.unsent import SHARDS

TABLE = os.environ["CALLBACKS_TABLE"]
HEAD = "head"
# Until when an order is the worker's.
UNTIL = "2026-01-02T03:04:25.000000000Z"
UNITS = {"ReturnConsumedCapacity": "TOTAL"}


def warm():
    DYNAMODB.get_item(TableName=TABLE, Key=key("-", "-"))


def key(order, seq):
    return {"order": {"S": order}, "seq": {"S": seq}}


def due_shard(order):
    return {"N": str(int(fingerprint(order)[0], 16) % SHARDS)}


def names(*attributes):
    """The names of expressions: `#x` is `x`, but for those that are told with what they stand for."""
    pairs = (attribute if isinstance(attribute, tuple) else (attribute, attribute) for attribute in attributes)
    return {f"#{short}": name for short, name in pairs}


def update(order, seq, expression, condition, attributes, values):
    return {
        "Update": {
            "TableName": TABLE,
            "Key": key(order, seq),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names(("stamp", "request_stamp"), *attributes),
            "ExpressionAttributeValues": {":stamp": {"S": STAMP}, **values},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def nothing_waits():
    """Looks for callbacks that are due, shard after shard."""
    for shard in range(SHARDS):
        found = DYNAMODB.query(
            TableName=TABLE,
            IndexName="due",
            KeyConditionExpression="#shard = :shard",
            ExpressionAttributeNames={"#shard": "due_shard"},
            ExpressionAttributeValues={":shard": {"N": str(shard)}},
            Limit=500,
            **UNITS,
        )
        if found["Items"]:
            raise ValueError("a callback waits")


def caused(order, version, *callbacks):
    """What a change adds to its transaction: a row for each callback, its kind with its body, and the order's head."""
    seqs = [f"{version:020}-{place:03}" for place in range(len(callbacks))]
    rows = [row(order, seq, *callback) for seq, callback in zip(seqs, callbacks)]
    return (*rows, moved(order, seqs[-1])) if rows else ()


def row(order, seq, kind, body):
    return {
        "Put": {
            "TableName": TABLE,
            "Item": {
                **key(order, seq),
                "kind": {"S": kind},
                "body": {"S": body},
                "state": {"S": "pending"},
                "attempts": {"L": []},
                "created_at": {"S": NOW},
                "correlation_id": {"S": CORRELATION_ID},
                "schema_version": {"N": "1"},
                "request_stamp": {"S": STAMP},
            },
            "ConditionExpression": "attribute_not_exists(#seq)",
            "ExpressionAttributeNames": {"#seq": "seq"},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def moved(order, seq):
    """The head of an order whose last callback has this place."""
    return update(
        order,
        HEAD,
        "SET #last_seq = :last_seq, #due_at = if_not_exists(#due_at, :now), #due_shard = :due_shard, "
        "#waits_since = if_not_exists(#waits_since, :now), #schema = :schema, #stamp = :stamp",
        "attribute_not_exists(#last_seq) OR #last_seq < :last_seq",
        ("last_seq", "due_at", "due_shard", "waits_since", ("schema", "schema_version")),
        {":last_seq": {"S": seq}, ":now": {"S": NOW}, ":due_shard": due_shard(order), ":schema": {"N": "1"}},
    )


def take(order):
    """The head of an order, which is ours from now on."""
    return DYNAMODB.update_item(
        TableName=TABLE,
        Key=key(order, HEAD),
        UpdateExpression="SET #lease_until = :until, #owner = :owner, #stamp = :owner",
        ConditionExpression="#due_at <= :now AND (attribute_not_exists(#lease_until) OR #lease_until <= :now)",
        ExpressionAttributeNames=names(
            "due_at", "lease_until", ("owner", "lease_owner"), ("stamp", "request_stamp")
        ),
        ExpressionAttributeValues={":now": {"S": NOW}, ":until": {"S": UNTIL}, ":owner": {"S": STAMP}},
        ReturnValues="ALL_NEW",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
        **UNITS,
    )["Attributes"]


def of_order(order):
    """The callbacks of an order that is ours, oldest first."""
    return DYNAMODB.query(
        TableName=TABLE,
        KeyConditionExpression="#order = :order AND #seq BETWEEN :behind AND :head",
        FilterExpression="attribute_exists(#state)",
        ExpressionAttributeNames=names("order", "seq", "state"),
        ExpressionAttributeValues={":order": {"S": order}, ":behind": {"S": "/~"}, ":head": {"S": HEAD}},
        ConsistentRead=True,
        Limit=25,
        **UNITS,
    )["Items"]


def delivered(head, callback, code, latency_ms):
    """Writes down that an order's last callback was taken: nothing waits any more."""
    order = head["order"]["S"]
    attempt = {
        "at": {"S": NOW},
        "outcome": {"S": "delivered"},
        "latency_ms": {"N": str(latency_ms)},
        "code": {"N": str(code)},
    }
    drained = update(
        order,
        HEAD,
        "SET #done_seq = :last_seq, #stamp = :stamp REMOVE #due_at, #due_shard, #waits_since, #lease_until, #owner",
        "#owner = :owner AND #last_seq = :last_seq AND attribute_not_exists(#resends)",
        (
            "done_seq", "last_seq", "due_at", "due_shard", "waits_since", "lease_until", "resends",
            ("owner", "lease_owner"),
        ),
        {":owner": {"S": STAMP}, ":last_seq": head["last_seq"]},
    )
    row = update(
        order,
        callback["seq"]["S"],
        "SET #state = :state, #attempts = :attempts, #failures = :failures, #waited = :waited, #stamp = :stamp",
        "#state = :pending",
        ("state", "attempts", "failures", ("waited", "waited_ms")),
        {
            ":pending": {"S": "pending"},
            ":state": {"S": "delivered"},
            ":attempts": {"L": [{"M": attempt}]},
            ":failures": {"N": "0"},
            ":waited": {"N": "0"},
        },
    )
    transact(drained, row)


def in_state(state, most):
    """The keys of the first callbacks in a state."""
    return DYNAMODB.query(
        TableName=TABLE,
        IndexName="state",
        KeyConditionExpression="#state = :state",
        ExpressionAttributeNames=names("state"),
        ExpressionAttributeValues={":state": {"S": state}},
        Limit=most,
        **UNITS,
    )["Items"]


def find(place):
    """The callback that a key of the index names."""
    return DYNAMODB.get_item(
        TableName=TABLE, Key={"order": place["order"], "seq": place["seq"]}, ConsistentRead=True, **UNITS
    )["Item"]


def resend(order, seq):
    """Has one sent again that was given up."""
    row = update(
        order,
        seq,
        "SET #state = :pending, #resent_at = :now, #stamp = :stamp REMOVE #failures, #waited, #dead_at",
        "#state = :dead",
        ("state", "resent_at", "failures", "dead_at", ("waited", "waited_ms")),
        {":pending": {"S": "pending"}, ":dead": {"S": "dead"}, ":now": {"S": NOW}},
    )
    head = update(
        order,
        HEAD,
        "SET #due_at = :now, #due_shard = :due_shard, #waits_since = if_not_exists(#waits_since, :now), "
        "#stamp = :stamp REMOVE #done_seq ADD #resends :one",
        "attribute_exists(#last_seq)",
        ("due_at", "due_shard", "waits_since", "done_seq", "resends", "last_seq"),
        {":now": {"S": NOW}, ":due_shard": due_shard(order), ":one": {"N": "1"}},
    )
    transact(row, head)
