//! How large a function is: what Lambda stores and loads, and which crate it comes from.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result};
use object::{Object as _, ObjectSymbol as _, SymbolKind};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    architecture::Architecture,
    cargo::{self, Function},
    children,
};

/// A binary's sizes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Stripped, as it is deployed.
    pub(super) binary_bytes: u64,
    /// Deflated in a zip, as it is uploaded.
    pub(super) zip_bytes: u64,
}

impl Size {
    /// The sizes of the binary at `path`.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let code = fs::read(path).with_context(|| format!("{}", path.display()))?;
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("bootstrap", options)?;
        archive.write_all(&code)?;
        let zip = archive.finish()?.into_inner();
        Ok(Self { binary_bytes: u64::try_from(code.len())?, zip_bytes: u64::try_from(zip.len())? })
    }
}

/// The code and constants that each crate has in a function, the largest first. The function is linked once
/// more for this, with its symbols, at `binary`.
pub(super) fn by_crate(function: &Function, binary: &Path) -> Result<Vec<(String, u64)>> {
    let mut command = cargo::command();
    command.args(["rustc", "--quiet"]).args(cargo::function_release(Architecture::of_host()));
    command.args(["--package", &function.package, "--bin", &function.name, "--", "-C", "strip=none"]);
    children::run_well(
        &mut command,
        "the function cannot be linked with its symbols: see cargo's messages above",
    )?;
    let linked = fs::read(binary).with_context(|| format!("{}", binary.display()))?;
    let linked = object::File::parse(&*linked).with_context(|| format!("{}", binary.display()))?;
    let mut sizes = BTreeMap::<String, u64>::new();
    for symbol in linked.symbols() {
        if matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Data) {
            *sizes.entry(crate_of(symbol.name().unwrap_or_default())).or_default() += symbol.size();
        }
    }
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_unstable_by_key(|(name, size)| (std::cmp::Reverse(*size), name.clone()));
    Ok(sizes)
}

/// The crate that a symbol belongs to: of a trait's method that of the type, of a type parameter's the trait's.
fn crate_of(symbol: &str) -> String {
    let name = rustc_demangle::demangle(symbol).to_string();
    if !name.contains("::") {
        return "C and assembly (ring), tables".to_owned();
    }
    let (subject, rest) = name.split_once(" as ").unwrap_or((&name, ""));
    let path = if subject.contains("::") { subject } else { rest };
    let path = path.trim_start_matches(['<', '&', '*', '(', '[']);
    let path = ["mut ", "const ", "dyn "].iter().fold(path, |path, word| path.trim_start_matches(word));
    let end = path.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(path.len());
    path[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::crate_of;

    #[test]
    fn a_symbol_belongs_to_the_crate_of_its_type() {
        for (symbol, owner) in [
            ("_ZN5tokio7runtime4park5inner17h0123456789abcdefE", "tokio"),
            (
                "_ZN56_$LT$rustls..msgs..Codec$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE",
                "rustls",
            ),
            ("_ZN48_$LT$$RF$mut$u20$hyper..Body$u20$as$u20$x..Y$GT$3fmt17h0123456789abcdefE", "hyper"),
            ("_ZN41_$LT$T$u20$as$u20$tracing..Instrument$GT$4poll17h0123456789abcdefE", "tracing"),
            ("ring_core_0_17_14__x25519_fe_neg", "C and assembly (ring), tables"),
        ] {
            assert_eq!(crate_of(symbol), owner, "{symbol}");
        }
    }
}
