"""The table of orders and those beside it."""

import json
import os

from peer.dynamodb import DYNAMODB, NOW, STAMP, new_item, transact
from peer.forms import compact, fingerprint

ORDERS = os.environ["THIRD_ORDERS_TABLE"]
HISTORY = os.environ["THIRD_ORDER_HISTORY_TABLE"]
CONVERSION = os.environ["THIRD_ORDER_CONVERSION_TABLE"]
DATA = os.environ["THIRD_ORDER_DATA_TABLE"]
USERS = os.environ["RONGSHU_USERS_TABLE"]
PULL_LOG = os.environ["RONGSHU_CREDIT_DATA_PULL_LOG_TABLE"]
SHARDS = 4


def find(order):
    found = DYNAMODB.get_item(
        TableName=ORDERS, Key={"order": {"S": order}}, ConsistentRead=True, ReturnConsumedCapacity="TOTAL"
    )
    return found.get("Item")


def pushed(channel, push, digests, sealing):
    """The row of a new order but for its data, and the user's key with the person sealed for it."""
    order, user = f"{channel}#{push['orderId']}", f"{channel}#{push['uid']}"
    identity = push["idInfo"]
    clear = compact({"name": identity["name"], "cid": identity["cid"], "phone": push["registerPhone"]})
    person, key_id = sealing.seal(clear, "third_orders", order)
    content = {name: value for name, value in push.items() if name not in ("applyDate", "registerTime")}
    row = {
        "order": {"S": order},
        "version": {"N": "1"},
        "status": {"N": "0"},
        "order_no": {"S": STAMP},
        "uid": {"S": push["uid"]},
        "loan_amount": {"S": f"{push['loanAmount']}.00"},
        "period": {"N": str(push["period"])},
        "period_unit": {"N": str(push["periodUnit"])},
        "auth_items": {"SS": ["id_front", "id_back", "living_image"]},
        "content_digest": {"S": digests.keyed("push_content", json.dumps(content, sort_keys=True))},
        "id_number_digest": {"S": digests.hashed("id_number", identity["cid"])},
        "phone_digest": {"S": digests.hashed("phone", push["registerPhone"])},
        "person": person,
        "person_key_id": key_id,
        "created_at": {"S": NOW},
        "updated_at": {"S": NOW},
    }
    return row, user, sealing.seal(clear, "rongshu_users", user)


def begin(row, user, person, key, content):
    """Writes a new order with all that belongs to it."""
    order = row["order"]
    data = new_item(DATA, "order", {
        "order": order,
        "kind": {"S": "push"},
        "object_key": {"S": key},
        "bytes": {"N": str(len(content))},
        "at": {"S": NOW},
    })
    for condition in ("ConditionExpression", "ExpressionAttributeNames"):
        del data["Put"][condition]
    pulls = new_item(PULL_LOG, "third_order_no", pulls_of(order["S"], row["uid"]))
    for condition in ("ConditionExpression", "ExpressionAttributeNames"):
        del pulls["Put"][condition]
    transact(
        new_item(ORDERS, "order", {**row, "data_keys": {"M": {"push": {"S": key}}}}),
        history(order, 1, "push-order", "pushed", to="0"),
        new_item(CONVERSION, "third_order_no", {
            "third_order_no": order, "order_no": {"S": STAMP}, "created_at": {"S": NOW},
        }),
        data,
        {"Update": {
            "TableName": USERS,
            "Key": {"user": {"S": user}},
            "UpdateExpression": "SET #person = :person, #person_key_id = :person_key_id, #updated_at = :now, "
            "#created_at = if_not_exists(#created_at, :now), #schema = :schema, #stamp = :stamp",
            "ExpressionAttributeNames": {
                "#person": "person",
                "#person_key_id": "person_key_id",
                "#updated_at": "updated_at",
                "#created_at": "created_at",
                "#schema": "schema_version",
                "#stamp": "request_stamp",
            },
            "ExpressionAttributeValues": {
                ":person": person[0],
                ":person_key_id": person[1],
                ":now": {"S": NOW},
                ":schema": {"N": "1"},
                ":stamp": {"S": STAMP},
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }},
        pulls,
    )


def pulls_of(order, uid):
    """The pulls of a new order, all of which are due."""
    shard = int(fingerprint(*order.split("#"))[0], 16) % SHARDS
    row = {
        "third_order_no": {"S": order},
        "id": {"S": STAMP},
        "rongshu_uid": uid,
        "retry_count": {"N": "0"},
        "due_shard": {"N": str(shard)},
        "next_pull_at": {"S": NOW},
        "created_at": {"S": NOW},
        "updated_at": {"S": NOW},
    }
    for kind in ("operator", "credit_card", "device"):
        row |= {
            f"{kind}_state": {"N": "0"},
            f"{kind}_failures": {"N": "0"},
            f"{kind}_next_at": {"S": NOW},
        }
    return row


def history(order, version, source, reason, **steps):
    return new_item(HISTORY, "order", {
        "order": order,
        "version": {"N": str(version)},
        "at": {"S": NOW},
        "source": {"S": source},
        "reason": {"S": reason},
        **{name: {"N": status} for name, status in steps.items()},
    })


def index(table, name, keys, shard, time):
    """The rows of a shard that are due."""
    return DYNAMODB.query(
        TableName=table,
        IndexName=name,
        KeyConditionExpression="#shard = :shard AND #at <= :time",
        ExpressionAttributeNames={"#shard": keys[0], "#at": keys[1]},
        ExpressionAttributeValues={":shard": shard, ":time": {"S": time}},
        Limit=25,
        ReturnConsumedCapacity="TOTAL",
    )["Items"]


def due_pulls(shard, time):
    return index(PULL_LOG, "due", ("due_shard", "next_pull_at"), {"N": str(shard)}, time)


def work(kind, shard):
    """The orders of a shard that a job is to take further."""
    rows = index(ORDERS, "work", ("work_shard", "work_at"), {"S": f"{kind}#{shard}"}, NOW)
    return [row["order"]["S"] for row in rows]


def step(order, source, status, reason, work_at=None):
    """The order, taken a step further on condition of the version that was read, with its row and its history's."""
    read = order["version"]
    version = str(int(read["N"]) + 1)
    item = {
        **order,
        "version": {"N": version},
        "status": {"N": status},
        "updated_at": {"S": NOW},
        "request_stamp": {"S": STAMP},
    }
    if work_at:
        item["work_at"] = {"S": work_at}
    else:
        item = {name: value for name, value in item.items() if name not in ("work_at", "work_shard")}
    put = {
        "TableName": ORDERS,
        "Item": item,
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":version": read},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    entry = history(order["order"], version, source, reason, **{"from": order["status"]["N"], "to": status})
    return item, [{"Put": put}, entry]
