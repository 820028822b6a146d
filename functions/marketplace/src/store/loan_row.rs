//! How a loan is stored. Every change writes the whole row, on condition of the version that was read. Amounts are texts,
//! so that their decimals stay.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::marketplace::{
    AppliedMessage, Bank, Loan, LoanCard, LoanCodes, LoanTerms, OrderKey, PeriodUnit, Uid, Yuan,
};
use jiff::Timestamp;
use platform::dynamodb::{Item, Row, RowError, SCHEMA_VERSION, number, text};
use platform::{fingerprint, rfc3339};

use super::CoreMessage;
use super::applied::{self, Applied};
use super::loan_plan::{self, ATTEMPTS, PLAN, PLAN_AT};
use super::order_row::{ORDER, StoredOrder, VERSION, coded, order_key};

const STATUS: &str = "status";
const BORROW_NO: &str = "borrow_no";
const UID: &str = "uid";
const LOAN_AMOUNT: &str = "loan_amount";
const PERIOD: &str = "period";
const PERIOD_UNIT: &str = "period_unit";
const CARD: &str = "card";
const BANK_CODE: &str = "bank_code";
const CARD_LAST4: &str = "card_last4";
const CARD_REF: &str = "card_ref";
const CONTRACT_ID: &str = "contract_id";
const RECEIVE_AMOUNT: &str = "receive_amount";
const REPAY_AMOUNT: &str = "repay_amount";
const PAID_OFF_AT: &str = "paid_off_at";
const REFUSAL_UNTOLD: &str = "refusal_untold";
const CREATED_AT: &str = "created_at";
const UPDATED_AT: &str = "updated_at";
/// How many digits of its fingerprint a loan's number has.
const NUMBER_DIGITS: usize = 20;
/// The version of a row that has all attempts that were ever closed.
const WITH_EVERY_ATTEMPT: u64 = 1;
/// The version of one that has no more than the number of some. Only such a row has it: a release that knows the first alone
/// reads all others, and would take this one's next attempt for one that was made before.
const WITH_LAST_ATTEMPTS: u64 = 2;

/// A loan order (`cl_borrow`, §2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLoan {
    /// The order that was confirmed.
    pub key: OrderKey,
    /// The core's number of it: that of its order, whoever completes the confirmation.
    pub borrow_no: String,
    /// The platform's user.
    pub uid: Uid,
    /// That of the order as the confirmation left it, and one more with each write since: the places of callbacks
    /// (design §5) go on where the order's ended.
    pub version: u64,
    /// What it is.
    pub loan: Loan,
    /// Which message of the core changed it last, of each kind.
    pub applied: Applied,
    /// When it was confirmed.
    pub created_at: Timestamp,
}

impl StoredLoan {
    /// The loan of an order that is confirmed now; `order` is as that write leaves it.
    #[must_use]
    pub fn confirmed(order: &StoredOrder, terms: LoanTerms, card: Option<LoanCard>, now: Timestamp) -> Self {
        Self {
            key: order.key.clone(),
            borrow_no: borrow_no(&order.key),
            uid: order.content.uid.clone(),
            version: order.version,
            loan: Loan::confirmed(terms, card),
            applied: Applied::new(),
            created_at: now,
        }
    }

    /// The stored loan as it becomes by a change of what it is.
    #[must_use]
    pub fn become_loan(&self, loan: Loan) -> Self {
        Self { loan, version: self.version + 1, ..self.clone() }
    }

    /// Notes the message that changes it; of two the later stands.
    pub(crate) fn apply(&mut self, message: &CoreMessage) {
        let is_later = |last: &AppliedMessage| last.occurred_at <= message.occurred_at;
        if self.applied.get(&message.kind).is_none_or(is_later) {
            self.applied.insert(message.kind, message.applied());
        }
    }

