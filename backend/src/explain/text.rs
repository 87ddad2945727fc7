//! An explanation as a page for people.

use std::fmt;

use serde_json::Value;

use super::{ClickText, ConversionText, DeliveryText, Explanation, LineText, MoneyText, rehearsal};

/// Labels are padded to this width so that what they say stands under each other.
const LABEL_CHARS: usize = 10;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut page = Page::default();
        match &self.delivery {
            Some(delivery) => delivery_lines(&mut page, delivery),
            None => page.head("delivery: its request was removed, what it told stands"),
        }
        let test = self.delivery.as_ref().and_then(|it| it.test.as_ref());
        match (&self.conversion, test) {
            (_, Some(outlook)) => rehearsal::lines(&mut page, outlook),
            (Some(conversion), None) => conversion_lines(&mut page, conversion),
            (None, None) => page.head("conversion: none, nothing in it could be booked"),
        }
        if self.conversion.is_some() {
            click_line(&mut page, self.click.as_ref());
            page.head("history");
            let opener = self.conversion.as_ref().map(|it| it.id);
            for step in &self.steps {
                page.line(&format!("{}  {}", step.at, step.text));
                if Some(step.delivery) != opener {
                    page.more(&format!("delivery {}", step.delivery));
                }
            }
        }
        if let Some(money) = &self.money {
            money_lines(&mut page, money);
        }
        f.write_str(page.0.trim_end())
    }
}

fn delivery_lines(page: &mut Page, it: &DeliveryText) {
    page.head(&format!("delivery {}", it.id));
    page.field(
        "received",
        &format!(
            "{} from {} at {}, {}",
            it.received_at, it.partner, it.address, it.method
        ),
    );
    page.field("signed", &format!("form {}, key {}", it.form, it.key));
    if !it.request_id.is_empty() {
        page.field("request", &it.request_id);
    }
    page.field("verdict", it.verdict);
    if let Some(first) = it.repeat_of {
        page.field("repeats", &first.to_string());
    }
    for warning in each(&it.warnings) {
        page.field("warning", &warning);
    }
    for error in each(&it.errors) {
        page.field("problem", &error);
    }
}

/// The texts of a list, or of objects that say what was wrong in which field.
fn each(list: &Value) -> Vec<String> {
    match list {
        Value::Array(values) => values.iter().map(one).collect(),
        value => vec![one(value)],
    }
}

fn one(value: &Value) -> String {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let Value::Object(members) = value else {
        return plain(value);
    };
    let field = members.get("field").map(plain).unwrap_or_default();
    let said = members.iter().filter(|(name, _)| *name != "field");
    let said = said.map(|(name, value)| format!("{name} {}", plain(value)));
    format!("{field}: {}", said.collect::<Vec<_>>().join(", "))
}

fn conversion_lines(page: &mut Page, it: &ConversionText) {
    page.head(&format!("conversion {}", it.id));
    let amount = it.amount.as_ref().map(|amount| format!(" {amount}"));
    let blocked = match it.blocking_flags {
        0 => String::new(),
        flags => format!(", earns nothing: {flags} open"),
    };
    page.field(
        "event",
        &format!(
            "{} {}{}{blocked}",
            it.event,
            it.status,
            amount.unwrap_or_default()
        ),
    );
    page.field("partner", &it.partner);
    page.field("identity", &it.identity);
    page.field("happened", &it.occurred_at);
    if let Some(geo) = &it.geo {
        page.field("country", geo);
    }
}

fn click_line(page: &mut Page, click: Option<&ClickText>) {
    match click {
        Some(click) => page.field("click", &click.to_string()),
        None => page.field("click", "not in the click log"),
    }
}

/// What the click log says of it, in a line.
impl fmt::Display for ClickText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cost = self.cost.map(|cost| cost.to_string());
        let said = [
            ("at", &self.clicked_at),
            ("to", &self.partner),
            ("cost", &cost),
            ("in", &self.geo),
            ("sub_id_1", &self.sub_id_1),
            ("sub_id_2", &self.sub_id_2),
        ];
        let said = said
            .iter()
            .filter_map(|(name, text)| Some(format!("{name} {}", text.as_ref()?)));
        let said: Vec<String> = said.collect();
        match said.is_empty() {
            true => f.write_str("in the click log"),
            false => write!(f, "in the click log: {}", said.join(", ")),
        }
    }
}

fn money_lines(page: &mut Page, money: &MoneyText) {
    page.head("money");
    if let Some(why) = &money.nothing {
        page.line(&format!("nothing is booked: {why}"));
    }
    for terms in &money.terms {
        page.line(&format!(
            "terms {} from {}: {}",
            terms.version, terms.from, terms.text
        ));
    }
    for cap in &money.caps {
        page.line(&format!("places taken in {}: {}", cap.period, cap.used));
    }
    for line in &money.lines {
        line_lines(page, line);
    }
    for sum in &money.sums {
        page.line(&format!(
            "sum {}: due {}, held {}",
            sum.earned, sum.due, sum.held
        ));
    }
}

fn line_lines(page: &mut Page, line: &LineText) {
    let due = match line.is_held {
        true => format!("held until {}", line.due_at),
        false => format!("due since {}", line.due_at),
    };
    let cause = match (line.delivery, line.decision) {
        (Some(id), _) => format!("delivery {id}"),
        (None, Some(id)) => format!("decision {id}"),
        (None, None) => "nobody".to_owned(),
    };
    let LineText {
        number,
        kind,
        step,
        amount,
        booked_at,
        rule,
        terms,
        ..
    } = line;
    page.line(&format!(
        "{booked_at}  #{number} {kind} {step} {amount}, {due}"
    ));
    page.more(rule);
    page.more(&format!("by {cause}, terms {terms}"));
}

/// Lines under heads. What strangers wrote cannot move the cursor: control characters are shown as
/// what they are not.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    /// The text without the end of its last line.
    pub(super) fn into_text(self) -> String {
        self.0.trim_end().to_owned()
    }

    pub(super) fn head(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.push(text);
    }

    pub(super) fn field(&mut self, label: &str, text: &str) {
        self.line(&format!("{label:LABEL_CHARS$} {text}"));
    }

    fn line(&mut self, text: &str) {
        self.0.push_str("  ");
        self.push(text);
    }

    /// More about the line above.
    pub(super) fn more(&mut self, text: &str) {
        self.line(&format!("    {text}"));
    }

    fn push(&mut self, text: &str) {
        let show = |c: char| match c {
            '\n' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        };
        self.0.extend(text.chars().map(show));
        self.0.push('\n');
    }
}
