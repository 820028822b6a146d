//! What answers promise, held against how things stood before and after, and against what the lender told.

use std::rc::Rc;

use serde_json::{Value, json};
use suites::gateway::Got;

use super::Instalment;
use super::lender::Told;
use super::rows::{Contract, Rows};

/// A request, and how things stood when it came.
pub(super) struct Asked {
    pub(super) client: &'static str,
    pub(super) invocation: u64,
    pub(super) before: Rc<Rows>,
}

/// An answer as it is compared: status and body.
type Answer = (i64, Value);

fn denied(error: &str) -> Answer {
    (403, json!({"error": error}))
}

/// Whether the lender is asked about a contract (§5.1).
fn is_asked_about(row: &Contract) -> bool {
    row.number.is_some() && !row.is_over() && row.state != "init"
}

/// What get-status answers of these contracts after the lender told this, if it is asked at all (§5.1, §13).
fn status(rows: &[Contract], told: Told) -> Answer {
    let Some(row) = rows.last() else { return denied("access_denied") };
    let asked = is_asked_about(row).then_some(told);
    let is_closed = row.state == "CLOSED" || asked == Some(Told::Closed);
    let is_main = is_closed || row.state == "active" || asked.is_some();
    let screen = if is_main { "main_screen" } else { "wanted_limit" };
    let state = if is_closed { "CLOSED" } else { &row.state };
    let mut body = json!({"screen": screen, "contract_closed": is_closed, "state": state});
    if let Some(number) = row.number.as_ref().filter(|_| is_main) {
        body["contract_number"] = json!(number);
    }
    if is_closed {
        body["closed_screen_button"] = json!(true);
    }
    if asked == Some(Told::Nothing) {
        body["stale"] = json!(true);
    }
    (200, body)
}

/// Whether the newest contract is an application after one that is over, which a renewal leaves as it is (§6).
fn is_renewed(rows: &[Contract]) -> bool {
    matches!(rows, [.., over, newest] if newest.state == "init" && over.is_over())
}

/// What a renewal of these contracts answers after the lender told this, if it is asked at all (§6).
fn renewal(rows: &[Contract], told: Told) -> Answer {
    let renewed = (200, json!({"screen": "wanted_limit", "state": "init", "contract_closed": false}));
    match rows.last() {
        None => denied("access_denied"),
        Some(newest) if newest.is_over() || is_renewed(rows) => renewed,
        Some(newest) if is_asked_about(newest) && told == Told::Closed => renewed,
        Some(_) => denied("contract_not_terminal"),
    }
}

impl Instalment {
    pub(super) fn judge_status(&self, asked: &Asked, got: &Got) {
        let (was, after) = (asked.before.contracts(asked.client), self.rows());
        let is = after.contracts(asked.client);
        let Some(answer) = self.answer(asked, got) else { return };
        let last = self.lender.told(asked.invocation).last().map(|(_, told)| *told);
        let said_closed = answer.1["contract_closed"] == true;
        let saw_closed = last == Some(Told::Closed) && !self.is_disturbed(asked);
        let number = answer.1["contract_number"].as_str();
        let is_closed = is.iter().any(|row| row.state == "CLOSED" && row.number.as_deref() == number);
        let said_open = (!saw_closed && answer.0 == 200) || was.is_empty();
        let said_so = if said_closed { is_closed } else { said_open };
        let is_right = said_so && (was != is || self.candidates(asked, status).contains(&answer));
        if !is_right {
            self.complain(
                "answers",
                format!("{} was {was:?}, is {is:?}, and was told {answer:?}", asked.client),
            );
        }
        self.note(match (said_closed, answer.1["stale"] == true) {
            (true, _) => "told closed",
            (false, true) => "told stale",
            (false, false) => "told open",
        });
    }

    pub(super) fn judge_renewal(&self, asked: &Asked, got: &Got) {
        let (was, after) = (asked.before.contracts(asked.client), self.rows());
        let is = after.contracts(asked.client);
        let Some(answer) = self.answer(asked, got) else { return };
        let over = was.last().is_some_and(Contract::is_over);
        let stayed_over = over && is.get(was.len() - 1) == was.last();
        let is_so = if answer.0 == 200 {
            is.len() >= 2 && (!over || is.len() > was.len())
        } else {
            let is_renewed = is.len() == was.len() + 1 && is_renewed(is);
            let missed = stayed_over && (is.len() == was.len() || is_renewed);
            was.is_empty() || (answer == denied("contract_not_terminal") && !missed)
        };
        let is_right = is_so && (was != is || self.candidates(asked, renewal).contains(&answer));
        if !is_right {
            self.complain(
                "answers",
                format!("{} was {was:?}, is {is:?}, and was told {answer:?}", asked.client),
            );
        }
        self.note(if answer.0 == 200 { "renewed" } else { "not renewed" });
    }

    /// The answer, unless it is a failure of ours, which is one only when something went wrong.
    fn answer(&self, asked: &Asked, got: &Got) -> Option<Answer> {
        let body: Value = serde_json::from_str(&got.body).unwrap_or_default();
        if (got.status, &body) != (500, &json!({"error": "internal"})) {
            return Some((got.status, body));
        }
        if !self.is_disturbed(asked) {
            self.complain("no-failure-of-ours", format!("{} was told {}", asked.client, got.body));
        }
        None
    }

    /// Whether something went wrong with a request.
    fn is_disturbed(&self, asked: &Asked) -> bool {
        self.lambda.chaos.is_disturbed(asked.invocation)
    }

    /// What may be answered while nothing of the client's changed: what follows from the lender's last answer, and if that
    /// may have got lost, from any, or none.
    fn candidates(&self, asked: &Asked, answer: fn(&[Contract], Told) -> Answer) -> Vec<Answer> {
        let rows = asked.before.contracts(asked.client);
        let told = self.lender.told(asked.invocation).into_iter().map(|(_, told)| told);
        let mut told: Vec<Told> = told.collect();
        if self.is_disturbed(asked) {
            told.push(Told::Nothing);
        } else {
            told = told.pop().into_iter().collect();
        }
        if !rows.last().is_some_and(is_asked_about) {
            // Nobody needs to be asked, so nobody is (§5.1 steps 2 and 3).
            let is_quiet = self.lender.told(asked.invocation).is_empty();
            return is_quiet.then(|| answer(rows, Told::Nothing)).into_iter().collect();
        }
        told.into_iter().map(|told| answer(rows, told)).collect()
    }
}
