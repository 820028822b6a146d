use std::sync::{Arc, Mutex, PoisonError};

use ring::digest;

use super::FromSecret;

/// One secret's place: its value, replaced when the parameter's text is another.
pub(super) struct Slot<T> {
    name: String,
    known: Mutex<Known<T>>,
}

struct Known<T> {
    text: digest::Digest,
    value: Arc<T>,
}

/// A slot of whatever type.
pub(super) trait Learns: Send + Sync {
    /// The parameter's name.
    fn name(&self) -> &str;

    /// Takes a text that was read. What does not parse leaves the old value.
    fn learn(&self, text: &str) -> Result<(), String>;
}

impl<T> Slot<T> {
    pub(super) fn new(name: String, text: &str, value: T) -> Self {
        let known = Known { text: digest_of(text), value: Arc::new(value) };
        Self { name, known: Mutex::new(known) }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn value(&self) -> Arc<T> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner).value)
    }
}

impl<T: FromSecret + Send + Sync> Learns for Slot<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn learn(&self, text: &str) -> Result<(), String> {
        let digest = digest_of(text);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.text.as_ref() != digest.as_ref() {
            let value = Arc::new(T::from_secret(text)?);
            *known = Known { text: digest, value };
        }
        Ok(())
    }
}

/// What tells an unchanged text without keeping it.
fn digest_of(text: &str) -> digest::Digest {
    digest::digest(&digest::SHA256, text.as_bytes())
}
