//! What Ant has of one order, and what becomes of it: Ant's own state machine, told from the specification (§4, §9, §12)
//! and not from our code.

use serde_json::{Map, Value, json};
use suites::lease::methods::Answer;

use super::asked::Asked;

/// An order at Ant.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is something that happened or not, apart from the others"
)]
pub(in crate::lease) struct Account {
    /// How often it was synced; without that Ant does not know it.
    pub(in crate::lease) synced: u32,
    /// What Ant has of the user, in clear.
    user: Value,
    /// The status of each term.
    pub(in crate::lease) terms: Vec<&'static str>,
    rents: Vec<u64>,
    /// Every contract that there was; the last one counts.
    pub(in crate::lease) contracts: Vec<Contract>,
    /// The withhold agreement's status, once it was created.
    pub(in crate::lease) agreement: Option<&'static str>,
    /// Whether the user ever signed it.
    pub(in crate::lease) was_signed: bool,
    /// Whether it ever ended.
    pub(in crate::lease) was_ended: bool,
    /// Whether the user waits for an answer to the wish to end it.
    pub(in crate::lease) is_pending: bool,
    /// How often the user had that wish.
    pub(in crate::lease) applications: u32,
    /// How often it was answered by us.
    pub(in crate::lease) answered: u32,
    /// Whether the last such wish was answered by us.
    pub(in crate::lease) was_answered: bool,
    /// Why we cancelled the plan.
    pub(in crate::lease) cancelled: Option<String>,
    /// Why we closed it.
    pub(in crate::lease) closed: Option<String>,
    /// Whether we ended the agreement.
    pub(in crate::lease) is_unbound: bool,
}

/// A contract at Ant.
#[derive(Clone, Debug)]
pub(in crate::lease) struct Contract {
    pub(in crate::lease) sign_no: String,
    pub(in crate::lease) status: &'static str,
    /// Who seals it, and whether they have.
    pub(in crate::lease) parties: Vec<(Option<String>, bool)>,
    /// Whether the user has yet to sign it.
    pub(in crate::lease) waits_for_user: bool,
}

/// Something that must have happened once at most, and happened again.
#[derive(Clone, Debug)]
pub(in crate::lease) struct Second(pub(in crate::lease) String);

/// How Ant says that it has no such order.
pub(super) const NO_ORDER: (&str, &str) = ("ORDER_NOT_EXIST", "订单不存在");
const NO_FLOW: (&str, &str) = ("SIGN_FLOW_NOT_EXIST", "签署流程不存在");
const BAD_STATUS: (&str, &str) = ("STATUS_INVALID", "状态不允许");

