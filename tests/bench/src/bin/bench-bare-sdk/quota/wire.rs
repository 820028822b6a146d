//! What the quota functions are asked and what they answer, and the forms of amounts and times in it.

use bench::Error;
use jiff::Timestamp;
use jiff::tz::Offset;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::forms::{fingerprint, sortable};

const SHANGHAI: Offset = Offset::constant(8);

/// get-temp-quota's request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageRequest<'a> {
    pub(super) page: &'a str,
    pub(super) page_size: &'a str,
}

/// query-temp-credit's request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PinsPageRequest<'a> {
    pub(super) pin: &'a str,
    pub(super) page: usize,
    pub(super) page_size: usize,
}

/// The request of both cancels; the gateway's has no pin.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CancelRequest<'a> {
    #[serde(default)]
    pub(super) pin: &'a str,
    pub(super) business_type: &'a str,
    pub(super) business_id: &'a str,
}

/// The message of credit-events.
#[derive(Deserialize)]
pub(super) struct CreditEvent<'a> {
    pub(super) apply_no: &'a str,
    pub(super) pin: &'a str,
    business_type: &'a str,
    business_id: &'a str,
    pub(super) business_name: &'a str,
    pub(super) change_limit: &'a str,
    pub(super) effective_time: &'a str,
    pub(super) invalid_time: &'a str,
    pub(super) source_type: &'a str,
    pub(super) occurred_at: &'a str,
}

/// get-temp-quota's answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown<'a> {
    pub(super) code: &'a str,
    #[serde(rename = "error_msg")]
    pub(super) error_msg: &'a str,
    pub(super) issuccess: u8,
    pub(super) page: usize,
    pub(super) page_num: usize,
    pub(super) page_size: usize,
    pub(super) temp_quota_list: Vec<ShownGrant<'a>>,
    pub(super) total_count: usize,
    pub(super) total_temp_quota: String,
}

/// A grant in it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownGrant<'a> {
    pub(super) business_id: &'a str,
    pub(super) business_type: &'a str,
    pub(super) invalid_time: String,
    pub(super) temp_limit: String,
}

/// cancel-temp-quota's answer.
#[derive(Serialize)]
pub(super) struct Said<'a> {
    pub(super) issuccess: u8,
    pub(super) error_msg: &'a str,
    pub(super) code: &'a str,
}

/// query-temp-credit's answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Queried<'a> {
    pub(super) page: usize,
    pub(super) page_size: usize,
    pub(super) total_count: usize,
    pub(super) page_num: usize,
    pub(super) result: Outcome,
    pub(super) temp_credit_list: Vec<QueriedGrant<'a>>,
    pub(super) total_temp_quota: Box<RawValue>,
    pub(super) account_type: &'static str,
}

/// A grant in it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueriedGrant<'a> {
    pub(super) temp_limit: Box<RawValue>,
    pub(super) effective_time: String,
    pub(super) invalid_time: String,
    pub(super) business_type: &'a str,
    pub(super) business_id: &'a str,
}

/// cancel-temp-credit's answer.
#[derive(Serialize)]
pub(super) struct Cancelled {
    pub(super) result: Outcome,
    pub(super) changelimit: Box<RawValue>,
}

/// What credit.man says of a call.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome {
    is_success: bool,
    code: &'static str,
    info: &'static str,
}

impl Outcome {
    pub(super) const SUCCESS: Self = Self { is_success: true, code: "1111", info: "success" };
}

impl CancelRequest<'_> {
    pub(super) fn grant_id(&self) -> String {
        format!("{}#{}", self.business_type, self.business_id)
    }
}

impl CreditEvent<'_> {
    pub(super) fn grant_id(&self) -> String {
        format!("{}#{}", self.business_type, self.business_id)
    }

    /// What a repeat of it is known by.
    pub(super) fn content(&self) -> Result<String, Error> {
        Ok(fingerprint(&[
            self.pin,
            &self.grant_id(),
            self.change_limit,
            &sortable(self.effective_time)?,
            &sortable(self.invalid_time)?,
            self.business_name,
            self.source_type,
        ]))
    }
}

/// The day of an instant in Shanghai.
pub(super) fn day(instant: &str) -> Result<String, Error> {
    Ok(SHANGHAI.to_datetime(instant.parse()?).date().to_string())
}

/// An instant with Shanghai's offset.
pub(super) fn in_shanghai(instant: &str) -> Result<String, Error> {
    Ok(instant.parse::<Timestamp>()?.display_with_offset(SHANGHAI).to_string())
}

/// An amount for users, with two decimals.
pub(super) fn two_decimals(amount: &str) -> Result<String, Error> {
    let amount: Decimal = amount.parse()?;
    Ok(format!("{:.2}", amount.round_dp_with_strategy(2, RoundingStrategy::ToZero)))
}

/// An amount as it is stored, with four decimals.
pub(super) fn four_decimals(amount: &str) -> Result<String, Error> {
    Ok(format!("{:.4}", amount.parse::<Decimal>()?))
}

/// An amount for systems: a number with four decimals.
pub(super) fn exact(amount: &str) -> Result<Box<RawValue>, Error> {
    Ok(RawValue::from_string(four_decimals(amount)?)?)
}
