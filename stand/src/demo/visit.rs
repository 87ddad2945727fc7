//! The demo in containers: the parts run already, and are reached over the network only.

use std::fs;

use postern_stand::StandError;
use reqwest::Client;
use tokio::runtime::Builder;

use super::options::Visit;
use super::send::Gate;
use super::{first_start, samples, say, showing};

/// Makes the demo's clicks known, sends its postbacks and shows what became of them.
///
/// # Errors
/// When a part cannot be reached, or a postback was not answered as it should be.
pub(crate) fn visit(options: &Visit) -> Result<(), StandError> {
    let Ok(token) = fs::read_to_string(options.folder.join(first_start::TOKEN)) else {
        say("The partners are your own, so the demo sends nothing.");
        return Ok(());
    };
    let path = options.folder.join(first_start::CERTIFICATE);
    let certificate = fs::read(&path)
        .map_err(|cause| StandError::new(format!("reading {}: {cause}", path.display())))?;
    let gate = Gate::new(options.gate.clone(), &certificate)?;
    let run = showing::run_name();
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|cause| StandError::new(format!("starting the demo: {cause}")))?;
    let all_right = runtime.block_on(async {
        import_clicks(&options.admin, token.trim(), &run).await?;
        showing::show(&gate, &run).await
    })?;
    if all_right {
        return Ok(());
    }
    let reason = "not every postback was answered as it should be; the logs of envoy and of the backends say more";
    Err(StandError::new(reason))
}

async fn import_clicks(admin: &str, token: &str, run: &str) -> Result<(), StandError> {
    let client = Client::builder().no_proxy().build();
    let sent = client
        .map_err(|cause| not_imported(&cause))?
        .post(format!("{admin}/admin/clicks"))
        .bearer_auth(token)
        .header("content-type", "text/csv")
        .body(samples::clicks(run))
        .send()
        .await;
    let answer = sent.map_err(|cause| not_imported(&cause))?;
    let status = answer.status();
    let said = answer.text().await.map_err(|cause| not_imported(&cause))?;
    if status.is_success() {
        return Ok(());
    }
    Err(StandError::new(format!(
        "the clicks were not imported: {status}: {said}"
    )))
}

fn not_imported(cause: &reqwest::Error) -> StandError {
    StandError::new(format!("the clicks were not imported: {cause:?}"))
}
