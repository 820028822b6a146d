use jiff::Timestamp;

use super::{Amount, GrantId};

/// The status of a grant: a closed set of ours over the configurable texts of `credit_apply`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantStatus {
    /// `'2'`: it counts.
    Effective,
    /// `'3'`: the user gave it back.
    Cancelled,
    /// `'4'`: it ran out.
    Expired,
}

/// One row of `credit_apply` with credit type TEMP, as far as the rules look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which of the pin's grants it is.
    pub id: GrantId,
    /// The amount that it raised the quota by.
    pub change_limit: Amount,
    /// From when it counts.
    pub effective_time: Timestamp,
    /// Until when, exclusive, where that is stored.
    pub invalid_time: Option<Timestamp>,
    /// When the row last changed.
    pub update_time: Timestamp,
    /// Whether it counts.
    pub status: GrantStatus,
}
