//! What the core is told to do (§10, Loan core), as JSON.

use domain::marketplace::{OrderKey, PeriodUnit};
use platform::fingerprint;
use serde::Serialize;

use crate::store::StoredOrder;

const CREDIT_APPLICATION: &str = "credit_application";

#[derive(Serialize)]
struct Wire<'a> {
    command_id: String,
    r#type: &'static str,
    channel_id: &'a str,
    order_id: &'a str,
    uid: &'a str,
    loan_amount: String,
    period: u16,
    period_unit: u16,
    data_key: &'a str,
}

/// The application for an order's credit.
pub(super) fn credit_application(order: &StoredOrder, data_key: &str) -> String {
    let content = &order.content;
    let command = Wire {
        command_id: command_id(CREDIT_APPLICATION, &order.key),
        r#type: CREDIT_APPLICATION,
        channel_id: order.key.channel.as_str(),
        order_id: order.key.number.as_str(),
        uid: content.uid.as_str(),
        loan_amount: content.loan_amount.to_string(),
        period: content.period,
        // Months are the only ones that there is a product for.
        period_unit: content.period_unit.unwrap_or(PeriodUnit::Month).code(),
        data_key,
    };
    // A struct with string keys always serialises.
    serde_json::to_string(&command).unwrap_or_default()
}

/// The same for every repeat: an order is applied for once, and the core knows a repeat by this.
fn command_id(kind: &str, key: &OrderKey) -> String {
    let digits = fingerprint(&[kind, key.channel.as_str(), key.number.as_str()]);
    digits.chars().take(32).collect()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::marketplace::{ChannelId, OrderKey, OrderNumber};

    use super::{CREDIT_APPLICATION, command_id};

    fn id(kind: &str, channel: &str, number: &str) -> String {
        let channel = ChannelId::of_text(channel).unwrap();
        command_id(kind, &OrderKey { channel, number: OrderNumber::of_text(number).unwrap() })
    }

    #[test]
    fn a_command_s_id_is_that_of_its_order_and_type_for_ever() {
        assert_eq!(id(CREDIT_APPLICATION, "840", "120522"), "822e9bc4346853184443c97a3b6e7f6c");
        for other in [
            id("loan_application", "840", "120522"),
            id(CREDIT_APPLICATION, "rongshu", "120522"),
            id(CREDIT_APPLICATION, "8401", "20522"),
        ] {
            assert_ne!(other, id(CREDIT_APPLICATION, "840", "120522"));
        }
    }
}
