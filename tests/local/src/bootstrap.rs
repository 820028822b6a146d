//! What the Lambda runtime demands of a function's binary.

use std::{fs, path::Path};

use object::{
    Endianness,
    elf::FileHeader64,
    read::elf::{FileHeader as _, SectionHeader as _},
};

use crate::{Error, Result};

/// The glibc of provided.al2023.
pub const RUNTIME_GLIBC: GlibcVersion = GlibcVersion(2, 34);

/// A version of glibc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GlibcVersion(pub u32, pub u32);

impl std::fmt::Display for GlibcVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.0, self.1)
    }
}

/// The newest glibc that the binary at `path` cannot start without.
///
/// # Errors
/// When it is no 64-bit Linux binary.
pub fn required_glibc(path: &Path) -> Result<GlibcVersion> {
    let bytes = fs::read(path).map_err(|source| Error::File { path: path.to_path_buf(), source })?;
    newest_needed(&bytes).map_err(|error| Error::unreadable(path.display().to_string(), &error))
}

fn newest_needed(bytes: &[u8]) -> object::Result<GlibcVersion> {
    let header = FileHeader64::<Endianness>::parse(bytes)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let mut newest = GlibcVersion(0, 0);
    for section in sections.iter() {
        let Some((mut needs, strings)) = section.gnu_verneed(endian, bytes)? else { continue };
        let strings = sections.strings(endian, bytes, strings)?;
        while let Some((_library, mut versions)) = needs.next()? {
            while let Some(version) = versions.next()? {
                let name = version.name(endian, strings)?;
                newest = newest.max(glibc_version(name).unwrap_or(newest));
            }
        }
    }
    Ok(newest)
}

/// Reads `GLIBC_2.34`; other libraries' versions are none.
fn glibc_version(name: &[u8]) -> Option<GlibcVersion> {
    let (major, minor) = str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?.split_once('.')?;
    let minor = minor.split('.').next()?;
    Some(GlibcVersion(major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{GlibcVersion, RUNTIME_GLIBC, glibc_version};

    #[test]
    fn only_glibcs_versions_are_read() {
        assert_eq!(glibc_version(b"GLIBC_2.34"), Some(GlibcVersion(2, 34)));
        assert_eq!(glibc_version(b"GLIBC_2.2.5"), Some(GlibcVersion(2, 2)));
        assert_eq!(glibc_version(b"GCC_3.0"), None);
        assert_eq!(glibc_version(b"GLIBC_PRIVATE"), None);
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(GlibcVersion(2, 4) < RUNTIME_GLIBC);
        assert!(GlibcVersion(2, 36) > RUNTIME_GLIBC);
    }
}
