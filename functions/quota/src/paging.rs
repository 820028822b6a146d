//! A page on the wire of both layers (§4.1): numbers, or texts of digits.

use domain::quota::Page;
use platform::http::Refusal;
use serde::Deserialize;
use serde_json::Number;

/// A whole number, or its text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Digits {
    /// `"1"`.
    Text(String),
    /// `1`.
    Number(Number),
}

impl Digits {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The page that is asked for by the members `page` and `pageSize`.
///
/// # Errors
/// [`Refusal::Request`]: there is no such page.
pub fn page(page: Digits, page_size: Digits) -> Result<Page, Refusal> {
    Page::parse(&page.into_text(), &page_size.into_text())
        .map_err(|error| Refusal::Request(error.to_string()))
}
