"""The one client of DynamoDB, and what the contexts' tables have in common."""

from peer.aws import client

NOW = "2026-01-02T03:04:05.000000000Z"
STAMP = "0123456789abcdef0123456789abcdef"
# Whose rows are read to open the connection: there are none.
NOBODY = "\0"

DYNAMODB = client("dynamodb")


def transact(*items):
    DYNAMODB.transact_write_items(
        TransactItems=list(items), ClientRequestToken=STAMP, ReturnConsumedCapacity="TOTAL"
    )


def new_item(table, key, item):
    stamped = {"schema_version": {"N": "1"}, "request_stamp": {"S": STAMP}, **item}
    return {
        "Put": {
            "TableName": table,
            "Item": stamped,
            "ConditionExpression": "attribute_not_exists(#key)",
            "ExpressionAttributeNames": {"#key": key},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }
