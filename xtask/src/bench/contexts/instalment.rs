//! The instalment context: an open line that the lender has closed, a contract that is over, a client's first
//! contract.

use serde_json::{Value, json};

use super::{Context, Job, STAMP, Visitor};

/// The function whose peers answer with its own page.
pub(in crate::bench) const WEBVIEW: &str = "webview";
/// The client whose line is open here and closed at the lender.
const ACTIVE_CLIENT: &str = "c-active";
/// The client whose contract is over.
const CLOSED_CLIENT: &str = "c-closed";

pub(super) const CONTEXT: Context = Context {
    name: "instalment",
    tables: &[
        ("CONTRACTS_TABLE", "tenor-contracts"),
        ("CONTRACT_NUMBERS_TABLE", "tenor-contract-numbers"),
        ("CONTRACT_EVENT_IDS_TABLE", "tenor-contract-event-ids"),
    ],
    variables: &[],
    queues: &[],
    secrets: &[],
    jobs: &[
        Job { name: "get-status", visitor: Some(visitor(ACTIVE_CLIENT)), ..Job::OF_HTTP },
        Job { name: "renew-contract", visitor: Some(visitor(CLOSED_CLIENT)), ..Job::OF_HTTP },
        Job { name: WEBVIEW, ..Job::OF_HTTP },
        Job { name: "contract-events", ..Job::OF_QUEUE },
    ],
    item: |_table, key| contract(&key["client_id"]["S"]),
    rows: |_table, _index, values| contract(&values[":client"]["S"]).into_iter().collect(),
};

const fn visitor(subject: &'static str) -> Visitor {
    Visitor { audience: "ali-front", subject }
}

/// A client's contract; only two clients have one.
fn contract(client: &Value) -> Option<Value> {
    let state = match client.as_str()? {
        ACTIVE_CLIENT => "active",
        CLOSED_CLIENT => "CLOSED",
        _ => return None,
    };
    Some(json!({
        "client_id": {"S": client},
        "sequence": {"N": "1"},
        "version": {"N": "2"},
        "contract_number": {"S": "77-1"},
        "state": {"S": state},
        "occurred_at": {"S": "2026-01-02T03:04:06.000000000Z"},
        "created_at": {"S": "2026-01-02T03:04:05.000000000Z"},
        "updated_at": {"S": "2026-01-02T03:04:06.000000000Z"},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ACTIVE_CLIENT, CONTEXT};

    #[test]
    fn a_query_finds_the_row_of_a_client_who_has_one() {
        let of = |client: &str| (CONTEXT.rows)("tenor-contracts", None, &json!({":client": {"S": client}}));
        assert_eq!(of(ACTIVE_CLIENT)[0]["state"]["S"], "active");
        assert!(of("\u{0}").is_empty());
    }
}
