//! Whatever is wished for and whatever is debited, in whatever order, one in the middle of the other: the core is never told
//! of two attempts at once that could debit the same money, and what it did ends in the loan's row (§11 Repayment).

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use suites::repayments::{REPAY_RESULT_DEAD, Repayments, period, planned};
use world::On;

/// How many sequences are tried.
const SEQUENCES: usize = 16;
const PERIODS: [u16; 3] = [1, 2, 3];
const PAYMENT: &str = "5251.71";

/// What somebody does.
#[derive(Clone, Copy, Debug)]
enum Move {
    /// The user wishes to repay a period, or everything.
    Wish(i32),
    /// The core debits a period by itself, which succeeds or not.
    Debit(u16, bool),
    /// The core answers an attempt, if one is open: which of them, and whether it succeeds.
    Answer(usize, bool),
    /// What the core told is told again.
    Repeat(usize),
}

/// The loan core: it knows what is paid, and an attempt by its id.
#[derive(Default)]
struct Core {
    paid: BTreeSet<u16>,
    answered: BTreeSet<String>,
    told: Vec<Value>,
}

impl Core {
    /// The commands that it has not answered.
    fn open(&self, app: &Repayments) -> Vec<Value> {
        let mut known = self.answered.clone();
        let commands = app.commands().into_iter();
        commands.filter(|command| known.insert(command["command_id"].to_string())).collect()
    }

    /// Debits what is unpaid of a period or of everything, and tells of it.
    fn debit(&mut self, target: i64, attempt_no: u64, succeeds: bool) -> Value {
        let of_target = |number: &u16| target == -1 || target == i64::from(*number);
        let unpaid = PERIODS.iter().filter(|number| of_target(number) && !self.paid.contains(number)).count();
        let is_paid = succeeds && unpaid > 0;
        if is_paid {
            self.paid.extend(PERIODS.iter().filter(|number| of_target(number)));
        }
        let number = self.told.len();
        let message = json!({
            "event_id": format!("r-{number}"), "order_id": "120522", "period": target, "attempt_no": attempt_no,
            "occurred_at": format!("2018-08-08T07:{:02}:{:02}Z", number / 60, number % 60),
            "status": if is_paid { "paid" } else { "failed" }, "already_repay_amount": "0.00",
            "will_repay_amount": "0.00", "repay_time": "2018-08-08T07:00:00Z", "plan": self.plan(),
        });
        self.told.push(message.clone());
        message
    }

    fn plan(&self) -> Value {
        let told = |number: &u16| {
            let is_paid = self.paid.contains(number);
            json!({
                "period_no": number, "due_time": format!("2018-{:02}-08T00:00:00Z", 8 + number),
                "can_repay_time": format!("2018-{:02}-01T00:00:00Z", 8 + number), "principal": "5000.00",
                "repay_amount": PAYMENT, "already_repay_amount": if is_paid { PAYMENT } else { "0.00" },
                "overdue_fee": "0.00", "status": if is_paid { "paid" } else { "not_due" },
                "success_time": is_paid.then_some("2018-08-08T07:00:00Z"),
            })
        };
        PERIODS.iter().map(told).collect()
    }

    /// What a move has the core tell, if anything.
    fn tells(&mut self, app: &Repayments, what: Move) -> Option<Value> {
        match what {
            Move::Wish(_) => None,
            Move::Debit(number, succeeds) => Some(self.debit(i64::from(number), 0, succeeds)),
            Move::Answer(which, succeeds) => {
                let open = self.open(app);
                let command = open.get(which % open.len().max(1))?;
                self.answered.insert(command["command_id"].to_string());
                Some(self.debit(command["period"].as_i64()?, command["attempt_no"].as_u64()?, succeeds))
            }
            Move::Repeat(which) => self.told.get(which % self.told.len().max(1)).cloned(),
        }
    }
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => prop::sample::select(vec![-1, 1, 2, 3]).prop_map(Move::Wish),
        1 => (1_u16..=3, any::<bool>()).prop_map(|(number, succeeds)| Move::Debit(number, succeeds)),
        2 => (0_usize..3, any::<bool>()).prop_map(|(which, succeeds)| Move::Answer(which, succeeds)),
        1 => (0_usize..9).prop_map(Move::Repeat),
    ]
}

async fn act(app: &Repayments, what: Move, tells: Option<Value>) {
    if let Move::Wish(period) = what {
        assert!([5001, 5003].contains(&app.repay(period).await.status()));
    }
    if let Some(message) = tells {
        app.result(&message).await;
    }
}

/// No two open attempts that could debit the same.
fn is_safe(app: &Repayments, core: &Core) {
    let open: Vec<_> = core.open(app).iter().map(|command| command["period"].as_i64()).collect();
    let periods: BTreeSet<_> = open.iter().collect();
    assert_eq!(periods.len(), open.len(), "two attempts of one period: {open:?}");
    assert!(open.len() <= 1 || !open.contains(&Some(-1)), "everything beside a period: {open:?}");
}

async fn play(script: &[(Move, Option<Move>)]) {
    let mut loan = planned();
    loan["plan"]["L"] =
        PERIODS.iter().map(|of| period(*of, "5000.00", PAYMENT, "0.00", "0.00", "not_due")).collect();
    let app = Repayments::of(&loan).await;
    let other = Arc::new(app.another().await);
    let mut core = Core::default();
    for (outer, inner) in script {
        let outer_tells = core.tells(&app, *outer);
        if let Some(inner) = *inner {
            let (other, inner_tells) = (Arc::clone(&other), core.tells(&app, inner));
            // If the outer one writes, the inner one is first.
            app.world
                .before(On::call("TransactWriteItems"), async move || act(&other, inner, inner_tells).await);
        }
        act(&app, *outer, outer_tells).await;
        is_safe(&app, &core);
    }
    // What was to come in the middle of a move that wrote nothing may come here, and begin another attempt.
    while let Some(command) = core.open(&app).pop() {
        core.answered.insert(command["command_id"].to_string());
        let (target, number) = (command["period"].as_i64().unwrap(), command["attempt_no"].as_u64().unwrap());
        let message = core.debit(target, number, false);
        app.result(&message).await;
    }
    for message in core.told.clone() {
        app.result(&message).await;
    }
    let row = app.loan().unwrap();
    let paid = row["plan"]["L"].as_array().unwrap().iter().map(|of| of["M"]["status"]["S"] == "paid");
    assert_eq!(paid.collect::<Vec<_>>(), PERIODS.map(|number| core.paid.contains(&number)), "{script:?}");
    let attempts = row["attempts"]["M"].as_object().cloned().unwrap_or_default();
    assert!(attempts.values().all(|of| of["M"]["is_open"]["BOOL"] == false), "{attempts:?} {script:?}");
    assert_eq!(app.world.messages(REPAY_RESULT_DEAD).len(), 0, "{script:?}");
}

#[tokio::test(start_paused = true)]
async fn no_two_attempts_are_ever_open_that_could_debit_the_same_money() {
    let script = prop::collection::vec((moves(), prop::option::of(moves())), 1..14);
    let mut runner = TestRunner::deterministic();
    for _ in 0..SEQUENCES {
        let script = script.new_tree(&mut runner).unwrap().current();
        play(&script).await;
    }
}
