//! getBankList (1.15, item 10): the banks whose cards can be bound, by the channel's codes.

use domain::marketplace::Bank;
use platform::Scope;
use platform::metrics::Source;
use platform::start::StartError;
use serde::Serialize;

use crate::CONTEXT;
use crate::channel::Channel;
use crate::deps::Settings;
use crate::endpoint::{Exposed, Failure, Operation, Reply};
use crate::wire::Members;

/// A bank is listed once, as one of debit cards; which types a bank has the specification does not say (§3, 1.15). bindCard
/// takes both (1.4).
const DEBIT: u8 = 0;

/// The operation.
#[derive(Debug)]
pub struct BankList;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    bank_code: &'a str,
    bank_name: &'static str,
    card_type: u8,
}

impl BankList {
    /// Builds the endpoint.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Exposed<Self>, StartError> {
        Ok(Exposed::new(settings.open(&[]).await?.channels, Self))
    }
}

impl Operation for BankList {
    const OP: &'static str = "getBankList";
    const SOURCE: Source = Source { context: CONTEXT, function: "bank-list" };
    type Input = ();

    fn read(_: &Channel, text: String) -> Result<(), Failure> {
        Members::read(&text).map(|_| ())
    }

    async fn handle(&self, _: &Scope, channel: &Channel, (): ()) -> Result<Reply, Failure> {
        let codes = &channel.config.bank_codes;
        let bank =
            |bank: &Bank| Wire { bank_code: codes.to_wire(*bank), bank_name: bank.name(), card_type: DEBIT };
        Ok(Reply::json("listed", &Bank::ALL.iter().map(bank).collect::<Vec<_>>()))
    }
}
