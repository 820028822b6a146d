//! `InforCRM` (§3): it answers a request once or twice, late, never, out of order and with codes that nobody knows; and it
//! tells of its tasks, now and then before it tells that it made them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use platform::rfc3339;
use serde_json::{Map, Value, json};
use world::Message;

use crate::context::Violation;
use crate::random::Dice;

/// `InforCRM` as one world knows it.
pub(super) struct Infor {
    dice: Dice,
    /// The requests that came, each once, by its id.
    pub(super) asked: BTreeMap<String, Asked>,
    /// What it has to say and did not say yet.
    pub(super) to_tell: Vec<Said>,
    /// What it said, or has to say: which reasons may lead it to the dead letters.
    pub(super) reasons: BTreeMap<String, &'static [&'static str]>,
    /// What of that can never be taken.
    pub(super) hopeless: Vec<String>,
    numbers: u64,
}

/// A message of its.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// About which request of ours.
    pub(super) request_id: String,
    /// What it says.
    pub(super) body: String,
}

/// A request, and what it says of it in all.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The request.
    pub(super) body: String,
    /// The answers.
    pub(super) replies: Vec<Reply>,
    /// What it tells of tasks.
    pub(super) pushes: Vec<Push>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    /// `statusCode`.
    pub(super) code: &'static str,
    /// The task that it names.
    pub(super) task: Option<String>,
    /// Its own id.
    pub(super) message: String,
}

/// News of a task.
#[derive(Clone, Debug)]
pub(super) struct Push {
    /// The id of the answer that it follows.
    pub(super) message: String,
    /// Which task it is about.
    pub(super) task: String,
    /// `dt`, if it can be read.
    pub(super) at: Option<Timestamp>,
    /// Whether the task ends with it.
    pub(super) ends: bool,
    /// The text of its message.
    pub(super) body: String,
    /// The columns as they are to be stored.
    pub(super) columns: BTreeMap<&'static str, String>,
}

/// What it answers: each code, and whether it names a task.
type Script = &'static [(&'static str, bool)];

/// What it makes of a request, each as often as its weight says.
const SCRIPTS: [(usize, Script); 9] = [
    (9, &[("0", true)]),
    (2, &[("0", false)]),
    (2, &[("1", false)]),
    (1, &[("2", false)]),
    (1, &[("7", false)]),
    (2, &[("1", false), ("0", true)]),
    (1, &[("1", false), ("2", false)]),
    (2, &[("0", true), ("0", true)]),
    (2, &[]),
];

impl Infor {
    pub(super) fn new(dice: Dice) -> Self {
        Self {
            dice,
            asked: BTreeMap::new(),
            to_tell: Vec::new(),
            reasons: BTreeMap::new(),
            hopeless: Vec::new(),
            numbers: 0,
        }
    }

    /// Takes a request. One that it has already changes nothing.
    ///
    /// # Errors
    /// It is one that must never come.
    pub(super) fn take(&mut self, message: &Message, now: Timestamp) -> Result<(), Violation> {
        let request: Value = serde_json::from_str(&message.body).unwrap_or_default();
        let id = request["requestID"].as_str().unwrap_or_default().to_owned();
        let wrong = |seen: String| Err(Violation { invariant: "one-request", seen });
        if id.is_empty() || message.attribute("requestID") != Some(&id) {
            return wrong(format!("a request under {:?}: {}", message.attributes, message.body));
        }
        if let Some(before) = self.asked.get(&id) {
            return if before.body == message.body {
                Ok(())
            } else {
                wrong(format!("{} became {}", before.body, message.body))
            };
        }
        self.asked.insert(id.clone(), Asked { body: message.body.clone(), ..Asked::default() });
        self.work_on(&id, now);
        Ok(())
    }

    /// Says something that is still to be said, in any order; `None` if there is nothing.
    pub(super) fn says(&mut self) -> Option<Said> {
        if self.to_tell.is_empty() {
            return None;
        }
        Some(self.to_tell.swap_remove(self.dice.below(self.to_tell.len())))
    }

