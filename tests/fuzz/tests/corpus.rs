//! What fuzzing begins with, and what it found worth keeping, an input that once broke something included, is held by every
//! target, without libFuzzer.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::panic;
use std::path::{Path, PathBuf};

use fuzz::{TARGETS, operations, queues};
use suites::contract::described;
use suites::template;

/// The operation that reads nothing of its request.
const READS_NOTHING: &str = "webview";
/// All of `corpus/` together may be as large as this.
const CORPUS_BYTES: u64 = 1_048_576;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn entries(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn every_target_holds_its_seeds_and_what_is_kept() {
    // A function answers its caller when it panics: here no panic goes unseen.
    thread_local! {
        static PANICS: Cell<usize> = const { Cell::new(0) };
    }
    let told = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        PANICS.set(PANICS.get() + 1);
        told(panicked);
    }));
    for target in TARGETS {
        for (number, seed) in (target.seeds)().iter().enumerate() {
            (target.hold)(seed);
            assert_eq!(PANICS.get(), 0, "{}: seed {number}", target.name);
        }
        for file in entries(&corpus().join(target.name)) {
            let input = fs::read(&file).expect("an input");
            let held = panic::catch_unwind(|| (target.hold)(&input));
            assert!(held.is_ok() && PANICS.get() == 0, "{}", file.display());
        }
    }
}

#[test]
fn what_is_kept_is_some_target_s_and_not_much() {
    let folders: BTreeSet<_> = entries(&corpus()).into_iter().collect();
    let expected: BTreeSet<_> = TARGETS.iter().map(|target| corpus().join(target.name)).collect();
    assert_eq!(folders, expected);
    let files = folders.iter().flat_map(|folder| entries(folder));
    let bytes: u64 = files.map(|file| fs::metadata(file).expect("a file").len()).sum();
    assert!(bytes <= CORPUS_BYTES, "{bytes} bytes: keep less");
}

#[test]
fn every_target_is_described_in_the_docs_and_none_is_named_twice() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/RELIABILITY.md");
    let page = fs::read_to_string(page).expect("the page");
    let names: BTreeSet<_> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), TARGETS.len());
    for name in names {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn every_operation_and_every_queue_that_we_take_from_is_read_by_some_target() {
    let name = |operation: &serde_json::Value| operation["operationId"].as_str().expect("a name").to_owned();
    let mut described: BTreeSet<_> = described().map(|described| name(described.operation)).collect();
    assert!(described.remove(READS_NOTHING));
    assert_eq!(operations().into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), described);
    let functions = template::functions();
    let taken_from: BTreeSet<_> = functions.iter().flat_map(|of| template::source_queues(of)).collect();
    assert_eq!(queues().into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), taken_from);
}
