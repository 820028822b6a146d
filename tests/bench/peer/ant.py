"""Ant's gateway: forms that are signed, and answers whose signature is verified over their raw text."""

import base64
import hmac
import json
import os
from urllib.parse import quote

import urllib3

from peer.dynamodb import STAMP

FRONT_TRADE_SYNC = "antchain.ato.front.trade.sync"
FRONT_SIGN_SUBMIT = "antchain.ato.front.sign.submit"
WITHHOLD_SIGN_CREATE = "antchain.ato.withhold.sign.create"
SIGN_FLOW_AUTH = "antchain.ato.sign.flow.auth"
WITHHOLD_PLAN_CANCEL = "antchain.ato.withhold.plan.cancel"
TRADE_SYNC = "antchain.ato.trade.sync"
WITHHOLD_SIGN_UNBIND = "antchain.ato.withhold.sign.unbind"
UNSIGN_CONFIRM = "antchain.ato.withhold.signasyncunsign.confirm"
TRADE_GET = "antchain.ato.trade.get"
SIGN_FLOW_GET = "antchain.ato.sign.flow.get"
WITHHOLD_SIGN_QUERY = "antchain.ato.withhold.sign.query"

RESPONSE = '"response":'
HEADERS = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
DECODER = json.JSONDecoder()


def encoded(parameters):
    """name=value&…, percent-encoded (RFC 3986), in the order of the names."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(parameters.items()))


class Ant:
    """The gateway, with the first key of a secret."""

    def __init__(self, secret):
        key = secret["keys"][0]
        self.key_id, self.key = key["access_key_id"], key["access_key_secret"].encode()
        self.url, self.pool = f"{os.environ['ANT_URL']}/gateway.do", urllib3.PoolManager()

    def sign(self, text):
        return base64.b64encode(hmac.digest(self.key, text.encode(), "sha1")).decode()

    def verify(self, text, signature):
        if not hmac.compare_digest(self.sign(text), signature):
            raise ValueError("a bad signature")

    def call(self, method, business):
        """What Ant answers, which is OK."""
        query = {
            "method": method,
            "version": "1.0",
            "sign_type": "HmacSHA1",
            "req_time": "2026-01-02T03:04:05Z",
            "req_msg_id": STAMP,
            "access_key": self.key_id,
            "base_sdk_version": "TeaSDK-2.0",
            "sdk_version": "1.8.98",
            "_prod_code": "ATO",
            "_prod_channel": "undefined",
        }
        query["sign"] = self.sign(encoded(query | business))
        url, body = f"{self.url}?{encoded(query)}", encoded(business)
        return self.verified(self.pool.request("POST", url, body=body, headers=HEADERS).data.decode())

    def verified(self, text):
        start = text.index(RESPONSE) + len(RESPONSE)
        response, end = DECODER.raw_decode(text, start)
        self.verify(text[start:end], json.loads(text)["sign"])
        if response["result_code"] != "OK":
            raise ValueError("Ant did not say OK")
        return response


def members(response):
    """What a method answers, without what every answer has."""
    return {name: value for name, value in response.items() if name not in ("req_msg_id", "result_code", "result_msg")}
