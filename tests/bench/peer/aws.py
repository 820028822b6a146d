"""Clients of AWS, all made alike."""

import os

import boto3
from botocore.config import Config

CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard"})


def client(service):
    return boto3.client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"], config=CONFIG)
