//! The facts of the OpenAPI document: which operations there are, what each may answer and how that looks.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Map, Value};

/// The document without its prose. `LICENSE` says where it is from.
static FACTS: &str = include_str!("operations.json");

/// All operations.
pub struct Document {
    json: Value,
    operations: Vec<Operation>,
}

/// One method on one path.
pub struct Operation {
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    /// What the document says of it.
    pub facts: Value,
}

impl Document {
    pub fn read() -> &'static Document {
        static DOCUMENT: OnceLock<Document> = OnceLock::new();
        DOCUMENT.get_or_init(|| {
            let json: Value = serde_json::from_str(FACTS).expect("the facts are JSON");
            let operations = operations(&json);
            Document { json, operations }
        })
    }

    /// The operation that this path means: of several, the one with the fewest parameters.
    pub fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let meant = self.operations.iter().filter(|o| o.method == method && matches(&o.path, path));
        meant.min_by_key(|operation| operation.path.matches('{').count())
    }

    /// What stands behind a reference, or the value itself.
    pub fn resolve<'d>(&'d self, value: &'d Value) -> &'d Value {
        let Some(reference) = value["$ref"].as_str() else { return value };
        let pointer = reference.strip_prefix('#').expect("a reference into this document");
        self.resolve(self.json.pointer(pointer).unwrap_or_else(|| panic!("nothing at {reference}")))
    }

    /// Judges values by a schema of this document, and formats with it.
    pub fn validator(&self, schema: &Value) -> Validator {
        let mut root = schema.as_object().cloned().unwrap_or_default();
        root.insert("components".into(), self.json["components"].clone());
        let options = jsonschema::options().should_validate_formats(true);
        options.build(&Value::Object(root)).expect("the document's schemas are schemas")
    }
}

impl Operation {
    /// What the document says of an answer with this status, in its own words or in those of `default`, which stands
    /// for failures. A 400 looks the same everywhere: as it is documented where it is.
    pub fn response<'d>(&'d self, document: &'d Document, status: u16) -> Option<&'d Value> {
        let responses = &self.facts["responses"];
        let own = responses.get(status.to_string()).or_else(|| match status {
            400 => document.json.pointer("/components/responses/de.mittwald.v1.commons.ValidationError"),
            401.. => responses.get("default"),
            _ => None,
        });
        own.map(|found| document.resolve(found))
    }
}

fn operations(json: &Value) -> Vec<Operation> {
    let paths = json["paths"].as_object().expect("the document has paths");
    let of_path = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().cloned().unwrap_or_else(Map::new);
        let path = path.clone();
        methods.into_iter().map(move |(method, facts)| Operation {
            method: method.to_uppercase(),
            path: path.clone(),
            facts,
        })
    };
    paths.iter().flat_map(of_path).collect()
}

fn matches(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given => {}
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}
