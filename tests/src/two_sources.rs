//! A month of two sources, one that pays and one that does not, for stories about reports; and beside
//! them what strangers put into links.

use crate::MANY_FAILURES;
use crate::console::Console;
use crate::event::Event;
use crate::message::Message;
use crate::partner::{PARTNER, Partner, SECRET, partners_toml};
use crate::signing::hmac_hex;

/// Markup in a sub id.
pub const HOSTILE: &str = "\"><script>alert(1)</script>{{7*7}}&amp;'";

/// What a spreadsheet would run, in sub ids.
pub const FORMULAS: [&str; 4] = ["=1+1", "+1", "-1", "@SUM(A1)"];

/// When all of it was clicked, and when it happened: 2024-05-29.
const CLICKED_AT: i64 = 1_716_990_000;
const HAPPENED_AT: &str = "1717000000";

const TERMS: &str = "terms = [{ from = 2020-01-01, hold_days = 14, cpa = { ftd = \"100.00 USD\" }, \
     revshare = { percent = \"25\", carry_over = true } }]";

const RATES: &str = "[[rate]]\ndate = 2024-01-01\nfrom = \"USD\"\nto = \"EUR\"\nrate = \"0.92\"\n";

/// A console behind which that month went by, through the gate.
///
/// # Panics
/// When anything of it is answered otherwise than it should be.
pub async fn with_two_sources() -> Console {
    let partner = Partner::of_the_page().line(TERMS);
    let partners = partners_toml(MANY_FAILURES, &[partner]);
    let console = Console::of(|stand| stand.partners(partners)).await;
    let folder = console.gate.folder();
    std::fs::write(folder.join("rates.toml"), RATES).expect("written");
    std::fs::write(folder.join("log.csv"), click_log()).expect("written");
    console.gate.runs(&["clicks", "import", "log.csv"]);
    for number in 1..=20 {
        let click = format!("good-{number}");
        for event in [Event::registration(&click), Event::ftd(&click)] {
            let sent = console.gate.send(&post(&at_its_time(event))).await;
            sent.recorded("accepted");
        }
    }
    for (event, verdict) in rest_of_it() {
        console.gate.send(&post(&event)).await.recorded(verdict);
    }
    console
}

fn post(event: &Event) -> Message {
    let body = event.json();
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source(PARTNER)
        .sign(&hmac_hex(SECRET, &body))
        .body(body)
}

fn at_its_time(event: Event) -> Event {
    event.token("timestamp", HAPPENED_AT)
}

/// Clicks of each source: how many, what each cost, the sub ids.
fn click_log() -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut csv = "clickid,partner,clicked_at,cost,currency,geo,sub_id_1,sub_id_2\n".to_owned();
    let mut add = |name: &str, clicks: u32, cost: &str, sub_ids: [&str; 2]| {
        for number in 1..=clicks {
            let [one, two] = sub_ids.map(quoted);
            csv.push_str(&format!(
                "{name}-{number},{PARTNER},{CLICKED_AT},{cost},USD,DE,{one},{two}\n"
            ));
        }
    };
    add("good", 250, "1.00", ["blog", "top"]);
    add("bad", 250, "10.00", ["banner", ""]);
    add("odd", 5, "0.30", [HOSTILE; 2]);
    for (number, formula) in FORMULAS.into_iter().enumerate() {
        add(&format!("formula{number}"), 2, "0.30", [formula; 2]);
    }
    csv
}

fn rest_of_it() -> Vec<(Event, &'static str)> {
    let ftd = |click| at_its_time(Event::ftd(click));
    let registration = |click| at_its_time(Event::registration(click));
    let of = |kind, click, id| ftd(click).text("event", kind).text("transaction_id", id);
    let cashout = of("cashout", "good-1", "C-1").text("amount", "30.00");
    let odd = registration("odd-1").text("sub_id_1", HOSTILE);
    vec![
        (of("redeposit", "good-1", "R-1"), "accepted"),
        (cashout, "accepted"),
        (ftd("bad-1"), "accepted"),
        (ftd("good-2").text("status", "rejected"), "updated"),
        (of("rejected", "good-3", "X-1"), "accepted"),
        (registration("bad-2").text("status", "pending"), "accepted"),
        (registration("nobody-knows"), "flagged"),
        (odd.text("sub_id_2", HOSTILE), "accepted"),
    ]
}
