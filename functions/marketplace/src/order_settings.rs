//! How the functions over orders are configured and opened.

use platform::config::{Environment, Variable};
use platform::start::StartError;

use crate::audit_result_query::AuditResultQuery;
use crate::contract_list::ContractList;
use crate::deps::{self, Base};
use crate::endpoint::Exposed;
use crate::store::{OrderStore, OrderTables};

/// Where the keys stand that persons are sealed with.
pub const SEALING_SECRET_PARAMETER: Variable = Variable {
    name: "SEALING_SECRET_PARAMETER",
    meaning: "The SSM parameter with the keys that identity data is sealed with.",
    default: None,
};

/// The configuration of a function that only reads orders.
pub type OrderSettings = deps::Configuration<OrderTables>;

impl deps::Own for OrderTables {
    fn read(environment: &mut Environment) -> Option<Self> {
        Self::read(environment)
    }
}

impl OrderSettings {
    async fn open(self) -> Result<(Base, OrderStore), StartError> {
        let base = self.base.open(&[]).await?;
        let store = OrderStore::new(base.aws.dynamodb(), self.own);
        store.warm().await;
        Ok((base, store))
    }
}

impl AuditResultQuery {
    /// Builds the endpoint and opens its connections.
    ///
    /// # Errors
    /// A channel's parameter is missing, or not what it should be.
    pub async fn start(settings: OrderSettings) -> Result<Exposed<Self>, StartError> {
        let (base, store) = settings.open().await?;
        Ok(Exposed::new(base.channels, Self { store }))
    }
}

impl ContractList {
    /// Builds the endpoint and opens its connections.
    ///
    /// # Errors
    /// A channel's parameter is missing, or not what it should be.
    pub async fn start(settings: OrderSettings) -> Result<Exposed<Self>, StartError> {
        let (base, store) = settings.open().await?;
        Ok(Exposed::new(base.channels, Self { store }))
    }
}
