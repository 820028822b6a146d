//! What Lambda is to the functions of a simulation: it invokes each with an id and a deadline, and may stop it anywhere.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use platform::Output;
use platform::http::Endpoint;
use platform::schedule::Job;
use platform::sqs::{Consumer, Queue, QueueUrls};
use serde_json::Value;
use serde_json::value::to_raw_value;
use suites::contract::problem_of;
use suites::gateway::Got;
use world::World;

use crate::chaos::Chaos;
use crate::context::{Violation, hold};
use crate::invocation::{Invocation, is_any_under_way};

/// How much time an HTTP function has.
const CALL: Duration = Duration::from_secs(29);
/// How much time a job has.
const JOB: Duration = Duration::from_secs(50);

/// Invokes functions in a world. Clones count the same invocations.
#[derive(Clone)]
pub struct Lambda {
    /// Everything outside.
    pub world: World,
    /// What goes wrong.
    pub chaos: Arc<Chaos>,
    output: Output,
    sqs: aws_sdk_sqs::Client,
    invocations: Rc<Cell<u64>>,
    undescribed: Rc<RefCell<Vec<String>>>,
}

impl Lambda {
    /// Over this world.
    #[must_use]
    pub fn new(world: World, chaos: Arc<Chaos>) -> Self {
        let sqs = suites::aws(&world).sqs();
        Self {
            world,
            chaos,
            output: Output::memory(),
            sqs,
            invocations: Rc::default(),
            undescribed: Rc::default(),
        }
    }

    /// Invokes an HTTP function; `None` if it was stopped.
    ///
    /// # Panics
    /// When the answer's headers are no text.
    pub async fn respond(&self, endpoint: &impl Endpoint, event: &Value) -> Option<Got> {
        let (number, id) = self.next();
        let (clock, raw) = (self.world.clock(), to_raw_value(event).expect("JSON"));
        let deadline = clock.now() + CALL;
        let answer = platform::http::respond(endpoint, &clock, &self.output, &id, deadline, &raw);
        let got = Invocation::new(number, answer).await.ok().map(|answer| Got::read(&answer));
        let problem = got.as_ref().and_then(|got| problem_of(event, got));
        self.undescribed.borrow_mut().extend(problem);
        let shown =
            got.as_ref().map_or_else(|| "stopped".to_owned(), |got| format!("{} {}", got.status, got.body));
        self.chaos.tell(format!("  {number} answers {shown}"));
        got
    }

    /// Runs a job's function; whether it ended without an error.
    ///
    /// # Panics
    /// Never: the event is JSON.
    pub async fn run(&self, job: &impl Job, event: &Value) -> bool {
        self.run_within(JOB, job, event).await
    }

    /// The same, of a job that has this much time.
    ///
    /// # Panics
    /// Never: the event is JSON.
    pub async fn run_within(&self, time: Duration, job: &impl Job, event: &Value) -> bool {
        let (number, id) = self.next();
        let (clock, event) = (self.world.clock(), to_raw_value(event).expect("JSON"));
        let deadline = clock.now() + time;
        let run = platform::schedule::run(job, &clock, &self.output, &id, deadline, &event);
        let ended = Invocation::new(number, run).await;
        self.chaos.tell(format!("  {number} ended {}", matches!(ended, Ok(Ok(())))));
        matches!(ended, Ok(Ok(())))
    }

    /// Has a batch of a queue taken; whether there was one.
    pub async fn take(
        &self,
        consumer: &impl Consumer,
        names: (&str, &str),
        batch: usize,
        time: Duration,
    ) -> bool {
        let (number, id) = self.next();
        let urls = QueueUrls { source: World::queue_url(names.0), dead_letters: World::queue_url(names.1) };
        let queue = Queue { client: self.sqs.clone(), urls };
        let clock = self.world.clock();
        let deadline = clock.now() + time;
        let mut took = false;
        let consume = async |event| {
            took = true;
            platform::sqs::handle(consumer, &queue, &clock, &self.output, &id, deadline, event).await
        };
        let ended = Invocation::new(number, self.world.deliver(names.0, batch, consume)).await;
        let counts = ended.map(|delivery| (delivery.handled.len(), delivery.failed.len()));
        self.chaos.tell(format!("  {number} took {counts:?} of {}", names.0));
        took
    }

    /// Lets time pass, once no function runs: what freezes one is a fault of another kind.
    pub async fn pass(&self, duration: Duration) {
        while is_any_under_way() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.world.pass(duration).await;
    }

    /// Every answer so far was one that docs/openapi.yaml describes.
    ///
    /// # Errors
    /// One was not.
    pub fn check(&self) -> Result<(), Violation> {
        let undescribed = self.undescribed.borrow();
        hold("described", undescribed.is_empty(), || undescribed.join("\n"))
    }

    /// How often a metric was counted in all.
    #[must_use]
    pub fn counted(&self, metric: &str) -> u64 {
        let of = |line: &str| serde_json::from_str::<Value>(line).unwrap_or_default()[metric].as_u64();
        self.output.text().lines().filter(|line| line.contains(metric)).filter_map(of).sum()
    }

    /// The number that the next invocation will have: what it calls is known by it.
    #[must_use]
    pub fn upcoming(&self) -> u64 {
        self.invocations.get() + 1
    }

    fn next(&self) -> (u64, String) {
        self.invocations.set(self.invocations.get() + 1);
        let number = self.invocations.get();
        (number, format!("invocation-{number}"))
    }
}
