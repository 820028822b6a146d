"""The functions' jobs in Python, with boto3 on Lambda's own runtime client.

`cargo xtask bench` runs it beside the functions (docs/PERFORMANCE.md). BENCH_CONTEXT and BENCH_JOB name the job; the
rest of the environment is the function's own. Like the bare SDK peer it makes a function's calls and nothing else:
one client, built once, its connection opened during init. It imports only what its job needs.
"""

import importlib
import os

JOB = os.environ["BENCH_JOB"]
RUN = getattr(importlib.import_module(f"peer.{os.environ['BENCH_CONTEXT']}"), JOB.replace("-", "_"))


def handler(event, _context):
    return RUN(event)
