"""partner-callback: what waits of an order is sent, signed with SHA-1."""

import base64
import json
import time

import urllib3
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_der_private_key

from peer import callbacks
from peer.forms import compact
from peer.parameters import secrets

PATH = "api/v2/order/feedback.do"
HEADERS = {"content-type": "application/json;charset=UTF-8"}
CHANNEL = secrets("BENCH_CHANNEL_PARAMETER")[0]
KEY = load_der_private_key(base64.b64decode(CHANNEL["private_key"]), None)
POOL = urllib3.PoolManager()
callbacks.warm()


def tell(business):
    """The code that the platform answers."""
    timestamp = str(time.time_ns() // 1_000_000)
    text = f"appId={CHANNEL['app_id']}&request={business}&timestamp={timestamp}"
    sign = base64.b64encode(KEY.sign(text.encode(), PKCS1v15(), SHA1())).decode()
    body = compact({"appId": CHANNEL["app_id"], "timestamp": timestamp, "request": business, "sign": sign})
    answer = POOL.request("POST", CHANNEL["base_url"] + PATH, body=body.encode(), headers=HEADERS)
    return json.loads(answer.data)["code"]


def handle(order):
    head = callbacks.take(order)
    [callback] = callbacks.of_order(order)
    if callback["kind"]["S"] != "audit" or callback["state"]["S"] != "pending":
        raise ValueError("no audit that waits")
    begun = time.monotonic()
    code = tell(callback["body"]["S"])
    if code != 0:
        raise ValueError("the platform did not take it")
    callbacks.delivered(head, callback, code, int((time.monotonic() - begun) * 1000))


def partner_callback(batch):
    for record in batch["Records"]:
        handle(json.loads(record["body"])["order"])
    return {"batchItemFailures": []}
