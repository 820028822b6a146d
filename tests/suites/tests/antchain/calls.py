"""Makes calls with AntChain's official SDK for the product ATO, unchanged.

Standard input: {"host", "access_key_id", "access_key_secret", "calls": [[operation, fields], ...]}.
Standard output: for each call {"answer": {...}}, or {"error": "..."} where the SDK raises.
"""

import json
import sys

from Tea.exceptions import TeaException
from antchain_sdk_ato import models
from antchain_sdk_ato.client import Client


def request(operation, fields):
    """The operation query_withhold_sign takes a QueryWithholdSignRequest."""
    name = "".join(word.capitalize() for word in operation.split("_"))
    return getattr(models, f"{name}Request")(**fields)


def call(client, operation, fields):
    try:
        return {"answer": getattr(client, operation)(request(operation, fields)).to_map()}
    except (TeaException, RuntimeError) as error:
        return {"error": str(error)}


def main():
    told = json.load(sys.stdin)
    client = Client(
        models.Config(
            protocol="http",
            endpoint=told["host"],
            access_key_id=told["access_key_id"],
            access_key_secret=told["access_key_secret"],
        )
    )
    json.dump([call(client, operation, fields) for operation, fields in told["calls"]], sys.stdout)


main()
