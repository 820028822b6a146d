//! The binding of a card: `bindCard` (1.4, item 11; §10, Card binding; §11, Card and confirmation). The bank is told the
//! number once for each order and card, the depository is asked at the same time whether there is an account, and what is
//! kept of the card becomes the user's default. The number itself is neither kept nor logged.

mod request;
mod settings;
mod write;

use domain::marketplace::{AccountState, BindStatus, LoanCard, OrderKey, ThirdOrderStatus};
use futures_util::future::{join, try_join};
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use platform::metrics::Source;
use platform::outbox::Outbox;
use platform::secrets::Secret;
use serde::Serialize;

use crate::bank::{BindRequest, Binding, CardBinding};
use crate::channel::{Channel, Words};
use crate::confirmation::TRIES;
use crate::digest::DigestKey;
use crate::endpoint::{Failure, Operation, Reply};
use crate::store::{
    CardStore, LoanStore, OrderStore, RegisterKey, Registers, StoredCard, StoredLoan, StoredOrder,
    StoredRegister,
};
use crate::xw::{Xw, XwError};
use crate::{CONTEXT, asked_order};

pub use request::Request;
pub use settings::{Own, Settings};

/// The operation.
#[derive(Debug)]
pub struct BindCard {
    /// The orders.
    pub store: OrderStore,
    /// The loans of those that are confirmed.
    pub loans: LoanStore,
    /// The cards.
    pub cards: CardStore,
    /// The accounts that orders wait for.
    pub registers: Registers,
    /// What cards are known by.
    pub digests: Secret<DigestKey>,
    /// Who binds cards.
    pub bank: CardBinding,
    /// The depository.
    pub xw: Xw,
    /// What the core is to be sent.
    pub outbox: Outbox,
    /// The queue of what the core is to do.
    pub core_commands: String,
}

/// What is read before a card is bound.
struct Found {
    order: StoredOrder,
    digest: String,
    /// The card, if the user has bound it before.
    card: Option<StoredCard>,
    register_key: RegisterKey,
    loan: Option<StoredLoan>,
}

/// What the others say.
struct Told {
    /// The card, if it is bound now or was before; otherwise what is answered.
    card: Result<LoanCard, Answer>,
    account: Result<AccountState, XwError>,
}

/// What is answered, before it is worded.
enum Answer {
    /// Bound.
    Bound,
    /// Bound, and the user goes on at this page.
    GoOn(String),
    /// The bank refused, in words of its own if it has some.
    Refused(String),
    /// Nobody knows yet.
    Processing,
    /// The order does not stand where a card is bound.
    NotNow,
}

#[derive(Serialize)]
struct Wire<'a> {
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    remark: &'a str,
}

impl Operation for BindCard {
    const OP: &'static str = "bindCard";
    const SOURCE: Source = Source { context: CONTEXT, function: "bind-card" };
    type Input = Request;

    fn read(channel: &Channel, text: String) -> Result<Request, Failure> {
        Request::read(channel, &text)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, request: Request) -> Result<Reply, Failure> {
        // What the bank and the depository said is not asked again when others were faster.
        let mut told = None;
        for tries in 1..=TRIES {
            if let Some(answer) = Box::pin(self.once(scope, channel, &request, &mut told)).await? {
                return Ok(reply(channel, &answer));
            }
            scope.pause(tries).await;
        }
        Err(Failure::Internal(format!("raced {TRIES} times")))
    }
}

impl BindCard {
    /// One try; `None` if others changed something at the same time.
    async fn once(
        &self,
        scope: &Scope,
        channel: &Channel,
        request: &Request,
        told: &mut Option<Told>,
    ) -> Result<Option<Answer>, Failure> {
        let found = self.find(scope, channel, request).await?;
        if !found.order.status.accepts_card() {
            return Ok(Some(Answer::NotNow));
        }
        let (now_told, register) = match told.take() {
            Some(known) => (known, self.registers.register(scope, &found.register_key).await?),
            None => self.ask(scope, request, &found).await?,
        };
        let told = told.insert(now_told);
        let card = match &told.card {
            Ok(card) => card.clone(),
            Err(Answer::Refused(words)) => return Ok(Some(Answer::Refused(words.clone()))),
            Err(Answer::Processing | Answer::Bound | Answer::GoOn(_) | Answer::NotNow) => {
                return Ok(Some(Answer::Processing));
            }
        };
        // An account that became known since the depository was asked is there.
        let account = match &register {
            Some(read) if read.register.is_open() => Ok(AccountState::Open),
            Some(_) | None => told.account.as_ref().copied(),
        };
        let has_account = account.ok().map(|account| account == AccountState::Open);
        let register = (register.as_ref(), has_account);
        if !write::bound(self, scope, (&found, request.card_type), card, register).await? {
            return Ok(None);
        }
        match account {
            Ok(AccountState::Open) => Ok(Some(Answer::Bound)),
            Ok(AccountState::None) => {
                let back = request.success_url.as_deref();
                Ok(Some(Answer::GoOn(self.xw.page(&found.register_key.uid, back))))
            }
            // The binding stays: a repeat asks the depository alone.
            Err(failure) => Err(Failure::Internal(failure.to_string())),
        }
    }

