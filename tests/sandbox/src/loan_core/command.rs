//! A command, as the loan core reads it.

use serde::Deserialize;
use serde_json::Value;

/// What could be read of a command, however malformed it is.
pub(super) struct Command {
    /// Its `command_id`.
    pub(super) id: Option<String>,
    /// The order that it is about.
    pub(super) order_id: Option<String>,
    /// The platform's user, if it says.
    pub(super) uid: Option<String>,
    /// Its type; `unknown` where the core knows none such.
    pub(super) kind: &'static str,
    /// Whether it keeps the contract.
    pub(super) is_well_formed: bool,
}

/// The contract: every member, and no other.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Contract {
    CreditApplication {
        command_id: String,
        channel_id: Option<String>,
        order_id: String,
        uid: String,
        loan_amount: String,
        period: u16,
        period_unit: u8,
        data_key: String,
    },
    LoanApplication {
        command_id: String,
        channel_id: Option<String>,
        order_id: String,
        borrow_no: String,
        loan_amount: String,
        period: u16,
        period_unit: u8,
        /// Null until one is bound.
        card: Option<Card>,
    },
    CardBound {
        command_id: String,
        channel_id: Option<String>,
        order_id: String,
        borrow_no: String,
        card: Card,
    },
    Repayment {
        command_id: String,
        channel_id: Option<String>,
        order_id: String,
        borrow_no: String,
        /// -1 is the whole loan.
        period: i32,
        attempt_no: u32,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
struct Card {
    bank_code: String,
    card_last4: String,
    card_ref: String,
}

const TYPES: [&str; 4] = ["credit_application", "loan_application", "card_bound", "repayment"];

impl Command {
    pub(super) fn read(text: &str) -> Self {
        let json: Value = serde_json::from_str(text).unwrap_or_default();
        let member = |name: &str| json[name].as_str().map(str::to_owned);
        let known = TYPES.into_iter().find(|known| json["type"] == *known);
        Self {
            id: member("command_id"),
            order_id: member("order_id"),
            uid: member("uid"),
            kind: known.unwrap_or("unknown"),
            is_well_formed: serde_json::from_str::<Contract>(text).is_ok_and(|command| command.is_possible()),
        }
    }
}

impl Contract {
    fn is_possible(&self) -> bool {
        match self {
            Self::CreditApplication {
                command_id,
                channel_id,
                order_id,
                uid,
                loan_amount,
                period,
                period_unit,
                data_key,
            } => {
                is_about(command_id, channel_id.as_deref(), order_id)
                    && is_id(uid)
                    && are_terms(loan_amount, *period, *period_unit)
                    && !data_key.is_empty()
            }
            Self::LoanApplication {
                command_id,
                channel_id,
                order_id,
                borrow_no,
                loan_amount,
                period,
                period_unit,
                card,
            } => {
                is_about(command_id, channel_id.as_deref(), order_id)
                    && !borrow_no.is_empty()
                    && are_terms(loan_amount, *period, *period_unit)
                    && card.as_ref().is_none_or(Card::is_possible)
            }
            Self::CardBound { command_id, channel_id, order_id, borrow_no, card } => {
                is_about(command_id, channel_id.as_deref(), order_id)
                    && !borrow_no.is_empty()
                    && card.is_possible()
            }
            Self::Repayment { command_id, channel_id, order_id, borrow_no, period, attempt_no } => {
                is_about(command_id, channel_id.as_deref(), order_id)
                    && !borrow_no.is_empty()
                    && (*period == -1 || *period >= 1)
                    && *attempt_no >= 1
            }
        }
    }
}

impl Card {
    fn is_possible(&self) -> bool {
        let last4 = &self.card_last4;
        !self.bank_code.is_empty()
            && last4.len() == 4
            && last4.bytes().all(|byte| byte.is_ascii_digit())
            && !self.card_ref.is_empty()
    }
}

fn is_about(command_id: &str, channel_id: Option<&str>, order_id: &str) -> bool {
    !command_id.is_empty() && channel_id.is_none_or(is_id) && is_id(order_id)
}

fn are_terms(amount: &str, period: u16, period_unit: u8) -> bool {
    is_amount(amount) && period >= 1 && (1..=3).contains(&period_unit)
}

fn is_id(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(is_part)
}

/// Decimal text with two decimals, and more than nothing.
fn is_amount(text: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.split_once('.');
    parts.is_some_and(|(whole, cents)| is_digits(whole) && is_digits(cents) && cents.len() == 2)
        && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}
