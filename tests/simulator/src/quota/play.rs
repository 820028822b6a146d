//! How what happens happens.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use suites::gateway::Post;
use suites::quota::{
    CANCEL_ROUTE, CREDIT_MAN_CANCEL_ROUTE, CREDIT_MAN_QUERY_ROUTE, DEAD_LETTERS, QUERY_ROUTE, QUEUE, by,
};

use super::Quota;
use super::answers::Asked;
use super::draw::{Move, Wire};
use super::people::{PINS, SLOTS, business_id};

/// How much time a batch has.
const BATCH: Duration = Duration::from_secs(30);
/// How much time the expiry has.
const EXPIRY: Duration = Duration::from_mins(15);

impl Quota {
    pub(super) async fn play_one(&self, next: Move) {
        match next {
            Move::Grant(pin, slot, how) => {
                let message = self.sent.borrow_mut().grant(&self.dice, self.now(), (pin, slot), how);
                self.sources.tell(QUEUE, &message.to_string());
            }
            Move::Change(pin) => {
                let message = self.sent.borrow_mut().change(&self.dice, self.now(), pin);
                self.sources.tell(QUEUE, &message.to_string());
            }
            Move::Unreadable => {
                let text = self.sent.borrow_mut().unreadable(&self.dice);
                self.sources.tell(QUEUE, &text);
            }
            Move::Query(pin, page, wire) => self.query(PINS[pin], page, wire).await,
            Move::Cancel(pin, slot, wire, devices) => {
                join_all((0..devices).map(|_| self.cancel(PINS[pin], slot, wire))).await;
            }
            Move::Expire(runs, ago) => {
                join_all((0..runs).map(|_| self.expire(ago))).await;
            }
            Move::Relay => {
                self.lambda.run(&self.functions.relay, &json!({})).await;
            }
            Move::Take(batch) => {
                self.take(batch).await;
            }
            Move::Double => self.sources.double(QUEUE),
            Move::Shuffle => self.sources.shuffle(QUEUE),
            Move::Pass(seconds) => self.lambda.pass(Duration::from_secs(seconds)).await,
        }
    }

    /// Has a batch of the queue taken; whether there was one.
    pub(super) async fn take(&self, batch: usize) -> bool {
        self.lambda.take(&self.functions.credit_events, (QUEUE, DEAD_LETTERS), batch, BATCH).await
    }

    async fn expire(&self, ago: i64) {
        let time = self.now() - SignedDuration::from_secs(ago);
        self.latest_expiry.set(self.latest_expiry.get().max(time));
        let event = json!({"time": time.to_string(), "id": format!("run-{time}")});
        self.lambda.run_within(EXPIRY, &self.functions.temp_credit_expiry, &event).await;
    }

    async fn query(&self, pin: &'static str, page: (u32, u32), wire: Wire) {
        let mut body = json!({"page": page.0, "pageSize": page.1.to_string()});
        let asked = self.asked(pin);
        let (lambda, functions) = (&self.lambda, &self.functions);
        let got = match wire {
            Wire::Gateway => {
                let event = by(pin, body.to_string()).event(QUERY_ROUTE);
                lambda.respond(&functions.get_temp_quota, &event).await
            }
            Wire::CreditMan => {
                body["pin"] = json!(pin);
                let event = Post::signed(body.to_string()).event(CREDIT_MAN_QUERY_ROUTE);
                lambda.respond(&functions.query_temp_credit, &event).await
            }
        };
        if let Some(got) = got {
            self.judge_query(&asked, page, wire, &got);
        }
    }

    async fn cancel(&self, pin: &'static str, slot: usize, wire: Wire) {
        let mut body = json!({"businessType": SLOTS[slot], "businessId": business_id(slot)});
        let asked = self.asked(pin);
        let (lambda, functions) = (&self.lambda, &self.functions);
        let got = match wire {
            Wire::Gateway => {
                let event = by(pin, body.to_string()).event(CANCEL_ROUTE);
                lambda.respond(&functions.cancel_temp_quota, &event).await
            }
            Wire::CreditMan => {
                body["pin"] = json!(pin);
                let event = Post::signed(body.to_string()).event(CREDIT_MAN_CANCEL_ROUTE);
                lambda.respond(&functions.cancel_temp_credit, &event).await
            }
        };
        if let Some(got) = got {
            self.judge_cancel(&asked, slot, wire, &got);
        }
    }

    fn asked(&self, pin: &'static str) -> Asked {
        Asked { pin, invocation: self.lambda.upcoming(), at: self.now(), before: self.rows() }
    }
}
