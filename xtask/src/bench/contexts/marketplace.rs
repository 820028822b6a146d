//! The marketplace context: an order that is new, one that is asked for and parsed, one whose credit is applied for, one
//! whose credit is approved, a card that is bound, a loan that is confirmed at once or when there is an account, a callback
//! that the platform takes, loans that the core tells of and that are asked for and repaid, and a customer who is told of.
//! Nobody is known, nothing is to be pulled, and no account at the depository is due. The sample events are signed with a
//! key that the channel here has.

mod accounts;
mod loans;

use serde_json::{Value, json};

use super::{Context, Job, STAMP, Secret, body};
use accounts::{CARDS_TABLE, LOGS_TABLE, REGISTERS_TABLE};
use loans::LOANS_TABLE;

const ORDERS_TABLE: &str = "tenor-third-orders";
/// When everything was written.
const THEN: &str = "2026-01-02T03:00:00.000000000Z";
/// Where every order's push lies,
pub(super) const PUSH_KEY: &str = "840/120522/push/00112233445566778899aabbccddeeff";
/// and push.json, sealed whole for that place with the key in lease/sealing.json.
pub(super) const SEALED_PUSH: &[u8] = include_bytes!("marketplace/push.sealed");

/// An order that there is. The sample event of push-order is about another.
struct Order {
    key: &'static str,
    status: &'static str,
    /// Its shard of the index `work`, by its fingerprint.
    work: Option<&'static str>,
    /// Its person, sealed for its row with the key in lease/sealing.json.
    person: &'static str,
}

const ORDERS: [Order; 5] = [
    Order {
        key: "840#120522",
        status: "12",
        work: None,
        person: "AQEBAQEBAQEBAQEBDOGLVAXgSlz2sdu4/N/b+udM7LL1oSz+wuo33a04zwiV5lJ81qFrAWt61fMQ1eYf5YBqN2zOsiHNRhUN/xK66SgSzBcb8o+hfGEw1hkkTCNrSA==",
    },
    Order {
        key: "840#120527",
        status: "10",
        work: Some("apply#3"),
        person: "AQEBAQEBAQEBAQEBDOGLVAXgSlz2sdu4/N/b+udM7LL1oSz+wuo33a04zwiV5lJ81qFrAWt61fMQ1eYf5YBqN2zOsiHNRhUN/xK66SgSggOI1IyxFmO8a86QT+BhlA==",
    },
    Order {
        key: "840#120526",
        status: "11",
        work: None,
        person: "AQEBAQEBAQEBAQEBDOGLVAXgSlz2sdu4/N/b+udM7LL1oSz+wuo33a04zwiV5lJ81qFrAWt61fMQ1eYf5YBqN2zOsiHNRhUN/xK66SgSQAen39ke9GM/svW0TyCcUg==",
    },
    Order {
        key: "840#120528",
        status: "2",
        work: Some("parse#3"),
        person: "AQEBAQEBAQEBAQEBDOGLVAXgSlz2sdu4/N/b+udM7LL1oSz+wuo33a04zwiV5lJ81qFrAWt61fMQ1eYf5YBqN2zOsiHNRhUN/xK66SgSUD49vomBqGQprbZMS6V+8A==",
    },
    Order {
        key: "840#120529",
        status: "12",
        work: None,
        person: "AQEBAQEBAQEBAQEBDOGLVAXgSlz2sdu4/N/b+udM7LL1oSz+wuo33a04zwiV5lJ81qFrAWt61fMQ1eYf5YBqN2zOsiHNRhUN/xK66SgSkjoStdwuSmSqdI1oS2WDNg==",
    },
];

