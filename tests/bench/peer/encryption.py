"""Encryption to a partner's RSA key: PKCS#1 v1.5, base64."""

import base64

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_public_key


class PublicKey:
    """The partner's key, from its PEM."""

    def __init__(self, pem):
        self.key = load_pem_public_key(pem.encode())

    def encrypt(self, clear):
        return base64.b64encode(self.key.encrypt(clear.encode(), PKCS1v15())).decode()
