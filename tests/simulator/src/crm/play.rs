//! How what happens happens.

use std::time::Duration;

use serde_json::{Value, json};
use suites::crm::{CLIENT_EVENTS, INBOUND, OUTBOUND, SHARDS};

use super::Crm;
use super::bank::INHABITED;
use super::draw::{Move, Run};
use super::reference::{latest_run, next_run};
use crate::sources::dead;

/// How much time a batch has, and a work item (template.yaml).
const BATCH: Duration = Duration::from_secs(30);
const WORK: Duration = Duration::from_mins(2);
/// How much time a work item has of which only one page can be worked on: less than it wants to have for the next.
const SHORT: Duration = Duration::from_secs(9);
const DAY: Duration = Duration::from_hours(24);

impl Crm {
    pub(super) async fn play_one(&self, next: Move) {
        let world = &self.lambda.world;
        match next {
            Move::BankChanges(client) => self.bank.borrow_mut().changes(client, world.time().now()),
            Move::BankTells => {
                self.bank_tells();
            }
            Move::Scan(run) => {
                self.scan(run).await;
            }
            Move::Work(times) => {
                for _ in 0..times {
                    let time = if self.dice.happens(300) { SHORT } else { WORK };
                    if !self.work(time).await {
                        break;
                    }
                }
            }
            Move::Take(queue, batch) => {
                self.take(queue, batch).await;
            }
            Move::Relay => {
                self.lambda.run(&self.relay, &json!({})).await;
            }
            Move::InforTakes => self.infor_takes(),
            Move::InforSays => {
                self.infor_says();
            }
            Move::InforTalksNonsense => {
                let nonsense = self.infor.borrow_mut().talks_nonsense();
                self.infor_tells(&nonsense);
            }
            Move::Double(queue) => self.sources.double(queue),
            Move::Shuffle(queue) => self.sources.shuffle(queue),
            Move::Pass(seconds) => self.lambda.pass(Duration::from_secs(seconds)).await,
            Move::Night => self.night().await,
        }
    }

    /// Time passes to the next daily run.
    pub(super) async fn night(&self) {
        let now = self.lambda.world.time().now();
        self.lambda.pass(Duration::try_from(next_run(now).duration_since(now)).unwrap_or(DAY)).await;
    }

    /// Opens a run; whether that went well.
    pub(super) async fn scan(&self, run: Run) -> bool {
        let due = latest_run(self.lambda.world.time().now());
        let event = match run {
            Run::Due => json!({"time": due.to_string(), "id": "run"}),
            Run::DayBefore => json!({"time": (due - DAY).to_string(), "id": "run"}),
            Run::Clock => json!({}),
        };
        let is_open = self.lambda.run(&self.functions.infor_scan, &event).await;
        // A work item of a shard in which nobody is does nothing; most of a history would be spent with them. What is
        // being worked on comes once more by this.
        for item in self.lambda.world.drain(SHARDS) {
            let said: Value = serde_json::from_str(&item.body).unwrap_or_default();
            if said["shard"].as_u64().is_none_or(|shard| INHABITED.contains(&shard)) {
                self.lambda.world.send(SHARDS, &item.body, &[]);
            }
        }
        is_open
    }

    /// Takes a work item; whether there was one.
    pub(super) async fn work(&self, time: Duration) -> bool {
        self.lambda.take(&self.functions.infor_request, (SHARDS, &dead(SHARDS)), 1, time).await
    }

    /// Takes a batch of a queue; whether there was one.
    pub(super) async fn take(&self, queue: &'static str, batch: usize) -> bool {
        let (functions, dead_letters) = (&self.functions, dead(queue));
        let names = (queue, dead_letters.as_str());
        match queue {
            CLIENT_EVENTS => self.lambda.take(&functions.client_events, names, batch, BATCH).await,
            INBOUND => self.lambda.take(&functions.infor_inbound, names, batch, BATCH).await,
            other => panic!("no batches of {other}"),
        }
    }

    /// Takes everything that is visible; work items with so little time that they are continued.
    pub(super) async fn take_everything(&self) {
        for queue in [CLIENT_EVENTS, INBOUND] {
            while self.take(queue, 10).await {}
        }
        while self.work(SHORT).await {}
    }

    /// The bank tells something; whether there was something.
    pub(super) fn bank_tells(&self) -> bool {
        let held = {
            let mut bank = self.bank.borrow_mut();
            let any = self.dice.below(bank.held.len().max(1));
            (!bank.held.is_empty()).then(|| bank.held.swap_remove(any))
        };
        if let Some(text) = &held {
            self.sources.tell(CLIENT_EVENTS, text);
        }
        held.is_some()
    }

    /// `InforCRM` takes what lies in its queue, in any order.
    pub(super) fn infor_takes(&self) {
        let (world, mut infor) = (&self.lambda.world, self.infor.borrow_mut());
        let mut messages = world.drain(OUTBOUND);
        while !messages.is_empty() {
            let message = messages.swap_remove(self.dice.below(messages.len()));
            self.lambda.chaos.tell(format!("  InforCRM gets {}", message.body));
            if let Err(violation) = infor.take(&message, world.time().now()) {
                self.complaints.borrow_mut().push(violation);
            }
        }
    }

    fn infor_tells(&self, body: &str) {
        self.told_at.borrow_mut().entry(body.to_owned()).or_insert(self.lambda.world.time().now());
        self.sources.tell(INBOUND, body);
    }

    /// It says something; whether there was something.
    pub(super) fn infor_says(&self) -> bool {
        let said = self.infor.borrow_mut().says();
        if let Some(said) = &said {
            self.infor_tells(&said.body);
        }
        said.is_some()
    }
}