pub(super) const CONTEXT: Context = Context {
    name: "marketplace",
    tables: &[
        ("THIRD_ORDERS_TABLE", ORDERS_TABLE),
        ("THIRD_ORDER_HISTORY_TABLE", "tenor-third-order-history"),
        ("THIRD_ORDER_CONVERSION_TABLE", "tenor-third-order-conversion"),
        ("THIRD_ORDER_MESSAGES_TABLE", "tenor-third-order-messages"),
        ("THIRD_ORDER_DATA_TABLE", "tenor-third-order-data"),
        ("CL_BORROW_TABLE", LOANS_TABLE),
        ("CL_BORROW_CONFIRM_LOG_TABLE", LOGS_TABLE),
        ("CL_DEPOSITORY_REGISTER_APPLY_TABLE", REGISTERS_TABLE),
        ("RONGSHU_CARDS_TABLE", CARDS_TABLE),
        ("RONGSHU_USERS_TABLE", "tenor-rongshu-users"),
        ("RONGSHU_CREDIT_DATA_PULL_LOG_TABLE", "tenor-rongshu-credit-data-pull-log"),
        ("RONGSHU_CUSTOMERS_TABLE", "tenor-rongshu-customers"),
        ("CALLBACKS_TABLE", "tenor-callbacks"),
    ],
    variables: &[
        ("RONGSHU_CHANNELS", "840"),
        ("RONGSHU_PARAMETER_PREFIX", "/tenor/rongshu"),
        ("RONGSHU_DEFAULT_CHANNEL", "840"),
        ("RAW_DATA_BUCKET", "raw-data"),
    ],
    queues: &[("WAKE_UP_QUEUE_URL", "partner-callback"), ("CORE_COMMANDS_QUEUE_URL", "core-commands")],
    secrets: &[
        Secret {
            variable: "BENCH_CHANNEL_PARAMETER",
            parameter: "/tenor/rongshu/840",
            value: include_str!("marketplace/channel.json"),
        },
        Secret {
            variable: "DIGEST_SECRET_PARAMETER",
            parameter: "/tenor/digest",
            value: include_str!("marketplace/digest.json"),
        },
        Secret {
            variable: "SEALING_SECRET_PARAMETER",
            parameter: "/tenor/sealing",
            value: include_str!("lease/sealing.json"),
        },
    ],
    jobs: &[
        Job { name: "user-check", asks_at_once: true, ..OF_RONGSHU },
        Job { name: "loan-calculation", ..OF_RONGSHU },
        Job { name: "push-order", asks_at_once: true, ..OF_RONGSHU },
        Job { name: "audit-result-query", ..OF_RONGSHU },
        Job { name: "contract-list", ..OF_RONGSHU },
        Job { name: "bank-list", ..OF_RONGSHU },
        Job { name: "bind-card", asks_at_once: true, ..OF_RONGSHU },
        Job { name: "confirm-loan", asks_at_once: true, ..OF_RONGSHU },
        Job { name: "loan-result-query", ..OF_RONGSHU },
        Job { name: "repay-trial", ..OF_RONGSHU },
        Job { name: "repay-plan-query", ..OF_RONGSHU },
        Job { name: "repay-result-query", ..OF_RONGSHU },
        Job { name: "repay", ..OF_RONGSHU },
        Job { name: "operator-pull", asks_at_once: true, ..Job::OF_SCHEDULE },
        Job { name: "push-order-parse", asks_at_once: true, ..Job::OF_SCHEDULE },
        Job { name: "credit-application", asks_at_once: true, ..Job::OF_SCHEDULE },
        Job { name: "credit-result", instead: Some(("120522", "120526")), ..Job::OF_QUEUE },
        Job { name: "depository-check", asks_at_once: true, ..Job::OF_SCHEDULE },
        Job { name: "depository-events", asks_at_once: true, ..Job::OF_QUEUE },
        Job { name: "audit-result", instead: CONFIRMED, ..Job::OF_QUEUE },
        Job { name: "loan-result", instead: CONFIRMED, ..Job::OF_QUEUE },
        Job { name: "repay-plan", instead: CONFIRMED, asks_at_once: true, ..Job::OF_QUEUE },
        Job { name: "overdue", ..Job::OF_QUEUE },
        Job { name: "repay-result", instead: Some(("120522", "120526")), ..Job::OF_QUEUE },
        Job { name: "partner-callback", ..Job::OF_QUEUE },
        Job { name: "customer-events", ..Job::OF_QUEUE },
    ],
    item: |table, key| {
        if table == LOANS_TABLE {
            return loans::item(key);
        }
        if table != ORDERS_TABLE {
            return accounts::item(table, key);
        }
        ORDERS.iter().find(|order| key["order"]["S"] == order.key).map(row)
    },
    rows: |table, index, values| {
        if table != ORDERS_TABLE {
            return accounts::rows(table, values);
        }
        let shard = values[":shard"]["S"].as_str().filter(|_| index == Some("work"));
        ORDERS.iter().filter(|order| shard.is_some() && order.work == shard).map(row).collect()
    },
};

