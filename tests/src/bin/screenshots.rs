//! `make screenshots`: the pictures of the console in docs/ ([`postern_tests::screenshots`]).

use std::path::PathBuf;

use postern_tests::screenshots::{names, take_all};

#[tokio::main]
async fn main() {
    let folder = std::env::var_os("SCREENSHOTS_OUT").unwrap_or_else(|| "docs/screenshots".into());
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).expect("a place for pictures");
    take_all(&folder).await;
    println!("{} pictures are in {}", names().len(), folder.display());
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use postern_tests::screenshots::{TAKEN_OF, made_of, names};

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    /// Templates, style sheet and script are looked at, and not the code that fills them: what the pages
    /// say is told by other tests, what they look like by these pictures.
    #[test]
    fn the_pictures_are_of_the_pages_as_they_are_made_now() {
        let kept = root().join("docs/screenshots").join(TAKEN_OF);
        let kept = fs::read_to_string(kept).expect("`make screenshots` writes it");
        assert_eq!(
            kept.trim_end(),
            made_of(),
            "`make screenshots` takes them anew"
        );
    }

    /// The names of all pictures that are taken.
    fn taken() -> BTreeSet<String> {
        names().into_iter().collect()
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries
            .map(|entry| entry.expect("an entry").path())
            .collect()
    }

    /// The names of the pictures that a document shows as `![what is seen](path)`, each with words for
    /// who does not see it.
    fn shown(document: &Path) -> Vec<String> {
        let text = fs::read_to_string(document).expect("a text");
        let pictures = text.split("![").skip(1);
        let pictures = pictures.filter_map(|rest| rest.split_once("]("));
        let ours = pictures.filter_map(|(words, rest)| {
            let path = rest.split(')').next()?;
            let (folder, name) = path.rsplit_once('/')?;
            if !folder.ends_with("screenshots") {
                return None;
            }
            assert!(!words.is_empty(), "{path} has no words");
            Some(name.to_owned())
        });
        ours.collect()
    }

    #[test]
    fn the_folder_holds_the_pictures_that_are_taken_and_no_others() {
        let folder = root().join("docs/screenshots");
        let mut taken: BTreeSet<PathBuf> = taken().iter().map(|name| folder.join(name)).collect();
        taken.insert(folder.join(TAKEN_OF));
        let kept = BTreeSet::from_iter(files(&folder));
        assert_eq!(kept, taken, "`make screenshots` takes them");
    }

    #[test]
    fn each_picture_is_shown_in_a_document() {
        let mut documents = files(&root().join("docs"));
        documents.push(root().join("README.md"));
        documents.retain(|path| path.extension().is_some_and(|it| it == "md"));
        let shown: BTreeSet<String> = documents.iter().flat_map(|it| shown(it)).collect();
        assert_eq!(shown, taken());
    }
}
