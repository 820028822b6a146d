"""The CRM context's jobs."""

import json
import os
from datetime import timedelta, timezone

from peer.forms import CORRELATION_ID, fingerprint, instant, sortable

JOB = os.environ["BENCH_JOB"]
SHARDS = 16
MOSCOW = timezone(timedelta(hours=3))
# The functions' setting: how long a client waits before it is asked about.
WAITING = timedelta(days=7)
HESITANT = ("OK", "IN_PROGRESS", "TO_SIGN")
# How long an id may be.
COLUMN_CHARACTERS = 200
# A task's own id.
TASK = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
# No request has this id.
NO_REQUEST = "-"
CORRELATION_ATTRIBUTE = "x-correlation-id"

# The daily scan reaches its queue alone.
if JOB != "infor-scan":
    from peer.dynamodb import DYNAMODB, NOBODY, NOW, STAMP, new_item, transact

    CLIENTS = os.environ["CRM_CLIENTS_TABLE"]
    BACK_IDS = os.environ["BACK_SYSTEM_IDS_TABLE"]
    TASKS = os.environ["INFOR_TASKS_TABLE"]
if JOB in ("infor-scan", "infor-request"):
    from peer.queues import MOST_MESSAGES, chunks, send
if JOB == "infor-request":
    from peer.unsent import delete, key, row
if JOB == "infor-inbound":
    from peer.outbox import deliver, event, row_of


def identifier(text):
    text = text.strip()
    if not text or len(text) > COLUMN_CHARACTERS:
        raise ValueError("no id")
    return text


def get_item(table, name, value):
    found = DYNAMODB.get_item(
        TableName=table, Key={name: {"S": value}}, ConsistentRead=True, ReturnConsumedCapacity="TOTAL"
    )
    return found.get("Item")


def client(organization_id):
    return get_item(CLIENTS, "organization_id", organization_id)


def task(request_id):
    return get_item(TASKS, "vtbc_request_id", request_id)


def query(table, condition, names, values, **options):
    return DYNAMODB.query(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
        ReturnConsumedCapacity="TOTAL",
        **options,
    )


def text_of(found, name):
    """A row's text, if it has one under this name."""
    return found[name]["S"] if name in found else None


def waiting_since(found):
    """Since when a client waits, if it does: it stands before the Wizard, hesitates there by the newer of row and log,
    and never had a task.
    """
    since = text_of(found, "change_date")
    if text_of(found, "status") != "in_wizard" or since is None or "task_created" in found:
        return None
    newer = "changed_wizard_status" if since > text_of(found, "migration_occurred_at") else "wizard_status"
    return since if text_of(found, newer) in HESITANT else None


def next_version(found):
    """The next version of a changed row, on condition that the one that was read still stands."""
    version = int(found["version"]["N"]) if "version" in found else 0
    item = {name: value for name, value in found.items() if name not in ("waiting_since", "waiting_shard")}
    item |= {"version": {"N": str(version + 1)}, "schema_version": {"N": "1"}, "request_stamp": {"S": STAMP}}
    since = waiting_since(found)
    if since is not None:
        shard = int(fingerprint(text_of(found, "organization_id"))[0], SHARDS)
        item |= {"waiting_since": {"S": since}, "waiting_shard": {"N": str(shard)}}
    put = {"TableName": CLIENTS, "Item": item, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if version == 0:
        condition = {
            "ConditionExpression": "attribute_not_exists(#id)",
            "ExpressionAttributeNames": {"#id": "organization_id"},
        }
    else:
        condition = {
            "ConditionExpression": "#version = :version",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":version": {"N": str(version)}},
        }
    return put | condition


def changed(found, told):
    """The row with what a newer row of the migration says."""
    occurred_at, event_id = sortable(told["occurred_at"]), identifier(told["event_id"])
    shown = (text_of(found, "migration_occurred_at"), text_of(found, "migration_event_id"))
    if None not in shown and shown >= (occurred_at, event_id):
        raise ValueError("the event is not newer")
    names = ("mdm_id", "status", "wizard_status")
    item = {name: value for name, value in found.items() if name not in names}
    for name in names:
        if (told.get(name) or "").strip():
            item[name] = {"S": identifier(told[name])}
    return item | {
        "organization_id": {"S": identifier(told["organization_id"])},
        "migration_occurred_at": {"S": occurred_at},
        "migration_event_id": {"S": event_id},
    }


