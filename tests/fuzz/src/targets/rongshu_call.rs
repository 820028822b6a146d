//! Calls of the platform as they come in, signed: each is answered in its format, a success or the platform's own fault.

use std::cell::RefCell;

use suites::marketplace::Marketplace;
use suites::marketplace::channels::{AES, PLAIN};
use suites::orders::Orders;

use crate::input::{chosen_text, run, seed};
use crate::{Target, seeds};

pub(super) const TARGET: Target = Target { name: "rongshu-call", hold, seeds };

/// Each with the operation of docs/openapi.yaml that it is.
pub(super) const CALLS: [(&str, &str, &str); 7] = [
    ("userCheck", "user-check", PLAIN),
    ("userCheck", "user-check", AES),
    ("loanCalculation", "loan-calculation", PLAIN),
    ("getBankList", "bank-list", AES),
    ("pushOrder", "push-order", PLAIN),
    ("queryAuditResult", "audit-result-query", PLAIN),
    ("getContracts", "contract-list", PLAIN),
];
/// Success, and a request that is wrong.
const CODES: [i64; 2] = [0, 10_002];

fn hold(data: &[u8]) {
    thread_local! {
        /// What is asked here changes nothing.
        static MARKETPLACE: RefCell<Option<Marketplace>> = const { RefCell::new(None) };
    }
    let Some(((op, _, channel), business)) = chosen_text(&CALLS, data) else { return };
    let answered = MARKETPLACE.with_borrow_mut(|marketplace| {
        run(async {
            if ["pushOrder", "queryAuditResult", "getContracts"].contains(op) {
                return Orders::new().await.send(op, channel, business).await;
            }
            if marketplace.is_none() {
                *marketplace = Some(Marketplace::new().await);
            }
            marketplace.as_ref().expect("a marketplace").say(channel, op, business).await
        })
    });
    assert!(CODES.contains(&answered.code), "{op}: {answered:?}");
}

fn seeds() -> Vec<Vec<u8>> {
    (0..).zip(&CALLS).map(|(place, (_, operation, _))| seed(place, seeds::business(operation))).collect()
}
