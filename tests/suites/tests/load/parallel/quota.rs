//! A grant that is given back on many devices at once.

use std::collections::BTreeSet;

use serde_json::Value;
use suites::gateway::Got;
use suites::host::BUS;
use suites::quota::{Quota, granted, opened, with};

use super::{Callers, Round, callers, rounds};

const CANCELLED: &str = "1111";
/// AWS failed, and the user is told of a network failure, which the specification has for this.
const FAILED: &str = "0000";

fn code(got: &Got) -> String {
    let body: Value = serde_json::from_str(&got.body).expect("JSON");
    body["code"].as_str().filter(|_| got.status == 200).expect("a code").to_owned()
}

fn lasting(id: &str, amount: &str) -> Value {
    with(granted("p-1", "2201", id, amount), "invalid_time", "2019-12-27T10:00:00+08:00")
}

/// An account with as many grants as callers, of 1 each, and one of 500 that nobody touches.
async fn with_grants() -> Quota {
    let app = Quota::new().await;
    let grants = (0..callers()).map(|number| lasting(&format!("W{number}"), "1"));
    let all: Vec<_> = [opened("p-1"), lasting("kept", "500")].into_iter().chain(grants).collect();
    app.take(&all).await;
    app
}

/// The grants that are cancelled, the account's total, and the cancels that the bus knows of.
async fn stands(app: &Quota) -> (usize, String, usize) {
    app.relay().await.expect("a run of the relay");
    let statuses = app.statuses("p-1");
    let cancelled = statuses.iter().filter(|(_, status)| status == "3").count();
    let events: BTreeSet<_> =
        app.world.events(BUS).iter().map(|event| event.detail["event_id"].to_string()).collect();
    (cancelled, app.total("p-1").unwrap_or_default(), events.len())
}

async fn cancels(of: &mut Callers, round: Round, grant: impl Fn(usize) -> String) -> Quota {
    let app = with_grants().await;
    let mut devices = vec![];
    for _ in 0..callers() {
        devices.push(Quota::over(app.world.clone()).await);
    }
    let cancel = async |device: usize| code(&devices[device].cancel("p-1", "2201", &grant(device)).await);
    of.call((&app.world, round), [CANCELLED], &[FAILED], cancel).await;
    for device in 0..callers() {
        // Who was told of a failure asks again.
        assert_eq!(code(&app.cancel("p-1", "2201", &grant(device)).await), CANCELLED);
    }
    let amounts = devices.iter().map(|device| device.counted("CANCELTEMPRANGE,0_300"));
    let amounts = amounts.sum::<u64>() + app.counted("CANCELTEMPRANGE,0_300");
    let (cancelled, _, _) = stands(&app).await;
    let cancelled = u64::try_from(cancelled).unwrap_or_default();
    // Whose commit was not answered has it counted by nobody.
    assert!(amounts == cancelled || (round.fails() && amounts < cancelled), "{round:?}: {amounts}");
    app
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_many_devices_give_back_comes_off_once() {
    let mut of = Callers::of("cancelTempQuota, one grant");
    for round in rounds() {
        let app = cancels(&mut of, round, |_| "W0".to_owned()).await;
        let left = (500 + callers() - 1).to_string();
        assert_eq!(stands(&app).await, (1, left, 1), "{round:?}");
    }
    of.tell();
}

#[tokio::test(start_paused = true)]
async fn all_grants_of_an_account_given_back_at_once_come_off_each() {
    let mut of = Callers::of("cancelTempQuota, all grants of an account");
    for round in rounds() {
        let app = cancels(&mut of, round, |device| format!("W{device}")).await;
        assert_eq!(stands(&app).await, (callers(), "500".to_owned(), callers()), "{round:?}");
    }
    of.tell();
}
