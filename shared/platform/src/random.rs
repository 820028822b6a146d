//! The one source of randomness (docs/ARCHITECTURE.md, Invariants): nonces, keys and paddings. Stamps and ids are
//! derived instead ([`Scope::stamp`](crate::Scope::stamp)).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};

/// Gives random bytes: the machine's, or a repeatable sequence for tests. Clones draw from the same source.
#[derive(Clone, Debug)]
pub struct Random(Source);

#[derive(Clone, Debug)]
enum Source {
    System(SystemRandom),
    Seeded { seed: u64, drawn: Arc<AtomicU64> },
}

/// The machine gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no random bytes")]
pub struct RandomError;

impl Random {
    /// The machine's randomness.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's randomness")]
    pub fn system() -> Self {
        Self(Source::System(SystemRandom::new()))
    }

    /// A sequence that is the same for the same seed: for tests, where a run must repeat itself, and for nothing else.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded { seed, drawn: Arc::default() })
    }

    /// Fills `bytes`.
    ///
    /// # Errors
    /// The machine has none to give; `bytes` may be anything then.
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        match &self.0 {
            Source::System(system) => system.fill(bytes).map_err(|_| RandomError),
            Source::Seeded { seed, drawn } => {
                for chunk in bytes.chunks_mut(digest::SHA256_OUTPUT_LEN) {
                    let turn = drawn.fetch_add(1, Ordering::Relaxed);
                    let block =
                        digest::digest(&digest::SHA256, &[seed.to_be_bytes(), turn.to_be_bytes()].concat());
                    for (byte, drawn) in chunk.iter_mut().zip(block.as_ref()) {
                        *byte = *drawn;
                    }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    fn drawn(random: &Random, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        assert_eq!(random.fill(&mut bytes), Ok(()));
        bytes
    }

    #[test]
    fn the_same_seed_gives_the_same_sequence_and_another_seed_another_one() {
        let [first, same, other] = [1, 1, 2].map(Random::seeded);
        let sequence = |random| [drawn(random, 100), drawn(random, 12)];
        assert_eq!(sequence(&first), sequence(&same));
        assert_ne!(sequence(&Random::seeded(1)), sequence(&other));
    }

    #[test]
    fn every_draw_differs_from_a_clone_too() {
        for random in [Random::seeded(1), Random::system()] {
            let draws = [drawn(&random, 32), drawn(&random.clone(), 32), drawn(&random, 32)];
            assert!(draws[0] != draws[1] && draws[1] != draws[2] && draws[0] != draws[2]);
        }
    }
}
