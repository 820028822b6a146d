//! How the functions are configured and opened that only read loans.

use platform::config::Environment;
use platform::start::StartError;

use crate::asked_loan::Loans;
use crate::deps::{self, Base};
use crate::endpoint::Exposed;
use crate::loan_result_query::LoanResultQuery;
use crate::repay_plan_query::RepayPlanQuery;
use crate::repay_result_query::RepayResultQuery;
use crate::repay_trial::RepayTrial;
use crate::store::{LoanSettings, LoanStore, OrderStore, OrderTables};

/// The configuration of a function that only reads loans, and orders that have none.
pub type LoanReadSettings = deps::Configuration<LoanReads>;

/// Where loans are found.
#[derive(Clone, Debug)]
pub struct LoanReads {
    orders: OrderTables,
    loans: LoanSettings,
}

impl deps::Own for LoanReads {
    fn read(environment: &mut Environment) -> Option<Self> {
        let (orders, loans) = (OrderTables::read(environment), LoanSettings::read(environment));
        Some(Self { orders: orders?, loans: loans? })
    }
}

impl LoanReads {
    /// The table of the steps of orders and their loans.
    #[must_use]
    pub fn history(&self) -> &str {
        &self.orders.history
    }

    /// The loans over what was opened.
    #[must_use]
    pub fn loans(&self, base: &Base) -> Loans {
        Loans {
            orders: OrderStore::new(base.aws.dynamodb(), self.orders.clone()),
            loans: LoanStore::new(base.aws.dynamodb(), self.loans.clone()),
        }
    }
}

impl LoanReadSettings {
    async fn open(self) -> Result<(Base, Loans), StartError> {
        let base = self.base.open(&[]).await?;
        let loans = self.own.loans(&base);
        Ok((base, loans))
    }
}

/// Builds an endpoint that reads the loan first, and its order only where there is none.
macro_rules! starts {
    ($($operation:ident,)*) => {$(
        impl $operation {
            /// Builds the endpoint and opens its connection.
            ///
            /// # Errors
            /// A channel's parameter is missing, or not what it should be.
            pub async fn start(settings: LoanReadSettings) -> Result<Exposed<Self>, StartError> {
                let (base, loans) = settings.open().await?;
                loans.loans.warm().await;
                Ok(Exposed::new(base.channels, Self { loans }))
            }
        }
    )*};
}

starts! { LoanResultQuery, RepayTrial, RepayResultQuery, RepayPlanQuery, }
