//! Lambda's Runtime API: hands one process its events and takes its answers.

use std::{
    net::SocketAddr,
    sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail};

use super::http::{self, Reply, Request};

const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// Longer than Python takes to start with a fourteenth of a processor.
const PATIENCE: Duration = Duration::from_mins(2);
/// What Lambda would leave an invocation.
const TIME_LEFT: Duration = Duration::from_secs(29);

/// The server. One process at a time speaks to it.
pub(super) struct RuntimeApi {
    /// Where it listens.
    pub(super) address: SocketAddr,
    arrivals: Receiver<Arrival>,
}

struct Arrival {
    request: Request,
    at: Instant,
    reply: SyncSender<Reply>,
}

/// A process that waits for its next event.
pub(super) struct Waiting {
    /// Since when.
    pub(super) since: Instant,
    reply: SyncSender<Reply>,
}

/// What a process answered to an event.
pub(super) struct Answered {
    /// The answer's body.
    pub(super) body: Vec<u8>,
    /// From handing out the event to the answer's arrival.
    pub(super) wall: Duration,
    /// The process, waiting again.
    pub(super) waiting: Waiting,
}

impl RuntimeApi {
    /// Starts the server.
    pub(super) fn start() -> Result<Self> {
        let (sender, arrivals) = mpsc::channel();
        let answer = move |request| {
            let (reply, replied) = mpsc::sync_channel(1);
            sender.send(Arrival { request, at: Instant::now(), reply }).ok()?;
            replied.recv().ok()
        };
        Ok(Self { address: http::serve("127.0.0.1", Ok, answer)?, arrivals })
    }

    /// Waits until the process, which `lives` tells of, asks for its first event.
    pub(super) fn first(&self, lives: &mut dyn FnMut() -> bool) -> Result<Waiting> {
        let arrival = self.arrival(lives)?;
        if !arrival.request.path.ends_with("/next") {
            bail!("it did not start: {}", String::from_utf8_lossy(&arrival.request.body));
        }
        Ok(Waiting { since: arrival.at, reply: arrival.reply })
    }

    /// Hands `event` to the waiting process, and waits until it has answered and waits again.
    pub(super) fn invoke(
        &self,
        waiting: Waiting,
        event: &[u8],
        lives: &mut dyn FnMut() -> bool,
    ) -> Result<Answered> {
        let Waiting { reply, .. } = waiting;
        let handed_out = Instant::now();
        reply.send(next(event)?).ok().context("the process has gone away")?;
        let answer = self.arrival(lives)?;
        let body = answer.request.body;
        if !answer.request.path.ends_with("/response") {
            bail!("it failed: {}", String::from_utf8_lossy(&body));
        }
        let accepted = Reply { status: 202, headers: Vec::new(), body: Vec::new() };
        answer.reply.send(accepted).ok().context("the process has gone away")?;
        Ok(Answered { body, wall: answer.at - handed_out, waiting: self.first(lives)? })
    }

    fn arrival(&self, lives: &mut dyn FnMut() -> bool) -> Result<Arrival> {
        let begun = Instant::now();
        loop {
            match self.arrivals.recv_timeout(POLL_INTERVAL) {
                Ok(arrival) => return Ok(arrival),
                Err(RecvTimeoutError::Timeout) if !lives() => bail!("it ended"),
                Err(RecvTimeoutError::Timeout) if begun.elapsed() < PATIENCE => {}
                Err(RecvTimeoutError::Timeout) => bail!("it was silent for {PATIENCE:?}"),
                Err(RecvTimeoutError::Disconnected) => bail!("the Runtime API has ended"),
            }
        }
    }
}

/// The answer to `GET …/next`.
fn next(event: &[u8]) -> Result<Reply> {
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH)? + TIME_LEFT;
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:bench".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0".to_owned(),
        ),
    ];
    Ok(Reply { status: 200, headers, body: event.to_vec() })
}
