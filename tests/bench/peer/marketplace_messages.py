"""What the core tells of loans: each message changes a loan, and most are told on."""

import json
import os

from peer import marketplace_loan_rows as loans
from peer.callbacks import caused
from peer.dynamodb import NOW, new_item, transact
from peer.forms import instant, sortable
from peer.parameters import secrets
from peer.wake_ups import wake

JOB = os.environ["BENCH_JOB"]
KIND = JOB.replace("-", "_")
MESSAGES = os.environ["THIRD_ORDER_MESSAGES_TABLE"]
TIMES_AND_AMOUNTS = (
    "due_time",
    "can_repay_time",
    "principal",
    "repay_amount",
    "already_repay_amount",
    "overdue_fee",
    "status",
)

if JOB in ("audit-result", "loan-result"):
    secrets("DIGEST_SECRET_PARAMETER", "SEALING_SECRET_PARAMETER")
if JOB in ("overdue", "repay-result"):
    secrets("BENCH_CHANNEL_PARAMETER")
if JOB == "repay-plan":
    from peer import outbox
loans.find("-")


def period_of(period):
    item = {"period_no": {"N": str(period["period_no"])}}
    item |= {name: {"S": period[name]} for name in TIMES_AND_AMOUNTS}
    if period["success_time"]:
        item["success_time"] = {"S": period["success_time"]}
    return {"M": item}


def put_plan(loan, message):
    loan["plan"] = {"L": [period_of(period) for period in message["plan"]]}
    loan["plan_at"] = {"S": sortable(message["occurred_at"])}


def of_order(message, told):
    return f'{{"orderId":"{message["order_id"]}",{told[1:]}'


def take(message, change):
    """`change` tells the status, the reason, the callbacks and the event of what it changes a loan to."""
    order = f"{message['channel_id']}#{message['order_id']}"
    loan = loans.find(order)
    status, reason, callbacks, event = change(loan, message)
    occurred_at, event_id = {"S": sortable(message["occurred_at"])}, message["event_id"]
    last = {"event_id": {"S": event_id}, "occurred_at": occurred_at}
    loan["core_messages"] = {"M": {KIND: {"M": last}}}
    item, items = loans.step(loan, status, JOB, reason)
    if event:
        items.append(outbox.row_of(event))
    kept = new_item(MESSAGES, "order", {
        "order": {"S": order},
        "message": {"S": f"{KIND}#{event_id}"},
        "taken": {"S": "applied"},
        "told": {"S": KIND},
        "occurred_at": occurred_at,
        "at": {"S": NOW},
    })
    transact(*items, kept, *caused(order, int(item["version"]["N"]), *callbacks))
    if callbacks:
        wake(order)
    if event:
        outbox.deliver(event)


def taken(batch, change):
    for record in batch["Records"]:
        take(json.loads(record["body"]), change)
    return {"batchItemFailures": []}


def audit_result(batch):
    return taken(batch, lambda _loan, _message: ("20", "audit passed", [], None))


def loan_result(batch):
    def change(loan, message):
        loan["receive_amount"] = {"S": message["receive_amount"]}
        return "30", "result of the disbursement", [], None

    return taken(batch, change)


def repay_plan(batch):
    def change(loan, message):
        put_plan(loan, message)
        for name in ("contract_id", "receive_amount", "repay_amount"):
            loan[name] = {"S": message[name]}
        event = outbox.event(
            "tenor.marketplace",
            "loan_disbursed",
            channel_id=message["channel_id"],
            order_id=message["order_id"],
            borrow_no=loan["borrow_no"]["S"],
            contract_id=message["contract_id"],
            loan_version=int(loan["version"]["N"]) + 1,
            loan_amount=loan["loan_amount"]["S"],
            receive_amount=message["receive_amount"],
            repay_amount=message["repay_amount"],
            periods=len(message["plan"]),
        )
        return "30", "plan made", [("loan", of_order(message, loans.disbursed(loan)))], event

    return taken(batch, change)


def overdue(batch):
    def change(loan, message):
        put_plan(loan, message)
        return "30", "overdue fees", [("plan", of_order(message, loans.whole_plan(loan)))], None

    return taken(batch, change)


def repay_result(batch):
    def change(loan, message):
        put_plan(loan, message)
        closed = {"closed": {"L": [{"S": "paid"}]}, "is_open": {"BOOL": False}, "last": {"S": "paid"}}
        loan["attempts"] = {"M": {str(message["period"]): {"M": closed}}}
        repaid = (
            f'{{"orderId":"{message["order_id"]}","period":{message["period"]},"status":8001,'
            f'"alreadyRepayAmount":{message["already_repay_amount"]},'
            f'"willRepayAmount":{message["will_repay_amount"]},"remark":"已还清",'
            f'"repayTime":{int(instant(message["repay_time"]).timestamp() * 1000)}}}'
        )
        callbacks = [("repay", repaid), ("plan", of_order(message, loans.whole_plan(loan)))]
        return "30", "repayment of 1, attempt 1: paid", callbacks, None

    return taken(batch, change)
