//! `/unsubscribe/{link}`: ends the e-mails to somebody, without a login. Looking at it changes nothing, because programs
//! look at every link; the button does it, and so does the mail program's own (RFC 8058).

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use parlance_engine::{Error, Principal, notice};

use crate::app::App;
use crate::refusal;

/// A page of ours needs nothing from anywhere, and tells nobody where it was.
const HEADERS: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

const QUESTION: &str = "<p>Shall we stop telling you by e-mail what is said in your conversations?</p>\n\
    <form method=\"post\"><button>No more of these e-mails</button></form>";
const DONE: &str = "<p>You will get no more of these e-mails.</p>";

/// A link as it stands in the path.
type Link = Result<Path<String>, PathRejection>;

/// The routes.
pub fn routes() -> Router<App> {
    Router::new().route("/unsubscribe/{link}", get(ask).post(end))
}

/// GET: a page with a button.
async fn ask(State(app): State<App>, link: Link) -> Response {
    match of(&app, link) {
        Ok(_) => page(StatusCode::OK, QUESTION),
        Err(error) => refused(&error),
    }
}

/// POST: no more e-mails. The body is not looked at: it says what the path says.
async fn end(State(app): State<App>, link: Link) -> Response {
    let ended = async {
        let recipient = of(&app, link)?;
        let operator = Principal::Operator(Some(recipient.workspace));
        app.engine.write(operator, move |cx| notice::set_wanted(cx, recipient.person, false)).await
    };
    match ended.await {
        Ok(()) => page(StatusCode::OK, DONE),
        Err(error) => refused(&error),
    }
}

fn of(app: &App, link: Link) -> Result<parlance_engine::credential::link::Recipient, Error> {
    let Path(link) = link.map_err(|_| Error::NotFound)?;
    app.engine.links().open_unsubscribe(&link)
}

fn refused(error: &Error) -> Response {
    let (status, _) = refusal::status_and_code(error);
    let sentence = match error {
        Error::NotFound => "This link is not one of ours, or is not whole.".into(),
        other => refusal::sentence(other),
    };
    page(status, &format!("<p>{sentence}</p>"))
}

fn page(status: StatusCode, content: &str) -> Response {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>E-mails</title></head>\n\
         <body>\n{content}\n</body></html>\n"
    );
    let mut response = (status, Html(html)).into_response();
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
