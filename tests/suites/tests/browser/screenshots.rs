//! docs/screenshots: what every view looks like, taken here.
//!
//! After a change of the page: `UPDATE_DOCS=1 cargo xtask test`.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use crate::{views::VIEWS, visit::Visit};

/// How every PNG begins; its width and height, four bytes each, follow.
const PNG_HEAD: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const WIDTH: u32 = 390;
const HEIGHT: u32 = 844;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/screenshots")
}

fn take_all() {
    let visit = Visit::start();
    visit.browser.resize(WIDTH, HEIGHT);
    for view in &VIEWS {
        view.reach(&visit);
        visit.browser.run("document.body.style.caretColor = 'transparent';");
        let path = folder().join(format!("{}.png", view.name));
        fs::write(path, visit.browser.screenshot()).expect("a writable screenshot");
    }
}

#[test]
fn every_view_has_its_screenshot_and_there_is_no_other() {
    if env::var_os("UPDATE_DOCS").is_some() {
        take_all();
    }
    let files = fs::read_dir(folder()).expect("the screenshots").map(|entry| entry.expect("an entry"));
    let names: BTreeSet<_> = files.map(|file| file.file_name().into_string().expect("a name")).collect();
    assert_eq!(names, VIEWS.iter().map(|view| format!("{}.png", view.name)).collect());
    let size = [WIDTH.to_be_bytes(), HEIGHT.to_be_bytes()].concat();
    for name in names {
        let png = fs::read(folder().join(&name)).expect("a screenshot");
        assert!(png.starts_with(&[PNG_HEAD, &size].concat()), "{name} is no PNG of {WIDTH} by {HEIGHT}");
    }
}
