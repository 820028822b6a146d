"""Sealing as the functions do it: AES-256-GCM, a nonce for each seal, table and key as associated data."""

import base64
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
# What a whole begins with.
WHOLE = 0xF5


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

    def seal_whole(self, clear, place, key):
        """Bytes for the object with this key: a mark, the id of the key and the nonce stand before them."""
        nonce, key_id = os.urandom(NONCE_BYTES), self.key_id.encode()
        return bytes([WHOLE, len(key_id)]) + key_id + nonce + self.key.encrypt(nonce, clear, associated((place, key)))

    def open_whole(self, whole, place, key):
        nonce_begins = 2 + whole[1]
        if whole[0] != WHOLE or whole[2:nonce_begins].decode() != self.key_id:
            raise ValueError("another key")
        begins = nonce_begins + NONCE_BYTES
        return self.key.decrypt(whole[nonce_begins:begins], whole[begins:], associated((place, key)))


def associated(parts):
    """Each part behind its length."""
    return b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
