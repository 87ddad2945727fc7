//! The console, as the README has people open it.

use std::net::SocketAddr;

use postern_compose_tests::commands::succeeded;
use postern_compose_tests::project::Project;
use postern_tests::answer::Answer;
use postern_tests::message::Message;
use postern_tests::postback::forged;
use postern_tests::waiting::eventually;

const ACCOUNT: &str = "/console/account";
const NOW: &str = "/console/now";

#[tokio::test(flavor = "multi_thread")]
async fn the_console_of_either_backend_opens_for_a_token_and_for_nothing_else() {
    let project = Project::up();
    let refused = project
        .sends(&project.certificate(), &forged("click-1"))
        .await;
    refused.refused(401, "unauthorized");
    let token = ["admin", "token", "ada", "--role", "viewer"];
    let token = succeeded("admin token", &project.postern(&token));
    for at in project.admin_addrs() {
        let stranger = page(&project, at, ACCOUNT, "").await;
        assert_eq!(stranger.expect("it is published").status, 303);
        let wrong = logs_in(&project, at, &"0".repeat(64)).await;
        assert_eq!(wrong.expect("it is published").status, 401);
        let cookie = eventually("the console takes the token", async || {
            let answer = logs_in(&project, at, token.trim()).await?;
            let cookie = answer.header("set-cookie")?.split(';').next()?;
            (answer.status == 303).then(|| cookie.to_owned())
        })
        .await;
        shows(&project, at, ACCOUNT, &cookie, &["ada", "viewer"]).await;
        // The gate's counters are asked of Envoy, which is in another container.
        shows(&project, at, NOW, &cookie, &["unauthorized"]).await;
    }
}

/// A page comes to hold these words: Envoy hears of what the gate counts once a second.
async fn shows(project: &Project, at: SocketAddr, path: &str, cookie: &str, words: &[&str]) {
    eventually(&format!("{words:?} on {path}"), async || {
        let shown = page(project, at, path, cookie).await?;
        let text = String::from_utf8_lossy(&shown.body).into_owned();
        let all = words.iter().all(|word| text.contains(word));
        (shown.status == 200 && all).then_some(())
    })
    .await;
}

/// A page as a browser with this cookie asks for it.
async fn page(project: &Project, at: SocketAddr, path: &str, cookie: &str) -> Option<Answer> {
    let message = Message::new("GET", path).header("host", at.to_string());
    project.asks(at, &message.header("cookie", cookie)).await
}

async fn logs_in(project: &Project, at: SocketAddr, token: &str) -> Option<Answer> {
    let message = Message::new("POST", "/console/login")
        .header("host", at.to_string())
        .header("origin", format!("http://{at}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("token={token}"));
    project.asks(at, &message).await
}
