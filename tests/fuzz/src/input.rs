//! How a target takes its input apart.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use platform::{Clock, Scope};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::runtime::{Builder, Runtime};

/// The letters that an input may begin with: `a` chooses the first of several readers, `b` the second. Any other byte
/// chooses one, too.
const FIRST: u8 = b'a';

/// One of several, and what is left of the input.
pub(crate) fn chosen<'a, T>(of: &'static [T], data: &'a [u8]) -> Option<(&'static T, &'a [u8])> {
    let (first, rest) = data.split_first()?;
    let place = usize::from(first.wrapping_sub(FIRST)) % of.len();
    Some((of.get(place)?, rest))
}

/// The same where what is left is a text.
pub(crate) fn chosen_text<'a, T>(of: &'static [T], data: &'a [u8]) -> Option<(&'static T, &'a str)> {
    let (one, rest) = chosen(of, data)?;
    Some((one, text(rest)?))
}

/// An input that is a text.
pub(crate) fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// Whether a text is one JSON object, of at most as many levels as we read, whatever numbers stand in it.
pub(crate) fn is_object(text: &str) -> bool {
    platform::json::object::<serde::de::IgnoredAny>(text.as_bytes()).is_ok()
}

/// A text that is one JSON object. `None` also for one with a number that no float is near.
pub(crate) fn object(text: &str) -> Option<Value> {
    platform::json::object(text.as_bytes()).ok()
}

/// A scalar member of a JSON object as it is written there, a text without its quotes. What is no UTF-8 elsewhere does not
/// matter: nobody reads it.
pub(crate) fn written(object: &[u8], name: &str) -> Option<String> {
    let mut members: BTreeMap<String, Box<RawValue>> =
        platform::json::object(String::from_utf8_lossy(object).as_bytes()).ok()?;
    let raw = members.remove(name)?;
    Some(serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned()))
}

/// An input that chooses the reader at `place` and says `rest`.
pub(crate) fn seed(place: u8, rest: impl AsRef<[u8]>) -> Vec<u8> {
    [&[FIRST + place], rest.as_ref()].concat()
}

/// A text with one byte changed, if it is a text still; which byte, and how, follows from the text.
pub(crate) fn spoilt(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let sum = bytes.iter().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let place = sum.checked_rem(bytes.len())?;
    *bytes.get_mut(place)? ^= 1;
    String::from_utf8(bytes).ok()
}

/// Runs a future on a paused clock.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
    }
    RUNTIME.with_borrow_mut(|runtime| {
        let fresh =
            || Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
        runtime.get_or_insert_with(fresh).block_on(future)
    })
}

/// The scope of an operation that has half a minute.
pub(crate) fn scope(clock: &Clock) -> Scope {
    let deadline = clock.now().saturating_add(std::time::Duration::from_secs(30)).unwrap_or(Timestamp::MAX);
    Scope::new("request-1".to_owned(), "correlation-1".to_owned(), deadline, clock.clone())
}
