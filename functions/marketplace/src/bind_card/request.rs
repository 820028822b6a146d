//! The request on the wire (§3, 1.4).

use domain::marketplace::{Bank, CardNumber, CardType, IdNumber, OrderNumber, PersonName, Phone, Uid};

use crate::channel::Channel;
use crate::endpoint::Failure;
use crate::wire::Members;
use crate::{asked_order, page_url};

const UID: &str = "uid";

/// A card that is to be bound. Its `Debug` is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The order's number.
    pub number: OrderNumber,
    /// The platform's user, if they are named.
    pub uid: Option<Uid>,
    /// Whose card it is.
    pub name: PersonName,
    /// Their id number.
    pub id_number: IdNumber,
    /// Their phone, as the bank has it.
    pub phone: Phone,
    /// The card's bank.
    pub bank: Bank,
    /// The card's number.
    pub card_number: CardNumber,
    /// Debit or credit.
    pub card_type: CardType,
    /// Where the user comes back to.
    pub success_url: Option<String>,
}

impl Request {
    /// Reads the business JSON.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: what is wrong with it.
    pub fn read(channel: &Channel, text: &str) -> Result<Self, Failure> {
        let number = asked_order::read(text)?;
        let members = Members::read(text)?;
        let bank = channel.config.bank_codes.of_wire(members.required("bankCode")?);
        let card_type = match members.whole("cardType")? {
            None => Some(CardType::Debit),
            Some(code) => CardType::of(code),
        };
        // Both are checked, and one is passed on.
        page_url::read(channel, &members, "failedUrl")?;
        if let Some(phone) = members.scalar("registerPhone")? {
            parsed("registerPhone", Phone::parse(phone))?;
        }
        Ok(Self {
            number,
            uid: uid(&members)?,
            name: parsed("name", PersonName::parse(members.required("name")?))?,
            id_number: parsed("cid", IdNumber::parse(members.required("cid")?))?,
            phone: parsed("phone", Phone::parse(members.required("phone")?))?,
            bank: bank.ok_or_else(|| Failure::field("bankCode", &"no bank that is known"))?,
            card_number: parsed("bankCardNum", CardNumber::parse(members.required("bankCardNum")?))?,
            card_type: card_type.ok_or_else(|| Failure::field("cardType", &"neither 0 nor 1"))?,
            success_url: page_url::read(channel, &members, "successUrl")?,
        })
    }
}

fn uid(members: &Members<'_>) -> Result<Option<Uid>, Failure> {
    let uid = members.scalar(UID)?.map(Uid::of_text).transpose();
    uid.map_err(|error| Failure::field(UID, &error))
}

/// What is wrong never quotes what came.
fn parsed<Value, Error: ToString>(
    field: &'static str,
    parsed: Result<Value, Error>,
) -> Result<Value, Failure> {
    parsed.map_err(|error| Failure::field(field, &error))
}
