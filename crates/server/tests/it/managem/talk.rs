//! A conversation of ada and bob with everything in it that an operation can be about.

use reqwest::Method;
use serde_json::{Value, json};

pub use crate::support::until;
use crate::support::{Server, User};

/// What ada has begun with bob: a message with one image on it, one image that waits to be finalised, and one whose
/// bytes are still to come.
pub struct Talk {
    pub conversation: String,
    pub message: String,
    pub attached: String,
    pub view_url: String,
    pub uploaded: String,
    pub draft: String,
    pub upload_url: String,
}

/// An operation of the contract, ready to be sent.
pub struct Operation {
    pub name: &'static str,
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
}

impl Talk {
    pub fn begin(server: &Server, ada: &User<'_>) -> Talk {
        let order =
            json!({"source": {"type": "ORDER", "id": "o-1"}, "recipientId": "bob", "body": "A picture:"});
        let conversation = ada.post("/conversations", &order).expect(201);
        let (id, message) = (text(&conversation, "id"), text(&conversation["lastMessage"], "id"));
        let path = format!("/conversations/{id}/messages/{message}/attachments");
        let upload = || {
            let draft = ada.post(&path, &json!({})).expect(201);
            let put = server.request(Method::PUT, &text(&draft, "uploadURL")).body(png());
            server.send(put).expect(200);
            text(&draft, "id")
        };
        let attached = ada.patch(&path, &json!({"id": upload()})).expect(200);
        let draft = ada.post(&path, &json!({})).expect(201);
        Talk {
            conversation: id,
            message,
            attached: text(&attached, "id"),
            view_url: text(&attached, "url"),
            uploaded: upload(),
            draft: text(&draft, "id"),
            upload_url: text(&draft, "uploadURL"),
        }
    }

    pub fn messages(&self) -> String {
        format!("/conversations/{}/messages", self.conversation)
    }

    pub fn attachments(&self) -> String {
        format!("{}/{}/attachments", self.messages(), self.message)
    }

    /// Every operation on this conversation, in an order in which its owner can do them all.
    pub fn operations(&self) -> Vec<Operation> {
        vec![
            operation("list messages", Method::GET, self.messages(), None),
            operation("send", Method::POST, self.messages(), Some(json!({"body": "Hello?"}))),
            operation("create attachment", Method::POST, self.attachments(), Some(json!({}))),
            operation("finalize", Method::PATCH, self.attachments(), Some(json!({"id": self.uploaded}))),
            operation("delete", Method::DELETE, format!("{}/{}", self.attachments(), self.attached), None),
            operation("lock", Method::POST, format!("/conversations/{}/lock", self.conversation), None),
        ]
    }
}

/// The operations that are about no conversation there is.
pub fn others() -> Vec<Operation> {
    let new = json!({"source": {"type": "LISTING", "id": "l-1"}, "recipientId": "bob", "body": "Is it new?"});
    vec![
        operation("list", Method::GET, "/conversations".into(), None),
        operation("unread", Method::GET, "/conversations/unread-count".into(), None),
        operation("stats", Method::GET, "/user/stats".into(), None),
        operation("create", Method::POST, "/conversations".into(), Some(new)),
    ]
}

impl Operation {
    pub fn writes(&self) -> bool {
        self.method != Method::GET
    }

    /// The status when it is done.
    pub fn done(&self) -> u16 {
        match self.name {
            "send" | "create" | "create attachment" => 201,
            "delete" => 204,
            _ => 200,
        }
    }

    /// As a request of nobody yet.
    pub fn request(&self, server: &Server) -> reqwest::RequestBuilder {
        let request = server.request(self.method.clone(), &self.path);
        match &self.body {
            Some(body) => request.json(body),
            None => request,
        }
    }
}

fn operation(name: &'static str, method: Method, path: String, body: Option<Value>) -> Operation {
    Operation { name, method, path, body }
}

pub fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(3, 2).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

pub fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}
