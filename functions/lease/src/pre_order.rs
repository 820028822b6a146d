//! The front order as upstream gives it, and as Ant gets it (§5, §12).

use domain::lease::{OrderId, Plan, PlanTerm, check_order_create_time};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::ant::{Encryption, EncryptionError};
use crate::wire::{BadInput, Fields, required};

/// What of a user is no identity data: an id that Ant itself gave.
const NOT_IDENTITY: &str = "alipayUid";

/// What is kept of a body must fit into a row.
const MOST_BYTES: usize = 256 * 1024;

/// A valid front order.
#[derive(Clone)]
pub struct PreOrder {
    /// Whose lease it is at Ant.
    pub merchant_id: String,
    create_time: String,
    plan: Plan,
    user: Vec<(String, String)>,
    products: Vec<Map<String, Value>>,
    /// As it was given, for the day when it is sent again.
    given: String,
}

/// What Ant gets, in the specification's order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    order_id: &'a str,
    merchant_id: &'a str,
    order_create_time: &'a str,
    rent_term: usize,
    rent_unit: &'static str,
    total_rent_money: u64,
    repay_strategy_list: Vec<Repayment>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    order_user_info: Map<String, Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    order_product_info_list: &'a [Map<String, Value>],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Repayment {
    term_index: u64,
    rental_money: u64,
    pay_day: String,
}

impl PreOrder {
    /// Reads the fields of a request, or of the document that was kept of one.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(mut fields: Fields) -> Result<Self, BadInput> {
        let given = Value::Object(fields.rest().clone()).to_string();
        bounded(&given)?;
        let merchant_id = fields.required_text("merchantId", 1..=64)?;
        let create_time = fields.required_text("orderCreateTime", 23..=23)?;
        check_order_create_time(&create_time)?;
        let rent_term = fields.required_whole("rentTerm")?;
        fields.one_of("rentUnit", &["MONTH"])?;
        let total_fen = fields.required_whole("totalRentMoney")?;
        let terms = required("repayStrategyList", fields.objects("repayStrategyList")?)?;
        let terms = terms.into_iter().map(term).collect::<Result<Vec<_>, _>>()?;
        let plan = Plan::of(rent_term, total_fen, &terms)?;
        let user = fields.object("orderUserInfo")?.unwrap_or_default().texts("orderUserInfo")?;
        let products = fields.objects("orderProductInfoList")?.unwrap_or_default();
        let products = products.into_iter().map(product).collect::<Result<_, _>>()?;
        fields.finish()?;
        Ok(Self { merchant_id, create_time, plan, user, products, given })
    }

    /// Reads the document that was kept.
    ///
    /// # Errors
    /// It is not one.
    pub fn kept(document: &str) -> Result<Self, BadInput> {
        let members = platform::json::object(document.as_bytes());
        Self::read(Fields::of(members.map_err(|error| BadInput(error.to_string()))?))
    }

    /// What is kept: it holds identity data, and is sealed.
    #[must_use]
    pub fn document(&self) -> String {
        self.given.clone()
    }

    /// The business content that Ant gets; identity data is encrypted in it (R6).
    ///
    /// # Errors
    /// It could not be encrypted.
    pub fn content(&self, order: &OrderId, encryption: &Encryption) -> Result<String, EncryptionError> {
        let user = self.user.iter().map(|(name, value)| {
            let value = if name == NOT_IDENTITY { value.clone() } else { encryption.of(value)? };
            Ok((name.clone(), Value::from(value)))
        });
        let repayment = |term: &'_ PlanTerm| Repayment {
            term_index: term.index,
            rental_money: term.rental_fen,
            pay_day: term.pay_day.clone(),
        };
        let content = Content {
            order_id: order.as_str(),
            merchant_id: &self.merchant_id,
            order_create_time: &self.create_time,
            rent_term: self.plan.terms().len(),
            rent_unit: "MONTH",
            total_rent_money: self.plan.total_fen(),
            repay_strategy_list: self.plan.terms().iter().map(repayment).collect(),
            order_user_info: user.collect::<Result<_, EncryptionError>>()?,
            order_product_info_list: &self.products,
        };
        Ok(serde_json::to_string(&content).unwrap_or_default())
    }
}

/// Checks that what was given can be kept with its order.
///
/// # Errors
/// It is longer than a row may be.
pub fn bounded(given: &str) -> Result<(), BadInput> {
    if given.len() > MOST_BYTES {
        Err(BadInput(format!("the body is over {MOST_BYTES} bytes")))
    } else {
        Ok(())
    }
}

fn term(mut fields: Fields) -> Result<PlanTerm, BadInput> {
    let index = fields.required_whole("termIndex")?;
    let rental_fen = fields.required_whole("rentalMoney")?;
    let pay_day = fields.required_text("payDay", 10..=10)?;
    fields.finish()?;
    Ok(PlanTerm { index, rental_fen, pay_day })
}

fn product(mut fields: Fields) -> Result<Map<String, Value>, BadInput> {
    let mut product = Map::new();
    for name in ["productId", "productName"] {
        if let Some(text) = fields.text(name, 1..=256)? {
            product.insert(name.to_owned(), text.into());
        }
    }
    if let Some(number) = fields.whole("productNumber")? {
        product.insert("productNumber".to_owned(), number.into());
    }
    fields.finish()?;
    Ok(product)
}
