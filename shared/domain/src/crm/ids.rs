use std::fmt;

use super::text::COLUMN_CHARACTERS;
use crate::ids::{IdError, within};

/// Defines ids: opaque texts of 1 to 200 characters without white space around them, compared exactly and ordered by
/// their bytes, as DynamoDB does. No id is ever cut: a longer one is an error (§13).
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes `text`, trimmed.
            ///
            /// # Errors
            /// It is blank or over 200 characters.
            pub fn new(text: &str) -> Result<Self, IdError> {
                within(text.trim().to_owned(), |text| text.chars().count(), COLUMN_CHARACTERS).map(Self)
            }

            /// Takes what may be absent: a blank text is (§13).
            ///
            /// # Errors
            /// It is over 200 characters.
            pub fn optional(text: Option<&str>) -> Result<Option<Self>, IdError> {
                match text.map(Self::new) {
                    None | Some(Err(IdError::Empty)) => Ok(None),
                    Some(Ok(id)) => Ok(Some(id)),
                    Some(Err(IdError::TooLong)) => Err(IdError::TooLong),
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )*};
}

ids! {
    /// An organization in `VTB_Client`: the ЕХД id, `ehd_id` on the wire.
    #[derive(Debug)]
    OrganizationId;
    /// The same organization in the bank's master data, `vtb_mdm_id` on the wire; the back systems' ids hang on it.
    #[derive(Debug)]
    MdmId;
    /// The id under which a change of the bank's tables was told (§12).
    #[derive(Debug)]
    EventId;
    /// An organization's id in one of the back systems.
    #[derive(Debug)]
    BackId;
    /// Our request: `requestID` of what we send, `replyUID` of what comes back. Ours are UUIDs; no reader may ask
    /// for that (§9).
    #[derive(Debug)]
    RequestId;
    /// A message of `InforCRM`: `requestID` of a reply and of the pushes after it, never our request (§8).
    #[derive(Debug)]
    MessageId;
    /// A communication task in `InforCRM`.
    #[derive(Debug)]
    TaskId;
    /// `applicationID` of a push, which nobody documents (§3.3).
    #[derive(Debug)]
    ApplicationId;
    /// A taxpayer's number (ИНН). Its `Debug` is masked.
    Inn;
    /// The number in the state register (ОГРН). Its `Debug` is masked.
    Ogrn;
    /// The reason code of a tax registration (КПП); individual entrepreneurs have none.
    #[derive(Debug)]
    Kpp;
    /// The number in the classifier of enterprises (ОКПО).
    #[derive(Debug)]
    Okpo;
}

impl fmt::Debug for Inn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Inn(***)")
    }
}

impl fmt::Debug for Ogrn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Ogrn(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::{EventId, Inn, MdmId, Ogrn, Okpo, RequestId};
    use crate::ids::IdError;

    #[test]
    fn an_id_has_1_to_200_characters_and_is_never_cut() {
        assert!(RequestId::new(&"ж".repeat(200)).is_ok());
        assert_eq!(RequestId::new(&"ж".repeat(201)), Err(IdError::TooLong));
        assert_eq!(RequestId::new("  "), Err(IdError::Empty));
    }

    #[test]
    fn an_id_is_trimmed_and_otherwise_opaque_with_its_zeros() {
        let text = "elf73276-7fb6-4e80-85de-fd8a939998f0";
        assert_eq!(RequestId::new(&format!("\t{text} ")), RequestId::new(text), "no UUID, and an id");
        assert_eq!(Okpo::new("02847208").map(|okpo| okpo.as_str().to_owned()).as_deref(), Ok("02847208"));
    }

    #[test]
    fn a_blank_text_is_an_absent_id_and_a_long_one_an_error() {
        assert_eq!(MdmId::optional(None), Ok(None));
        assert_eq!(MdmId::optional(Some(" ")), Ok(None));
        assert_eq!(MdmId::optional(Some("123456")), MdmId::new("123456").map(Some));
        assert_eq!(MdmId::optional(Some(&"1".repeat(201))), Err(IdError::TooLong));
    }

    #[test]
    fn event_ids_are_ordered_by_their_bytes() {
        let is_less = |one, other| EventId::new(one).ok() < EventId::new(other).ok();
        assert!(is_less("e-10", "e-9"));
        assert!(is_less("e-9", "ж"));
    }

    #[test]
    fn what_identifies_a_person_does_not_print_and_a_companys_ids_do() {
        assert_eq!(format!("{:?}", Inn::new("1200009193")), "Ok(Inn(***))");
        assert_eq!(format!("{:?}", Ogrn::new("1231200000844")), "Ok(Ogrn(***))");
        assert_eq!(format!("{:?}", MdmId::new("123456")), "Ok(MdmId(\"123456\"))");
    }
}