    pub(super) fn to_item(&self, codes: LoanCodes, now: Timestamp) -> Item {
        let loan = &self.loan;
        let mut item = Item::new();
        let mut put = |name: &str, value: AttributeValue| {
            item.insert(name.to_owned(), value);
        };
        put(ORDER, text(self.key.to_string()));
        put(BORROW_NO, text(&self.borrow_no));
        put(UID, text(self.uid.as_str()));
        put(VERSION, number(self.version));
        put(STATUS, number(codes.code(loan.status)));
        put(LOAN_AMOUNT, text(loan.terms.loan_amount.to_string()));
        put(PERIOD, number(loan.terms.period));
        put(PERIOD_UNIT, number(loan.terms.period_unit.code()));
        let texts = [
            (CONTRACT_ID, loan.contract_id.clone()),
            (RECEIVE_AMOUNT, loan.receive_amount.map(|amount| amount.to_string())),
            (REPAY_AMOUNT, loan.repay_amount.map(|amount| amount.to_string())),
            (PAID_OFF_AT, loan.paid_off_at.map(rfc3339::sortable)),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                put(name, text(value));
            }
        }
        if loan.is_refusal_untold {
            put(REFUSAL_UNTOLD, AttributeValue::Bool(true));
        }
        if let Some(card) = &loan.card {
            put(CARD, card_item(card));
        }
        if let Some(dated) = &loan.plan {
            put(PLAN, loan_plan::plan_item(&dated.plan));
            put(PLAN_AT, loan_plan::plan_at(dated.at));
        }
        if let Some(attempts) = loan_plan::attempts_item(&loan.attempts) {
            put(ATTEMPTS, attempts);
        }
        if !self.applied.is_empty() {
            put(applied::APPLIED, applied::to_attribute(&self.applied));
        }
        put(CREATED_AT, text(rfc3339::sortable(self.created_at)));
        put(UPDATED_AT, text(rfc3339::sortable(now)));
        let is_whole = loan.attempts.kept().all(|(_, of)| of.closed_before == 0);
        let schema = if is_whole { WITH_EVERY_ATTEMPT } else { WITH_LAST_ATTEMPTS };
        put(SCHEMA_VERSION, number(schema));
        item
    }

    pub(super) fn read(item: &Item, codes: LoanCodes) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(WITH_EVERY_ATTEMPT).or_else(|_| row.of_schema(WITH_LAST_ATTEMPTS))?;
        let terms = LoanTerms {
            loan_amount: amount(row, LOAN_AMOUNT)?,
            period: coded(row, PERIOD, Some)?,
            period_unit: coded(row, PERIOD_UNIT, PeriodUnit::of)?,
        };
        let loan = Loan {
            status: coded(row, STATUS, |code| Some(codes.status(code)))?,
            terms,
            card: read_card(item)?,
            contract_id: row.optional_text(CONTRACT_ID)?.map(str::to_owned),
            receive_amount: optional_amount(row, RECEIVE_AMOUNT)?,
            repay_amount: optional_amount(row, REPAY_AMOUNT)?,
            plan: loan_plan::read_plan(item)?,
            attempts: loan_plan::read_attempts(item)?,
            paid_off_at: row.optional_instant(PAID_OFF_AT)?,
            is_refusal_untold: item
                .get(REFUSAL_UNTOLD)
                .is_some_and(|value| value == &AttributeValue::Bool(true)),
        };
        Ok(Self {
            key: order_key(row.text(ORDER)?).ok_or_else(|| RowError::new(ORDER, &"is no order"))?,
            borrow_no: row.text(BORROW_NO)?.to_owned(),
            uid: Uid::of_text(row.text(UID)?).map_err(|error| RowError::new(UID, &error))?,
            version: row.number(VERSION)?,
            loan,
            applied: applied::read(item)?,
            created_at: row.instant(CREATED_AT)?,
        })
    }
}

/// The number of an order's loan: the same for every way to complete the confirmation.
fn borrow_no(key: &OrderKey) -> String {
    let digits = fingerprint(&["borrow", key.channel.as_str(), key.number.as_str()]);
    digits.chars().take(NUMBER_DIGITS).fold(String::from("B"), |mut number, digit| {
        number.push(digit);
        number
    })
}

fn card_item(card: &LoanCard) -> AttributeValue {
    let members = [(BANK_CODE, card.bank.code()), (CARD_LAST4, &card.last4), (CARD_REF, &card.card_ref)];
    AttributeValue::M(members.map(|(name, value)| (name.to_owned(), text(value))).into())
}

fn read_card(item: &Item) -> Result<Option<LoanCard>, RowError> {
    let Some(card) = item.get(CARD) else {
        return Ok(None);
    };
    let row = Row::new(card.as_m().map_err(|_| RowError::new(CARD, &"is no map"))?);
    let bank = Bank::of(row.text(BANK_CODE)?).ok_or_else(|| RowError::new(BANK_CODE, &"is no bank"))?;
    let (last4, card_ref) = (row.text(CARD_LAST4)?.to_owned(), row.text(CARD_REF)?.to_owned());
    Ok(Some(LoanCard { bank, last4, card_ref }))
}

pub(super) fn amount(row: Row<'_>, attribute: &'static str) -> Result<Yuan, RowError> {
    Yuan::parse(row.text(attribute)?).map_err(|error| RowError::new(attribute, &error))
}

fn optional_amount(row: Row<'_>, attribute: &'static str) -> Result<Option<Yuan>, RowError> {
    let read = |text| Yuan::parse(text).map_err(|error| RowError::new(attribute, &error));
    row.optional_text(attribute)?.map(read).transpose()
}
