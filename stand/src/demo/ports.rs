//! Whether the chosen ports can be had, before anything starts: Envoy would only say it in its log.

use std::io::ErrorKind;

use postern_stand::{StandError, listen};

use super::options::{API_PORT, ENVOY_ADMIN_PORT, HTTP_PORT, HTTPS_PORT, Up};

/// Refuses ports that are chosen twice or cannot be had, all of them at once.
pub(crate) fn check(options: &Up) -> Result<(), StandError> {
    let ports = [
        (options.https_port, HTTPS_PORT),
        (options.http_port, HTTP_PORT),
        (options.envoy_admin_port, ENVOY_ADMIN_PORT),
        (options.api_port, API_PORT),
    ];
    let mut wrong = Vec::new();
    for (index, (port, name)) in ports.into_iter().enumerate() {
        let other = ports[..index].iter().find(|(other, _)| *other == port);
        if let Some((_, other)) = other {
            wrong.push(format!(
                "port {port} is chosen twice, by {other} and {name}: give each its own"
            ));
        } else if let Err(cause) = listen(port) {
            let remedy = format!("choose another with {name}");
            wrong.push(match cause.kind() {
                ErrorKind::AddrInUse => {
                    format!("port {port} is in use: stop what uses it, or {remedy}")
                }
                ErrorKind::PermissionDenied => {
                    format!("port {port} is only for root: {remedy}, above 1023")
                }
                _ => format!("port {port} cannot be had ({cause}): {remedy}"),
            });
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(StandError::new(wrong.join("\n         ")))
}
