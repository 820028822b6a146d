"""Asking Ant to do something, or what is: what is wanted is written on the order before a call, what came of it after."""

import json
import os

from peer import lease_orders as orders
from peer.ant import TRADE_GET, Ant, members
from peer.lease_orders import became
from peer.parameters import secrets

JOB = os.environ["BENCH_JOB"]
SECRET, SEALING_SECRET = secrets("ANT_SECRET_PARAMETER", "SEALING_SECRET_PARAMETER")
ANT = Ant(SECRET)

if JOB in ("pre-order-sync", "contract-sign", "withhold-sign", "sign-flow"):
    from peer.sealing import Sealing

    SEALING = Sealing(SEALING_SECRET)
if JOB == "lease-close":
    from peer.outbox import deliver, event, row_of


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def text_of(order, name):
    return order[name]["S"]


def exchange(order, kind="orderFullInfo", **more):
    named = {"orderId": text_of(order, "order_id"), "merchantId": text_of(order, "merchant_id")}
    return {"type": kind, "biz_content": compact(named | more)}


def trade(order):
    """trade.get of an order: the answer, and what it tells."""
    response = ANT.call(TRADE_GET, exchange(order))
    return response, json.loads(response["response_data"])


def begin(caller, order, method, wanted=None, document=None):
    """Writes what is wanted of Ant on the order."""
    begun = orders.begun(order, caller, method, wanted or {})
    puts = [orders.order_put(order, begun)]
    if text_of(order, "state") == "NEW":
        puts.append(orders.entry(begun, caller, f"{JOB}: registered"))
    if document is not None:
        puts.append(orders.document_put(SEALING, order, *document))
    orders.commit(*puts)
    return begun


def settle(caller, begun, response, to, why, brought=None, versions=1, links=None):
    """Writes what came of it, and tells of a close."""
    settled = became(begun, versions, unknown_operation=None, state={"S": to}, **(brought or {}))
    puts = [orders.order_put(begun, settled)]
    if text_of(begun, "state") != to:
        puts.append(
            orders.entry(settled, caller, f"{JOB}: {why}", text_of(begun, "state"), response["req_msg_id"])
        )
    if links is not None:
        puts.append(orders.document_put(SEALING, settled, *links(response)))
    if to != "CLOSED":
        orders.commit(*puts)
        return settled
    told = event(
        "tenor.lease",
        "lease_closed",
        order_id=text_of(settled, "order_id"),
        reason=text_of(settled, "close_reason"),
        order_version=int(settled["version"]["N"]),
    )
    orders.commit(*puts, row_of(told))
    deliver(told)
    return settled


def carry_out(caller, order, method, parameters, to, why, wanted=None, document=None, **settled):
    """Asks Ant for one thing."""
    begun = begin(caller, order, method, wanted, document)
    response = ANT.call(method, parameters)
    return settle(caller, begun, response, to, why, **settled), members(response)


def observe(asker, order, observed, req_msg_id):
    """Writes what an answer makes of an order. A transition that somebody began is theirs."""
    puts = [orders.order_put(order, observed)]
    if order["state"] != observed["state"]:
        caller, why = asker, f"{JOB}: Ant says so"
        if "unknown_operation" in order:
            unknown = order["unknown_operation"]["M"]
            caller = (unknown["who"]["S"], unknown["source"]["S"], unknown["operation"]["S"])
            why = f"{why}, begun by {caller[2]}"
        puts.append(orders.entry(observed, caller, why, text_of(order, "state"), req_msg_id))
    orders.commit(*puts)
