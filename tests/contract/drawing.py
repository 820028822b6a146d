"""What calls are drawn: as described, malformed, and by strangers."""

from dataclasses import dataclass
from typing import Any, Optional

from hypothesis import assume
from hypothesis import strategies as st
from schemathesis import GenerationMode

# How often, of four, a call begins with the example, and an id is one that the platform knows.
MOSTLY = [True, True, True, False]
# Bodies that no JSON schema can draw.
GARBAGE = [b"", b"{", b"null", b"[]", b'""', b"\xff\xfe", b'{"a":' * 200, b'{"a":1}{"a":1}', b"NaN", b"\0", b"a=b&c=d"]
MEDIA_TYPES = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "application/json;",
    "x",
]
BODY_METHODS = ("POST", "PUT")


@dataclass
class Call:
    """A call that was drawn."""

    case: Any
    caller: Any
    # In the place of the case's own, where they are given.
    body: Optional[bytes] = None
    media_type: Optional[str] = None


def as_described(operation, known, callers):
    """Calls that keep the document, by callers who may."""

    @st.composite
    def call(draw):
        case = draw(operation.described.as_strategy(generation_mode=GenerationMode.POSITIVE))
        nearly_the_example(draw, case, operation.example)
        known_ids(draw, case, known)
        return Call(case, draw(st.sampled_from(callers.good(operation.scheme))))

    return call()


def malformed(operation, known, callers):
    """Calls that do not keep it, by callers who may."""

    @st.composite
    def call(draw):
        caller = draw(st.sampled_from(callers.good(operation.scheme)))
        kind = draw(st.sampled_from(["negative", "negative", "garbage", "media type"]))
        if kind == "negative" or operation.described.method.upper() not in BODY_METHODS:
            case = draw(operation.described.as_strategy(generation_mode=GenerationMode.NEGATIVE))
            known_ids(draw, case, known)
            return Call(case, caller)
        described = draw(as_described(operation, known, callers))
        if kind == "garbage":
            return Call(described.case, caller, body=draw(st.sampled_from(GARBAGE)))
        # The envelope's content type is the platform's; what stands in the envelope has none.
        assume(operation.scheme != "rongshu")
        return Call(described.case, caller, media_type=draw(st.sampled_from(MEDIA_TYPES)))

    return call()


def by_strangers(operation, known, callers):
    """Calls by callers who may not, and envelopes that nobody signed."""

    @st.composite
    def call(draw):
        if operation.scheme == "rongshu" and draw(st.booleans()):
            return Call(draw(operation.sealed.as_strategy()), callers.good("nobody")[0])
        described = draw(as_described(operation, known, callers))
        return Call(described.case, draw(st.sampled_from(callers.strangers(operation.scheme))))

    return call()


def nearly_the_example(draw, case, example):
    """Mostly the example with a few members that were drawn: most of what is only drawn is refused for the first of them."""
    if isinstance(case.body, dict) and example is not None and draw(st.sampled_from(MOSTLY)):
        changed = draw(st.lists(st.sampled_from(sorted(case.body)), unique=True, max_size=2)) if case.body else []
        case.body = {**example, **{name: case.body[name] for name in changed}}


def known_ids(draw, case, known):
    """Ids of what is there, in the place of some that were drawn."""
    for holder in (case.path_parameters, case.query, case.body):
        for name in sorted(holder.keys() & known.keys()) if isinstance(holder, dict) else []:
            if draw(st.sampled_from(MOSTLY)):
                holder[name] = draw(st.sampled_from(known[name]))
