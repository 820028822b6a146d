//! `cargo xtask demo`: one story per context, played through the real thing.

mod crm;
mod instalment;
mod lease;
mod marketplace;
mod quota;
mod stage;

use anyhow::Result;
use clap::Args;
use local::Platform;

use self::stage::Stage;
use crate::{
    cargo,
    platform::{CallbackTimes, Folder, Ports, RunningPlatform, Settings},
    ui,
};

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    ports: Ports,
    /// Leaves the platform running; `cargo xtask down` stops it
    #[arg(long)]
    keep: bool,
}

/// Starts everything, plays every story, and fails at the first wrong answer.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = Folder::standard();
    let _claim = folder.claim()?;
    folder.refuse_if_running()?;
    options.ports.refuse_if_busy()?;
    ui::step("Building the functions and the sandbox (the first time takes some minutes)");
    cargo::build_binaries()?;
    let settings =
        Settings { folder, ports: options.ports, overrides: CallbackTimes::short().variables().into() };
    let running = RunningPlatform::start(&settings)?;
    let steps = play(&running)?;
    ui::line("");
    ui::line(format_args!("Every answer was the expected one ({steps} steps)."));
    if options.keep {
        running.leave();
        ui::line("The platform is left running; `cargo xtask down` stops it.");
    }
    Ok(())
}

/// Plays every story; tells how many steps they had.
pub(crate) fn play(running: &RunningPlatform) -> Result<u32> {
    let mut stage = Stage::new(Platform::new(running.outputs.clone())?);
    instalment::play(&mut stage)?;
    quota::play(&mut stage)?;
    crm::play(&mut stage)?;
    lease::play(&mut stage)?;
    marketplace::play(&mut stage)?;
    Ok(stage.steps())
}
