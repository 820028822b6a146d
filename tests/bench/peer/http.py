"""The answers of what is reached over HTTP."""

import json


def answer(body, dumps=json.dumps):
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": dumps(body)}
