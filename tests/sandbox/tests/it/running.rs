//! A sandbox of the test's own, ended with it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use ureq::http::Request;
use ureq::{Agent, Error};

pub(crate) struct Running {
    pub(crate) process: Child,
    pub(crate) url: String,
    agent: Agent,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON answer")
    }
}

impl Running {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(options: &[&str]) -> Self {
        let mut process =
            command(0).args(options).stdout(Stdio::piped()).spawn().expect("the sandbox starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("its first line");
        let url = line.trim().strip_prefix("sandbox listening on ").expect("its address").to_owned();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(1)))
            .build()
            .into();
        Self { process, url, agent }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path, b"").expect("an answer")
    }

    pub(crate) fn put(&self, path: &str, body: &[u8]) -> Answer {
        self.call("PUT", path, body).expect("an answer")
    }

    pub(crate) fn post(&self, path: &str) -> Answer {
        self.call("POST", path, b"").expect("an answer")
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: &[u8]) -> Result<Answer, Error> {
        self.send(Request::builder().method(method).uri(self.at(path)).body(body).expect("a request"))
    }

    /// Posts a body of that type.
    pub(crate) fn post_as(&self, content_type: &str, path: &str, body: &[u8]) -> Result<Answer, Error> {
        let request = Request::post(self.at(path)).header("content-type", content_type);
        self.send(request.body(body).expect("a request"))
    }

    /// The status of a call without a body, and where its answer leads.
    pub(crate) fn leaving(&self, method: &str, path: &str) -> (u16, String) {
        let request = Request::builder().method(method).uri(self.at(path)).body(()).expect("a request");
        let once = self.agent.configure_request(request).max_redirects(0).build();
        let answer = self.agent.run(once).expect("an answer");
        let location = answer.headers()["location"].to_str().expect("text").to_owned();
        (answer.status().as_u16(), location)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    fn send(&self, request: Request<&[u8]>) -> Result<Answer, Error> {
        let mut answer = self.agent.run(request)?;
        let content_type = answer.headers().get("content-type");
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let body = answer.body_mut().read_to_vec()?;
        Ok(Answer { status: answer.status().as_u16(), content_type, body })
    }

    pub(crate) fn requests(&self, query: &str) -> Vec<Value> {
        let answer = self.get(&format!("/_control/requests{query}"));
        assert_eq!(answer.status, 200);
        answer.json().as_array().expect("an array").clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn command(port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sandbox"));
    command.args(["--port", &port.to_string()]);
    command
}
