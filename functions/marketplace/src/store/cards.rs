//! The table `rongshu_cards` (§10, Card binding): a user's cards by a keyed digest of the number, which is not kept, and
//! which of them are the defaults. That is one row, so that there are never two.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::marketplace::{Bank, CardType, ChannelId, LoanCard, Uid};
use jiff::Timestamp;
use platform::Scope;
use platform::aws::warm;
use platform::config::{Environment, Variable};
use platform::dynamodb::{DynamoDbError, Item, Row, RowError, SCHEMA_VERSION, get, number, query, text};
use platform::rfc3339;

use super::order_row::coded;
use super::users::{USER, user_key};

const RONGSHU_CARDS_TABLE: Variable =
    Variable { name: "RONGSHU_CARDS_TABLE", meaning: "The table of users' bound cards.", default: None };
const CARD: &str = "card";
/// The row of the defaults.
const DEFAULT: &str = "default";
/// What stands before a card's digest.
const PREFIX: &str = "card#";
const BANK_CODE: &str = "bank_code";
const CARD_LAST4: &str = "card_last4";
const CARD_REF: &str = "card_ref";
const CARD_TYPE: &str = "card_type";
const BOUND_AT: &str = "bound_at";
const PAYOUT: &str = "payout";
const REPAYMENT: &str = "repayment";
const AT: &str = "at";
/// The version that is written now.
const CURRENT_SCHEMA: u64 = 1;

/// Users' cards.
#[derive(Clone, Debug)]
pub struct CardStore {
    client: Client,
    table: String,
}

/// A card of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCard {
    /// What its number is known by: a keyed digest of it.
    pub digest: String,
    /// The card.
    pub card: LoanCard,
    /// Debit or credit.
    pub card_type: CardType,
    /// When it was bound last.
    pub bound_at: Timestamp,
}

/// Which of a user's cards are used unless something else is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultCards {
    /// Where loans are paid out to: a card's digest.
    pub payout: String,
    /// What is debited: a card's digest.
    pub repayment: String,
    /// Since when.
    pub at: Timestamp,
}

/// Everything that a user has bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserCards {
    /// The cards.
    pub cards: Vec<StoredCard>,
    /// The defaults; there are some as soon as there is a card.
    pub defaults: Option<DefaultCards>,
}

impl StoredCard {
    fn to_item(&self, user: &str) -> Item {
        [
            (USER, text(user)),
            (CARD, text(key_of(&self.digest))),
            (BANK_CODE, text(self.card.bank.code())),
            (CARD_LAST4, text(&self.card.last4)),
            (CARD_REF, text(&self.card.card_ref)),
            (CARD_TYPE, number(self.card_type.code())),
            (BOUND_AT, text(rfc3339::sortable(self.bound_at))),
            (SCHEMA_VERSION, number(CURRENT_SCHEMA)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    fn read(row: Row<'_>) -> Result<Self, RowError> {
        row.of_schema(CURRENT_SCHEMA)?;
        let digest = row.text(CARD)?.strip_prefix(PREFIX);
        let bank = Bank::of(row.text(BANK_CODE)?).ok_or_else(|| RowError::new(BANK_CODE, &"is no bank"))?;
        let (last4, card_ref) = (row.text(CARD_LAST4)?.to_owned(), row.text(CARD_REF)?.to_owned());
        Ok(Self {
            digest: digest.ok_or_else(|| RowError::new(CARD, &"is no card"))?.to_owned(),
            card: LoanCard { bank, last4, card_ref },
            card_type: coded(row, CARD_TYPE, CardType::of)?,
            bound_at: row.instant(BOUND_AT)?,
        })
    }
}

impl DefaultCards {
    fn to_item(&self, user: &str) -> Item {
        [
            (USER, text(user)),
            (CARD, text(DEFAULT)),
            (PAYOUT, text(&self.payout)),
            (REPAYMENT, text(&self.repayment)),
            (AT, text(rfc3339::sortable(self.at))),
            (SCHEMA_VERSION, number(CURRENT_SCHEMA)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    fn read(row: Row<'_>) -> Result<Self, RowError> {
        row.of_schema(CURRENT_SCHEMA)?;
        Ok(Self {
            payout: row.text(PAYOUT)?.to_owned(),
            repayment: row.text(REPAYMENT)?.to_owned(),
            at: row.instant(AT)?,
        })
    }
}

impl UserCards {
    /// The card that loans are paid out to.
    #[must_use]
    pub fn payout(&self) -> Option<&LoanCard> {
        let payout = &self.defaults.as_ref()?.payout;
        self.cards.iter().find(|stored| stored.digest == *payout).map(|stored| &stored.card)
    }

    fn read(items: &[Item]) -> Result<Self, RowError> {
        let mut all = Self::default();
        for row in items.iter().map(Row::new) {
            if row.text(CARD)? == DEFAULT {
                all.defaults = Some(DefaultCards::read(row)?);
            } else {
                all.cards.push(StoredCard::read(row)?);
            }
        }
        Ok(all)
    }
}

impl CardStore {
    /// The store in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(RONGSHU_CARDS_TABLE)
    }

    /// Opens the connection during init: a read of a card that nobody has.
    pub async fn warm(&self) {
        let read = self.client.get_item().table_name(&self.table);
        warm(read.key(USER, text("-")).key(CARD, text("-")).send()).await;
    }

    /// A card of a user, if they have bound it. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn card(
        &self,
        scope: &Scope,
        (channel, uid): (&ChannelId, &Uid),
        digest: &str,
    ) -> Result<Option<StoredCard>, DynamoDbError> {
        let read = self.client.get_item().table_name(&self.table);
        let read = read.key(USER, text(user_key(channel, uid))).key(CARD, text(key_of(digest)));
        let item = get(scope, read).await?;
        let read = |item| StoredCard::read(Row::new(item)).map_err(|error| error.of("GetItem"));
        item.as_ref().map(read).transpose()
    }

    /// Everything that a user has bound. One strong query.
    ///
    /// # Errors
    /// DynamoDB failed, or a row cannot be read.
    pub async fn cards(
        &self,
        scope: &Scope,
        (channel, uid): (&ChannelId, &Uid),
    ) -> Result<UserCards, DynamoDbError> {
        let call = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#user = :user")
            .expression_attribute_names("#user", USER)
            .expression_attribute_values(":user", text(user_key(channel, uid)));
        let items = query(scope, call).await?;
        UserCards::read(&items).map_err(|error| error.of("Query"))
    }

    /// The row of a card, in the place of any other.
    pub(super) fn put_card(&self, user: (&ChannelId, &Uid), card: &StoredCard) -> PutBuilder {
        let item = card.to_item(&user_key(user.0, user.1));
        Put::builder().table_name(&self.table).set_item(Some(item))
    }

    /// The row of the defaults, in the place of any other.
    pub(super) fn put_defaults(&self, user: (&ChannelId, &Uid), defaults: &DefaultCards) -> PutBuilder {
        let item = defaults.to_item(&user_key(user.0, user.1));
        Put::builder().table_name(&self.table).set_item(Some(item))
    }
}

fn key_of(digest: &str) -> String {
    format!("{PREFIX}{digest}")
}
