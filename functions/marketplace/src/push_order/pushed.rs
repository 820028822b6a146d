use std::collections::BTreeMap;

use domain::marketplace::{
    AuthItem, LookupKind, LookupText, OrderKey, PushSection, PushedOrder, ThirdOrderStatus,
};
use platform::Scope;
use platform::seal::{SealError, Sealed};

use crate::channel::Channel;
use crate::digest::DigestKey;
use crate::endpoint::Failure;
use crate::json;
use crate::store::{DataKind, OrderContent, Person, PersonDigests, RawObject, Sealing, StoredOrder};

/// What digests of a push's content are made for.
const CONTENT: &str = "push_content";

/// A push, as far as it is kept in rows.
#[derive(Debug)]
pub(super) struct Pushed {
    /// Whose it is.
    pub(super) key: OrderKey,
    /// What it says.
    pub(super) content: OrderContent,
    /// Its person, sealed for the user's row.
    pub(super) user: Sealed,
    /// The items that it gives itself.
    items: Vec<AuthItem>,
}

impl Pushed {
    /// Reads a push. What refers to the text is gone when this returns.
    pub(super) fn read(
        content: &[u8],
        channel: &Channel,
        digests: &DigestKey,
        sealing: &Sealing,
    ) -> Result<Self, Failure> {
        let text = std::str::from_utf8(content).map_err(|_| Failure::parameter("request: no UTF-8"))?;
        let order = PushedOrder::of(json::read(text)?)?;
        check_photos(&order, channel)?;
        let key = OrderKey { channel: channel.id.clone(), number: order.number.clone() };
        let items = order.items().iter().collect();
        let digest = digests.of_content(CONTENT, order.content_digest_parts());
        let lookup = |kind, text: &str| digests.of_text(&LookupText { kind, text: text.to_owned() });
        let lookup = PersonDigests {
            id_number: lookup(LookupKind::IdNumber, order.id_number.as_str()),
            phone: lookup(LookupKind::Phone, order.register_phone.as_str()),
        };
        let person = Person { name: order.name, id_number: order.id_number, phone: order.register_phone };
        let internal = |error: SealError| Failure::Internal(error.to_string());
        let user = sealing.seal_for_user(&key.channel, &order.uid, &person).map_err(internal)?;
        let content = OrderContent {
            uid: order.uid,
            loan_amount: order.loan_amount,
            period: order.period,
            period_unit: order.period_unit,
            digest,
            person: sealing.seal_for_order(&key, &person).map_err(internal)?,
            lookup,
        };
        Ok(Self { key, content, user, items })
    }

    /// The order that begins with it.
    pub(super) fn begun(&self, scope: &Scope, object: &RawObject) -> StoredOrder {
        StoredOrder {
            key: self.key.clone(),
            version: 1,
            status: ThirdOrderStatus::InformationIncomplete,
            content: self.content.clone(),
            items: self.items.iter().copied().collect(),
            data_keys: BTreeMap::from([(object.kind, object.key.clone())]),
            work_at: None,
            approval: None,
            applied: BTreeMap::new(),
            order_no: scope.stamp(),
            created_at: scope.now(),
        }
    }

    /// An order without data so far, with this in place of its content. What was pulled stays its own, unless it was
    /// pulled about another user.
    pub(super) fn over(&self, existing: &StoredOrder, object: &RawObject) -> StoredOrder {
        let is_same_user = existing.content.uid == self.content.uid;
        let mut data_keys = BTreeMap::from([(object.kind, object.key.clone())]);
        let mut items = self.items.clone();
        for (kind, key) in existing.data_keys.iter().filter(|_| is_same_user) {
            match kind {
                DataKind::Push => {}
                DataKind::Pulled(pull) => {
                    data_keys.insert(*kind, key.clone());
                    items.extend_from_slice(pull.items());
                }
            }
        }
        StoredOrder {
            version: existing.version + 1,
            content: self.content.clone(),
            items: items.into_iter().collect(),
            data_keys,
            ..existing.clone()
        }
    }
}

/// A photo of `idCardOcr` is a URL; one of `idInfo` may be one in place of Base64, which has no colon.
fn check_photos(order: &PushedOrder<'_>, channel: &Channel) -> Result<(), Failure> {
    for (section, name, photo) in order.photos() {
        let is_url = section == PushSection::IdCardOcr || photo.contains(':');
        if is_url && !channel.config.allows_url(photo) {
            let words = format!("{}.{name}: not on a host that is allowed", section.as_str());
            return Err(Failure::Parameter(words.into()));
        }
    }
    Ok(())
}
