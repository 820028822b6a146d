"""The quota context's jobs."""

import json
import os
from datetime import timedelta, timezone
from decimal import ROUND_DOWN, Decimal

# awslambdaric has imported it for its own answers; it writes decimals as they are.
import simplejson

from peer.dynamodb import DYNAMODB, NOBODY, NOW, STAMP, new_item, transact
from peer.forms import fingerprint, instant, sortable
from peer.http import answer

JOB = os.environ["BENCH_JOB"]
ACCOUNTS = os.environ["QUOTA_ACCOUNTS_TABLE"]
GRANTS = os.environ["CREDIT_APPLY_TABLE"]
EFFECTIVE_AFTER = "2019-03-31T16:00:00.000000000Z"
SHARDS = 4
CANCELLED, EXPIRED = "3", "4"
SHANGHAI = timezone(timedelta(hours=8))
TWO_DECIMALS, FOUR_DECIMALS = Decimal("0.01"), Decimal("0.0001")
SUCCESS = {"isSuccess": True, "code": "1111", "info": "success"}

if JOB in ("get-temp-quota", "cancel-temp-quota"):
    from peer.session import caller
if JOB in ("cancel-temp-quota", "cancel-temp-credit"):
    from peer.outbox import deliver, event, row_of


def get_item(table, key, **options):
    return DYNAMODB.get_item(TableName=table, Key=key, ReturnConsumedCapacity="TOTAL", **options).get("Item")


def texts():
    return get_item(os.environ["ONLINE_TEXTS_TABLE"], {"context": {"S": "quota"}})


def account(pin):
    return get_item(ACCOUNTS, {"pin": {"S": pin}}, ConsistentRead=True)


def grant(pin, grant_id):
    return get_item(GRANTS, {"pin": {"S": pin}, "grant_id": {"S": grant_id}}, ConsistentRead=True)


def query(index, condition, names, values, **options):
    found = DYNAMODB.query(
        TableName=GRANTS,
        IndexName=index,
        KeyConditionExpression=condition,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
        ReturnConsumedCapacity="TOTAL",
        **options,
    )
    return found["Items"]


def effective(pin):
    return query(
        "effective",
        "#pin = :pin AND #live_since > :after",
        {"#pin": "pin", "#live_since": "live_since"},
        {":pin": {"S": pin}, ":after": {"S": EFFECTIVE_AFTER}},
        ConsistentRead=True,
    )


def due(shard, time):
    return query(
        "due",
        "#due_shard = :shard AND #due_at <= :time",
        {"#due_shard": "due_shard", "#due_at": "due_at"},
        {":shard": {"N": str(shard)}, ":time": {"S": time}},
    )


def update(table, key, expression, names, values, **options):
    return {
        "Update": {
            "TableName": table,
            "Key": key,
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {"#stamp": "request_stamp", **names},
            "ExpressionAttributeValues": {":now": {"S": NOW}, ":stamp": {"S": STAMP}, **values},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            **options,
        }
    }


def take_off(pin, grant_id, amount, status, *more):
    ended = update(
        GRANTS,
        {"pin": {"S": pin}, "grant_id": {"S": grant_id}},
        "SET #status = :status, #update_time = :now, #stamp = :stamp REMOVE #live_since, #due_at, #due_shard",
        {
            "#status": "status",
            "#update_time": "update_time",
            "#live_since": "live_since",
            "#due_at": "due_at",
            "#due_shard": "due_shard",
        },
        {":effective": {"S": "2"}, ":status": {"S": status}},
        ConditionExpression="#status = :effective",
    )
    reduced = update(
        ACCOUNTS,
        {"pin": {"S": pin}},
        "SET #temp_total = #temp_total - :amount, #updated_at = :now, #stamp = :stamp",
        {"#temp_total": "temp_total", "#updated_at": "updated_at"},
        {":amount": {"N": str(amount)}},
        ConditionExpression="#temp_total >= :amount",
    )
    transact(ended, reduced, *more)


def raised(pin, amount):
    return update(
        ACCOUNTS,
        {"pin": {"S": pin}},
        "SET #temp_total = if_not_exists(#temp_total, :zero) + :amount,"
        " #state = if_not_exists(#state, :not_opened),"
        " #account_type = if_not_exists(#account_type, :normal),"
        " #created_at = if_not_exists(#created_at, :now), #updated_at = :now,"
        " #schema_version = :schema_version, #stamp = :stamp",
        {
            "#temp_total": "temp_total",
            "#state": "state",
            "#account_type": "account_type",
            "#created_at": "created_at",
            "#updated_at": "updated_at",
            "#schema_version": "schema_version",
        },
        {
            ":zero": {"N": "0"},
            ":amount": {"N": amount},
            ":not_opened": {"S": "not_opened"},
            ":normal": {"S": "NORMAL"},
            ":schema_version": {"N": "1"},
        },
    )


def in_shanghai(text):
    return instant(text).astimezone(SHANGHAI)


def two_decimals(amount):
    return str(Decimal(amount).quantize(TWO_DECIMALS, ROUND_DOWN))


def four_decimals(amount):
    return Decimal(amount).quantize(FOUR_DECIMALS)


def exactly(body):
    return simplejson.dumps(body, use_decimal=True)


def listed(pin):
    """The account's total and the grants, the latest first. They are read one after the other: see below."""
    total = account(pin)["temp_total"]["N"]
    return total, effective(pin)[::-1]


def page_of(grants, page, size):
    return grants[(page - 1) * size : page * size]


