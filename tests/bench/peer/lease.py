"""The lease context's jobs."""

import json
import os
from datetime import datetime

from peer import lease_orders as orders
from peer.ant import (
    FRONT_SIGN_SUBMIT,
    FRONT_TRADE_SYNC,
    SIGN_FLOW_AUTH,
    SIGN_FLOW_GET,
    TRADE_SYNC,
    UNSIGN_CONFIRM,
    WITHHOLD_PLAN_CANCEL,
    WITHHOLD_SIGN_CREATE,
    WITHHOLD_SIGN_QUERY,
    WITHHOLD_SIGN_UNBIND,
    encoded,
    members,
)
from peer.http import answer
from peer.lease_change import ANT, SECRET, begin, carry_out, compact, exchange, observe, settle, text_of, trade
from peer.lease_orders import became, party, texts

JOB = os.environ["BENCH_JOB"]
# What of a contract is somebody's identity, and what is the withhold agreement's alone.
IDENTITY = {
    "user_id_number",
    "user_name",
    "user_mobile",
    "user_email",
    "merchant_id_number",
    "merchant_legal_name",
    "merchant_legal_id_number",
    "user_org_id_number",
}
WITHHOLD = {
    "alipay_merchant_id",
    "alipay_merchant_name",
    "alipay_merchant_service_name",
    "alipay_merchant_service_description",
    "return_url",
    "withhold_sign_scene",
}
# Thirty days from now, in seconds.
EXPIRES_AT = "1769915045"

if JOB in ("pre-order-sync", "contract-sign", "sign-flow"):
    from peer.encryption import PublicKey

    KEY = PublicKey(SECRET["encryption_public_key"])
if JOB == "sign-flow":
    from peer.lease_change import SEALING
if JOB == "lease-reconcile":
    from peer.forms import sortable
if JOB == "ant-notify":
    from peer.dynamodb import NOW
    from peer.forms import fingerprint


def called(request):
    """The caller, the order's id, and what the caller says."""
    said = json.loads(request["body"]) if "body" in request else dict(request["queryStringParameters"])
    who = request["requestContext"]["authorizer"]["iam"]["userArn"]
    return (who, said.pop("source"), JOB), request["pathParameters"]["order_id"], said


def done(order, told):
    data = {"order_id": text_of(order, "order_id"), "state": text_of(order, "state")} | told
    return answer({"code": "OK", "data": data}, compact)


def pre_order_sync(request):
    caller, order_id, said = called(request)
    if orders.find(order_id) is not None:
        raise ValueError("the order is there")
    user = {
        name: value if name == "alipayUid" else KEY.encrypt(value) for name, value in said["orderUserInfo"].items()
    }
    content = {"orderId": order_id, **said, "orderUserInfo": user}
    order = orders.registered(order_id, said["merchantId"])
    return done(
        *carry_out(
            caller,
            order,
            FRONT_TRADE_SYNC,
            {"type": "orderFullInfo", "biz_content": compact(content)},
            "SYNCED",
            "front order synced",
            document=("order", compact(said)),
        )
    )


def contract_links(response):
    return "sign_info", f"{response['sign_no']}\n{response['sign_info']}"


def submitted(caller, order, said, document=None):
    """The submission of a contract with one party, which has no tag."""
    parameters = {"order_id": text_of(order, "order_id")}
    for name, value in said.items():
        if name in IDENTITY:
            parameters[name] = KEY.encrypt(value)
        elif name not in WITHHOLD:
            parameters[name] = value if isinstance(value, str) else compact(value)
    begun = begin(caller, order, FRONT_SIGN_SUBMIT, {"parties": party(False)}, document)
    response = ANT.call(FRONT_SIGN_SUBMIT, parameters)
    brought = texts(**{name: response[name] for name in ("sign_no", "flow_id", "account_id")})
    brought |= {"parties": party(False)}
    settled = settle(
        caller, begun, response, "CONTRACT_SIGNING", "contract submitted", brought, links=contract_links
    )
    return settled, members(response)


