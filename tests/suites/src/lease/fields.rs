//! The form of each of Ant's methods, strictly as the specification has it (§5, §12).

use serde_json::{Map, Value};

use super::envelope::Parameters;
use super::key;

/// A field's name, whether it must be there, and what it may be.
type Field = (&'static str, bool, Rule);

#[derive(Clone, Copy)]
enum Rule {
    Text(usize, usize),
    OneOf(&'static [&'static str]),
    Encrypted,
    Number,
    Json,
}

use Rule::{Encrypted, Json, Number, OneOf, Text};

const ANY: Rule = Text(1, 4_096);
const ORDER_ID: Field = ("order_id", true, Text(7, 49));

const EXCHANGE: &[Field] = &[("type", true, OneOf(&["orderFullInfo"])), ("biz_content", true, Json)];
const CLOSE: &[Field] = &[("type", true, OneOf(&["orderClose"])), ("biz_content", true, Json)];
const ORDER: &[Field] = &[ORDER_ID];
const FLOW: &[Field] = &[("sign_no", true, Text(6, 64))];
const AUTH: &[Field] = &[
    ("sign_no", true, Text(6, 64)),
    ("tag", false, Text(2, 32)),
    ("biz_flow_id", false, Text(4, 64)),
    ("account_id", false, Text(4, 64)),
];
const CANCEL: &[Field] = &[ORDER_ID, ("cancel_reason", true, OneOf(&["RENTING_OUT", "RENTING_AND_RESALE"]))];
const CONFIRM: &[Field] = &[
    ORDER_ID,
    ("operate", true, OneOf(&["AGREE", "REFUSE"])),
    ("refuse_reason_code", false, OneOf(&["USER_OWE_MONEY", "USER_IN_SERVICE"])),
    ("user_owe_money", false, Number),
    ("user_in_service", false, Text(1, 128)),
];
const CREATE: &[Field] = &[
    ORDER_ID,
    ("alipay_merchant_id", false, Text(1, 20)),
    ("alipay_merchant_name", false, Text(1, 50)),
    ("alipay_merchant_service_name", false, Text(1, 50)),
    ("alipay_merchant_service_description", false, Text(1, 150)),
    ("alipay_user_id", false, Text(1, 128)),
    ("return_url", false, Text(1, 256)),
    ("user_open_id", false, ANY),
    ("merchant_app_id", false, ANY),
    ("withhold_sign_scene", false, ANY),
];
const SUBMIT: &[Field] = &[
    ORDER_ID,
    (
        "user_id_type",
        true,
        OneOf(&[
            "CRED_PSN_CH_IDCARD",
            "CRED_PSN_CH_TWCARD",
            "CRED_PSN_CH_MACAO",
            "CRED_PSN_CH_HONGKONG",
            "CRED_PSN_PASSPORT",
        ]),
    ),
    ("user_id_number", true, Encrypted),
    ("user_name", true, Encrypted),
    ("user_mobile", false, Encrypted),
    ("user_email", false, Encrypted),
    ("sign_validity", false, Number),
    ("flow_notify_type", false, OneOf(&["1", "2"])),
    ("business_scene", true, Text(2, 200)),
    ("signed_redirect_url", false, ANY),
    ("template_list", true, Json),
    ("alipay_user_id", false, Text(4, 24)),
    ("merchant_name", true, ANY),
    ("merchant_tag", false, Text(2, 32)),
    ("merchant_seal_id", false, ANY),
    ("merchant_sign_order", false, Number),
    ("merchant_id_type", true, OneOf(&["CRED_ORG_USCC", "CRED_ORG_REGCODE"])),
    ("merchant_id_number", true, Encrypted),
    ("merchant_legal_name", false, Encrypted),
    ("merchant_legal_id_number", false, Encrypted),
    ("third_signer", false, Json),
    ("user_open_id", false, ANY),
    ("merchant_app_id", false, ANY),
    ("user_type", false, ANY),
    ("user_org_id_number", false, Encrypted),
    ("user_org_id_type", false, ANY),
    ("user_org_name", false, ANY),
];

fn fields(method: &str) -> Option<&'static [Field]> {
    Some(match method {
        "antchain.ato.front.trade.sync" | "antchain.ato.trade.get" => EXCHANGE,
        "antchain.ato.trade.sync" => CLOSE,
        "antchain.ato.front.sign.submit" => SUBMIT,
        "antchain.ato.withhold.sign.create" => CREATE,
        "antchain.ato.withhold.sign.query" | "antchain.ato.withhold.sign.unbind" => ORDER,
        "antchain.ato.withhold.plan.cancel" => CANCEL,
        "antchain.ato.withhold.signasyncunsign.confirm" => CONFIRM,
        "antchain.ato.sign.flow.auth" => AUTH,
        "antchain.ato.sign.flow.get" => FLOW,
        _ => return None,
    })
}

/// Judges a form, and gives what it says: JSON texts read, encrypted texts in clear.
///
/// # Errors
/// What is wrong with it.
pub fn check(method: &str, form: &Parameters) -> Result<Map<String, Value>, String> {
    let fields = fields(method).ok_or(format!("there is no method {method}"))?;
    if let Some(stranger) = form.keys().find(|name| fields.iter().all(|(known, _, _)| known != name)) {
        return Err(format!("{stranger} is no field of {method}"));
    }
    let mut clear = Map::new();
    for (name, needed, rule) in fields {
        match form.get(*name) {
            None if *needed => return Err(format!("{name} is missing")),
            None => {}
            Some(value) => {
                let value = read(*rule, value).ok_or(format!("{name} is {value:?}"))?;
                clear.insert((*name).to_owned(), value);
            }
        }
    }
    for (list, encrypted) in
        [("third_signer", &["orgIdNumber", "orgLegalName", "orgLegalIdNumber"][..]), ("biz_content", &[][..])]
    {
        decrypt(&mut clear, list, encrypted)?;
    }
    Ok(clear)
}

fn read(rule: Rule, value: &str) -> Option<Value> {
    match rule {
        Text(least, most) => (least..=most).contains(&value.chars().count()).then(|| value.into()),
        OneOf(values) => values.contains(&value).then(|| value.into()),
        Encrypted => key::decrypted(value).map(Value::from),
        Number => {
            let number: u64 = value.parse().ok().filter(|number| *number > 0)?;
            (number.to_string() == value).then(|| number.into())
        }
        Json => serde_json::from_str(value).ok(),
    }
}

/// Opens what is encrypted within a JSON text.
fn decrypt(clear: &mut Map<String, Value>, field: &str, names: &[&str]) -> Result<(), String> {
    let Some(content) = clear.get_mut(field) else {
        return Ok(());
    };
    if let Some(user) = content.get_mut("orderUserInfo").and_then(Value::as_object_mut) {
        for (name, value) in user.iter_mut().filter(|(name, _)| *name != "alipayUid") {
            *value = open(name, value)?;
        }
    }
    for member in content.as_array_mut().into_iter().flatten() {
        for name in names {
            if let Some(value) = member.get_mut(*name) {
                *value = open(name, value)?;
            }
        }
    }
    Ok(())
}

fn open(name: &str, value: &Value) -> Result<Value, String> {
    let clear = value.as_str().and_then(key::decrypted);
    clear.map(Value::from).ok_or(format!("{name} is not encrypted with our key"))
}
