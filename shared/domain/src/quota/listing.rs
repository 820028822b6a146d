use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;

use super::expiry::{day_of, expiry, months_from};
use super::{BusinessType, Grant, GrantStatus};

/// The dates of the list predicate, which are configuration (§2.1).
#[derive(Clone, Copy, Debug)]
pub struct ListRules {
    /// Grants that became effective then or earlier are not shown: 2019-04-01 00:00:00 in Shanghai.
    pub effective_after: Timestamp,
    /// List-driven grants whose row changed then or earlier are not shown: 2019-03-26 00:00:00 in Shanghai.
    pub list_updated_after: Timestamp,
}

/// A grant that is shown. What is shown runs out some day: its types without a stored expiry have their months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    grant: Grant,
    expiry: Timestamp,
}

impl Listed {
    /// The grant, if it is shown at `now`.
    #[must_use]
    pub fn of(grant: Grant, now: Timestamp, rules: ListRules) -> Option<Self> {
        let expiry = expiry(&grant)?;
        is_listed(&grant, now, rules).then_some(Self { grant, expiry })
    }

    /// The grant.
    #[must_use]
    pub fn grant(&self) -> &Grant {
        &self.grant
    }

    /// The day on which it runs out, stored or filled (§2.2), in Shanghai.
    #[must_use]
    pub fn expiry_date(&self) -> Date {
        day_of(self.expiry)
    }
}

/// Whether a grant is shown at `now`: the whole of §2.1.
#[must_use]
pub fn is_listed(grant: &Grant, now: Timestamp, rules: ListRules) -> bool {
    let of_a_shown_type = match grant.id.business_type() {
        BusinessType::Pledge(_) => false,
        BusinessType::List(_) => grant.update_time > rules.list_updated_after,
        BusinessType::WeChat | BusinessType::CreditPack | BusinessType::Purchase | BusinessType::Other(_) => {
            true
        }
    };
    of_a_shown_type
        && grant.status == GrantStatus::Effective
        && grant.effective_time > rules.effective_after
        && lasts(grant, now)
}

/// `invalidTime > now`, or, where none is stored, `effectiveTime > now − months`. The second is not the filled
/// expiry: at month ends the two disagree, and the seed's stands.
fn lasts(grant: &Grant, now: Timestamp) -> bool {
    match (grant.invalid_time, grant.id.business_type().months_without_expiry()) {
        (Some(invalid_time), _) => invalid_time > now,
        (None, Some(months)) => grant.effective_time > months_from(now, -months),
        (None, None) => false,
    }
}

/// The order of the list: the latest first, then by business id; by business type where that is equal too, so that no
/// grant is on two pages.
#[must_use]
pub fn by_recency(one: &Listed, other: &Listed) -> Ordering {
    let (one, other) = (&one.grant, &other.grant);
    let latest_first = other.effective_time.cmp(&one.effective_time);
    let by_business_id = latest_first.then_with(|| one.id.business_id().cmp(other.id.business_id()));
    by_business_id.then_with(|| one.id.business_type().as_str().cmp(other.id.business_type().as_str()))
}

/// What a wish to cancel meets (§5 C1 to C4, §11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelJudgement {
    /// It may be cancelled now.
    Cancel,
    /// It was cancelled before: success, with the original amount.
    Repeat,
    /// It cannot be told from a grant that does not exist.
    Absent,
}

