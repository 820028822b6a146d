"""The marketplace context's jobs."""

import json
import os
from decimal import ROUND_HALF_UP, Decimal

from peer.parameters import secrets

JOB = os.environ["BENCH_JOB"]
CHANNEL_SECRET = "BENCH_CHANNEL_PARAMETER"
DIGEST_SECRET = "DIGEST_SECRET_PARAMETER"
# Whom nobody knows.
NOBODY = "-"
CENT = Decimal("0.01")
MONTHLY = Decimal("0.30") / 12
BANKS = (
    ("ABC", "中国农业银行"),
    ("BCM", "交通银行"),
    ("ICBC", "中国工商银行"),
    ("PSBC", "中国邮政储蓄银行"),
    ("CGB", "广发银行"),
    ("PAB", "平安银行"),
    ("CMB", "招商银行"),
    ("BOC", "中国银行"),
    ("CCB", "中国建设银行"),
    ("CEB", "中国光大银行"),
    ("CIB", "兴业银行"),
    ("CITIC", "中信银行"),
    ("HXB", "华夏银行"),
    ("SPDB", "浦发银行"),
    ("BOB", "北京银行"),
    ("BOSC", "上海银行"),
    ("CMBC", "中国民生银行"),
)

if JOB == "credit-application":
    from peer.marketplace_application import credit_application  # noqa: F401
elif JOB == "credit-result":
    from peer.marketplace_decision import credit_result  # noqa: F401
elif JOB == "partner-callback":
    from peer.marketplace_partner import partner_callback  # noqa: F401
elif JOB in ("loan-result-query", "repay-trial", "repay-plan-query", "repay-result-query", "repay"):
    from peer.marketplace_loans import (  # noqa: F401
        loan_result_query,
        repay,
        repay_plan_query,
        repay_result_query,
        repay_trial,
    )
elif JOB in ("audit-result", "loan-result", "repay-plan", "overdue", "repay-result"):
    from peer.marketplace_messages import (  # noqa: F401
        audit_result,
        loan_result,
        overdue,
        repay_plan,
        repay_result,
    )
elif JOB in ("bind-card", "confirm-loan", "depository-events"):
    from peer.marketplace_confirmations import bind_card, confirm_loan, depository_events  # noqa: F401
elif JOB == "depository-check":
    from peer.marketplace_registers import depository_check  # noqa: F401
elif JOB == "customer-events":
    from peer.marketplace_customers import Digests, base_of, change

    DIGESTS = Digests(secrets(DIGEST_SECRET)[0])
    base_of(NOBODY)
else:
    from peer.forms import compact
    from peer.marketplace_channel import Channel, answered
if JOB in ("loan-calculation", "bank-list", "audit-result-query", "contract-list"):
    CHANNEL = Channel(secrets(CHANNEL_SECRET)[0])
if JOB == "user-check":
    from peer.marketplace_customers import Digests, known

    _channel, _digest = secrets(CHANNEL_SECRET, DIGEST_SECRET)
    CHANNEL, DIGESTS = Channel(_channel), Digests(_digest)
    known(NOBODY)
    known(NOBODY)
if JOB == "push-order":
    from peer.marketplace_customers import Digests
    from peer.sealing import Sealing

    _channel, _digest, _sealing = secrets(CHANNEL_SECRET, DIGEST_SECRET, "SEALING_SECRET_PARAMETER")
    CHANNEL, DIGESTS, SEALING = Channel(_channel), Digests(_digest), Sealing(_sealing)
if JOB in ("operator-pull", "push-order-parse"):
    from peer.sealing import Sealing

    SEALING = Sealing(secrets(CHANNEL_SECRET, "SEALING_SECRET_PARAMETER")[1])
if JOB in ("push-order", "audit-result-query", "contract-list", "operator-pull", "push-order-parse"):
    from peer import marketplace_orders as orders

    orders.find(NOBODY)
if JOB in ("push-order", "push-order-parse"):
    from peer import objects

    objects.warm()
if JOB == "operator-pull":
    from peer.forms import sortable
if JOB == "push-order-parse":
    from peer.dynamodb import NOW, transact
    from peer.marketplace_customers import known


