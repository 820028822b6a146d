//! What answers promise, held against how things stood before and after.

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;
use serde_json::Value;
use suites::gateway::Got;

use super::Quota;
use super::amount::{self, Amount};
use super::draw::Wire;
use super::people::{SLOTS, business_id};
use super::rows::{Account, Grant, Rows};
use super::rules::{CANCELLED, EFFECTIVE, code, day, expiry, is_listed};

/// The codes of a failure that is ours.
const OUR_FAULT: [&str; 3] = ["0000", "1034", "999"];

/// A request, and how things stood when it came.
pub(super) struct Asked {
    pub(super) pin: &'static str,
    pub(super) invocation: u64,
    pub(super) at: Timestamp,
    pub(super) before: Rc<Rows>,
}

/// What an answer says, in the words of both wires.
struct Said {
    code: String,
    body: Value,
    wire: Wire,
}

impl Said {
    fn of(wire: Wire, got: &Got) -> Self {
        let names = ["tempLimit", "totalTempQuota", "changelimit"];
        let exact = names.iter().fold(got.body.clone(), |text, name| quoted(&text, name));
        let body: Value = serde_json::from_str(&exact).unwrap_or_default();
        let code = match wire {
            Wire::Gateway => &body["code"],
            Wire::CreditMan => &body["result"]["code"],
        };
        Self { code: code.as_str().unwrap_or_default().to_owned(), body, wire }
    }

    /// Whether it says that it is a success where and only where it is one.
    fn is_consistent(&self) -> bool {
        let success = self.code == "1111";
        match self.wire {
            Wire::Gateway => self.body["issuccess"] == i32::from(success),
            Wire::CreditMan => self.body["result"]["isSuccess"] == success,
        }
    }

    /// The grants that it lists: type and id, and the amount as it is shown.
    fn list(&self) -> Vec<(String, String)> {
        let name = match self.wire {
            Wire::Gateway => "tempQuotaList",
            Wire::CreditMan => "tempCreditList",
        };
        let one = |of: &Value| {
            let said = |name: &str| of[name].as_str().unwrap_or_default().to_owned();
            (format!("{}#{}", said("businessType"), said("businessId")), said("tempLimit"))
        };
        self.body[name].as_array().into_iter().flatten().map(one).collect()
    }
}

/// `body` with the numbers of this member as texts, so that none of their digits is lost.
fn quoted(body: &str, name: &str) -> String {
    let member = format!("\"{name}\":");
    let mut parts = body.split(&member);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().take_while(|one| one.is_ascii_digit() || *one == '.').count();
        let (number, rest) = part.split_at(digits);
        text.push_str(&member);
        let quote = if number.is_empty() { "" } else { "\"" };
        text.extend([quote, number, quote, rest]);
    }
    text
}

impl Quota {
    /// Whether something went wrong with a request.
    fn is_disturbed(&self, asked: &Asked) -> bool {
        self.lambda.chaos.is_disturbed(asked.invocation)
    }

    /// Whether an answer is one at all; a failure of ours is one only when something went wrong.
    fn is_answer(&self, asked: &Asked, said: &Said, got: &Got) -> bool {
        if got.status != 200 || !said.is_consistent() {
            self.complain("answers", format!("{} {}", got.status, got.body));
            return false;
        }
        if !OUR_FAULT.contains(&said.code.as_str()) {
            return true;
        }
        if !self.is_disturbed(asked) {
            self.complain("no-failure-of-ours", format!("{} was told {}", asked.pin, got.body));
        }
        false
    }

    pub(super) fn judge_query(&self, asked: &Asked, page: (u32, u32), wire: Wire, got: &Got) {
        let said = Said::of(wire, got);
        if !self.is_answer(asked, &said, got) {
            return;
        }
        let after = self.rows();
        let (was, is) = (asked.before.account(asked.pin), after.account(asked.pin));
        let told = |of: Option<&Account>| of.map(|of| (of.occurred_at, of.marks.clone()));
        if told(was) == told(is) && said.code != code(is) {
            return self.complain("answers", format!("{} is {is:?}, and was told {}", asked.pin, got.body));
        }
        if said.code != "1111" {
            self.note("query refused");
            return;
        }
        let is_list = self.list_is_right(asked, &after, page, &said);
        let written = is.is_some_and(|account| said.body["totalTempQuota"] == shown(wire, account.total));
        if !is_list || (was == is && !written) {
            self.complain("answers", format!("{} is {is:?}, and was told {}", asked.pin, got.body));
        }
    }

