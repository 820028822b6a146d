//! The depository tells of many accounts at once, each of which a confirmation waits for.

use std::collections::BTreeSet;

use suites::confirmations::{CONFIRMATION_TABLES, Confirmations, DEPOSITORY_EVENTS, confirm, event};

use crate::alike::burst;

#[tokio::test(start_paused = true)]
async fn every_account_completes_the_confirmation_that_waits_for_it_once() {
    let app = Confirmations::approved().await;
    assert!(app.confirm(&confirm()).await.said()["url"].is_string());
    let start = async || {
        Confirmations::over(app.world.clone(), app.platform.clone(), app.partners.clone()).await
    };
    let take = async |app: &Confirmations| app.take().await;
    burst(&app.world, &CONFIRMATION_TABLES, (DEPOSITORY_EVENTS, &event("open")), start, take).await;
    app.relay().await.expect("a run of the relay");
    let commands = app.commands_of("loan_application");
    let ids: BTreeSet<_> = commands.iter().map(|command| command["command_id"].to_string()).collect();
    let orders: BTreeSet<_> = commands.iter().map(|command| command["order_id"].to_string()).collect();
    let loans = app.loans().len();
    assert_eq!((ids.len(), orders.len()), (loans, loans), "one application for each loan");
}
