//! The environment's part of the configuration, laid over the file's table.

use std::path::Path;

use postern_protocol::mistakes::Mistakes;
use toml::{Table, Value};

use super::Origins;

/// What a variable's text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Path,
    Database,
    Whole,
}

/// Each setting, the variable that overrides it, and what its text stands for.
const SETTINGS: &[(&str, &str, Kind)] = &[
    ("listen", "POSTERN_LISTEN", Kind::Text),
    ("database", "POSTERN_DATABASE", Kind::Database),
    ("database_file", "POSTERN_DATABASE_FILE", Kind::Path),
    ("partners", "POSTERN_PARTNERS", Kind::Path),
    ("applied", "POSTERN_APPLIED", Kind::Path),
    ("rates", "POSTERN_RATES", Kind::Path),
    ("proof_file", "POSTERN_PROOF_FILE", Kind::Path),
    ("edge.output", "POSTERN_EDGE_OUTPUT", Kind::Path),
    ("edge.wasm", "POSTERN_EDGE_WASM", Kind::Path),
    ("admin.listen", "POSTERN_ADMIN_LISTEN", Kind::Text),
    ("admin.tokens", "POSTERN_ADMIN_TOKENS", Kind::Path),
    ("writer.queue", "POSTERN_WRITER_QUEUE", Kind::Whole),
    ("writer.batch", "POSTERN_WRITER_BATCH", Kind::Whole),
    (
        "sources.min_clicks",
        "POSTERN_SOURCES_MIN_CLICKS",
        Kind::Whole,
    ),
    (
        "sources.scale_roi_percent",
        "POSTERN_SOURCES_SCALE_ROI_PERCENT",
        Kind::Whole,
    ),
    (
        "sources.cut_roi_percent",
        "POSTERN_SOURCES_CUT_ROI_PERCENT",
        Kind::Whole,
    ),
    ("log.format", "POSTERN_LOG_FORMAT", Kind::Text),
    ("log.level", "POSTERN_LOG_LEVEL", Kind::Text),
];

/// Names that can only be meant for us, as can a setting's variable with more behind it. Other
/// `POSTERN_…` variables may belong to the scripts around the backend, or to an orchestrator
/// that names its services so.
const OUR_PREFIXES: &[&str] = &[
    "POSTERN_PROOF_",
    "POSTERN_EDGE_",
    "POSTERN_ADMIN_",
    "POSTERN_CONSOLE_",
    "POSTERN_WRITER_",
    "POSTERN_SOURCES_",
    "POSTERN_LOG_",
];

/// Whether a variable can only be a misspelt setting, as `POSTERN_DATABASE_URL`.
fn is_misspelt(name: &str, text: &str) -> bool {
    let extends = |variable: &str| {
        let rest = name.strip_prefix(variable);
        rest.is_some_and(|rest| rest.starts_with('_'))
    };
    let is_ours = OUR_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || VARIABLES.iter().any(|variable| extends(variable));
    is_ours && !is_of_a_service(name, text)
}

/// Whether an orchestrator sets such a variable for a service, as
/// `POSTERN_EDGE_PORT=tcp://10.0.0.1:8443`.
fn is_of_a_service(name: &str, text: &str) -> bool {
    name.contains("_SERVICE_")
        || name.contains("_PORT_")
        || (name.ends_with("_PORT") && text.contains("://"))
}

/// Every variable that overrides a setting.
const VARIABLES: [&str; SETTINGS.len()] = {
    let mut names = [""; SETTINGS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = SETTINGS[index].1;
        index += 1;
    }
    names
};

/// Makes the file's relative paths relative to `folder`, where the file lies.
pub(super) fn anchor_paths(table: &mut Table, folder: &Path) {
    for (key, _, kind) in SETTINGS {
        let Some(Value::String(text)) = find(table, key) else {
            continue;
        };
        match kind {
            Kind::Path if !text.is_empty() => *text = joined(folder, text),
            Kind::Database => {
                if let Some(path) = text
                    .strip_prefix("sqlite://")
                    .filter(|path| !path.is_empty())
                {
                    *text = format!("sqlite://{}", joined(folder, path));
                }
            }
            _ => {}
        }
    }
}

fn joined(folder: &Path, path: &str) -> String {
    folder.join(path).to_string_lossy().into_owned()
}

/// Puts each variable's value where the file's would stand, and returns where each came from.
pub(super) fn lay_over(
    table: &mut Table,
    environment: impl IntoIterator<Item = (String, String)>,
    notes: &mut Mistakes,
) -> Origins {
    let mut origins = Origins::default();
    for (name, text) in environment {
        match SETTINGS.iter().find(|(_, variable, _)| *variable == name) {
            Some((key, variable, kind)) => {
                put(table, key, value(*kind, text));
                origins.0.push((key, variable));
            }
            None if is_misspelt(&name, &text) => {
                notes.add(
                    name,
                    format!(
                        "is not a known variable; known are {}",
                        VARIABLES.join(", ")
                    ),
                );
            }
            None => {}
        }
    }
    origins
}

/// A text that is no number stays one, and is refused where the number is read.
fn value(kind: Kind, text: String) -> Value {
    match (kind, text.parse::<i64>()) {
        (Kind::Whole, Ok(number)) => Value::Integer(number),
        _ => Value::String(text),
    }
}

fn find<'t>(table: &'t mut Table, key: &str) -> Option<&'t mut Value> {
    match key.split_once('.') {
        None => table.get_mut(key),
        Some((section, key)) => table.get_mut(section)?.as_table_mut()?.get_mut(key),
    }
}

fn put(table: &mut Table, key: &str, value: Value) {
    let Some((section, key)) = key.split_once('.') else {
        table.insert(key.to_owned(), value);
        return;
    };
    let section = table
        .entry(section)
        .or_insert_with(|| Value::Table(Table::new()));
    // A section that is no table is a mistake of the file, and is told as one.
    if let Some(section) = section.as_table_mut() {
        section.insert(key.to_owned(), value);
    }
}
