"""Objects in a bucket."""

import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

CONFIG = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard"},
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
S3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], config=CONFIG)
BUCKET = os.environ["RAW_DATA_BUCKET"]


def warm():
    """Opens the connection with a look at an object that is not there."""
    try:
        S3.head_object(Bucket=BUCKET, Key="-")
    except ClientError:
        pass


def put(key, content):
    S3.put_object(
        Bucket=BUCKET,
        Key=key,
        Body=content,
        ContentType="application/json",
        ServerSideEncryption="AES256",
    )


def get(key):
    return S3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
