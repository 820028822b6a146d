//! A channel's parameter on the wire: JSON, of which unknown members are refused (§10, Wire details).

use std::collections::{BTreeMap, BTreeSet};

use domain::marketplace::{AdmissionRules, AmountOption, Bank, BankCodes, CallbackKind, Product, PullKind};
use domain::marketplace::{Rate, Yuan};
use jiff::SignedDuration;
use platform::config::FromVariable;
use platform::partner::BaseUrl;
use platform::rsa::{SignatureHash, SigningKey, VerifyingKey};
use platform::secrets::FromSecret;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{ChannelConfig, Contract, ContractShape, RateLimit, Wording};
use crate::envelope::{AesKey, Cipher};

/// While a key is being replaced there are two.
const MOST_KEYS: usize = 2;
const DEFAULT_WINDOW_MS: u32 = 600_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    app_id: String,
    cipher: Option<WrittenCipher>,
    sign_alg: Option<WrittenHash>,
    private_key: String,
    platform_public_keys: Vec<String>,
    #[serde(default)]
    aes_keys: Vec<String>,
    base_url: String,
    timestamp_window_ms: Option<u32>,
    contract_shape: Option<WrittenShape>,
    contracts: Option<Vec<WrittenContract>>,
    bank_codes: Option<BTreeMap<String, String>>,
    #[serde(default)]
    product: WrittenProduct,
    #[serde(default)]
    admission: WrittenAdmission,
    #[serde(default)]
    reborrow: WrittenReborrow,
    url_hosts: Option<BTreeSet<String>>,
    page_hosts: Option<BTreeSet<String>>,
    #[serde(default)]
    messages: BTreeMap<String, String>,
    #[serde(default)]
    callback_paths: BTreeMap<String, String>,
    #[serde(default)]
    pull_paths: BTreeMap<String, String>,
    requests_per_second: Option<u32>,
    expected_concurrency: Option<u32>,
    #[serde(default)]
    disabled: bool,
    /// Configuration that nothing reads today (§11, Items with little to see).
    #[serde(rename = "sms_signature")]
    _sms_signature: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenCipher {
    Plain,
    Aes,
}

