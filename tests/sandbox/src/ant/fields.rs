//! What each method's form has: which fields, which of them at least, how long, which values, what is sealed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::content;
use super::envelope::Parameters;
use super::method::Method;
use super::refusal::{Refusal, invalid};
use super::secrets::Secrets;

/// A form that has passed.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// The clear text of what was sealed, under its field's name; null when nothing was.
    pub(super) decrypted: Option<Value>,
    /// The fields that are JSON texts, read.
    pub(super) json: BTreeMap<&'static str, Value>,
}

struct Field {
    name: &'static str,
    needed: bool,
    rule: Rule,
}

#[derive(Clone, Copy)]
enum Rule {
    /// So many characters.
    Text(usize, usize),
    OneOf(&'static [&'static str]),
    /// Sealed with Ant's public key.
    Sealed,
    /// A whole number, 1 or more.
    Number,
    /// An instant in milliseconds.
    Millis,
    Flag,
    Json(content::Kind),
}

const ANY: Rule = Rule::Text(1, usize::MAX);
/// An order's id in the withhold methods.
const WITHHOLD_ORDER_ID: Rule = Rule::Text(1, 50);
pub(super) const ORDER_CONTENT_TYPE: &str = "orderFullInfo";
const CLOSE_TYPE: &str = "orderClose";

const fn needed(name: &'static str, rule: Rule) -> Field {
    Field { name, needed: true, rule }
}

const fn optional(name: &'static str, rule: Rule) -> Field {
    Field { name, needed: false, rule }
}

/// What every method takes.
const COMMON: [Field; 2] = [optional("auth_token", ANY), optional("product_instance_id", ANY)];

const FRONT_TRADE_SYNC: [Field; 2] = [
    needed("type", Rule::OneOf(&[ORDER_CONTENT_TYPE])),
    needed("biz_content", Rule::Json(content::Kind::Order)),
];

const TRADE_GET: [Field; 2] = [
    needed("type", Rule::OneOf(&[ORDER_CONTENT_TYPE])),
    needed("biz_content", Rule::Json(content::Kind::Question)),
];

const TRADE_SYNC: [Field; 2] =
    [needed("type", Rule::OneOf(&[CLOSE_TYPE])), needed("biz_content", Rule::Json(content::Kind::Close))];

const USER_ID_TYPES: [&str; 5] = [
    "CRED_PSN_CH_IDCARD",
    "CRED_PSN_CH_TWCARD",
    "CRED_PSN_CH_MACAO",
    "CRED_PSN_CH_HONGKONG",
    "CRED_PSN_PASSPORT",
];
pub(super) const ORGANIZATION_ID_TYPES: [&str; 2] = ["CRED_ORG_USCC", "CRED_ORG_REGCODE"];

const FRONT_SIGN_SUBMIT: [Field; 30] = [
    needed("order_id", Rule::Text(4, 64)),
    needed("user_id_type", Rule::OneOf(&USER_ID_TYPES)),
    needed("user_id_number", Rule::Sealed),
    needed("user_name", Rule::Sealed),
    optional("user_mobile", Rule::Sealed),
    optional("user_email", Rule::Sealed),
    optional("sign_validity", Rule::Millis),
    optional("flow_notify_type", Rule::OneOf(&["1", "2"])),
    needed("business_scene", Rule::Text(2, 200)),
    optional("signed_redirect_url", ANY),
    needed("template_list", Rule::Json(content::Kind::Templates)),
    optional("alipay_user_id", Rule::Text(4, 24)),
    needed("merchant_name", ANY),
    optional("merchant_tag", Rule::Text(2, 32)),
    optional("merchant_seal_id", ANY),
    optional("merchant_sign_order", Rule::Number),
    // Needed in the older SDKs, optional in the newer.
    optional("merchant_id_type", Rule::OneOf(&ORGANIZATION_ID_TYPES)),
    optional("merchant_id_number", Rule::Sealed),
    optional("merchant_legal_name", Rule::Sealed),
    optional("merchant_legal_id_number", Rule::Sealed),
    optional("third_signer", Rule::Json(content::Kind::Signers)),
    optional("user_open_id", Rule::Text(1, 64)),
    optional("merchant_app_id", Rule::Text(1, 32)),
    optional("user_type", ANY),
    optional("user_org_id_number", Rule::Sealed),
    optional("user_org_id_type", ANY),
    optional("user_org_name", ANY),
    optional("need_face", Rule::Flag),
    optional("seal_type", ANY),
    optional("withhold_sign_scene", ANY),
];