    /// Whether a page lists what it must, and nothing that it must not.
    fn list_is_right(&self, asked: &Asked, after: &Rows, (page, size): (u32, u32), said: &Said) -> bool {
        let ended = self.now();
        let key_before = |key: &str| asked.before.grant(asked.pin, key);
        let may = after.grants(asked.pin).filter(|(key, grant)| {
            let before = key_before(key).unwrap_or(grant);
            let counted = key_before(key).is_none_or(|before| before.status == EFFECTIVE);
            counted && is_listed(before, asked.at)
        });
        let mut may: Vec<(&String, &Grant)> = may.collect();
        may.sort_by_key(|(key, grant)| (std::cmp::Reverse(grant.effective), &grant.business_id, *key));
        let must = may.iter().filter(|(key, grant)| {
            key_before(key).is_some() && grant.status == EFFECTIVE && is_listed(grant, ended)
        });
        let must: BTreeSet<&String> = must.map(|(key, _)| *key).collect();
        let count = said.body["totalCount"].as_u64().and_then(|count| usize::try_from(count).ok());
        let (count, size) = (count.unwrap_or(usize::MAX), usize::try_from(size).unwrap_or(1));
        let offset = usize::try_from(page - 1).unwrap_or_default() * size;
        let listed = said.list();
        let expected: Vec<(String, String)> =
            may.iter().map(|(key, grant)| ((*key).clone(), shown(said.wire, grant.amount))).collect();
        let is_in_order = {
            let places: Vec<_> = listed.iter().map(|one| expected.iter().position(|of| of == one)).collect();
            places.iter().all(Option::is_some) && places.is_sorted()
        };
        let has_all =
            must.len() < expected.len() || listed.iter().eq(expected.iter().skip(offset).take(size));
        let all_on_it =
            offset > 0 || count > size || must.iter().all(|key| listed.iter().any(|(of, _)| of == *key));
        (must.len()..=expected.len()).contains(&count)
            && said.body["pageNum"] == count.div_ceil(size)
            && listed.len() == size.min(count.saturating_sub(offset))
            && is_in_order
            && has_all
            && all_on_it
            && days_are_right(said, after, asked.pin)
    }

    pub(super) fn judge_cancel(&self, asked: &Asked, slot: usize, wire: Wire, got: &Got) {
        let said = Said::of(wire, got);
        if !self.is_answer(asked, &said, got) {
            return;
        }
        let key = format!("{}#{}", SLOTS[slot], business_id(slot));
        let after = self.rows();
        let (was, is) = (asked.before.grant(asked.pin, &key), after.grant(asked.pin, &key));
        let was_cancelled = was.is_some_and(|grant| grant.status == CANCELLED);
        let is_so = match said.code.as_str() {
            "1111" => is.is_some_and(|grant| {
                let amount = amount::written(grant.amount);
                let is_amount = wire == Wire::Gateway || said.body["changelimit"] == amount;
                let counted = was.is_none_or(|before| before.status == EFFECTIVE);
                let might = counted && is_listed(was.unwrap_or(grant), asked.at);
                is_amount && grant.status == CANCELLED && (was_cancelled || might)
            }),
            "1001" => {
                let counted = was.is_some_and(|grant| grant.status == EFFECTIVE);
                let stayed = is.is_some_and(|grant| {
                    [EFFECTIVE, CANCELLED].contains(&grant.status.as_str()) && is_listed(grant, self.now())
                });
                !(was_cancelled || (counted && stayed))
            }
            _ => false,
        };
        self.note(match (said.code.as_str(), was_cancelled) {
            ("1111", false) => "cancelled",
            ("1111", true) => "cancelled again",
            _ => "cancel refused",
        });
        if !is_so {
            let seen = format!("{} {key} was {was:?}, is {is:?}, and was told {}", asked.pin, got.body);
            self.complain("answers", seen);
        }
    }
}

/// An amount as a wire shows it.
fn shown(wire: Wire, amount: Amount) -> String {
    match wire {
        Wire::Gateway => amount::shown(amount),
        Wire::CreditMan => amount::written(amount),
    }
}

/// Whether the gateway shows the day on which each grant runs out, stored or filled (§2.2).
fn days_are_right(said: &Said, rows: &Rows, pin: &str) -> bool {
    let days = said.body["tempQuotaList"].as_array().into_iter().flatten().map(|of| &of["invalidTime"]);
    said.wire == Wire::CreditMan
        || said.list().iter().zip(days).all(|((key, _), shown)| {
            let ends = rows.grant(pin, key).and_then(expiry);
            ends.is_some_and(|at| *shown == day(at))
        })
}
