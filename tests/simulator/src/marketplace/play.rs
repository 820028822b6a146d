//! How what happens happens, and what answers promise.

use std::time::Duration;

use serde_json::{Value, json};
use suites::callbacks::PARTNER_CALLBACK;
use suites::confirmations::DEPOSITORY_EVENTS;
use suites::gateway::{Got, Post};
use suites::loans::{AUDIT_RESULT, LOAN_RESULT, OVERDUE, QUEUES, REPAY_PLAN, REPAY_RESULT};
use suites::marketplace::channels::Signed;
use suites::marketplace::{Answered, CUSTOMER_EVENTS};
use suites::orders::{CORE_COMMANDS, CREDIT_RESULT};

use super::Marketplace;
use super::draw::{Call, Job, Move, User};
use super::people::{ORDERS, Order};
use crate::sources::dead;

/// How much time a batch has.
const BATCH: Duration = Duration::from_secs(30);
/// How much time a worker has for a wake-up.
const WORKER: Duration = Duration::from_mins(1);

impl Marketplace {
    pub(super) async fn play_one(&self, next: Move) {
        match next {
            Move::Call(order, call) => self.call(&ORDERS[order], call).await,
            Move::User(order, user) => self.user(&ORDERS[order], user),
            Move::Run(job) => self.job(job).await,
            Move::Take(queue, batch) => {
                self.take(queue, batch).await;
            }
            Move::CoreWorks => self.core_works(),
            Move::CoreTells(order) => {
                self.core.borrow_mut().tell(&ORDERS[order]);
            }
            Move::CoreTellsAll(order) => self.core_tells_all(&ORDERS[order]),
            Move::CoreDebits(order) => self.core.borrow_mut().debit_itself(&ORDERS[order]),
            Move::Overdue(order) => self.core.borrow_mut().overdue(&ORDERS[order]),
            Move::Double(queue) => self.sources.double(queue),
            Move::Shuffle(queue) => self.sources.shuffle(queue),
            Move::Pass(seconds) => self.lambda.pass(Duration::from_secs(seconds)).await,
        }
    }

    async fn job(&self, job: Job) {
        let (functions, event) = (&self.functions, json!({}));
        match job {
            Job::Pull => self.lambda.run(&functions.operator_pull, &event).await,
            Job::Parse => self.lambda.run(&functions.push_order_parse, &event).await,
            Job::Apply => self.lambda.run(&functions.credit_application, &event).await,
            Job::Check => self.lambda.run(&functions.depository_check, &event).await,
            Job::Relay => self.lambda.run(&functions.relay, &event).await,
        };
    }

    /// Has a batch of a queue taken; whether there was one.
    pub(super) async fn take(&self, queue: &'static str, batch: usize) -> bool {
        let (lambda, functions) = (&self.lambda, &self.functions);
        let dead_letters = dead(queue);
        let names = (queue, dead_letters.as_str());
        match queue {
            PARTNER_CALLBACK => lambda.take(&functions.partner_callback, names, 1, WORKER).await,
            CREDIT_RESULT => lambda.take(&functions.credit_result, names, batch, BATCH).await,
            DEPOSITORY_EVENTS => lambda.take(&functions.depository_events, names, batch, BATCH).await,
            CUSTOMER_EVENTS => lambda.take(&functions.customer_events, names, batch, BATCH).await,
            AUDIT_RESULT => lambda.take(&functions.audit_result, names, batch, BATCH).await,
            LOAN_RESULT => lambda.take(&functions.loan_result, names, batch, BATCH).await,
            REPAY_PLAN => lambda.take(&functions.repay_plan, names, batch, BATCH).await,
            OVERDUE => lambda.take(&functions.overdue, names, batch, BATCH).await,
            REPAY_RESULT => lambda.take(&functions.repay_result, names, batch, BATCH).await,
            other => panic!("no queue {other}"),
        }
    }

    fn core_works(&self) {
        let mut core = self.core.borrow_mut();
        let mut commands = self.lambda.world.drain(CORE_COMMANDS);
        while !commands.is_empty() {
            let command = commands.swap_remove(self.dice.below(commands.len()));
            self.lambda.chaos.tell(format!("  core gets {}", command.body));
            if let Err(violation) = core.take(&command.body) {
                self.complaints.borrow_mut().push(violation);
            }
        }
    }

    fn core_tells_all(&self, order: &Order) {
        while self.core.borrow_mut().tell(order) {}
        for queue in QUEUES {
            self.sources.shuffle(queue);
        }
    }

