use super::FieldError;

/// The longest `user_in_service` (§5).
const LONGEST_SERVICE: usize = 128;

/// What the merchant answers to a user who wants to end the withhold agreement (§5, R4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnsignAnswer {
    /// It ends.
    Agree,
    /// It stays.
    Refuse(Refusal),
}

/// Why it stays (§5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `USER_OWE_MONEY`.
    UserOweMoney {
        /// What the user owes, at least 1.
        owed_fen: u64,
    },
    /// `USER_IN_SERVICE`.
    UserInService {
        /// The service, 1 to 128 characters.
        service: String,
    },
}

impl UnsignAnswer {
    /// Reads an answer from its fields. Of debt and service only the one that belongs to the code is looked at (§5);
    /// to agree needs none of them.
    ///
    /// # Errors
    /// `operate` or the code is none that is known, or the code's own field is absent or out of its bounds.
    pub fn of(
        operate: &str,
        code: Option<&str>,
        user_owe_money: Option<u64>,
        user_in_service: Option<&str>,
    ) -> Result<Self, FieldError> {
        match operate {
            "AGREE" => Ok(Self::Agree),
            "REFUSE" => Refusal::of(code, user_owe_money, user_in_service).map(Self::Refuse),
            _ => Err(FieldError::new("operate", "neither AGREE nor REFUSE")),
        }
    }

    /// `operate` on the wire.
    #[must_use]
    pub fn operate(&self) -> &'static str {
        match self {
            Self::Agree => "AGREE",
            Self::Refuse(_) => "REFUSE",
        }
    }

    /// Whether the agreement ends.
    #[must_use]
    pub fn is_agreed(&self) -> bool {
        match self {
            Self::Agree => true,
            Self::Refuse(_) => false,
        }
    }
}

impl Refusal {
    fn of(code: Option<&str>, owed_fen: Option<u64>, service: Option<&str>) -> Result<Self, FieldError> {
        match code {
            Some("USER_OWE_MONEY") => match owed_fen {
                Some(owed_fen) if owed_fen >= 1 => Ok(Self::UserOweMoney { owed_fen }),
                Some(_) => Err(FieldError::new("user_owe_money", "less than 1")),
                None => Err(FieldError::new("user_owe_money", "missing")),
            },
            Some("USER_IN_SERVICE") => match service {
                Some(service) if (1..=LONGEST_SERVICE).contains(&service.chars().count()) => {
                    Ok(Self::UserInService { service: service.to_owned() })
                }
                Some(_) => {
                    Err(FieldError::new("user_in_service", format!("not 1 to {LONGEST_SERVICE} characters")))
                }
                None => Err(FieldError::new("user_in_service", "missing")),
            },
            Some(_) => {
                Err(FieldError::new("refuse_reason_code", "neither USER_OWE_MONEY nor USER_IN_SERVICE"))
            }
            None => Err(FieldError::new("refuse_reason_code", "missing")),
        }
    }

    /// `refuse_reason_code` on the wire.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UserOweMoney { .. } => "USER_OWE_MONEY",
            Self::UserInService { .. } => "USER_IN_SERVICE",
        }
    }
}
