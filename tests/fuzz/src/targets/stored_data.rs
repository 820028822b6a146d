//! What is read back: sealed objects of the bucket, and pushes as they were kept in one.

use std::sync::Arc;

use domain::marketplace::{OrderNumber, PushedOrder};
use platform::random::Random;
use platform::seal::{SealError, Sealer, SealingKeys};
use platform::secrets::FromSecret;

use crate::input::{chosen, seed, text};
use crate::{Target, seeds};

pub(super) const TARGET: Target = Target { name: "stored-data", hold, seeds };

const KEYS: &str = r#"{"keys":[{"id":"1","key":"Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA="}]}"#;
const PLACE: &str = "raw_data";

enum Read {
    /// Any bytes as a sealed object.
    Object,
    /// Bytes that are sealed, read back, and changed.
    Sealed,
    /// A push.
    Push,
}

fn hold(data: &[u8]) {
    match chosen(&[Read::Object, Read::Sealed, Read::Push], data) {
        Some((Read::Object, bytes)) => {
            let opened = sealer().open_whole(PLACE, &["key"], bytes.to_vec());
            assert!(opened.is_err(), "nobody sealed it");
        }
        Some((Read::Sealed, bytes)) => sealed(bytes),
        Some((Read::Push, bytes)) => text(bytes).into_iter().for_each(push),
        None => {}
    }
}

fn sealed(clear: &[u8]) {
    let whole = sealer().seal_whole(PLACE, &["key"], clear).expect("a seal");
    let open = |key: &str, whole: &[u8]| sealer().open_whole(PLACE, &[key], whole.to_vec());
    assert_eq!(open("key", &whole).as_deref(), Ok(clear));
    assert_eq!(open("other", &whole), Err(SealError::Altered));
    let changed_at = |place: usize| {
        let mut changed = whole.clone();
        changed[place % whole.len()] ^= 1;
        changed
    };
    for place in [0, 1, 2, 3, whole.len() - 1, clear.iter().map(|byte| usize::from(*byte)).sum()] {
        assert!(open("key", &changed_at(place)).is_err(), "byte {place}");
    }
    assert!(open("key", &whole[..whole.len() - 1]).is_err());
}

fn push(text: &str) {
    let Ok(json) = marketplace::json::read(text) else {
        assert!(
            platform::json::object::<serde_json::Map<String, serde_json::Value>>(text.as_bytes()).is_err()
        );
        return;
    };
    let Ok(order) = PushedOrder::of(json) else { return };
    assert_eq!(OrderNumber::of_text(order.number.as_str()).as_ref(), Ok(&order.number));
    assert!(order.photos().all(|(_, _, photo)| !photo.is_empty()));
    let spaced = format!(" {text}\n");
    let again = PushedOrder::of(marketplace::json::read(&spaced).expect("the same")).expect("the same");
    assert_eq!(again.content_digest_parts(), order.content_digest_parts(), "space is no content");
    assert_eq!(again.loan_amount, order.loan_amount);
}

fn sealer() -> Sealer {
    Sealer::new(Arc::new(SealingKeys::from_secret(KEYS).expect("keys")), Random::seeded(7))
}

fn seeds() -> Vec<Vec<u8>> {
    let object = sealer().seal_whole(PLACE, &["another"], b"{}").expect("a seal");
    let push = seeds::business("push-order");
    vec![
        seed(0, object),
        seed(1, "{\"a\":1}"),
        seed(2, push),
        seed(2, suites::orders::bodies::push().to_string()),
    ]
}
