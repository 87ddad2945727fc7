//! What is packed and installed outside a cluster: the filter as an OCI image, and the units for systemd.
//!
//! Run once: no Envoy is asked.

use postern_tests::programs::{filter, root, shipped};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[track_caller]
fn succeeded(output: &Output) {
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}

/// Makes sure that a program is there.
fn needs(program_and_package: &str) {
    let mut need = Command::new(root().join("tools/need"));
    let ran = need.arg(program_and_package).output();
    succeeded(&ran.expect("tools/need runs"));
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn pack(folder: &Path) -> Output {
    let mut command = Command::new(root().join("tools/oci"));
    command
        .arg(folder)
        .arg(filter())
        .output()
        .expect("tools/oci runs")
}

/// What a descriptor names, with its digest and size checked.
#[track_caller]
fn blob(layout: &Path, descriptor: &Value) -> Vec<u8> {
    let digest = descriptor["digest"]
        .as_str()
        .expect("a digest")
        .strip_prefix("sha256:")
        .expect("SHA-256");
    let bytes = fs::read(layout.join("blobs/sha256").join(digest)).expect("the blob is there");
    assert_eq!(hex(&bytes), digest);
    assert_eq!(descriptor["size"], bytes.len());
    bytes
}

#[track_caller]
fn document(layout: &Path, descriptor: &Value, media_type: &str) -> Value {
    assert_eq!(descriptor["mediaType"], media_type);
    serde_json::from_slice(&blob(layout, descriptor)).expect("JSON")
}

fn index_of(layout: &Path) -> Vec<u8> {
    fs::read(layout.join("index.json")).expect("there")
}

fn output(program: &str, arguments: &[&str], file: &Path) -> Vec<u8> {
    let ran = Command::new(program).args(arguments).arg(file).output();
    let ran = ran.unwrap_or_else(|error| panic!("{program}: {error}"));
    succeeded(&ran);
    ran.stdout
}

/// Claims that the image for one platform is the filter, in one layer.
fn is_the_filter(layout: &Path, platform: &Value) {
    let manifest = document(layout, platform, &oci("manifest.v1+json"));
    let config = document(layout, &manifest["config"], &oci("config.v1+json"));
    assert_eq!(config["architecture"], platform["platform"]["architecture"]);
    let layers = manifest["layers"].as_array().expect("a list");
    assert_eq!(layers.len(), 1);
    assert_eq!(layers[0]["mediaType"], oci("layer.v1.tar+gzip"));
    let folder = tempfile::tempdir().expect("a folder");
    let packed = folder.path().join("layer.tar.gz");
    fs::write(&packed, blob(layout, &layers[0])).expect("written");
    let unpacked = hex(&output("gzip", &["-dc"], &packed));
    assert_eq!(
        config["rootfs"]["diff_ids"][0],
        format!("sha256:{unpacked}")
    );
    assert_eq!(output("tar", &["-tzf"], &packed), b"plugin.wasm\n");
    let inside = output("tar", &["-xzOf"], &packed);
    assert!(
        inside == fs::read(filter()).expect("read"),
        "another filter is inside"
    );
}

fn oci(kind: &str) -> String {
    format!("application/vnd.oci.image.{kind}")
}

#[test]
fn the_filter_is_an_image_whose_digests_hold_and_whose_one_layer_is_the_filter() {
    let folder = tempfile::tempdir().expect("a folder");
    let layout = folder.path().join("image");
    succeeded(&pack(&layout));
    let index: Value = serde_json::from_slice(&index_of(&layout)).expect("JSON");
    let tag = &index["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"];
    assert_eq!(*tag, version());
    let platforms = document(&layout, &index["manifests"][0], &oci("index.v1+json"));
    let platforms = platforms["manifests"].as_array().expect("a list");
    assert_eq!(platforms.len(), 2);
    for platform in platforms {
        is_the_filter(&layout, platform);
    }
    // The same filter gives the same image, and nothing is written over.
    let again = folder.path().join("again");
    succeeded(&pack(&again));
    assert_eq!(index_of(&again), index_of(&layout));
    let refused = pack(&layout);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is there already"));
}

/// The project's version, which is the image's tag.
fn version() -> String {
    let manifest = shipped("Cargo.toml");
    let line = manifest
        .lines()
        .find_map(|it| it.strip_prefix("version = "));
    line.expect("a version").trim_matches('"').to_owned()
}

/// Debian's `skopeo`, which reads images as registries and engines do.
fn skopeo(arguments: &[&str]) -> Output {
    let ran = Command::new("skopeo").args(arguments).output();
    ran.expect("skopeo runs")
}

#[test]
fn skopeo_reads_the_filters_image_and_copies_it_whole() {
    needs("skopeo:skopeo");
    let folder = tempfile::tempdir().expect("a folder");
    let layout = folder.path().join("image");
    succeeded(&pack(&layout));
    let image = format!("oci:{}:{}", layout.display(), version());
    for architecture in ["amd64", "arm64"] {
        let inspected = skopeo(&["--override-arch", architecture, "inspect", &image]);
        succeeded(&inspected);
        let told: Value = serde_json::from_slice(&inspected.stdout).expect("JSON");
        assert_eq!(told["Architecture"], architecture);
        assert_eq!(told["Os"], "linux");
        assert_eq!(told["Layers"].as_array().map(Vec::len), Some(1), "{told}");
    }
    // As it is put into a registry: each digest and size is looked at on the way.
    let copy = format!("oci:{}:copy", folder.path().join("copy").display());
    let copies = || skopeo(&["--insecure-policy", "copy", "--all", &image, &copy]);
    succeeded(&copies());
    // Of such looks one that finds something: a layer with a byte more.
    fs::remove_dir_all(folder.path().join("copy")).expect("removed");
    let blobs = fs::read_dir(layout.join("blobs/sha256"))
        .expect("there")
        .flatten();
    let largest = blobs.max_by_key(|it| it.metadata().map_or(0, |it| it.len()));
    let layer = largest.expect("there are blobs").path();
    let bytes = fs::read(&layer).expect("read");
    fs::write(&layer, [&bytes[..], b"x"].concat()).expect("written");
    let refused = copies();
    assert!(!refused.status.success(), "a changed layer is not noticed");
}

/// A unit whose programs are ones that are here, for what is checked is the rest.
fn unit_in(folder: &Path, name: &str) -> PathBuf {
    let text = shipped(&format!("deploy/systemd/{name}"));
    let programs = ["/usr/local/bin/postern ", "/usr/local/bin/envoy "];
    let here = programs.iter().fold(text.clone(), |text, program| {
        text.replace(program, "/bin/true ")
    });
    assert_ne!(here, text, "{name} starts neither");
    let path = folder.join(name);
    fs::write(&path, here).expect("written");
    path
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units_and_counts_them_as_locked_down() {
    needs("systemd-analyze:systemd");
    let folder = tempfile::tempdir().expect("a folder");
    let units =
        ["postern.service", "postern-envoy.service"].map(|name| unit_in(folder.path(), name));
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args(&units)
        .output();
    let verified = verified.expect("systemd-analyze runs");
    succeeded(&verified);
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    assert!(
        !said.contains(&folder.path().display().to_string()),
        "{said}"
    );
    for unit in &units {
        // Of a hundred; systemd itself calls what is below 20 \"OK\".
        let counted = Command::new("systemd-analyze")
            .args(["security", "--offline=yes", "--threshold=20"])
            .arg(unit)
            .output();
        succeeded(&counted.expect("systemd-analyze runs"));
    }
}

#[test]
fn a_unit_with_a_mistake_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let unit = unit_in(folder.path(), "postern.service");
    let text = fs::read_to_string(&unit).expect("written");
    fs::write(&unit, text.replace("ExecStart=", "ExecStrat=")).expect("written");
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&unit)
        .output();
    assert!(!verified.expect("systemd-analyze runs").status.success());
}
