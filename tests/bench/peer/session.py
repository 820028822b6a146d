"""The session's token: its signature, audience and expiry."""

import json
import os

import jwt

KEYS = {key["kid"]: jwt.PyJWK(key) for key in json.loads(os.environ["SESSION_JWKS"])["keys"]}


def caller(request, audience):
    token = request["headers"]["authorization"].removeprefix("Bearer ")
    key = KEYS[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["EdDSA"], audience=audience)["sub"]