#[derive(Clone, Copy, Deserialize)]
enum WrittenHash {
    #[serde(rename = "SHA1")]
    Sha1,
    #[serde(rename = "SHA256")]
    Sha256,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenShape {
    TitleUrl,
    KeyValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenContract {
    title: String,
    url: String,
}

/// Amounts and the rate are decimals, as numbers or as texts.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenProduct {
    min: Option<Box<RawValue>>,
    max: Option<Box<RawValue>>,
    step: Option<Box<RawValue>>,
    periods: Option<Vec<u16>>,
    rate: Option<Box<RawValue>>,
    switched_on: Option<bool>,
    /// The specification's name of `contracts`.
    contracts: Option<Vec<WrittenContract>>,
}

/// The specification's names of two members of `admission`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenReborrow {
    credit_days: Option<u16>,
    audit_days: Option<u16>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenAdmission {
    new_users_only: Option<bool>,
    youngest_years: Option<i16>,
    oldest_years: Option<i16>,
    regions_blocked: Option<BTreeSet<String>>,
    credit_days: Option<u16>,
    audit_days: Option<u16>,
}

impl FromSecret for ChannelConfig {
    fn from_secret(json: &str) -> Result<Self, String> {
        let mut written: Written =
            platform::json::object(json.as_bytes()).map_err(|error| format!("has bad JSON: {error}"))?;
        if written.app_id.is_empty() {
            return Err("has an empty app_id".to_owned());
        }
        Ok(Self {
            cipher: cipher(&written)?,
            hash: match written.sign_alg {
                Some(WrittenHash::Sha1) => SignatureHash::Sha1,
                Some(WrittenHash::Sha256) | None => SignatureHash::Sha256,
            },
            signing_key: SigningKey::parse(&written.private_key)
                .map_err(|error| format!("has a private_key that is {error}"))?,
            platform_keys: platform_keys(&written.platform_public_keys)?,
            base_url: BaseUrl::from_variable(&written.base_url)
                .map_err(|problem| format!("has a base_url that {problem}"))?,
            timestamp_window: match written.timestamp_window_ms.unwrap_or(DEFAULT_WINDOW_MS) {
                0 => None,
                milliseconds => Some(SignedDuration::from_millis(milliseconds.into())),
            },
            product: product(&written.product)?,
            product_is_on: written.product.switched_on.unwrap_or(true),
            admission: admission(&written.admission, &written.reborrow)?,
            bank_codes: bank_codes(written.bank_codes)?,
            contract_shape: match written.contract_shape {
                Some(WrittenShape::KeyValue) => ContractShape::KeyValue,
                Some(WrittenShape::TitleUrl) | None => ContractShape::TitleUrl,
            },
            contracts: contracts(either("contracts", written.contracts, written.product.contracts.take())?),
            url_hosts: hosts("url_hosts", written.url_hosts)?,
            page_hosts: hosts("page_hosts", written.page_hosts)?,
            wording: Wording::new(written.messages)
                .map_err(|name| format!("has unknown messages: {name}"))?,
            rate_limit: rate_limit(written.requests_per_second, written.expected_concurrency)?,
            is_disabled: written.disabled,
            callback_paths: paths("callback_paths", written.callback_paths, CallbackKind::parse)?,
            pull_paths: paths("pull_paths", written.pull_paths, PullKind::parse)?,
            app_id: written.app_id,
        })
    }
}

fn cipher(written: &Written) -> Result<Cipher, String> {
    let keys = written.aes_keys.iter().map(|key| AesKey::of_hex(key)).collect::<Option<Vec<_>>>();
    let keys = keys.ok_or("has aes_keys of which one is not 32 hexadecimal digits")?;
    if keys.len() > MOST_KEYS {
        return Err(format!("has more than {MOST_KEYS} aes_keys"));
    }
    match written.cipher.unwrap_or(WrittenCipher::Aes) {
        WrittenCipher::Plain => Ok(Cipher::Plain),
        WrittenCipher::Aes if keys.is_empty() => Err("has the cipher aes and no aes_keys".to_owned()),
        WrittenCipher::Aes => Ok(Cipher::Aes(keys)),
    }
}

fn platform_keys(written: &[String]) -> Result<Vec<VerifyingKey>, String> {
    if !(1..=MOST_KEYS).contains(&written.len()) {
        return Err(format!("has not 1 to {MOST_KEYS} platform_public_keys"));
    }
    let keys = written.iter().map(|key| VerifyingKey::parse(key)).collect::<Result<_, _>>();
    keys.map_err(|error| format!("has platform_public_keys of which one is {error}"))
}

fn product(written: &WrittenProduct) -> Result<Product, String> {
    let default = Product::default();
    let amount = |name: &str, written: &Option<Box<RawValue>>, default: Yuan| match written {
        None => Ok(default),
        Some(raw) => {
            Yuan::parse(&decimal(raw)).map_err(|error| format!("has a product.{name} that is {error}"))
        }
    };
    let rate = match &written.rate {
        None => default.rate,
        Some(raw) => {
            Rate::parse(&decimal(raw)).map_err(|error| format!("has a product.rate that is {error}"))?
        }
    };
    let periods = written.periods.clone().unwrap_or_else(|| default.option.periods().to_vec());
    let option = AmountOption::new(
        amount("min", &written.min, default.option.min())?,
        amount("max", &written.max, default.option.max())?,
        amount("step", &written.step, default.option.step())?,
        periods,
    );
    Ok(Product { option: option.map_err(|error| format!("has a product with {error}"))?, rate })
}

/// A number's text, or a text.
fn decimal(raw: &RawValue) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

fn admission(written: &WrittenAdmission, reborrow: &WrittenReborrow) -> Result<AdmissionRules, String> {
    let default = AdmissionRules::default();
    let credit_days = either("credit_days", written.credit_days, reborrow.credit_days)?;
    let audit_days = either("audit_days", written.audit_days, reborrow.audit_days)?;
    Ok(AdmissionRules {
        new_users_only: written.new_users_only.unwrap_or(default.new_users_only),
        youngest_years: written.youngest_years.unwrap_or(default.youngest_years),
        oldest_years: written.oldest_years.unwrap_or(default.oldest_years),
        regions_blocked: written.regions_blocked.clone().unwrap_or(default.regions_blocked),
        credit_days: credit_days.unwrap_or(default.credit_days),
        audit_days: audit_days.unwrap_or(default.audit_days),
    })
}

/// What has two places stands in one of them.
fn either<Value>(name: &str, one: Option<Value>, other: Option<Value>) -> Result<Option<Value>, String> {
    match (one, other) {
        (Some(_), Some(_)) => Err(format!("has {name} in two places")),
        (one, other) => Ok(one.or(other)),
    }
}

/// Hosts alone, in lower case: a scheme, a port or a path would match nothing.
fn hosts(name: &str, written: Option<BTreeSet<String>>) -> Result<Option<BTreeSet<String>>, String> {
    let Some(written) = written else { return Ok(None) };
    let is_host = |host: &String| {
        let of_host = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
        !host.is_empty() && host.bytes().all(of_host)
    };
    match written.iter().find(|host| !is_host(host)) {
        Some(_) => Err(format!("has {name} of which one is no host")),
        None => Ok(Some(written.into_iter().map(|host| host.to_ascii_lowercase()).collect())),
    }
}

/// Our code → the channel's.
fn bank_codes(written: Option<BTreeMap<String, String>>) -> Result<BankCodes, String> {
    let Some(written) = written else { return Ok(BankCodes::default()) };
    let ours = |(ours, theirs): (String, String)| match Bank::of(&ours) {
        Some(bank) if !theirs.is_empty() => Ok((bank, theirs)),
        Some(_) | None => Err(format!("has bank_codes with {ours}, which is no bank of ours, or nothing")),
    };
    let codes = written.into_iter().map(ours).collect::<Result<_, _>>()?;
    BankCodes::new(codes).map_err(|error| format!("has bank_codes with {error}"))
}

fn contracts(written: Option<Vec<WrittenContract>>) -> Vec<Contract> {
    match written {
        Some(written) => {
            written.into_iter().map(|WrittenContract { title, url }| Contract { title, url }).collect()
        }
        None => [
            ("个人借款合同", "https://contracts.example/loan.html"),
            ("征信授权书", "https://contracts.example/credit-authorization.html"),
        ]
        .map(|(title, url)| Contract { title: title.to_owned(), url: url.to_owned() })
        .to_vec(),
    }
}

fn rate_limit(per_second: Option<u32>, processes: Option<u32>) -> Result<Option<RateLimit>, String> {
    let limit = per_second.map(|per_second| RateLimit { per_second, processes: processes.unwrap_or(1) });
    match limit {
        Some(limit) if limit.per_second == 0 || limit.processes == 0 => {
            Err("has requests_per_second or expected_concurrency of 0".to_owned())
        }
        limit => Ok(limit),
    }
}

fn paths<K: Ord>(
    member: &str,
    written: BTreeMap<String, String>,
    parse: impl Fn(&str) -> Option<K>,
) -> Result<BTreeMap<K, String>, String> {
    let kind = |(name, path): (String, String)| match parse(&name) {
        Some(kind) => Ok((kind, path)),
        None => Err(format!("has {member} for {name}, which is none")),
    };
    written.into_iter().map(kind).collect()
}
