"""The envelope of the plain channel: what the platform signed with SHA-1, and how it is answered."""

import base64
import json

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_der_public_key

from peer.forms import compact
from peer.http import answer


class Channel:
    """The platform's key, from the channel's secret."""

    def __init__(self, secret):
        self.key = load_der_public_key(base64.b64decode(secret["platform_public_keys"][0]))

    def opened(self, request):
        """The channel and the text of the business JSON, if the platform signed it."""
        body = json.loads(request["body"])
        text = f"channelId={body['channelId']}&request={body['request']}&timestamp={body['timestamp']}"
        self.key.verify(base64.b64decode(body["sign"]), text.encode(), PKCS1v15(), SHA1())
        return body["channelId"], body["request"]


def answered(response):
    """A success with this text of business JSON."""
    return answer({"code": 0, "message": "success", "response": response}, compact)
