//! The job `depository-check`, every ten minutes (item 13; §5, §11 Card and confirmation): of every order whose user has had
//! the depository's page for an hour it is asked what came of it. It is the safety net under the depository's events.

mod job;

use std::time::Duration;

use domain::marketplace::AccountState;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use platform::metrics::Count;
use platform::schedule::Job;
use platform::shards::Pages;
use tracing::{error, info, warn};

use crate::channel::Channels;
use crate::confirmation::{self, NotCompleted, Opened, account_found};
use crate::store::{Beside, Committed, RegisterKey, RegisterWrite, SHARDS, StoredRegister};
use crate::xw::{Xw, XwError};

pub use job::{DepositoryCheck, Settings};

/// How often the job runs.
const EVERY: SignedDuration = SignedDuration::from_mins(10);
/// How many are asked for at the same time: what the depository stands.
const AT_A_TIME: usize = 5;
/// What the rest of one needs: reads, a look at the customers, a write and a message, some of them again.
const OURS: Duration = Duration::from_secs(15);
/// Nothing came of a page within its time.
const TIMED_OUT: Count = Count::of("depository_timed_out");
/// What came of a page could not be found out, or not be written down.
const FAILED: Count = Count::of("depository_check_failed");

/// What the job works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The channels.
    pub channels: Channels,
    /// What completing works with.
    pub confirmation: confirmation::Deps,
    /// The depository.
    pub xw: Xw,
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Orders that are confirmed now.
    pub confirmed: u64,
    /// Accounts that nothing waits for.
    pub noted: u64,
    /// Confirmations of users who may not borrow any more.
    pub refused: u64,
    /// Pages of which nothing came.
    pub timed_out: u64,
    /// What failed; the next run takes it up again.
    pub failed: u64,
    /// Shards of which not everything could be read.
    pub unread: u64,
    /// The time was up before everything was looked at.
    pub out_of_time: bool,
}

/// Why it is not known, or not written, what came of a page.
#[derive(Debug, thiserror::Error)]
enum NotChecked {
    #[error(transparent)]
    Xw(#[from] XwError),
    #[error(transparent)]
    NotCompleted(#[from] NotCompleted),
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

impl Run {
    fn with(self, other: Self) -> Self {
        Self {
            confirmed: self.confirmed + other.confirmed,
            noted: self.noted + other.noted,
            refused: self.refused + other.refused,
            timed_out: self.timed_out + other.timed_out,
            failed: self.failed + other.failed,
            unread: self.unread + other.unread,
            out_of_time: self.out_of_time || other.out_of_time,
        }
    }
}

/// Asks for everything that is due by `time`. It may be stopped anywhere and run twice at once: what was read decides who
/// writes.
pub async fn handle(deps: &Deps, scope: &Scope, time: Timestamp) -> Run {
    let mut run = Run::default();
    let mut pages = Pages::in_turn(SHARDS, time, EVERY);
    while let Some((shard, from)) = pages.next_page().filter(|_| !run.out_of_time) {
        match deps.confirmation.registers.due(scope, shard, time, from).await {
            Ok(page) => {
                pages.go_on(shard, page.next);
                run = run.with(check_page(deps, scope, &page.due, time).await);
            }
            Err(failure) => {
                error!(%failure, shard, "the accounts that are due could not be read");
                run.unread += 1;
            }
        }
    }
    run
}

async fn check_page(deps: &Deps, scope: &Scope, due: &[RegisterKey], time: Timestamp) -> Run {
    let mut run = Run::default();
    for keys in due.chunks(AT_A_TIME) {
        // With less time left nothing more is begun.
        if scope.remaining() < OURS.saturating_add(deps.xw.timeout()) {
            run.out_of_time = true;
            return run;
        }
        let checks = keys.iter().map(|key| check_counted(deps, scope, key, time));
        run = join_all(checks).await.into_iter().fold(run, Run::with);
    }
    run
}

async fn check_counted(deps: &Deps, scope: &Scope, key: &RegisterKey, time: Timestamp) -> Run {
    match check(deps, scope, key, time).await {
        Ok(run) => run,
        Err(failure) => {
            error!(%failure, order = %key.order, "what came of a depository's page is not known");
            scope.count(FAILED);
            Run { failed: 1, ..Run::default() }
        }
    }
}

async fn check(deps: &Deps, scope: &Scope, key: &RegisterKey, time: Timestamp) -> Result<Run, NotChecked> {
    let read = deps.confirmation.registers.register(scope, key).await?;
    // The index lags behind the row.
    let is_due = |read: &StoredRegister| read.register.due_at().is_some_and(|due_at| due_at <= time);
    let Some(read) = read.filter(is_due) else {
        return Ok(Run::default());
    };
    match deps.xw.account(scope, &key.uid).await? {
        AccountState::Open => open(deps, scope, &read, time).await,
        AccountState::None => timed_out(deps, scope, &read).await,
    }
}

async fn open(deps: &Deps, scope: &Scope, read: &StoredRegister, time: Timestamp) -> Result<Run, NotChecked> {
    let channel = deps.channels.get(read.key.order.channel.as_str()).ok_or(NotCompleted::UnknownChannel)?;
    let source = DepositoryCheck::SOURCE.function;
    let found = account_found(&deps.confirmation, scope, &channel, (read, time), source).await?;
    info!(order = %read.key.order, ?found, "an account was found");
    Ok(match found {
        Opened::Known => Run::default(),
        Opened::Noted => Run { noted: 1, ..Run::default() },
        Opened::Confirmed => Run { confirmed: 1, ..Run::default() },
        Opened::Refused(_) => Run { refused: 1, ..Run::default() },
    })
}

/// The order stays where it is, and nobody is called back: the user may confirm again, and an event that comes late after
/// all completes what waited.
async fn timed_out(deps: &Deps, scope: &Scope, read: &StoredRegister) -> Result<Run, NotChecked> {
    let registers = &deps.confirmation.registers;
    let next = read.register.timed_out();
    let write = RegisterWrite { key: &read.key, read: Some(read), next };
    let committed = registers.write(scope, &[Beside::Register(registers, write)]).await?;
    if committed == Committed::Lost {
        // Somebody else had news: if it still is due, the next run sees it.
        return Ok(Run::default());
    }
    warn!(order = %read.key.order, "no account was opened within the page's time");
    scope.count(TIMED_OUT);
    Ok(Run { timed_out: 1, ..Run::default() })
}
