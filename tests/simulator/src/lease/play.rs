//! How what happens happens, and what answers promise.

use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use suites::gateway::Got;
use suites::lease::ant::Notification;
use suites::lease::ant::{FIRST_KEY, SECOND_KEY};

use super::Lease;
use super::ant::account::Account;
use super::draw::{Move, Telling};
use super::keys::{self, Ended};
use super::people::{Ask, Caller, ORDERS};
use super::rows::tells;
use crate::context::{Violation, hold};

/// How much time a run of lease-reconcile has.
const RUN: Duration = Duration::from_mins(2);
/// How often Ant tells once more what was taken, in thousand.
const ONCE_MORE: usize = 150;

/// What is known of an invocation when it is over.
struct Over {
    /// Whether something went wrong in it.
    is_disturbed: bool,
    /// Whether Ant did something in it.
    has_effect: bool,
    /// Whether the order was there when it began.
    was_there: bool,
}

impl Lease {
    pub(super) async fn play_one(&self, next: Move) {
        match next {
            Move::Call(order, ask, caller) => {
                self.call(order, ask, caller).await;
            }
            Move::Cross(order, seconds, ask, caller) => {
                let crossing = async {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                    self.lambda.world.pass(Duration::ZERO).await;
                    self.call(order, ask, caller).await;
                };
                join(self.call(order, Ask::Order, Caller::PLAIN), crossing).await;
            }
            Move::Lives(order, deed) => {
                self.ant.live(ORDERS[order], deed);
            }
            Move::Tells(telling) => self.tell(telling).await,
            Move::Reconcile(times) => {
                join_all((0..times).map(|_| self.reconcile())).await;
            }
            Move::Relay => {
                self.lambda.run(&self.functions.relay, &json!({})).await;
            }
            Move::Pass(seconds) => self.lambda.pass(Duration::from_secs(seconds)).await,
        }
    }

    pub(super) async fn reconcile(&self) {
        let now = self.lambda.world.time().now().to_string();
        let event = json!({"time": now, "id": "run"});
        self.lambda.run_within(RUN, &self.functions.reconcile, &event).await;
    }

    /// A caller asks; what is answered, if an answer comes.
    pub(super) async fn call(&self, order: usize, ask: Ask, caller: Caller) -> Option<Got> {
        let (lambda, functions, id) = (&self.lambda, &self.functions, ORDERS[order]);
        if caller.key.is_some() {
            self.keyed.borrow_mut().push((order, ask, caller));
        }
        let number = lambda.upcoming();
        self.ant.expect(number, ask, caller);
        let was_there = !self.rows().order(id).is_null();
        let begun = self.keys.borrow_mut().begin(id, ask, caller, lambda.world.time().now());
        let (event, from) = (ask.event(id, caller), self.ant.count());
        let got = match ask {
            Ask::Put { .. } => lambda.respond(&functions.pre_order_sync, &event).await,
            Ask::Contract { .. } => lambda.respond(&functions.contract_sign, &event).await,
            Ask::Withhold => lambda.respond(&functions.withhold_sign, &event).await,
            Ask::Seal(_) => lambda.respond(&functions.contract_seal, &event).await,
            Ask::Flow => lambda.respond(&functions.sign_flow, &event).await,
            Ask::Cancel(_) => lambda.respond(&functions.withhold_plan_cancel, &event).await,
            Ask::Close { .. } => lambda.respond(&functions.close, &event).await,
            Ask::Unbind { .. } => lambda.respond(&functions.withhold_unsign, &event).await,
            Ask::Confirm { .. } => lambda.respond(&functions.unsign_confirm, &event).await,
            Ask::Order => lambda.respond(&functions.order_query, &event).await,
            Ask::Agreement => lambda.respond(&functions.withhold_query, &event).await,
        };
        let has_effect = self.ant.any(from, |heard| heard.invocation == Some(number) && heard.is_done);
        let is_disturbed = lambda.chaos.is_disturbed(number) || self.ant.is_disturbed(number);
        let over = Over { is_disturbed, has_effect, was_there };
        let judged = got.as_ref().map_or(Ok(()), |got| self.judge((id, ask, caller), got, &over));
        let kept = begun.map_or(Ok(()), |begun| {
            let (got, at) = (got.as_ref(), lambda.world.time().now());
            let is_kept = keys::name(caller).is_some_and(|name| self.rows().keeps(id, &name, at));
            self.keys.borrow_mut().end(&begun, &Ended { got, at, is_disturbed, is_kept, has_effect })
        });
        self.complaints.borrow_mut().extend(judged.and(kept).err());
        got
    }

