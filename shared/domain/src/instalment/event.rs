use jiff::Timestamp;

use super::{Contract, ContractNumber, ContractState};

/// What onboarding says of a contract (§11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractEvent {
    /// MKK's number, once the contract has one.
    pub number: Option<ContractNumber>,
    /// The state it entered.
    pub state: ContractState,
    /// When it did.
    pub occurred_at: Timestamp,
}

/// The row of the client that an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement<'a> {
    /// A row that is there already.
    Row(&'a Contract),
    /// A new row, the newest, with this sequence.
    NewRow {
        /// The new row's sequence.
        sequence: u64,
    },
}

/// Why an event has no row and never will have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlacementRefusal {
    /// The event has no number, while the client's newest row is not terminal and has one.
    NumberRequired,
}

/// Finds the row that an event with `number` is about (§13). `rows` are all of the client's, oldest first.
///
/// # Errors
/// The event can never be applied.
pub fn place<'a>(
    rows: &'a [Contract],
    number: Option<&ContractNumber>,
) -> Result<Placement<'a>, PlacementRefusal> {
    if let Some(known) = rows.iter().find(|row| number.is_some() && row.number.as_ref() == number) {
        return Ok(Placement::Row(known));
    }
    match rows.last() {
        None => Ok(Placement::NewRow { sequence: 1 }),
        Some(newest) if newest.awaits_number() => Ok(Placement::Row(newest)),
        Some(newest) if number.is_some() || newest.state.is_terminal() => {
            Ok(Placement::NewRow { sequence: newest.sequence + 1 })
        }
        Some(_) => Err(PlacementRefusal::NumberRequired),
    }
}

/// What an event does to the row that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowChange {
    /// The row takes the event's state, number and time.
    Apply,
    /// The row shows a later event already.
    Late,
    /// The row is CLOSED and stays so, whatever comes.
    StaysClosed,
}

/// Judges an event against its row: CLOSED is never left, and an older event changes nothing. An event of
/// the same instant is applied, in order of arrival.
#[must_use]
pub fn change(row: &Contract, event: &ContractEvent) -> RowChange {
    if row.state == ContractState::Closed {
        RowChange::StaysClosed
    } else if row.occurred_at.is_some_and(|shown| event.occurred_at < shown) {
        RowChange::Late
    } else {
        RowChange::Apply
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use jiff::Timestamp;

    use super::{ContractEvent, Placement, PlacementRefusal, RowChange, change, place};
    use crate::instalment::{Contract, ContractNumber, ContractState};

    fn row(sequence: u64, number: Option<&str>, state: &str) -> Contract {
        Contract {
            sequence,
            version: 1,
            number: number.map(|number| ContractNumber::new(number).unwrap()),
            state: ContractState::parse(state).unwrap(),
            occurred_at: Some(Timestamp::from_second(100).unwrap()),
        }
    }

    fn placed(rows: &[Contract], number: Option<&str>) -> Result<(u64, bool), PlacementRefusal> {
        let number = number.map(|number| ContractNumber::new(number).unwrap());
        place(rows, number.as_ref()).map(|placement| match placement {
            Placement::Row(row) => (row.sequence, false),
            Placement::NewRow { sequence } => (sequence, true),
        })
    }

    #[test]
    fn a_known_number_is_its_own_row_even_when_that_is_not_the_newest() {
        let rows = [row(1, Some("77-1"), "CLOSED"), row(2, None, "init")];
        assert_eq!(placed(&rows, Some("77-1")), Ok((1, false)));
    }

    #[test]
    fn an_unknown_number_fills_the_newest_row_while_that_awaits_one_and_else_opens_a_new_row() {
        assert_eq!(placed(&[], Some("77-1")), Ok((1, true)));
        assert_eq!(placed(&[row(1, None, "init")], Some("77-1")), Ok((1, false)));
        assert_eq!(placed(&[row(1, None, "scoring")], Some("77-1")), Ok((1, false)));
        assert_eq!(placed(&[row(1, None, "active")], Some("77-1")), Ok((1, false)));
        assert_eq!(placed(&[row(1, None, "cancel")], Some("77-1")), Ok((2, true)));
        assert_eq!(placed(&[row(1, Some("77-1"), "active")], Some("77-2")), Ok((2, true)));
    }

    #[test]
    fn an_event_without_a_number_needs_a_row_that_awaits_one_or_a_terminal_one() {
        assert_eq!(placed(&[], None), Ok((1, true)));
        assert_eq!(placed(&[row(1, None, "scoring")], None), Ok((1, false)));
        assert_eq!(placed(&[row(1, Some("77-1"), "CLOSED")], None), Ok((2, true)));
        assert_eq!(placed(&[row(1, None, "reject")], None), Ok((2, true)));
        assert_eq!(placed(&[row(1, Some("77-1"), "active")], None), Err(PlacementRefusal::NumberRequired));
        assert_eq!(placed(&[row(1, Some("77-1"), "init")], None), Err(PlacementRefusal::NumberRequired));
    }

    #[test]
    fn a_row_changes_by_an_event_of_the_same_instant_or_later_and_closed_never() {
        let event = |second| ContractEvent {
            number: None,
            state: ContractState::Active,
            occurred_at: Timestamp::from_second(second).unwrap(),
        };
        assert_eq!(change(&row(1, None, "init"), &event(99)), RowChange::Late);
        assert_eq!(change(&row(1, None, "init"), &event(100)), RowChange::Apply);
        assert_eq!(change(&row(1, None, "cancel"), &event(101)), RowChange::Apply);
        assert_eq!(change(&row(1, None, "CLOSED"), &event(101)), RowChange::StaysClosed);
        let renewed = Contract { occurred_at: None, ..row(2, None, "init") };
        assert_eq!(change(&renewed, &event(0)), RowChange::Apply);
    }
}
