"""Secrets in Parameter Store: all that a function has are read in one call."""

import json
import os

from peer.aws import client


def secrets(*variables):
    """The secrets that these variables name, in their order."""
    names = [os.environ[variable] for variable in variables]
    found = client("ssm").get_parameters(Names=names, WithDecryption=True)["Parameters"]
    values = {parameter["Name"]: parameter["Value"] for parameter in found}
    return [json.loads(values[name]) for name in names]
