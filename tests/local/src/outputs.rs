//! `outputs.json`: where everything of a running platform is.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Where a running platform has everything. Written by `cargo xtask up`, read by whoever calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outputs {
    /// Base of the HTTP routes: append the route's path.
    pub http_url: String,
    /// The engine's address for AWS calls.
    pub aws_endpoint: String,
    /// The region the stack is in.
    pub region: String,
    /// The stack's name.
    pub stack: String,
    /// The partner sandbox; its controls are below `/_control`.
    pub sandbox_url: String,
    /// Queue name to URL.
    pub queues: BTreeMap<String, String>,
    /// Queue name to its dead-letter queue's URL.
    pub dlqs: BTreeMap<String, String>,
    /// Table name to the deployed name.
    pub tables: BTreeMap<String, String>,
    /// Function name to the deployed name.
    pub functions: BTreeMap<String, String>,
    /// The name of the bus on which events are told.
    pub event_bus: String,
    /// Context to the log group of its functions, in the engine's `CloudWatch` Logs.
    pub log_groups: BTreeMap<String, String>,
    /// When a callback that failed is sent again.
    pub callbacks: CallbackTimes,
    /// The processes' own logs.
    pub logs: LogFiles,
    /// Folder of the two local session keys.
    pub session_keys: PathBuf,
    /// What signs AWS calls to the engine.
    pub iam: Credentials,
}

/// When a callback that failed is sent again, as the functions' variables have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackTimes {
    /// How long it waits before each next try, e.g. `2s,2s`; the last one repeats.
    pub delays: String,
    /// After how much waiting it is given up, e.g. `20s`.
    pub give_up: String,
}

/// The log files of the processes that make up the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFiles {
    /// The engine's log.
    pub engine: PathBuf,
    /// The sandbox's log.
    pub sandbox: PathBuf,
}

/// What signs AWS calls. That of the local engine is worth nothing anywhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The access key's id.
    pub access_key_id: String,
    /// The access key's secret.
    pub secret_access_key: String,
    /// What goes with a key that is good for a while only; the engine's is good for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<String>,
}

impl Outputs {
    /// The environment variable that names the file for tests.
    pub const VARIABLE: &'static str = "TENOR_OUTPUTS";

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it is missing or not what `cargo xtask up` writes.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).map_err(|source| Error::File { path: path.to_path_buf(), source })?;
        serde_json::from_str(&text).map_err(|error| Error::unreadable(path.display().to_string(), &error))
    }

    /// Reads the file that [`Outputs::VARIABLE`] names.
    ///
    /// # Errors
    /// When the variable is not set, or as [`Outputs::read`].
    pub fn from_env() -> Result<Self> {
        let path = env::var_os(Self::VARIABLE)
            .ok_or_else(|| Error::unreadable(Self::VARIABLE, &"it is not set; run `cargo xtask test`"))?;
        Self::read(Path::new(&path))
    }

    /// Writes the file at `path`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text =
            serde_json::to_string_pretty(self).map_err(|error| Error::unreadable("the outputs", &error))?;
        fs::write(path, text + "\n").map_err(|source| Error::File { path: path.to_path_buf(), source })
    }

    /// The URL of the queue called `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn queue(&self, name: &str) -> Result<&str> {
        named(&self.queues, "queue", name)
    }

    /// The URL of the dead-letter queue of the queue called `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn dlq(&self, name: &str) -> Result<&str> {
        named(&self.dlqs, "dead-letter queue of", name)
    }

    /// The deployed name of the table called `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn table(&self, name: &str) -> Result<&str> {
        named(&self.tables, "table", name)
    }

    /// The deployed name of the function called `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn function(&self, name: &str) -> Result<&str> {
        named(&self.functions, "function", name)
    }
}

fn named<'a>(all: &'a BTreeMap<String, String>, kind: &'static str, name: &str) -> Result<&'a str> {
    all.get(name).map(String::as_str).ok_or_else(|| Error::Unknown { kind, name: name.to_owned() })
}