const WITHHOLD_SIGN_CREATE: [Field; 10] = [
    needed("order_id", WITHHOLD_ORDER_ID),
    optional("alipay_merchant_id", Rule::Text(1, 20)),
    optional("alipay_merchant_name", Rule::Text(1, 50)),
    optional("alipay_merchant_service_name", Rule::Text(1, 50)),
    optional("alipay_merchant_service_description", Rule::Text(1, 150)),
    optional("alipay_user_id", Rule::Text(1, 128)),
    optional("return_url", Rule::Text(1, 256)),
    optional("user_open_id", Rule::Text(1, 128)),
    optional("merchant_app_id", Rule::Text(1, 32)),
    optional("withhold_sign_scene", ANY),
];

const WITHHOLD_ORDER: [Field; 1] = [needed("order_id", WITHHOLD_ORDER_ID)];

const PLAN_CANCEL: [Field; 2] = [
    needed("order_id", WITHHOLD_ORDER_ID),
    needed("cancel_reason", Rule::OneOf(&["RENTING_OUT", "RENTING_AND_RESALE"])),
];

const UNSIGN_CONFIRM: [Field; 5] = [
    needed("order_id", WITHHOLD_ORDER_ID),
    needed("operate", Rule::OneOf(&["AGREE", "REFUSE"])),
    optional("refuse_reason_code", Rule::OneOf(&["USER_OWE_MONEY", "USER_IN_SERVICE"])),
    optional("user_owe_money", Rule::Number),
    optional("user_in_service", Rule::Text(1, 128)),
];

const SIGN_NO: Field = needed("sign_no", Rule::Text(6, 64));

const SIGN_FLOW_AUTH: [Field; 4] = [
    SIGN_NO,
    optional("tag", Rule::Text(2, 32)),
    optional("biz_flow_id", Rule::Text(4, 64)),
    optional("account_id", Rule::Text(4, 64)),
];

const SIGN_FLOW_CANCEL: [Field; 3] =
    [SIGN_NO, optional("revoke_reason", Rule::Text(1, 50)), optional("operator_id", ANY)];

const SIGN_FLOW_GET: [Field; 1] = [SIGN_NO];

const SIGN_TEMPLATE_ALL: [Field; 5] = [
    optional("contract_type", ANY),
    optional("merchant_id", Rule::Text(1, 42)),
    optional("fund_type", Rule::OneOf(&["FINANCE", "NON_FINANCE"])),
    optional("fund_id", ANY),
    optional("template_id", ANY),
];

fn fields(method: Method) -> &'static [Field] {
    match method {
        Method::FrontTradeSync => &FRONT_TRADE_SYNC,
        Method::FrontSignSubmit => &FRONT_SIGN_SUBMIT,
        Method::WithholdSignCreate => &WITHHOLD_SIGN_CREATE,
        Method::WithholdSignQuery | Method::WithholdSignUnbind => &WITHHOLD_ORDER,
        Method::WithholdPlanCancel => &PLAN_CANCEL,
        Method::UnsignConfirm => &UNSIGN_CONFIRM,
        Method::SignFlowAuth => &SIGN_FLOW_AUTH,
        Method::SignFlowGet => &SIGN_FLOW_GET,
        Method::SignFlowCancel => &SIGN_FLOW_CANCEL,
        Method::SignTemplateAll => &SIGN_TEMPLATE_ALL,
        Method::TradeGet => &TRADE_GET,
        Method::TradeSync => &TRADE_SYNC,
    }
}

