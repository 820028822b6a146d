//! The daily job `temp-credit-expiry` (§10, §11).

mod at_a_time;
mod failures;
mod lengths;
mod races;
mod times;

use serde_json::{Value, json};
use suites::quota::{ACCOUNTS, GRANTS, Quota, granted, with};

/// When the job is scheduled on the day on which the tests' grants run out.
const TONIGHT: &str = "2019-06-26T00:10:00+08:00";
const MIDNIGHT: &str = "2019-06-26T00:00:00+08:00";

/// A grant that runs out at midnight.
fn ending(pin: &str, business_id: &str, change_limit: &str) -> Value {
    with(granted(pin, "2104", business_id, change_limit), "invalid_time", MIDNIGHT)
}

/// How many grants are in each status: effective, cancelled, expired.
fn in_statuses(app: &Quota) -> [usize; 3] {
    let rows = app.world.items(GRANTS);
    ["2", "3", "4"].map(|status| rows.iter().filter(|row| row["status"]["S"] == status).count())
}

/// Writes an account past everything.
fn put_account(app: &Quota, pin: &str, total: &Value) {
    let row = json!({
        "pin": {"S": pin}, "state": {"S": "open"}, "account_type": {"S": "NORMAL"}, "temp_total": total,
        "created_at": {"S": "2019-06-20T02:00:01.000000000Z"}, "schema_version": {"N": "1"},
        "updated_at": {"S": "2019-06-20T02:00:01.000000000Z"}, "request_stamp": {"S": "seed"},
    });
    app.world.put_item(ACCOUNTS, &row);
}

/// A grant's row that is due in `shard` at an instant, in UTC.
fn due_row(pin: &str, grant_id: &str, shard: usize, due_at: &str) -> Value {
    json!({
        "pin": {"S": pin}, "grant_id": {"S": grant_id}, "apply_no": {"S": format!("a-{grant_id}")},
        "credit_type": {"S": "TEMP"}, "change_way": {"S": "BOTH"}, "change_limit": {"N": "1.5"},
        "business_name": {"S": "x"}, "source_type": {"S": "BUSINESS"}, "status": {"S": "2"},
        "effective_time": {"S": "2019-06-20T02:00:00.000000000Z"}, "invalid_time": {"S": due_at},
        "update_time": {"S": "2019-06-20T02:00:01.000000000Z"}, "schema_version": {"N": "1"},
        "created_at": {"S": "2019-06-20T02:00:01.000000000Z"}, "request_stamp": {"S": "seed"},
        "live_since": {"S": "2019-06-20T02:00:00.000000000Z"}, "due_at": {"S": due_at},
        "due_shard": {"N": shard.to_string()},
    })
}
