//! Reads JSON for its syntax alone. `serde_json` limits the depth of what it builds, not of what it skips;
//! visiting every value holds the limit of 128 everywhere, without building anything.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Checks that `text` is one JSON value that nests at most 128 deep.
pub(super) fn check(text: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<Anything>(text).map(|Anything| ())
}

struct Anything;

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Anything {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    #[expect(clippy::disallowed_types, reason = "the trait's signature; the number is not looked at")]
    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self, A::Error> {
        while let Some(Self) = sequence.next_element()? {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while let Some((Self, Self)) = map.next_entry()? {}
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_value_may_nest_127_deep_and_not_128() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(check(&nested(126)).is_ok());
        assert!(check(&nested(128)).is_err());
        assert!(check(&nested(100_000)).is_err());
    }

    #[test]
    fn every_kind_of_json_value_passes_and_what_follows_it_does_not() {
        for text in ["null", "true", "-1", "18446744073709551615", "1.5e3", "\"x\"", "[1,[]]", "{\"a\":{}}"] {
            assert!(check(text).is_ok(), "{text}");
        }
        for text in ["", "{", "{} x", "{\"a\":}", "NaN", "'a'"] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
