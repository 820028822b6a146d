//! Partners that answer late, or not at all, while much is to be asked of them; then they answer again. Meanwhile the work
//! is kept and nobody is called more often, or by more at once, than is said; afterwards all of it is done, each once.

mod ant;
mod bank;
mod callbacks;
mod depository;
mod lender;
mod pulls;
mod queues;

use std::time::Duration;

use suites::confirmations::Confirmations;
use suites::load::{size, tell_row};
use suites::marketplace::channels::PLAIN;
use suites::orders::{ORDER, UID};
use world::Fault;

use crate::burst::renamed;

/// How many orders wait for a partner, unless `TENOR_LOAD_ORDERS` says otherwise.
const ORDERS_IN_THE_GATE: usize = 20;
/// What a call that is answered by nobody comes to.
pub(crate) const ABSENT: &[Fault] =
    &[Fault::Hang, Fault::Refused, Fault::Reset, Fault::InternalError, Fault::HangAfterEffect];
/// No answer ever comes: what takes longest.
pub(crate) const SILENT: &[Fault] = &[Fault::Hang];

/// An answer that is heard by who waits so long for it, and one that is not.
pub(crate) const fn in_time(timeout: Duration) -> Duration {
    timeout.saturating_sub(Duration::from_millis(100))
}

pub(crate) const fn too_late(timeout: Duration) -> Duration {
    timeout.saturating_add(Duration::from_millis(100))
}

/// How many orders wait for a partner.
pub(crate) fn orders() -> usize {
    size("TENOR_LOAD_ORDERS", ORDERS_IN_THE_GATE)
}

/// The names of an order and its user.
pub(crate) fn names(order: usize) -> [(&'static str, String); 2] {
    [(ORDER, format!("waiting-{order:08}")), (UID, format!("user-{order:08}"))]
}

/// The orders that wait are approved.
pub(crate) async fn approved() -> Confirmations {
    let app = Confirmations::new().await;
    let all: Vec<_> = (0..orders()).map(names).collect();
    let all: Vec<_> = all.iter().map(|[(_, order), (_, user)]| (order.as_str(), user.as_str())).collect();
    app.approve_all(PLAIN, &all).await;
    app
}

/// Every user has an account at the depository.
pub(crate) fn all_have_accounts(app: &Confirmations) {
    for order in 0..orders() {
        let [_, (_, user)] = names(order);
        app.partners.opens(&user);
    }
}

/// What is said of [`ORDER`], said of another order.
pub(crate) fn of_order(order: usize, said: &serde_json::Value) -> serde_json::Value {
    renamed(&said.to_string(), &names(order))
}

/// A row of the table of docs/RELIABILITY.md.
pub(crate) fn tell_of(
    partner: &str,
    works: usize,
    calls: [usize; 2],
    at_once: Option<usize>,
    effects: usize,
) {
    let [absent, all] = calls;
    let at_once = at_once.map_or("–".to_owned(), |at_once| at_once.to_string());
    tell_row("partner", &[&partner, &works, &absent, &at_once, &(all - absent), &effects]);
}
