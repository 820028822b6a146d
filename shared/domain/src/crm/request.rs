use super::{
    BackId, BackSystem, BackSystemId, Client, Inn, Kpp, MdmId, Ogrn, Okpo, OrganizationId, inn_is_valid,
    kpp_is_valid, ogrn_is_valid, okpo_is_valid,
};

/// What a request says of a client (§3.1, §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestData<'a> {
    /// Its id in the master data.
    pub mdm_id: &'a MdmId,
    /// Its newest id in ЦФТ.
    pub ibso: Option<&'a BackId>,
    /// Its id in `VTB_Client`.
    pub organization_id: &'a OrganizationId,
    /// Its newest id in `InforCRM`.
    pub infor: Option<&'a BackId>,
    /// The taxpayer's number.
    pub inn: &'a Inn,
    /// The number in the state register.
    pub ogrn: &'a Ogrn,
    /// The reason code; absent only if an empty one may be sent (`send_empty_kpp`), and sent as an empty text.
    pub kpp: Option<&'a Kpp>,
    /// The number in the classifier; its key is left out where it is absent.
    pub okpo: Option<&'a Okpo>,
}

/// Whose id an entry of `clientIdList` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemCode {
    /// The bank's master data.
    VtbMdmId,
    /// ЦФТ.
    Ibso,
    /// ЕХД.
    EhdId,
    /// `InforCRM`.
    Infor,
}

/// What a client lacks that every request must have (§9). It leaves no row, so the client is tried again at the
/// next run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// An id in the master data.
    MissingMdmId,
    /// A taxpayer's number.
    MissingInn,
    /// A number in the state register.
    MissingOgrn,
    /// A reason code.
    MissingKpp,
}

/// A number of the request that does not follow its own format. It is sent all the same (§9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// The inn's check digits.
    Inn,
    /// The ogrn's check digit.
    Ogrn,
    /// The kpp's format.
    Kpp,
    /// The okpo's check digit.
    Okpo,
}

impl SystemCode {
    /// `systemCode` on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VtbMdmId => "vtb_mdm_id",
            Self::Ibso => "IBSO",
            Self::EhdId => "ehd_id",
            Self::Infor => "INFOR",
        }
    }
}

impl SkipReason {
    /// The reason in metrics and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingMdmId => "missing_mdm_id",
            Self::MissingInn => "missing_inn",
            Self::MissingOgrn => "missing_ogrn",
            Self::MissingKpp => "missing_kpp",
        }
    }
}

impl Warning {
    /// The field in metrics and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inn => "inn",
            Self::Ogrn => "ogrn",
            Self::Kpp => "kpp",
            Self::Okpo => "okpo",
        }
    }
}

impl<'a> RequestData<'a> {
    /// Collects the data of `client`, whose `MdmId` has these ids in the back systems, in any order.
    ///
    /// # Errors
    /// The first that is missing, in the order of [`SkipReason`].
    pub(super) fn collect(
        client: &'a Client,
        back_ids: &'a [BackSystemId],
        send_empty_kpp: bool,
    ) -> Result<Self, SkipReason> {
        let row = client.migration.as_ref();
        let numbers = client.snapshot.as_ref();
        let mdm_id = row.and_then(|row| row.mdm_id.as_ref()).ok_or(SkipReason::MissingMdmId)?;
        let inn = numbers.and_then(|numbers| numbers.inn.as_ref()).ok_or(SkipReason::MissingInn)?;
        let ogrn = numbers.and_then(|numbers| numbers.ogrn.as_ref()).ok_or(SkipReason::MissingOgrn)?;
        let kpp = numbers.and_then(|numbers| numbers.kpp.as_ref());
        if kpp.is_none() && !send_empty_kpp {
            return Err(SkipReason::MissingKpp);
        }
        Ok(Self {
            mdm_id,
            ibso: newest(back_ids, BackSystem::Ibso),
            organization_id: &client.organization_id,
            infor: newest(back_ids, BackSystem::Infor),
            inn,
            ogrn,
            kpp,
            okpo: numbers.and_then(|numbers| numbers.okpo.as_ref()),
        })
    }

