use std::fmt;

/// How long an id of the platform may be (§11, Channels).
const LONGEST: usize = 64;

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// It is empty or longer than 64.
    #[error("not 1 to {LONGEST} characters long")]
    Length,
    /// It holds something else than ASCII letters, digits, `_` and `-`.
    #[error("a character that is no letter, digit, _ or -")]
    Character,
}

/// Defines ids: 1 to 64 of `A-Z a-z 0-9 _ -`, compared exactly (§11, Channels).
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes a text, as it stands.
            ///
            /// # Errors
            /// It is too short or too long, or holds a character that it may not.
            pub fn of_text(text: &str) -> Result<Self, IdentifierError> {
                checked(text).map(|()| Self(text.to_owned()))
            }

            /// Takes what came as an integer: its decimal text (§1, Data conventions).
            #[must_use]
            pub fn of_integer(integer: u64) -> Self {
                Self(integer.to_string())
            }

            /// The id's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )*};
}

ids! {
    /// A channel: what the platform calls `channelId` (§1).
    #[derive(Debug)]
    ChannelId;
    /// The platform's number of an order, `orderId` on the wire; unique within its channel only (§11).
    #[derive(Debug)]
    OrderNumber;
    /// A user of the platform. Its `Debug` is masked.
    Uid;
}

/// An order as everything names it that is kept of it: by channel and number (§11, Channels).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderKey {
    /// The channel of its push.
    pub channel: ChannelId,
    /// Its number there.
    pub number: OrderNumber,
}

impl fmt::Debug for Uid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Uid(***)")
    }
}

/// `840#120522`. Neither part can hold the `#`, so no two orders share a text.
impl fmt::Display for OrderKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}#{}", self.channel.as_str(), self.number.as_str())
    }
}

fn checked(text: &str) -> Result<(), IdentifierError> {
    if !(1..=LONGEST).contains(&text.chars().count()) {
        return Err(IdentifierError::Length);
    }
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
        return Err(IdentifierError::Character);
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::{ChannelId, IdentifierError, OrderKey, OrderNumber, Uid};

    #[test]
    fn an_id_is_1_to_64_letters_digits_underscores_and_hyphens() {
        for text in ["1", "120522", "RS_2018-08", &"x".repeat(64)] {
            assert_eq!(OrderNumber::of_text(text).unwrap().as_str(), text);
        }
        for text in ["", &"x".repeat(65)] {
            assert_eq!(OrderNumber::of_text(text), Err(IdentifierError::Length), "{text}");
        }
        for text in [" 1", "1\n", "1/2", "1#2", "榕树", "1.0", "١"] {
            assert_eq!(OrderNumber::of_text(text), Err(IdentifierError::Character), "{text}");
        }
    }

    #[test]
    fn an_integer_is_the_same_id_as_its_text() {
        assert_eq!(Some(OrderNumber::of_integer(120_522)), OrderNumber::of_text("120522").ok());
        assert_eq!(Uid::of_integer(u64::MAX).as_str(), "18446744073709551615");
    }

    #[test]
    fn an_order_is_named_by_its_channel_and_its_number() {
        let channel = ChannelId::of_text("840").unwrap();
        let key = OrderKey { channel, number: OrderNumber::of_integer(120_522) };
        assert_eq!(key.to_string(), "840#120522");
    }

    #[test]
    fn a_user_does_not_print_and_an_order_does() {
        assert_eq!(format!("{:?}", Uid::of_integer(12_394_129)), "Uid(***)");
        assert_eq!(format!("{:?}", OrderNumber::of_integer(7)), "OrderNumber(\"7\")");
    }
}
