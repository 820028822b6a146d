//! Amounts go through us to the cent (§1 Data conventions, §11 Wire): from the core's decimal text to the row, and from there
//! to the platform. The amounts are so large that a float would lose cents of them.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use suites::orders::ORDER;
use suites::orders::bodies::push;
use suites::repayments::{REPAY_RESULT_DEAD, Repayments, debited, period, planned};

/// How many amounts are tried.
const AMOUNTS: usize = 32;

/// A loan of one period, in cents.
#[derive(Clone, Copy, Debug)]
struct Owed {
    principal: u64,
    repay: u64,
    fee: u64,
    already: u64,
}

impl Owed {
    fn left(self) -> u64 {
        self.repay + self.fee - self.already
    }
}

/// The text of an amount, by integers alone.
fn wire(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn amounts() -> impl Iterator<Item = Owed> {
    let large = 7_200_000_000_000_000_u64..9_000_000_000_000_000;
    let small = 0..90_000_000_000_u64;
    let owed =
        (large, small.clone(), small.clone(), small).prop_map(|(principal, interest, fee, already)| Owed {
            principal,
            repay: principal + interest,
            fee,
            already,
        });
    let mut runner = TestRunner::deterministic();
    (0..AMOUNTS).map(move |_| owed.new_tree(&mut runner).unwrap().current())
}

/// Whether a text has every one of these members.
#[track_caller]
fn has(text: &str, members: &[(&str, u64)]) {
    for (name, cents) in members {
        let member = format!("\"{name}\":{}", wire(*cents));
        let ends = |(at, _): (usize, &str)| text[at + member.len()..].starts_with([',', '}']);
        assert!(text.match_indices(&member).any(ends), "{member} in {text}");
    }
}

#[test]
fn a_float_would_lose_cents_of_these_amounts() {
    let lost = amounts().filter(|owed| {
        let amount: f64 = wire(owed.principal).parse().unwrap();
        format!("{amount:.2}") != wire(owed.principal)
    });
    assert!(lost.count() > AMOUNTS / 8);
}

#[tokio::test(start_paused = true)]
async fn every_answer_has_the_cents_of_the_row() {
    let app = Repayments::of(&planned()).await;
    for owed in amounts() {
        let Owed { principal, repay, fee, already } = owed;
        let [one, two, three, four] = [principal, repay, already, fee].map(wire);
        app.change_loan(|row| {
            row["plan"]["L"] = json!([period(1, &one, &two, &three, &four, "overdue")]);
            for name in ["loan_amount", "receive_amount"] {
                row[name] = json!({"S": one});
            }
            row["repay_amount"] = json!({"S": two});
        });
        let trial = [("loanAmount", principal), ("repayAmount", owed.left()), ("overdueFee", fee)];
        for period in [1, -1] {
            has(&app.ask_of("repayTrial", period).await.response, &trial);
            let standing = app.ask_of("queryRepayResult", period).await.response;
            has(&standing, &[("alreadyRepayAmount", already), ("willRepayAmount", owed.left())]);
        }
        let of_period =
            [("amount", repay), ("repayAmount", repay), ("alreadyRepayAmount", already), ("overdueFee", fee)];
        let plan = app.ask("getRepayPlan").await;
        has(&plan.response, &[("receiveAmount", principal), ("totalRepayAmount", repay)]);
        has(plan.said()["repayPlan"].as_str().unwrap(), &of_period);
        let result = app.ask("queryLoanResult").await;
        has(
            &result.response,
            &[("loanAmount", principal), ("receiveAmount", principal), ("repayAmount", repay)],
        );
        has(result.said()["repayPlan"].as_str().unwrap(), &of_period);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_core_tells_is_stored_and_called_back_to_the_cent() {
    let app = Repayments::of(&planned()).await;
    app.change_loan(|row| {
        let mut only = row["plan"]["L"][1].clone();
        only["M"]["period_no"] = json!({"N": "1"});
        row["plan"]["L"] = json!([only]);
    });
    for (number, owed) in amounts().enumerate() {
        let Owed { principal, repay, fee, already } = owed;
        let mut told = debited(0, "partly_paid");
        told["event_id"] = json!(format!("r-{number}"));
        told["period"] = json!(1);
        told["already_repay_amount"] = json!(wire(already));
        told["will_repay_amount"] = json!(wire(owed.left()));
        let mut of = told["plan"][1].clone();
        for (name, value) in [
            ("principal", principal),
            ("repay_amount", repay),
            ("already_repay_amount", already),
            ("overdue_fee", fee),
        ] {
            of[name] = json!(wire(value));
        }
        of["period_no"] = json!(1);
        told["plan"] = json!([of]);
        app.result(&told).await;
        let row = app.loan().unwrap();
        let stored = |name: &str| row["plan"]["L"][0]["M"][name]["S"].as_str().unwrap_or_default().to_owned();
        let texts = ["principal", "repay_amount", "already_repay_amount", "overdue_fee"].map(stored);
        assert_eq!(texts, [principal, repay, already, fee].map(wire));
        let mut callbacks = app.callbacks(ORDER).into_iter().rev();
        let (plan, result) = (callbacks.next().unwrap().1, callbacks.next().unwrap().1);
        has(&result, &[("alreadyRepayAmount", already), ("willRepayAmount", owed.left())]);
        let plan: Value = serde_json::from_str(&plan).unwrap();
        let of_period = [("amount", repay), ("alreadyRepayAmount", already), ("overdueFee", fee)];
        has(plan["repayPlan"].as_str().unwrap(), &of_period);
    }
    assert_eq!(app.outcomes().len(), AMOUNTS);
}

#[tokio::test(start_paused = true)]
async fn an_amount_of_the_core_is_a_text_and_never_a_number() {
    let app = Repayments::of(&planned()).await;
    for name in ["already_repay_amount", "will_repay_amount"] {
        let mut told = debited(0, "paid");
        told[name] = json!(1000.1);
        app.result(&told).await;
    }
    assert_eq!((app.loan(), app.world.messages(REPAY_RESULT_DEAD).len()), (Some(planned()), 2));
}

#[tokio::test(start_paused = true)]
async fn an_amount_that_is_pushed_as_a_number_is_kept_to_the_cent() {
    let app = Repayments::new().await;
    for owed in amounts() {
        let text = push().to_string().replace("15000.0", &wire(owed.principal));
        assert_eq!(app.push_text("840", &text).await.status(), 2001);
        assert_eq!(app.row(ORDER).unwrap()["loan_amount"]["S"], wire(owed.principal));
    }
}
