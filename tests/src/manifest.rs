//! Kubernetes manifests as a cluster would take them: objects by kind and name, and a container's files laid out as
//! the [`kubelet`] would mount them.

use crate::kubelet::{self, Files};
use crate::tls::Identity;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize as _;
use serde_norway::{Deserializer, Value};
use std::path::Path;

/// The objects of a manifest.
pub struct Objects(Vec<Value>);

impl Objects {
    /// Reads all of a manifest's documents.
    ///
    /// # Panics
    /// When one is not YAML.
    #[must_use]
    pub fn read(yaml: &[u8]) -> Objects {
        let all = Deserializer::from_slice(yaml).map(|one| Value::deserialize(one).expect("YAML"));
        Objects(all.collect())
    }

    /// The object of this kind and name.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    #[track_caller]
    pub fn get(&self, kind: &str, name: &str) -> &Value {
        let is = |object: &&Value| object["kind"] == kind && object["metadata"]["name"] == name;
        let found = self.0.iter().find(is);
        found.unwrap_or_else(|| panic!("there is no {kind} `{name}`"))
    }

    /// The pods of the deployment `postern`.
    #[must_use]
    pub fn pod(&self) -> &Value {
        self.pod_of("postern")
    }

    /// The pods of a deployment.
    #[must_use]
    #[track_caller]
    pub fn pod_of(&self, deployment: &str) -> &Value {
        &self.get("Deployment", deployment)["spec"]["template"]["spec"]
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Value] {
        &self.0
    }

    /// One of their containers.
    #[must_use]
    #[track_caller]
    pub fn container(&self, name: &str) -> &Value {
        named(&self.pod()["containers"], name)
    }

    /// Writes what a container mounts below `root`, at first or anew. The certificate is in no manifest. Texts name
    /// places and ports: `here` says what stands for them.
    ///
    /// # Panics
    /// When it mounts what is not there.
    pub fn mount(
        &self,
        container: &str,
        root: &Path,
        certificate: &Identity,
        here: impl Fn(&str) -> String,
    ) {
        for mount in list(&self.container(container)["volumeMounts"]) {
            let volume = named(&self.pod()["volumes"], text(&mount["name"]));
            let folder = root.join(text(&mount["mountPath"]).trim_start_matches('/'));
            let files = self.files(volume, certificate).into_iter();
            let files = files.map(|(name, bytes)| match String::from_utf8(bytes) {
                Ok(text) => (name, here(&text).into_bytes()),
                Err(no_text) => (name, no_text.into_bytes()),
            });
            kubelet::write(&folder, &files.collect());
        }
    }

    fn files(&self, volume: &Value, certificate: &Identity) -> Files {
        let object = match volume["configMap"]["name"].as_str() {
            Some(name) => self.get("ConfigMap", name),
            None if volume["secret"]["secretName"] == "postern-tls" => {
                return tls(volume, certificate);
            }
            None => self.get("Secret", text(&volume["secret"]["secretName"])),
        };
        let data = object["binaryData"]
            .as_mapping()
            .or(object["data"].as_mapping());
        let decoded = |value: &Value| BASE64_STANDARD.decode(text(value)).expect("base64");
        let files = data.expect("a table of files").iter();
        files
            .map(|(name, value)| (text(name).to_owned(), decoded(value)))
            .collect()
    }
}

/// The files that a volume makes of a secret of type `kubernetes.io/tls`.
fn tls(volume: &Value, identity: &Identity) -> Files {
    let path = |key: &str| {
        let items = list(&volume["secret"]["items"]);
        let item = items.iter().find(|item| item["key"] == key);
        text(&item.expect("each key is mounted")["path"]).to_owned()
    };
    vec![
        (path("tls.crt"), identity.certificate_pem().into_bytes()),
        (path("tls.key"), identity.key_pem().into_bytes()),
    ]
}

/// A text of a manifest.
///
/// # Panics
/// When it is none.
#[must_use]
#[track_caller]
pub fn text(value: &Value) -> &str {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("no text: {value:?}"))
}

/// A list of a manifest.
///
/// # Panics
/// When it is none.
#[must_use]
#[track_caller]
pub fn list(value: &Value) -> &[Value] {
    let list = value.as_sequence();
    list.unwrap_or_else(|| panic!("no list: {value:?}"))
}

/// The item of this name.
///
/// # Panics
/// When there is none.
#[must_use]
#[track_caller]
pub fn named<'v>(all: &'v Value, name: &str) -> &'v Value {
    let found = list(all).iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("there is no `{name}`"))
}
