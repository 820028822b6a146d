//! What Alipay's open platform sends by itself (§7): a form, signed with RSA over its parameters, sorted and joined as
//! they are. Like the gateway's it only says that something happened: no amount and no state of it is believed.

use platform::rsa::SignatureHash;

use super::{Message, Unreadable};
use crate::ant::{AlipayKeys, AntSecret, Parameters};

/// Which hash it is signed with; not signed itself.
pub(super) const SIGN_TYPE: &str = "sign_type";
/// Where an order's number may stand, by the kind of notification: ours is the platform's contract id in all of them.
const ORDER_NAMES: [&str; 3] = ["out_trade_no", "external_agreement_no", "out_order_no"];

/// The message of a form.
///
/// # Errors
/// It is not signed with a key of Alipay's, not meant for our application, or lacks what it must have.
pub(super) fn message(mut parameters: Parameters, secret: &AntSecret) -> Result<Message, Unreadable> {
    let signature = parameters.remove("sign").ok_or(Unreadable::Signature)?;
    let sign_type = parameters.remove(SIGN_TYPE).unwrap_or_default();
    let text = signed_text(&parameters);
    let alipay = secret.alipay().ok_or(Unreadable::Signature)?;
    let hash = hash_of(&sign_type).ok_or(Unreadable::Signature)?;
    if !is_signed(alipay, hash, &text, &signature) {
        return Err(Unreadable::Signature);
    }
    let take = |name: &str| parameters.get(name).filter(|text| !text.is_empty());
    if take("app_id") != Some(&alipay.app_id) {
        return Err(Unreadable::Form);
    }
    let message = || {
        Some(Message {
            msg_id: take("notify_id").filter(|id| id.len() <= 100).map(|id| format!("alipay-{id}"))?,
            publish_type: take("notify_type")?.clone(),
            order_id: ORDER_NAMES.iter().find_map(|name| take(name))?.clone(),
            content: text.clone(),
        })
    };
    message().ok_or(Unreadable::Form)
}

fn is_signed(alipay: &AlipayKeys, hash: SignatureHash, text: &str, signature: &str) -> bool {
    alipay.keys().any(|key| key.verifies(hash, &[text], signature))
}

/// With which hash a form of this `sign_type` is signed; `None` if it is none of Alipay's.
pub(super) fn hash_of(sign_type: &str) -> Option<SignatureHash> {
    match sign_type {
        "RSA2" => Some(SignatureHash::Sha256),
        "RSA" => Some(SignatureHash::Sha1),
        _ => None,
    }
}

/// The parameters that are not empty, sorted, without any encoding.
fn signed_text(parameters: &Parameters) -> String {
    let pairs = parameters.iter().filter(|(name, value)| !name.is_empty() && !value.is_empty());
    pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}
