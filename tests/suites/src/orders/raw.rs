//! Objects of raw data, sealed as the functions seal them.

use std::sync::Arc;

use platform::random::Random;
use platform::seal::{Sealer, SealingKeys};
use platform::secrets::FromSecret;
use world::Object;

/// What identity data is sealed with in these worlds.
pub(super) const SEALING_KEYS: &str =
    r#"{"keys":[{"id":"2018-08","key":"Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA="}]}"#;
const SEALED_FOR: &str = "raw_data";

/// What an object holds.
///
/// # Panics
/// When it was not sealed for its key.
#[must_use]
pub fn opened(object: &Object) -> Vec<u8> {
    let opened = sealer().open_whole(SEALED_FOR, &[&object.key], object.content.to_vec());
    opened.expect("sealed for its key")
}

/// An object that holds `content`.
///
/// # Panics
/// Never.
#[must_use]
pub fn sealed(key: &str, content: &[u8]) -> Object {
    let content = sealer().seal_whole(SEALED_FOR, &[key], content).expect("a seal").into();
    Object { key: key.to_owned(), content, content_type: None, encryption: None }
}

fn sealer() -> Sealer {
    let keys = SealingKeys::from_secret(SEALING_KEYS).expect("keys");
    Sealer::new(Arc::new(keys), Random::seeded(99))
}
