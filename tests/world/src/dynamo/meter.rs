//! Request units, counted in exact halves.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

/// A number of request units: an eventually consistent read of 4 KB costs half a unit, so halves are what
/// is counted.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Units {
    halves: u64,
}

impl Units {
    /// So many whole units.
    #[must_use]
    pub const fn whole(units: u64) -> Self {
        Self { halves: 2 * units }
    }

    /// So many half units.
    #[must_use]
    pub const fn halves(halves: u64) -> Self {
        Self { halves }
    }

    /// How many half units these are.
    #[must_use]
    pub const fn in_halves(self) -> u64 {
        self.halves
    }

    /// Reads a number of units as the wire has it: `2`, `2.0` or `0.5`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let half = match fraction {
            "0" => 0,
            "5" => 1,
            _ => return None,
        };
        Some(Self { halves: 2 * whole.parse::<u64>().ok()? + half })
    }
}

impl fmt::Display for Units {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = if self.halves % 2 == 1 { ".5" } else { "" };
        write!(formatter, "{}{fraction}", self.halves / 2)
    }
}

impl fmt::Debug for Units {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Add for Units {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { halves: self.halves + other.halves }
    }
}

impl AddAssign for Units {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Units {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { halves: self.halves - other.halves }
    }
}

impl Sum for Units {
    fn sum<I: Iterator<Item = Self>>(units: I) -> Self {
        units.fold(Self::default(), Add::add)
    }
}

/// What was spent, by table and operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spent(BTreeMap<(String, String), ReadsAndWrites>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct ReadsAndWrites {
    reads: Units,
    writes: Units,
}

impl Spent {
    /// The read units.
    #[must_use]
    pub fn reads(&self) -> Units {
        self.0.values().map(|spent| spent.reads).sum()
    }

    /// The write units, those of indexes included.
    #[must_use]
    pub fn writes(&self) -> Units {
        self.0.values().map(|spent| spent.writes).sum()
    }

    /// The share of one table.
    #[must_use]
    pub fn on(&self, table: &str) -> Self {
        self.only(|on, _| on == table)
    }

    /// The share of one operation.
    #[must_use]
    pub fn by(&self, operation: &str) -> Self {
        self.only(|_, by| by == operation)
    }

    fn only(&self, wanted: impl Fn(&str, &str) -> bool) -> Self {
        let shares = self.0.iter().filter(|((on, by), _)| wanted(on, by));
        Self(shares.map(|(key, spent)| (key.clone(), *spent)).collect())
    }

    pub(super) fn charge(&mut self, table: &str, operation: &str, reads: Units, writes: Units) {
        let spent = self.0.entry((table.to_owned(), operation.to_owned())).or_default();
        spent.reads += reads;
        spent.writes += writes;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for ((table, operation), spent) in &other.0 {
            self.charge(table, operation, spent.reads, spent.writes);
        }
    }

    /// What was spent since an earlier reading of the same meter.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let mut spent = self.0.clone();
        for (key, before) in &earlier.0 {
            let Some(now) = spent.get_mut(key) else { continue };
            now.reads = now.reads - before.reads;
            now.writes = now.writes - before.writes;
        }
        spent.retain(|_, spent| *spent != ReadsAndWrites::default());
        Self(spent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_written_in_halves() {
        for (text, units) in [("1.0", Units::whole(1)), ("0.5", Units::halves(1)), ("12", Units::whole(12))] {
            assert_eq!(Units::parse(text), Some(units));
        }
        assert_eq!(Units::parse("0.25"), None);
        assert_eq!(Units::halves(3).to_string(), "1.5");
        assert_eq!(Units::whole(3).to_string(), "3");
    }
}
