//! Each function's role allows exactly the calls that it makes: nothing is missing, nothing is more (design §9).

use std::collections::BTreeSet;

use marketplace::store::CustomerStore;
use serde_json::{Value, json};
use suites::marketplace::channels::PLAIN;
use suites::marketplace::{CUSTOMERS, Marketplace};
use suites::roles::allowed;
use world::{Fault, On};

use crate::people::{MD5_UPPER, customer};

fn customers(app: &Marketplace) -> CustomerStore {
    CustomerStore::new(suites::aws(&app.world).dynamodb(), CUSTOMERS.to_owned())
}

/// What a function calls that only reads its secrets and what this operation asks for.
async fn calls(op: &str, business: &Value) -> BTreeSet<String> {
    let app = Marketplace::new().await;
    if op == "userCheck" {
        customers(&app).warm_for_checks().await;
    }
    assert_eq!(app.call(PLAIN, op, business).await.code, 0);
    app.world.permissions()
}

#[tokio::test(start_paused = true)]
async fn the_functions_that_the_platform_calls_may_do_what_they_do() {
    let check = json!({"md5": MD5_UPPER});
    let calculation = json!({"loanAmount": 5000, "loanPeriod": 12});
    for (function, made) in [
        ("user-check", calls("userCheck", &check).await),
        ("loan-calculation", calls("loanCalculation", &calculation).await),
        ("bank-list", calls("getBankList", &json!({})).await),
    ] {
        compare(function, &made);
    }
}

#[tokio::test(start_paused = true)]
async fn customer_events_may_do_what_it_does() {
    let app = Marketplace::new().await;
    customers(&app).warm_for_events().await;
    app.tell(&[customer(&json!({})), json!("garbage")]).await;
    app.world.fail(On::call("GetItem").to(CUSTOMERS), Fault::InternalError);
    let moved = json!({"event_id": "e-2", "phone": "13900139000", "occurred_at": "2018-08-02T00:00:00Z"});
    app.tell(&[customer(&json!({})), customer(&moved)]).await;
    compare("customer-events", &app.world.permissions());
}

/// The tests' processes read every secret of the context at once; which of them a function reads is its own start's.
fn compare(function: &str, made: &BTreeSet<String>) {
    let without_secrets = |permissions: &BTreeSet<String>| {
        permissions.iter().filter(|one| !one.starts_with("ssm:")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(without_secrets(made), without_secrets(&allowed("marketplace", function)), "{function}");
}
