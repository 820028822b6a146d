//! The quota context: one pin with an account and three grants, one of which is given back; a grant that is
//! booked, and one that ran out. The grants last until 2036, so that they are shown whenever this runs.

use serde_json::{Value, json};

use super::{Context, Job, STAMP, Visitor, body};

const ACCOUNTS_TABLE: &str = "tenor-quota-accounts";
const GRANTS_TABLE: &str = "tenor-credit-apply";
/// Whose the sample events are.
const PIN: &str = "p-1";
/// What the gateway and credit.man call their success.
const SUCCESS: &str = "1111";
const VISITOR: Visitor = Visitor { audience: "bt", subject: PIN };
/// The shard of the index `due` that the pin's grants stand in, by the pin's fingerprint.
const DUE_SHARD: &str = "3";
/// The pin's grants with their effective times and amounts, as the index has them: the oldest first.
const GRANTS: [(&str, &str, &str); 3] = [
    ("2103#201905210953183410004097", "2025-10-01T02:30:00.000000000Z", "260"),
    ("2104#201905281552276330004096", "2025-10-20T16:00:00.000000000Z", "120.5"),
    ("2201#W5673649234", "2025-11-01T08:00:00.000000000Z", "500"),
];
/// What the index `effective` has of a grant, beside its keys.
const PROJECTED: [&str; 9] = [
    "pin",
    "grant_id",
    "live_since",
    "status",
    "credit_type",
    "change_limit",
    "invalid_time",
    "update_time",
    "schema_version",
];

pub(super) const CONTEXT: Context = Context {
    name: "quota",
    tables: &[
        ("QUOTA_ACCOUNTS_TABLE", ACCOUNTS_TABLE),
        ("CREDIT_APPLY_TABLE", GRANTS_TABLE),
        ("APPLY_NUMBERS_TABLE", "tenor-apply-numbers"),
        ("ONLINE_TEXTS_TABLE", "tenor-online-texts"),
    ],
    variables: &[],
    queues: &[],
    secrets: &[],
    jobs: &[
        Job { name: "get-temp-quota", asks_at_once: true, ..OF_GATEWAY },
        Job { name: "cancel-temp-quota", ..OF_GATEWAY },
        Job { name: "query-temp-credit", asks_at_once: true, ..OF_CREDIT_MAN },
        Job { name: "cancel-temp-credit", ..OF_CREDIT_MAN },
        Job { name: "credit-events", ..Job::OF_QUEUE },
        Job { name: "temp-credit-expiry", ..Job::OF_SCHEDULE },
    ],
    item,
    rows,
};

/// Failures are HTTP 200 too, in both layers: their own code tells.
const OF_GATEWAY: Job =
    Job { visitor: Some(VISITOR), succeeded: |answer| body(answer)["code"] == SUCCESS, ..Job::OF_HTTP };
const OF_CREDIT_MAN: Job =
    Job { succeeded: |answer| body(answer)["result"]["code"] == SUCCESS, ..Job::OF_HTTP };

/// The pin has an account and its grants; there are no online texts.
fn item(table: &str, key: &Value) -> Option<Value> {
    let of_the_pin = key["pin"]["S"] == PIN;
    match table {
        ACCOUNTS_TABLE if of_the_pin => Some(account()),
        GRANTS_TABLE if of_the_pin => grants().find(|grant| grant["grant_id"] == key["grant_id"]),
        _ => None,
    }
}

fn rows(_table: &str, index: Option<&str>, values: &Value) -> Vec<Value> {
    match index {
        Some("effective") if values[":pin"]["S"] == PIN => grants()
            .map(|grant| PROJECTED.map(|name| (name.to_owned(), grant[name].clone())).into_iter().collect())
            .collect(),
        Some("due") if values[":shard"]["N"] == DUE_SHARD => vec![due()],
        _ => Vec::new(),
    }
}

