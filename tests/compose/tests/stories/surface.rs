//! What can be reached from outside, what it answers, and what each container was left with.

use postern_compose_tests::commands::succeeded;
use postern_compose_tests::project::Project;
use postern_tests::answer::Answer;
use postern_tests::event::Event;
use postern_tests::message::Message;
use postern_tests::partner::SECRET;
use postern_tests::postback::{forged, registration, registration_of};
use postern_tests::signing::{signed_json, signed_parameters};

/// What compose starts, but for the demo and for Prometheus and Grafana.
const SERVICES: [&str; 5] = ["envoy", "backend-1", "backend-2", "postgres", "first-start"];

fn post(event: &Event) -> Message {
    Message::new("POST", "/v1/event")
        .header("content-type", "application/json")
        .source("partner_name")
        .body(signed_json(SECRET, event))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verdict_and_refusal_comes_through_the_published_port() {
    let project = Project::up();
    imports_clicks(&project).await;
    let certificate = project.certificate();
    for (message, status, word) in booked().into_iter().chain(refused()) {
        let answer = project.sends(&certificate, &message).await;
        let json = answer.json();
        let got = json["result"].as_str().or(json["error"].as_str());
        assert_eq!((answer.status, got), (status, Some(word)), "{answer:?}");
    }
    limits_and_absence(&project).await;
}

/// A request, the status it is answered with, and the verdict or the refusal's code.
type Story = (Message, u16, &'static str);

/// One delivery for each verdict; the sixth names a click that nobody knows.
fn booked() -> Vec<Story> {
    let pending = Event::ftd("click-2").text("status", "pending");
    let comma = Event::ftd("click-3").text("amount", "1.234,50");
    let get = signed_parameters(SECRET, &Event::ftd("click-4"));
    let get = Message::new("GET", format!("/v1/event?{get}")).source("partner_name");
    vec![
        (post(&Event::ftd("click-1")), 200, "accepted"),
        (post(&Event::ftd("click-1")), 200, "duplicate"),
        (post(&pending), 200, "accepted"),
        (post(&Event::ftd("click-2")), 200, "updated"),
        (get, 200, "accepted"),
        (post(&Event::ftd("nobody-knows-me")), 200, "flagged"),
        (post(&comma), 200, "quarantined"),
        (
            post(&Event::ftd("click-5").text("event", "jackpot")),
            422,
            "invalid",
        ),
    ]
}

/// One request for each refusal that needs no more than itself.
fn refused() -> Vec<Story> {
    let big = " ".repeat(70 * 1024);
    vec![
        (registration("click-6").body("{"), 400, "unreadable"),
        (forged("click-6"), 401, "unauthorized"),
        (registration_of("nobody", "click-6"), 403, "forbidden"),
        (
            registration("click-6").target("/elsewhere"),
            404,
            "not_found",
        ),
        (
            registration("click-6").method("PUT"),
            405,
            "method_not_allowed",
        ),
        (registration("click-6").body(big), 413, "body_too_large"),
        (
            registration("click-6")
                .without("content-type")
                .header("content-type", "text/xml"),
            415,
            "unsupported_media_type",
        ),
    ]
}

/// Too many at once, too many failures, and no backend.
async fn limits_and_absence(project: &Project) {
    let limited =
        "sed -i 's/^burst = 100000/burst = 1/; s/^rate_per_second = 100000/rate_per_second = 1/'";
    project.in_config(&format!(
        "{limited} partners.toml && postern partners apply"
    ));
    refuses(project, "rate_limited", |number| {
        registration(&format!("late-{number}"))
    })
    .await;
    refuses(project, "too_many_failures", |number| {
        forged(&format!("late-{number}"))
    })
    .await;
    project.runs(&["stop", "-t", "1", "backend-1", "backend-2"]);
    let gone = |number| registration(&format!("gone-{number}"));
    let unavailable = until_answer(project, |answer| answer.status == 503, gone).await;
    unavailable.refused(503, "unavailable");
}

/// Sends until one is refused by 429 for this reason.
async fn refuses(project: &Project, reason: &str, message: impl Fn(usize) -> Message) {
    let answer = until_answer(project, |answer| answer.status == 429, message).await;
    answer.refused(429, reason);
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
}

async fn until_answer(
    project: &Project,
    wanted: impl Fn(&Answer) -> bool,
    message: impl Fn(usize) -> Message,
) -> Answer {
    let certificate = project.certificate();
    let mut number = 0;
    postern_tests::waiting::eventually("the answer", async || {
        number += 1;
        Some(project.sends(&certificate, &message(number)).await).filter(&wanted)
    })
    .await
}

/// By the admin API, as published.
async fn imports_clicks(project: &Project) {
    let token = succeeded(
        "admin token",
        &project.postern(&["admin", "token", "tester"]),
    );
    let mut csv = "clickid\n".to_owned();
    for number in 1..10 {
        csv += &format!("click-{number}\n");
    }
    let [admin, _] = project.admin_addrs();
    let message = Message::new("POST", "/admin/clicks")
        .header("content-type", "text/csv")
        .header("host", admin.to_string())
        .header("authorization", format!("Bearer {}", token.trim()))
        .body(csv);
    postern_tests::waiting::eventually("the backend takes the token", async || {
        let answer = project.asks(admin, &message).await?;
        (answer.status == 200).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_container_has_given_up_what_it_does_not_need() {
    let project = Project::up();
    for service in SERVICES {
        let is = |format: &str| project.inspects(service, format);
        let user = is("{{.Config.User}}");
        assert!(
            !["", "0", "root", "0:0"].contains(&user.as_str()),
            "{service} runs as {user:?}"
        );
        assert_eq!(is("{{.HostConfig.ReadonlyRootfs}}"), "true", "{service}");
        assert_eq!(
            is("{{.HostConfig.CapDrop}}{{.HostConfig.CapAdd}}{{.HostConfig.Privileged}}"),
            "[ALL][]false",
            "{service}"
        );
        assert_eq!(
            is("{{.HostConfig.SecurityOpt}}"),
            "[no-new-privileges:true]",
            "{service}"
        );
        assert_ne!(is("{{.HostConfig.Memory}}"), "0", "{service}");
        assert_ne!(is("{{.HostConfig.PidsLimit}}"), "0", "{service}");
        assert!(
            !is("{{json .HostConfig.PortBindings}}").contains("\"0.0.0.0\""),
            "{service}"
        );
    }
    let published = SERVICES.map(|service| {
        project.inspects(
            service,
            "{{range $port, $_ := .HostConfig.PortBindings}}{{$port}} {{end}}",
        )
    });
    assert_eq!(published, ["8443/tcp", "8091/tcp", "8091/tcp", "", ""]);
    // Connections are open files: whoever takes many has all that the engine grants.
    for service in ["envoy", "backend-1", "backend-2"] {
        let limits = project.reads(service, "/proc/1/limits");
        let files = limits.lines().find(|it| it.starts_with("Max open files"));
        let files: Vec<&str> = files.expect("a limit").split_whitespace().collect();
        assert_eq!(files[3], files[4], "{service}: {files:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_in_files_of_those_who_need_them_and_nowhere_else() {
    let project = Project::up();
    let url = project.reads("backend-1", "/etc/postern/database/url");
    let password = url.split(['@', ':']).nth(2).expect("a password").to_owned();
    let token = project.reads("backend-1", "/etc/postern/partners/proof.tokens");
    for service in SERVICES {
        let id = project.container(service);
        let all = project.inspects(service, "{{json .}}");
        let image = project.inspects(service, "{{.Image}}");
        let output = postern_compose_tests::commands::docker(&["inspect", &image]).output();
        let all = all + &succeeded("docker inspect", &output.expect("docker can be run"));
        let history =
            postern_compose_tests::commands::docker(&["history", "--no-trunc", &image]).output();
        let all = all + &succeeded("docker history", &history.expect("docker can be run"));
        for secret in [password.trim(), token.trim(), SECRET] {
            assert!(!all.contains(secret), "{service} ({id}) shows a secret");
        }
    }
    let sees = |service: &str, path: &str| {
        let mounts = project.inspects(service, "{{range .Mounts}}{{.Destination}} {{end}}");
        mounts
            .split_whitespace()
            .any(|mount| path.starts_with(mount))
    };
    assert!(
        !sees("envoy", "/etc/postern/database/url") && !sees("envoy", "/etc/postern/partners/")
    );
    assert!(
        !sees("backend-1", "/etc/postern/tls/server.key")
            && !sees("backend-1", "/etc/postern/edge/")
    );
    assert!(!sees("postgres", "/etc/postern/"));
    let mode =
        project.in_config("stat -c %a ../database/url partners.toml ../edge/postern-filter.json");
    assert_eq!(mode.split_whitespace().collect::<Vec<_>>(), ["600"; 3]);
}
