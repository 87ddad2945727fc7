//! Where nginx with njs comes from: installed, or Debian's packages unpacked into a folder of the build. Unpacked,
//! not installed: installing would start a web server on port 80 of somebody's machine.

use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGES: [&str; 2] = ["nginx", "libnginx-mod-http-js"];
const BINARY: &str = "usr/sbin/nginx";
const MODULE: &str = "usr/lib/nginx/modules/ngx_http_js_module.so";

/// nginx and its njs module.
pub(crate) struct Nginx {
    pub(crate) binary: PathBuf,
    pub(crate) module: PathBuf,
}

/// Finds nginx on the machine, or unpacks it; the error says in plain words why it is not to be had.
pub(crate) fn find() -> Result<Nginx, String> {
    let unpacked = crate::repository().join("target/bench/nginx");
    for root in [Path::new("/"), &unpacked] {
        if let Some(nginx) = under(root) {
            return Ok(nginx);
        }
    }
    unpack(&unpacked)?;
    under(&unpacked).ok_or_else(|| "Debian's nginx packages hold no njs module.".to_owned())
}

fn under(root: &Path) -> Option<Nginx> {
    let nginx = Nginx {
        binary: root.join(BINARY),
        module: root.join(MODULE),
    };
    (nginx.binary.exists() && nginx.module.exists()).then_some(nginx)
}

fn unpack(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    // The lists may be missing, as in a container's image: then they are fetched, and it is tried again.
    if let Err(reason) = download(folder) {
        if !nix::unistd::geteuid().is_root() {
            return Err(reason);
        }
        run(Command::new("apt-get").args(["update", "-q"]))?;
        download(folder)?;
    }
    for entry in std::fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .flatten()
    {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            run(Command::new("dpkg").arg("-x").arg(&path).arg(folder))?;
        }
    }
    Ok(())
}

fn download(folder: &Path) -> Result<(), String> {
    run(Command::new("apt-get")
        .args(["download", "-q"])
        .args(PACKAGES)
        .current_dir(folder))
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{name} failed: {}",
        words.lines().last().unwrap_or("no message")
    ))
}
