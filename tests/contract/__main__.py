"""`cargo xtask contract`: calls every operation of docs/openapi.yaml with what is drawn from it, and holds each answer to it."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.transport import Response

import checks
import drawing
import stage
from callers import Callers
from document import Document

# Of an operation's calls, for one that is as described: so many that are not, and so many by strangers.
KINDS = (
    ("as described", drawing.as_described, 1.0),
    ("malformed", drawing.malformed, 0.5),
    ("strangers", drawing.by_strangers, 0.25),
)
STRANGERS = "strangers"
TIMEOUT_S = 60
SHOWN = 600


class Run:
    """One run over the operations."""

    def __init__(self, options, brief):
        self.options, self.outputs = options, brief["outputs"]
        self.document = Document(options.document)
        self.callers = Callers(brief, Path(brief["secrets"]))
        self.http = stage.no_proxy()
        # By operation, check and message: how often, and the first time.
        self.findings, self.counts = {}, Counter()

    def play(self):
        """Every operation, or those that were asked for; tells whether all of it was well."""
        operations = list(self.document.operations())
        examples = {operation.name: operation.example for operation in operations}
        known = stage.Stage(self.outputs, examples, self.http).fill(self.signed)
        try:
            for operation in operations:
                if not self.options.operation or operation.name in self.options.operation:
                    self.operation(operation, known)
        finally:
            self.report()
        return not self.findings

    def operation(self, operation, known):
        outcomes = Counter()
        for kind, strategy, share in KINDS:
            examples = max(1, round(self.options.examples * share))
            if kind == STRANGERS and not self.callers.strangers(operation.scheme):
                continue
            self.calls(operation, kind, strategy(operation, known, self.callers), examples, outcomes)
        shown = ", ".join(f"{outcome} x {count}" for outcome, count in sorted(outcomes.items()))
        print(f"    {operation.name:<22}{sum(outcomes.values()):>4}  {shown}", flush=True)

    def calls(self, operation, kind, strategy, examples, outcomes):
        @hypothesis.seed(f"{self.options.seed} {operation.name} {kind}")
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(call=strategy)
        def every(call):
            response = self.send(call)
            outcomes[checks.outcome(response)] += 1
            self.counts[kind] += 1
            for check, problem in checks.problems(self.document, call, response, kind == STRANGERS):
                if problem is not None:
                    self.found(operation, check, problem, call, response)

        try:
            every()
        except Unsatisfiable:
            # A page without parameters cannot be asked for in a malformed way.
            pass

    def send(self, call):
        options = call.case.as_transport_kwargs(base_url=self.outputs["http_url"])
        if call.body is not None:
            options = {**options, "data": call.body, "json": None}
        if call.media_type is not None:
            options["headers"] = {**options.get("headers", {}), "content-type": call.media_type}
        return Response.from_requests(self.sent(call.caller, **options), verify=True)

    def sent(self, caller, **options):
        options.pop("cookies", None)
        return self.http.request(**options, auth=caller, timeout=TIMEOUT_S, allow_redirects=False)

    def signed(self, method, path, body):
        """A call of our own systems, which must go well."""
        [iam] = self.callers.good("AWS_IAM")
        response = self.sent(iam, method=method, url=self.outputs["http_url"] + path, json=body)
        response.raise_for_status()
        return response.json()

    def found(self, operation, check, problem, call, response):
        finding = self.findings.setdefault((operation.name, check, problem[:SHOWN]), [0, call, response])
        finding[0] += 1

    def report(self):
        for (name, check, problem), (times, _call, response) in self.findings.items():
            request = response.request
            print(f"\n{name}: {check}, {times} times\n    {problem}")
            print(f"    {request.method} {request.path_url}\n    {dict(request.headers)}\n    {request.body!r:.{SHOWN}}")
            print(f"    {response.status_code} {dict(response.headers)}\n    {response.content!r:.{SHOWN}}")
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.counts.items())
        print(f"\n{sum(self.counts.values())} calls ({kinds}), seed {self.options.seed}: {len(self.findings)} findings")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--brief", type=Path, required=True)
    parser.add_argument("--document", type=Path, required=True)
    parser.add_argument("--examples", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--operation", action="append", default=[])
    options = parser.parse_args()
    brief = json.loads(options.brief.read_text(encoding="utf-8"))
    return 0 if Run(options, brief).play() else 1


if __name__ == "__main__":
    sys.exit(main())
