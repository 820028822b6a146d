//! What the specification says becomes of a client's contracts by one thing after the other (§11, §13), and whether
//! that explains what several at once have left.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::rows::Contract;

/// What onboarding tells of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) client: &'static str,
    pub(super) number: Option<String>,
    /// As it is stored.
    pub(super) state: &'static str,
    pub(super) occurred_at: Timestamp,
}

/// Something that happened to a client's contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    /// An event was handled; one id may have come with several contents.
    Event(Vec<Event>),
    /// The row of this sequence and number follows the lender.
    Closed(usize, String),
    /// A renewal opened the row of this sequence, after a contract of this number.
    Opened(usize, Option<String>),
}

/// The contracts after an event; `None` if it is refused, as far as the client's own rows tell.
#[must_use]
pub(super) fn after(event: &Event, contracts: &[Contract]) -> Option<Vec<Contract>> {
    let known = contracts.iter().position(|row| event.number.is_some() && row.number == event.number);
    let newest = contracts.len().checked_sub(1);
    let awaiting = newest.filter(|place| contracts[*place].awaits_number());
    let is_over = newest.is_none_or(|place| contracts[place].is_over());
    let mut then = contracts.to_vec();
    match known.or(awaiting) {
        Some(place) => take(&mut then[place], event),
        None if event.number.is_some() || is_over => then.push(Contract {
            number: event.number.clone(),
            state: event.state.to_owned(),
            occurred_at: Some(event.occurred_at),
            version: 1,
            previous: None,
        }),
        None => return None,
    }
    Some(then)
}

fn take(row: &mut Contract, event: &Event) {
    if row.state == "CLOSED" || row.occurred_at > Some(event.occurred_at) {
        return;
    }
    event.state.clone_into(&mut row.state);
    row.occurred_at = Some(event.occurred_at);
    row.number = row.number.take().or_else(|| event.number.clone());
    row.version += 1;
}

/// What the contracts may be after something happened to them.
fn possible(happening: &Happening, contracts: &[Contract]) -> Vec<Vec<Contract>> {
    let mut then = contracts.to_vec();
    match happening {
        Happening::Event(contents) => {
            return contents.iter().filter_map(|event| after(event, contracts)).collect();
        }
        Happening::Closed(sequence, number) => match then.get_mut(sequence - 1) {
            Some(row) if row.number.as_ref() == Some(number) && row.state != "CLOSED" => {
                "CLOSED".clone_into(&mut row.state);
                row.version += 1;
            }
            Some(_) | None => return Vec::new(),
        },
        Happening::Opened(sequence, previous) => match contracts.last() {
            Some(newest)
                if newest.is_over() && contracts.len() + 1 == *sequence && newest.number == *previous =>
            {
                then.push(Contract {
                    number: None,
                    state: "init".to_owned(),
                    occurred_at: None,
                    version: 1,
                    previous: previous.clone(),
                });
            }
            Some(_) | None => return Vec::new(),
        },
    }
    vec![then]
}

/// Whether `is` came of `was` by all of `happenings`, one after the other in some order.
#[must_use]
pub(super) fn explains(was: &[Contract], happenings: &[Happening], is: &[Contract]) -> bool {
    let all = (1_usize << happenings.len()) - 1;
    let mut reached = vec![BTreeSet::new(); all + 1];
    reached[0].insert(was.to_vec());
    for done in 0..all {
        let from = std::mem::take(&mut reached[done]);
        for (place, next) in happenings.iter().enumerate().filter(|(place, _)| done & (1 << place) == 0) {
            let then = from.iter().flat_map(|contracts| possible(next, contracts));
            reached[done | (1 << place)].extend(then);
        }
    }
    reached[all].contains(is)
}

#[cfg(test)]
mod tests {
    use super::{Contract, Event, Happening, explains};

    fn row(number: Option<&str>, state: &str, second: i64, version: u64) -> Contract {
        let occurred_at = Some(jiff::Timestamp::from_second(second).expect("an instant"));
        Contract {
            number: number.map(str::to_owned),
            state: state.to_owned(),
            occurred_at,
            version,
            previous: None,
        }
    }

    fn event(number: Option<&str>, state: &'static str, second: i64) -> Happening {
        let occurred_at = jiff::Timestamp::from_second(second).expect("an instant");
        let (id, number) = (format!("e-{second}"), number.map(str::to_owned));
        Happening::Event(vec![Event { id, client: "c-1", number, state, occurred_at }])
    }

    #[test]
    fn two_events_at_once_leave_the_later_one_whatever_their_order() {
        let was = [row(None, "init", 1, 1)];
        let happened = [event(Some("77-1"), "scoring", 2), event(Some("77-1"), "active", 3)];
        assert!(explains(&was, &happened, &[row(Some("77-1"), "active", 3, 3)]), "one after the other");
        assert!(explains(&was, &happened, &[row(Some("77-1"), "active", 3, 2)]), "the earlier one was late");
        assert!(!explains(&was, &happened, &[row(Some("77-1"), "scoring", 2, 3)]), "the later one was lost");
        assert!(!explains(&was, &happened[..1], &[row(None, "init", 1, 1)]), "an event did nothing");
    }

    #[test]
    fn a_row_is_closed_once_and_renewed_once() {
        let was = [row(Some("77-1"), "active", 1, 1)];
        let (closed, opened) =
            (Happening::Closed(1, "77-1".into()), Happening::Opened(2, Some("77-1".into())));
        let renewed =
            Contract { occurred_at: None, previous: Some("77-1".into()), ..row(None, "init", 0, 1) };
        let is = [row(Some("77-1"), "CLOSED", 1, 2), renewed];
        assert!(explains(&was, &[opened.clone(), closed.clone()], &is));
        assert!(!explains(&was, &[opened.clone(), closed.clone(), closed], &is));
        assert!(!explains(&was, &[opened], &is));
    }
}
