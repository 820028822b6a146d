//! `cargo xtask up`: the platform, empty, left running.

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    cargo,
    platform::{CallbackTimes, Folder, Ports, RunningPlatform, Schedules, Settings},
    ui,
};

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    ports: Ports,
    /// Overrides a variable of every function that has it; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    overrides: Vec<(String, String)>,
    /// Lets the jobs run by themselves, at their times but in UTC; otherwise they are invoked
    #[arg(long)]
    schedules: bool,
    #[command(flatten)]
    callbacks: CallbackTimes,
}

/// Starts everything, says where it is, and returns.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = Folder::standard();
    let _claim = folder.claim()?;
    folder.refuse_if_running()?;
    options.ports.refuse_if_busy()?;
    ui::step("Building the functions and the sandbox");
    cargo::build_binaries()?;
    let overrides = [&options.callbacks.variables()[..], &options.overrides].concat();
    let settings = Settings { folder, ports: options.ports, overrides };
    let schedules = if options.schedules { Schedules::On } else { Schedules::Off };
    let running = RunningPlatform::start_with(&settings, schedules)?;
    ui::line("");
    ui::line(format_args!("HTTP routes    {}", running.outputs.http_url));
    ui::line(format_args!("AWS endpoint   {}", running.outputs.aws_endpoint));
    ui::line(format_args!("Sandbox        {}", running.outputs.sandbox_url));
    let local::CallbackTimes { delays, give_up } = &running.outputs.callbacks;
    ui::line(format_args!("Callbacks      tried again after {delays}, given up after {give_up}"));
    ui::line(format_args!("Everything     {}", settings.folder.outputs().display()));
    ui::line("");
    ui::line("It runs until `cargo xtask down`.");
    running.leave();
    Ok(())
}

fn assignment(text: &str) -> Result<(String, String)> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => bail!("it must be NAME=VALUE"),
    }
}
