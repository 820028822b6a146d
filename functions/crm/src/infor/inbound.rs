//! Replies and pushes (§3.2, §3.3, §8): both on one queue, told apart by what they hold. Numbers are taken for texts.

use std::collections::BTreeMap;

use domain::crm::{
    Answer, ApplicationId, MessageId, Push, Reply, RequestId, StatusCode, StatusMessage, TaskId, TaskStatus,
    Text, reaction,
};
use domain::ids::IdError;
use platform::{json, rfc3339};
use serde_json::value::RawValue;

/// What came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inbound {
    /// An answer to a request.
    Reply(Replied),
    /// News of a task.
    Push(Pushed),
}

/// A reply, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replied {
    /// `replyUID`: our request.
    pub request_id: RequestId,
    /// What it says.
    pub reply: Reply,
    /// A text was longer than its column, and was cut.
    pub was_cut: bool,
}

/// A push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// What it says.
    pub push: Push,
    /// A text was longer than its column, and was cut.
    pub was_cut: bool,
}

/// Why a message can never be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// No JSON object, or a member that is neither a text nor a number.
    Unreadable,
    /// Neither `replyUID` nor `taskStatus`.
    NeitherReplyNorPush,
    /// A reply without `statusCode`.
    NoStatusCode,
    /// An id is longer than 200 characters.
    TooLong,
}

/// Reads a message's body.
///
/// # Errors
/// It can never be taken.
pub fn read(body: &str) -> Result<Inbound, Malformed> {
    let members = json::object(body.as_bytes()).map_err(|_| Malformed::Unreadable)?;
    let members = Members { members, was_cut: false };
    if let Some(request_id) = members.id("replyUID", RequestId::optional)? {
        members.reply(request_id).map(Inbound::Reply)
    } else if members.text("taskStatus")?.is_some() {
        members.push().map(Inbound::Push)
    } else {
        Err(Malformed::NeitherReplyNorPush)
    }
}

struct Members {
    members: BTreeMap<String, Box<RawValue>>,
    was_cut: bool,
}

impl Members {
    fn reply(mut self, request_id: RequestId) -> Result<Replied, Malformed> {
        let code = self.clipped("statusCode")?.map(StatusCode::from).ok_or(Malformed::NoStatusCode)?;
        let reply = Reply {
            message_id: self.id("requestID", MessageId::optional)?,
            answer: Answer::new(code, self.task_id()?),
            status_msg: self.clipped("statusMsg")?.map(StatusMessage::from),
        };
        Ok(Replied { request_id, reply, was_cut: self.was_cut })
    }

    fn push(mut self) -> Result<Pushed, Malformed> {
        let task_status = self.clipped("taskStatus")?.map(TaskStatus::from);
        let push = Push {
            message_id: self.id("requestID", MessageId::optional)?,
            at: self.text("dt")?.and_then(|dt| rfc3339::parse(dt.trim())),
            status_code: self.clipped("statusCode")?.map(StatusCode::from),
            task_id: self.task_id()?,
            task_status: task_status.ok_or(Malformed::NeitherReplyNorPush)?,
            close_date: self.clipped("taskCloseDate")?,
            exec_type: self.clipped("taskExecType")?,
            exec_description: self.clipped("taskExecDescr")?,
            reactions: [
                self.reaction("firstLevelClientReaction")?,
                self.reaction("secondLevelClientReaction")?,
                self.reaction("thirdLevelClientReaction")?,
            ],
            application_id: self.id("applicationID", ApplicationId::optional)?,
        };
        Ok(Pushed { push, was_cut: self.was_cut })
    }

    /// Both spellings are the partner's.
    fn task_id(&self) -> Result<Option<TaskId>, Malformed> {
        match self.id("taskID", TaskId::optional)? {
            Some(id) => Ok(Some(id)),
            None => self.id("taskId", TaskId::optional),
        }
    }

    fn id<T>(
        &self,
        name: &str,
        read: fn(Option<&str>) -> Result<Option<T>, IdError>,
    ) -> Result<Option<T>, Malformed> {
        read(self.text(name)?.as_deref()).map_err(|_| Malformed::TooLong)
    }

    fn clipped(&mut self, name: &str) -> Result<Option<Text>, Malformed> {
        let read = self.text(name)?.as_deref().and_then(Text::clip);
        Ok(self.noted(read))
    }

    fn reaction(&mut self, name: &str) -> Result<Option<Text>, Malformed> {
        let read = self.text(name)?.as_deref().and_then(reaction);
        Ok(self.noted(read))
    }

    fn noted(&mut self, read: Option<(Text, bool)>) -> Option<Text> {
        read.map(|(text, was_cut)| {
            self.was_cut |= was_cut;
            text
        })
    }

    /// A member's text; blank is absent, and a number is its digits, as they were written.
    fn text(&self, name: &str) -> Result<Option<String>, Malformed> {
        let Some(value) = self.members.get(name).map(|value| value.get()) else { return Ok(None) };
        match value.as_bytes().first() {
            Some(b'n') => Ok(None),
            Some(b'"') => {
                let text: String = serde_json::from_str(value).map_err(|_| Malformed::Unreadable)?;
                Ok(Some(text).filter(|text| !text.trim().is_empty()))
            }
            Some(b'-' | b'0'..=b'9') => Ok(Some(value.to_owned())),
            _ => Err(Malformed::Unreadable),
        }
    }
}
