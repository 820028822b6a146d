//! The processors that AWS Lambda has.

use std::env;

use clap::ValueEnum;

/// A processor of AWS Lambda, spelled as template.yaml's parameter Architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Architecture {
    #[value(name = "arm64")]
    Arm64,
    #[value(name = "x86_64")]
    X86_64,
}

impl Architecture {
    /// This machine's.
    pub(crate) fn of_host() -> Self {
        if env::consts::ARCH == "aarch64" { Self::Arm64 } else { Self::X86_64 }
    }

    /// As template.yaml spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    /// Rust's name of Lambda's platform on it.
    pub(crate) fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }

    /// The C compiler that builds and links for this processor on another one.
    pub(crate) fn cross_compiler(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-linux-gnu-gcc",
            Self::X86_64 => "x86_64-linux-gnu-gcc",
        }
    }

    /// Debian's package of that compiler.
    pub(crate) fn cross_package(self) -> &'static str {
        match self {
            Self::Arm64 => "gcc-aarch64-linux-gnu",
            Self::X86_64 => "gcc-x86-64-linux-gnu",
        }
    }
}
