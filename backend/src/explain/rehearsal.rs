//! What a test was told: how it would appear.

use serde_json::Value;

use super::Explanation;
use super::text::Page;

impl Explanation {
    /// How a test would appear, as a text of several lines; `None`: the delivery is a live one.
    #[must_use]
    pub fn rehearsal(&self) -> Option<String> {
        let outlook = self.delivery.as_ref()?.test.as_ref()?;
        let mut page = Page::default();
        lines(&mut page, outlook);
        Some(page.into_text())
    }
}

/// The lines of an outlook as it was kept; a row that was damaged is shown as it is.
pub(super) fn lines(page: &mut Page, outlook: &Value) {
    page.head("test: it counts nowhere, and would appear as");
    page.field("conversion", &conversion(&outlook["conversion"]));
    page.field("click", text(&outlook["click"]));
    if let Some(change) = outlook["change"].as_object() {
        let [from, to] = ["from", "to"].map(|it| change.get(it).map_or_else(String::new, state));
        page.field("moves", &format!("{from} → {to}"));
    }
    for flag in list(&outlook["flags"]) {
        let said = format!("{}: {}", text(&flag["reason"]), text(&flag["meaning"]));
        page.field("flag", &said);
    }
    for line in list(&outlook["earns"]) {
        let [kind, step, due] = ["kind", "step", "due_at"].map(|it| text(&line[it]));
        let said = format!("{kind} {step} {}, due from {due}", amount(&line["amount"]));
        page.field("earns", &said);
        page.more(text(&line["rule"]));
    }
    if let Some(why) = outlook["earns_nothing"].as_str() {
        page.field("earns", &format!("nothing: {why}"));
    }
}

fn conversion(seen: &Value) -> String {
    let Some(event) = seen["event"].as_str() else {
        return "none, nothing in it tells of one".to_owned();
    };
    let is_new = if seen["is_new"] == true {
        "a new"
    } else {
        "the known"
    };
    let identity = text(&seen["identity"]);
    format!("{is_new} {event} {}, named {identity}", state(seen))
}

/// The status, and the amount where there is one.
fn state(seen: &Value) -> String {
    match seen["amount"].is_object() {
        true => format!("{} {}", text(&seen["status"]), amount(&seen["amount"])),
        false => text(&seen["status"]).to_owned(),
    }
}

fn amount(seen: &Value) -> String {
    format!("{} {}", text(&seen["amount"]), text(&seen["currency"]))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
