//! The functions run on provided.al2023.

use std::{env, path::PathBuf};

use local::{
    Outputs,
    bootstrap::{GlibcVersion, RUNTIME_GLIBC, required_glibc},
};

#[test]
#[cfg(target_os = "linux")]
fn no_bootstrap_needs_a_newer_glibc_than_the_runtime_has() {
    let outputs = Outputs::from_env().unwrap();
    let binaries = PathBuf::from(env::var_os("TENOR_BINARIES").expect("TENOR_BINARIES is not set"));
    for function in outputs.functions.keys() {
        let needed = required_glibc(&binaries.join(function)).unwrap();
        assert!(needed > GlibcVersion(2, 0), "{function} names no glibc at all");
        assert!(needed <= RUNTIME_GLIBC, "{function} needs glibc {needed}");
    }
}
