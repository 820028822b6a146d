//! Masking by type (design §8): what is wrapped here cannot be printed by accident.

use std::fmt;

/// A name, id, phone, card or document number. Its `Debug` and `Display` print `***`; the value itself is
/// only had through [`Masked::into_inner`], which a reviewer can search for.
#[derive(Clone, PartialEq, Eq)]
pub struct Masked<T>(T);

impl<T> Masked<T> {
    /// Wraps `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the place that truly needs it: a key, a partner's request, never a log.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Masked<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl<T> fmt::Display for Masked<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Masked;

    #[test]
    fn a_masked_value_prints_as_stars_wherever_it_is_nested() {
        let masked = Some(Masked::new("4111-1111"));
        assert_eq!(format!("{masked:?}"), "Some(***)");
        assert_eq!(format!("{}", Masked::new(77)), "***");
    }
}
