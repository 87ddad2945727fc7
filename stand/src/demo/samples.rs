//! The demo's postbacks, the clicks they refer to, and the partners they come from.

use std::net::{IpAddr, Ipv4Addr};

use super::sample::{Sample, signed_json, signed_query};

/// The page's own partner, one from elsewhere, and a slow one.
pub(crate) const PARTNERS: &str = r#"# The demo's partners. Change them, then run `postern partners apply` in this folder: it is live at once.

[[partner]] # as on the page
id = "partner_name"
brand = "Partner Name"
networks = ["127.0.0.1", "::1"]
rate_per_second = 1000
burst = 2000
amount_unit = "major"
secrets = [{ id = "k1", secret = "your_secret_key" }]

[[partner]] # whoever posts as this one from 127.0.0.1 is refused
id = "elsewhere"
networks = ["127.0.0.2"]
rate_per_second = 100
burst = 200
amount_unit = "major"
secrets = [{ id = "k1", secret = "elsewhere_secret_key" }]

[[partner]] # five a second, ten at once
id = "slow"
networks = ["127.0.0.3"]
rate_per_second = 5
burst = 10
amount_unit = "major"
secrets = [{ id = "k1", secret = "slow_secret_key" }]
"#;

/// As above; the page's partner may post from `host` as well, from where a machine's own requests
/// reach its containers.
pub(crate) fn partners_from(host: Option<Ipv4Addr>) -> String {
    let loopback = r#"["127.0.0.1", "::1"]"#;
    match host {
        None => PARTNERS.to_owned(),
        Some(host) => PARTNERS.replacen(loopback, &format!(r#"["127.0.0.1", "::1", "{host}"]"#), 1),
    }
}

/// Whether these are the demo's partners still, whatever was added to them: each can sign what the demo
/// sends.
pub(crate) fn are_the_demos(partners: &str) -> bool {
    let mut secrets = PARTNERS.lines().filter(|line| line.starts_with("secrets"));
    secrets.all(|line| partners.contains(line))
}

const SECRET: &str = "your_secret_key";
/// More than `slow` may send at once.
pub(crate) const BURST: usize = 25;

/// The state outlives a showing, so at the second the page's own sample is known.
const FIRST_OR_AGAIN: &[(u16, &str)] = &[(200, "accepted"), (200, "duplicate")];

/// The page's sample, as it stands there.
const PAGE_FIELDS: &str = concat!(
    r#""clickid":"abc123def456","event":"ftd","status":"approved","amount":"50.00","currency":"USD","#,
    r#""geo":"DE","sub_id_1":"fb_de_001","sub_id_2":"pwa","payment_method":"card","timestamp":1717000000"#
);

/// All postbacks of one showing but the burst. `run` makes the click ids of this showing its own.
pub(crate) fn singles(run: &str) -> Vec<Sample> {
    let page = post(
        "The page's POST",
        signed_json(PAGE_FIELDS, SECRET),
        FIRST_OR_AGAIN,
    );
    vec![
        page.clone(),
        page_get(run),
        Sample {
            title: "The page's POST once more",
            expected: &[(200, "duplicate")],
            ..page
        },
        post(
            "A forged sign",
            signed_json(&lead(run, "forged"), "not_their_secret"),
            &[(401, "unauthorized")],
        ),
        Sample {
            source: Some("elsewhere"),
            ..post(
                "An address that is not allowed",
                signed_json(&lead(run, "away"), "elsewhere_secret_key"),
                &[(403, "forbidden")],
            )
        },
        post(
            "A click nobody knows",
            signed_json(&lead(run, "unknown"), SECRET),
            &[(200, "flagged")],
        ),
        post(
            "A macro nobody filled in",
            signed_json(&ftd(run, "get", "{amount}"), SECRET),
            &[(200, "quarantined")],
        ),
    ]
}

fn page_get(run: &str) -> Sample {
    Sample {
        title: "The page's GET, its ¤cy as it stands there",
        from: IpAddr::V4(Ipv4Addr::LOCALHOST),
        source: None,
        query: signed_query(
            &format!("clickid=demo-{run}-get&event=ftd&status=approved&amount=75.50¤cy=EUR"),
            SECRET,
        ),
        body: None,
        expected: &[(200, "accepted")],
    }
}

/// What `slow` sends all at once.
pub(crate) fn burst(run: &str) -> Vec<Sample> {
    let one = |number| Sample {
        title: "A burst over the limit",
        from: IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3)),
        source: Some("slow"),
        ..post(
            "",
            signed_json(&lead(run, &format!("burst-{number}")), "slow_secret_key"),
            &[(200, "accepted"), (429, "rate_limited")],
        )
    };
    (0..BURST).map(one).collect()
}

/// A postback to try by hand: its click is known and it was not sent yet.
pub(crate) fn to_try(run: &str) -> Sample {
    post(
        "",
        signed_json(&ftd(run, "try", "20.00"), SECRET),
        &[(200, "accepted")],
    )
}

/// The click log these postbacks are checked against, as CSV.
pub(crate) fn clicks(run: &str) -> String {
    let mut csv = String::from("clickid\nabc123def456\n");
    for name in ["get", "forged", "away", "try"] {
        csv += &format!("demo-{run}-{name}\n");
    }
    for number in 0..BURST {
        csv += &format!("demo-{run}-burst-{number}\n");
    }
    csv
}

fn post(title: &'static str, body: String, expected: &'static [(u16, &'static str)]) -> Sample {
    let from = IpAddr::V4(Ipv4Addr::LOCALHOST);
    Sample {
        title,
        from,
        source: Some("partner_name"),
        query: String::new(),
        body: Some(body),
        expected,
    }
}

fn lead(run: &str, name: &str) -> String {
    format!(r#""clickid":"demo-{run}-{name}","event":"lead","status":"approved""#)
}

fn ftd(run: &str, name: &str, amount: &str) -> String {
    format!(
        r#""clickid":"demo-{run}-{name}","event":"ftd","status":"approved","amount":"{amount}","currency":"EUR""#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_postback_can_be_signed() {
        assert_eq!(singles("1").len(), 7);
        assert_eq!(burst("1").len(), BURST);
        assert!(to_try("1").body.is_some_and(|body| body.contains("sign")));
    }

    #[test]
    fn only_the_pages_partner_may_post_from_the_host() {
        assert_eq!(partners_from(None), PARTNERS);
        let text = partners_from(Some(Ipv4Addr::new(172, 18, 0, 1)));
        assert_eq!(text.matches("172.18.0.1").count(), 1);
        let first = text.split("[[partner]]").nth(1).unwrap_or_default();
        assert!(
            first.contains("172.18.0.1") && first.contains("partner_name"),
            "{first}"
        );
    }

    #[test]
    fn partners_are_the_demos_while_each_of_them_has_its_secret() {
        assert!(are_the_demos(PARTNERS));
        assert!(are_the_demos(&format!(
            "{PARTNERS}\n[[partner]]\nid = \"acme\"\n"
        )));
        assert!(!are_the_demos(
            &PARTNERS.replace("slow_secret_key", "another")
        ));
        assert!(!are_the_demos(""));
    }

    #[test]
    fn only_the_unknown_click_is_not_in_the_log() {
        let log = clicks("1");
        assert!(!log.contains("unknown"));
        assert!(log.lines().any(|line| line == "demo-1-get"));
    }
}