def created(caller, order, said, document=None):
    """The creation of a withhold agreement."""
    parameters = {"order_id": text_of(order, "order_id")}
    parameters |= {name: value for name, value in said.items() if name in WITHHOLD}
    return carry_out(
        caller,
        order,
        WITHHOLD_SIGN_CREATE,
        parameters,
        "WITHHOLD_SIGNING",
        "withhold sign created",
        document=document,
        links=lambda response: ("sign_str", response["sign_str"]),
    )


def contract_sign(request):
    caller, order_id, said = called(request)
    return done(*submitted(caller, orders.find(order_id), said))


def withhold_sign(request):
    caller, order_id, said = called(request)
    return done(*created(caller, orders.find(order_id), said))


def withhold_query(request):
    caller, order_id, _ = called(request)
    order = orders.find(order_id)
    response = ANT.call(WITHHOLD_SIGN_QUERY, {"order_id": order_id})
    if response["status"] != "SIGNED":
        raise ValueError("not signed")
    signed = became(order, state={"S": "WITHHOLD_SIGNED"})
    observe(caller, order, signed, response["req_msg_id"])
    return done(signed, members(response))


def contract_seal(request):
    caller, order_id, _ = called(request)
    order = orders.find(order_id)
    parameters = {"sign_no": text_of(order, "sign_no")}
    begun = begin(caller, order, SIGN_FLOW_AUTH)
    response = ANT.call(SIGN_FLOW_AUTH, parameters)
    finished = ANT.call(SIGN_FLOW_GET, parameters)["status"] == "FINISH"
    to, versions = ("ACTIVE", 2) if finished else ("SEALING", 1)
    sealed = settle(caller, begun, response, to, "sealed", {"parties": party(True)}, versions)
    return done(sealed, members(response))


def sign_flow(request):
    caller, order_id, said = called(request)
    order = orders.find(order_id)
    if orders.document(SEALING, order, "contract") is not None or text_of(order, "state") != "SYNCED":
        raise ValueError("not an order that was just synced")
    document = ("contract", compact(said))
    order, _ = submitted(caller, order, said, document)
    order, _ = created(caller, order, said, document)
    if ANT.call(WITHHOLD_SIGN_QUERY, {"order_id": order_id})["status"] != "UNSIGNED":
        raise ValueError("signed at once")
    sign_no, sign_info = orders.document(SEALING, order, "sign_info").split("\n", 1)
    if sign_no != text_of(order, "sign_no"):
        raise ValueError("another contract's links")
    sign_str = orders.document(SEALING, order, "sign_str")
    return done(order, {"waiting_for": "withhold_signature", "sign_info": sign_info, "sign_str": sign_str})


def order_query(request):
    _, order_id, _ = called(request)
    order = orders.find(order_id)
    _, at_ant = trade(order)
    at_ant = {name: value for name, value in at_ant.items() if name not in ("orderUserInfo", "order_user_info")}
    if at_ant["unsignPending"] != order["unsign_pending"]["BOOL"]:
        raise ValueError("the order is another now")
    told = {
        "unknown_operation": None,
        "withhold_lost": order["withhold_lost"]["BOOL"],
        "unsign_pending": order["unsign_pending"]["BOOL"],
        "terms": at_ant["terms"],
        "order": at_ant,
    }
    return done(order, told)


def unsign_confirm(request):
    caller, order_id, said = called(request)
    order = orders.find(order_id)
    if said["operate"] != "REFUSE" or not order["unsign_pending"]["BOOL"]:
        raise ValueError("no refusal, or nothing to refuse")
    parameters = {
        "order_id": order_id,
        "operate": said["operate"],
        "refuse_reason_code": said["refuse_reason_code"],
        "user_owe_money": str(said["user_owe_money"]),
    }
    return done(
        *carry_out(
            caller,
            order,
            UNSIGN_CONFIRM,
            parameters,
            "ACTIVE",
            "unsign answered, REFUSE",
            {"agree": {"BOOL": False}},
            brought={"unsign_pending": {"BOOL": False}},
        )
    )


