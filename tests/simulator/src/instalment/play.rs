//! How what happens happens.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use suites::gateway::Post;
use suites::instalment::{DEAD_LETTERS, GET_STATUS, QUEUE, RENEW};
use suites::webview;

use super::Instalment;
use super::answers::Asked;
use super::draw::{Move, Telling};
use super::sent::CLIENTS;

/// How much time a batch has.
const BATCH: Duration = Duration::from_secs(30);

impl Instalment {
    pub(super) async fn play_one(&self, next: Move) {
        match next {
            Move::Tell(client, telling) => self.tell(CLIENTS[client], telling),
            Move::Status(client, devices) => {
                join_all((0..devices).map(|_| self.status(CLIENTS[client]))).await;
            }
            Move::Renew(client, devices) => {
                join_all((0..devices).map(|_| self.renew(CLIENTS[client]))).await;
            }
            Move::Open => self.open().await,
            Move::Lender(client, is_closed) => {
                let rows = self.rows();
                let newest = rows.contracts(CLIENTS[client]).last();
                if let Some(number) = newest.and_then(|row| row.number.as_ref()) {
                    self.lender.close(number, is_closed);
                }
            }
            Move::Relay => {
                self.lambda.run(&self.functions.relay, &json!({})).await;
            }
            Move::Take(batch) => {
                self.take(batch).await;
            }
            Move::Double => self.sources.double(QUEUE),
            Move::Shuffle => self.sources.shuffle(QUEUE),
            Move::Forget => {
                self.lambda.world.sweep_expired();
                self.read.replace(None);
            }
            Move::Pass(seconds) => self.lambda.pass(Duration::from_secs(seconds)).await,
        }
    }

    /// Has a batch of the queue taken; whether there was one.
    pub(super) async fn take(&self, batch: usize) -> bool {
        self.lambda.take(&self.functions.contract_events, (QUEUE, DEAD_LETTERS), batch, BATCH).await
    }

    fn tell(&self, client: &'static str, telling: Telling) {
        let (rows, now) = (self.rows(), self.now());
        let mut sent = self.sent.borrow_mut();
        let message = match telling {
            Telling::Next => Some(sent.next(&self.dice, now, client, rows.contracts(client)).to_string()),
            Telling::Any => Some(sent.any(&self.dice, now, client).to_string()),
            Telling::Again => sent.again(&self.dice, client).map(|message| message.to_string()),
            Telling::Unreadable => Some(sent.unreadable(&self.dice)),
        };
        if let Some(message) = message {
            self.sources.tell(QUEUE, &message);
        }
    }

    async fn status(&self, client: &'static str) {
        let asked = self.asked(client);
        let event = Post::by(client, GET_STATUS).event("/get_status");
        if let Some(got) = self.lambda.respond(&self.functions.get_status, &event).await {
            self.judge_status(&asked, &got);
        }
    }

    async fn renew(&self, client: &'static str) {
        let asked = self.asked(client);
        let event = Post::by(client, RENEW).event("/renew_contract");
        if let Some(got) = self.lambda.respond(&self.functions.renew_contract, &event).await {
            self.judge_renewal(&asked, &got);
        }
    }

    async fn open(&self) {
        let got = self.lambda.respond(&self.functions.webview, &webview::event("")).await;
        if let Some(got) = got.filter(|got| got.status != 200 || !got.body.contains("<html")) {
            self.complain("answers", format!("the page is {} {}", got.status, got.body));
        }
    }

    fn asked(&self, client: &'static str) -> Asked {
        Asked { client, invocation: self.lambda.upcoming(), before: self.rows() }
    }
}
