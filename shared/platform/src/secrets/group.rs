use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::ProvideErrorMetadata;
use jiff::Timestamp;
use tokio::runtime::Handle;
use tracing::{Instrument, Span, warn};

use super::SecretError;
use super::slot::Learns;
use crate::Clock;
use crate::dynamodb::deepest;
use crate::random::Random;

/// How old secrets become before they are read again: five minutes, a fifth less or more.
const YOUNGEST: Duration = Duration::from_mins(4);
const SPREAD_MS: u32 = 120_000;
/// How often a bad signature may have them read again: whoever sends bad signatures must not choose our calls.
const FORCED_APART: Duration = Duration::from_mins(1);
const UNCHANGED: &str = "the secret stays as it was";

/// The secrets of a function, which are read together.
pub(super) struct Group {
    client: Client,
    clock: Clock,
    random: Random,
    names: Vec<String>,
    slots: Mutex<Vec<Arc<dyn Learns>>>,
    times: Mutex<Times>,
    turn: tokio::sync::Mutex<()>,
}

struct Times {
    old_at: Timestamp,
    forced_at: Option<Timestamp>,
}

impl Group {
    pub(super) fn new(client: Client, clock: Clock, random: Random, names: &[&str]) -> Self {
        let times = Times { old_at: clock.now() + age(&random), forced_at: None };
        Self {
            client,
            clock,
            random,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            slots: Mutex::default(),
            times: Mutex::new(times),
            turn: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn join(&self, slot: Arc<dyn Learns>) {
        locked(&self.slots).push(slot);
    }

    /// Reads every parameter, in one call; those that do not exist are absent.
    pub(super) async fn fetch(&self) -> Result<BTreeMap<String, String>, SecretError> {
        let call = self.client.get_parameters().set_names(Some(self.names.clone())).with_decryption(true);
        // The SDK's own rendering of an error may quote the answer.
        let output = call.send().await.map_err(|error| SecretError::Call {
            parameters: self.names.join(", "),
            code: error.code().unwrap_or("-").to_owned(),
            message: error.message().map_or_else(|| deepest(&error), str::to_owned),
        })?;
        let parameters = output.parameters.unwrap_or_default().into_iter();
        Ok(parameters.filter_map(|parameter| Some((parameter.name?, parameter.value?))).collect())
    }

    /// Has the secrets read again in the background if they are old; whoever finds them so next need not.
    pub(super) fn refresh_if_old(group: &Arc<Self>) {
        let now = group.clock.now();
        {
            let mut times = locked(&group.times);
            if now < times.old_at {
                return;
            }
            times.old_at = now + age(&group.random);
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let group = Arc::clone(group);
        let refresh = async move {
            let _turn = group.turn.lock().await;
            group.refresh().await;
        };
        runtime.spawn(refresh.instrument(Span::current()));
    }

    /// Reads the secrets again, unless a bad signature had them read less than a minute ago. Who comes while that is
    /// under way waits for it.
    pub(super) async fn refresh_now(&self) {
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        {
            let mut times = locked(&self.times);
            let last = times.forced_at;
            if last.is_some_and(|last| now.duration_since(last).unsigned_abs() < FORCED_APART) {
                return;
            }
            times.forced_at = Some(now);
        }
        self.refresh().await;
    }

    async fn refresh(&self) {
        let texts = match self.fetch().await {
            Ok(texts) => texts,
            Err(failure) => return warn!(%failure, "{UNCHANGED}"),
        };
        for slot in locked(&self.slots).iter() {
            let parameter = slot.name();
            let learnt = match texts.get(parameter) {
                Some(text) => slot.learn(text),
                None => Err("does not exist".to_owned()),
            };
            if let Err(problem) = learnt {
                warn!(parameter, problem, "{UNCHANGED}");
            }
        }
    }
}

/// Drawn, so that the processes of a busy minute do not all ask in the same second.
fn age(random: &Random) -> Duration {
    let mut bytes = [0; 4];
    // Without randomness they ask together: no reason not to ask.
    let spread_ms = match random.fill(&mut bytes) {
        Ok(()) => u32::from_be_bytes(bytes) % (SPREAD_MS + 1),
        Err(_) => SPREAD_MS / 2,
    };
    YOUNGEST + Duration::from_millis(u64::from(spread_ms))
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
