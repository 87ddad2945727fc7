//! Pins a partner to the signature forms it uses.

use postern_protocol::id::PartnerId;
use postern_protocol::sign::Form;
use toml_edit::{Array, Item, Value, value};

use super::{EditError, parse, table_of};

/// Lets a partner sign in these forms and no others; none: in every form again. The rest of the file
/// stays as it is, a comment beside the line too.
///
/// # Errors
/// When there is no such partner or the file is not in its shape.
pub fn pin(text: &str, partner: &PartnerId, forms: &[Form]) -> Result<String, EditError> {
    let mut document = parse(text)?;
    let table = table_of(&mut document, partner)?;
    if forms.is_empty() {
        table.remove("forms");
        return Ok(document.to_string());
    }
    let names: Array = forms.iter().map(|form| form.name()).collect();
    match table.get_mut("forms") {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = Value::Array(names);
            *old.decor_mut() = decor;
        }
        _ => _ = table.insert("forms", value(names)),
    }
    Ok(document.to_string())
}
