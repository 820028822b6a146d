//! The confirmation of a loan: `confirmLoan` (1.7, item 12; §11, Card and confirmation).

mod request;
mod settings;

use domain::marketplace::{AccountState, ConfirmStatus, LoanTerms, OrderKey, Register, Step, check_terms};
use futures_util::future::{join, try_join};
use platform::Scope;
use platform::metrics::Source;
use serde::Serialize;

use crate::channel::{Channel, Words};
use crate::confirmation::{self, Deps, NotCompleted, Standing, TRIES, User, complete, look};
use crate::endpoint::{Failure, Operation, Reply};
use crate::store::{
    Beside, Committed, ConfirmLog, LogWrite, RegisterKey, RegisterWrite, StoredConfirmLog, StoredOrder,
    StoredRegister,
};
use crate::xw::Xw;
use crate::{CONTEXT, admission, asked_order};

pub use request::Request;
pub use settings::Settings;

/// The operation.
#[derive(Debug)]
pub struct ConfirmLoan {
    /// What completing works with.
    pub deps: Deps,
    /// The depository.
    pub xw: Xw,
}

/// What is answered, before it is worded.
enum Answer {
    /// The loan is confirmed, now or before.
    Accepted,
    /// The user goes on at this page.
    GoOn(String),
    /// The order is not confirmed.
    Refused(&'static str, Words),
}

#[derive(Serialize)]
struct Wire<'a> {
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    remark: &'a str,
}

/// What is read of an order that waits for its confirmation.
struct Found {
    order: StoredOrder,
    register_key: RegisterKey,
    register: Option<StoredRegister>,
    log: Option<StoredConfirmLog>,
}

impl Operation for ConfirmLoan {
    const OP: &'static str = "confirmLoan";
    const SOURCE: Source = Source { context: CONTEXT, function: "confirm-loan" };
    type Input = Request;

    fn read(channel: &Channel, text: String) -> Result<Request, Failure> {
        Request::read(channel, &text)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, request: Request) -> Result<Reply, Failure> {
        // What the depository said is not asked again when others were faster.
        let mut told = None;
        for tries in 1..=TRIES {
            if let Some(answer) = Box::pin(self.once(scope, channel, &request, &mut told)).await? {
                return Ok(reply(channel, &answer));
            }
            scope.pause(tries).await;
        }
        Err(NotCompleted::Raced.into())
    }
}

impl ConfirmLoan {
    /// One try; `None` if others changed something at the same time.
    async fn once(
        &self,
        scope: &Scope,
        channel: &Channel,
        request: &Request,
        told: &mut Option<AccountState>,
    ) -> Result<Option<Answer>, Failure> {
        let number = request.number.clone();
        let order = asked_order::find(&self.deps.store, scope, channel, number).await?;
        match order.status.confirmation_step() {
            Step::Stay => return Ok(Some(Answer::Accepted)),
            Step::Forbidden => return Ok(Some(Answer::Refused("not_now", Words::ConfirmRefused))),
            Step::Go => {}
        }
        let asked = terms(channel, &order, request)?;
        let found = self.find(scope, order).await?;
        // The first confirmation of a page stays while it waits.
        let first = found.first();
        let is_open = found.register.as_ref().is_some_and(|read| read.register.is_open());
        let known = if is_open { Some(AccountState::Open) } else { *told };
        let user = look(&self.deps, scope, channel, (&found.order, scope.now()));
        let (account, user) = match known {
            Some(AccountState::None) => (AccountState::None, None),
            Some(AccountState::Open) => (AccountState::Open, Some(user.await)),
            None => {
                let (account, user) = join(self.xw.account(scope, &found.register_key.uid), user).await;
                let account = account.map_err(|failure| Failure::Internal(failure.to_string()))?;
                (account, Some(user))
            }
        };
        *told = Some(account);
        match user.filter(|_| account == AccountState::Open) {
            Some(user) => {
                let terms = first.map_or(asked, |first| first.log.terms);
                self.complete(scope, &found, terms, user?).await
            }
            None => self.wait(scope, &found, first.is_some(), (request, asked)).await,
        }
    }

