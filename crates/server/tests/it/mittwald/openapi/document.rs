//! The facts of the OpenAPI document: which operations there are, what each may answer and how that looks.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Map, Value};

/// The document without its prose; `LICENSE` says where it is from. It differs in one thing: in a relocation the
/// provider's name and the target's product are `anyOf` any text and some names, where the document says `oneOf` and so
/// forbids the very names that it lists.
static FACTS: &str = include_str!("operations.json");

/// What stands for every failure of which nothing else is said.
const DEFAULT_FAILURE: &str = "de.mittwald.v1.commons.DefaultError";

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

    pub fn operations(&self) -> &[Operation] {
        &self.operations
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
    /// What the document says of an answer with this status: in its own words, or in those that stand for every other
    /// failure, of this operation or, where it has none, of all.
    pub fn response<'d>(&'d self, document: &'d Document, status: u16) -> Option<&'d Value> {
        let responses = &self.facts["responses"];
        let failure = || {
            let of_all = document.json["components"]["responses"].get(DEFAULT_FAILURE);
            responses.get("default").or(of_all).filter(|_| status >= 400)
        };
        let found = responses.get(status.to_string()).or_else(failure)?;
        Some(document.resolve(found))
    }

    /// The schema of a JSON request body.
    pub fn body(&self) -> Option<&Value> {
        self.facts.pointer("/requestBody/content/application~1json/schema")
    }

    /// Whether a request must have a body.
    pub fn needs_body(&self) -> bool {
        self.facts["requestBody"]["required"] == true
    }

    /// Parameters that stand at `place`: `query` or `header`.
    pub fn parameters<'o>(&'o self, place: &'o str) -> impl Iterator<Item = &'o Value> {
        let all = self.facts["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(move |parameter| parameter["in"] == place)
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
