"""depository-check: the accounts that orders wait for. None is due, as in most runs."""

import os

from peer.dynamodb import DYNAMODB
from peer.forms import sortable
from peer.parameters import secrets

TABLE = os.environ["CL_DEPOSITORY_REGISTER_APPLY_TABLE"]
SHARDS = 4

secrets("BENCH_CHANNEL_PARAMETER", "SEALING_SECRET_PARAMETER")
DYNAMODB.get_item(TableName=TABLE, Key={"uid": {"S": "-"}, "order": {"S": "-"}})


def depository_check(occasion):
    time = sortable(occasion["time"])
    for shard in range(SHARDS):
        found = DYNAMODB.query(
            TableName=TABLE,
            IndexName="due",
            KeyConditionExpression="#shard = :shard AND #at <= :time",
            ExpressionAttributeNames={"#shard": "due_shard", "#at": "due_at"},
            ExpressionAttributeValues={":shard": {"N": str(shard)}, ":time": {"S": time}},
            Limit=25,
            ReturnConsumedCapacity="TOTAL",
        )
        if found["Items"]:
            raise ValueError("an account is due")