    async fn find(&self, scope: &Scope, order: StoredOrder) -> Result<Found, Failure> {
        let register_key = RegisterKey { order: order.key.clone(), uid: order.content.uid.clone() };
        let (register, log) = try_join(
            self.deps.registers.register(scope, &register_key),
            self.deps.logs.log(scope, &register_key.order),
        )
        .await?;
        Ok(Found { order, register_key, register, log })
    }

    /// There is an account.
    async fn complete(
        &self,
        scope: &Scope,
        found: &Found,
        terms: LoanTerms,
        user: User,
    ) -> Result<Option<Answer>, Failure> {
        if let Some(rule) = user.admission.refused {
            confirmation::tell_refusal(scope, &found.order, rule);
            return Ok(Some(Answer::Refused(admission::word(rule), admission::words(rule))));
        }
        let standing =
            Standing { order: &found.order, register: found.register.as_ref(), log: found.log.as_ref() };
        let source = Self::SOURCE.function;
        let committed = complete(&self.deps, scope, standing, (terms, user.card), source).await?;
        Ok((committed == Committed::Applied).then_some(Answer::Accepted))
    }

    /// There is no account: the confirmation waits, and the user gets the page.
    async fn wait(
        &self,
        scope: &Scope,
        found: &Found,
        is_kept: bool,
        (request, terms): (&Request, LoanTerms),
    ) -> Result<Option<Answer>, Failure> {
        let page = self.xw.page(&found.register_key.uid, request.from.success_url.as_deref());
        let answer = Some(Answer::GoOn(page));
        if is_kept {
            return Ok(answer);
        }
        let now = scope.now();
        let uid = found.register_key.uid.clone();
        let log = ConfirmLog { uid, terms, from: request.from.clone(), at: now, completed_at: None };
        let key: &OrderKey = &found.register_key.order;
        let register = found.register.as_ref();
        // Written also where it says the same as before: whoever finds the account meanwhile, and no confirmation that
        // waits for it, is told by this that there is one.
        let rows = [
            Beside::Log(&self.deps.logs, LogWrite { key, read: found.log.as_ref(), next: &log }),
            Beside::Register(
                &self.deps.registers,
                RegisterWrite {
                    key: &found.register_key,
                    read: register,
                    next: Register::page_given(register.map(|read| read.register), now),
                },
            ),
        ];
        let committed = self.deps.registers.write(scope, &rows).await?;
        Ok((committed == Committed::Applied).then_some(answer).flatten())
    }
}

impl Found {
    fn first(&self) -> Option<&StoredConfirmLog> {
        let register = self.register.as_ref()?.register;
        let waiting = self.log.as_ref().filter(|log| log.waiting_terms().is_some());
        waiting.filter(|log| register.keeps(log.log.at))
    }
}

/// What is asked for, as far as it was approved.
fn terms(channel: &Channel, order: &StoredOrder, request: &Request) -> Result<LoanTerms, Failure> {
    let terms = request.terms.clone()?;
    // An approval always comes with amounts; without them it would be for what the channel lends.
    let of_product = || channel.config.product.options();
    let options = order.approval.as_ref().map_or_else(of_product, |approval| &approval.options);
    check_terms(options, terms).map_err(|error| Failure::field("terms", &error))?;
    Ok(terms)
}

fn reply(channel: &Channel, answer: &Answer) -> Reply {
    let (outcome, status, words, url) = match answer {
        Answer::Accepted => ("accepted", ConfirmStatus::Accepted, Words::ConfirmAccepted, None),
        Answer::GoOn(page) => {
            ("waits_for_account", ConfirmStatus::Accepted, Words::OpenAccount, Some(page.as_str()))
        }
        Answer::Refused(outcome, words) => (*outcome, ConfirmStatus::Refused, *words, None),
    };
    let remark = channel.config.wording.text(words);
    Reply::json(outcome, &Wire { status: status.code(), url, remark })
}

impl From<NotCompleted> for Failure {
    fn from(failure: NotCompleted) -> Self {
        Self::Internal(failure.to_string())
    }
}
