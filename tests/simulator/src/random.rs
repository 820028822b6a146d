//! What is drawn from a seed.

use std::sync::{Arc, Mutex};

use crate::lock;

/// A sequence of numbers that is the same for the same seed (`SplitMix64`). Clones draw from the same sequence.
#[derive(Clone, Debug)]
pub struct Dice(Arc<Mutex<u64>>);

impl Dice {
    /// The sequence of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }

    /// The next number.
    #[must_use]
    pub fn next(&self) -> u64 {
        let mut state = lock(&self.0);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which must not be zero.
    #[must_use]
    pub fn below(&self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % limit).unwrap_or_default()
    }

    /// Whether something happens that happens so many times in a thousand.
    #[must_use]
    pub fn happens(&self, of_thousand: usize) -> bool {
        self.below(1000) < of_thousand
    }

    /// One of these, of which there must be one.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn one_of<'a, T>(&self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// One of these, each as often as its weight says.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn weighed<'a, T>(&self, all: &'a [(usize, T)]) -> &'a T {
        let mut drawn = self.below(all.iter().map(|(weight, _)| weight).sum());
        for (weight, one) in all {
            if drawn < *weight {
                return one;
            }
            drawn -= weight;
        }
        panic!("nothing to choose from")
    }
}
