//! Configuration: variables of every type, and the JSON of every secret. What is refused is told without what is secret.

use std::time::Duration;

use jiff::Timestamp;
use lease::ant::AntSecret;
use marketplace::channel::ChannelConfig;
use marketplace::digest::DigestKey;
use platform::config::{FromVariable, Stage};
use platform::logs::LogLevel;
use platform::partner::BaseUrl;
use platform::seal::SealingKeys;
use platform::secrets::FromSecret;
use platform::session::Jwks;
use platform::sqs::Waits;
use serde_json::Value;
use suites::marketplace::channels::{AES, PLAIN, parameter};

use crate::Target;
use crate::input::{chosen_text, seed};

pub(super) const TARGET: Target = Target { name: "configuration", hold, seeds };

/// No text of a secret that is as long as this may stand in an error.
const TELLING: usize = 12;

const READERS: [fn(&str); 5] =
    [variables, secret::<SealingKeys>, secret::<AntSecret>, secret::<ChannelConfig>, secret::<DigestKey>];

fn hold(data: &[u8]) {
    if let Some((read, text)) = chosen_text(&READERS, data) {
        read(text);
    }
}

fn variables(text: &str) {
    if let Ok(time) = Duration::from_variable(text) {
        assert!((1..=900_000).contains(&time.as_millis()));
        assert_eq!(Duration::from_variable(&time.as_millis().to_string()), Ok(time));
    }
    if let Ok(number) = u16::from_variable(text) {
        assert_eq!(u16::from_variable(&number.to_string()), Ok(number));
    }
    if let Ok(flag) = bool::from_variable(text) {
        assert_eq!(flag.to_string(), text);
    }
    if let Ok(waits) = Waits::from_variable(text) {
        assert!(waits.next(Duration::ZERO).is_some_and(|wait| wait >= Duration::from_secs(1)));
        assert_eq!(waits.next(Duration::MAX), None, "waiting ends");
    }
    let _ = (Stage::from_variable(text), LogLevel::from_variable(text), Timestamp::from_variable(text));
    let _ = (Jwks::from_variable(text), BaseUrl::from_variable(text));
}

fn secret<T: FromSecret>(text: &str) {
    let Err(problem) = T::from_secret(text) else { return };
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    for told in texts(&value).iter().filter(|told| told.trim().len() >= TELLING) {
        // Words of an error may stand in a secret, too; what is quoted would change with it.
        let other = text.replace(told.as_str(), &"z".repeat(told.len()));
        let is_quoted = || T::from_secret(&other).err().is_none_or(|without| without != problem);
        assert!(!problem.contains(told.as_str()) || !is_quoted(), "{problem}");
    }
}

/// Every text in a value; of an object the members' values alone.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let keys = r#"{"keys":[{"id":"2025-01","key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}"#;
    let ant = r#"{"keys":[{"access_key_id":"AK","access_key_secret":"secret-of-ant"}],"encryption_public_key":"no PEM"}"#;
    let mut seeds = vec![seed(1, keys), seed(2, ant), seed(4, keys), seed(0, suites::session::jwks())];
    seeds.extend([PLAIN, AES].map(|channel| seed(3, parameter(channel).to_string())));
    seeds.extend(
        ["60,300", "true", "8000", "2026-01-02T03:04:05Z", "https://mkk.example/api"]
            .map(|text| seed(0, text)),
    );
    seeds
}