    /// Reads the order, and of its user the card, at the same time where the request says who they are.
    async fn find(&self, scope: &Scope, channel: &Channel, request: &Request) -> Result<Found, Failure> {
        let digest = self.digests.current().of_content("card", [request.card_number.as_str()]);
        let key = OrderKey { channel: channel.id.clone(), number: request.number.clone() };
        let order = asked_order::find(&self.store, scope, channel, request.number.clone());
        // Boxed: they are large.
        let (order, card) = if let Some(uid) = &request.uid {
            let card = async { Ok(self.cards.card(scope, (&key.channel, uid), &digest).await?) };
            Box::pin(try_join(order, card)).await?
        } else {
            let order = Box::pin(order).await?;
            let card = self.cards.card(scope, (&key.channel, &order.content.uid), &digest);
            let card = Box::pin(card).await?;
            (order, card)
        };
        if request.uid.as_ref().is_some_and(|uid| *uid != order.content.uid) {
            return Err(Failure::field("uid", &"not the order's"));
        }
        let is_confirmed = order.status == ThirdOrderStatus::Processed;
        let loan = if is_confirmed { Box::pin(self.loans.loan(scope, &key)).await? } else { None };
        let register_key = RegisterKey { order: key, uid: order.content.uid.clone() };
        Ok(Found { order, digest, card, register_key, loan })
    }

    /// Asks the bank, unless the card is known, and the depository, unless the account is. Whether it is, is read while the
    /// bank is asked, so that a process that starts opens a connection fewer.
    async fn ask(
        &self,
        scope: &Scope,
        request: &Request,
        found: &Found,
    ) -> Result<(Told, Option<StoredRegister>), DynamoDbError> {
        let account = async {
            let register = self.registers.register(scope, &found.register_key).await?;
            let account = match &register {
                Some(read) if read.register.is_open() => Ok(AccountState::Open),
                Some(_) | None => self.xw.account(scope, &found.register_key.uid).await,
            };
            Ok((account, register))
        };
        let card = async {
            match &found.card {
                Some(known) => Ok(known.card.clone()),
                None => self.bind(scope, request, &found.register_key.order).await,
            }
        };
        // Not given up when the database fails: the bank's answer is awaited.
        let (card, account) = join(card, account).await;
        account.map(|(account, register)| (Told { card, account }, register))
    }

    /// Has the bank bind the card. A repeat for the same order and card is the same request there.
    async fn bind(&self, scope: &Scope, request: &Request, key: &OrderKey) -> Result<LoanCard, Answer> {
        let pieces = [&key.to_string(), ":", request.card_number.as_str()];
        let request_id = self.digests.current().of_content("card_binding", pieces);
        let asked = BindRequest {
            request_id: &request_id,
            name: &request.name,
            id_number: &request.id_number,
            phone: &request.phone,
            bank: request.bank,
            card_number: &request.card_number,
        };
        match self.bank.bind(scope, asked).await {
            Binding::Bound(card_ref) => {
                let last4 = request.card_number.last4().to_owned();
                Ok(LoanCard { bank: request.bank, last4, card_ref })
            }
            Binding::Refused(words) => Err(Answer::Refused(words)),
            Binding::Unclear => Err(Answer::Processing),
        }
    }
}

fn reply(channel: &Channel, answer: &Answer) -> Reply {
    let text = |words| channel.config.wording.text(words);
    let (outcome, status, remark, url) = match answer {
        Answer::Bound => ("bound", BindStatus::Bound, text(Words::CardBound), None),
        Answer::GoOn(page) => {
            let status = BindStatus::ContinueOnPage;
            ("needs_account", status, text(Words::OpenAccount), Some(page.as_str()))
        }
        Answer::Refused(words) if !words.is_empty() => ("refused", BindStatus::Failed, words.as_str(), None),
        Answer::Refused(_) => ("refused", BindStatus::Failed, text(Words::CardRefused), None),
        Answer::Processing => ("processing", BindStatus::Failed, text(Words::CardProcessing), None),
        Answer::NotNow => ("not_now", BindStatus::Failed, text(Words::CardNotNow), None),
    };
    Reply::json(outcome, &Wire { status: status.code(), url, remark })
}
