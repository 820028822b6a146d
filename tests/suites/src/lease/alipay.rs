//! What Alipay's open platform tells us by itself: a form with an RSA signature.

use std::collections::BTreeMap;

use serde_json::Value;

use super::envelope::encoded;
use super::key;
use super::request::notification_event;

/// Our application's id at Alipay.
pub const ALIPAY_APP: &str = "2021000000000001";

/// A form of Alipay's.
#[derive(Clone, Debug)]
pub struct AlipayForm(pub BTreeMap<String, String>);

impl AlipayForm {
    /// The end of an agreement, about this order; not signed yet.
    #[must_use]
    pub fn about(notify_id: &str, order_name: &str, order: &str) -> Self {
        let fields = [
            ("app_id", ALIPAY_APP),
            ("notify_id", notify_id),
            ("notify_type", "dut_user_unsign"),
            ("notify_time", "2026-01-02 11:04:05"),
            ("status", "UNSIGN"),
            ("agreement_detail", ""),
            (order_name, order),
        ];
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// With another value.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Signed, and saying how: the way of signing and the signature are not signed, and what is empty is not either.
    #[must_use]
    pub fn signed(self, sign_type: &str) -> Self {
        let pairs = self.0.iter().filter(|(_, value)| !value.is_empty());
        let text = pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let signature = key::signed(sign_type, &text);
        self.with("sign_type", sign_type).with("sign", &signature)
    }

    /// The event of the form.
    #[must_use]
    pub fn event(&self) -> Value {
        let pairs = self.0.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        notification_event("application/x-www-form-urlencoded; charset=utf-8", &body, true)
    }
}
