"""credit-application: the core is sent what waits for it."""

import json
import os

from peer import marketplace_orders as orders
from peer.dynamodb import STAMP, transact
from peer.forms import CORRELATION_ID, compact, fingerprint
from peer.marketplace_customers import known
from peer.parameters import secrets
from peer.queues import send
from peer.sealing import Sealing
from peer.unsent import delete, key, row

COMMANDS = os.environ["CORE_COMMANDS_QUEUE_URL"]
SEALING = Sealing(secrets("BENCH_CHANNEL_PARAMETER", "SEALING_SECRET_PARAMETER")[1])
orders.find("-")


def command(order):
    channel, number = order["order"]["S"].split("#")
    return compact({
        "command_id": fingerprint("credit_application", channel, number)[:32],
        "type": "credit_application",
        "channel_id": channel,
        "order_id": number,
        "uid": order["uid"]["S"],
        "loan_amount": order["loan_amount"]["S"],
        "period": int(order["period"]["N"]),
        "period_unit": int(order["period_unit"]["N"]),
        "data_key": order["data_keys"]["M"]["push"]["S"],
    })


def apply(order_key):
    order = orders.find(order_key)
    person = SEALING.open(order["person"], order["person_key_id"], "third_orders", order_key)
    if not json.loads(person)["cid"]:
        raise ValueError("no id number")
    if known(order["id_number_digest"]["S"]) or known(order["phone_digest"]["S"]):
        raise ValueError("somebody is known")
    body = command(order)
    _, items = orders.step(order, "credit-application", "11", "credit applied for")
    attributes = {"x-correlation-id": {"S": CORRELATION_ID}}
    transact(*items, row(STAMP, {"queue_url": {"S": COMMANDS}}, body, attributes))
    send(COMMANDS, [(body, {"x-correlation-id": CORRELATION_ID})])
    delete([key(STAMP)])


def credit_application(_occasion):
    for shard in range(orders.SHARDS):
        for order_key in orders.work("apply", shard):
            apply(order_key)
