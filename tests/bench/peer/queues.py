"""The queues that functions send to."""

from peer.aws import client

SQS = client("sqs")
# How many messages a call takes.
MOST_MESSAGES = 10


def chunks(items, size):
    return (items[start : start + size] for start in range(0, len(items), size))


def send(url, messages):
    """Sends at most ten messages, each its body with its attributes, all of them texts, in one call."""
    entries = [
        {
            "Id": str(place),
            "MessageBody": body,
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        }
        for place, (body, attributes) in enumerate(messages)
    ]
    if SQS.send_message_batch(QueueUrl=url, Entries=entries).get("Failed"):
        raise ValueError("a message was refused")
