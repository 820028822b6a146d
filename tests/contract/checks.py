"""What an answer is held to."""

import json

from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

DESCRIBED = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What leasing answers when Ant, not we, is the trouble.
ANT_TROUBLE = {502: "ANT_REJECTED", 504: "ANT_UNKNOWN"}
# The marketplace's code of our own failure.
OUR_FAILURE = 10001
REFUSED_STATUSES = (400, 401, 403)
REFUSED_CODES = (10002, 10003)
CORRELATION_ID = "x-correlation-id"


def problems(document, call, response, by_stranger):
    """Each thing that is wrong with an answer, by what found it."""
    body = read(response)
    yield "answer", document.problem(call.case, response)
    yield from conformance(call.case, response)
    yield "no failure of ours", failure_of_ours(response.status_code, body)
    yield "headers of every answer", headers_of_every_answer(response, body)
    if by_stranger:
        yield "strangers are refused", stranger_let_in(response.status_code, body)


def conformance(case, response):
    """Schemathesis' own checks."""
    for check in DESCRIBED:
        try:
            case.validate_response(response, checks=[check])
        except AssertionError as failure:
            yield check.__name__, str(failure).split("\n\n")[1] if "\n\n" in str(failure) else str(failure)
        except BaseExceptionGroup as failures:
            yield check.__name__, "; ".join(str(failure) for failure in failures.exceptions)


def read(response):
    """The JSON of an answer, if it is a JSON object."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def failure_of_ours(status, body):
    code = body.get("code")
    if status >= 500 and ANT_TROUBLE.get(status, "") != code:
        return f"HTTP {status}"
    return f"code {code}" if code == OUR_FAILURE else None


def headers_of_every_answer(response, body):
    """The gateway's own answers have but a message; the engine's to an unknown key also a `__type`."""
    if body.keys() <= {"message", "__type"} and "message" in body:
        return None
    if response.headers.get("cache-control") != ["no-store"]:
        return "cache-control is not no-store"
    return None if response.headers.get(CORRELATION_ID) else f"there is no {CORRELATION_ID}"


def stranger_let_in(status, body):
    refused = status in REFUSED_STATUSES or body.get("code") in REFUSED_CODES
    return None if refused else f"a stranger is answered {status}"


def outcome(response):
    """A short name for an answer."""
    code = read(response).get("code")
    return str(response.status_code) if code is None else f"{response.status_code}/{code}"
