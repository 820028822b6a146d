//! The population: a few users with a few orders, in both channels, and what is asked for them.

use serde_json::{Value, json};
use suites::marketplace::channels::{AES, PLAIN};

/// An order that may be pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Its channel.
    pub(super) channel: &'static str,
    /// Its number.
    pub(super) number: &'static str,
    /// Its user.
    pub(super) uid: &'static str,
    /// Who that is: a digit.
    pub(super) person: u32,
}

/// All of them. Two are of one user, so that what is told of a user is about both.
pub(super) const ORDERS: [Order; 3] = [
    Order { channel: PLAIN, number: "1001", uid: "u-1", person: 1 },
    Order { channel: PLAIN, number: "1002", uid: "u-1", person: 1 },
    Order { channel: AES, number: "2001", uid: "u-2", person: 2 },
];

/// The cards that users have.
pub(super) const CARDS: [&str; 2] = ["6222020200011234567", "6225680012345678"];

impl Order {
    /// `<channel>#<number>`, by which its rows are kept.
    #[must_use]
    pub(super) fn key(&self) -> String {
        format!("{}#{}", self.channel, self.number)
    }

    /// What is pushed; two contents of it.
    #[must_use]
    pub(super) fn push(&self, variant: usize) -> Value {
        let mut push = suites::orders::bodies::push();
        push["orderId"] = json!(self.number);
        push["uid"] = json!(self.uid);
        push["registerPhone"] = json!(self.phone());
        push["operator"]["phone"] = json!(self.phone());
        push["idInfo"]["cid"] = json!(self.id_number());
        if variant > 0 {
            push["loanReason"] = json!("旅游");
        }
        push
    }

    /// The binding of a card.
    #[must_use]
    pub(super) fn bind(&self, card: usize) -> Value {
        let mut bind = suites::confirmations::bind();
        bind["orderId"] = json!(self.number);
        bind["uid"] = json!(self.uid);
        bind["cid"] = json!(self.id_number());
        bind["phone"] = json!(self.phone());
        bind["registerPhone"] = json!(self.phone());
        bind["bankCardNum"] = json!(CARDS[card]);
        bind
    }

    /// The confirmation; of two amounts.
    #[must_use]
    pub(super) fn confirm(&self, variant: usize) -> Value {
        let mut confirm = suites::confirmations::confirm();
        confirm["orderId"] = json!(self.number);
        confirm["loanAmount"] = json!([12_000, 8_000][variant]);
        confirm
    }

    /// What our house knows of the user.
    #[must_use]
    pub(super) fn customer(&self, event: u64, at: &str, is_blacklisted: bool) -> Value {
        json!({
            "event_id": format!("c-{event}"), "type": "customer_changed", "name": "张三",
            "cid": self.id_number(), "phone": self.phone(), "birthday": "1990-03-07", "region": "110000",
            "is_customer": false, "blacklisted": is_blacklisted, "loan_in_progress": false, "refused_at": null,
            "occurred_at": at,
        })
    }

    fn phone(&self) -> String {
        format!("1380013801{}", self.person)
    }

    /// An id number whose last digit is right (GB 11643).
    fn id_number(&self) -> String {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let digits = format!("11010119900307{:03}", 120 + self.person);
        let sum: u32 =
            digits.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
        let check =
            ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][usize::try_from(sum % 11).unwrap_or(0)];
        format!("{digits}{check}")
    }
}
