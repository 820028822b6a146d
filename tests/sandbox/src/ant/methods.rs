//! What each method does to an order, and what it answers.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::envelope::Parameters;
use super::fields::Checked;
use super::method::Method;
use super::orders::{
    FINISH, Flow, LeaseTerm, NOT_RETURN, Order, Orders, Party, SIGNED, SIGNING, Synced, TERMINATED, UNSIGNED,
};
use super::refusal::{Code, Refusal, invalid};

/// When an agreement ends that nobody ends: Alipay's own end of time.
const NEVER: &str = "2115-02-01T00:00:00Z";

/// A call that the gateway has let through.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) form: &'a Parameters,
    pub(super) checked: &'a Checked,
    /// The order that it is about, as far as it names one.
    pub(super) order_id: Option<&'a str>,
    /// Comes never again: what is made of it is new.
    pub(super) number: u64,
    pub(super) now: Timestamp,
}

/// What came of a call.
pub(super) struct Done {
    pub(super) outcome: Outcome,
    /// The members of the response, besides those that every response has.
    pub(super) members: Members,
}

type Members = Map<String, Value>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It only asked.
    Answered,
    /// It changed the order.
    Effect,
    /// It would have, if that had not been so already.
    Repeated,
}

impl Outcome {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Effect => "effect",
            Self::Repeated => "repeated",
        }
    }
}

/// Does what is asked.
pub(super) fn perform(orders: &mut Orders, call: &Call<'_>) -> Result<Done, Refusal> {
    if call.method == Method::SignTemplateAll {
        return Ok(Done { outcome: Outcome::Answered, members: templates() });
    }
    let order_id = call.order_id.ok_or_else(|| Code::SignFlowNotExist.because("签署流程不存在"))?;
    if call.method == Method::FrontTradeSync {
        orders.get_or_create(order_id);
    }
    let order = orders.get_mut(order_id).ok_or_else(|| Code::OrderNotExist.because("订单不存在"))?;
    let before = order.clone();
    let members = act(order_id, order, call)?;
    let outcome = match (asks(call.method), *order == before) {
        (true, _) => Outcome::Answered,
        (false, true) => Outcome::Repeated,
        (false, false) => Outcome::Effect,
    };
    if outcome == Outcome::Effect {
        orders.count(order_id, call.method);
    }
    Ok(Done { outcome, members })
}

/// Whether a method changes nothing.
fn asks(method: Method) -> bool {
    match method {
        Method::WithholdSignQuery | Method::SignFlowGet | Method::SignTemplateAll | Method::TradeGet => true,
        Method::FrontTradeSync
        | Method::FrontSignSubmit
        | Method::WithholdSignCreate
        | Method::WithholdSignUnbind
        | Method::WithholdPlanCancel
        | Method::UnsignConfirm
        | Method::SignFlowAuth
        | Method::SignFlowCancel
        | Method::TradeSync => false,
    }
}

fn act(order_id: &str, order: &mut Order, call: &Call<'_>) -> Result<Members, Refusal> {
    let field = |name: &str| call.form.get(name).map(String::as_str);
    match call.method {
        Method::FrontTradeSync => Ok(sync(order, call)),
        Method::FrontSignSubmit => submit(order, call),
        Method::WithholdSignCreate => Ok(create(order_id, order, call)),
        Method::WithholdSignQuery => Ok(agreement(order)),
        Method::WithholdSignUnbind => {
            order.set_withhold_status(TERMINATED, call.number, call.now);
            Ok(Members::new())
        }
        Method::WithholdPlanCancel => {
            order.cancel_plan();
            Ok(Members::new())
        }
        Method::UnsignConfirm => {
            order.unsign_pending = false;
            if field("operate") == Some("AGREE") {
                order.set_withhold_status(TERMINATED, call.number, call.now);
            }
            Ok(Members::new())
        }
        Method::SignFlowAuth => seal(flow(order)?, call.form),
        Method::SignFlowGet => Ok(shown_flow(order_id, flow(order)?)),
        Method::SignFlowCancel => cancel_flow(flow(order)?),
        Method::SignTemplateAll => Ok(templates()),
        Method::TradeGet => {
            of_the_same_merchant(order, content(call))?;
            Ok(response_data(&trade(order_id, order)))
        }
        Method::TradeSync => {
            of_the_same_merchant(order, content(call))?;
            order.closed = true;
            Ok(response_data(&json!({"orderId": order_id})))
        }
    }
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Members {
    members.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

fn response_data(data: &Value) -> Members {
    members([("response_data", Value::from(data.to_string()))])
}

/// The JSON of `biz_content`.
fn content<'a>(call: &Call<'a>) -> &'a Value {
    const NONE: &Value = &Value::Null;
    call.checked.json.get("biz_content").unwrap_or(NONE)
}

