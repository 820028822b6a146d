"""Sealing as the functions do it: AES-256-GCM, a nonce for each seal, table and key as associated data."""

import base64
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Sealing:
    """The first key of a secret."""

    def __init__(self, secret):
        first = secret["keys"][0]
        self.key_id, self.key = first["id"], AESGCM(base64.b64decode(first["key"]))

    def seal(self, clear, *row):
        """The bytes, and the id of the key that opens them: two attributes."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self.key.encrypt(nonce, clear.encode(), associated(row))
        return {"B": sealed}, {"S": self.key_id}

    def open(self, sealed, key_id, *row):
        if key_id["S"] != self.key_id:
            raise ValueError("another key")
        nonce, sealed = sealed["B"][:NONCE_BYTES], sealed["B"][NONCE_BYTES:]
        return self.key.decrypt(nonce, sealed, associated(row)).decode()


def associated(parts):
    """Each part behind its length."""
    return b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
