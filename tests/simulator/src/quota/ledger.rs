//! Which totals an account may have after several things happened to it at once.

use std::collections::BTreeSet;

use super::amount::Amount;

/// Something that happened to a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Booking {
    /// A grant was booked.
    Raised(Amount),
    /// A grant ended: its amount is taken off, but no more than there is.
    TakenOff(Amount),
    /// The account service said what it is.
    Corrected(Amount),
}

impl Booking {
    fn applied_to(self, total: Amount) -> Amount {
        match self {
            Self::Raised(amount) => total + amount,
            Self::TakenOff(amount) => total.saturating_sub(amount),
            Self::Corrected(amount) => amount,
        }
    }
}

/// What `before` may have become by all of `bookings`, in whatever order, and any of the corrections in `perhaps`.
#[must_use]
pub(super) fn totals(before: Amount, bookings: &[Booking], perhaps: &[Amount]) -> BTreeSet<Amount> {
    let all = (1_usize << bookings.len()) - 1;
    let mut reached = vec![BTreeSet::new(); all + 1];
    reached[0].insert(before);
    for done in 0..=all {
        let mut totals = std::mem::take(&mut reached[done]);
        totals.extend(perhaps);
        for (place, booking) in bookings.iter().enumerate().filter(|(place, _)| done & (1 << place) == 0) {
            let then = totals.iter().map(|total| booking.applied_to(*total));
            reached[done | (1 << place)].extend(then);
        }
        reached[done] = totals;
    }
    reached.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Booking::{Corrected, Raised, TakenOff};
    use super::totals;

    #[test]
    fn a_correction_comes_before_between_or_after_what_else_happened() {
        assert_eq!(totals(10, &[Raised(5), TakenOff(3)], &[]).into_iter().collect::<Vec<_>>(), [12]);
        let corrected = totals(10, &[Raised(5), Corrected(100)], &[]);
        assert_eq!(corrected.into_iter().collect::<Vec<_>>(), [100, 105]);
        assert_eq!(totals(10, &[Raised(5)], &[7]).into_iter().collect::<Vec<_>>(), [7, 12, 15]);
    }

    #[test]
    fn a_total_never_goes_below_zero_whatever_the_order() {
        assert_eq!(totals(1, &[Raised(5), TakenOff(3)], &[]).into_iter().collect::<Vec<_>>(), [3, 5]);
    }
}
