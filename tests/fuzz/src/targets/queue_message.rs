//! The messages of every queue that we take from: nothing is taken that its schema (docs/messages) does not allow.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crm::work::WorkItem;
use domain::marketplace::{ChannelId, LoanCodes};
use marketplace::audit_result::AuditResult;
use marketplace::loan_message::Kind;
use marketplace::loan_result::LoanResult;
use marketplace::overdue::Overdue;
use marketplace::repay_plan::RepayPlan;
use marketplace::repay_result::RepayResult;
use platform::callbacks::WakeUp;
use suites::contract::Judge;
use suites::marketplace::channels::PLAIN;

use crate::input::{chosen_text, is_object, object, seed};
use crate::{Target, seeds};

pub(super) const TARGET: Target = Target { name: "queue-message", hold, seeds };

/// Whether a body is taken.
pub(super) type Reads = fn(&str) -> bool;

pub(super) const QUEUES: [(&str, Reads); 14] = [
    ("contract-events", |body| {
        instalment::contract_events::read(body).is_ok_and(|message| message.content.is_ok())
    }),
    ("credit-events", |body| quota::credit_events::read(body).is_ok()),
    ("client-events", |body| crm::client_events::read(body).is_ok()),
    ("infor-inbound", |body| crm::infor::read(body).is_ok()),
    ("infor-shards", work_item),
    ("customer-events", |body| marketplace::customer_events::read(body).is_ok()),
    ("depository-events", |body| marketplace::depository_events::read(body).is_ok()),
    ("credit-result", |body| marketplace::credit_result::read(body, &channel()).is_ok()),
    ("audit-result", loan_message::<AuditResult>),
    ("loan-result", loan_message::<LoanResult>),
    ("repay-plan", loan_message::<RepayPlan>),
    ("overdue", loan_message::<Overdue>),
    ("repay-result", loan_message::<RepayResult>),
    ("partner-callback", |body| WakeUp::read(body).is_ok_and(|wake_up| !wake_up.order.is_empty())),
];

static JUDGES: LazyLock<BTreeMap<&str, Judge>> =
    LazyLock::new(|| QUEUES.iter().map(|(queue, _)| (*queue, Judge::of(queue))).collect());

fn hold(data: &[u8]) {
    let Some(((queue, reads), body)) = chosen_text(&QUEUES, data) else { return };
    if reads(body) {
        assert!(is_object(body), "{queue}: {body}");
        let problem = object(body).and_then(|message| JUDGES[queue].problem(&message));
        assert_eq!(problem, None, "{queue}: {body}");
        assert!(reads(&format!(" {body}\n")), "space around it is nothing");
    }
}

fn work_item(body: &str) -> bool {
    let item = WorkItem::read(body);
    if let Some(item) = &item {
        assert_eq!(WorkItem::read(&item.to_body()).as_ref(), Some(item));
    }
    item.is_some()
}

fn loan_message<K: Kind>(body: &str) -> bool {
    K::read(body, LoanCodes::default(), &channel()).is_ok()
}

fn channel() -> ChannelId {
    ChannelId::of_text(PLAIN).expect("a channel")
}

fn seeds() -> Vec<Vec<u8>> {
    let examples = |(place, (queue, _)): (u8, &(&str, Reads))| {
        seeds::messages(queue).into_iter().map(move |message| seed(place, message))
    };
    (0..).zip(&QUEUES).flat_map(examples).collect()
}
