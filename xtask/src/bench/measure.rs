//! The measuring itself: rounds of starts, every subject once in each, so that whatever else the machine does
//! meets all of them alike.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, bail};

use super::{
    figures::{Cost, Memory, Start},
    process::Process,
    runtime_api::{RuntimeApi, Waiting},
    stand_ins::StandIns,
    subject::{self, Subject},
    throttle::{Group, Speed},
};

/// Calls before the warm ones are counted.
const WARM_UP_CALLS: u32 = 30;
/// After how many calls the memory is looked at, and how many more it may not grow by.
const MEMORY_CALLS: u32 = 1_000;

/// Where subjects run.
pub(super) struct Bench {
    /// Their Runtime API.
    pub(super) runtime_api: RuntimeApi,
    /// Their services.
    pub(super) stand_ins: StandIns,
    /// The file for what they print.
    pub(super) output: PathBuf,
}

/// How much is measured of each subject.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rounds {
    /// How often it is started.
    pub(super) starts: u32,
    /// How many warm calls of a start are counted.
    pub(super) warm_calls: u32,
    /// How fast the machine is.
    pub(super) speed: Speed,
}

/// One start and one event of a subject.
pub(super) struct Once {
    /// What it asks of its services before the event.
    pub(super) init: Vec<String>,
    /// What it asks of them for the event.
    pub(super) calls: Vec<String>,
    /// What it answers.
    pub(super) answer: serde_json::Value,
}

/// A subject that runs.
struct Run<'a> {
    bench: &'a Bench,
    subject: &'a Subject,
    process: Process,
    waiting: Option<Waiting>,
    // Removed after its process has ended.
    _throttle: Option<Group>,
}

impl Bench {
    /// The starts of every subject, in the order of the subjects.
    pub(super) fn starts(&self, subjects: &[Subject], rounds: Rounds) -> Result<Vec<Vec<Start>>> {
        let mut starts = vec![Vec::new(); subjects.len()];
        for _ in 0..rounds.starts {
            for (subject, starts) in subjects.iter().zip(&mut starts) {
                // Uncounted: whoever came before, Python with its many pages above all, each is measured after itself.
                self.run(subject, rounds.speed, |run| run.call().map(drop))?;
                starts.push(self.run(subject, rounds.speed, |run| run.start(rounds.warm_calls))?);
            }
        }
        Ok(starts)
    }

    /// A subject's memory.
    pub(super) fn memory(&self, subject: &Subject) -> Result<Memory> {
        self.run(subject, Speed::Full, |run| {
            run.calls(MEMORY_CALLS)?;
            let resident_bytes = run.process.resident_bytes()?;
            run.calls(MEMORY_CALLS)?;
            let growth_bytes = run.process.resident_bytes()?.saturating_sub(resident_bytes);
            Ok(Memory { resident_bytes, growth_bytes })
        })
    }

    /// What a subject asks and answers, from its start to the end of its first event. What is asked at once is sorted:
    /// its order is chance.
    pub(super) fn once(&self, subject: &Subject) -> Result<Once> {
        self.stand_ins.take_calls();
        self.run(subject, Speed::Full, |run| {
            let mut init = self.stand_ins.take_calls();
            let (answer, _wall) = run.call()?;
            let mut calls = self.stand_ins.take_calls();
            if subject.job.asks_at_once {
                init.sort_unstable();
                calls.sort_unstable();
            }
            Ok(Once { init, calls, answer: subject.accepted(&answer)? })
        })
    }

    fn run<T>(
        &self,
        subject: &Subject,
        speed: Speed,
        work: impl FnOnce(&mut Run<'_>) -> Result<T>,
    ) -> Result<T> {
        let throttle = Group::of(speed);
        let process = Process::start(&subject.program, &self.output, throttle.as_ref())?;
        let mut run = Run { bench: self, subject, process, waiting: None, _throttle: throttle };
        let outcome = run.begin().and_then(|()| work(&mut run));
        let Run { process, .. } = run;
        let output = process.stop();
        outcome.with_context(|| {
            format!("{} ({}) failed; it printed:\n{output}", subject.job.name, subject.variant)
        })
    }
}

impl Once {
    /// What another subject does otherwise, if anything.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let (ours, theirs) = (subject::said(&self.answer), subject::said(&other.answer));
        if self.init != other.init {
            Some(format!("before it {:?} and {:?}", self.init, other.init))
        } else if self.calls != other.calls {
            Some(format!("for it {:?} and {:?}", self.calls, other.calls))
        } else if ours != theirs {
            Some(format!("the answers {ours} and {theirs}"))
        } else {
            None
        }
    }
}

impl Run<'_> {
    fn begin(&mut self) -> Result<()> {
        let process = &mut self.process;
        self.waiting = Some(self.bench.runtime_api.first(&mut || process.lives())?);
        Ok(())
    }

    fn call(&mut self) -> Result<(Vec<u8>, Duration)> {
        let Some(waiting) = self.waiting.take() else { bail!("the process does not wait for an event") };
        let process = &mut self.process;
        let answered =
            self.bench.runtime_api.invoke(waiting, &self.subject.event, &mut || process.lives())?;
        self.waiting = Some(answered.waiting);
        Ok((answered.body, answered.wall))
    }

    fn calls(&mut self, count: u32) -> Result<Duration> {
        let mut wall = Duration::ZERO;
        for _ in 0..count {
            wall += self.call()?.1;
        }
        Ok(wall)
    }

    /// Measures a process that has just come up.
    fn start(&mut self, warm_calls: u32) -> Result<Start> {
        let waits_since = self.waiting.as_ref().map(|waiting| waiting.since);
        let waits_since = waits_since.context("the process does not wait for an event")?;
        let init = Cost { cpu: self.process.cpu()?, wall: waits_since - self.process.begun };
        let (answer, wall) = self.call()?;
        let first = Cost { cpu: self.process.cpu()?.saturating_sub(init.cpu), wall };
        self.subject.accepted(&answer)?;
        self.calls(WARM_UP_CALLS)?;
        let before = self.process.cpu()?;
        let wall = self.calls(warm_calls)?;
        let cpu = self.process.cpu()?.saturating_sub(before);
        Ok(Start { init, first, warm: Cost { cpu: cpu / warm_calls, wall: wall / warm_calls } })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Once;

    fn once(init: &str, call: &str, body: &str) -> Once {
        let answer = json!({"statusCode": 200, "body": body});
        Once { init: vec![init.to_owned()], calls: vec![call.to_owned()], answer }
    }

    #[test]
    fn peers_do_the_same_before_the_event_for_it_and_in_their_answer() {
        let function = once("GetItem a", "Query b", r#"{"amount":500.0000}"#);
        let difference = |init, call, body| function.difference(&once(init, call, body)).unwrap_or_default();
        assert_eq!(difference("GetItem a", "Query b", r#"{ "amount": 500.0 }"#), "");
        assert!(difference("GetItem b", "Query b", "{}").starts_with("before it"));
        assert!(difference("GetItem a", "Query b due", "{}").starts_with("for it"));
        assert!(difference("GetItem a", "Query b", "{}").starts_with("the answers"));
    }
}
