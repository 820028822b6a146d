use super::pending::{Destination, Pending};

/// Both services take ten entries in a call.
const MOST_ENTRIES: usize = 10;
/// What a call carries at most. `EventBridge` takes no more; SQS would take four times as much by now.
const MOST_BYTES: usize = 262_144;
/// What an event's time counts for.
const TIME_SIZE: usize = 14;
/// The type of every attribute.
pub(super) const TEXT: &str = "String";

/// Rows that go out in one call, each with its place among all that are sent.
pub(super) struct Batch<'a> {
    pub(super) destination: &'a Destination,
    pub(super) rows: Vec<(usize, &'a Pending)>,
    bytes: usize,
}

/// Puts rows for the same queue, and those for the bus, together as far as a call takes them. A row that is too large
/// for any call is alone in one, where it harms no other.
pub(super) fn batches<'a>(rows: &[&'a Pending]) -> Vec<Batch<'a>> {
    let mut batches: Vec<Batch<'a>> = Vec::new();
    for (place, row) in rows.iter().copied().enumerate() {
        let bytes = size(row);
        match batches.iter_mut().rev().find(|batch| batch.goes_with(&row.destination)) {
            Some(batch) if batch.rows.len() < MOST_ENTRIES && batch.bytes + bytes <= MOST_BYTES => {
                batch.rows.push((place, row));
                batch.bytes += bytes;
            }
            Some(_) | None => {
                batches.push(Batch { destination: &row.destination, rows: vec![(place, row)], bytes });
            }
        }
    }
    batches
}

impl Batch<'_> {
    fn goes_with(&self, destination: &Destination) -> bool {
        match (self.destination, destination) {
            (Destination::Queue { url }, Destination::Queue { url: other }) => url == other,
            (Destination::Bus { .. }, Destination::Bus { .. }) => true,
            (Destination::Queue { .. }, Destination::Bus { .. })
            | (Destination::Bus { .. }, Destination::Queue { .. }) => false,
        }
    }
}

/// What a row counts for in a call, as its service counts.
fn size(row: &Pending) -> usize {
    let attributes = row.attributes.iter().map(|(name, value)| name.len() + TEXT.len() + value.len());
    let envelope = match &row.destination {
        Destination::Queue { .. } => 0,
        Destination::Bus { source, detail_type } => source.len() + detail_type.len() + TIME_SIZE,
    };
    row.body.len() + attributes.sum::<usize>() + envelope
}

#[cfg(test)]
mod tests {
    use super::{Batch, Destination, MOST_BYTES, Pending, batches};
    use crate::{Clock, Scope};

    /// Rows with bodies of these sizes, for the queue of that name or the bus.
    fn rows(wanted: &[(&str, usize)]) -> Vec<Pending> {
        let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let scope = Scope::new("r-1".into(), "c-1".into(), clock.now(), clock);
        let row = |(to, size): &(&str, usize)| {
            let destination = match *to {
                "bus" => Destination::Bus { source: String::new(), detail_type: String::new() },
                url => Destination::Queue { url: url.to_owned() },
            };
            let mut row = Pending::new("outbox".into(), &scope, destination);
            row.body = "x".repeat(*size);
            row
        };
        wanted.iter().map(row).collect()
    }

    /// The places of the rows, by batch.
    fn places(rows: &[Pending]) -> Vec<Vec<usize>> {
        let rows: Vec<_> = rows.iter().collect();
        let places = |batch: Batch<'_>| batch.rows.iter().map(|(place, _)| *place).collect();
        batches(&rows).into_iter().map(places).collect()
    }

    #[test]
    fn rows_for_one_destination_go_together_wherever_they_stand() {
        let rows = rows(&[("a", 1), ("bus", 1), ("b", 1), ("a", 1), ("bus", 1)]);
        assert_eq!(places(&rows), [vec![0, 3], vec![1, 4], vec![2]]);
    }

    #[test]
    fn a_batch_holds_ten_rows() {
        assert_eq!(places(&rows(&[("a", 1); 21])).iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 1]);
    }

    #[test]
    fn a_batch_holds_no_more_than_a_call_carries_and_a_row_too_large_for_any_is_alone() {
        let half = MOST_BYTES / 2;
        let rows = rows(&[("a", half), ("a", half), ("a", 1), ("a", MOST_BYTES + 1), ("a", 1)]);
        assert_eq!(places(&rows), [vec![0, 1], vec![2], vec![3], vec![4]]);
    }
}
