"""The tables of lease orders and all that belongs to them."""

import os

from peer.dynamodb import DYNAMODB, NOW, STAMP, transact
from peer.forms import fingerprint

ORDERS = os.environ["LEASE_ORDERS_TABLE"]
DOCUMENTS = os.environ["LEASE_DOCUMENTS_TABLE"]
# What documents are sealed for, whatever their table is called.
SEALED_FOR = "lease_documents"
HISTORY = os.environ["LEASE_HISTORY_TABLE"]
SHARDS = 4
# Until when a call to Ant may run that began now.
RUNNING_UNTIL = "2026-01-02T03:04:33.500000000Z"
# When an outcome is looked for that is unknown since now, and when an order is looked at that waits since now.
LOOK_FOR_OUTCOME_AT, LOOK_AT = "2026-01-02T03:05:05.000000000Z", "2026-01-02T03:09:05.000000000Z"
# The states in which an order waits for somebody else.
WAITING = ("CONTRACT_SIGNING", "WITHHOLD_SIGNING", "WITHHOLD_SIGNED", "SEALING")


def texts(**values):
    """Attributes that are texts, without those that are none."""
    return {name: {"S": value} for name, value in values.items() if value is not None}


def party(sealed):
    """The parties of a contract without tags: one."""
    return {"L": [{"M": {"sealed": {"BOOL": sealed}}}]}


def registered(order_id, merchant_id):
    """An order that is new."""
    return texts(order_id=order_id, state="NEW", merchant_id=merchant_id, created_at=NOW) | {
        "version": {"N": "0"},
        "withhold_lost": {"BOOL": False},
        "unsign_pending": {"BOOL": False},
        "looks": {"N": "0"},
    }


def became(order, versions=1, **brought):
    """An order so many versions further, with these attributes, and without those that are None."""
    next_order = order | {"version": {"N": str(int(order["version"]["N"]) + versions)}, "looks": {"N": "0"}} | brought
    return {name: value for name, value in next_order.items() if value is not None}


def begun(order, caller, method, wanted):
    """An order before a call to Ant: it says what is about to be asked for."""
    who, source, operation = caller
    unknown = texts(
        method=method, since=NOW, running_until=RUNNING_UNTIL, who=who, source=source, operation=operation
    )
    return became(order, unknown_operation={"M": unknown | wanted})


def warm():
    DYNAMODB.get_item(TableName=ORDERS, Key={"order_id": {"S": "-"}})


def get(table, **key):
    found = DYNAMODB.get_item(TableName=table, Key=texts(**key), ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    return found.get("Item")


def find(order_id):
    return get(ORDERS, order_id=order_id)


def watched(shard, time):
    """The ids of a shard's orders that are to be looked at by this time."""
    options = {}
    while True:
        page = DYNAMODB.query(
            TableName=ORDERS,
            IndexName="watch",
            KeyConditionExpression="#watch_shard = :shard AND #watch_at <= :time",
            ExpressionAttributeNames={"#watch_shard": "watch_shard", "#watch_at": "watch_at"},
            ExpressionAttributeValues={":shard": {"N": str(shard)}, ":time": {"S": time}},
            Limit=25,
            ReturnConsumedCapacity="TOTAL",
            **options,
        )
        yield from (row["order_id"]["S"] for row in page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        options = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def document(sealing, order, kind):
    """A document of an order, opened, if it is there."""
    order_id = order["order_id"]["S"]
    found = get(DOCUMENTS, order_id=order_id, kind=kind)
    return found and sealing.open(found["content"], found["key_id"], SEALED_FOR, order_id, kind)


def put(table, item, *absent, **options):
    """A put, on condition that there is no row with this attribute of its key, if one is named."""
    stamped = {"schema_version": {"N": "1"}, "request_stamp": {"S": STAMP}}
    if absent:
        options = {
            "ConditionExpression": f"attribute_not_exists(#{absent[0]})",
            "ExpressionAttributeNames": {f"#{absent[0]}": absent[0]},
        }
    return {
        "Put": {
            "TableName": table,
            "Item": item | stamped,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **options,
        }
    }


def watch_at(order):
    if "notified_at" in order:
        return order["notified_at"]["S"]
    if "unknown_operation" in order:
        return LOOK_FOR_OUTCOME_AT
    return LOOK_AT if order["state"]["S"] in WAITING else None


def order_put(read, order):
    """An order's row as it becomes, on condition that the one that was read still stands."""
    item = {name: value for name, value in order.items() if name not in ("watch_at", "watch_shard")}
    item["updated_at"] = {"S": NOW}
    at = watch_at(order)
    if at is not None:
        shard = int(fingerprint(order["order_id"]["S"])[0], 16) % SHARDS
        item |= {"watch_at": {"S": at}, "watch_shard": {"N": str(shard)}}
    if read["version"]["N"] == "0":
        return put(ORDERS, item, "order_id")
    return put(
        ORDERS,
        item,
        ConditionExpression="#version = :version",
        ExpressionAttributeNames={"#version": "version"},
        ExpressionAttributeValues={":version": read["version"]},
    )


def entry(order, caller, why, from_state=None, req_msg_id=None):
    """The entry of a transition."""
    who, source, _ = caller
    item = {"order_id": order["order_id"], "version": order["version"], "to": order["state"]}
    item |= texts(at=NOW, who=who, why=why, source=source, req_msg_id=req_msg_id)
    if from_state is not None:
        item["from"] = {"S": from_state}
    return put(HISTORY, item, "order_id")


def document_put(sealing, order, kind, clear):
    """A document of an order, sealed."""
    order_id = order["order_id"]["S"]
    content, key_id = sealing.seal(clear, SEALED_FOR, order_id, kind)
    return put(DOCUMENTS, texts(order_id=order_id, kind=kind, updated_at=NOW) | {"content": content, "key_id": key_id})


def commit(*puts):
    """Writes all of these or none; one that is alone needs no transaction."""
    if len(puts) > 1:
        transact(*puts)
    else:
        DYNAMODB.put_item(**puts[0]["Put"], ReturnConsumedCapacity="TOTAL")