/// In the place of an order whose loan is disbursed, one whose loan was confirmed just now.
const CONFIRMED: Option<(&str, &str)> = Some(("120522", "120527"));

/// Failures are HTTP 200 too: their own code tells.
const OF_RONGSHU: Job = Job { succeeded: |answer| body(answer)["code"] == 0, ..Job::OF_HTTP };

/// The row of an order that has all its data.
fn row(order: &Order) -> Value {
    let items =
        ["credit_card", "device", "id_back", "id_front", "living_image", "operator_basic", "operator_report"];
    let mut row = json!({
        "order": {"S": order.key},
        "version": {"N": "3"},
        "status": {"N": order.status},
        "order_no": {"S": STAMP},
        "uid": {"S": "12394129"},
        "loan_amount": {"S": "15000.00"},
        "period": {"N": "12"},
        "period_unit": {"N": "2"},
        "auth_items": {"SS": items},
        "content_digest": {"S": "0".repeat(64)},
        "data_keys": {"M": {"push": {"S": PUSH_KEY}}},
        "id_number_digest": {"S": "1".repeat(64)},
        "phone_digest": {"S": "2".repeat(64)},
        "person": {"B": order.person},
        "person_key_id": {"S": "bench-1"},
        "created_at": {"S": THEN},
        "updated_at": {"S": THEN},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    });
    if order.status == "12" {
        row["amount_limit"] = json!({"M": {
            "max_loan": {"S": "15000.00"},
            "min_loan": {"S": "5000.00"},
            "max_period": {"N": "12"},
            "min_period": {"N": "12"},
        }});
        row["amount_option"] = json!({"L": [{"M": {
            "min": {"S": "5000.00"},
            "max": {"S": "15000.00"},
            "step": {"S": "100.00"},
            "periods": {"L": [{"N": "12"}]},
        }}]});
    }
    if let Some(shard) = order.work {
        row["work_shard"] = json!({"S": shard});
        row["work_at"] = json!({"S": THEN});
    }
    row
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CONTEXT, OF_RONGSHU, ORDERS_TABLE, SEALED_PUSH};

    #[test]
    fn a_failure_that_is_http_200_is_no_success() {
        let answer = |body: &str| json!({"statusCode": 200, "body": body});
        assert!((OF_RONGSHU.succeeded)(&answer(r#"{"code":0,"message":"success","response":"{}"}"#)));
        assert!(!(OF_RONGSHU.succeeded)(&answer(r#"{"code":10003,"message":"sign error"}"#)));
    }

    #[test]
    fn orders_are_there_and_a_shard_has_each_that_a_job_takes_further() {
        let item = |order: &str| (CONTEXT.item)(ORDERS_TABLE, &json!({"order": {"S": order}}));
        assert_eq!(item("840#120526").unwrap()["status"]["N"], "11");
        assert_eq!((item("840#120523"), item("-")), (None, None));
        assert!(item("840#120522").unwrap()["amount_option"]["L"].is_array());
        let due = |work: &str, shard: u32| {
            let values = json!({":shard": {"S": format!("{work}#{shard}")}});
            (CONTEXT.rows)(ORDERS_TABLE, Some("work"), &values).len()
        };
        assert_eq!([0, 1, 2, 3].map(|shard| due("parse", shard)), [0, 0, 0, 1]);
        assert_eq!([0, 1, 2, 3].map(|shard| due("apply", shard)), [0, 0, 0, 1]);
        assert!((CONTEXT.rows)(ORDERS_TABLE, Some("work"), &json!({})).is_empty());
    }

    #[test]
    fn the_push_lies_sealed_and_is_as_long_as_what_it_seals() {
        let clear = include_str!("marketplace/push.json");
        assert!(clear.contains(r#""orderId":"120522""#));
        let header = b"\xf5\x07bench-1";
        assert!(SEALED_PUSH.starts_with(header));
        // The nonce stands before it, the tag behind it.
        assert_eq!(SEALED_PUSH.len(), header.len() + 12 + clear.len() + 16);
    }
}
