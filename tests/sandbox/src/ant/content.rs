//! The JSON texts within a form: orders, questions about them, their closing, templates, further signers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::fields::ORGANIZATION_ID_TYPES;
use super::secrets::Secrets;

/// Which JSON text it is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// `biz_content` of a synchronised order.
    Order,
    /// `biz_content` that asks for an order.
    Question,
    /// `biz_content` that closes an order.
    Close,
    /// `template_list`.
    Templates,
    /// `third_signer`.
    Signers,
}

/// A JSON text that has passed.
pub(super) struct Content {
    pub(super) json: Value,
    /// The clear text of what is sealed in it.
    pub(super) decrypted: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FullOrder {
    order_id: String,
    merchant_id: String,
    order_create_time: String,
    rent_term: u64,
    rent_unit: Option<String>,
    total_rent_money: u64,
    repay_strategy_list: Vec<Rent>,
    #[serde(default)]
    order_user_info: Map<String, Value>,
    #[serde(default, rename = "orderProductInfoList")]
    _products: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rent {
    term_index: u64,
    rental_money: u64,
    pay_day: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Question {
    order_id: String,
    merchant_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Closing {
    order_id: String,
    merchant_id: String,
    close_reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Template {
    template_id: String,
    #[serde(default, rename = "templateArgs")]
    _arguments: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Signer {
    tag: String,
    org_name: Option<String>,
    org_id_type: Option<String>,
    org_id_number: Option<String>,
    org_legal_name: Option<String>,
    org_legal_id_number: Option<String>,
    seal_ids: Option<SealIds>,
    sign_order: Option<u64>,
}

/// One id, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum SealIds {
    One(String),
    Several(Vec<String>),
}

impl SealIds {
    fn is_blank(&self) -> bool {
        match self {
            Self::One(id) => id.is_empty(),
            Self::Several(ids) => ids.is_empty() || ids.iter().any(String::is_empty),
        }
    }
}

/// Reads a JSON text and judges it.
pub(super) fn read(kind: Kind, text: &str, secrets: &Secrets) -> Result<Content, String> {
    let decrypted = match kind {
        Kind::Order => {
            let order: FullOrder = parsed(text)?;
            order.check()?;
            order.clear_user(secrets)
        }
        Kind::Question => {
            let question: Question = parsed(text)?;
            check_ids(&question.order_id, &question.merchant_id).map(|()| None)?
        }
        Kind::Close => parsed::<Closing>(text)?.check().map(|()| None)?,
        Kind::Templates => check_templates(&parsed::<Vec<Template>>(text)?).map(|()| None)?,
        Kind::Signers => clear_signers(&parsed::<Vec<Signer>>(text)?, secrets).map(Some)?,
    };
    Ok(Content { json: parsed(text)?, decrypted })
}

/// What the reader has to say may quote what it read: only where it was is told.
fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        let what = if error.is_data() { "does not have the members that it should" } else { "is no JSON" };
        format!("{what} (line {}, column {})", error.line(), error.column())
    })
}

fn ensure(good: bool, wrong: &str) -> Result<(), String> {
    if good { Ok(()) } else { Err(wrong.to_owned()) }
}

fn check_ids(order_id: &str, merchant_id: &str) -> Result<(), String> {
    let is_order_id = (7..=49).contains(&order_id.chars().count());
    ensure(is_order_id, "has an orderId that is not 7 to 49 characters long")?;
    ensure(!merchant_id.is_empty(), "has an empty merchantId")
}

impl FullOrder {
    fn check(&self) -> Result<(), String> {
        check_ids(&self.order_id, &self.merchant_id)?;
        let created = DateTime::strptime("%Y-%m-%d %H:%M:%S%.f", &self.order_create_time);
        let written = created.map(|created| created.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string());
        ensure(
            written.is_ok_and(|written| written == self.order_create_time),
            "has an orderCreateTime that is not yyyy-MM-dd HH:mm:ss.SSS",
        )?;
        let monthly = self.rent_unit.as_ref().is_none_or(|unit| unit == "MONTH");
        ensure(monthly, "has a rentUnit other than MONTH")?;
        self.check_plan()
    }

    /// What is sealed of the user, opened. Ant does not ask for seals here, whoever sends identity data may well
    /// have to.
    fn clear_user(&self, secrets: &Secrets) -> Option<Value> {
        let opened = |(name, value): (&String, &Value)| {
            Some((name.clone(), Value::from(secrets.decrypted(value.as_str()?)?)))
        };
        let clear: Map<_, _> = self.order_user_info.iter().filter_map(opened).collect();
        (!clear.is_empty()).then(|| json!({ "orderUserInfo": clear }))
    }

    fn check_plan(&self) -> Result<(), String> {
        let mut rents: Vec<_> = self.repay_strategy_list.iter().collect();
        rents.sort_by_key(|rent| rent.term_index);
        ensure((1..=120).contains(&self.rent_term), "has a rentTerm that is not from 1 to 120")?;
        let whole = rents.iter().map(|rent| rent.term_index).eq(1..=self.rent_term);
        ensure(whole, "has a repayStrategyList that is not one entry for each of its rentTerm terms")?;
        let positive = rents.iter().all(|rent| rent.rental_money >= 1);
        let sum = rents.iter().try_fold(0_u64, |sum, rent| sum.checked_add(rent.rental_money));
        let adds_up = positive && sum == Some(self.total_rent_money);
        ensure(adds_up, "has a totalRentMoney that is not the sum of its rentalMoney")?;
        let day = |rent: &&Rent| {
            let day: Option<Date> = rent.pay_day.parse().ok();
            day.filter(|day| day.to_string() == rent.pay_day)
        };
        let days: Option<Vec<Date>> = rents.iter().map(day).collect();
        ensure(days.is_some_and(|days| days.is_sorted()), "has payDays that are no days in their order")
    }
}

impl Closing {
    fn check(&self) -> Result<(), String> {
        check_ids(&self.order_id, &self.merchant_id)?;
        let known = ["FULFILLED", "RENTING_AND_RESALE", "RENTING_OUT"].contains(&self.close_reason.as_str());
        ensure(known, "has an unknown closeReason")
    }
}

fn check_templates(templates: &[Template]) -> Result<(), String> {
    let named = templates.iter().all(|template| !template.template_id.is_empty());
    ensure(named && !templates.is_empty(), "has no template, or one without a templateId")
}

/// The sealed members of each signer, opened.
fn clear_signers(signers: &[Signer], secrets: &Secrets) -> Result<Value, String> {
    let tags: BTreeSet<_> = signers.iter().map(|signer| &signer.tag).collect();
    ensure(tags.len() == signers.len(), "has a tag twice")?;
    signers.iter().map(|signer| signer.clear(secrets)).collect()
}

impl Signer {
    fn clear(&self, secrets: &Secrets) -> Result<Value, String> {
        ensure(
            (2..=32).contains(&self.tag.chars().count()),
            "has a tag that is not 2 to 32 characters long",
        )?;
        ensure(self.org_name.as_ref().is_none_or(|name| !name.is_empty()), "has an empty orgName")?;
        let known = |kind: &String| ORGANIZATION_ID_TYPES.contains(&kind.as_str());
        ensure(self.org_id_type.as_ref().is_none_or(known), "has an unknown orgIdType")?;
        ensure(self.sign_order != Some(0), "has a signOrder of 0")?;
        ensure(!self.seal_ids.as_ref().is_some_and(SealIds::is_blank), "has empty sealIds")?;
        let sealed = [
            ("orgIdNumber", &self.org_id_number),
            ("orgLegalName", &self.org_legal_name),
            ("orgLegalIdNumber", &self.org_legal_id_number),
        ];
        let mut clear = Map::new();
        for (name, sealed) in sealed {
            let Some(sealed) = sealed else { continue };
            let opened = secrets.decrypted(sealed);
            let opened =
                opened.ok_or_else(|| format!("has an {name} that is not sealed with our public key"))?;
            clear.insert(name.to_owned(), Value::from(opened));
        }
        Ok(Value::Object(clear))
    }
}
