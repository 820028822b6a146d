"""credit-result: the core's decision, and what the platform is told of it."""

import json
import os

from peer import marketplace_orders as orders
from peer.callbacks import caused
from peer.dynamodb import NOW, new_item, transact
from peer.forms import sortable
from peer.parameters import secrets
from peer.wake_ups import wake

MESSAGES = os.environ["THIRD_ORDER_MESSAGES_TABLE"]
secrets("DIGEST_SECRET_PARAMETER", "SEALING_SECRET_PARAMETER")
orders.find("-")


def stored_limit(limit):
    return {
        "max_loan": {"S": limit["max_loan"]},
        "min_loan": {"S": limit["min_loan"]},
        "max_period": {"N": str(limit["max_period"])},
        "min_period": {"N": str(limit["min_period"])},
    }


def stored_option(option):
    return {
        "min": {"S": option["min"]},
        "max": {"S": option["max"]},
        "step": {"S": option["step"]},
        "periods": {"L": [{"N": str(period)} for period in option["periods"]]},
    }


def told(decision):
    """What the platform is told, amounts as they are written."""
    limit = decision["amount_limit"]
    options = ",".join(
        f'{{"min":{option["min"]},"max":{option["max"]},"step":{option["step"]},"periods":{option["periods"]}}}'
        for option in decision["amount_option"]
    )
    return (
        f'{{"orderId":"{decision["order_id"]}","status":6001,"remark":"初审通过",'
        f'"amountLimit":{{"maxLoan":{limit["max_loan"]},"minLoan":{limit["min_loan"]},'
        f'"maxPeriod":{limit["max_period"]},"minPeriod":{limit["min_period"]}}},"amountOption":[{options}]}}'
    )


def take(decision):
    key = f"{decision['channel_id']}#{decision['order_id']}"
    order = orders.find(key)
    if order["status"]["N"] != "11" or decision["result"] != "approved":
        raise ValueError("nothing that is approved")
    event_id, occurred_at = {"S": decision["event_id"]}, {"S": sortable(decision["occurred_at"])}
    order["amount_limit"] = {"M": stored_limit(decision["amount_limit"])}
    order["amount_option"] = {"L": [{"M": stored_option(option)} for option in decision["amount_option"]]}
    last = {"event_id": event_id, "occurred_at": occurred_at}
    order["core_messages"] = {"M": {"credit_result": {"M": last}}}
    item, items = orders.step(order, "credit-result", "12", "credit approved")
    message = new_item(MESSAGES, "order", {
        "order": {"S": key},
        "message": {"S": f"credit_result#{decision['event_id']}"},
        "taken": {"S": "applied"},
        "told": {"S": decision["result"]},
        "occurred_at": occurred_at,
        "at": {"S": NOW},
    })
    transact(*items, message, *caused(key, int(item["version"]["N"]), ("audit", told(decision))))
    wake(key)


def credit_result(batch):
    for record in batch["Records"]:
        take(json.loads(record["body"]))
    return {"batchItemFailures": []}
