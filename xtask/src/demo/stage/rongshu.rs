//! The marketplace on the stage: the platform's calls, which the sandbox makes, and what comes of them.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{Stage, expect, show_call, wait_for};
use crate::ui;

/// What a run of a job is told that comes by itself: the function then takes the clock.
const NOW: &str = "<aws.scheduler.scheduled-time>";

/// The kinds of callbacks, as the sandbox names them.
const CALLBACKS: [&str; 4] = ["audit", "loan", "repay", "plan"];

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

    /// Looks whether an order of a channel stands here.
    pub(in crate::demo) fn third_order(&self, (channel, number): (&str, &str), status: u16) -> Result<()> {
        let rows = self.rows_of_order("third_orders", channel, number)?;
        let seen = rows.first().map_or(Value::Null, |row| row["status"]["N"].clone());
        expect(
            &format!("status of the order {number} of channel {channel}"),
            &seen,
            &json!(status.to_string()),
        )
    }

    /// Waits until an order of a channel stands here.
    pub(in crate::demo) fn third_order_becomes(&self, order: (&str, &str), status: u16) -> Result<()> {
        let (channel, number) = order;
        let wanted = status.to_string();
        wait_for(|| {
            let rows = self.rows_of_order("third_orders", channel, number)?;
            let stands = rows.first().is_some_and(|row| row["status"]["N"] == wanted.as_str());
            Ok(stands.then_some(()))
        })?;
        self.third_order(order, status)
    }

    /// Waits until the only callback of an order arrives, with so many tries. Each run of the relay wakes for what is due.
    pub(in crate::demo) fn callback_arrives(
        &self,
        (channel, number): (&str, &str),
        kind: &str,
        tries: usize,
    ) -> Result<()> {
        let delivered = wait_for(|| {
            let rows = self.rows_of_order("callbacks", channel, number)?;
            let of_kind = rows.into_iter().find(|row| row["kind"]["S"] == kind);
            let delivered = of_kind.filter(|row| row["state"]["S"] == "delivered");
            if delivered.is_none() {
                let relay = self.platform.outputs.function("outbox-relay")?;
                self.platform.engine.invoke(relay, &json!({"time": NOW, "id": "demo"}))?;
            }
            Ok(delivered)
        })?;
        let delivered = delivered.with_context(|| format!("no {kind} callback of {number} arrived"))?;
        let attempts = delivered["attempts"]["L"].as_array().map_or(0, Vec::len);
        expect(&format!("tries until the {kind} callback of the order {number} arrived"), &attempts, &tries)
    }

    /// Waits until the loan of an order stands here.
    pub(in crate::demo) fn loan_becomes(&self, (channel, number): (&str, &str), code: u16) -> Result<()> {
        let wanted = json!(code.to_string());
        let seen = || -> Result<Value> {
            let rows = self.rows_of_order("cl_borrow", channel, number)?;
            Ok(rows.first().map_or(Value::Null, |row| row["status"]["N"].clone()))
        };
        wait_for(|| Ok((seen()? == wanted).then_some(())))?;
        expect(&format!("status of the loan of {number}"), &seen()?, &wanted)
    }

    /// Waits until the platform has taken these callbacks about an order, in this order: kind and status.
    pub(in crate::demo) fn platform_was_told(
        &self,
        (_, number): (&str, &str),
        expected: &[(&str, u16)],
    ) -> Result<()> {
        let taken = || -> Result<Vec<(String, u64)>> {
            let taken = self.callbacks(number)?.into_iter().filter(|one| one["outcome"] == "answered");
            let of = |one: Value| {
                let kind = one["kind"].as_str().unwrap_or_default().to_owned();
                (kind, one["decrypted"]["status"].as_u64().unwrap_or_default())
            };
            Ok(taken.map(of).collect())
        };
        wait_for(|| Ok((taken()?.len() >= expected.len()).then_some(())))?;
        let expected =
            expected.iter().map(|(kind, status)| ((*kind).to_owned(), u64::from(*status))).collect();
        expect(&format!("callbacks about {number} that the platform took"), &taken()?, &expected)
    }

    /// Shows every callback about an order as the platform got it.
    pub(in crate::demo) fn show_callbacks(&self, number: &str) -> Result<()> {
        for one in self.callbacks(number)? {
            let members = ["status", "remark", "period"].map(|name| one["decrypted"][name].clone());
            let told = members.iter().filter(|member| !member.is_null()).map(Value::to_string);
            let (kind, outcome) = (&one["kind"], &one["outcome"]);
            let told = told.collect::<Vec<_>>().join(" ");
            show_call("Rongshu", format_args!("{kind} {told}: {outcome}"));
            expect("it was signed", &one["verified"], &json!(true))?;
        }
        Ok(())
    }

    fn callbacks(&self, number: &str) -> Result<Vec<Value>> {
        let path = format!("/requests?partner=rongshu&order={number}");
        let requests = self.platform.control("GET", &path, b"")?.json()?;
        let is_callback = |one: &&Value| CALLBACKS.iter().any(|kind| one["kind"] == *kind);
        Ok(requests.as_array().into_iter().flatten().filter(is_callback).cloned().collect())
    }

    /// Where the partners are.
    pub(in crate::demo) fn sandbox_url(&self) -> &str {
        &self.platform.outputs.sandbox_url
    }

    /// Waits until the loan core has so many commands about an order.
    pub(in crate::demo) fn core_was_told(&self, number: &str, times: usize) -> Result<()> {
        let path = format!("/requests?partner=core&order={number}");
        let commands = || -> Result<usize> {
            Ok(self.platform.control("GET", &path, b"")?.json()?.as_array().map_or(0, Vec::len))
        };
        wait_for(|| Ok((commands()? >= times).then_some(())))?;
        expect(&format!("commands to the loan core about {number}"), &commands()?, &times)
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
