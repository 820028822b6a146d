//! Instants, persons, cards, digests, ids and pages: what is read and written again reads the same.

use domain::lease::OrderId;
use domain::marketplace::{CardNumber, ChannelId, Digest, IdNumber, OrderNumber, PersonName, Phone, Uid};
use domain::quota::{GrantId, Page};
use platform::callbacks::CallbackId;
use platform::rfc3339;

use crate::Target;
use crate::input::text;

pub(super) const TARGET: Target = Target { name: "values", hold, seeds };

fn hold(data: &[u8]) {
    let Some(text) = text(data) else { return };
    instants(text);
    persons(text);
    ids(text);
    if let Some((number, size)) = text.split_once(',')
        && let Ok(page) = Page::parse(number, size)
    {
        assert!(page.number() > 0 && page.size() > 0);
        assert_eq!(Page::parse(&page.number().to_string(), &page.size().to_string()), Ok(page));
        assert!(page.of(&[1; 3]).len() <= 3);
    }
}

fn instants(text: &str) {
    if let Some(instant) = rfc3339::parse(text) {
        let written = rfc3339::sortable(instant);
        assert_eq!(rfc3339::parse(&written), Some(instant), "{written}");
        assert_eq!(written.len(), "2026-01-02T03:04:05.000000000Z".len(), "{written} sorts");
    }
}

fn persons(text: &str) {
    if let Ok(number) = IdNumber::parse(text) {
        assert_eq!(IdNumber::parse(number.as_str()), Ok(number.clone()));
        assert_eq!(number.birthday().strftime("%Y%m%d").to_string(), number.as_str()[6..14]);
    }
    if let Ok(phone) = Phone::parse(text) {
        assert_eq!(phone.as_str(), text);
    }
    if let Ok(name) = PersonName::parse(text) {
        assert_eq!(PersonName::parse(name.as_str()), Ok(name.clone()));
        assert_eq!(name.as_str(), text.trim());
    }
    if let Ok(card) = CardNumber::parse(text) {
        assert!(text.ends_with(card.last4()) && card.last4().len() == 4);
        assert!(!card.hidden_in(&format!("{text}{text} {text}")).contains(text));
    }
    if let Ok(digest) = Digest::parse(text) {
        assert_eq!(Digest::parse(&digest.to_hex()), Ok(digest));
        assert_eq!(
            digest.to_hex().trim_start_matches('0'),
            text.to_ascii_lowercase().trim_start_matches('0')
        );
    }
}

fn ids(text: &str) {
    if let Ok(id) = OrderId::new(text) {
        assert_eq!(id.as_str(), text);
    }
    let identifiers = [
        ChannelId::of_text(text).map(|id| id.as_str().to_owned()),
        OrderNumber::of_text(text).map(|id| id.as_str().to_owned()),
        Uid::of_text(text).map(|id| id.as_str().to_owned()),
    ];
    for identifier in identifiers.into_iter().flatten() {
        assert_eq!(identifier, text);
        assert!(!identifier.contains('#'), "keys are put together with it");
    }
    if let Some(id) = CallbackId::parse(text) {
        assert_eq!(id.to_text(), text);
    }
    if let Some((business_type, business_id)) = text.split_once(',')
        && let Ok(id) = GrantId::new(business_type, business_id)
    {
        assert_eq!((id.business_type().as_str(), id.business_id()), (business_type, business_id));
        assert!(id.to_key().ends_with(business_id));
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "2026-01-02T03:04:05.000000000Z",
        "9999-12-31T23:59:59-08:00",
        "11010519491231002X",
        "13800138000",
        "张三",
        "6222020200011234567",
        "0f6e2c46a478c0fceacfd6461a9584ce",
        "LEASE-0001",
        "840#120522#00000000000000000004-000",
        "1,10",
        "2201,W5673649234",
    ];
    texts.map(|text| text.as_bytes().to_vec()).into()
}