def user_check(request):
    inquiry = json.loads(CHANNEL.opened(request)[1])
    if known(DIGESTS.keyed("id_number", inquiry["md5"])) or known(DIGESTS.keyed("phone", inquiry["mobileMd5"])):
        raise ValueError("somebody is known")
    return answered(
        compact({
            "isStock": 0,
            "isCanLoan": 1,
            "isBlackList": 0,
            "rejectReason": 0,
            "periodUnit": 2,
            "remark": "可以借款",
            "amountLimit": '{"maxLoan":15000.00,"minLoan":5000.00,"maxPeriod":12,"minPeriod":12}',
            "amountOption": '[{"min":5000.00,"max":15000.00,"step":100.00,"periods":[12]}]',
        })
    )


def cents(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def loan_calculation(request):
    """Equal instalments; the last payment takes up what rounding left. JSON's own writer knows no decimals."""
    asked = json.loads(CHANNEL.opened(request)[1], parse_float=Decimal, parse_int=Decimal)
    principal, count = asked["loanAmount"], int(asked["loanPeriod"])
    growth = (1 + MONTHLY) ** count
    payment = cents(principal * MONTHLY * growth / (growth - 1))
    balance, total, periods = principal, Decimal(0), []
    for number in range(1, count + 1):
        interest = cents(balance * MONTHLY)
        due = balance + interest if number == count else payment
        balance -= due - interest
        total += due
        periods.append(f'{{"periodNo":{number},"amount":{due:.2f},"repayAmount":{due:.2f}}}')
    plan = compact(f"[{','.join(periods)}]")
    return answered(
        f'{{"refundAmount":{total:.2f},"actualAmount":{principal:.2f},"remark":"试算成功","repayPlan":{plan}}}'
    )


def bank_list(request):
    CHANNEL.opened(request)
    return answered(compact([{"bankCode": code, "bankName": name, "cardType": 0} for code, name in BANKS]))


def asked_order(request):
    channel, business = CHANNEL.opened(request)
    order = orders.find(f"{channel}#{json.loads(business)['orderId']}")
    if order is None:
        raise ValueError("no such order")
    return order


def audit_result_query(request):
    order = asked_order(request)
    if order["status"]["N"] != "12":
        raise ValueError("the order is not approved")
    limit = order["amount_limit"]["M"]
    options = ",".join(
        f'{{"min":{option["min"]["S"]},"max":{option["max"]["S"]},"step":{option["step"]["S"]},'
        f'"periods":[{",".join(period["N"] for period in option["periods"]["L"])}]}}'
        for option in (option["M"] for option in order["amount_option"]["L"])
    )
    return answered(
        f'{{"status":6001,"remark":"初审通过",'
        f'"amountLimit":{{"maxLoan":{limit["max_loan"]["S"]},"minLoan":{limit["min_loan"]["S"]},'
        f'"maxPeriod":{limit["max_period"]["N"]},"minPeriod":{limit["min_period"]["N"]}}},"amountOption":[{options}]}}'
    )


def contract_list(request):
    asked_order(request)
    return answered(
        compact([
            {"个人借款合同": "https://contracts.example/loan.html"},
            {"征信授权书": "https://contracts.example/credit-authorization.html"},
        ])
    )


def push_order(request):
    channel, business = CHANNEL.opened(request)
    row, user, person = orders.pushed(channel, json.loads(business), DIGESTS, SEALING)
    if orders.find(row["order"]["S"]) is not None:
        raise ValueError("the order is there")
    key = f"{row['order']['S'].replace('#', '/')}/push/{os.urandom(16).hex()}"
    content = SEALING.seal_whole(business.encode(), "raw_data", key)
    objects.put(key, content)
    orders.begin(row, user, person, key, content)
    return answered(compact({"status": 2001, "remark": "accepted"}))


def operator_pull(occasion):
    time = sortable(occasion["time"])
    for shard in range(orders.SHARDS):
        if orders.due_pulls(shard, time):
            raise ValueError("something is to be pulled")


def push_order_parse(_occasion):
    for shard in range(orders.SHARDS):
        for key in orders.work("parse", shard):
            taken, items = orders.step(orders.find(key), "push-order-parse", "3", "to be parsed", NOW)
            transact(*items)
            object_key = taken["data_keys"]["M"]["push"]["S"]
            push = json.loads(SEALING.open_whole(objects.get(object_key), "raw_data", object_key))
            if not push["idInfo"]["cid"]:
                raise ValueError("no id number")
            known(taken["id_number_digest"]["S"])
            known(taken["phone_digest"]["S"])
            transact(*orders.step(taken, "push-order-parse", "10", "may borrow", NOW)[1])


def customer_events(batch):
    for record in batch["Records"]:
        change(DIGESTS, json.loads(record["body"]))
    return {"batchItemFailures": []}
