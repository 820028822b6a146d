//! What the commands print. A reader that has gone away is no reason to stop.

use std::{
    fmt::Display,
    io::{self, Write as _},
};

/// A line of progress.
pub(crate) fn step(text: impl Display) {
    line(format_args!("==> {text}"));
}

/// A plain line.
pub(crate) fn line(text: impl Display) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// The one message with which a command fails: what happened, then each reason below it.
pub(crate) fn error(error: &anyhow::Error) {
    let _ = writeln!(io::stderr().lock(), "error: {error:#}");
}
