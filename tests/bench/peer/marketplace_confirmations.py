"""bind-card, confirm-loan and depository-events: the bank and the depository are asked, and all is written at once."""

import json
import os
from decimal import Decimal

import urllib3

from peer import marketplace_orders as orders
from peer.dynamodb import DYNAMODB, NOW, STAMP, new_item, transact
from peer.forms import CORRELATION_ID, compact, fingerprint
from peer.marketplace_channel import Channel, answered
from peer.marketplace_customers import Digests, known
from peer.parameters import secrets
from peer.queues import send
from peer.sealing import Sealing
from peer.unsent import delete, key, row

JOB = os.environ["BENCH_JOB"]
CHANNEL_ID = "840"
LOANS = os.environ["CL_BORROW_TABLE"]
LOGS = os.environ["CL_BORROW_CONFIRM_LOG_TABLE"]
REGISTERS = os.environ["CL_DEPOSITORY_REGISTER_APPLY_TABLE"]
CARDS = os.environ["RONGSHU_CARDS_TABLE"]
COMMANDS = os.environ["CORE_COMMANDS_QUEUE_URL"]
NOBODY = "-"
BANKS = {"CGB": "GDB"}
POOL = urllib3.PoolManager()


def item_of(table, **names):
    """The row with this key."""
    row_key = {name: {"S": value} for name, value in names.items()}
    found = DYNAMODB.get_item(TableName=table, Key=row_key, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    return found.get("Item")


def all_of(table, name, value):
    """The rows of a user."""
    return DYNAMODB.query(
        TableName=table,
        KeyConditionExpression="#key = :" + name,
        ExpressionAttributeNames={"#key": name},
        ExpressionAttributeValues={":" + name: {"S": value}},
        ConsistentRead=True,
        ReturnConsumedCapacity="TOTAL",
    )["Items"]


if JOB == "bind-card":
    _channel, _digest = secrets("BENCH_CHANNEL_PARAMETER", "DIGEST_SECRET_PARAMETER")
    CHANNEL, DIGESTS = Channel(_channel), Digests(_digest)
else:
    _channel, _sealing = secrets("BENCH_CHANNEL_PARAMETER", "SEALING_SECRET_PARAMETER")
    CHANNEL, SEALING = Channel(_channel), Sealing(_sealing)
if JOB == "bind-card":
    item_of(CARDS, user=NOBODY, card=NOBODY)
if JOB != "depository-events":
    orders.find(NOBODY)
if JOB != "bind-card":
    item_of(REGISTERS, uid=NOBODY, order=NOBODY)
if JOB == "confirm-loan":
    known(NOBODY)
    known(NOBODY)


def expect_account(uid):
    answer = POOL.request("GET", f"{os.environ['XW_URL']}/users/{uid}")
    if json.loads(answer.data)["state"] != "open":
        raise ValueError("no account")


def bound(asked, order):
    """How the bank calls the card that it binds."""
    body = compact({
        "request_id": DIGESTS.keyed("card_binding", f"{order}:{asked['bankCardNum']}"),
        "name": asked["name"],
        "cid": asked["cid"],
        "phone": asked["phone"],
        "bank_code": BANKS[asked["bankCode"]],
        "card_no": asked["bankCardNum"],
    })
    headers = {"content-type": "application/json"}
    url = f"{os.environ['BANK_URL']}/cards"
    answer = json.loads(POOL.request("POST", url, body=body.encode(), headers=headers).data)
    if answer["status"] != "bound":
        raise ValueError("not bound")
    return answer["card_ref"]


def put(table, item):
    stamped = {**item, "schema_version": {"N": "1"}, "request_stamp": {"S": STAMP}}
    return {"Put": {"TableName": table, "Item": stamped, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}


def as_read(table, changed, read):
    """A row that has changed, on condition that it is the one that was read."""
    write = put(table, changed)
    write["Put"] |= {
        "ConditionExpression": "#stamp = :read",
        "ExpressionAttributeNames": {"#stamp": "request_stamp"},
        "ExpressionAttributeValues": {":read": read["request_stamp"]},
    }
    return write


def bind_card(request):
    channel, business = CHANNEL.opened(request)
    asked = json.loads(business)
    order_key, user = f"{channel}#{asked['orderId']}", f"{channel}#{asked['uid']}"
    digest = DIGESTS.keyed("card", asked["bankCardNum"])
    order = orders.find(order_key)
    if order["uid"]["S"] != asked["uid"] or order["status"]["N"] != "12":
        raise ValueError("another's, or not now")
    if item_of(CARDS, user=user, card=f"card#{digest}") or item_of(REGISTERS, uid=user, order=order_key):
        raise ValueError("it is bound already, or somebody waits")
    card_ref = bound(asked, order_key)
    expect_account(asked["uid"])
    order["auth_items"] = {"SS": [*order["auth_items"]["SS"], "bankCard"]}
    _, items = orders.step(order, JOB, "12", "")
    card = put(CARDS, {
        "user": {"S": user},
        "card": {"S": f"card#{digest}"},
        "bank_code": {"S": BANKS[asked["bankCode"]]},
        "card_last4": {"S": asked["bankCardNum"][-4:]},
        "card_ref": {"S": card_ref},
        "card_type": {"N": str(asked["cardType"])},
        "bound_at": {"S": NOW},
    })
    defaults = put(CARDS, {
        "user": {"S": user},
        "card": {"S": "default"},
        "payout": {"S": digest},
        "repayment": {"S": digest},
        "at": {"S": NOW},
    })
    # It is no step: there is nothing for the history.
    transact(items[0], card, defaults)
    return answered(compact({"status": 3001, "remark": "绑卡成功"}))


def payout_card(user):
    """The user's card that loans are paid out to."""
    cards = {card["card"]["S"]: card for card in all_of(CARDS, "user", user)}
    card = cards[f"card#{cards['default']['payout']['S']}"]
    return {"M": {name: card[name] for name in ("bank_code", "card_last4", "card_ref")}}


def looked_up(order):
    """The card of an order's user, who may borrow."""
    key_text = order["order"]["S"]
    person = SEALING.open(order["person"], order["person_key_id"], "third_orders", key_text)
    if not json.loads(person)["cid"]:
        raise ValueError("no id number")
    if known(order["id_number_digest"]["S"]) or known(order["phone_digest"]["S"]):
        raise ValueError("somebody is known")
    return payout_card(f"{key_text.split('#')[0]}#{order['uid']['S']}")


def complete(order, terms, card, others=()):
    changed, items = orders.step(order, JOB, "1", "loan confirmed")
    channel, number = order["order"]["S"].split("#")
    loan = {
        "order": order["order"],
        "borrow_no": {"S": "B" + fingerprint("borrow", channel, number)[:20]},
        "uid": order["uid"],
        "version": changed["version"],
        "status": {"N": "0"},
        **terms,
        "card": card,
        "created_at": {"S": NOW},
        "updated_at": {"S": NOW},
    }
    body = compact({
        "command_id": fingerprint("loan_application", channel, number)[:32],
        "type": "loan_application",
        "channel_id": channel,
        "order_id": number,
        "borrow_no": loan["borrow_no"]["S"],
        "loan_amount": terms["loan_amount"]["S"],
        "period": int(terms["period"]["N"]),
        "period_unit": int(terms["period_unit"]["N"]),
        "card": {name: value["S"] for name, value in card["M"].items()},
    })
    attributes = {"x-correlation-id": {"S": CORRELATION_ID}}
    unsent = row(STAMP, {"queue_url": {"S": COMMANDS}}, body, attributes)
    transact(*items, new_item(LOANS, "order", loan), *others, unsent)
    send(COMMANDS, [(body, {"x-correlation-id": CORRELATION_ID})])
    delete([key(STAMP)])


def expect_offered(order, amount, period):
    """The amount and the period are among those that were approved."""
    for option in (option["M"] for option in order["amount_option"]["L"]):
        least, most, step = (Decimal(option[name]["S"]) for name in ("min", "max", "step"))
        if least <= amount <= most and (amount - least) % step == 0 and {"N": str(period)} in option["periods"]["L"]:
            return
    raise ValueError("not offered")


def confirm_loan(request):
    channel, business = CHANNEL.opened(request)
    asked = json.loads(business, parse_float=Decimal)
    order_key, amount = f"{channel}#{asked['orderId']}", Decimal(asked["loanAmount"])
    order = orders.find(order_key)
    if order["status"]["N"] != "12":
        raise ValueError("not now")
    expect_offered(order, amount, asked["loanPeriod"])
    uid = order["uid"]["S"]
    if item_of(REGISTERS, uid=f"{channel}#{uid}", order=order_key) or item_of(LOGS, order=order_key):
        raise ValueError("a confirmation waits")
    expect_account(uid)
    terms = {
        "loan_amount": {"S": f"{amount:.2f}"},
        "period": {"N": str(asked["loanPeriod"])},
        "period_unit": {"N": str(asked["periodUnit"])},
    }
    complete(order, terms, looked_up(order))
    return answered(compact({"status": 4001, "remark": "accepted"}))


def depository_events(batch):
    for record in batch["Records"]:
        event = json.loads(record["body"])
        if event["state"] != "open":
            raise ValueError("no account")
        for register in all_of(REGISTERS, "uid", f"{CHANNEL_ID}#{event['uid']}"):
            open_account(register)
    return {"batchItemFailures": []}


def open_account(register):
    order_key = register["order"]["S"]
    order, log = orders.find(order_key), item_of(LOGS, order=order_key)
    if order["status"]["N"] != "12" or "completed_at" in log:
        raise ValueError("no confirmation waits")
    opened = {name: value for name, value in register.items() if name not in ("due_shard", "due_at")}
    opened |= {"state": {"S": "open"}, "updated_at": {"S": NOW}}
    others = [
        as_read(LOGS, {**log, "completed_at": {"S": NOW}}, log),
        as_read(REGISTERS, opened, register),
    ]
    terms = {name: log[name] for name in ("loan_amount", "period", "period_unit")}
    complete(order, terms, looked_up(order), others)