    /// `clientIdList` in the seed's order; a system in which the client has no id is left out (§9).
    pub fn ids(&self) -> impl Iterator<Item = (SystemCode, &'a str)> + use<'a> {
        let all = [
            Some((SystemCode::VtbMdmId, self.mdm_id.as_str())),
            self.ibso.map(|id| (SystemCode::Ibso, id.as_str())),
            Some((SystemCode::EhdId, self.organization_id.as_str())),
            self.infor.map(|id| (SystemCode::Infor, id.as_str())),
        ];
        all.into_iter().flatten()
    }

    /// The numbers that do not follow their format; an absent one is none of them.
    pub fn warnings(&self) -> impl Iterator<Item = Warning> + use<> {
        let all = [
            (Warning::Inn, inn_is_valid(self.inn.as_str())),
            (Warning::Ogrn, ogrn_is_valid(self.ogrn.as_str())),
            (Warning::Kpp, self.kpp.is_none_or(|kpp| kpp_is_valid(kpp.as_str()))),
            (Warning::Okpo, self.okpo.is_none_or(|okpo| okpo_is_valid(okpo.as_str()))),
        ];
        all.into_iter().filter(|(_, is_valid)| !is_valid).map(|(warning, _)| warning)
    }
}

fn newest(back_ids: &[BackSystemId], system: BackSystem) -> Option<&BackId> {
    let of_system = back_ids.iter().filter(|row| row.system == system);
    of_system.max_by_key(|row| &row.stamp).map(|row| &row.id)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::{RequestData, SkipReason, Warning};
    use crate::crm::fixtures::{back_id, client, days_ago};
    use crate::crm::{BackSystem, Client, Inn, Kpp, Snapshot};

    fn ids(data: &RequestData<'_>) -> Vec<(&'static str, String)> {
        data.ids().map(|(system, id)| (system.as_str(), id.to_owned())).collect()
    }

    /// The client of the example, with other numbers.
    fn with(edit: impl FnOnce(&mut Snapshot)) -> Client {
        let mut client = client();
        client.snapshot.as_mut().map(edit).unwrap();
        client
    }

    #[test]
    fn the_ids_stand_in_the_order_of_the_seeds_example_and_the_newest_of_a_system_counts() {
        let client = client();
        let back_ids = [
            back_id(BackSystem::Infor, "A6UJ9A00EEG", days_ago(1), "e-10"),
            back_id(BackSystem::Ibso, "1", days_ago(3), "e-9"),
            back_id(BackSystem::Ibso, "354815252", days_ago(2), "e-3"),
            back_id(BackSystem::Ibso, "2", days_ago(2), "e-2"),
        ];
        let data = RequestData::collect(&client, &back_ids, false).unwrap();
        let expected = [
            ("vtb_mdm_id", "123456".to_owned()),
            ("IBSO", "354815252".to_owned()),
            ("ehd_id", "354815252".to_owned()),
            ("INFOR", "A6UJ9A00EEG".to_owned()),
        ];
        assert_eq!(ids(&data), expected);
    }

    #[test]
    fn a_system_without_an_id_is_left_out() {
        let client = client();
        let data = RequestData::collect(&client, &[], false).unwrap();
        let systems: Vec<_> = data.ids().map(|(system, _)| system.as_str()).collect();
        assert_eq!(systems, ["vtb_mdm_id", "ehd_id"]);
    }

    #[test]
    fn what_is_missing_is_named_in_a_fixed_order() {
        let skip = |client: &Client| RequestData::collect(client, &[], false).map(|_| ());
        let mut bare = Client { migration: None, snapshot: None, ..client() };
        assert_eq!(skip(&bare), Err(SkipReason::MissingMdmId));
        bare.migration = client().migration;
        assert_eq!(skip(&bare), Err(SkipReason::MissingInn), "no snapshot came yet");
        let nothing = |numbers: &mut Snapshot| (numbers.inn, numbers.ogrn, numbers.kpp) = (None, None, None);
        assert_eq!(skip(&with(nothing)), Err(SkipReason::MissingInn));
        let no_ogrn = |numbers: &mut Snapshot| (numbers.ogrn, numbers.kpp) = (None, None);
        assert_eq!(skip(&with(no_ogrn)), Err(SkipReason::MissingOgrn));
        assert_eq!(skip(&with(|numbers| numbers.kpp = None)), Err(SkipReason::MissingKpp));
        assert_eq!(skip(&with(|numbers| numbers.okpo = None)), Ok(()));
    }

    #[test]
    fn what_is_missing_and_what_is_warned_of_have_their_names_in_metrics_and_logs() {
        let missing = [
            SkipReason::MissingMdmId,
            SkipReason::MissingInn,
            SkipReason::MissingOgrn,
            SkipReason::MissingKpp,
        ];
        let names = ["missing_mdm_id", "missing_inn", "missing_ogrn", "missing_kpp"];
        assert_eq!(missing.map(SkipReason::as_str), names);
        let warnings = [Warning::Inn, Warning::Ogrn, Warning::Kpp, Warning::Okpo];
        assert_eq!(warnings.map(Warning::as_str), ["inn", "ogrn", "kpp", "okpo"]);
    }

    #[test]
    fn an_entrepreneur_is_asked_about_without_a_kpp_only_if_an_empty_one_may_be_sent() {
        let entrepreneur = with(|numbers| {
            numbers.inn = Inn::new("500100732259").ok();
            numbers.kpp = None;
        });
        assert_eq!(RequestData::collect(&entrepreneur, &[], false), Err(SkipReason::MissingKpp));
        assert_eq!(RequestData::collect(&entrepreneur, &[], true).map(|data| data.kpp), Ok(None));
    }

    #[test]
    fn numbers_against_their_format_are_warned_of_and_no_absent_one_is() {
        let warnings = |client: &Client| -> Vec<Warning> {
            RequestData::collect(client, &[], true).unwrap().warnings().collect()
        };
        assert_eq!(warnings(&client()), [Warning::Okpo], "the seed's own okpo fails");
        assert_eq!(warnings(&with(|numbers| (numbers.kpp, numbers.okpo) = (None, None))), []);
        let wrong = with(|numbers| (numbers.inn, numbers.kpp) = (Inn::new("1").ok(), Kpp::new("1").ok()));
        assert_eq!(warnings(&wrong), [Warning::Inn, Warning::Kpp, Warning::Okpo]);
    }

    #[test]
    fn what_is_logged_of_a_request_shows_neither_inn_nor_ogrn() {
        let client = client();
        let shown = format!("{:?}", RequestData::collect(&client, &[], false));
        assert!(!shown.contains("1200009193") && !shown.contains("1231200000844"), "{shown}");
        assert!(shown.contains("354815252"));
    }
}
