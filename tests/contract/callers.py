"""Who calls: each way to sign a call, and how a stranger gets it wrong."""

import base64
import hmac
import json
import time
from urllib.parse import parse_qsl, quote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_pem_private_key

FORM = "application/x-www-form-urlencoded"
HOUR_MS = 3_600_000
# What is changed in an envelope after it was signed.
WRONGS = {
    "sign": lambda sign: sign[4:],
    "timestamp": lambda timestamp: timestamp + 1,
    "request": lambda request: request[4:],
    "channelId": lambda channel: channel + "1",
}


class Nobody:
    """Comes with nothing."""

    def __call__(self, request):
        return request


class Session:
    """Comes with a token, whatever it is worth."""

    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["authorization"] = f"Bearer {self.token}"
        return request


class Iam:
    """Signs with Signature Version 4."""

    def __init__(self, outputs, key_id=None):
        iam = outputs["iam"]
        credentials = Credentials(key_id or iam["access_key_id"], iam["secret_access_key"])
        self.signer = SigV4Auth(credentials, "execute-api", outputs["region"])

    def __call__(self, request):
        signed = AWSRequest(request.method, request.url, data=request.body or b"")
        self.signer.add_auth(signed)
        request.headers.update(dict(signed.headers.items()))
        return request


class Ant:
    """Ant's gateway, which signs what it tells; `wrong` is put behind what is signed."""

    def __init__(self, secrets, wrong=""):
        key = json.loads((secrets / "ant-sandbox.json").read_text())["keys"][0]
        self.key, self.wrong = key["access_key_secret"].encode(), wrong

    def __call__(self, request):
        form = request.headers.get("content-type", "").startswith(FORM)
        fields = read_fields(request.body or b"", form)
        if fields is not None:
            fields.pop("sign", None)
            pairs = (f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(fields.items()))
            text = "&".join(pairs) + self.wrong
            fields["sign"] = base64.b64encode(hmac.digest(self.key, text.encode(), "sha1")).decode()
            replace(request, urlencode(fields) if form else json.dumps(fields))
        return request


def read_fields(body, form):
    """The texts that are told by their names; `None` where there is more to it than texts."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body
    if form:
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        fields = json.loads(text)
    except ValueError:
        return None
    texts = isinstance(fields, dict) and all(isinstance(value, str) for value in fields.values())
    return fields if texts else None


class Rongshu:
    """The platform: seals and signs what it asks in one of its channels, and opens what it is answered."""

    def __init__(self, secrets, name, wrong=None):
        channel = json.loads((secrets / "rongshu-sandbox.json").read_text())["channels"][name]
        self.name, self.wrong = name, wrong
        self.key = load_pem_private_key(channel["platform_private_key"].encode(), None)
        self.hash = {"SHA1": SHA1, "SHA256": SHA256}[channel["sign_alg"]]()
        aes_key = bytes.fromhex(channel.get("aes_key", ""))
        self.cipher = Cipher(algorithms.AES(aes_key), modes.ECB()) if aes_key else None

    def __call__(self, request):
        body = request.body or b""
        clear = body if isinstance(body, bytes) else body.encode()
        envelope = self.envelope(clear)
        if self.wrong in envelope:
            envelope[self.wrong] = WRONGS[self.wrong](envelope[self.wrong])
        replace(request, json.dumps(envelope))
        request.headers["content-type"] = "application/json; charset=UTF-8"
        request.register_hook("response", self.opened)
        return request

    def envelope(self, clear):
        timestamp = time.time_ns() // 1_000_000 - (HOUR_MS if self.wrong == "age" else 0)
        sealed = self.sealed(clear)
        text = f"channelId={self.name}&request={sealed}&timestamp={timestamp}"
        sign = base64.b64encode(self.key.sign(text.encode(), PKCS1v15(), self.hash)).decode()
        return {"channelId": self.name, "timestamp": timestamp, "request": sealed, "sign": sign}

    def sealed(self, clear):
        if self.cipher is None:
            return clear.decode(errors="replace")
        padder, encryptor = PKCS7(128).padder(), self.cipher.encryptor()
        return encryptor.update(padder.update(clear) + padder.finalize()).hex().upper()

    def opened(self, response, *_arguments, **_options):
        """Puts the clear text in the place of what was sealed."""
        answer = json.loads(response.content) if self.cipher else {}
        if "response" in answer:
            decryptor, unpadder = self.cipher.decryptor(), PKCS7(128).unpadder()
            padded = decryptor.update(bytes.fromhex(answer["response"]))
            answer["response"] = (unpadder.update(padded) + unpadder.finalize()).decode()
            response._content = json.dumps(answer).encode()
        return response


def replace(request, text):
    request.body = text.encode()
    request.headers["content-length"] = str(len(request.body))


class Callers:
    """Who may call an operation, and who may not, by the document's name of how they are known."""

    def __init__(self, brief, secrets):
        self.outputs, self.secrets = brief["outputs"], secrets
        self.tokens = {of["scheme"]: of for of in brief["tokens"]}

    def good(self, scheme):
        """Callers of whom all are let in."""
        if scheme in self.tokens:
            return [Session(token) for token in self.tokens[scheme]["sessions"].values()]
        if scheme == "rongshu":
            return [Rongshu(self.secrets, channel) for channel in ("840", "rongshu")]
        return [{"AWS_IAM": lambda: Iam(self.outputs), "ant": lambda: Ant(self.secrets), "nobody": Nobody}[scheme]()]

    def strangers(self, scheme):
        """Callers of whom none is let in."""
        if scheme in self.tokens:
            tokens = self.tokens[scheme]
            others = [token for of in self.tokens.values() if of is not tokens for token in of["sessions"].values()]
            return [Nobody(), *map(Session, [*tokens["expired"], *tokens["foreign"], *others, "e30.e30.e30"])]
        if scheme == "rongshu":
            wrongs = (*WRONGS, "age")
            return [Rongshu(self.secrets, channel, wrong) for channel in ("840", "rongshu") for wrong in wrongs]
        if scheme == "AWS_IAM":
            return [Nobody(), Session("e30.e30.e30"), Iam(self.outputs, "AKIAUNKNOWN")]
        return [Nobody(), Ant(self.secrets, ".")] if scheme == "ant" else []
