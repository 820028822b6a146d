//! Chromium under chromedriver: the calls of the `WebDriver` protocol that these tests need.

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Read as _},
    path::PathBuf,
    process::{self, Child, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use http::{Method, Request};
use local::Http;
use serde_json::{Value, json};

/// Where `cargo xtask test` says that the two programs are.
const CHROMIUM: &str = "TENOR_CHROMIUM";
const CHROMEDRIVER: &str = "TENOR_CHROMEDRIVER";
/// What chromedriver says, before the port, when it listens.
const LISTENS: &str = "started successfully on port ";
/// A browser that calls nobody by itself, and reaches nobody but this machine. The sandbox wants what a
/// container or root does not have; all that is loaded is our own page.
const ARGUMENTS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-crash-reporter",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=ru",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/// How often chromedriver may choose a port.
const PORT_CHOICES: u32 = 5;

/// One Chromium with a fresh profile. It ends, and its chromedriver with it, when this goes out of scope, in a
/// test that fails too.
pub(crate) struct Driver {
    http: Http,
    session: String,
    /// Dropped last: ends the session's process.
    _chromedriver: Chromedriver,
}

impl Driver {
    /// Starts a browser.
    pub(crate) fn start() -> Self {
        let chromedriver = Chromedriver::start();
        let http = Http::new();
        let options = json!({"binary": program(CHROMIUM), "args": ARGUMENTS});
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let sessions = format!("{}/session", chromedriver.url);
        let started = call(&http, Method::POST, &sessions, &wanted);
        let id = started["sessionId"].as_str().expect("a session");
        Self { session: format!("{sessions}/{id}"), http, _chromedriver: chromedriver }
    }

    /// Sends a command of the session.
    pub(crate) fn post(&self, command: &str, parameters: &Value) -> Value {
        call(&self.http, Method::POST, &format!("{}/{command}", self.session), parameters)
    }

    /// Asks the session something.
    pub(crate) fn get(&self, question: &str) -> Value {
        call(&self.http, Method::GET, &format!("{}/{question}", self.session), &Value::Null)
    }

    /// Runs JavaScript, which sees `args` as its `arguments`.
    pub(crate) fn run(&self, script: &str, args: &Value) -> Value {
        self.post("execute/sync", &json!({"script": script, "args": args}))
    }

    /// Sends a command of Chromium's own protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Ends Chromium and removes its profile. Nothing else can be done where that fails.
        let _ = Request::delete(&self.session).body(Vec::new()).map(|end| self.http.send(end));
    }
}

/// A running chromedriver.
struct Chromedriver {
    url: String,
    process: Child,
    /// Everything that it and Chromium write: neither clears all of it away.
    folder: PathBuf,
    /// Kept open, so that chromedriver can go on writing.
    _output: BufReader<ChildStdout>,
}

impl Chromedriver {
    /// Starts one on a free port. chromedriver takes a port that is free for IPv4, then the same number for IPv6, which
    /// another one may just have taken: then it ends, and has to choose anew.
    fn start() -> Self {
        let started = (0..PORT_CHOICES).find_map(|_| Self::choose_port());
        started.expect("chromedriver ended before it listened, each time")
    }

    /// `None` when it ended before it listened.
    fn choose_port() -> Option<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("tenor-browser-{}-{number}", process::id()));
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        let program = program(CHROMEDRIVER);
        let mut process = Command::new(&program)
            .arg("--port=0")
            .env("TMPDIR", &folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let port = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once(LISTENS)?.1.trim_end_matches('.').to_owned()));
        let url = format!("http://127.0.0.1:{}", port.as_deref().unwrap_or_default());
        let started = Self { url, process, folder, _output: output };
        port.map(|_| started)
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // One that has ended already, or left nothing, is what was wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn program(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_unset| panic!("{variable} is not set; run `cargo xtask test`"))
}

/// Makes one call of the protocol; an error of it fails the test.
fn call(http: &Http, method: Method, url: &str, parameters: &Value) -> Value {
    let body = if method == Method::GET { Vec::new() } else { parameters.to_string().into_bytes() };
    let request = Request::builder().method(method).uri(url).body(body).expect("a request");
    let answer = http.send(request).expect("an answer of chromedriver");
    let mut value = answer.json().expect("JSON of chromedriver")["value"].take();
    assert_eq!(answer.status, 200, "{url}: {}", value["message"].take());
    value
}
