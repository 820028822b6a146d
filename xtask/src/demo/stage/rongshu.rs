//! The marketplace on the stage: the platform's calls, which the sandbox makes, and what comes of them.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{Stage, expect, show_call, wait_for};
use crate::ui;

/// What a run of a job is told that comes by itself: the function then takes the clock.
const NOW: &str = "<aws.scheduler.scheduled-time>";

impl Stage {
    /// Has the platform call an operation, and compares these members of the answer, or its code.
    pub(in crate::demo) fn rongshu(
        &self,
        channel: &str,
        operation: &str,
        business: &Value,
        expected: Result<&[(&str, Value)], u16>,
    ) -> Result<()> {
        show_call("Rongshu", format_args!("{operation} {business}  (channel={channel})"));
        let path = format!("/rongshu/call/{operation}?channel={channel}");
        let answer = self.platform.control("POST", &path, business.to_string().as_bytes())?.json()?;
        let response = answer["response"].as_str().unwrap_or_default();
        let (code, message) = (answer["code"].to_string(), answer["message"].as_str().unwrap_or_default());
        ui::line(format_args!("    {code:<8}{message} {response}"));
        expect("its HTTP status", &answer["http_status"], &json!(200))?;
        let members = match expected {
            Ok(members) => members,
            Err(code) => return expect("its code", &answer["code"], &json!(code)),
        };
        expect("its code", &answer["code"], &json!(0))?;
        let seen: Value = serde_json::from_str(response).context("the response is no JSON")?;
        for (pointer, expected) in members {
            expect(pointer, seen.pointer(pointer).unwrap_or(&Value::Null), expected)?;
        }
        Ok(())
    }

    /// Runs a job as its schedule does, now.
    pub(in crate::demo) fn job(&self, function: &str) -> Result<()> {
        self.job_at(function, NOW)
    }

    /// Runs a job as its schedule does at this time.
    pub(in crate::demo) fn job_at(&self, function: &str, time: &str) -> Result<()> {
        self.invoke(function, &json!({"time": time, "id": "demo"}))
    }

    /// Waits until an order of a channel stands here.
    pub(in crate::demo) fn third_order(&self, (channel, number): (&str, &str), status: u16) -> Result<()> {
        let rows = self.rows_of_order("third_orders", channel, number)?;
        let seen = rows.first().map_or(Value::Null, |row| row["status"]["N"].clone());
        expect(
            &format!("status of the order {number} of channel {channel}"),
            &seen,
            &json!(status.to_string()),
        )
    }

    /// Compares which callbacks of an order wait to be sent.
    pub(in crate::demo) fn callbacks_wait(
        &self,
        (channel, number): (&str, &str),
        kinds: &[&str],
    ) -> Result<()> {
        let rows = self.rows_of_order("callbacks", channel, number)?;
        let waiting = rows.iter().filter(|row| row["state"]["S"] == "pending");
        let seen: Vec<&str> = waiting.filter_map(|row| row["kind"]["S"].as_str()).collect();
        expect(&format!("callbacks of the order {number} that wait"), &seen.as_slice(), &kinds)
    }

    /// Waits until the platform has given these kinds of a user's data, to calls that we signed.
    pub(in crate::demo) fn rongshu_gave(&self, uid: &str, kinds: &[&str]) -> Result<()> {
        let path = format!("/requests?partner=rongshu&order={uid}");
        for kind in kinds {
            let given = wait_for(|| {
                let requests = self.platform.control("GET", &path, b"")?.json()?;
                let mut of_kind =
                    requests.as_array().into_iter().flatten().filter(|one| one["kind"] == *kind);
                let signed = of_kind.any(|one| one["verified"] == true && one["outcome"] == "answered");
                Ok(signed.then_some(()))
            })?;
            expect(&format!("{kind} of user {uid} was pulled, signed"), &given.is_some(), &true)?;
        }
        Ok(())
    }

    fn rows_of_order(&self, table: &str, channel: &str, number: &str) -> Result<Vec<Value>> {
        let table = self.platform.outputs.table(table)?;
        Ok(self.platform.engine.items(table, "order", &format!("{channel}#{number}"))?)
    }
}