def client_events(batch):
    for record in batch["Records"]:
        told = json.loads(record["body"])
        if told["type"].strip() != "migration_client":
            raise ValueError("no row of the migration")
        found = client(identifier(told["organization_id"])) or {}
        DYNAMODB.put_item(**next_version(changed(found, told)), ReturnConsumedCapacity="TOTAL")
    return {"batchItemFailures": []}


def infor_scan(occasion):
    time = sortable(occasion["time"])
    bodies = [json.dumps({"time": time, "shard": shard}, separators=(",", ":")) for shard in range(SHARDS)]
    for some in chunks(bodies, MOST_MESSAGES):
        url = os.environ["INFOR_SHARDS_QUEUE_URL"]
        send(url, [(body, {CORRELATION_ATTRIBUTE: CORRELATION_ID}) for body in some])


def pages_of_waiting(shard, cutoff):
    options = {}
    while True:
        page = query(
            CLIENTS,
            "#shard = :shard AND #since <= :cutoff",
            {"#shard": "waiting_shard", "#since": "waiting_since"},
            {":shard": {"N": str(shard)}, ":cutoff": {"S": cutoff}},
            IndexName="waiting",
            Limit=50,
            **options,
        )
        yield page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        options = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def back_ids(mdm_id):
    """The newest id in each back system."""
    found = query(BACK_IDS, "#mdm_id = :mdm_id", {"#mdm_id": "mdm_id"}, {":mdm_id": {"S": mdm_id}})["Items"]
    told = sorted(found, key=lambda one: (one["occurred_at"]["S"], one["event_id"]["S"]))
    return {text_of(one, "back_system_name"): text_of(one, "back_system_id") for one in told}


