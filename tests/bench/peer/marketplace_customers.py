"""What is known of people, under keyed digests."""

import base64
import hashlib
import hmac
import os

from peer.dynamodb import DYNAMODB, STAMP, transact
from peer.forms import sortable

CUSTOMERS = os.environ["RONGSHU_CUSTOMERS_TABLE"]


class Digests:
    """The one key of a secret."""

    def __init__(self, secret):
        self.key = base64.b64decode(secret["keys"][0]["key"])

    def keyed(self, kind, text):
        return hmac.new(self.key, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()

    def hashed(self, kind, text):
        return self.keyed(kind, hashlib.md5(text.encode()).hexdigest())


def known(digest):
    """Whoever a digest may mean."""
    return DYNAMODB.query(
        TableName=CUSTOMERS,
        KeyConditionExpression="#digest = :digest",
        ExpressionAttributeNames={"#digest": "digest"},
        ExpressionAttributeValues={":digest": {"S": digest}},
        ConsistentRead=True,
        ReturnConsumedCapacity="TOTAL",
    )["Items"]


def base_of(customer):
    found = DYNAMODB.get_item(
        TableName=CUSTOMERS,
        Key={"digest": {"S": customer}, "customer": {"S": customer}},
        ConsistentRead=True,
        ReturnConsumedCapacity="TOTAL",
    )
    return found.get("Item")


def change(digests, changed):
    """Writes a customer who is new: a row under each digest, of which the first is the base."""
    mask = f"{changed['name']}|{changed['phone'][:7]}|{changed['cid'][:13]}"
    base, *others = [
        digests.hashed("id_number", changed["cid"]),
        digests.hashed("id_number", changed["cid"].lower()),
        digests.hashed("phone", changed["phone"]),
        digests.hashed("mask", mask),
    ]
    if base_of(base) is not None:
        raise ValueError("the customer is there")
    row = {
        "customer": {"S": base},
        "version": {"N": "1"},
        "is_customer": {"BOOL": changed["is_customer"]},
        "blacklisted": {"BOOL": changed["blacklisted"]},
        "loan_in_progress": {"BOOL": changed["loan_in_progress"]},
        "birthday": {"S": changed["birthday"]},
        "region": {"S": changed["region"]},
        "occurred_at": {"S": sortable(changed["occurred_at"])},
        "event_id": {"S": changed["event_id"]},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    }
    options = {"TableName": CUSTOMERS, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    first = {
        **options,
        "Item": {**row, "digest": {"S": base}, "digests": {"SS": others}},
        "ConditionExpression": "attribute_not_exists(#digest)",
        "ExpressionAttributeNames": {"#digest": "digest"},
    }
    rest = ({**options, "Item": {**row, "digest": {"S": digest}}} for digest in others)
    transact({"Put": first}, *({"Put": put} for put in rest))
