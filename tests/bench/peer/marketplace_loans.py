"""What the platform asks of loans, and repayments."""

import json
import os
from decimal import Decimal

from peer import marketplace_loan_rows as loans
from peer.forms import CORRELATION_ID, compact, fingerprint
from peer.marketplace_channel import Channel, answered
from peer.parameters import secrets

JOB = os.environ["BENCH_JOB"]
NOBODY = "-"
CHANNEL = Channel(secrets("BENCH_CHANNEL_PARAMETER")[0])
if JOB == "repay":
    from peer.dynamodb import STAMP, transact
    from peer.queues import send
    from peer.unsent import delete, key, row

    COMMANDS = os.environ["CORE_COMMANDS_QUEUE_URL"]
loans.find(NOBODY)


def asked(request):
    channel, business = CHANNEL.opened(request)
    question = json.loads(business)
    return f"{channel}#{question['orderId']}", question.get("period")


def period_of(loan, number):
    return next(period for period in loans.plan_of(loan) if period["period_no"]["N"] == str(number))


def left(period):
    amount = {name: Decimal(period[name]["S"]) for name in ("repay_amount", "overdue_fee", "already_repay_amount")}
    return amount["repay_amount"] + amount["overdue_fee"] - amount["already_repay_amount"]


def loan_result_query(request):
    order, _ = asked(request)
    loan = loans.find(order)
    if loan["status"]["N"] != "30":
        raise ValueError("it is not disbursed")
    return answered(loans.disbursed(loan))


def repay_trial(request):
    order, number = asked(request)
    period = period_of(loans.find(order), number)
    return answered(
        f'{{"loanAmount":{period["principal"]["S"]},"repayAmount":{left(period)},'
        f'"overdueFee":{period["overdue_fee"]["S"]},"remark":"试算成功"}}'
    )


def repay_plan_query(request):
    order, _ = asked(request)
    return answered(loans.whole_plan(loans.find(order)))


def unpaid(loan, number):
    period = period_of(loan, number)
    if period["status"]["S"] == "paid" or "attempts" in loan:
        raise ValueError("it was repaid, or tried to be")
    return period


def repay_result_query(request):
    order, number = asked(request)
    period = unpaid(loans.find(order), number)
    return answered(
        f'{{"status":8006,"alreadyRepayAmount":{period["already_repay_amount"]["S"]},'
        f'"willRepayAmount":{left(period)},"repayPeriod":{number},"remark":"未还款"}}'
    )


def repay(request):
    order, number = asked(request)
    loan = loans.find(order)
    unpaid(loan, number)
    loan["attempts"] = {"M": {str(number): {"M": {"closed": {"L": []}, "is_open": {"BOOL": True}}}}}
    _, items = loans.step(loan, "30", "repay", f"repayment of {number} asked for, attempt 1")
    channel, order_number = order.split("#")
    body = compact({
        "command_id": fingerprint("repayment", channel, order_number, str(number), "1")[:32],
        "type": "repayment",
        "channel_id": channel,
        "order_id": order_number,
        "borrow_no": loan["borrow_no"]["S"],
        "period": number,
        "attempt_no": 1,
    })
    attributes = {"x-correlation-id": {"S": CORRELATION_ID}}
    transact(*items, row(STAMP, {"queue_url": {"S": COMMANDS}}, body, attributes))
    send(COMMANDS, [(body, {"x-correlation-id": CORRELATION_ID})])
    delete([key(STAMP)])
    return answered(compact({"status": 5001, "remark": "还款申请已受理"}))
