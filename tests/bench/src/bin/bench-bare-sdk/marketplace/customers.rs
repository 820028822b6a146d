//! What is known of people, under keyed digests.

use std::env;
use std::fmt::Write as _;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Put};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bench::Error;
use ring::hmac::{self, HMAC_SHA256};
use serde::{Deserialize, Serialize};

use crate::clients::Aws;
use crate::dynamodb::{Item, STAMP, UNITS, number, put, text, transact};
use crate::forms::sortable;

/// The key of digests.
pub(super) struct Digests(hmac::Key);

#[derive(Deserialize)]
struct Secret {
    keys: Vec<SecretKey>,
}

#[derive(Deserialize)]
struct SecretKey {
    key: String,
}

/// Who is asked about.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Inquiry<'a> {
    pub(super) md5: &'a str,
    pub(super) mobile_md5: &'a str,
}

/// The answer about whom nobody knows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Admitted {
    is_stock: u8,
    is_can_loan: u8,
    is_black_list: u8,
    reject_reason: u16,
    period_unit: u16,
    remark: &'static str,
    amount_limit: &'static str,
    amount_option: &'static str,
}

/// What our house tells.
#[derive(Deserialize)]
pub(super) struct Changed<'a> {
    event_id: &'a str,
    name: &'a str,
    cid: &'a str,
    phone: &'a str,
    birthday: &'a str,
    region: &'a str,
    is_customer: bool,
    blacklisted: bool,
    loan_in_progress: bool,
    occurred_at: &'a str,
}

impl Digests {
    /// The one key of a secret.
    pub(super) fn of_secret(secret: &str) -> Result<Self, Error> {
        let secret: Secret = serde_json::from_str(secret)?;
        let key = BASE64_STANDARD.decode(&secret.keys.first().ok_or("no key")?.key)?;
        Ok(Self(hmac::Key::new(HMAC_SHA256, &key)))
    }

    /// Of a text of some kind, in hexadecimal digits.
    pub(super) fn keyed(&self, kind: &str, text: &str) -> String {
        hex(hmac::sign(&self.0, format!("{kind}:{text}").as_bytes()).as_ref())
    }

    /// Of the MD5 of a text of some kind.
    pub(super) fn hashed(&self, kind: &str, text: &str) -> String {
        self.keyed(kind, &hex(&md5::compute(text.as_bytes()).0))
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whom nobody knows may borrow.
pub(super) fn admitted() -> Admitted {
    Admitted {
        is_stock: 0,
        is_can_loan: 1,
        is_black_list: 0,
        reject_reason: 0,
        period_unit: 2,
        remark: "可以借款",
        amount_limit: r#"{"maxLoan":15000.00,"minLoan":5000.00,"maxPeriod":12,"minPeriod":12}"#,
        amount_option: r#"[{"min":5000.00,"max":15000.00,"step":100.00,"periods":[12]}]"#,
    }
}

/// The table of customers.
pub(super) struct Customers {
    client: Client,
    table: String,
}

impl Customers {
    /// Builds the client.
    pub(super) fn read(aws: &Aws) -> Result<Self, Error> {
        Ok(Self { client: aws.dynamodb(), table: env::var("RONGSHU_CUSTOMERS_TABLE")? })
    }

    /// Whoever a digest may mean.
    pub(super) async fn known(&self, digest: &str) -> Result<Vec<Item>, Error> {
        let query = self.client.query().table_name(&self.table).key_condition_expression("#digest = :digest");
        let query = query
            .expression_attribute_names("#digest", "digest")
            .expression_attribute_values(":digest", text(digest));
        let page = query.consistent_read(true).return_consumed_capacity(UNITS).send().await?;
        Ok(page.items.unwrap_or_default())
    }

    /// A customer's base.
    pub(super) async fn base(&self, customer: &str) -> Result<Option<Item>, Error> {
        let get = self.client.get_item().table_name(&self.table);
        let get = get.key("digest", text(customer)).key("customer", text(customer));
        Ok(get.consistent_read(true).return_consumed_capacity(UNITS).send().await?.item)
    }

    /// Writes a customer who is new: a row under each digest, of which the first is the base.
    pub(super) async fn change(&self, digests: &Digests, changed: &Changed<'_>) -> Result<(), Error> {
        let mask = format!("{}|{}|{}", changed.name, &changed.phone[..7], &changed.cid[..13]);
        let all = [
            digests.hashed("id_number", changed.cid),
            digests.hashed("id_number", &changed.cid.to_ascii_lowercase()),
            digests.hashed("phone", changed.phone),
            digests.hashed("mask", &mask),
        ];
        if self.base(&all[0]).await?.is_some() {
            return Err("the customer is there".into());
        }
        let rows = all.iter().map(|digest| self.row(digest, &all, changed));
        transact(&self.client, rows.collect::<Result<_, _>>()?).await
    }

    fn row(
        &self,
        digest: &str,
        all: &[String; 4],
        changed: &Changed<'_>,
    ) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, Error> {
        let row = Put::builder()
            .table_name(&self.table)
            .item("digest", text(digest))
            .item("customer", text(&all[0]))
            .item("version", number(1))
            .item("is_customer", AttributeValue::Bool(changed.is_customer))
            .item("blacklisted", AttributeValue::Bool(changed.blacklisted))
            .item("loan_in_progress", AttributeValue::Bool(changed.loan_in_progress))
            .item("birthday", text(changed.birthday))
            .item("region", text(changed.region))
            .item("occurred_at", text(sortable(changed.occurred_at)?))
            .item("event_id", text(changed.event_id))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP));
        if digest != all[0] {
            return put(row);
        }
        put(row
            .item("digests", AttributeValue::Ss(all[1..].to_vec()))
            .condition_expression("attribute_not_exists(#digest)")
            .expression_attribute_names("#digest", "digest"))
    }
}
