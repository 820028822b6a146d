use rust_decimal::Decimal;

use super::Amount;

/// The bucket of a cancelled amount (§8): left-closed, right-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CancelRange {
    /// [0, 300)
    UpTo300,
    /// [300, 500)
    UpTo500,
    /// [500, 1000)
    UpTo1000,
    /// [1000, 2000)
    UpTo2000,
    /// [2000, 3000)
    UpTo3000,
    /// [3000, 4000)
    UpTo4000,
    /// [4000, 5000)
    UpTo5000,
    /// [5000, ∞)
    From5000,
}

/// Each bucket's upper end, exclusive, in order.
const ENDS: [(Decimal, CancelRange); 7] = [
    (Decimal::from_parts(300, 0, 0, false, 0), CancelRange::UpTo300),
    (Decimal::from_parts(500, 0, 0, false, 0), CancelRange::UpTo500),
    (Decimal::from_parts(1_000, 0, 0, false, 0), CancelRange::UpTo1000),
    (Decimal::from_parts(2_000, 0, 0, false, 0), CancelRange::UpTo2000),
    (Decimal::from_parts(3_000, 0, 0, false, 0), CancelRange::UpTo3000),
    (Decimal::from_parts(4_000, 0, 0, false, 0), CancelRange::UpTo4000),
    (Decimal::from_parts(5_000, 0, 0, false, 0), CancelRange::UpTo5000),
];

impl CancelRange {
    /// The bucket of `amount`.
    #[must_use]
    pub fn of(amount: Amount) -> Self {
        let found = ENDS.iter().find(|(end, _)| amount.value() < *end);
        found.map_or(Self::From5000, |(_, range)| *range)
    }

    /// The metric's name for it.
    #[must_use]
    pub fn metric(self) -> &'static str {
        match self {
            Self::UpTo300 => "CANCELTEMPRANGE,0_300",
            Self::UpTo500 => "CANCELTEMPRANGE,300_500",
            Self::UpTo1000 => "CANCELTEMPRANGE,500_1000",
            Self::UpTo2000 => "CANCELTEMPRANGE,1000_2000",
            Self::UpTo3000 => "CANCELTEMPRANGE,2000_3000",
            Self::UpTo4000 => "CANCELTEMPRANGE,3000_4000",
            Self::UpTo5000 => "CANCELTEMPRANGE,4000_5000",
            Self::From5000 => "CANCELTEMPRANGE,5000",
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::CancelRange;
    use crate::quota::Amount;

    #[test]
    fn buckets_begin_at_their_lower_end_and_leave_no_gap() {
        for (amount, bucket) in [
            ("0", "0_300"),
            ("299.9999", "0_300"),
            ("300", "300_500"),
            ("499.9999", "300_500"),
            ("500.0000", "500_1000"),
            ("999.9999", "500_1000"),
            ("1000", "1000_2000"),
            ("2000", "2000_3000"),
            ("3000", "3000_4000"),
            ("4000", "4000_5000"),
            ("4999.9999", "4000_5000"),
            ("5000", "5000"),
            ("99999999999999.9999", "5000"),
        ] {
            let metric = CancelRange::of(Amount::parse(amount).unwrap()).metric();
            assert_eq!(metric, format!("CANCELTEMPRANGE,{bucket}"), "{amount}");
        }
    }
}
