//! Who is to be asked about, and with which words: written from the specification (§3.1, §5, §9, §13), not from the code.

use jiff::{SignedDuration, Timestamp};

use super::bank::Told;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// After how many full days in one status a client hesitates (§5).
const WAITING_DAYS: i32 = 7;
/// How long a request without a reply holds back the next (§5, §13).
pub(super) const PENDING: SignedDuration = SignedDuration::from_hours(3 * 24);
const MOSCOW: SignedDuration = SignedDuration::from_hours(3);
/// At which hour of UTC the daily run is opened: six in Moscow.
const OPENS: SignedDuration = SignedDuration::from_hours(3);

/// What is known of a client: its row, the log, its numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) row: &'a Told,
    pub(super) log: &'a Told,
    pub(super) numbers: &'a Told,
}

impl Known<'_> {
    /// Since when the client stands before the Wizard in a status in which one hesitates.
    pub(super) fn waits_since(&self) -> Option<Timestamp> {
        waits_since(Some(self.row), Some(self.log))
    }

    /// Whether a run as of `time` is to ask about the client, as far as the bank's tables say.
    pub(super) fn is_due(&self, time: Timestamp) -> bool {
        let is_complete = self.row.column("mdm_id").is_some()
            && ["tin", "registry_number", "kpp"].iter().all(|name| self.numbers.column(name).is_some());
        let since = self.waits_since();
        is_complete && since.is_some_and(|since| time.duration_since(since) >= DAY * WAITING_DAYS)
    }

    /// The request, to the byte.
    pub(super) fn request(
        &self,
        organization: &str,
        (id, dt): (&str, &str),
        (ibso, infor): (Option<&str>, Option<&str>),
    ) -> String {
        let of = |told: &Told, name| told.column(name).unwrap_or_default().to_owned();
        let mdm_id = of(self.row, "mdm_id");
        let ids = [
            ("vtb_mdm_id", Some(mdm_id.as_str())),
            ("IBSO", ibso),
            ("ehd_id", Some(organization)),
            ("INFOR", infor),
        ];
        let ids: Vec<String> = ids
            .iter()
            .filter_map(|(system, id)| id.map(|id| format!(r#"{{"systemCode":"{system}","id":"{id}"}}"#)))
            .collect();
        let [inn, ogrn, kpp] = ["tin", "registry_number", "kpp"].map(|name| of(self.numbers, name));
        let okpo = self.numbers.column("okpo").map_or(String::new(), |okpo| format!(r#","okpo":"{okpo}""#));
        format!(
            r#"{{"requestID":"{id}","dt":"{dt}","clientIdList":[{}],"inn":"{inn}","ogrn":"{ogrn}","kpp":"{kpp}"{okpo}}}"#,
            ids.join(",")
        )
    }
}

/// The same of a client of whom perhaps not everything is known; without an entry in the log nobody waits.
pub(super) fn waits_since(row: Option<&Told>, log: Option<&Told>) -> Option<Timestamp> {
    let (row, log) = (row?, log?);
    let status =
        if log.at > row.at { log.column("changed_wizard_status") } else { row.column("wizard_status") };
    let hesitates = row.column("status") == Some("in_wizard")
        && status.is_some_and(|status| ["OK", "IN_PROGRESS", "TO_SIGN"].contains(&status));
    hesitates.then_some(log.at)
}

/// The Moscow day of an instant, counted from the epoch.
pub(super) fn moscow_day(at: Timestamp) -> i64 {
    (at + MOSCOW).as_second().div_euclid(DAY.as_secs())
}

/// The latest time of a daily run that is not after `now`.
pub(super) fn latest_run(now: Timestamp) -> Timestamp {
    let days = (now - OPENS).as_second().div_euclid(DAY.as_secs());
    Timestamp::UNIX_EPOCH + DAY * i32::try_from(days).unwrap_or_default() + OPENS
}

/// The time of the next one.
pub(super) fn next_run(now: Timestamp) -> Timestamp {
    latest_run(now) + DAY
}
