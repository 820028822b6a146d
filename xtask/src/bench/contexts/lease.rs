//! The lease context: an order for each function, in the state that the function waits for, and one for each of the
//! two that Ant and the schedule start. Ant's gateway says OK to everything.

pub(in crate::bench) mod ant;

use serde_json::{Value, json};

use super::{Context, Job, STAMP, Secret};

const ORDERS_TABLE: &str = "tenor-lease-orders";
const DOCUMENTS_TABLE: &str = "tenor-lease-documents";
/// What every sample event is about. Here that is the order that Ant's notification tells of: the notification is
/// signed, with the secret in ant.json.
const SAMPLE: &str = "LEASE-0001";
/// The order that lease-reconcile finds: a cancel of its plan was never answered.
const UNKNOWN: &str = "LEASE-UNKNOWN";
/// Its shard of the index `watch`, by its fingerprint.
const UNKNOWN_SHARD: &str = "1";
/// When everything was written.
const THEN: &str = "2026-01-02T03:00:00.000000000Z";
/// When what waits is to be looked at.
const LOOK_AT: &str = "2026-01-02T03:05:00.000000000Z";
/// What the user of the synced order needs, sealed for its row with the key in sealing.json.
const SIGN_INFO: &str = "AQEBAQEBAQEBAQEBBO7VBVi0Yj2vdhN5f0Votr4C4/ez8HO9n75jzqdvn13fs05tk+Q2EWIAn6tG1f1KpMo7ZCmRr3yFF0lOq0elvGUCb8uoFfld1AI0OUOOS4vMkLKjU/prEtV5utuaRjX7s7diiIsn33gXPuPBb1b/Ao/MCA==";
const SIGN_STR: &str = "AgICAgICAgICAgIC+kRwy9igbiiv7p+ZXxCqcmXE3Aj/eRKQND/8N1lYceSxiKg9dlLO6ulYs4HayH6oQuk8rXaZ6UJuuzDtfnYAILmtJ1AaHR202I9ovzhbeIic2tDWxbfbglrYz9v850eMc60p4mkdRzPu7hDcuVQAu0M5hMY3GG3JrvzGTGKKas4HOx2wh8pwwXMRkY0yYtHGcXI8TFoWuVb496axJiMIoWwjPNNYGL9LAyN301bFAWY/keqPax/Xu51orrGXNcvkcHu6N7gFrw==";

pub(super) const CONTEXT: Context = Context {
    name: "lease",
    tables: &[
        ("LEASE_ORDERS_TABLE", ORDERS_TABLE),
        ("LEASE_DOCUMENTS_TABLE", DOCUMENTS_TABLE),
        ("LEASE_HISTORY_TABLE", "tenor-lease-history"),
        ("LEASE_REQUESTS_TABLE", "tenor-lease-requests"),
        ("ANT_NOTIFICATIONS_TABLE", "tenor-ant-notifications"),
    ],
    variables: &[],
    queues: &[],
    secrets: &[
        Secret {
            variable: "ANT_SECRET_PARAMETER",
            parameter: "/tenor/ant",
            value: include_str!("lease/ant.json"),
        },
        Secret {
            variable: "SEALING_SECRET_PARAMETER",
            parameter: "/tenor/sealing",
            value: include_str!("lease/sealing.json"),
        },
    ],
    jobs: &[
        about("pre-order-sync", "LEASE-NEW"),
        about("contract-sign", "LEASE-SYNCED"),
        about("withhold-sign", "LEASE-CONTRACT-SIGNING"),
        about("withhold-query", "LEASE-WITHHOLD-SIGNING"),
        about("contract-seal", "LEASE-WITHHOLD-SIGNED"),
        about("sign-flow", "LEASE-SYNCED"),
        about("order-query", "LEASE-ACTIVE"),
        about("unsign-confirm", "LEASE-UNSIGNING"),
        about("withhold-plan-cancel", "LEASE-RETURNED"),
        about("lease-close", "LEASE-CANCELLED"),
        about("withhold-unsign", "LEASE-CLOSED"),
        about("ant-notify", SAMPLE),
        Job { name: "lease-reconcile", ..Job::OF_SCHEDULE },
    ],
    item,
    rows: |table, index, values| {
        let is_due =
            table == ORDERS_TABLE && index == Some("watch") && values[":shard"]["N"] == UNKNOWN_SHARD;
        order(UNKNOWN).filter(|_| is_due).into_iter().collect()
    },
};

/// The job of a function whose sample event is about this order instead.
const fn about(name: &'static str, order: &'static str) -> Job {
    Job { name, instead: Some((SAMPLE, order)), ..Job::OF_HTTP }
}

fn item(table: &str, key: &Value) -> Option<Value> {
    let id = key["order_id"]["S"].as_str()?;
    match table {
        ORDERS_TABLE => order(id),
        DOCUMENTS_TABLE => document(id, key["kind"]["S"].as_str()?),
        _ => None,
    }
}

