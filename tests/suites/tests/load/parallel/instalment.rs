//! A client's page that is open on many devices.

use std::collections::{BTreeMap, BTreeSet};

use suites::gateway::Got;
use suites::host::BUS;
use suites::instalment::{CONTRACTS, Instalment};

use super::{Callers, Round, callers, rounds};

const FAILED: &str = "500";

/// A client whose line the lender has closed, and whose contract is active here still.
fn closed_at_lender() -> Instalment {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    app.line("77-1", "CLOSED", "1", "1");
    app
}

fn devices(app: &Instalment) -> Vec<Instalment> {
    (0..callers()).map(|_| Instalment::over(app.world.clone())).collect()
}

fn seen(got: &Got) -> String {
    let is_closed = got.status == 200 && got.body.contains("\"contract_closed\":true");
    if is_closed { "200 closed".to_owned() } else { got.status.to_string() }
}

fn renewed(got: &Got) -> String {
    got.status.to_string()
}

/// How many events of each name the bus has, each counted once.
async fn told(app: &Instalment) -> BTreeMap<String, usize> {
    app.relay().await.expect("a run of the relay");
    let mut told = BTreeMap::<_, BTreeSet<_>>::new();
    for event in app.world.events(BUS) {
        told.entry(event.detail_type).or_default().insert(event.detail["event_id"].to_string());
    }
    told.into_iter().map(|(name, ids)| (name, ids.len())).collect()
}

fn versions(app: &Instalment) -> Vec<String> {
    let rows = app.world.items(CONTRACTS);
    rows.iter().map(|row| row["version"]["N"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_line_that_many_visits_find_closed_is_closed_once() {
    let mut of = Callers::of("get_status of a line being closed");
    for round in rounds() {
        let app = closed_at_lender();
        let devices = devices(&app);
        let visit = async |device: usize| seen(&devices[device].status("c-1").await);
        of.call((&app.world, round), ["200 closed"], &[FAILED], visit).await;
        assert_eq!(seen(&app.status("c-1").await), "200 closed");
        assert_eq!(versions(&app), ["2"], "{round:?}: one change");
        assert_eq!(told(&app).await, BTreeMap::from([("contract_closed".to_owned(), 1)]), "{round:?}");
    }
    of.tell();
}

/// One row more than before, and every change told of once.
async fn is_renewed_once(app: &Instalment, round: Round) {
    assert_eq!(app.renew("c-1").await.status, 200);
    let states: Vec<_> = app.contracts("c-1").into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["CLOSED", "init"], "{round:?}");
    let once = ["application_opened", "contract_closed"].map(|name| (name.to_owned(), 1));
    assert_eq!(told(app).await, BTreeMap::from(once), "{round:?}");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_many_devices_ask_for_opens_one_application() {
    let mut of = Callers::of("renew_contract");
    for round in rounds() {
        let app = closed_at_lender();
        let devices = devices(&app);
        let renew = async |device: usize| renewed(&devices[device].renew("c-1").await);
        of.call((&app.world, round), ["200"], &[FAILED], renew).await;
        is_renewed_once(&app, round).await;
    }
    of.tell();
}

#[tokio::test(start_paused = true)]
async fn visits_and_renewals_at_once_close_one_line_and_open_one_application() {
    let mut of = Callers::of("get_status and renew_contract");
    for round in rounds() {
        let app = closed_at_lender();
        let devices = devices(&app);
        // A visit that comes after a renewal sees the new application.
        let call = async |device: usize| match device % 2 {
            0 => devices[device].status("c-1").await.status.to_string(),
            _ => renewed(&devices[device].renew("c-1").await),
        };
        of.call((&app.world, round), ["200"], &[FAILED], call).await;
        is_renewed_once(&app, round).await;
    }
    of.tell();
}
