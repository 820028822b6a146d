//! Shards: the few partitions that an index or a table is split into, since one partition takes only so many writes a
//! second.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::dynamodb::Item;
use crate::fingerprint;

/// The shard, of sixteen at most, of what these texts name: always the same one, and each as often as another.
#[must_use]
pub fn shard_of(parts: &[&str], shards: u32) -> u32 {
    shard_of_digits(&fingerprint(parts), shards)
}

/// The shard by the first of some hexadecimal digits that are as good as drawn.
pub(crate) fn shard_of_digits(digits: &str, shards: u32) -> u32 {
    digits.chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or_default() % shards
}

/// The pages that a run has still to read of an index that is split into shards: one shard after the other, to its end.
#[derive(Debug)]
pub struct Pages(VecDeque<(u32, Option<Item>)>);

impl Pages {
    /// Every shard from its beginning, for a run as of `time` of a job that runs `every` so often. Another shard comes
    /// first each time: if the time is not enough for all, none waits for ever.
    #[must_use]
    pub fn in_turn(shards: u32, time: Timestamp, every: SignedDuration) -> Self {
        Self(in_turn(shards, time, every).map(|shard| (shard, None)).collect())
    }

    /// The next page: its shard, and where in it the page begins. Unless [`Self::go_on`] is told of the one behind it,
    /// its shard is done.
    pub fn next_page(&mut self) -> Option<(u32, Option<Item>)> {
        self.0.pop_front()
    }

    /// Goes on in a shard where its next page begins, if it has one.
    pub fn go_on(&mut self, shard: u32, next: Option<Item>) {
        if next.is_some() {
            self.0.push_front((shard, next));
        }
    }
}

fn in_turn(shards: u32, time: Timestamp, every: SignedDuration) -> impl Iterator<Item = u32> {
    let turn = time.as_second().div_euclid(every.as_secs().max(1));
    let first = u32::try_from(turn.rem_euclid(i64::from(shards))).unwrap_or(0);
    (first..shards).chain(0..first)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use crate::dynamodb::{Item, text};

    use super::{Pages, in_turn, shard_of};

    #[test]
    fn a_name_keeps_its_shard_and_the_shards_are_even() {
        let shards: Vec<_> = ["p-1", "p-2", "p-3", "p-4"].iter().map(|name| shard_of(&[name], 4)).collect();
        assert_eq!(
            shards,
            [3, 1, 1, 3],
            "kept in tables: a change here would lose rows that were written before"
        );
        let mut names = [0_u32; 16];
        for number in 0..16_000 {
            names[shard_of(&[&format!("name-{number}")], 16) as usize] += 1;
        }
        assert!(names.iter().all(|count| (900..=1_100).contains(count)), "{names:?}");
    }

    #[test]
    fn each_run_begins_with_the_next_shard_and_goes_through_all() {
        let of = |second| {
            let time = Timestamp::from_second(second).unwrap();
            in_turn(4, time, SignedDuration::from_mins(5)).collect::<Vec<_>>()
        };
        assert_eq!(of(0), [0, 1, 2, 3]);
        assert_eq!(of(299), of(0), "late, but the same run");
        assert_eq!(of(300), [1, 2, 3, 0]);
        assert_eq!(of(900), [3, 0, 1, 2]);
        assert_eq!(of(1_200), of(0));
        assert_eq!(of(-1), [3, 0, 1, 2]);
    }

    #[test]
    fn a_shard_is_read_to_its_end_before_the_next_one() {
        let mut pages = Pages::in_turn(2, Timestamp::UNIX_EPOCH, SignedDuration::from_mins(5));
        assert_eq!(pages.next_page(), Some((0, None)));
        let behind = Item::from([("id".to_owned(), text("a"))]);
        pages.go_on(0, Some(behind.clone()));
        assert_eq!(pages.next_page(), Some((0, Some(behind))));
        pages.go_on(0, None);
        assert_eq!(pages.next_page(), Some((1, None)));
        assert_eq!(pages.next_page(), None);
    }
}