/// An order as the functions leave it. The new one is not there yet.
fn order(id: &str) -> Option<Value> {
    let (state, more) = match id {
        "LEASE-SYNCED" => ("SYNCED", json!({})),
        "LEASE-CONTRACT-SIGNING" => ("CONTRACT_SIGNING", watched("0")),
        "LEASE-WITHHOLD-SIGNING" => ("WITHHOLD_SIGNING", watched("2")),
        "LEASE-WITHHOLD-SIGNED" => ("WITHHOLD_SIGNED", watched("0")),
        "LEASE-ACTIVE" | "LEASE-RETURNED" | SAMPLE => ("ACTIVE", json!({})),
        "LEASE-UNSIGNING" => ("ACTIVE", json!({"unsign_pending": {"BOOL": true}})),
        UNKNOWN => ("ACTIVE", with(unknown_cancel(), watched(UNKNOWN_SHARD))),
        "LEASE-CANCELLED" => ("PLAN_CANCELLED", json!({"cancel_reason": {"S": "RENTING_OUT"}})),
        "LEASE-CLOSED" => {
            ("CLOSED", json!({"cancel_reason": {"S": "RENTING_OUT"}, "close_reason": {"S": "RENTING_OUT"}}))
        }
        _ => return None,
    };
    let order = json!({
        "order_id": {"S": id},
        "version": {"N": "12"},
        "state": {"S": state},
        "merchant_id": {"S": "m-1"},
        "withhold_lost": {"BOOL": false},
        "unsign_pending": {"BOOL": false},
        "looks": {"N": "0"},
        "created_at": {"S": THEN},
        "updated_at": {"S": THEN},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    });
    Some(with(with(order, contract(state)), more))
}

/// What an order has of its contract, which has one party.
fn contract(state: &str) -> Value {
    let sealed = match state {
        "SYNCED" => return json!({}),
        "CONTRACT_SIGNING" | "WITHHOLD_SIGNING" | "WITHHOLD_SIGNED" => false,
        _ => true,
    };
    json!({
        "sign_no": {"S": "s-0001"},
        "flow_id": {"S": "flow-0001"},
        "account_id": {"S": "account-0001"},
        "parties": {"L": [{"M": {"sealed": {"BOOL": sealed}}}]},
    })
}

fn watched(shard: &str) -> Value {
    json!({"watch_at": {"S": LOOK_AT}, "watch_shard": {"N": shard}})
}

fn unknown_cancel() -> Value {
    let cancel = json!({
        "method": {"S": "antchain.ato.withhold.plan.cancel"},
        "since": {"S": THEN},
        "running_until": {"S": "2026-01-02T03:00:33.500000000Z"},
        "who": {"S": "arn:aws:iam::123456789012:user/lease-desk"},
        "source": {"S": "new"},
        "operation": {"S": "withhold-plan-cancel"},
        "why": {"S": "the plan is cancelled"},
        "reason": {"S": "RENTING_OUT"},
    });
    json!({"unknown_operation": {"M": cancel}})
}

/// The members of both; those of the second count.
fn with(mut some: Value, more: Value) -> Value {
    if let (Some(some), Value::Object(more)) = (some.as_object_mut(), more) {
        some.extend(more);
    }
    some
}

/// The synced order has what its user needs: sign-flow reads what it has just written.
fn document(id: &str, kind: &str) -> Option<Value> {
    let content = match (id, kind) {
        ("LEASE-SYNCED", "sign_info") => SIGN_INFO,
        ("LEASE-SYNCED", "sign_str") => SIGN_STR,
        _ => return None,
    };
    Some(json!({
        "order_id": {"S": id},
        "kind": {"S": kind},
        "content": {"B": content},
        "key_id": {"S": "bench-1"},
        "updated_at": {"S": THEN},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{CONTEXT, DOCUMENTS_TABLE, ORDERS_TABLE, item};

    fn order(id: &str) -> Option<Value> {
        item(ORDERS_TABLE, &json!({"order_id": {"S": id}}))
    }

    #[test]
    fn every_job_is_about_an_order_of_its_own_state_and_only_the_new_one_is_not_there() {
        let about = |name: &str| {
            let job = CONTEXT.jobs.iter().find(|job| job.name == name).unwrap();
            order(job.instead.unwrap().1).map(|order| order["state"]["S"].clone())
        };
        assert_eq!(about("pre-order-sync"), None);
        for (name, state) in [
            ("contract-sign", "SYNCED"),
            ("sign-flow", "SYNCED"),
            ("withhold-sign", "CONTRACT_SIGNING"),
            ("withhold-query", "WITHHOLD_SIGNING"),
            ("contract-seal", "WITHHOLD_SIGNED"),
            ("withhold-plan-cancel", "ACTIVE"),
            ("lease-close", "PLAN_CANCELLED"),
            ("withhold-unsign", "CLOSED"),
        ] {
            assert_eq!(about(name), Some(json!(state)), "{name}");
        }
        assert_eq!(order("-"), None, "what is read to open the connection is not there");
    }

    #[test]
    fn a_contract_is_there_once_it_was_submitted_and_sealed_once_the_order_is_active() {
        let sealed = |id: &str| order(id).unwrap()["parties"]["L"][0]["M"]["sealed"]["BOOL"].clone();
        assert_eq!(sealed("LEASE-SYNCED"), Value::Null);
        assert_eq!(sealed("LEASE-WITHHOLD-SIGNED"), false);
        assert_eq!(sealed("LEASE-ACTIVE"), true);
        assert_eq!(order("LEASE-UNSIGNING").unwrap()["unsign_pending"]["BOOL"], true);
    }

    #[test]
    fn one_shard_has_an_order_to_look_at() {
        let due = |shard: u32| {
            (CONTEXT.rows)(ORDERS_TABLE, Some("watch"), &json!({":shard": {"N": shard.to_string()}}))
        };
        assert_eq!((0..4).map(|shard| due(shard).len()).collect::<Vec<_>>(), [0, 1, 0, 0]);
        assert_eq!(due(1)[0]["unknown_operation"]["M"]["reason"]["S"], "RENTING_OUT");
    }

    #[test]
    fn the_synced_order_has_what_its_user_needs() {
        let document = |id: &str, kind: &str| {
            item(DOCUMENTS_TABLE, &json!({"order_id": {"S": id}, "kind": {"S": kind}}))
        };
        assert!(document("LEASE-SYNCED", "sign_info").is_some());
        assert_eq!(document("LEASE-SYNCED", "contract"), None);
        assert_eq!(document("LEASE-ACTIVE", "sign_info"), None);
    }
}