fn of_the_same_merchant(order: &Order, asked: &Value) -> Result<(), Refusal> {
    let own = order.synced.as_ref().map(|synced| &synced.content["merchantId"]);
    match own {
        Some(own) if *own != asked["merchantId"] => Err(invalid("the order is another merchant's")),
        _ => Ok(()),
    }
}

fn sync(order: &mut Order, call: &Call<'_>) -> Members {
    let content = content(call);
    let clear = call.checked.decrypted.as_ref().and_then(|clear| clear.get("biz_content"));
    let synced = Some(Synced { content: content.clone(), decrypted: clear.cloned() });
    if order.synced != synced {
        let rents = content["repayStrategyList"].as_array().into_iter().flatten();
        order.terms = rents.filter_map(term).collect();
        order.terms.sort_by_key(|term| term.term_index);
        order.synced = synced;
    }
    response_data(&json!({"orderId": content["orderId"]}))
}

fn term(rent: &Value) -> Option<LeaseTerm> {
    let term_index = u32::try_from(rent["termIndex"].as_u64()?).ok()?;
    Some(LeaseTerm { term_index, status: NOT_RETURN.to_owned(), rental_money: rent["rentalMoney"].as_u64()? })
}

/// A new flow each time: whoever submits twice has two contracts.
fn submit(order: &mut Order, call: &Call<'_>) -> Result<Members, Refusal> {
    let third = call.checked.json.get("third_signer").and_then(Value::as_array).into_iter().flatten();
    let tags = call.form.get("merchant_tag").cloned().into_iter();
    let mut tags: Vec<_> =
        tags.chain(third.filter_map(|signer| signer["tag"].as_str().map(str::to_owned))).map(Some).collect();
    if call.form.get("merchant_tag").is_some_and(|own| tags.iter().skip(1).flatten().any(|tag| tag == own)) {
        return Err(invalid("third_signer has merchant_tag, too"));
    }
    if tags.is_empty() {
        tags.push(None);
    }
    let flow = Flow::new(call.number, tags.into_iter().map(Party::new).collect());
    let answer = members([
        ("sign_no", flow.sign_no().into()),
        ("flow_id", flow.flow_id().into()),
        ("account_id", flow.account_id().into()),
        ("sign_info", flow.sign_info().into()),
    ]);
    order.flow = Some(flow);
    Ok(answer)
}

/// What is signed stays signed; the text to sign with is a fresh one.
fn create(order_id: &str, order: &mut Order, call: &Call<'_>) -> Members {
    if order.withhold_status() != SIGNED {
        order.set_withhold_status(UNSIGNED, call.number, call.now);
    }
    let sign_str = format!(
        "alipay_sdk=sandbox&method=alipay.user.agreement.page.sign&external_agreement_no={order_id}&nonce={}",
        call.number
    );
    members([("sign_str", sign_str.into())])
}