/// Judges a method's form; a value that may be sealed is never quoted.
pub(super) fn check(method: Method, form: &Parameters, secrets: &Secrets) -> Result<Checked, Refusal> {
    let fields = || fields(method).iter().chain(&COMMON);
    if let Some(stranger) = form.keys().find(|name| fields().all(|field| field.name != name.as_str())) {
        return Err(invalid(format!("{stranger} is no field of {}", method.name())));
    }
    let mut decrypted = Map::new();
    let mut checked = Checked::default();
    for Field { name, needed, rule } in fields() {
        let Some(value) = form.get(*name) else {
            if *needed {
                return Err(invalid(format!("{name} is missing")));
            }
            continue;
        };
        let fault = |wrong: &str| invalid(format!("{name} {wrong}"));
        match rule {
            Rule::Sealed => {
                let clear = secrets.decrypted(value);
                let clear = clear.ok_or_else(|| fault("is not sealed with our public key"))?;
                decrypted.insert((*name).to_owned(), Value::from(clear));
            }
            Rule::Json(kind) => {
                let content = content::read(*kind, value, secrets).map_err(|wrong| fault(&wrong))?;
                decrypted.extend(content.decrypted.map(|clear| ((*name).to_owned(), clear)));
                checked.json.insert(name, content.json);
            }
            Rule::Text(..) | Rule::OneOf(_) | Rule::Number | Rule::Millis | Rule::Flag => {
                check_plain(*rule, value).map_err(|wrong| fault(&wrong))?;
            }
        }
    }
    checked.decrypted = (!decrypted.is_empty()).then_some(Value::Object(decrypted));
    if method == Method::UnsignConfirm {
        check_unsign(form)?;
    }
    Ok(checked)
}

fn check_plain(rule: Rule, value: &str) -> Result<(), String> {
    let digits = || value.bytes().all(|byte| byte.is_ascii_digit()) && !value.starts_with('0');
    let (good, what) = match rule {
        Rule::Text(least, most) => {
            let length = value.chars().count();
            ((least..=most).contains(&length), format!("has {least} to {most} characters, not {length}"))
        }
        Rule::OneOf(values) => (values.contains(&value), format!("is one of {}", values.join(", "))),
        Rule::Number => (digits() && value.parse::<i64>().is_ok(), "is a whole number from 1".to_owned()),
        Rule::Millis => (digits() && value.len() == 13, "is a time in milliseconds".to_owned()),
        Rule::Flag => (value.parse::<bool>().is_ok(), "is true or false".to_owned()),
        Rule::Sealed | Rule::Json(_) => (true, String::new()),
    };
    if good { Ok(()) } else { Err(what) }
}

/// A refusal gives its reason, and with it what that reason asks for; nothing else is sent.
fn check_unsign(form: &Parameters) -> Result<(), Refusal> {
    let expected: &[&str] = match (form.get("operate").map(String::as_str), form.get("refuse_reason_code")) {
        (Some("REFUSE"), Some(code)) if code == "USER_OWE_MONEY" => &["refuse_reason_code", "user_owe_money"],
        (Some("REFUSE"), Some(_)) => &["refuse_reason_code", "user_in_service"],
        (Some("REFUSE"), None) => return Err(invalid("refuse_reason_code is missing")),
        _ => &[],
    };
    for name in ["refuse_reason_code", "user_owe_money", "user_in_service"] {
        let (wanted, given) = (expected.contains(&name), form.contains_key(name));
        if wanted && !given {
            return Err(invalid(format!("{name} is missing")));
        }
        if given && !wanted {
            return Err(invalid(format!("{name} does not belong to this answer")));
        }
    }
    Ok(())
}