def request_body(request_id, dt, found, ids):
    systems = [
        ("vtb_mdm_id", text_of(found, "mdm_id")),
        ("IBSO", ids.get("ibso")),
        ("ehd_id", text_of(found, "organization_id")),
        ("INFOR", ids.get("infor")),
    ]
    body = {
        "requestID": request_id,
        "dt": dt,
        "clientIdList": [{"systemCode": code, "id": value} for code, value in systems if value is not None],
        "inn": found["tin"]["S"],
        "ogrn": found["registry_number"]["S"],
        "kpp": found["kpp"]["S"],
    }
    if "okpo" in found:
        body["okpo"] = found["okpo"]["S"]
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def ask(place, found, time, cutoff):
    """Writes the request about a client who was never asked about, with its row and its message."""
    since = waiting_since(found)
    if "requested_at" in found or since is None or since > cutoff:
        raise ValueError("the client is not due, or was asked about before")
    request_id, message_id = f"{place:08x}-89ab-4cde-8f01-23456789abcd", f"{place:08x}{STAMP[8:]}"
    dt = time.astimezone(MOSCOW).isoformat(timespec="milliseconds")
    body = request_body(request_id, dt, found, back_ids(found["mdm_id"]["S"]))
    attributes = {"requestID": request_id, CORRELATION_ATTRIBUTE: CORRELATION_ID}
    written = {
        "id": {"S": TASK},
        "vtbc_request_id": {"S": request_id},
        "organization_id": found["organization_id"],
        "request_date": {"S": dt},
        "send_state": {"S": "NEW"},
        "time_create": {"S": NOW},
        "version": {"N": "1"},
    }
    asked = found | {
        "requested_at": {"S": time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z")},
        "requests": {"N": "1"},
        "vtbc_request_id": {"S": request_id},
    }
    transact(
        new_item(TASKS, "vtbc_request_id", written),
        {"Put": next_version(asked)},
        row(
            message_id,
            {"queue_url": {"S": os.environ["INFOR_OUTBOUND_QUEUE_URL"]}},
            body,
            {name: {"S": value} for name, value in attributes.items()},
        ),
    )
    return request_id, message_id, (body, attributes)


def mark_sent(request_id):
    DYNAMODB.update_item(
        TableName=TASKS,
        Key={"vtbc_request_id": {"S": request_id}},
        ConditionExpression="#send_state = :new",
        UpdateExpression="SET #send_state = :sent, #stamp = :stamp",
        ExpressionAttributeNames={"#send_state": "send_state", "#stamp": "request_stamp"},
        ExpressionAttributeValues={":new": {"S": "NEW"}, ":sent": {"S": "SENT"}, ":stamp": {"S": STAMP}},
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
        ReturnConsumedCapacity="TOTAL",
    )


def infor_request(batch):
    """The clients one after the other; ten messages go out in one call."""
    for record in batch["Records"]:
        item = json.loads(record["body"])
        if not 0 <= item["shard"] < SHARDS:
            raise ValueError("no shard")
        time = instant(item["time"])
        cutoff = (time - WAITING).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
        for page in pages_of_waiting(item["shard"], cutoff):
            for some in chunks(list(enumerate(page)), MOST_MESSAGES):
                written = [ask(place, found, time, cutoff) for place, found in some]
                send(os.environ["INFOR_OUTBOUND_QUEUE_URL"], [message for _, _, message in written])
                delete([key(message_id) for _, message_id, _ in written])
                for request_id, _, _ in written:
                    mark_sent(request_id)
    return {"batchItemFailures": []}


def replied(found, reply):
    """A row with the reply that its task was created; what the reply leaves out is emptied."""
    version = int(found["version"]["N"])
    message_id = reply.get("requestID")
    columns = {
        "infor_response_id": text_of(found, "vtbc_request_id"),
        "status_code": "0",
        "infor_message_id": message_id and identifier(message_id),
        "status_msg": reply.get("statusMsg"),
        "task_id": identifier(reply["taskID"]),
        "time_update": NOW,
        "request_stamp": STAMP,
    }
    sets, removes = ["#version = :next"], []
    names, values = {"#version": "version"}, {":version": {"N": str(version)}, ":next": {"N": str(version + 1)}}
    for place, (column, value) in enumerate(columns.items()):
        names[f"#c{place}"] = column
        if value is None:
            removes.append(f"#c{place}")
        else:
            sets.append(f"#c{place} = :c{place}")
            values[f":c{place}"] = {"S": value}
    expression = f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else "")
    return {
        "Update": {
            "TableName": TASKS,
            "Key": {"vtbc_request_id": found["vtbc_request_id"]},
            "ConditionExpression": "#version = :version",
            "UpdateExpression": expression,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def never_again(organization_id):
    """That a task was created, and the client is never asked about again."""
    return {
        "Update": {
            "TableName": CLIENTS,
            "Key": {"organization_id": organization_id},
            "ConditionExpression": "attribute_exists(#version)",
            "UpdateExpression": "SET #created = :true, #version = #version + :one, #stamp = :stamp"
            " REMOVE #since, #shard",
            "ExpressionAttributeNames": {
                "#created": "task_created",
                "#since": "waiting_since",
                "#shard": "waiting_shard",
                "#version": "version",
                "#stamp": "request_stamp",
            },
            "ExpressionAttributeValues": {":true": {"BOOL": True}, ":one": {"N": "1"}, ":stamp": {"S": STAMP}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def infor_inbound(batch):
    for record in batch["Records"]:
        reply = json.loads(record["body"])
        found = task(identifier(reply["replyUID"]))
        if reply["statusCode"].strip() != "0" or "status_code" in found:
            raise ValueError("not the first reply, or no task")
        told = event(
            "tenor.crm",
            "communication_task_created",
            organization_id=text_of(found, "organization_id"),
            request_id=text_of(found, "vtbc_request_id"),
            task_id=identifier(reply["taskID"]),
        )
        transact(replied(found, reply), never_again(found["organization_id"]), row_of(told))
        deliver(told)
    return {"batchItemFailures": []}


# What each function reads during init, to open its connection; a daily run opens its own.
WARM_UP = {
    "client-events": lambda: client(NOBODY),
    "infor-scan": lambda: None,
    "infor-request": lambda: client(NOBODY),
    "infor-inbound": lambda: task(NO_REQUEST),
}
WARM_UP[JOB]()
