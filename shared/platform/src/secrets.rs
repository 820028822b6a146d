//! Secrets by reference (design §7): JSON `SecureString`s of SSM's Parameter Store. All that a function has are read in
//! one call during init, and again, in one call, beside a use that finds them old; the old values serve meanwhile.

mod group;
mod slot;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ssm::Client;
use tracing::Instrument as _;

use crate::random::Random;
use crate::{Clock, Scope};
use group::Group;
use slot::Slot;

/// What an answer still needs of the invocation's time when a refresh for it has come back.
const ANSWER_MARGIN: Duration = Duration::from_secs(1);
/// How long a caller may be kept waiting for a refresh.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// A type that a secret's JSON is read into.
pub trait FromSecret: Sized {
    /// Reads the secret's text.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence that begins with the parameter's name; never the value itself.
    fn from_secret(json: &str) -> Result<Self, String>;
}

/// Why a function did not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The parameter does not exist.
    #[error("secrets: there is no parameter {0}: put it with `cargo xtask secrets put`")]
    Missing(String),
    /// Its value is not what the function takes.
    #[error("secrets: parameter {parameter} {problem}")]
    Unreadable {
        /// The parameter's name.
        parameter: String,
        /// What is wrong with its value.
        problem: String,
    },
    /// SSM did not answer, or refused the call.
    #[error("secrets: GetParameters of {parameters}: {code}: {message}")]
    Call {
        /// The names that were asked for.
        parameters: String,
        /// SSM's error code; `-` when there was no answer.
        code: String,
        /// SSM's message, or what kept the call from an answer.
        message: String,
    },
}

/// A function's secrets as they were read during init; each is given out once its type is named.
pub struct Secrets {
    texts: BTreeMap<String, String>,
    group: Arc<Group>,
}

/// One secret, parsed. Clones share the value.
pub struct Secret<T> {
    slot: Arc<Slot<T>>,
    group: Arc<Group>,
}

impl Secrets {
    /// Reads these parameters (at most ten) in one call. `clock` measures their age, `random` spreads the refreshes of
    /// many processes.
    ///
    /// # Errors
    /// SSM does not answer, or one of them does not exist.
    pub async fn load(
        client: Client,
        clock: Clock,
        random: Random,
        names: &[&str],
    ) -> Result<Self, SecretError> {
        let group = Group::new(client, clock, random, names);
        let texts = group.fetch().await?;
        match names.iter().find(|name| !texts.contains_key(**name)) {
            Some(missing) => Err(SecretError::Missing((*missing).to_owned())),
            None => Ok(Self { texts, group: Arc::new(group) }),
        }
    }

    /// Parses one of them.
    ///
    /// # Errors
    /// It was not loaded, or is not what `T` takes.
    pub fn secret<T>(&self, name: &str) -> Result<Secret<T>, SecretError>
    where
        T: FromSecret + Send + Sync + 'static,
    {
        let text = self.texts.get(name).ok_or_else(|| SecretError::Missing(name.to_owned()))?;
        let value = T::from_secret(text)
            .map_err(|problem| SecretError::Unreadable { parameter: name.to_owned(), problem })?;
        let slot = Arc::new(Slot::new(name.to_owned(), text, value));
        self.group.join(slot.clone());
        Ok(Secret { slot, group: Arc::clone(&self.group) })
    }
}

impl<T> Secret<T> {
    /// The value as it is known, at once. If it is old, all of the function's secrets are read again in the background.
    #[must_use]
    pub fn current(&self) -> Arc<T> {
        Group::refresh_if_old(&self.group);
        self.slot.value()
    }

    /// Reads the secrets again because a signature did not fit, at most once a minute, and waits for it, 2 s at most.
    /// Tells whether this one is another now.
    pub async fn refresh_after_bad_signature(&self, scope: &Scope) -> bool {
        let known = self.slot.value();
        let wait = scope.remaining().saturating_sub(ANSWER_MARGIN).min(LONGEST_WAIT);
        // Without an answer in time it goes on, and the next use has what comes of it.
        let group = Arc::clone(&self.group);
        let refreshing = tokio::spawn(async move { group.refresh_now().await }.in_current_span());
        let _ = tokio::time::timeout(wait, refreshing).await;
        !Arc::ptr_eq(&known, &self.slot.value())
    }
}

impl<T> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self { slot: Arc::clone(&self.slot), group: Arc::clone(&self.group) }
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Secret({})", self.slot.name())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Secrets").field(&self.texts.keys()).finish()
    }
}
