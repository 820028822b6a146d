//! `bt_quota`, the gateway for users (§4): what its two operations have in common. Every answer is HTTP 200 with a
//! code; only without a good session it is 401. 0000 is the failure, 1111 the success.

use domain::quota::{Code, Operation, Pin, Texts, Wording};
use futures_util::future::join;
use http::StatusCode;
use platform::aws::Aws;
use platform::config::Environment;
use platform::http::Refusal;
use platform::session::{Baitiao, Session, SessionVerifier};
use tracing::warn;

use crate::deps::{self, Deps};
use crate::online_texts::OnlineTexts;

/// A session of the Baitiao front.
pub type Caller = Session<Baitiao>;

/// What the gateway's endpoints work with.
#[derive(Debug)]
pub struct Gateway<D> {
    /// What the use case works with.
    pub deps: D,
    /// The wording for users.
    pub texts: OnlineTexts,
    /// Verifies the front's sessions.
    pub sessions: SessionVerifier,
}

/// The configuration of the gateway's functions.
#[derive(Debug)]
pub struct Settings {
    deps: deps::Settings,
    texts_table: String,
    sessions: SessionVerifier,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let deps = deps::Settings::read(environment);
        let texts_table = OnlineTexts::read_table(environment);
        let sessions = SessionVerifier::read(environment);
        Some(Self { deps: deps?, texts_table: texts_table?, sessions: sessions? })
    }
}

impl<D> Gateway<D> {
    /// Builds the clients and reads the texts, which opens a connection to DynamoDB; beside it `with` adds what the use
    /// case needs besides, another connection for what reads twice at once.
    pub async fn open(settings: Settings, with: impl AsyncFnOnce(Deps, &Aws) -> D) -> Self {
        let (deps, aws) = settings.deps.connect();
        let texts = OnlineTexts::open(aws.dynamodb(), settings.texts_table);
        let (texts, deps) = join(texts, with(deps, &aws)).await;
        Self { deps, texts, sessions: settings.sessions }
    }
}

/// Whose session it is. `None` is a pin too long to be one that an account belongs to.
#[must_use]
pub fn pin(caller: Caller) -> Option<Pin> {
    Pin::new(caller.subject.into_inner()).ok()
}

/// How the gateway says an inner code; one that it does not know is logged.
#[must_use]
pub fn wording(texts: &Texts, operation: Operation, code: Code) -> Wording<'_> {
    let wording = texts.wording(operation, code.as_str());
    if wording.code != code.as_str() {
        warn!(code = code.as_str(), operation = operation.as_str(), "a code without online configuration");
    }
    wording
}

/// 1 for the success as it goes out, 0 for everything else, 999 included: the gateway's own kind of boolean.
#[must_use]
pub fn issuccess(wording: Wording<'_>) -> u8 {
    u8::from(wording.code == Code::Success.as_str())
}

/// The status and the code of what the entry point refuses. What hung can only have been the database, which stands
/// where credit.man stood: `timed_out` is the operation's code for that.
#[must_use]
pub fn refused(refusal: &Refusal, timed_out: Code) -> (StatusCode, Code) {
    match refusal {
        Refusal::Denied(_) | Refusal::Event => (StatusCode::UNAUTHORIZED, Code::MissingParameter),
        Refusal::TooLarge { .. }
        | Refusal::ContentType
        | Refusal::Encoding
        | Refusal::NotUtf8
        | Refusal::Json(_)
        | Refusal::Request(_) => (StatusCode::OK, Code::MissingParameter),
        Refusal::TimedOut => (StatusCode::OK, timed_out),
        Refusal::Panicked => (StatusCode::OK, Code::SystemException),
    }
}
