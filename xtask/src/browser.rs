//! The browser that the webview's tests drive: found on the machine, never installed.

use std::{env, path::PathBuf, process::Command};

use anyhow::{Context as _, Result};

/// Where the tests find the browser.
const CHROMIUM_VARIABLE: &str = "TENOR_CHROMIUM";
/// Where the tests find what drives it.
const CHROMEDRIVER_VARIABLE: &str = "TENOR_CHROMEDRIVER";
/// The names under which Chromium may be found; a full path is one too.
const CHROMIUM: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
/// The names under which chromedriver may be found.
const CHROMEDRIVER: [&str; 2] = ["chromedriver", "chromium.chromedriver"];
const INSTALL: &str = "the browser tests need Chromium and a chromedriver of the same version: install them \
     (Debian: `apt install chromium chromium-driver`; Ubuntu: `snap install chromium`; macOS: `brew install \
     --cask google-chrome chromedriver`)";

/// The two programs.
#[derive(Debug)]
pub(crate) struct Browser {
    chromium: PathBuf,
    chromedriver: PathBuf,
}

impl Browser {
    /// Finds them; the error says how to get what is missing.
    pub(crate) fn find() -> Result<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = env::split_paths(&path).collect();
        Self::find_in(&folders)
    }

    fn find_in(folders: &[PathBuf]) -> Result<Self> {
        let find = |what: &str, names: &[&str]| {
            let missing = || format!("there is no {what} on the PATH; {INSTALL}");
            first(folders, names).with_context(missing)
        };
        Ok(Self {
            chromium: find("Chromium", &CHROMIUM)?,
            chromedriver: find("chromedriver", &CHROMEDRIVER)?,
        })
    }

    /// Tells the tests that `command` runs where they are.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env(CHROMIUM_VARIABLE, &self.chromium).env(CHROMEDRIVER_VARIABLE, &self.chromedriver);
    }
}

/// The first of the names that is a file, in the first folder that has it.
fn first(folders: &[PathBuf], names: &[&str]) -> Option<PathBuf> {
    let mut places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.find(|place| place.is_file())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::Browser;

    #[test]
    fn both_programs_are_found_and_the_error_names_what_is_missing_and_how_to_get_it() {
        let folder = std::env::temp_dir().join(format!("tenor-browser-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let folders = [PathBuf::from("/nowhere"), folder.clone()];

        fs::write(folder.join("chromium-browser"), "").unwrap();
        let error = Browser::find_in(&folders).unwrap_err().to_string();
        assert!(error.starts_with("there is no chromedriver on the PATH; "), "{error}");
        assert!(error.contains("apt install chromium chromium-driver"), "{error}");

        fs::write(folder.join("chromedriver"), "").unwrap();
        let found = Browser::find_in(&folders).unwrap();
        assert_eq!(found.chromium, folder.join("chromium-browser"));
        assert_eq!(found.chromedriver, folder.join("chromedriver"));
        fs::remove_dir_all(folder).unwrap();
    }
}