def cancel(pin, business_type, business_id):
    grant_id = f"{business_type}#{business_id}"
    found = grant(pin, grant_id)
    if found["status"]["S"] != "2":
        raise ValueError("the grant is not in force")
    amount = four_decimals(found["change_limit"]["N"])
    told = event(
        "tenor.quota",
        "temp_credit_cancelled",
        pin=pin,
        business_type=business_type,
        business_id=business_id,
        change_limit=str(amount),
    )
    take_off(pin, grant_id, amount, CANCELLED, row_of(told))
    deliver(told)
    return amount


def shown(row):
    business_type, business_id = row["grant_id"]["S"].split("#", 1)
    return {
        "businessId": business_id,
        "businessType": business_type,
        "invalidTime": in_shanghai(row["invalid_time"]["S"]).date().isoformat(),
        "tempLimit": two_decimals(row["change_limit"]["N"]),
    }


def queried(row):
    business_type, business_id = row["grant_id"]["S"].split("#", 1)
    return {
        "tempLimit": four_decimals(row["change_limit"]["N"]),
        "effectiveTime": in_shanghai(row["live_since"]["S"]).isoformat(),
        "invalidTime": in_shanghai(row["invalid_time"]["S"]).isoformat(),
        "businessType": business_type,
        "businessId": business_id,
    }


def get_temp_quota(request):
    pin = caller(request, "bt")
    asked = json.loads(request["body"])
    page, size = int(asked["page"]), int(asked["pageSize"])
    total, grants = listed(pin)
    return answer(
        {
            "code": "1111",
            "error_msg": "以下是您的临时额度明细，您可选择对应额度进行取消。",
            "issuccess": 1,
            "page": page,
            "pageNum": -(-len(grants) // size),
            "pageSize": size,
            "tempQuotaList": [shown(row) for row in page_of(grants, page, size)],
            "totalCount": len(grants),
            "totalTempQuota": two_decimals(total),
        }
    )


def cancel_temp_quota(request):
    pin = caller(request, "bt")
    asked = json.loads(request["body"])
    cancel(pin, asked["businessType"], asked["businessId"])
    return answer({"issuccess": 1, "error_msg": "取消临时额度成功", "code": "1111"})


def query_temp_credit(request):
    asked = json.loads(request["body"])
    page, size = asked["page"], asked["pageSize"]
    total, grants = listed(asked["pin"])
    return answer(
        {
            "page": page,
            "pageSize": size,
            "totalCount": len(grants),
            "pageNum": -(-len(grants) // size),
            "result": SUCCESS,
            "tempCreditList": [queried(row) for row in page_of(grants, page, size)],
            "totalTempQuota": four_decimals(total),
            "accountType": "NORMAL",
        },
        exactly,
    )


def cancel_temp_credit(request):
    asked = json.loads(request["body"])
    amount = cancel(asked["pin"], asked["businessType"], asked["businessId"])
    return answer({"result": SUCCESS, "changelimit": amount}, exactly)


def credit_events(batch):
    for record in batch["Records"]:
        event = json.loads(record["body"])
        pin, amount = event["pin"], event["change_limit"]
        grant_id = f"{event['business_type']}#{event['business_id']}"
        since, expiry = sortable(event["effective_time"]), sortable(event["invalid_time"])
        content = fingerprint(pin, grant_id, amount, since, expiry, event["business_name"], event["source_type"])
        claim = {"apply_no": {"S": event["apply_no"]}, "content": {"S": content}, "created_at": {"S": NOW}}
        row = {
            "pin": {"S": pin},
            "grant_id": {"S": grant_id},
            "apply_no": {"S": event["apply_no"]},
            "credit_type": {"S": "TEMP"},
            "change_way": {"S": "BOTH"},
            "change_limit": {"N": amount},
            "business_name": {"S": event["business_name"]},
            "source_type": {"S": event["source_type"]},
            "effective_time": {"S": since},
            "live_since": {"S": since},
            "invalid_time": {"S": expiry},
            "due_at": {"S": expiry},
            "due_shard": {"N": str(int(fingerprint(pin)[0], 16) % SHARDS)},
            "update_time": {"S": sortable(event["occurred_at"])},
            "status": {"S": "2"},
            "created_at": {"S": NOW},
        }
        transact(
            new_item(os.environ["APPLY_NUMBERS_TABLE"], "apply_no", claim),
            new_item(GRANTS, "grant_id", row),
            raised(pin, amount),
        )
    return {"batchItemFailures": []}


def temp_credit_expiry(occasion):
    """The shards one after the other, from another one on each day: with a pool of threads they took as much processor
    time or up to a tenth more, and a connection each.
    """
    time = sortable(occasion["time"])
    first = int(instant(occasion["time"]).timestamp()) // 86_400 % SHARDS
    for shard in (*range(first, SHARDS), *range(first)):
        for row in due(shard, time):
            take_off(row["pin"]["S"], row["grant_id"]["S"], four_decimals(row["change_limit"]["N"]), EXPIRED)


# What each function reads during init, to open its connections; a daily run opens its own.
WARM_UP = {
    "get-temp-quota": lambda: (texts(), account(NOBODY)),
    "cancel-temp-quota": texts,
    "query-temp-credit": lambda: (account(NOBODY), account(NOBODY)),
    "cancel-temp-credit": lambda: grant(NOBODY, NOBODY),
    "credit-events": lambda: account(NOBODY),
    "temp-credit-expiry": lambda: None,
}
WARM_UP[JOB]()