    /// What nobody can make anything of.
    pub(super) fn talks_nonsense(&mut self) -> String {
        let number = self.number();
        let (body, reasons): (String, &'static [&'static str]) = match self.dice.below(5) {
            0 => (format!("[{number}]"), &["unreadable"]),
            1 => (json!({"requestID": number}).to_string(), &["neither_reply_nor_push"]),
            2 => (json!({"requestID": number, "replyUID": "r"}).to_string(), &["no_status_code"]),
            3 => (
                json!({"requestID": number, "replyUID": "nobody's", "statusCode": "0"}).to_string(),
                &["unknown_request"],
            ),
            _ => (
                json!({"requestID": number, "taskID": "nobody's", "taskStatus": 3, "statusCode": 0})
                    .to_string(),
                &["push_without_task"],
            ),
        };
        self.reasons.insert(body.clone(), reasons);
        self.hopeless.push(body.clone());
        body
    }

    /// Decides what it says of a request.
    fn work_on(&mut self, id: &str, now: Timestamp) {
        let script = *self.dice.weighed(&SCRIPTS);
        let named = script.iter().filter(|(_, names_task)| *names_task).count();
        for (code, names_task) in script {
            let reply = Reply {
                code,
                task: names_task.then(|| format!("T-{}", self.number())),
                message: format!("M-{}", self.number()),
            };
            let body = self.reply_body(id, &reply);
            self.say(id, body, if named > 1 { &["other_task"] } else { &[] });
            if *code == "0" {
                self.pushes_of(id, &reply, now);
            }
            let asked = self.asked.entry(id.to_owned()).or_default();
            asked.replies.push(reply);
        }
    }

    fn pushes_of(&mut self, id: &str, reply: &Reply, now: Timestamp) {
        let task = reply.task.clone().unwrap_or_else(|| format!("T-{}", self.number()));
        let mut last = now;
        for _ in 0..self.dice.below(4) {
            let later = jiff::SignedDuration::from_secs([0, 1, 60, 86_400][self.dice.below(4)]);
            last += later;
            let at = (!self.dice.happens(100)).then_some(last);
            let push = self.push(&task, reply, at);
            self.say(id, push.body.clone(), &["push_without_task"]);
            self.asked.entry(id.to_owned()).or_default().pushes.push(push);
        }
        if reply.task.is_some() && self.dice.happens(100) {
            let other = format!("W-{}", self.number());
            let wrong = self.push(&other, reply, Some(last));
            self.hopeless.push(wrong.body.clone());
            self.say(id, wrong.body, &["task_mismatch", "push_without_task"]);
        }
    }

    fn reply_body(&mut self, id: &str, reply: &Reply) -> String {
        let mut body = json!({
            "requestID": reply.message, "replyUID": id, "dt": "2023-07-27T09:27:04.953+03:00",
            "statusCode": reply.code,
        });
        if self.dice.happens(200) {
            body["statusCode"] = json!(reply.code.parse::<u64>().unwrap_or_default());
        }
        if let Some(task) = &reply.task {
            body[if self.dice.happens(200) { "taskId" } else { "taskID" }] = json!(task);
        }
        if reply.code != "0" {
            body["statusMsg"] = json!("Клиент не найден");
        }
        body.to_string()
    }

    fn push(&mut self, task: &str, reply: &Reply, at: Option<Timestamp>) -> Push {
        let number = self.number();
        let (status, code) =
            *self.dice.weighed(&[(6, ("3", "0")), (4, ("5", "0")), (2, ("4", "0")), (1, ("3", "1"))]);
        let by_hand = self.dice.happens(500);
        let first = ["Недозвон", "Дозвон - планирует миграцию", "-"][self.dice.below(3)];
        let mut columns = BTreeMap::from([
            ("task_status", status.to_owned()),
            ("task_execution_type", if by_hand { "Ручной" } else { "Технический" }.to_owned()),
            ("task_execution_description", format!("Обработано {number}")),
            ("task_close_date", "2018-08-09".to_owned()),
        ]);
        let mut body: Map<String, Value> = Map::new();
        for (name, value) in [("requestID", reply.message.as_str()), ("statusCode", code), ("taskID", task)] {
            body.insert(name.to_owned(), json!(value));
        }
        let dt = at.map_or_else(|| "yesterday".to_owned(), rfc3339::sortable);
        body.insert("dt".to_owned(), json!(dt));
        for (name, column) in [
            ("taskStatus", "task_status"),
            ("taskExecType", "task_execution_type"),
            ("taskExecDescr", "task_execution_description"),
            ("taskCloseDate", "task_close_date"),
        ] {
            body.insert(name.to_owned(), json!(columns[column]));
        }
        if by_hand {
            body.insert("firstLevelClientReaction".to_owned(), json!(first));
            body.insert("secondLevelClientReaction".to_owned(), json!("Недоступен"));
            body.insert("thirdLevelClientReaction".to_owned(), json!(""));
            columns.insert("second_level_client_reaction", "Недоступен".to_owned());
            if first != "-" {
                columns.insert("first_level_client_reaction", first.to_owned());
            }
        } else {
            body.insert("applicationID".to_owned(), json!(number));
            columns.insert("application_id", number.clone());
        }
        if let Some(at) = at {
            columns.insert("push_dt", rfc3339::sortable(at));
        }
        let ends = code == "0" && status != "4";
        let (message, task) = (reply.message.clone(), task.to_owned());
        Push { message, task, at, ends, body: Value::Object(body).to_string(), columns }
    }

    fn say(&mut self, id: &str, body: String, reasons: &'static [&'static str]) {
        self.reasons.insert(body.clone(), reasons);
        self.to_tell.push(Said { request_id: id.to_owned(), body });
    }

    fn number(&mut self) -> String {
        self.numbers += 1;
        self.numbers.to_string()
    }
}