fn declined((code, text): (&'static str, &str)) -> Answer {
    Err((code, text.to_owned()))
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

impl Contract {
    /// Whether something may still come of it, or has.
    pub(in crate::lease) fn is_alive(&self) -> bool {
        ["SIGNING", "FINISH"].contains(&self.status)
    }

    /// Whether the party with this tag has sealed it, as far as anybody can tell: that it is finished is taken for the seal,
    /// also of a party that it does not have (§12).
    pub(in crate::lease) fn passes_for_sealed_by(&self, tag: Option<&str>) -> bool {
        let party = self.parties.iter().find(|(of, _)| of.as_deref() == tag);
        party.map_or(self.status == "FINISH", |(_, sealed)| *sealed)
    }

    fn members(&self) -> Value {
        let party = |(tag, sealed): &(Option<String>, bool)| json!({"tag": tag, "sealed": sealed});
        let parties: Value = self.parties.iter().map(party).collect();
        let of = |kind: &str| self.sign_no.replace("SIGN", kind);
        json!({
            "sign_no": self.sign_no, "flow_id": of("FLOW"), "account_id": of("ACCT"),
            "sign_info": parties.to_string(),
        })
    }

    fn finish(&mut self) {
        if self.parties.iter().all(|(_, sealed)| *sealed) && !self.waits_for_user {
            self.status = "FINISH";
        }
    }
}

impl Account {
    /// The contract that counts, if one was submitted.
    pub(in crate::lease) fn contract(&self) -> Option<&Contract> {
        self.contracts.last()
    }

    pub(in crate::lease) fn is_finished(&self) -> bool {
        self.contract().is_some_and(|contract| contract.status == "FINISH")
    }

    /// Whether nothing is left to be debited.
    pub(in crate::lease) fn is_settled(&self) -> bool {
        !self.terms.is_empty() && !self.terms.contains(&"NOT_RETURN")
    }

    /// Whether what was asked for is so, whoever brought it about.
    pub(super) fn shows(&self, asked: &Asked) -> bool {
        match asked {
            Asked::Sync { .. } => self.synced > 0,
            Asked::Submit { .. } => self.contract().is_some_and(Contract::is_alive),
            Asked::Create => self.agreement == Some("SIGNED"),
            Asked::Seal { sign_no, tag } => {
                let contract = self.contracts.iter().find(|one| one.sign_no == *sign_no);
                contract.is_some_and(|one| one.passes_for_sealed_by(tag.as_deref()))
            }
            Asked::Cancel { .. } => self.is_settled(),
            Asked::Close { .. } => self.closed.is_some(),
            Asked::Unbind | Asked::Confirm { agrees: true } => self.agreement == Some("TERMINATED"),
            Asked::Confirm { agrees: false } => !self.is_pending,
            Asked::Trade | Asked::Agreement | Asked::Flow { .. } => true,
        }
    }

    /// Does what is asked and answers; `made` numbers what comes of it, `waits_for_user` is about a new contract.
    ///
    /// # Errors
    /// It was done before, and may not be done again.
    pub(super) fn perform(
        &mut self,
        asked: &Asked,
        made: u64,
        waits_for_user: bool,
    ) -> Result<Answer, Second> {
        if let Asked::Sync { terms, user } = asked {
            return Ok(self.sync(terms, user));
        }
        if self.synced == 0 {
            return Ok(declined(NO_ORDER));
        }
        match asked {
            Asked::Sync { .. } => Ok(declined(BAD_STATUS)),
            Asked::Submit { tags } => self.submit(tags, made, waits_for_user),
            Asked::Create if self.is_unbound || self.closed.is_some() => Ok(declined(BAD_STATUS)),
            Asked::Create => {
                if self.agreement != Some("SIGNED") {
                    self.agreement = Some("UNSIGNED");
                }
                Ok(Ok(object(&json!({"sign_str": format!("alipay_sdk=sim&nonce={made}")}))))
            }
            Asked::Seal { sign_no, tag } => self.seal(sign_no, tag.as_deref()),
            Asked::Cancel { reason } => self.cancel(reason),
            Asked::Close { reason } => self.close(reason),
            Asked::Unbind => self.unbind(),
            Asked::Confirm { agrees } => Ok(self.confirm(*agrees)),
            Asked::Trade | Asked::Agreement | Asked::Flow { .. } => Ok(self.tell(asked)),
        }
    }

    /// What Ant answers to a question.
    fn tell(&self, asked: &Asked) -> Answer {
        match asked {
            Asked::Trade => Ok(object(&json!({"response_data": self.trade().to_string()}))),
            Asked::Agreement => {
                Ok(object(&json!({"status": self.agreement.unwrap_or("UNSIGNED"), "agreement_no": "A-1"})))
            }
            Asked::Flow { sign_no } => {
                let Some(contract) = self.contracts.iter().find(|one| one.sign_no == *sign_no) else {
                    return declined(NO_FLOW);
                };
                let mut members = object(&contract.members());
                members.insert("status".to_owned(), contract.status.into());
                Ok(members)
            }
            Asked::Sync { .. }
            | Asked::Submit { .. }
            | Asked::Create
            | Asked::Seal { .. }
            | Asked::Cancel { .. }
            | Asked::Close { .. }
            | Asked::Unbind
            | Asked::Confirm { .. } => declined(BAD_STATUS),
        }
    }

    fn sync(&mut self, rents: &[u64], user: &Value) -> Answer {
        if self.contract().is_some_and(Contract::is_alive) {
            return declined(BAD_STATUS);
        }
        self.synced += 1;
        self.user = user.clone();
        self.rents = rents.to_vec();
        self.terms = vec!["NOT_RETURN"; rents.len()];
        Ok(object(&json!({"response_data": "{}"})))
    }

    fn submit(&mut self, tags: &[Option<String>], made: u64, waits: bool) -> Result<Answer, Second> {
        if self.contract().is_some_and(Contract::is_alive) {
            return Err(Second("a contract while another is alive".to_owned()));
        }
        let parties = tags.iter().map(|tag| (tag.clone(), false)).collect();
        let sign_no = format!("SIGN{made:06}");
        let contract = Contract { sign_no, status: "SIGNING", parties, waits_for_user: waits };
        let members = object(&contract.members());
        self.contracts.push(contract);
        Ok(Ok(members))
    }

    fn seal(&mut self, sign_no: &str, tag: Option<&str>) -> Result<Answer, Second> {
        let Some(contract) = self.contracts.iter_mut().find(|one| one.sign_no == sign_no) else {
            return Ok(declined(NO_FLOW));
        };
        let Some((_, sealed)) = contract.parties.iter_mut().find(|(of, _)| of.as_deref() == tag) else {
            return Ok(declined(("TAG_NOT_EXIST", "签署区不存在")));
        };
        if *sealed {
            return Err(Second(format!("the seal of {tag:?}")));
        }
        if contract.status != "SIGNING" {
            return Ok(declined(BAD_STATUS));
        }
        *sealed = true;
        contract.finish();
        Ok(Ok(object(&json!({"sign_field_ids": "[\"1\"]"}))))
    }

    fn cancel(&mut self, reason: &str) -> Result<Answer, Second> {
        if self.cancelled.is_some() || self.closed.is_some() {
            return Err(Second("a cancel".to_owned()));
        }
        self.terms.iter_mut().filter(|term| **term == "NOT_RETURN").for_each(|term| *term = "CANCEL");
        self.cancelled = Some(reason.to_owned());
        Ok(Ok(Map::new()))
    }

    fn close(&mut self, reason: &str) -> Result<Answer, Second> {
        if self.closed.is_some() {
            return Err(Second("a close".to_owned()));
        }
        self.closed = Some(reason.to_owned());
        Ok(Ok(object(&json!({"response_data": "{}"}))))
    }

    fn unbind(&mut self) -> Result<Answer, Second> {
        if self.is_unbound {
            return Err(Second("the end of the agreement".to_owned()));
        }
        if self.agreement != Some("SIGNED") {
            return Ok(declined(("AGREEMENT_NOT_EXIST", "协议不存在")));
        }
        self.end();
        self.is_unbound = true;
        Ok(Ok(Map::new()))
    }

    fn confirm(&mut self, agrees: bool) -> Answer {
        if !self.is_pending {
            return declined(("UNSIGN_APPLY_NOT_EXIST", "解约申请不存在"));
        }
        self.is_pending = false;
        self.was_answered = true;
        self.answered += 1;
        if agrees {
            self.end();
        }
        Ok(Map::new())
    }

    fn end(&mut self) {
        self.agreement = Some("TERMINATED");
        self.was_ended = true;
        self.is_pending = false;
    }

    fn trade(&self) -> Value {
        let term = |(place, status): (usize, &&str)| json!({"termIndex": place + 1, "status": status, "rentalMoney": self.rents[place]});
        let mut trade = json!({
            "orderStatus": if self.closed.is_some() { "CLOSED" } else { "NORMAL" },
            "unsignPending": self.is_pending,
            "terms": self.terms.iter().enumerate().map(term).collect::<Value>(),
            "orderUserInfo": self.user,
        });
        if let Some(contract) = self.contract() {
            let members = contract.members();
            for (name, member) in [("signNo", "sign_no"), ("flowId", "flow_id"), ("accountId", "account_id")]
            {
                trade[name] = members[member].clone();
            }
        }
        trade
    }
}

/// What users and others do at Ant by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The user signs the withhold agreement.
    SignsAgreement,
    /// The user signs the contract.
    SignsContract,
    /// The user ends the agreement in Alipay.
    EndsAgreement,
    /// The agreement was not signed in time.
    AgreementTimesOut,
    /// The user applies to end the agreement.
    Applies,
    /// The contract comes to nothing.
    ContractEnds(&'static str),
    /// A term is paid.
    Pays,
    /// All terms are paid.
    PaysAll,
}

impl Deed {
    /// What Ant calls it when it tells.
    pub(super) fn publish_type(self) -> &'static str {
        match self {
            Self::Applies => "ASYNC_UNSIGN_APPLY",
            Self::SignsAgreement | Self::EndsAgreement | Self::AgreementTimesOut => "WITHHOLD_STATUS_CHANGE",
            Self::SignsContract | Self::ContractEnds(_) => "SIGN_FLOW_STATUS_CHANGE",
            Self::Pays | Self::PaysAll => "ORDER_STATUS_CHANGE",
        }
    }
}

impl Account {
    /// Does it; whether there was anything to do.
    pub(super) fn live(&mut self, deed: Deed) -> bool {
        let may_be_paid = self.is_finished() && self.closed.is_none();
        let signing = self.contracts.last_mut().filter(|contract| contract.status == "SIGNING");
        match (deed, self.agreement, signing) {
            (Deed::SignsAgreement, Some("UNSIGNED"), _) => {
                self.agreement = Some("SIGNED");
                self.was_signed = true;
            }
            (Deed::SignsContract, _, Some(contract)) if contract.waits_for_user => {
                contract.waits_for_user = false;
                contract.finish();
            }
            (Deed::EndsAgreement, Some("SIGNED"), _) => self.end(),
            (Deed::AgreementTimesOut, Some("UNSIGNED"), _) => self.agreement = Some("TIMEOUT_CLOSE"),
            (Deed::Applies, Some("SIGNED"), _) if !self.is_pending => {
                self.is_pending = true;
                self.was_answered = false;
                self.applications += 1;
            }
            (Deed::ContractEnds(status), _, Some(contract)) => contract.status = status,
            (Deed::Pays | Deed::PaysAll, _, _) if may_be_paid => {
                let paid = if deed == Deed::Pays { 1 } else { self.terms.len() };
                let unpaid = self.terms.iter_mut().filter(|term| **term == "NOT_RETURN");
                let before = unpaid.take(paid).map(|term| *term = "RETURN_FULL").count();
                return before > 0;
            }
            _ => return false,
        }
        true
    }
}
