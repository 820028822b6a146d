"""The instalment context's jobs."""

import json
import os

JOB = os.environ["BENCH_JOB"]

if JOB == "webview":
    with open(os.environ["BENCH_PAGE"], encoding="utf-8") as file:
        PAGE = file.read()
else:
    from peer.dynamodb import DYNAMODB, NOBODY, NOW, STAMP, new_item, transact

    TABLE = os.environ["CONTRACTS_TABLE"]
if JOB in ("get-status", "renew-contract"):
    from peer.http import answer
    from peer.outbox import deliver, event, row_of
    from peer.session import caller
if JOB == "get-status":
    import urllib3

    LENDER = urllib3.PoolManager()


def rows_of(client, **options):
    found = DYNAMODB.query(
        TableName=TABLE,
        KeyConditionExpression="#client = :client",
        ExpressionAttributeNames={"#client": "client_id"},
        ExpressionAttributeValues={":client": {"S": client}},
        ConsistentRead=True,
        ReturnConsumedCapacity="TOTAL",
        **options,
    )
    return found["Items"]


def newest(client, limit):
    return rows_of(client, ScanIndexForward=False, Limit=limit)


def closing(client, row):
    return {
        "TableName": TABLE,
        "Key": {"client_id": {"S": client}, "sequence": row["sequence"]},
        "ConditionExpression": "#number = :number AND #state <> :closed",
        "UpdateExpression": "SET #state = :closed, #version = #version + :one, #updated_at = :now, #stamp = :stamp",
        "ExpressionAttributeNames": {
            "#number": "contract_number",
            "#state": "state",
            "#version": "version",
            "#updated_at": "updated_at",
            "#stamp": "request_stamp",
        },
        "ExpressionAttributeValues": {
            ":number": row["contract_number"],
            ":closed": {"S": "CLOSED"},
            ":one": {"N": "1"},
            ":now": {"S": NOW},
            ":stamp": {"S": STAMP},
        },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def new_row(client, sequence, state, **more):
    row = {
        "client_id": {"S": client},
        "sequence": {"N": str(sequence)},
        "version": {"N": "1"},
        "state": {"S": state},
        "created_at": {"S": NOW},
        "updated_at": {"S": NOW},
    }
    return new_item(TABLE, "sequence", row | more)


def caller_of(request, method):
    client = caller(request, "ali-front")
    if json.loads(request["body"])["method"] != method:
        raise ValueError("another method")
    return client


def reference(_event):
    key = {"client_id": {"S": "c-active"}, "sequence": {"N": "1"}}
    row = DYNAMODB.get_item(TableName=TABLE, Key=key, ConsistentRead=True)["Item"]
    DYNAMODB.update_item(**closing("c-active", row), ReturnConsumedCapacity="TOTAL")
    return {"statusCode": 200}


def get_status(request):
    client = caller_of(request, "get_status")
    (row,) = newest(client, 1)
    number = row["contract_number"]["S"]
    line = LENDER.request("GET", f"{os.environ['MKK_URL']}/lines/{number}").json()
    if line["status"] != "CLOSED" or line["contract_number"] != number:
        raise ValueError("the line is open")
    told = event(
        "tenor.instalment",
        "contract_closed",
        client_id=client,
        sequence=int(row["sequence"]["N"]),
        contract_number=number,
    )
    transact({"Update": closing(client, row)}, row_of(told))
    deliver(told)
    return answer(
        {
            "screen": "main_screen",
            "contract_closed": True,
            "state": "CLOSED",
            "contract_number": number,
            "closed_screen_button": True,
        }
    )


def renew_contract(request):
    client = caller_of(request, "renew_contract")
    over = newest(client, 2)[0]
    sequence = int(over["sequence"]["N"])
    still_over = {
        "ConditionCheck": {
            "TableName": TABLE,
            "Key": {"client_id": {"S": client}, "sequence": over["sequence"]},
            "ConditionExpression": "#state IN (:cancel, :reject, :closed)",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {
                ":cancel": {"S": "cancel"},
                ":reject": {"S": "reject"},
                ":closed": {"S": "CLOSED"},
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }
    number = over["contract_number"]
    told = event(
        "tenor.instalment",
        "application_opened",
        client_id=client,
        sequence=sequence + 1,
        previous_contract_number=number["S"],
    )
    application = new_row(client, sequence + 1, "init", previous_contract_number=number)
    transact(still_over, application, row_of(told))
    deliver(told)
    return answer({"screen": "wanted_limit", "state": "init", "contract_closed": False})


def contract_events(batch):
    for record in batch["Records"]:
        event = json.loads(record["body"])
        client, number = {"S": event["client_id"]}, {"S": event["contract_number"]}
        if rows_of(event["client_id"]):
            raise ValueError("not the client's first contract")
        remembered = {"client_id": client, "event_id": {"S": event["event_id"]}, "expires_at": {"N": "1768619045"}}
        claim = {"contract_number": number, "client_id": client, "created_at": {"S": NOW}}
        transact(
            new_item(os.environ["CONTRACT_EVENT_IDS_TABLE"], "event_id", remembered),
            new_row(
                event["client_id"],
                1,
                event["state"],
                contract_number=number,
                occurred_at={"S": event["occurred_at"]},
            ),
            new_item(os.environ["CONTRACT_NUMBERS_TABLE"], "contract_number", claim),
        )
    return {"batchItemFailures": []}


def webview(_request):
    return {"statusCode": 200, "headers": {"content-type": "text/html; charset=utf-8"}, "body": PAGE}


if JOB != "webview":
    newest(NOBODY, 1)
