//! What a lender tells of an order, or asks for: the business JSON of callbacks and pulls.
//!
//! Only what the wire lays down is judged; a member that Rongshu does not know it passes over, and null is as good
//! as absent where nothing is needed.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::kind::Kind;

type Members = BTreeMap<String, Box<RawValue>>;

/// What a member may be.
#[derive(Clone, Copy)]
enum Rule {
    /// 1 to 64 of `[A-Za-z0-9_-]`, as a text.
    Id,
    Text,
    /// A number with exactly two decimals.
    Amount,
    /// A whole number from the first to the second.
    Whole(i64, i64),
    OneOf(&'static [i64]),
    /// A time in milliseconds.
    Millis,
    Object(&'static [Member]),
    List(&'static Rule),
    /// A text that is the JSON of that.
    JsonText(&'static Rule),
}

/// Whether a member must be there.
#[derive(Clone, Copy)]
enum Needed {
    Always,
    /// With that status.
    At(i64),
    Never,
    /// Never, and it may be there with that status only.
    OnlyAt(i64),
}

struct Member {
    name: &'static str,
    needed: Needed,
    rule: Rule,
}

const fn member(name: &'static str, needed: Needed, rule: Rule) -> Member {
    Member { name, needed, rule }
}

const LAST_PERIOD: i64 = 999;
const PERIOD: Rule = Rule::Whole(1, LAST_PERIOD);
const ORDER: Member = member("orderId", Needed::Always, Rule::Id);
const REMARK: Member = member("remark", Needed::Never, Rule::Text);
const PAID: i64 = 2;

const LIMIT: Rule = Rule::Object(&[
    member("maxLoan", Needed::Always, Rule::Amount),
    member("minLoan", Needed::Always, Rule::Amount),
    member("maxPeriod", Needed::Always, PERIOD),
    member("minPeriod", Needed::Always, PERIOD),
]);

const OPTIONS: Rule = Rule::List(&Rule::Object(&[
    member("min", Needed::Always, Rule::Amount),
    member("max", Needed::Always, Rule::Amount),
    member("step", Needed::Always, Rule::Amount),
    member("periods", Needed::Always, Rule::List(&PERIOD)),
]));

const PLAN: Rule = Rule::JsonText(&Rule::List(&Rule::Object(&[
    member("periodNo", Needed::Always, PERIOD),
    member("payType", Needed::Never, Rule::Whole(1, 6)),
    member("amount", Needed::Always, Rule::Amount),
    member("repayAmount", Needed::Always, Rule::Amount),
    member("alreadyRepayAmount", Needed::Never, Rule::Amount),
    member("overdueFee", Needed::Never, Rule::Amount),
    member("status", Needed::Always, Rule::Whole(1, 3)),
    member("dueTime", Needed::Always, Rule::Millis),
    member("canRepayTime", Needed::Never, Rule::Millis),
    member("successTime", Needed::OnlyAt(PAID), Rule::Millis),
])));

const AUDIT: [Member; 5] = [
    ORDER,
    member("status", Needed::Always, Rule::OneOf(&[6001, 6004])),
    REMARK,
    member("amountLimit", Needed::Never, LIMIT),
    member("amountOption", Needed::Never, OPTIONS),
];

const LOAN: [Member; 8] = [
    ORDER,
    member("status", Needed::Always, Rule::OneOf(&[7001, 7003])),
    REMARK,
    member("contractId", Needed::At(7001), Rule::Text),
    member("loanAmount", Needed::At(7001), Rule::Amount),
    member("receiveAmount", Needed::At(7001), Rule::Amount),
    member("repayAmount", Needed::At(7001), Rule::Amount),
    member("repayPlan", Needed::At(7001), PLAN),
];

const REPAY: [Member; 7] = [
    ORDER,
    member("period", Needed::Always, Rule::Whole(-1, LAST_PERIOD)),
    member("status", Needed::Always, Rule::OneOf(&[8001, 8002, 8003])),
    member("alreadyRepayAmount", Needed::Never, Rule::Amount),
    member("willRepayAmount", Needed::Never, Rule::Amount),
    REMARK,
    member("repayTime", Needed::Never, Rule::Millis),
];

const REPAYMENT_PLAN: [Member; 8] = [
    ORDER,
    member("status", Needed::Always, Rule::OneOf(&[9001])),
    member("bankName", Needed::Never, Rule::Text),
    member("bankCard", Needed::Never, Rule::Text),
    member("bankCode", Needed::Never, Rule::Text),
    member("receiveAmount", Needed::Always, Rule::Amount),
    member("totalRepayAmount", Needed::Always, Rule::Amount),
    member("repayPlan", Needed::Always, PLAN),
];

const PULL: [Member; 1] = [member("uid", Needed::Always, Rule::Id)];

/// Judges the business JSON of a call; says what is wrong with it.
pub(super) fn check(kind: Kind, clear: &str) -> Result<(), String> {
    let wanted: &[Member] = match kind {
        Kind::Audit => &AUDIT,
        Kind::Loan => &LOAN,
        Kind::Repay => &REPAY,
        Kind::Plan => &REPAYMENT_PLAN,
        Kind::Operator | Kind::CreditCard | Kind::Device => &PULL,
    };
    check_object(wanted, clear).map_err(|wrong| format!("request {wrong}"))
}

/// The id that a call is about, whatever else is wrong with it: a text, or a whole number.
pub(super) fn id(clear: &str, name: &str) -> Option<String> {
    let members: Members = serde_json::from_str(clear).ok()?;
    let raw = members.get(name)?.get();
    serde_json::from_str(raw).ok().or_else(|| serde_json::from_str::<u64>(raw).ok().map(|_| raw.to_owned()))
}

fn check_object(wanted: &[Member], raw: &str) -> Result<(), String> {
    let given: Members = serde_json::from_str(raw).map_err(|_| "is no JSON object".to_owned())?;
    let value = |name: &str| given.get(name).map(|raw| raw.get()).filter(|raw| *raw != "null");
    let status = value("status").and_then(|raw| raw.parse::<i64>().ok());
    for Member { name, needed, rule } in wanted {
        let needs = match needed {
            Needed::Always => true,
            Needed::At(at) => status == Some(*at),
            Needed::Never | Needed::OnlyAt(_) => false,
        };
        match (value(name), needed) {
            (None, _) if needs => return Err(format!("has no {name}")),
            (None, _) => {}
            (Some(_), Needed::OnlyAt(at)) if status != Some(*at) => {
                return Err(format!("has {name}, which belongs to status {at}"));
            }
            (Some(raw), _) => check_value(*rule, raw).map_err(|wrong| format!("{name} {wrong}"))?,
        }
    }
    Ok(())
}

fn check_value(rule: Rule, raw: &str) -> Result<(), String> {
    let text = || serde_json::from_str::<String>(raw).map_err(|_| "is no text".to_owned());
    let whole = || raw.parse::<i64>().ok();
    let judged = |good: bool, what: String| if good { Ok(()) } else { Err(what) };
    match rule {
        Rule::Id => judged(is_id(&text()?), "is not 1 to 64 of [A-Za-z0-9_-]".to_owned()),
        Rule::Text => text().map(|_| ()),
        Rule::Amount => judged(is_amount(raw), "is no number with two decimals".to_owned()),
        Rule::Whole(least, most) => {
            let fits = whole().is_some_and(|number| number != 0 && (least..=most).contains(&number));
            judged(fits, format!("is no whole number from {least} to {most}"))
        }
        Rule::OneOf(values) => {
            judged(whole().is_some_and(|number| values.contains(&number)), format!("is none of {values:?}"))
        }
        Rule::Millis => judged(raw.len() == 13 && whole().is_some(), "is no time in milliseconds".to_owned()),
        Rule::Object(members) => check_object(members, raw),
        Rule::List(rule) => {
            let items: Vec<Box<RawValue>> =
                serde_json::from_str(raw).map_err(|_| "is no JSON array".to_owned())?;
            items.iter().try_for_each(|item| check_value(*rule, item.get()))
        }
        Rule::JsonText(rule) => check_value(*rule, &text()?),
    }
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn is_amount(raw: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    raw.split_once('.').is_some_and(|(whole, cents)| digits(whole) && cents.len() == 2 && digits(cents))
}
