//! The lender is not there while many clients look at their lines, or takes its time.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use suites::host::BUS;
use suites::instalment::{Instalment, MKK};
use suites::load::Traffic;
use world::Reply;

use super::{ABSENT, SILENT, in_time, orders, tell_of, too_late};

/// How long we wait for the lender.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Clients whose lines the lender has closed; it answers after so long.
fn clients(delay: Duration) -> Instalment {
    let app = Instalment::new();
    for number in 0..orders() {
        app.contract(&client(number), 1, Some(&format!("77-{number}")), "active");
    }
    app.world.partner(MKK, move |request| {
        let number = request.uri().path().trim_start_matches("/lines/").to_owned();
        let line =
            json!({"contract_number": number, "status": "CLOSED", "line_limit": "1", "line_balance": "1"});
        Reply::json(200, line.to_string()).delayed(delay)
    });
    app
}

fn client(number: usize) -> String {
    format!("c-{number}")
}

/// Everybody looks, and most of them see this.
async fn all_see(app: &Instalment, seen: &str) {
    let names: Vec<_> = (0..orders()).map(client).collect();
    let answers = join_all(names.iter().map(|name| app.status(name))).await;
    for got in answers {
        assert!(got.status == 200 && got.body.contains(seen), "{}", got.body);
    }
}

/// How many lines are closed here, and how many of them the bus knows of.
async fn closed(app: &Instalment) -> [usize; 2] {
    app.relay().await.expect("a run of the relay");
    let is_closed = |number: &usize| app.contracts(&client(*number))[0].0 == "CLOSED";
    [(0..orders()).filter(is_closed).count(), app.world.events(BUS).len()]
}

#[tokio::test(start_paused = true)]
async fn lines_are_shown_as_they_are_here_while_the_lender_is_absent_and_closed_when_it_is_back() {
    let app = clients(Duration::ZERO);
    let traffic = Traffic::in_world(&app.world, 0);
    for faults in [SILENT, ABSENT] {
        traffic.leaves(MKK, faults);
        let before = app.world.time().now();
        all_see(&app, "\"stale\":true").await;
        let took = app.world.time().now().duration_since(before).unsigned_abs();
        assert!(
            took <= TIMEOUT + Duration::from_secs(1),
            "{took:?}: nobody waits longer than for one answer"
        );
        let renewals =
            join_all((0..orders()).map(async |number| app.renew(&client(number)).await.status)).await;
        assert!(renewals.iter().all(|status| *status == 403), "nothing is renewed of which it is not known");
    }
    assert_eq!(closed(&app).await, [0, 0]);
    let absent = traffic.calls_to(MKK).len();
    traffic.returns(MKK);
    all_see(&app, "\"contract_closed\":true").await;
    assert_eq!(closed(&app).await, [orders(); 2]);
    let calls = [absent, traffic.calls_to(MKK).len()];
    tell_of("the lender", orders(), calls, None, orders());
}

#[tokio::test(start_paused = true)]
async fn a_lender_that_answers_just_in_time_is_heard() {
    let app = clients(in_time(TIMEOUT));
    all_see(&app, "\"contract_closed\":true").await;
    assert_eq!(closed(&app).await, [orders(); 2]);
}

#[tokio::test(start_paused = true)]
async fn a_lender_that_answers_too_late_is_as_one_that_does_not() {
    let app = clients(too_late(TIMEOUT));
    all_see(&app, "\"stale\":true").await;
    assert_eq!(closed(&app).await, [0, 0]);
}