def withhold_plan_cancel(request):
    caller, order_id, said = called(request)
    order, reason = orders.find(order_id), said["cancel_reason"]
    begun = begin(caller, order, WITHHOLD_PLAN_CANCEL, texts(reason=reason))
    response = ANT.call(WITHHOLD_PLAN_CANCEL, {"order_id": order_id, "cancel_reason": reason})
    _, at_ant = trade(order)
    why = f"plan cancelled, {reason}"
    cancelled = settle(caller, begun, response, "PLAN_CANCELLED", why, texts(cancel_reason=reason))
    return done(cancelled, members(response) | {"terms": at_ant["terms"]})


def lease_close(request):
    caller, order_id, said = called(request)
    order, reason = orders.find(order_id), said["reason"]
    if text_of(order, "cancel_reason") != reason or not said["return_confirmed"]:
        raise ValueError("not cancelled for this reason, or not returned")
    return done(
        *carry_out(
            caller,
            order,
            TRADE_SYNC,
            exchange(order, "orderClose", closeReason=reason),
            "CLOSED",
            f"closed, {reason}",
            texts(reason=reason) | {"evidence": {"BOOL": False}},
            brought=texts(close_reason=reason),
        )
    )


def withhold_unsign(request):
    caller, order_id, _ = called(request)
    order, why = orders.find(order_id), "withhold agreement ended"
    return done(*carry_out(caller, order, WITHHOLD_SIGN_UNBIND, {"order_id": order_id}, "UNBOUND", why))


def notification(message):
    item = texts(
        msg_id=message["msg_id"],
        msg_publish_type=message["msg_publish_type"],
        order_id=message["order_id"],
        content_digest=fingerprint(message["msg_content"]),
        received_at=NOW,
    )
    return orders.put(os.environ["ANT_NOTIFICATIONS_TABLE"], item | {"expires_at": {"N": EXPIRES_AT}}, "msg_id")


def ant_notify(request):
    """The message is written down with its order's mark; then Ant is asked everything, and the first answer tells."""
    message = json.loads(request["body"])
    signature = message.pop("sign")
    ANT.verify(encoded(message), signature)
    order = orders.find(message["order_id"])
    marked = became(order, notified_at={"S": NOW})
    orders.commit(orders.order_put(order, marked), notification(message))
    response, at_ant = trade(marked)
    observed = became(marked, unsign_pending={"BOOL": at_ant["unsignPending"]})
    observe((JOB, None, JOB), marked, observed, response["req_msg_id"])
    flow = ANT.call(SIGN_FLOW_GET, {"sign_no": text_of(order, "sign_no")})["status"]
    withhold = ANT.call(WITHHOLD_SIGN_QUERY, {"order_id": text_of(order, "order_id")})["status"]
    if (flow, withhold) != ("FINISH", "APPLY_TERMINATE"):
        raise ValueError("the order is another now")
    orders.commit(orders.order_put(observed, became(observed, notified_at=None)))
    return answer({"result_code": "OK"}, compact)


def none_left(terms):
    return bool(terms) and all(term["status"] in ("RETURN_FULL", "CANCEL") for term in terms)


def lease_reconcile(occasion):
    """What is due is an order of which the cancel of its plan was never answered; no term is left to pay."""
    time = sortable(occasion["time"])
    first = int(datetime.fromisoformat(occasion["time"].replace("Z", "+00:00")).timestamp()) // 300 % orders.SHARDS
    for shard in [*range(first, orders.SHARDS), *range(first)]:
        for order_id in orders.watched(shard, time):
            order = orders.find(order_id)
            unknown = order["unknown_operation"]["M"]
            response, at_ant = trade(order)
            if text_of(unknown, "method") != WITHHOLD_PLAN_CANCEL or not none_left(at_ant["terms"]):
                raise ValueError("no cancel, or not cancelled")
            brought = {"state": {"S": "PLAN_CANCELLED"}, "cancel_reason": unknown["reason"]}
            cancelled = became(order, unknown_operation=None, **brought)
            observe((JOB, None, JOB), order, cancelled, response["req_msg_id"])


orders.warm()
