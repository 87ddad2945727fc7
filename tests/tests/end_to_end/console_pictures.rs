//! The pictures of the console are taken as `make screenshots` takes them, so that what takes them works
//! on the day somebody needs it.
//!
//! Run once: the pages stand on a listener of the backend, which no Envoy is in front of.

use std::collections::BTreeSet;
use std::fs;

use postern_tests::browser::{DESK, PHONE};
use postern_tests::screenshots::{TAKEN_OF, names, take_all};

/// What a PNG begins with, up to its width.
const SIGNATURE: [u8; 16] = *b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// Width and height in a PNG's head.
fn size(picture: &[u8]) -> (u32, u32) {
    let (head, rest) = picture.split_first_chunk::<16>().expect("a head");
    assert_eq!(head, &SIGNATURE, "it is no PNG");
    let (width, rest) = rest.split_first_chunk().expect("a width");
    let (height, _) = rest.split_first_chunk().expect("a height");
    (u32::from_be_bytes(*width), u32::from_be_bytes(*height))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_is_taken_whole_at_a_desk_and_on_a_phone() {
    let folder = tempfile::tempdir().expect("a folder");
    take_all(folder.path()).await;
    let files = fs::read_dir(folder.path()).expect("the folder");
    let taken: BTreeSet<String> = files
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let expected = names().into_iter().chain([TAKEN_OF.to_owned()]);
    assert_eq!(taken, expected.collect());
    for name in &names() {
        let picture = fs::read(folder.path().join(name)).expect("a picture");
        let (width, height) = size(&picture);
        let (wide, high) = if name.contains("-phone-") {
            PHONE
        } else {
            DESK
        };
        assert_eq!(width, wide, "{name}");
        assert!(height >= high, "{name} is {height} high");
    }
    // On a phone the form is folded, so the first delivery is seen without scrolling far.
    let phone = fs::read(folder.path().join("deliveries-phone-light.png")).expect("a picture");
    assert!(
        size(&phone).1 > PHONE.1 * 2,
        "the list is seen, not the form alone"
    );
}
