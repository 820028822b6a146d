//! What the contexts' tables have in common.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use bench::Error;

/// What a write that fails its condition answers.
pub(crate) const ON_FAILURE: ReturnValuesOnConditionCheckFailure =
    ReturnValuesOnConditionCheckFailure::AllOld;
/// What every call is asked to say of its cost.
pub(crate) const UNITS: ReturnConsumedCapacity = ReturnConsumedCapacity::Total;
/// When everything is written.
pub(crate) const NOW: &str = "2026-01-02T03:04:05.000000000Z";
/// What everything is written with.
pub(crate) const STAMP: &str = "0123456789abcdef0123456789abcdef";
/// Whose rows are read to open the connection: there are none.
pub(crate) const NOBODY: &str = "\u{0}";

/// A row.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Writes all of these or none.
pub(crate) async fn transact(client: &Client, items: Vec<TransactWriteItem>) -> Result<(), Error> {
    let transaction = client.transact_write_items().set_transact_items(Some(items));
    transaction.client_request_token(STAMP).return_consumed_capacity(UNITS).send().await?;
    Ok(())
}

/// A put of a transaction.
pub(crate) fn put(put: PutBuilder) -> Result<TransactWriteItem, Error> {
    let put = put.return_values_on_condition_check_failure(ON_FAILURE).build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// An update of a transaction.
pub(crate) fn update(update: UpdateBuilder) -> Result<TransactWriteItem, Error> {
    let update = update.return_values_on_condition_check_failure(ON_FAILURE).build()?;
    Ok(TransactWriteItem::builder().update(update).build())
}

/// A text attribute.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
#[expect(clippy::needless_pass_by_value, reason = "numbers are small, and no call needs a `&` this way")]
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A row's text.
pub(crate) fn text_of<'a>(row: &'a Item, attribute: &'static str) -> Result<&'a str, Error> {
    let text = row.get(attribute).and_then(|value| value.as_s().ok());
    Ok(text.ok_or_else(|| format!("a row without {attribute}"))?)
}

/// A row's number.
pub(crate) fn number_of<'a>(row: &'a Item, attribute: &'static str) -> Result<&'a str, Error> {
    let number = row.get(attribute).and_then(|value| value.as_n().ok());
    Ok(number.ok_or_else(|| format!("a row without {attribute}"))?)
}
