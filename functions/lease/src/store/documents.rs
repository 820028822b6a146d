//! What is sealed beside an order (design §4): identity data never stands in the clear.

use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::lease::OrderId;
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, Row, SCHEMA_VERSION, STAMP, get, number, text};
use platform::random::Random;
use platform::rfc3339;
use platform::seal::{SealError, Sealed, Sealer, SealingKeys};
use platform::secrets::Secret;

use super::LeaseStore;
use super::order_row::ORDER_ID;

const KIND: &str = "kind";
const CONTENT: &str = "content";
const KEY_ID: &str = "key_id";
/// What the seal is bound to, whatever the table is called.
const SEALED_FOR: &str = "lease_documents";
const CURRENT_SCHEMA: u64 = 1;

/// What documents are sealed with.
#[derive(Clone, Debug)]
pub struct Sealing {
    /// The keys.
    pub keys: Secret<SealingKeys>,
    /// Where nonces come from.
    pub random: Random,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The front order, as upstream gave it.
    Order,
    /// What the contract's and the withhold's steps are filled with, as upstream gave it.
    Contract,
    /// The contract's `sign_no`, and on the next line its signing links as Ant gave them.
    SignInfo,
    /// What opens the withhold's signing in Alipay, as Ant gave it last.
    SignString,
}

/// A document of an order.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: String,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
    /// It could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Contract => "contract",
            Self::SignInfo => "sign_info",
            Self::SignString => "sign_str",
        }
    }
}

impl LeaseStore {
    /// A document of an order, opened.
    ///
    /// # Errors
    /// DynamoDB failed, or the document cannot be opened.
    pub async fn document(
        &self,
        scope: &Scope,
        order: &OrderId,
        kind: Kind,
    ) -> Result<Option<String>, DocumentError> {
        let call = self
            .client
            .get_item()
            .table_name(&self.tables.documents)
            .key(ORDER_ID, text(order.as_str()))
            .key(KIND, text(kind.as_str()));
        let Some(item) = get(scope, call).await? else {
            return Ok(None);
        };
        let row = Row::new(&item);
        let sealed = row
            .of_schema(CURRENT_SCHEMA)
            .and_then(|()| Sealed::of(row, CONTENT, KEY_ID))
            .map_err(|error| error.of("GetItem"))?;
        let clear = self.sealer().open(SEALED_FOR, &[order.as_str(), kind.as_str()], &sealed)?;
        Ok(Some(String::from_utf8_lossy(&clear).into_owned()))
    }

    /// The document's row, sealed. The last one written stands.
    pub(super) fn document_put(
        &self,
        document: &Document,
        order: &OrderId,
        now: Timestamp,
        stamp: &str,
    ) -> Result<PutBuilder, SealError> {
        let kind = document.kind.as_str();
        let sealed = self.sealer().seal(SEALED_FOR, &[order.as_str(), kind], document.text.as_bytes())?;
        let (content, key_id) = sealed.into_attributes();
        Ok(Put::builder()
            .table_name(&self.tables.documents)
            .item(ORDER_ID, text(order.as_str()))
            .item(KIND, text(kind))
            .item(CONTENT, content)
            .item(KEY_ID, key_id)
            .item("updated_at", text(rfc3339::sortable(now)))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp)))
    }

    pub(super) fn sealer(&self) -> Sealer {
        Sealer::new(self.sealing.keys.current(), self.sealing.random.clone())
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Document").field("kind", &self.kind).finish_non_exhaustive()
    }
}
