"""What there is to ask about, beside what the demo's stories have left."""

import json
import time
from pathlib import Path

import requests
from botocore.session import Session as Botocore

EVENTS = Path(__file__).parents[2] / "events"
LEASES = [f"CONTRACT-{number}" for number in range(1, 7)]
WAIT_AT_MOST_S = 30
TIMEOUT_S = 60
# Instead of a time: the clock.
NOW = "<aws.scheduler.scheduled-time>"
LATER = "2099-12-27T00:00:00Z"
# A loan that is paid out, and an order that waits for its card.
LOAN, ORDER, UID = "contract-1", "contract-2", "contract-uid"
KNOWN = {
    "order_id": ["LEASE-0001", *LEASES],
    "orderId": ["120522", "120523", LOAN, ORDER],
    "uid": ["12394129", "12394130", UID],
    "pin": ["pin-1", "p-1", "pin-2"],
    "businessId": ["W5673649234", "W546231994", "201905210953183410004097"],
    "businessType": ["2201", "2104"],
    "period": [1, 2, -1],
    "order": ["840#120522", "rongshu#120523", f"840#{LOAN}"],
    "msg_publish_type": ["ASYNC_UNSIGN_APPLY"],
}


class Stage:
    """The platform, with what is needed to fill it."""

    def __init__(self, outputs, examples, session):
        self.outputs, self.examples, self.http = outputs, examples, session
        iam = outputs["iam"]
        options = {
            "region_name": outputs["region"],
            "endpoint_url": outputs["aws_endpoint"],
            "aws_access_key_id": iam["access_key_id"],
            "aws_secret_access_key": iam["secret_access_key"],
        }
        self.sqs, self.functions = (Botocore().create_client(service, **options) for service in ("sqs", "lambda"))

    def fill(self, signed):
        """Everything; `signed` calls a route as our own systems do."""
        self.contracts_and_quota()
        self.leases(signed)
        self.orders()
        listed = signed("GET", "/ops/callbacks", None)
        return {**KNOWN, "callback_id": [item["callback_id"] for item in listed["items"]][:5]}

    def contracts_and_quota(self):
        self.tell("contract-events", event_id="contract-1", client_id="c-4", contract_number="77-4")
        line = {"contract_number": "77-4", "status": "ACTIVE", "line_limit": "50000.00", "line_balance": "50000.00"}
        self.control("PUT", "/mkk/lines/77-4", line)
        opened = {"type": "account_changed", "pin": "p-1", "state": "open", "account_type": "NORMAL"}
        sample = self.sample("credit-events")
        about = {"event_id": "contract-2", "occurred_at": sample["occurred_at"]}
        self.send("credit-events", {**about, **opened})
        self.send("credit-events", {**sample, "event_id": "contract-3"})

    def leases(self, signed):
        """One registered, one in signing, the rest active, one of them with a wish to end the agreement."""
        for number, order in enumerate(LEASES, 1):
            path = f"/ant-lease/orders/{order}"
            signed("PUT", path, self.examples["pre-order-sync"])
            if number >= 2:
                signed("POST", f"{path}/sign-flow", self.examples["sign-flow"])
            if number >= 3:
                self.control("PUT", f"/ant/orders/{order}", {"withhold_status": "SIGNED"})
                signed("POST", f"{path}/sign-flow", {})
        wish = {"order_id": LEASES[-1], "msg_publish_type": "ASYNC_UNSIGN_APPLY", "msg_content": "{}"}
        self.control("POST", "/ant/notify", wish)

    def orders(self):
        """Two orders of a user of their own, of which one becomes a loan."""
        for order in (LOAN, ORDER):
            self.rongshu("pushOrder", {**self.examples["push-order"], "orderId": order, "uid": UID})
        self.control("PUT", f"/rongshu/data/{UID}", {"operator": {}, "creditCard": {}, "device": {}})
        self.job("operator-pull", LATER)
        self.job("push-order-parse", NOW)
        self.job("credit-application", NOW)
        for order in (LOAN, ORDER):
            self.core(order, "credit-result")
            self.until("queryAuditResult", order, 6001)
        self.control("PUT", f"/xw/users/{UID}", {"state": "open"})
        self.rongshu("bindCard", {**self.examples["bind-card"], "orderId": LOAN, "uid": UID})
        self.rongshu("confirmLoan", {**self.examples["confirm-loan"], "orderId": LOAN})
        for result in ("audit-result", "loan-result", "repay-plan"):
            self.core(LOAN, result)
        self.until("queryLoanResult", LOAN, 7001)

    def until(self, operation, order, status):
        """Asks until the platform is told this status."""
        deadline = time.monotonic() + WAIT_AT_MOST_S
        while True:
            answer = self.rongshu(operation, {"orderId": order})
            if answer["response"] is not None and json.loads(answer["response"])["status"] == status:
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f"{operation} of {order} does not come to {status}: {answer}")
            time.sleep(0.2)

    def rongshu(self, operation, business):
        return self.control("POST", f"/rongshu/call/{operation}?channel=840", business)

    def core(self, order, result):
        """What the core tells, as in the sample, of this order."""
        told = self.sample(result)
        for member in ("event_id", "order_id", "occurred_at"):
            del told[member]
        self.control("POST", f"/core/{order}/{result}", told)

    def job(self, function, instant):
        event = json.dumps({"time": instant, "id": "contract"})
        self.functions.invoke(FunctionName=self.outputs["functions"][function], Payload=event)

    def tell(self, queue, **changes):
        self.send(queue, {**self.sample(queue), **changes})

    def send(self, queue, message):
        self.sqs.send_message(QueueUrl=self.outputs["queues"][queue], MessageBody=json.dumps(message))

    def sample(self, queue):
        event = json.loads((EVENTS / f"{queue}.json").read_text(encoding="utf-8"))
        return json.loads(event["Records"][0]["body"])

    def control(self, method, path, body):
        answer = self.http.request(
            method, f"{self.outputs['sandbox_url']}/_control{path}", json=body, timeout=TIMEOUT_S
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None


def no_proxy():
    """A session that speaks to loopback only."""
    session = requests.Session()
    session.trust_env = False
    return session