fn account() -> Value {
    json!({
        "pin": {"S": PIN},
        "state": {"S": "open"},
        "account_type": {"S": "NORMAL"},
        "temp_total": {"N": "880.5"},
        "occurred_at": {"S": "2025-09-01T02:00:00.000000000Z"},
        "event_ids": {"SS": ["e-0"]},
        "created_at": {"S": "2025-09-01T02:00:01.000000000Z"},
        "updated_at": {"S": "2025-11-01T08:00:01.000000000Z"},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    })
}

fn grants() -> impl Iterator<Item = Value> {
    let expiry = "2036-01-02T03:04:05.000000000Z";
    GRANTS.into_iter().enumerate().map(move |(index, (grant_id, since, amount))| {
        json!({
            "pin": {"S": PIN},
            "grant_id": {"S": grant_id},
            "apply_no": {"S": format!("a-{index}")},
            "credit_type": {"S": "TEMP"},
            "change_way": {"S": "BOTH"},
            "change_limit": {"N": amount},
            "business_name": {"S": "白名单临时提额被动调整"},
            "source_type": {"S": "AUTOTASK"},
            "effective_time": {"S": since},
            "live_since": {"S": since},
            "invalid_time": {"S": expiry},
            "due_at": {"S": expiry},
            "due_shard": {"N": DUE_SHARD},
            "update_time": {"S": since},
            "status": {"S": "2"},
            "created_at": {"S": since},
            "schema_version": {"N": "1"},
            "request_stamp": {"S": STAMP},
        })
    })
}

/// A grant that ran out, as the index `due` has it.
fn due() -> Value {
    json!({
        "pin": {"S": PIN},
        "grant_id": {"S": "2104#201912261552276330004096"},
        "due_shard": {"N": DUE_SHARD},
        "due_at": {"S": "2025-12-31T16:00:00.000000000Z"},
        "change_limit": {"N": "80"},
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CONTEXT, GRANTS_TABLE, OF_CREDIT_MAN, OF_GATEWAY, item, rows};

    #[test]
    fn a_failure_that_is_http_200_is_no_success() {
        let answer = |body: &str| json!({"statusCode": 200, "body": body});
        assert!((OF_GATEWAY.succeeded)(&answer(r#"{"issuccess":1,"code":"1111"}"#)));
        assert!(!(OF_GATEWAY.succeeded)(&answer(r#"{"issuccess":0,"code":"0000"}"#)));
        assert!((OF_CREDIT_MAN.succeeded)(&answer(r#"{"result":{"code":"1111"}}"#)));
        assert!(!(OF_CREDIT_MAN.succeeded)(&answer(r#"{"result":{"code":"1001"}}"#)));
    }

    #[test]
    fn a_row_is_found_by_its_whole_key_and_there_are_no_online_texts() {
        let key = |pin: &str, grant: &str| json!({"pin": {"S": pin}, "grant_id": {"S": grant}});
        let found = item(GRANTS_TABLE, &key("p-1", "2201#W5673649234")).unwrap();
        assert_eq!(found["change_limit"]["N"], "500");
        assert_eq!(item(GRANTS_TABLE, &key("p-1", "2201#1")), None);
        assert_eq!(item(GRANTS_TABLE, &key("\u{0}", "\u{0}")), None);
        let texts = CONTEXT.tables[3].1;
        assert_eq!(item(texts, &json!({"context": {"S": "quota"}})), None);
    }

    #[test]
    fn the_pin_has_three_grants_in_force_and_one_shard_one_that_is_due() {
        let effective = rows(GRANTS_TABLE, Some("effective"), &json!({":pin": {"S": "p-1"}}));
        assert_eq!(effective.len(), 3);
        assert_eq!(effective[0].as_object().unwrap().len(), 9);
        let due =
            |shard: u32| rows(GRANTS_TABLE, Some("due"), &json!({":shard": {"N": shard.to_string()}})).len();
        assert_eq!([0, 1, 2, 3].map(due), [0, 0, 0, 1]);
    }
}
