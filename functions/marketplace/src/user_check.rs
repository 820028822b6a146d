//! userCheck (1.1, item 1): whether a user of the platform may borrow, asked by digests before anybody says who it is.

use domain::marketplace::{Admission, Inquiry, InquiryFields, LookupKind, Product};
use platform::Scope;
use platform::config::Environment;
use platform::metrics::Source;
use platform::secrets::Secret;
use platform::start::StartError;
use serde::Serialize;

use crate::CONTEXT;
use crate::admission::{self, Lookup, judge};
use crate::channel::{Channel, Words};
use crate::deps::{self, Base};
use crate::digest::{DIGEST_SECRET_PARAMETER, DigestKey};
use crate::endpoint::{Exposed, Failure, Operation, Reply};
use crate::store::CustomerStore;
use crate::wire::{Members, WireLimit, options};

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    base: deps::Settings,
    digest_secret: String,
    customers: String,
}

/// The operation.
#[derive(Debug)]
pub struct UserCheck {
    customers: CustomerStore,
    digest_key: Secret<DigestKey>,
}

/// Amounts are texts here, and only who may borrow is told any (§8, §11).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    is_stock: u8,
    is_can_loan: u8,
    is_black_list: u8,
    reject_reason: u16,
    period_unit: u16,
    remark: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_option: Option<String>,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let base = deps::Settings::read(environment);
        let digest_secret = environment.read(DIGEST_SECRET_PARAMETER);
        let customers = CustomerStore::read_table(environment);
        Some(Self { base: base?, digest_secret: digest_secret?, customers: customers? })
    }
}

impl UserCheck {
    /// The operation over these.
    ///
    /// # Errors
    /// The secret is not what it should be.
    pub fn over(base: &Base, customers: String, digest_secret: &str) -> Result<Self, StartError> {
        let digest_key = base.secrets.secret(digest_secret)?;
        Ok(Self { customers: CustomerStore::new(base.aws.dynamodb(), customers), digest_key })
    }

    /// Builds the endpoint and opens its connection.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Exposed<Self>, StartError> {
        let base = settings.base.open(&[&settings.digest_secret]).await?;
        let operation = Self::over(&base, settings.customers, &settings.digest_secret)?;
        operation.customers.warm_for_checks().await;
        Ok(Exposed::new(base.channels, operation))
    }
}

impl Operation for UserCheck {
    const OP: &'static str = "userCheck";
    const SOURCE: Source = Source { context: CONTEXT, function: "user-check" };
    type Input = Inquiry;

    fn read(_: &Channel, text: String) -> Result<Inquiry, Failure> {
        let members = Members::read(&text)?;
        Ok(Inquiry::of(InquiryFields {
            name: members.scalar("name")?,
            md5: members.scalar("md5")?,
            mobile_md5: members.scalar("mobileMd5")?,
            phone: members.scalar("phone")?,
            cid: members.scalar("cid")?,
        })?)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, inquiry: Inquiry) -> Result<Reply, Failure> {
        let key = self.digest_key.current();
        let (first, phone) = match inquiry {
            Inquiry::Digests { id_number, phone } => (
                id_number.map(|digest| key.of_digest(LookupKind::IdNumber, digest)),
                phone.map(|digest| key.of_digest(LookupKind::Phone, digest)),
            ),
            Inquiry::Mask(mask) => (Some(key.of_text(&mask)), None),
        };
        let lookup = Lookup { first: first.as_deref(), phone: phone.as_deref(), birthday: None };
        let admission = judge(&self.customers, scope, &channel.config.admission, lookup, scope.now()).await?;
        Ok(reply(channel, admission))
    }
}

fn reply(channel: &Channel, judged: Admission) -> Reply {
    let product = &channel.config.product;
    let offered = judged.is_admitted();
    let limit = || serde_json::to_string(&WireLimit::from(product.amount_limit())).ok();
    let option = || serde_json::to_string(&options(product.options())).ok();
    let (outcome, words) = match judged.refused {
        None => ("admitted", Words::Admitted),
        Some(rule) => (admission::word(rule), admission::words(rule)),
    };
    let wire = Wire {
        is_stock: judged.is_stock.into(),
        is_can_loan: offered.into(),
        is_black_list: judged.is_black_list.into(),
        reject_reason: judged.reject_reason().code(),
        period_unit: Product::PERIOD_UNIT.code(),
        remark: channel.config.wording.text(words),
        amount_limit: offered.then(limit).flatten(),
        amount_option: offered.then(option).flatten(),
    };
    Reply::json(outcome, &wire)
}
