//! The depository tells of many accounts at once, each of which a confirmation waits for.

use std::collections::BTreeSet;

use serde_json::json;
use suites::confirmations::{Confirmations, DEPOSITORY_EVENTS, LOGS, REGISTERS, confirm, event};
use suites::marketplace::channels::PLAIN;
use suites::orders::credit::but;
use suites::orders::{HISTORY, ORDERS};

use crate::burst::{Burst, Taken, messages};

/// Orders and their users, whose confirmations wait for an account.
async fn waiting(names: &[(String, String)]) -> Confirmations {
    let app = Confirmations::new().await;
    let all: Vec<_> = names.iter().map(|(order, user)| (order.as_str(), user.as_str())).collect();
    app.approve_all(PLAIN, &all).await;
    for (order, _) in names {
        let confirmed = app.confirm(&but(confirm(), &json!({"orderId": order}))).await;
        assert!(confirmed.said()["url"].is_string(), "{order}");
    }
    app
}

pub(crate) async fn every_account_completes_the_confirmation_that_waits_for_it_once() -> Taken {
    let orders = messages();
    let names: Vec<_> = (0..orders).map(|order| (format!("o-{order}"), format!("u-{order}"))).collect();
    let app = waiting(&names).await;
    let told = |(order, uid): &(String, String)| {
        but(event("open"), &json!({"uid": uid, "event_id": format!("xw-{order}")})).to_string()
    };
    let messages = names.iter().map(told).collect();
    let burst = Burst { world: &app.world, function: DEPOSITORY_EVENTS, messages };
    let start =
        async || Confirmations::over(app.world.clone(), app.platform.clone(), app.partners.clone()).await;
    let taken = burst.take(start, async |app: &Confirmations| app.take().await).await;
    app.relay().await.expect("a run of the relay");
    let of = |table: &str, is: fn(&serde_json::Value) -> bool| -> BTreeSet<String> {
        let rows = app.world.items(table).into_iter().filter(is);
        rows.map(|row| row["order"]["S"].to_string()).collect()
    };
    let confirmed = of(ORDERS, |row| row["status"]["N"] == "1");
    let stepped = app.world.items(HISTORY).into_iter().filter(|row| row["to"]["N"] == "1").count();
    let opened = of(REGISTERS, |row| row["state"]["S"] == "open");
    let completed = of(LOGS, |row| row["completed_at"]["S"].is_string());
    let lent: BTreeSet<_> = app.loans().iter().map(|row| row["borrow_no"]["S"].to_string()).collect();
    let sent = app.commands_of("loan_application");
    let commands: BTreeSet<_> = sent.iter().map(|command| command["command_id"].to_string()).collect();
    let counts = [confirmed.len(), opened.len(), completed.len(), lent.len(), commands.len(), stepped];
    assert_eq!((counts, app.loans().len()), ([orders; 6], orders));
    taken.hold_repeats(orders, sent.len());
    taken.tell(2 * orders + commands.len())
}