    fn user(&self, order: &Order, user: User) {
        let has_account = self.partners.has_account(order.uid);
        match user {
            User::Ready => self.partners.ready(order.uid),
            User::Opens => {
                self.partners.opens(order.uid);
                if self.dice.happens(700) {
                    self.depository_tells(order.uid, "open");
                }
            }
            User::OpenFails if has_account => {}
            User::OpenFails => self.depository_tells(order.uid, "failed"),
            User::Customer => {
                let at = self.lambda.world.time().now().to_string();
                let is_blacklisted = self.dice.happens(100);
                if is_blacklisted {
                    self.blacklisted.borrow_mut().insert(order.uid);
                }
                let customer = order.customer(self.next_event(), &at, is_blacklisted);
                self.lambda.world.send(CUSTOMER_EVENTS, &customer.to_string(), &[]);
            }
        }
    }

    async fn call(&self, order: &Order, call: Call) {
        let (lambda, functions) = (&self.lambda, &self.functions);
        let asked = || json!({"orderId": order.number});
        let (op, business) = match call {
            Call::Push(variant) => ("pushOrder", order.push(variant)),
            Call::Bind(card) => ("bindCard", order.bind(card)),
            Call::Confirm(variant) => ("confirmLoan", order.confirm(variant)),
            Call::LoanQuery => ("queryLoanResult", asked()),
            Call::Repay(period) => ("repay", json!({"orderId": order.number, "period": period})),
            Call::Audit => ("queryAuditResult", asked()),
        };
        let now = lambda.world.time().now().as_millisecond();
        let post = Post::anonymous(Signed::new(order.channel, now, &business.to_string()).body());
        let event = post.event(&format!("/openapi/rongshu/{op}"));
        let has_loan = self.rows().loan(&order.key()).is_some();
        let binding = matches!(call, Call::Bind(_)).then(|| self.bindings.begins(&order.key()));
        let number = lambda.upcoming();
        let got = match call {
            Call::Push(_) => lambda.respond(&functions.push_order, &event).await,
            Call::Bind(_) => lambda.respond(&functions.bind_card, &event).await,
            Call::Confirm(_) => lambda.respond(&functions.confirm_loan, &event).await,
            Call::LoanQuery => lambda.respond(&functions.loan_result_query, &event).await,
            Call::Repay(_) => lambda.respond(&functions.repay, &event).await,
            Call::Audit => lambda.respond(&functions.audit_result_query, &event).await,
        };
        let is_disturbed = lambda.chaos.is_disturbed(number) || self.partners.is_disturbed(number);
        let is_bound = got.as_ref().is_some_and(|got| self.judge((call, is_disturbed), order, got));
        if let (Call::Bind(card), Some(binding)) = (call, binding) {
            self.bindings.ends(&order.key(), &binding, (is_bound && has_loan).then_some(card));
        }
    }

    /// What an answer promises must be so from then on. Tells whether a card is bound by what was asked.
    fn judge(&self, (asked, is_disturbed): (Call, bool), order: &Order, got: &Got) -> bool {
        if got.status != 200 {
            self.complain("answers", format!("{asked:?}: {} {}", got.status, got.body));
            return false;
        }
        let answered = Answered::of(order.channel, got);
        if answered.code == 10001 && !is_disturbed {
            self.complain(
                "no-failure-of-ours",
                format!("{asked:?} of {} was told {}", order.key(), got.body),
            );
        }
        if answered.code != 0 {
            return false;
        }
        let said: Value = serde_json::from_str(&answered.response).unwrap_or_default();
        let (rows, key) = (self.rows(), order.key());
        let is_so = match (asked, said["status"].as_u64()) {
            (Call::Push(_), Some(2001 | 2002)) => rows.status(&key).is_some(),
            (Call::Bind(_), Some(3001 | 3004)) => {
                self.carded.borrow_mut().insert(key.clone());
                rows.has_card(&format!("{}#{}", order.channel, order.uid))
            }
            (Call::Confirm(_), Some(4001)) if said["url"].is_null() => rows.loan(&key).is_some(),
            (Call::Confirm(_), Some(4001)) => {
                self.awaited.borrow_mut().insert(key.clone(), true);
                rows.register(&key).is_some() && rows.log(&key).is_some()
            }
            (Call::Repay(period), Some(5001)) => rows
                .attempts(&key)
                .iter()
                .any(|(of, closed, open)| *of == i64::from(period) && (*open || *closed > 0)),
            (Call::LoanQuery, Some(7001)) => {
                rows.loan_status(&key).is_some_and(|at| [30, 40, 41].contains(&at))
            }
            (Call::LoanQuery, Some(7003)) => {
                rows.loan_status(&key).is_none_or(|at| at == 26 || at == 27)
                    && (rows.loan(&key).is_some() || matches!(rows.status(&key), Some(4 | 5)))
            }
            (Call::Audit, Some(6001)) => matches!(rows.status(&key), Some(12 | 1)),
            (Call::Audit, Some(6004)) => matches!(rows.status(&key), Some(4 | 5)),
            _ => true,
        };
        if !is_so {
            self.complain("answers", format!("{asked:?} of {key} was answered {said}, and it is not so"));
        }
        matches!((asked, said["status"].as_u64()), (Call::Bind(_), Some(3001 | 3004)))
    }
}
