//! The platform sends the same call many times at once: a push, a confirmation, a wish to repay.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suites::confirmations::{Confirmations, confirm};
use suites::marketplace::Answered;
use suites::orders::bodies::{push, with};
use suites::orders::{CONVERSION, DATA, ORDER, ORDERS, Orders, UID};
use suites::repayments::{Repayments, planned};

use super::{Callers, Round, callers, rounds};

/// AWS failed: nothing is promised, and the platform sends it again.
const FAILED: &str = "10001";

/// The business status of a success, or the code of a failure.
fn answer(answered: &Answered) -> String {
    if answered.code == 0 { answered.status().to_string() } else { answered.code.to_string() }
}

fn ids(commands: &[Value]) -> BTreeSet<String> {
    commands.iter().map(|command| command["command_id"].to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_push_that_comes_many_times_makes_one_order() {
    let mut of = Callers::of("pushOrder");
    for round in rounds() {
        let app = Orders::new().await;
        let send = async |_| answer(&app.push(&push()).await);
        of.call((&app.world, round), ["2001"], &[FAILED], send).await;
        assert_eq!(answer(&app.push(&push()).await), "2001");
        let counts = [ORDERS, CONVERSION, DATA].map(|table| app.world.items(table).len());
        assert_eq!((counts, app.history(ORDER).len()), ([1; 3], 1), "{round:?}");
    }
    of.tell();
}

/// The amount of the order that stands, if one does: its row and the object that the row names say the same.
fn amount(app: &Orders, round: Round) -> Option<Value> {
    let row = app.row(ORDER)?;
    let named = &row["data_keys"]["M"]["push"]["S"];
    let objects = app.world.objects(suites::orders::BUCKET);
    let object = objects.iter().find(|object| *named == *object.key).expect("the object that the row names");
    let pushed: Value = serde_json::from_slice(&suites::orders::opened(object)).unwrap();
    let amount = pushed["loanAmount"].clone();
    assert_eq!(row["loan_amount"]["S"], format!("{amount}.00"), "{round:?}");
    Some(amount)
}

#[tokio::test(start_paused = true)]
async fn of_many_contents_at_once_one_stands_and_it_is_whole() {
    let mut of = Callers::of("pushOrder, each with another amount");
    for round in rounds() {
        let app = Orders::new().await;
        let content = |caller: usize| with(push(), "loanAmount", json!(5_000 + 100 * (caller % 90)));
        let send = async |caller: usize| answer(&app.push(&content(caller)).await);
        of.call((&app.world, round), ["2001"], &[FAILED], send).await;
        let stands = amount(&app, round);
        let pushed: Vec<_> = (0..callers()).map(|caller| content(caller)["loanAmount"].clone()).collect();
        assert!(stands.map_or(round.fails(), |stands| pushed.contains(&stands)), "{round:?}");
        assert_eq!(answer(&app.push(&content(0)).await), "2001");
        assert_eq!(amount(&app, round), Some(json!(5000)), "{round:?}: the last one");
        let counts = [ORDERS, CONVERSION, DATA].map(|table| app.world.items(table).len());
        assert_eq!(counts, [1; 3], "{round:?}");
    }
    of.tell();
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_confirmed_many_times_at_once_has_one_loan() {
    let mut of = Callers::of("confirmLoan");
    for round in rounds() {
        let app = Confirmations::approved().await;
        app.partners.opens(UID);
        let mut users = vec![];
        for _ in 0..callers() {
            users.push(app.another().await);
        }
        let send = async |user: usize| answer(&users[user].confirm(&confirm()).await);
        of.call((&app.world, round), ["4001"], &[FAILED], send).await;
        let last = app.confirm(&confirm()).await;
        assert_eq!(last.response, r#"{"status":4001,"remark":"accepted"}"#);
        app.relay().await.expect("a run of the relay");
        let steps = app.history(ORDER).into_iter().filter(|step| step.starts_with("12>1 ")).count();
        let commands = ids(&app.commands_of("loan_application"));
        assert_eq!((app.loans().len(), steps, commands.len()), (1, 1, 1), "{round:?}");
    }
    of.tell();
}

/// What the core was told to repay.
async fn commanded(app: &Repayments) -> BTreeSet<String> {
    app.relay().await.expect("a run of the relay");
    app.commanded().into_iter().collect()
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_repay_that_comes_many_times_is_one_attempt() {
    let mut of = Callers::of("repay, one period");
    for round in rounds() {
        let app = Repayments::of(&planned()).await;
        let mut users = vec![];
        for _ in 0..callers() {
            users.push(app.another().await);
        }
        let send = async |user: usize| answer(&users[user].repay(2).await);
        of.call((&app.world, round), ["5001"], &[FAILED], send).await;
        assert_eq!(answer(&app.repay(2).await), "5001");
        assert_eq!(commanded(&app).await, BTreeSet::from(["2 attempt 1".to_owned()]), "{round:?}");
    }
    of.tell();
}

#[tokio::test(start_paused = true)]
async fn wishes_for_everything_and_for_periods_at_once_never_overlap() {
    let mut of = Callers::of("repay, periods and all of it");
    for round in rounds() {
        let app = Repayments::of(&planned()).await;
        let mut users = vec![];
        for _ in 0..callers() {
            users.push(app.another().await);
        }
        let period = |user: usize| [-1, 2, 3][user % 3];
        let send = async |user: usize| answer(&users[user].repay(period(user)).await);
        let [accepted, refused] = of.call((&app.world, round), ["5001", "5003"], &[FAILED], send).await;
        assert!(accepted > 0 && refused > 0 || round.fails(), "{round:?}");
        let commanded = commanded(&app).await;
        let all = BTreeSet::from(["-1 attempt 1".to_owned()]);
        let periods = ["2 attempt 1", "3 attempt 1"].map(str::to_owned);
        let is_periods = !commanded.is_empty() && commanded.iter().all(|one| periods.contains(one));
        assert!(commanded == all || is_periods, "{round:?}: {commanded:?}");
    }
    of.tell();
}
