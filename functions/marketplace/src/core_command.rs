//! What the core is told to do (§10, Loan core), as JSON on the queue `core-commands`. Commands go out at least once; each
//! has the same id at every repeat, by which the core knows it.

use domain::marketplace::{LoanCard, OrderKey, PeriodUnit, RepayPeriod};
use platform::config::Variable;
use platform::fingerprint;
use serde::Serialize;

use crate::store::{StoredLoan, StoredOrder};

/// Where commands go.
pub const CORE_COMMANDS_QUEUE_URL: Variable = Variable {
    name: "CORE_COMMANDS_QUEUE_URL",
    meaning: "The queue of what the loan core is to do.",
    default: None,
};

const CREDIT_APPLICATION: &str = "credit_application";
const LOAN_APPLICATION: &str = "loan_application";
const CARD_BOUND: &str = "card_bound";
const REPAYMENT: &str = "repayment";
/// How many digits of its fingerprint an id has.
const ID_DIGITS: usize = 32;

/// What every command says.
#[derive(Serialize)]
struct Wire<'a, Rest> {
    command_id: String,
    r#type: &'static str,
    channel_id: &'a str,
    order_id: &'a str,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Serialize)]
struct CreditApplication<'a> {
    uid: &'a str,
    loan_amount: String,
    period: u16,
    period_unit: u16,
    data_key: &'a str,
}

#[derive(Serialize)]
struct LoanApplication<'a> {
    borrow_no: &'a str,
    loan_amount: String,
    period: u16,
    period_unit: u16,
    card: Option<Card<'a>>,
}

#[derive(Serialize)]
struct CardBound<'a> {
    borrow_no: &'a str,
    card: Card<'a>,
}

#[derive(Serialize)]
struct Repayment<'a> {
    borrow_no: &'a str,
    period: i32,
    attempt_no: u32,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
struct Card<'a> {
    bank_code: &'static str,
    card_last4: &'a str,
    card_ref: &'a str,
}

/// The application for an order's credit (item 7).
#[must_use]
pub fn credit_application(order: &StoredOrder, data_key: &str) -> String {
    let content = &order.content;
    let rest = CreditApplication {
        uid: content.uid.as_str(),
        loan_amount: content.loan_amount.to_string(),
        period: content.period,
        // Months are the only ones that there is a product for.
        period_unit: content.period_unit.unwrap_or(PeriodUnit::Month).code(),
        data_key,
    };
    command(CREDIT_APPLICATION, &order.key, &[], rest)
}

/// The application for a confirmed loan (items 12, 13, 14); the review is held until there is a card.
#[must_use]
pub fn loan_application(loan: &StoredLoan) -> String {
    let terms = &loan.loan.terms;
    let rest = LoanApplication {
        borrow_no: &loan.borrow_no,
        loan_amount: terms.loan_amount.to_string(),
        period: terms.period,
        period_unit: terms.period_unit.code(),
        card: loan.loan.card.as_ref().map(card),
    };
    command(LOAN_APPLICATION, &loan.key, &[], rest)
}

/// A card was bound after the confirmation, or another than before (§11, Card and confirmation).
#[must_use]
pub fn card_bound(loan: &StoredLoan, bound: &LoanCard) -> String {
    // The version tells two bindings apart between which another card was the loan's.
    let version = loan.version.to_string();
    let rest = CardBound { borrow_no: &loan.borrow_no, card: card(bound) };
    command(CARD_BOUND, &loan.key, &[&bound.card_ref, &version], rest)
}

/// An attempt to repay (item 22).
#[must_use]
pub fn repayment(loan: &StoredLoan, period: RepayPeriod, attempt_no: u32) -> String {
    let (number, attempt) = (period.number().to_string(), attempt_no.to_string());
    let rest = Repayment { borrow_no: &loan.borrow_no, period: period.number(), attempt_no };
    command(REPAYMENT, &loan.key, &[&number, &attempt], rest)
}

fn card(card: &LoanCard) -> Card<'_> {
    Card { bank_code: card.bank.code(), card_last4: &card.last4, card_ref: &card.card_ref }
}

fn command(kind: &'static str, key: &OrderKey, parts: &[&str], rest: impl Serialize) -> String {
    let command = Wire {
        command_id: command_id(kind, key, parts),
        r#type: kind,
        channel_id: key.channel.as_str(),
        order_id: key.number.as_str(),
        rest,
    };
    // A struct with string keys always serialises.
    serde_json::to_string(&command).unwrap_or_default()
}

/// The same for every repeat; `parts` tell those of one order and kind apart.
fn command_id(kind: &str, key: &OrderKey, parts: &[&str]) -> String {
    let parts: Vec<&str> =
        [kind, key.channel.as_str(), key.number.as_str()].into_iter().chain(parts.iter().copied()).collect();
    fingerprint(&parts).chars().take(ID_DIGITS).collect()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::marketplace::{ChannelId, OrderKey, OrderNumber};

    use super::{CREDIT_APPLICATION, LOAN_APPLICATION, REPAYMENT, command_id};

    fn id(kind: &str, channel: &str, number: &str, parts: &[&str]) -> String {
        let channel = ChannelId::of_text(channel).unwrap();
        command_id(kind, &OrderKey { channel, number: OrderNumber::of_text(number).unwrap() }, parts)
    }

    #[test]
    fn a_command_s_id_is_that_of_its_order_and_type_for_ever() {
        assert_eq!(id(CREDIT_APPLICATION, "840", "120522", &[]), "822e9bc4346853184443c97a3b6e7f6c");
        for other in [
            id(LOAN_APPLICATION, "840", "120522", &[]),
            id(CREDIT_APPLICATION, "rongshu", "120522", &[]),
            id(CREDIT_APPLICATION, "8401", "20522", &[]),
        ] {
            assert_ne!(other, id(CREDIT_APPLICATION, "840", "120522", &[]));
        }
    }

    #[test]
    fn what_there_may_be_several_of_is_told_apart() {
        let attempts = [["-1", "1"], ["1", "1"], ["1", "2"], ["11", "1"]];
        let ids = attempts.map(|parts| id(REPAYMENT, "840", "120522", &parts));
        for (place, one) in ids.iter().enumerate() {
            assert!(!ids[place + 1..].contains(one));
        }
    }
}
