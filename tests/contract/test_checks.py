"""The checks find what they are for: answers that are wrong in one thing each."""

import json
import unittest
from pathlib import Path

import requests
from schemathesis.core.transport import Response

import checks
from document import JSON, Document
from drawing import Call

DOCUMENT = Document(Path(__file__).parents[2] / "docs/openapi.yaml")
OPERATIONS = {operation.name: operation for operation in DOCUMENT.operations()}
HEADERS = {"content-type": JSON, "cache-control": "no-store", "x-correlation-id": "c"}
DENIED = {"error": "access_denied"}
BANKS = '[{"bankCode":"ICBC","bankName":"工商银行","cardType":0}]'


def found(name, status, body, headers=HEADERS, by_stranger=False):
    """What finds something wrong with an answer of an operation."""
    case = OPERATIONS[name].described.Case(path_parameters={"order_id": "LEASE-0001"}, body={}, media_type=JSON)
    response = Response(
        status_code=status,
        headers={name: [value] for name, value in headers.items()},
        content=(body if isinstance(body, str) else json.dumps(body)).encode(),
        request=requests.Request("POST", "http://127.0.0.1/").prepare(),
        elapsed=0.0,
        verify=True,
    )
    problems = checks.problems(DOCUMENT, Call(case, None), response, by_stranger)
    return {check for check, problem in problems if problem is not None}


def banks(response):
    return {"code": 0, "message": "success", "response": response}


class Checks(unittest.TestCase):
    def test_an_answer_as_described_is_well(self):
        self.assertEqual(found("get-status", 403, DENIED, by_stranger=True), set())
        self.assertEqual(found("bank-list", 200, banks(BANKS)), set())

    def test_a_status_that_is_not_described_is_found(self):
        self.assertEqual(found("get-status", 404, DENIED), {"status_code_conformance", "answer"})

    def test_a_content_type_that_is_not_described_is_found(self):
        headers = {**HEADERS, "content-type": "text/plain"}
        self.assertIn("content_type_conformance", found("get-status", 403, DENIED, headers))

    def test_a_member_that_is_not_described_is_found(self):
        self.assertEqual(found("get-status", 403, {**DENIED, "why": ""}), {"response_schema_conformance", "answer"})

    def test_a_text_that_holds_something_else_is_found(self):
        self.assertEqual(found("bank-list", 200, banks(BANKS.replace("0", '"0"'))), {"answer"})
        self.assertEqual(found("bank-list", 200, banks("[")), {"answer"})

    def test_a_described_failure_of_ours_is_found(self):
        self.assertEqual(found("get-status", 500, {"error": "internal"}), {"no failure of ours"})
        self.assertEqual(found("bank-list", 200, {"code": 10001, "message": "busy"}), {"no failure of ours"})

    def test_trouble_of_ant_is_not_ours(self):
        self.assertEqual(found("withhold-sign", 504, {"code": "ANT_UNKNOWN", "message": ""}), set())
        self.assertIn("no failure of ours", found("withhold-sign", 502, {"code": "ANT_UNKNOWN", "message": ""}))

    def test_a_header_that_is_missing_is_found(self):
        for name in ("cache-control", "x-correlation-id"):
            headers = {other: value for other, value in HEADERS.items() if other != name}
            self.assertEqual(found("get-status", 403, DENIED, headers), {"headers of every answer"})

    def test_an_answer_of_the_gateway_has_none_of_our_headers(self):
        gateway = {"content-type": JSON}
        self.assertEqual(found("callback-list", 403, {"message": "Forbidden"}, gateway, by_stranger=True), set())
        failure = {"error": "bad_request", "message": ""}
        self.assertEqual(found("callback-list", 400, failure, gateway), {"headers of every answer"})

    def test_a_stranger_who_is_let_in_is_found(self):
        self.assertEqual(found("bank-list", 200, banks(BANKS), by_stranger=True), {"strangers are refused"})


if __name__ == "__main__":
    unittest.main()
