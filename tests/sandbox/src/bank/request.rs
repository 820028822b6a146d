//! What the bank is asked: the contract of `POST /bank/cards`.

use serde::Deserialize;
use serde_json::Value;

use crate::received::Received;

/// The contract: every member, and no other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
pub(super) struct Request {
    pub(super) request_id: String,
    name: String,
    cid: String,
    phone: String,
    bank_code: String,
    pub(super) card_no: String,
}

/// The banks, by the codes that are not the marketplace's.
const BANKS: [&str; 17] = [
    "ABC", "BCOM", "ICBC", "PSBC", "GDB", "PAB", "CMB", "BOC", "CCB", "CEB", "CIB", "CITIC", "HXB", "SPDB",
    "BOB", "BOSC", "CMBC",
];

/// The document number in a body, whatever else is wrong with it.
pub(super) fn person(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    json["cid"].as_str().map(str::to_owned)
}

impl Request {
    /// Says what is wrong with it, without what it says.
    pub(super) fn read(received: &Received) -> Result<Self, &'static str> {
        let media_type = received.content_type().split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err("the content type is not application/json");
        }
        let request: Self = serde_json::from_slice(&received.body)
            .map_err(|_| "the body is not an object of request_id, name, cid, phone, bank_code, card_no")?;
        match request.wrong_member() {
            None => Ok(request),
            Some(wrong) => Err(wrong),
        }
    }

    fn wrong_member(&self) -> Option<&'static str> {
        let rules = [
            ((1..=64).contains(&self.request_id.len()), "request_id is not 1 to 64 characters"),
            (!self.name.trim().is_empty(), "name is empty"),
            (is_document_number(&self.cid), "cid is not 18 characters of a document number"),
            (
                self.phone.len() == 11 && self.phone.starts_with('1') && is_digits(&self.phone),
                "phone is none",
            ),
            (BANKS.contains(&self.bank_code.as_str()), "bank_code is not one of the bank's own"),
            (
                (12..=19).contains(&self.card_no.len()) && is_digits(&self.card_no),
                "card_no is not 12 to 19 digits",
            ),
        ];
        rules.into_iter().find(|(keeps, _)| !keeps).map(|(_, wrong)| wrong)
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// 17 digits, and a digit or an X.
fn is_document_number(text: &str) -> bool {
    text.len() == 18
        && text.is_ascii()
        && is_digits(&text[..17])
        && text.ends_with(|last: char| last.is_ascii_digit() || last.eq_ignore_ascii_case(&'x'))
}
