//! A month of two sources, one that pays and one that does not, for stories about reports; and beside
//! them what strangers put into links.

use crate::MANY_FAILURES;
use crate::console::Console;
use crate::event::Event;
use crate::partner::{PARTNER, Partner, partners_toml};
use crate::postback::raw;

/// Markup in a sub id.
pub const HOSTILE: &str = "\"><script>alert(1)</script>{{7*7}}&amp;'";

/// What a spreadsheet would run, in sub ids.
pub const FORMULAS: [&str; 4] = ["=1+1", "+1", "-1", "@SUM(A1)"];

/// A partner that posts nothing.
pub const QUIET: &str = "quiet";

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
    after(&[OURS, STRANGERS].concat()).await
}

/// The same without what strangers put into links.
///
/// # Panics
/// When anything of it is answered otherwise than it should be.
pub async fn with_two_plain_sources() -> Console {
    after(OURS).await
}

async fn after(sources: &[Source]) -> Console {
    let partner = Partner::of_the_page().line(TERMS);
    let quiet = Partner::new(QUIET).secret("k1", "a-secret-that-signs-nothing-here");
    let partners = partners_toml(MANY_FAILURES, &[partner, quiet]);
    let console = Console::of(|stand| stand.partners(partners)).await;
    let folder = console.gate.folder();
    std::fs::write(folder.join("rates.toml"), RATES).expect("written");
    std::fs::write(folder.join("log.csv"), click_log(sources)).expect("written");
    console.gate.runs(&["clicks", "import", "log.csv"]);
    for number in 1..=20 {
        let click = format!("good-{number}");
        for event in [Event::registration(&click), Event::ftd(&click)] {
            let sent = console.gate.send(&raw(&at_its_time(event))).await;
            sent.recorded("accepted");
        }
    }
    let has_odd = sources.iter().any(|it| it.name == "odd");
    let odd = [odd_registration(), odd_deposit()].map(|event| (event, "accepted"));
    let odd = odd.into_iter().filter(|_| has_odd);
    for (event, verdict) in rest_of_it().into_iter().chain(odd) {
        console.gate.send(&raw(&event)).await.recorded(verdict);
    }
    console
}

fn at_its_time(event: Event) -> Event {
    event.token("timestamp", HAPPENED_AT)
}

/// Clicks of a source: how many, what each cost in dollars, the sub ids.
#[derive(Clone, Copy)]
struct Source {
    name: &'static str,
    clicks: u32,
    cost: &'static str,
    sub_ids: [&'static str; 2],
}

const fn source(
    name: &'static str,
    clicks: u32,
    cost: &'static str,
    sub_ids: [&'static str; 2],
) -> Source {
    Source {
        name,
        clicks,
        cost,
        sub_ids,
    }
}

const OURS: &[Source] = &[
    source("good", 250, "4.00", ["blog", "top"]),
    source("bad", 250, "10.00", ["banner", ""]),
    source("new", 12, "1.00", ["video", "intro"]),
];

const STRANGERS: &[Source] = &[
    source("odd", 5, "0.30", [HOSTILE; 2]),
    source(HOSTILE, 1, "0.30", [HOSTILE; 2]),
    source("formula0", 2, "0.30", [FORMULAS[0]; 2]),
    source("formula1", 2, "0.30", [FORMULAS[1]; 2]),
    source("formula2", 2, "0.30", [FORMULAS[2]; 2]),
    source("formula3", 2, "0.30", [FORMULAS[3]; 2]),
];

fn click_log(sources: &[Source]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut csv = "clickid,partner,clicked_at,cost,currency,geo,sub_id_1,sub_id_2\n".to_owned();
    for source in sources {
        let Source { name, cost, .. } = source;
        let [one, two] = source.sub_ids.map(quoted);
        for number in 1..=source.clicks {
            let click = quoted(&format!("{name}-{number}"));
            csv.push_str(&format!(
                "{click},{PARTNER},{CLICKED_AT},{cost},USD,DE,{one},{two}\n"
            ));
        }
    }
    csv
}

/// A registration from a link that strangers have written.
fn odd_registration() -> Event {
    let registration = at_its_time(Event::registration("odd-1"));
    let odd = registration.text("sub_id_1", HOSTILE);
    odd.text("sub_id_2", HOSTILE)
}

/// A first deposit that is paid, of a click whose very id is markup.
fn odd_deposit() -> Event {
    at_its_time(Event::ftd(&format!("{HOSTILE}-1")))
}

fn rest_of_it() -> Vec<(Event, &'static str)> {
    let ftd = |click| at_its_time(Event::ftd(click));
    let registration = |click| at_its_time(Event::registration(click));
    let of = |kind, click, id| ftd(click).text("event", kind).text("transaction_id", id);
    let cashout = of("cashout", "good-1", "C-1").text("amount", "30.00");
    vec![
        (of("redeposit", "good-1", "R-1"), "accepted"),
        (cashout, "accepted"),
        (ftd("bad-1"), "accepted"),
        (ftd("good-2").text("status", "rejected"), "updated"),
        (of("rejected", "good-3", "X-1"), "accepted"),
        (registration("bad-2").text("status", "pending"), "accepted"),
        (registration("nobody-knows"), "flagged"),
    ]
}