fn agreement(order: &Order) -> Members {
    let mut answer = members([("status", order.withhold_status().into())]);
    if let Some(agreement) = order.withhold.as_ref().and_then(|withhold| withhold.agreement.as_ref()) {
        let signed_at = agreement.signed_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        answer.extend(members([
            ("sign_time", signed_at.clone().into()),
            ("valid_time", signed_at.into()),
            ("invalid_time", NEVER.into()),
            ("agreement_no", agreement.number.clone().into()),
        ]));
    }
    answer
}

fn flow(order: &mut Order) -> Result<&mut Flow, Refusal> {
    order.flow.as_mut().ok_or_else(|| Code::SignFlowNotExist.because("签署流程不存在"))
}

fn seal(flow: &mut Flow, form: &Parameters) -> Result<Members, Refusal> {
    for (name, own) in [("biz_flow_id", flow.flow_id()), ("account_id", flow.account_id())] {
        if form.get(name).is_some_and(|given| *given != own) {
            return Err(invalid(format!("{name} is not that of the flow")));
        }
    }
    let tag = form.get("tag");
    let at = flow.parties.iter().position(|party| party.tag.as_ref() == tag);
    let at = at.ok_or_else(|| Code::TagNotExist.because("签署区不存在"))?;
    if flow.status != SIGNING && !flow.parties[at].sealed {
        return Err(Code::FlowStatusInvalid.because(format!("签署流程状态: {}", flow.status)));
    }
    flow.parties[at].sealed = true;
    if flow.status == SIGNING && flow.parties.iter().all(|party| party.sealed) {
        FINISH.clone_into(&mut flow.status);
    }
    let field_ids = json!([format!("{}-{}", flow.flow_id(), at + 1)]);
    Ok(members([("sign_field_ids", field_ids.to_string().into())]))
}

fn shown_flow(order_id: &str, flow: &Flow) -> Members {
    let documents =
        json!([{"fileItemNo": flow.sign_no(), "agreementType": "COMMON", "fileName": "租赁合同"}]);
    members([
        ("sign_no", flow.sign_no().into()),
        ("order_id", order_id.into()),
        ("flow_id", flow.flow_id().into()),
        ("account_id", flow.account_id().into()),
        ("status", flow.status.clone().into()),
        ("doc_list", documents.to_string().into()),
        ("sign_info", flow.sign_info().into()),
    ])
}

fn cancel_flow(flow: &mut Flow) -> Result<Members, Refusal> {
    match flow.status.as_str() {
        SIGNING | "DRAFT" | "UNDO" => "UNDO".clone_into(&mut flow.status),
        status => return Err(Code::FlowStatusInvalid.because(format!("签署流程状态: {status}"))),
    }
    Ok(Members::new())
}

fn templates() -> Members {
    let template = json!([{
        "templateCode": "LEASE_CONTRACT", "templateId": "TPL-0001", "agreementType": "COMMON",
        "fileName": "租赁合同.pdf", "fieldArgs": ["lessee"], "userPos": [], "orgPos": [],
    }]);
    members([("template_list", template.to_string().into())])
}

/// `response_data` of trade.get; what an order does not have yet is absent.
fn trade(order_id: &str, order: &Order) -> Value {
    let terms = order.terms.iter().map(
        |term| json!({"termIndex": term.term_index, "status": term.status, "rentalMoney": term.rental_money}),
    );
    let mut trade = json!({
        "orderId": order_id,
        "orderStatus": if order.closed { "CLOSED" } else { "NORMAL" },
        "unsignPending": order.unsign_pending,
        "terms": terms.collect::<Value>(),
    });
    if let Some(flow) = &order.flow {
        trade["signNo"] = flow.sign_no().into();
        trade["flowId"] = flow.flow_id().into();
        trade["accountId"] = flow.account_id().into();
    }
    if let Some(user) = order.synced.as_ref().and_then(|synced| synced.content.get("orderUserInfo")) {
        trade["orderUserInfo"] = user.clone();
    }
    trade
}
