//! `cargo xtask package`: every function's bootstrap in target/lambda, built once.

use std::{env, fs, path::Path, process::Command};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use local::bootstrap::{RUNTIME_GLIBC, required_glibc};

use crate::{
    cargo::{self, Function, Metadata},
    children, ui,
};

#[derive(Args)]
pub(crate) struct Options {
    /// The processor to build for; without it, this machine's
    #[arg(long)]
    arch: Option<Architecture>,
}

/// A processor of AWS Lambda, spelled as template.yaml's parameter Architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Architecture {
    #[value(name = "arm64")]
    Arm64,
    #[value(name = "x86_64")]
    X86_64,
}

impl Architecture {
    fn of_host() -> Self {
        if env::consts::ARCH == "aarch64" { Self::Arm64 } else { Self::X86_64 }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }

    /// The C compiler that builds and links for this processor on another one.
    fn cross_compiler(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-linux-gnu-gcc",
            Self::X86_64 => "x86_64-linux-gnu-gcc",
        }
    }

    /// Debian's package of that compiler.
    fn cross_package(self) -> &'static str {
        match self {
            Self::Arm64 => "gcc-aarch64-linux-gnu",
            Self::X86_64 => "gcc-x86-64-linux-gnu",
        }
    }
}

/// Builds the functions once, and lays each down as template.yaml's `CodeUri` has it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let architecture = options.arch.unwrap_or_else(Architecture::of_host);
    let metadata = Metadata::read()?;
    let functions = metadata.functions();
    ui::step(format_args!("Building {} functions for {}", functions.len(), architecture.name()));
    let target = build(architecture, &functions)?;
    for function in &functions {
        let folder = metadata.lambda_folder(&function.name);
        lay_down(&metadata.release_binary(target, &function.name), &folder)?;
        ui::line(format_args!("{}", folder.join("bootstrap").display()));
    }
    ui::line("");
    ui::line(format_args!(
        "Next: sam build && sam deploy --parameter-overrides Architecture={} …",
        architecture.name()
    ));
    Ok(())
}

/// Builds, and gives the target triple when it is not the host's own.
fn build(architecture: Architecture, functions: &[Function]) -> Result<Option<&'static str>> {
    let mut packages: Vec<_> = functions.iter().map(|function| function.package.as_str()).collect();
    packages.dedup();
    let mut command = cargo::command();
    command.args(["build", "--release", "--bins"]);
    command.args(packages.into_iter().flat_map(|package| ["--package", package]));
    let native = cfg!(target_os = "linux") && architecture == Architecture::of_host();
    let target = (!native).then(|| architecture.target());
    if let Some(target) = target {
        prepare_cross_build(&mut command, architecture)?;
        command.args(["--target", target]);
    }
    children::run_well(&mut command, "the build failed: see cargo's messages above")?;
    Ok(target)
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
