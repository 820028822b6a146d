use futures_util::future::join;
use platform::config::Environment;
use platform::start::StartError;

use super::PushOrder;
use crate::deps::{self, Base};
use crate::digest::DIGEST_SECRET_PARAMETER;
use crate::endpoint::Exposed;
use crate::order_settings::SEALING_SECRET_PARAMETER;
use crate::store::{OrderStore, OrderTables, RawData, Sealing};

/// The configuration of push-order.
pub type Settings = deps::Configuration<Own>;

/// What push-order alone is configured with.
#[derive(Clone, Debug)]
pub struct Own {
    tables: OrderTables,
    bucket: String,
    digest_secret: String,
    sealing_secret: String,
}

impl deps::Own for Own {
    fn read(environment: &mut Environment) -> Option<Self> {
        let tables = OrderTables::read(environment);
        let bucket = RawData::read_bucket(environment);
        let digest_secret = environment.read(DIGEST_SECRET_PARAMETER);
        let sealing_secret = environment.read(SEALING_SECRET_PARAMETER);
        Some(Self {
            tables: tables?,
            bucket: bucket?,
            digest_secret: digest_secret?,
            sealing_secret: sealing_secret?,
        })
    }
}

impl Own {
    /// The parameters that it needs beside the channels'.
    #[must_use]
    pub fn parameters(&self) -> [&str; 2] {
        [&self.digest_secret, &self.sealing_secret]
    }

    /// The operation over what was opened.
    ///
    /// # Errors
    /// A secret is not what it should be.
    pub fn operation(&self, base: &Base) -> Result<PushOrder, StartError> {
        let keys = base.secrets.secret(&self.sealing_secret)?;
        Ok(PushOrder {
            store: OrderStore::new(base.aws.dynamodb(), self.tables.clone()),
            raw_data: base.raw_data(&self.bucket, &self.sealing_secret)?,
            digests: base.secrets.secret(&self.digest_secret)?,
            sealing: Sealing { keys, random: base.random.clone() },
        })
    }
}

impl PushOrder {
    /// Builds the endpoint and opens its connections.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Exposed<Self>, StartError> {
        let base = settings.base.open(&settings.own.parameters()).await?;
        let operation = settings.own.operation(&base)?;
        // Boxed: it is large, and run once.
        Box::pin(join(operation.store.warm(), operation.raw_data.warm())).await;
        Ok(Exposed::new(base.channels, operation))
    }
}
