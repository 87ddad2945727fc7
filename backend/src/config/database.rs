//! Where the store is: said here, or in a file that only the backend can read.

use std::path::Path;

use crate::fields::Fields;
use crate::files;
use crate::store::DatabaseUrl;

/// A file of our own beside the configuration.
const DEFAULT: &str = "sqlite://postern.db";

/// Reads `database`, or the file `database_file` names.
pub(super) fn read(fields: &mut Fields) -> DatabaseUrl {
    let given = fields.text("database", DatabaseUrl::parse);
    let in_file = fields.text("database_file", |path| from_file(Path::new(path)));
    if given.is_some() && in_file.is_some() {
        let twice = "is given beside database: leave one of them out";
        fields.notes().add("database_file", twice);
    }
    let otherwise = || DatabaseUrl::parse(DEFAULT);
    given
        .or(in_file)
        .map_or_else(otherwise, Ok)
        .expect("the default is a store's URL")
}

fn from_file(path: &Path) -> Result<DatabaseUrl, String> {
    let text = files::read_if_there(path).map_err(|error| error.to_string())?;
    let text = text.ok_or_else(|| format!("there is no {}", path.display()))?;
    DatabaseUrl::parse(text.trim())
        .map_err(|wrong| format!("what stands in {} {wrong}", path.display()))
}
