//! The CRM context: a client whose migration moves on, one who has waited for a week and is asked about, and a reply
//! that a task was created.

use serde_json::{Value, json};

use super::{Context, Job, STAMP};

const CLIENTS_TABLE: &str = "tenor-crm-clients";
const BACK_IDS_TABLE: &str = "tenor-crm-back-system-ids";
const TASKS_TABLE: &str = "tenor-infor-communication-task";
/// The organization of the sample event `client-events`.
const CHANGED: &str = "354815252";
/// The one that is due in the shard of the sample event `infor-request`; its fingerprint's first digit is that shard.
const DUE: &str = "354815276";
const DUE_SHARD: &str = "0";
/// Both are this client of the master data.
const MDM_ID: &str = "123456";
/// The request that the sample event `infor-inbound` replies to.
const REQUEST: &str = "elf73276-7fb6-4e80-85de-fd8a939998f0";
/// A week before the sample run, to the second: just long enough.
const WAITS_SINCE: &str = "2023-07-20T03:00:00.000000000Z";

pub(super) const CONTEXT: Context = Context {
    name: "crm",
    tables: &[
        ("CRM_CLIENTS_TABLE", CLIENTS_TABLE),
        ("BACK_SYSTEM_IDS_TABLE", BACK_IDS_TABLE),
        ("INFOR_TASKS_TABLE", TASKS_TABLE),
    ],
    variables: &[],
    queues: &[("INFOR_SHARDS_QUEUE_URL", "infor-shards"), ("INFOR_OUTBOUND_QUEUE_URL", "infor-outbound")],
    secrets: &[],
    jobs: &[
        Job { name: "client-events", ..Job::OF_QUEUE },
        Job { name: "infor-scan", ..Job::OF_SCHEDULE },
        // Clients are asked about at once; there is one.
        Job { name: "infor-request", ..Job::OF_QUEUE },
        Job { name: "infor-inbound", ..Job::OF_QUEUE },
    ],
    item,
    rows,
};

/// The changed client, who is known, and the request that is replied to.
fn item(table: &str, key: &Value) -> Option<Value> {
    match table {
        CLIENTS_TABLE if key["organization_id"]["S"] == CHANGED => Some(client(CHANGED, "2")),
        TASKS_TABLE if key["vtbc_request_id"]["S"] == REQUEST => Some(task()),
        _ => None,
    }
}

/// One client is due, and has an id in both back systems.
fn rows(table: &str, index: Option<&str>, values: &Value) -> Vec<Value> {
    match (table, index) {
        (CLIENTS_TABLE, Some("waiting")) if values[":shard"]["N"] == DUE_SHARD => {
            vec![client(DUE, DUE_SHARD)]
        }
        (BACK_IDS_TABLE, None) if values[":mdm_id"]["S"] == MDM_ID => {
            vec![back_id("ibso", "354815252"), back_id("infor", "A6UJ9A00EEG")]
        }
        _ => Vec::new(),
    }
}

/// A client with all parts of the projection, who waits. Its migration is older than the sample event.
fn client(organization_id: &str, shard: &str) -> Value {
    json!({
        "organization_id": {"S": organization_id},
        "version": {"N": "3"},
        "mdm_id": {"S": MDM_ID},
        "status": {"S": "in_wizard"},
        "wizard_status": {"S": "IN_PROGRESS"},
        "migration_occurred_at": {"S": "2023-07-19T06:00:00.000000000Z"},
        "migration_event_id": {"S": "e-0"},
        "changed_wizard_status": {"S": "TO_SIGN"},
        "change_date": {"S": WAITS_SINCE},
        "change_event_id": {"S": "e-2"},
        "tin": {"S": "1200009193"},
        "registry_number": {"S": "1231200000844"},
        "kpp": {"S": "120001001"},
        "okpo": {"S": "02847208"},
        "snapshot_occurred_at": {"S": "2023-07-01T06:00:00.000000000Z"},
        "snapshot_event_id": {"S": "e-3"},
        "waiting_since": {"S": WAITS_SINCE},
        "waiting_shard": {"N": shard},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    })
}

fn back_id(system: &str, id: &str) -> Value {
    json!({
        "mdm_id": {"S": MDM_ID},
        "back_system_name": {"S": system},
        "back_system_id": {"S": id},
        "occurred_at": {"S": "2023-07-01T06:00:00.000000000Z"},
        "event_id": {"S": "e-4"},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    })
}

/// A request that was sent and not answered yet.
fn task() -> Value {
    json!({
        "id": {"S": "1b4e28ba-2fa1-41d2-883f-0016d3cca427"},
        "vtbc_request_id": {"S": REQUEST},
        "organization_id": {"S": CHANGED},
        "request_date": {"S": "2023-07-27T06:00:00.000+03:00"},
        "send_state": {"S": "SENT"},
        "time_create": {"S": "2023-07-27T03:00:01.000000000Z"},
        "version": {"N": "1"},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{BACK_IDS_TABLE, CLIENTS_TABLE, REQUEST, TASKS_TABLE, item, rows};

    #[test]
    fn a_row_is_found_by_its_own_key_and_nobody_has_none() {
        let client = |id: &str| item(CLIENTS_TABLE, &json!({"organization_id": {"S": id}}));
        assert_eq!(client("354815252").unwrap()["version"]["N"], "3");
        assert_eq!(client("\u{0}"), None);
        let task = |id: &str| item(TASKS_TABLE, &json!({"vtbc_request_id": {"S": id}}));
        let found = task(REQUEST).unwrap();
        assert_eq!(found.get("status_code"), None, "it is not answered");
        assert_eq!(task("-"), None);
    }

    #[test]
    fn one_shard_has_a_client_who_is_due_and_its_ids_are_found_in_the_table_itself() {
        let due = |shard: u32| {
            rows(CLIENTS_TABLE, Some("waiting"), &json!({":shard": {"N": shard.to_string()}})).len()
        };
        assert_eq!((0..16).map(due).collect::<Vec<_>>(), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let of = |mdm_id: &str| rows(BACK_IDS_TABLE, None, &json!({":mdm_id": {"S": mdm_id}}));
        let systems: Vec<Value> =
            of("123456").iter().map(|row| row["back_system_name"]["S"].clone()).collect();
        assert_eq!(systems, ["ibso", "infor"]);
        assert!(of("1").is_empty());
    }
}
