//! Kubernetes' own JSON Schema of its objects: what a cluster says of the shape of a manifest, without a cluster.

use std::fs;

use serde_json::{Value, json};

use crate::manifest::text;
use crate::programs::kubernetes_schema;

/// The definitions of all kinds that Kubernetes brings itself; no field is allowed that it does not know.
pub struct KubernetesSchema(Value);

impl KubernetesSchema {
    /// Reads what `tools/kubernetes-schema` has fetched.
    ///
    /// # Panics
    /// When it is not there, or is none.
    #[must_use]
    pub fn read() -> KubernetesSchema {
        let text = fs::read_to_string(kubernetes_schema()).expect("the schema is there");
        KubernetesSchema(serde_json::from_str(&text).expect("JSON"))
    }

    /// What is wrong with an object, a line each.
    ///
    /// # Panics
    /// When Kubernetes brings no such kind.
    #[must_use]
    #[track_caller]
    pub fn mistakes(&self, object: &serde_norway::Value) -> Vec<String> {
        let (version, kind) = (text(&object["apiVersion"]), text(&object["kind"]));
        let name = self.definition(version, kind);
        let name = name.unwrap_or_else(|| panic!("Kubernetes knows no {version} {kind}"));
        let schema = json!({ "$ref": format!("#/$defs/{name}"), "$defs": self.0["$defs"] });
        let schema = jsonschema::validator_for(&schema).expect("a schema");
        let object = serde_json::to_value(object).expect("YAML that is JSON too");
        let mistakes = schema.iter_errors(&object);
        mistakes
            .map(|it| format!("{kind} {}: {it}", it.instance_path()))
            .collect()
    }

    fn definition(&self, version: &str, kind: &str) -> Option<&str> {
        let (group, version) = version.rsplit_once('/').unwrap_or(("", version));
        let wanted = json!({ "group": group, "version": version, "kind": kind });
        let is_it = |definition: &Value| {
            let kinds = definition["x-kubernetes-group-version-kind"].as_array();
            kinds.is_some_and(|kinds| kinds.contains(&wanted))
        };
        let mut all = self.0["$defs"].as_object()?.iter();
        all.find(|(_, definition)| is_it(definition))
            .map(|(name, _)| name.as_str())
    }
}
