//! Where logs and metrics are written: standard output in a function, memory in a test.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use tracing_subscriber::fmt::MakeWriter;

/// The process's line-wise output. Clones write to the same place.
#[derive(Clone, Debug)]
pub struct Output(Sink);

#[derive(Clone, Debug)]
enum Sink {
    Stdout,
    Memory(Arc<Mutex<Vec<u8>>>),
}

impl Output {
    /// Standard output, which Lambda hands to CloudWatch Logs.
    #[must_use]
    pub fn stdout() -> Self {
        Self(Sink::Stdout)
    }

    /// A buffer that [`Output::text`] reads back.
    #[must_use]
    pub fn memory() -> Self {
        Self(Sink::Memory(Arc::default()))
    }

    /// What was written to a memory output so far; empty for standard output.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.0 {
            Sink::Stdout => String::new(),
            Sink::Memory(buffer) => {
                String::from_utf8_lossy(&buffer.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
            }
        }
    }

    /// Writes one line. A broken standard output has no one left to tell, so its error is dropped.
    pub(crate) fn line(&self, line: &str) {
        let mut writer = self.clone();
        let _ = writer.write_all(format!("{line}\n").as_bytes());
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &self.0 {
            Sink::Stdout => io::stdout().lock().write(bytes),
            Sink::Memory(buffer) => {
                buffer.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &self.0 {
            Sink::Stdout => io::stdout().lock().flush(),
            Sink::Memory(_) => Ok(()),
        }
    }
}

impl MakeWriter<'_> for Output {
    type Writer = Self;

    fn make_writer(&self) -> Self::Writer {
        self.clone()
    }
}
