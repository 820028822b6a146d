"""The table of loans."""

import os
from decimal import Decimal

from peer.dynamodb import DYNAMODB, NOW, STAMP, new_item
from peer.forms import compact, instant

LOANS = os.environ["CL_BORROW_TABLE"]
HISTORY = os.environ["THIRD_ORDER_HISTORY_TABLE"]
STATUSES = {"not_due": 1, "paid": 2, "overdue": 3}


def find(order):
    found = DYNAMODB.get_item(
        TableName=LOANS, Key={"order": {"S": order}}, ConsistentRead=True, ReturnConsumedCapacity="TOTAL"
    )
    return found.get("Item")


def plan_of(loan):
    return [period["M"] for period in loan["plan"]["L"]]


def millis(period, name):
    return int(instant(period[name]["S"]).timestamp() * 1000)


def wire(period):
    amount = period["repay_amount"]["S"]
    success = f',"successTime":{millis(period, "success_time")}' if "success_time" in period else ""
    return (
        f'{{"periodNo":{period["period_no"]["N"]},"payType":4,"amount":{amount},"repayAmount":{amount},'
        f'"alreadyRepayAmount":{period["already_repay_amount"]["S"]},"overdueFee":{period["overdue_fee"]["S"]},'
        f'"status":{STATUSES[period["status"]["S"]]},"dueTime":{millis(period, "due_time")},'
        f'"canRepayTime":{millis(period, "can_repay_time")}{success}}}'
    )


def periods(loan):
    """A plan's periods as the platform has them: a text in JSON."""
    return compact(f"[{','.join(wire(period) for period in plan_of(loan))}]")


def disbursed(loan):
    """What is told of a loan that is disbursed."""
    return (
        f'{{"status":7001,"remark":"放款成功","contractId":"{loan["contract_id"]["S"]}",'
        f'"loanAmount":{loan["loan_amount"]["S"]},"receiveAmount":{loan["receive_amount"]["S"]},'
        f'"repayAmount":{loan["repay_amount"]["S"]},"repayPlan":{periods(loan)}}}'
    )


def whole_plan(loan):
    """The plan with the card that is debited."""
    card = loan["card"]["M"]
    if card["bank_code"]["S"] != "GDB":
        raise ValueError("another bank")
    total = sum(Decimal(period["repay_amount"]["S"]) for period in plan_of(loan))
    return (
        f'{{"status":9001,"bankName":"广发银行","bankCard":"{card["card_last4"]["S"]}","bankCode":"CGB",'
        f'"receiveAmount":{loan["receive_amount"]["S"]},"totalRepayAmount":{total},"repayPlan":{periods(loan)}}}'
    )


def step(loan, status, source, reason):
    """The loan, changed on condition of the version that was read, with its row and its history's."""
    version = str(int(loan["version"]["N"]) + 1)
    item = {
        **loan,
        "version": {"N": version},
        "status": {"N": status},
        "updated_at": {"S": NOW},
        "request_stamp": {"S": STAMP},
    }
    put = {
        "TableName": LOANS,
        "Item": item,
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":version": loan["version"]},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    entry = new_item(HISTORY, "order", {
        "order": loan["order"],
        "version": {"N": version},
        "at": {"S": NOW},
        "loan_from": loan["status"],
        "loan_to": {"N": status},
        "source": {"S": source},
        "reason": {"S": reason},
    })
    return item, [{"Put": put}, entry]