    /// What an answer says is so, and a refusal changed nothing.
    fn judge(&self, asked: (&str, Ask, Caller), got: &Got, over: &Over) -> Result<(), Violation> {
        let (id, ask, caller) = asked;
        let seen = |what: &str| format!("{asked:?} was answered {} {}, {what}", got.status, got.body);
        let body: Value = serde_json::from_str(&got.body).unwrap_or_default();
        hold("identities", !tells(&body), || seen("who somebody is"))?;
        let is_known = [200, 403, 404, 409, 422, 500, 502, 504].contains(&got.status);
        hold("answers", is_known, || seen("which it never is"))?;
        hold("answers", got.status != 403 || ask.is_forbidden_to(caller), || seen("and may do that"))?;
        hold("answers", got.status != 404 || !over.was_there, || seen("and it was there"))?;
        let is_internal = [500, 504].contains(&got.status);
        hold("no-failure", !is_internal || over.is_disturbed, || seen("and nothing went wrong"))?;
        let is_refused = [400, 403, 404, 409, 422].contains(&got.status);
        hold("refused-nothing-done", !(is_refused && over.has_effect) || ask == Ask::Flow, || {
            seen("and Ant did it")
        })?;
        let (code, req) = (&body["ant"]["result_code"], &body["ant"]["req_msg_id"]);
        let is_ants = self.ant.any(0, |heard| {
            heard.req_msg_id == *req && heard.result_code == *code && heard.order == id && code != "OK"
        });
        hold("answers", body["ant"].is_null() || is_ants, || seen("and Ant did not say that"))?;
        let is_kept_promise = got.status != 200 || is_so(ask, &body["data"], &self.ant.account(id));
        hold("answers", is_kept_promise, || seen(&format!("and it is not so: {:?}", self.ant.account(id))))
    }

    async fn tell(&self, telling: Telling) {
        let news = self.ant.news();
        match telling {
            Telling::News(place) if !news.is_empty() => {
                let one = news[place % news.len()].clone();
                self.notify(&one.msg_id, one.publish_type, &one.order).await;
            }
            Telling::News(_) => {}
            Telling::OfNobody => {
                let msg_id = format!("n-{}", self.lambda.upcoming());
                self.notify(&msg_id, "ORDER_STATUS_CHANGE", "LEASE-NOBODYS").await;
            }
            Telling::Forged(order, how) => self.forge(ORDERS[order], how).await,
        }
    }

    /// Ant tells, as it should be told.
    pub(super) async fn notify(&self, msg_id: &str, publish_type: &str, order: &str) {
        let notification = notification(FIRST_KEY.1, msg_id, publish_type, order);
        let is_form = self.dice.happens(500);
        let event = if is_form { notification.form_event() } else { notification.json_event() };
        let (number, got) = self.told(&event).await;
        let Some(got) = got else { return };
        let is_disturbed = self.lambda.chaos.is_disturbed(number) || self.ant.is_disturbed(number);
        let is_stored = self.rows().has_notification(msg_id);
        let is_taken = got.status == 200;
        let is_so = if is_taken { is_stored } else { got.status == 500 && is_disturbed };
        self.complain(hold("notifications", is_so, || {
            format!("{msg_id} of {order} was answered {} {}, stored {is_stored}", got.status, got.body)
        }));
        if is_taken && !self.dice.happens(ONCE_MORE) {
            self.ant.is_taken(msg_id);
        }
    }

    /// Somebody sends what Ant did not sign.
    async fn forge(&self, order: &str, how: usize) {
        let msg_id = format!("f-{}", self.lambda.upcoming());
        let secret = if how == 0 { SECOND_KEY.1 } else { FIRST_KEY.1 };
        let mut forged = notification(secret, &msg_id, "ASYNC_UNSIGN_APPLY", order);
        match how {
            1 => forged.0.insert("msg_content".to_owned(), "{\"x\":1}".to_owned()),
            2 => forged.0.remove("sign"),
            3 => forged.0.insert("sign".to_owned(), String::new()),
            _ => None,
        };
        let from = self.ant.count();
        let (number, got) = self.told(&forged.json_event()).await;
        let was_asked = self.ant.any(from, |heard| heard.invocation == Some(number));
        let is_refused =
            got.as_ref().is_none_or(|got| got.status == 401 && got.body.contains("\"SIGNATURE_INVALID\""));
        let is_stored = self.rows().has_notification(&msg_id);
        self.complain(hold("notifications", is_refused && !was_asked && !is_stored, || {
            format!("forged {how}: {got:?}, Ant was asked {was_asked}, stored {is_stored}")
        }));
    }

    async fn told(&self, event: &Value) -> (u64, Option<Got>) {
        let number = self.lambda.upcoming();
        let got = self.lambda.respond(&self.functions.ant_notify, event).await;
        (number, got)
    }
}

fn notification(secret: &str, msg_id: &str, publish_type: &str, order: &str) -> Notification {
    let fields =
        [("msg_id", msg_id), ("msg_publish_type", publish_type), ("order_id", order), ("msg_content", "{}")];
    Notification::signed(secret, fields)
}

/// Whether what a success promises is so at Ant.
fn is_so(ask: Ask, data: &Value, account: &Account) -> bool {
    let said = |name: &str| data[name].as_str();
    let is_contract = |sign_no: &str| account.contracts.iter().any(|one| one.sign_no == sign_no);
    match ask {
        Ask::Put { .. } => account.synced > 0,
        Ask::Contract { .. } => said("sign_no").is_some_and(is_contract),
        Ask::Withhold => account.agreement.is_some(),
        Ask::Seal(tag) => account.contracts.iter().any(|one| one.passes_for_sealed_by(tag)),
        Ask::Cancel(reason) => {
            account.is_settled() && account.cancelled.as_deref().is_none_or(|of| of == reason)
        }
        Ask::Close { reason, .. } => account.closed.as_deref() == Some(reason),
        Ask::Unbind { .. } | Ask::Confirm { agrees: true, .. } => account.was_ended,
        // An operator may refuse a wish that nobody has; if Ant's answer is lost, that nobody waits counts as success (§12).
        Ask::Confirm { overrides, .. } => account.applications > 0 || (overrides && !account.is_pending),
        Ask::Flow | Ask::Order | Ask::Agreement => true,
    }
}
