//! Property tests.

use proptest::prelude::ProptestConfig;

/// How they run: a failure leaves no file behind.
pub(crate) fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}
