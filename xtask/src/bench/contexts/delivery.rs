//! Delivery: what two functions committed and could not send, a message to a queue and an event; and the table of callbacks,
//! with one that waits and some that were given up.

mod callbacks;

use serde_json::{Value, json};

use super::{Context, Job, STAMP};
use callbacks::CALLBACKS_TABLE;

/// Every function has it; the rows in it are the relay's alone.
const OUTBOX_TABLE: &str = "tenor-outbox";
/// The shards that hold a row each, by the first digits of the rows' ids.
const OF_QUEUE: &str = "1";
const OF_BUS: &str = "2";

pub(super) const CONTEXT: Context = Context {
    name: "delivery",
    tables: &[("OUTBOX_TABLE", OUTBOX_TABLE), ("CALLBACKS_TABLE", CALLBACKS_TABLE)],
    variables: &[],
    queues: &[("WAKE_UP_QUEUE_URL", "partner-callback")],
    secrets: &[],
    jobs: &[
        // The shards in turn, then both destinations at once.
        Job { name: "outbox-relay", asks_at_once: true, ..Job::OF_SCHEDULE },
        Job { name: "callback-list", asks_at_once: true, ..Job::OF_HTTP },
        Job { name: "callback-resend", ..Job::OF_HTTP },
    ],
    item: |table, key| if table == CALLBACKS_TABLE { callbacks::item(key) } else { None },
    rows: |table, index, values| match values[":shard"]["N"].as_str() {
        Some(OF_QUEUE) if table == OUTBOX_TABLE => vec![request()],
        Some(OF_BUS) if table == OUTBOX_TABLE => vec![event()],
        // No callback is due, as in most minutes.
        None if table == CALLBACKS_TABLE => callbacks::rows(index, values),
        Some(_) | None => Vec::new(),
    },
};

/// A request to `InforCRM`, as infor-request leaves it.
fn request() -> Value {
    let id = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
    let body = json!({
        "requestID": id,
        "dt": "2023-07-27T06:00:00.000+03:00",
        "clientIdList": [
            {"systemCode": "vtb_mdm_id", "id": "123456"},
            {"systemCode": "IBSO", "id": "354815252"},
            {"systemCode": "ehd_id", "id": "354815252"},
            {"systemCode": "INFOR", "id": "A6UJ9A00EEG"},
        ],
        "inn": "1200009193",
        "ogrn": "1231200000844",
        "kpp": "120001001",
        "okpo": "02847208",
    });
    let url = "https://sqs.eu-central-1.amazonaws.com/123456789012/infor-outbound";
    let attributes = json!({"requestID": {"S": id}, "x-correlation-id": {"S": "0f9c7d2e-scan"}});
    row(OF_QUEUE, "52345678", &json!({"queue_url": {"S": url}}), &body, &attributes)
}

/// An event of the instalment context, as get-status leaves it.
fn event() -> Value {
    let body = json!({
        "client_id": "c-active",
        "contract_number": "77-1",
        "sequence": 1,
        "event": "contract_closed",
        "event_id": "c2345678".to_owned() + &STAMP[8..],
        "version": 1,
        "occurred_at": "2023-07-27T06:25:00Z",
        "correlation_id": "0f9c7d2e-visit",
    });
    let destination = json!({"source": {"S": "tenor.instalment"}, "detail_type": {"S": "contract_closed"}});
    row(OF_BUS, "e2345678", &destination, &body, &json!({}))
}

/// A row with an id that begins with these eight digits.
fn row(shard: &str, digits: &str, destination: &Value, body: &Value, attributes: &Value) -> Value {
    json!({
        "shard": {"N": shard},
        "entry": {"S": format!("2023-07-27T06:25:00.000000000Z#{digits}{}", &STAMP[8..])},
        "destination": {"M": destination},
        "body": {"S": body.to_string()},
        "attributes": {"M": attributes},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CONTEXT, OUTBOX_TABLE};

    #[test]
    fn two_shards_hold_a_row_each_one_for_a_queue_and_one_for_the_bus() {
        let of =
            |shard: u32| (CONTEXT.rows)(OUTBOX_TABLE, None, &json!({":shard": {"N": shard.to_string()}}));
        let rows: Vec<_> = (0..4).flat_map(of).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["attributes"]["M"].as_object().unwrap().len(), 2);
        assert_eq!(rows[1]["destination"]["M"]["detail_type"]["S"], "contract_closed");
        for row in rows {
            let entry = row["entry"]["S"].as_str().unwrap();
            let (_created_at, id) = entry.split_once('#').unwrap();
            let shard = id.chars().next().unwrap().to_digit(16).unwrap() % 4;
            assert_eq!((id.len(), row["shard"]["N"].clone()), (32, json!(shard.to_string())));
        }
    }
}