/// Judges a cancel at `now`: what is listed may be cancelled, on whatever page it is.
#[must_use]
pub fn judge_cancel(grant: &Grant, now: Timestamp, rules: ListRules) -> CancelJudgement {
    match grant.status {
        GrantStatus::Cancelled => CancelJudgement::Repeat,
        GrantStatus::Effective if is_listed(grant, now, rules) => CancelJudgement::Cancel,
        GrantStatus::Effective | GrantStatus::Expired => CancelJudgement::Absent,
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{CancelJudgement, ListRules, Listed, by_recency, is_listed, judge_cancel};
    use crate::quota::{Amount, Grant, GrantId, GrantStatus};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn rules() -> ListRules {
        ListRules {
            effective_after: at("2019-04-01T00:00:00+08:00"),
            list_updated_after: at("2019-03-26T00:00:00+08:00"),
        }
    }

    fn grant(business_type: &str, effective: &str, invalid: Option<&str>) -> Grant {
        Grant {
            id: GrantId::new(business_type, "1").unwrap(),
            change_limit: Amount::parse("80").unwrap(),
            effective_time: at(effective),
            invalid_time: invalid.map(at),
            update_time: at("2019-06-06T16:01:20+08:00"),
            status: GrantStatus::Effective,
        }
    }

    /// Whether it is listed one second before `border` and at it.
    fn around(grant: &Grant, border: &str) -> (bool, bool) {
        let border = at(border);
        let before = border - SignedDuration::from_secs(1);
        (is_listed(grant, before, rules()), is_listed(grant, border, rules()))
    }

    const EFFECTIVE: &str = "2019-06-20T10:00:00+08:00";
    const EXPIRY: &str = "2019-12-27T00:00:00+08:00";

    #[test]
    fn a_stored_expiry_ends_the_listing_to_the_second() {
        for business_type in ["2101", "2103", "2104", "2201", "2202", "9999"] {
            assert_eq!(around(&grant(business_type, EFFECTIVE, Some(EXPIRY)), EXPIRY), (true, false));
        }
    }

    #[test]
    fn without_an_expiry_2101_lasts_a_month_and_2103_three_and_others_do_not_count() {
        assert_eq!(around(&grant("2101", EFFECTIVE, None), "2019-07-20T10:00:00+08:00"), (true, false));
        assert_eq!(around(&grant("2103", EFFECTIVE, None), "2019-09-20T10:00:00+08:00"), (true, false));
        for business_type in ["2104", "2201", "2202", "9999"] {
            assert!(!is_listed(&grant(business_type, EFFECTIVE, None), at(EFFECTIVE), rules()));
        }
    }

    #[test]
    fn at_a_month_end_the_filter_is_the_seeds_and_not_the_filled_expiry() {
        let grant = grant("2101", "2019-08-31T00:00:00+08:00", None);
        assert!(is_listed(&grant, at("2019-09-30T12:00:00+08:00"), rules()));
        assert!(!is_listed(&grant, at("2019-10-01T00:00:00+08:00"), rules()));
    }

    #[test]
    fn pledges_are_never_listed_even_with_an_expiry_to_come() {
        for business_type in ["2004", "2007"] {
            assert!(!is_listed(&grant(business_type, EFFECTIVE, Some(EXPIRY)), at(EFFECTIVE), rules()));
        }
    }

    #[test]
    fn a_grant_counts_only_when_it_became_effective_after_the_first_of_april_2019() {
        let border = grant("2104", "2019-04-01T00:00:00+08:00", Some(EXPIRY));
        let later = grant("2104", "2019-04-01T00:00:01+08:00", Some(EXPIRY));
        let future = grant("2104", "2019-12-01T00:00:00+08:00", Some(EXPIRY));
        let now = at(EFFECTIVE);
        assert!(!is_listed(&border, now, rules()));
        assert!(is_listed(&later, now, rules()));
        assert!(is_listed(&future, now, rules()), "what begins in the future is shown, as in the seed");
    }

    #[test]
    fn a_list_driven_grant_counts_only_when_its_row_changed_after_the_26th_of_march_2019() {
        for (business_type, listed) in [("2201", false), ("2202", false), ("2104", true), ("9999", true)] {
            let mut grant = grant(business_type, EFFECTIVE, Some(EXPIRY));
            grant.update_time = at("2019-03-26T00:00:00+08:00");
            assert_eq!(is_listed(&grant, at(EFFECTIVE), rules()), listed, "{business_type}");
            grant.update_time += SignedDuration::from_secs(1);
            assert!(is_listed(&grant, at(EFFECTIVE), rules()));
        }
    }

    #[test]
    fn a_cancel_meets_what_is_listed_or_was_cancelled_and_nothing_else() {
        let mut grant = grant("2104", EFFECTIVE, Some(EXPIRY));
        let judge = |grant: &Grant, now: &str| judge_cancel(grant, at(now), rules());
        assert_eq!(judge(&grant, EFFECTIVE), CancelJudgement::Cancel);
        assert_eq!(judge(&grant, EXPIRY), CancelJudgement::Absent);
        grant.status = GrantStatus::Cancelled;
        assert_eq!(judge(&grant, EFFECTIVE), CancelJudgement::Repeat);
        assert_eq!(judge(&grant, EXPIRY), CancelJudgement::Repeat, "also after its expiry");
        grant.status = GrantStatus::Expired;
        assert_eq!(judge(&grant, EFFECTIVE), CancelJudgement::Absent);
    }

    #[test]
    fn the_latest_comes_first_and_equals_are_ordered_by_their_business_id() {
        let of = |id: &str, effective: &str| {
            let id = GrantId::new("2104", id).unwrap();
            Listed::of(Grant { id, ..grant("2104", effective, Some(EXPIRY)) }, at(EFFECTIVE), rules())
                .unwrap()
        };
        let mut grants = [
            of("201905281552276330004096", "2019-05-21T00:00:00+08:00"),
            of("201905210953183410004097", "2019-05-21T00:00:00+08:00"),
            of("9", "2019-05-22T00:00:00+08:00"),
        ];
        grants.sort_by(by_recency);
        let ids: Vec<_> = grants.iter().map(|listed| listed.grant().id.business_id()).collect();
        assert_eq!(ids, ["9", "201905210953183410004097", "201905281552276330004096"]);
    }

    #[test]
    fn what_is_listed_has_a_day_on_which_it_runs_out_also_at_the_end_of_time() {
        let day = |grant: Grant, now| {
            Listed::of(grant, now, rules()).map(|listed| listed.expiry_date().to_string())
        };
        let now = at(EFFECTIVE);
        assert_eq!(day(grant("2104", EFFECTIVE, Some(EXPIRY)), now).as_deref(), Some("2019-12-27"));
        assert_eq!(day(grant("2103", EFFECTIVE, None), now).as_deref(), Some("2019-09-20"));
        assert_eq!(day(grant("2201", EFFECTIVE, None), now), None);
        let mut last = grant("2101", EFFECTIVE, None);
        last.effective_time = Timestamp::MAX;
        assert_eq!(day(last, now).as_deref(), Some("9999-12-31"));
    }
}
