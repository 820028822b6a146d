//! `cargo xtask package`: every function's bootstrap in target/lambda, built once.

use std::{env, fs, path::Path, process::Command};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use local::bootstrap::{RUNTIME_GLIBC, required_glibc};

use crate::{
    architecture::Architecture,
    cargo::{self, Function, Metadata},
    children, ui,
};

#[derive(Args)]
pub(crate) struct Options {
    /// The processor to build for; without it, this machine's
    #[arg(long)]
    arch: Option<Architecture>,
}

/// Builds the functions once, and lays each down as template.yaml's `CodeUri` has it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let architecture = options.arch.unwrap_or_else(Architecture::of_host);
    let metadata = Metadata::read()?;
    let functions = metadata.functions();
    ui::step(format_args!("Building {} functions for {}", functions.len(), architecture.name()));
    build(architecture, &functions)?;
    for function in &functions {
        let folder = metadata.lambda_folder(&function.name);
        lay_down(&metadata.function_release(architecture, &function.name), &folder)?;
        ui::line(format_args!("{}", folder.join("bootstrap").display()));
    }
    ui::line("");
    ui::line(format_args!(
        "Next: sam build && sam deploy --parameter-overrides Architecture={} …",
        architecture.name()
    ));
    Ok(())
}

fn build(architecture: Architecture, functions: &[Function]) -> Result<()> {
    let mut packages: Vec<_> = functions.iter().map(|function| function.package.as_str()).collect();
    packages.dedup();
    let mut command = cargo::command();
    command.arg("build").args(cargo::function_release(architecture)).arg("--bins");
    command.args(packages.into_iter().flat_map(|package| ["--package", package]));
    if !(cfg!(target_os = "linux") && architecture == Architecture::of_host()) {
        prepare_cross_build(&mut command, architecture)?;
    }
    children::run_well(&mut command, "the build failed: see cargo's messages above")
}

fn prepare_cross_build(command: &mut Command, architecture: Architecture) -> Result<()> {
    let target = architecture.target();
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).current_dir(cargo::root()).output();
    let sysroot = sysroot.context("rustc cannot be started")?.stdout;
    let sysroot = String::from_utf8(sysroot).context("rustc's folder has an unreadable name")?;
    if !Path::new(sysroot.trim()).join("lib/rustlib").join(target).exists() {
        bail!("Rust has no standard library for {target} here; add it with `rustup target add {target}`");
    }
    let linker = format!("CARGO_TARGET_{}_LINKER", target.to_uppercase().replace('-', "_"));
    if env::var_os(&linker).is_some() {
        return Ok(());
    }
    let compiler = architecture.cross_compiler();
    if Command::new(compiler).arg("--version").output().is_err() {
        bail!(
            "building for {} needs a cross compiler, and there is no {compiler}; install it (Debian, Ubuntu: \
             `apt install {}`) or name another linker in {linker}",
            architecture.name(),
            architecture.cross_package(),
        );
    }
    command.env(linker, compiler);
    Ok(())
}

fn lay_down(binary: &Path, folder: &Path) -> Result<()> {
    let needed = required_glibc(binary)?;
    if needed > RUNTIME_GLIBC {
        bail!(
            "{} needs glibc {needed}, and the Lambda runtime has {RUNTIME_GLIBC}; build on an older system",
            binary.display(),
        );
    }
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let bootstrap = folder.join("bootstrap");
    fs::copy(binary, &bootstrap).with_context(|| format!("{} cannot be written", bootstrap.display()))?;
    Ok(())
}
