//! Where `sign` and `send` take the secret from.

use std::fmt;
use std::path::PathBuf;

use postern_protocol::sign::Secret;

use super::environment;
use super::failure::Failure;
use crate::files;

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct KeyArg {
    /// A file that holds the secret
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// A variable of the environment that holds the secret
    #[arg(long, value_name = "NAME")]
    secret_env: Option<String>,
    /// The secret itself; others on this machine can see it while the command runs
    #[arg(long, value_name = "SECRET")]
    secret: Option<String>,
}

/// Where the secret comes from; never the secret.
impl fmt::Debug for KeyArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyArg")
            .field("secret_file", &self.secret_file)
            .field("secret_env", &self.secret_env)
            .field("secret", &self.secret.as_ref().map(|_| "…"))
            .finish()
    }
}

impl KeyArg {
    pub(super) fn read(&self) -> Result<Secret, Failure> {
        let text = match (&self.secret_file, &self.secret_env, &self.secret) {
            (Some(path), _, _) => files::read(path)?.trim_end_matches(['\r', '\n']).to_owned(),
            (_, Some(name), _) => environment(name)
                .ok_or_else(|| Failure::new(format!("the variable {name} is not set")))?,
            (_, _, secret) => secret.clone().unwrap_or_default(),
        };
        Secret::parse(&text).map_err(|error| Failure::new(format!("the secret {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::KeyArg;

    #[test]
    fn a_secret_of_the_command_line_is_not_shown() {
        let argument = KeyArg {
            secret_file: None,
            secret_env: None,
            secret: Some("your_secret_key".to_owned()),
        };
        assert!(!format!("{argument:?}").contains("your_secret_key"));
    }
}
