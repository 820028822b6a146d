//! The depository is not there while many users confirm, and when it is to be asked what came of its pages.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use suites::confirmations::{Confirmations, LOGS, REGISTERS, XW, XwSays, confirm};
use suites::load::Traffic;
use suites::orders::credit::but;

use super::{ABSENT, SILENT, all_have_accounts, approved, in_time, names, orders, tell_of, too_late};

/// How long we wait for the depository.
const TIMEOUT: Duration = Duration::from_secs(3);
/// How many accounts a run of the job asks for at a time.
const AT_A_TIME: usize = 5;
const MINUTE: Duration = Duration::from_mins(1);

/// Everybody confirms; the code of each answer, and whether it has a page.
async fn all_confirm(app: &Confirmations) -> BTreeSet<(i64, bool)> {
    let bodies: Vec<_> =
        (0..orders()).map(|order| but(confirm(), &json!({"orderId": names(order)[0].1}))).collect();
    let answers = join_all(bodies.iter().map(|body| app.confirm(body))).await;
    answers.into_iter().map(|answer| (answer.code, answer.response.contains("\"url\""))).collect()
}

/// Every order is confirmed, has one loan, and the core knows of it.
async fn all_are_confirmed(app: &Confirmations) -> usize {
    app.relay().await.expect("a run of the relay");
    let commands = app.commands_of("loan_application");
    let ids: BTreeSet<_> = commands.iter().map(|command| command["command_id"].to_string()).collect();
    assert_eq!((app.loans().len(), ids.len()), (orders(), orders()));
    for order in 0..orders() {
        let [(_, order), _] = names(order);
        let steps = app.history(&order).into_iter().filter(|step| step.starts_with("12>1 ")).count();
        assert_eq!((app.status(&order), steps), (Some(1), 1), "{order}");
    }
    ids.len()
}

#[tokio::test(start_paused = true)]
async fn nobody_is_confirmed_while_the_depository_is_absent_and_all_are_when_it_is_back() {
    let app = approved().await;
    let traffic = Traffic::in_world(&app.world, 0);
    all_have_accounts(&app);
    for _ in 0..2 {
        traffic.leaves(XW, ABSENT);
        assert_eq!(all_confirm(&app).await, BTreeSet::from([(10_001, false)]));
    }
    let written = [LOGS, REGISTERS].map(|table| app.world.items(table).len());
    assert_eq!((written, app.loans().len()), ([0, 0], 0), "nothing is written");
    let absent = traffic.calls_to(XW).len();
    traffic.returns(XW);
    assert_eq!(all_confirm(&app).await, BTreeSet::from([(0, false)]));
    let effects = all_are_confirmed(&app).await;
    tell_of("the depository, confirmLoan", orders(), [absent, traffic.calls_to(XW).len()], None, effects);
}

#[tokio::test(start_paused = true)]
async fn pages_are_looked_after_while_the_depository_is_absent_and_all_accounts_found_when_it_is_back() {
    let app = approved().await;
    assert_eq!(all_confirm(&app).await, BTreeSet::from([(0, true)]));
    all_have_accounts(&app);
    app.world.pass(61 * MINUTE).await;
    let traffic = Traffic::in_world(&app.world, 0);
    let before = app.world.items(REGISTERS);
    for faults in [SILENT, ABSENT] {
        traffic.leaves(XW, faults);
        for _ in 0..3 {
            // Whether it got through shows in what is stored and counted.
            app.check().await.ok();
            app.world.pass(10 * MINUTE).await;
        }
        if faults == SILENT {
            assert_eq!(traffic.at_once(XW, TIMEOUT), AT_A_TIME.min(orders()), "as many as it stands");
        }
    }
    assert_eq!((app.world.items(REGISTERS), app.loans().len()), (before, 0), "all wait");
    let absent = traffic.calls_to(XW).len();
    let failed = usize::try_from(app.counted("depository_check_failed")).unwrap();
    assert!(
        (orders()..=absent).contains(&failed),
        "every one was tried, and none failed in silence: {failed}"
    );
    traffic.returns(XW);
    app.check().await.expect("a run that asks for all");
    let effects = all_are_confirmed(&app).await;
    app.check().await.expect("a run");
    let calls = [absent, traffic.calls_to(XW).len()];
    assert_eq!(calls[1] - calls[0], orders(), "each is asked for once");
    tell_of("the depository, depository-check", orders(), calls, Some(AT_A_TIME), effects);
}

#[tokio::test(start_paused = true)]
async fn a_depository_that_answers_just_in_time_is_heard_and_one_that_is_too_late_is_not() {
    let app = approved().await;
    all_have_accounts(&app);
    app.partners.xw_says(XwSays::Late(too_late(TIMEOUT)));
    assert_eq!(all_confirm(&app).await, BTreeSet::from([(10_001, false)]));
    assert_eq!(app.loans().len(), 0);
    app.partners.xw_says(XwSays::Late(in_time(TIMEOUT)));
    assert_eq!(all_confirm(&app).await, BTreeSet::from([(0, false)]));
    all_are_confirmed(&app).await;
}
