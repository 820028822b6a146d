"""The table of the outbox: a row is written with the change that causes its message, and deleted once that is sent."""

import os

from peer.dynamodb import DYNAMODB, NOW, new_item

TABLE = os.environ["OUTBOX_TABLE"]
SHARDS = 4
# How many rows one call deletes.
MOST_DELETED = 25


def key(message_id):
    """The key of the row with this id, made at NOW: its first digit is its shard."""
    return {"shard": {"N": str(int(message_id[0], 16) % SHARDS)}, "entry": {"S": f"{NOW}#{message_id}"}}


def row(message_id, destination, body, attributes):
    message = {"destination": {"M": destination}, "body": {"S": body}, "attributes": {"M": attributes}}
    return new_item(TABLE, "entry", key(message_id) | message)


def page(shard, before, start):
    """A page of what a shard holds that was made before an instant, and where the next one begins."""
    options = {"ExclusiveStartKey": start} if start else {}
    found = DYNAMODB.query(
        TableName=TABLE,
        KeyConditionExpression="#shard = :shard AND #entry < :before",
        ExpressionAttributeNames={"#shard": "shard", "#entry": "entry"},
        ExpressionAttributeValues={":shard": {"N": str(shard)}, ":before": {"S": before}},
        Limit=50,
        ReturnConsumedCapacity="TOTAL",
        **options,
    )
    return found["Items"], found.get("LastEvaluatedKey")


def delete(keys):
    for start in range(0, len(keys), MOST_DELETED):
        deletes = [{"DeleteRequest": {"Key": row_key}} for row_key in keys[start : start + MOST_DELETED]]
        left = DYNAMODB.batch_write_item(RequestItems={TABLE: deletes}, ReturnConsumedCapacity="TOTAL")
        if left.get("UnprocessedItems"):
            raise ValueError("a row was not deleted")
