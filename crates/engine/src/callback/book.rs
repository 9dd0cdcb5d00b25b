//! Who wants to be called where.

use super::{Callback, Kind, store};
use crate::account::{self, Parameter};
use crate::{Cx, PersonId, Result};

/// The URLs that the accounts of a workspace have named.
pub(super) struct Book(Vec<(Option<PersonId>, Parameter, String)>);

impl Book {
    pub(super) fn open(cx: &mut Cx<'_>) -> Result<Book> {
        Ok(Book(account::said(cx, Parameter::CALLBACKS)?))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes down a call to each URL that is for what `sender` sent. What was written down under the same id was told
    /// already.
    pub(super) fn call(&self, cx: &mut Cx<'_>, sender: Option<PersonId>, callback: &Callback) -> Result<()> {
        let workspace = cx.workspace()?;
        for (number, url) in (1..).zip(self.urls(callback.kind, sender)) {
            let id = format!("{}.{number}", callback.id);
            let callback = Callback { id, url: url.to_owned(), ..callback.clone() };
            store::insert(cx.tx, workspace, &callback, &host(url))?;
        }
        Ok(())
    }

    /// The URLs for this, when it is about what `sender` sent.
    fn urls(&self, kind: Kind, sender: Option<PersonId>) -> impl Iterator<Item = &str> {
        let wanted = match kind {
            Kind::Delivery => Parameter::DeliveryUrl,
            Kind::Inbound => Parameter::InboundUrl,
            Kind::OptOut => Parameter::OptOutUrl,
        };
        let of = |account: Option<PersonId>| {
            self.0.iter().find(move |(whose, parameter, _)| *whose == account && *parameter == wanted)
        };
        let own = sender.and_then(|person| of(Some(person)));
        own.or_else(|| of(None)).into_iter().flat_map(|(_, _, urls)| urls.lines())
    }
}

/// The host of a URL, in lower case: not for calling it, but so that calls to one host wait for one another alone.
fn host(url: &str) -> String {
    let behind = url.split_once("://").map_or(url, |(_, behind)| behind);
    let authority = behind.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn the_host_of_a_url_is_what_is_connected_to() {
        for (url, expected) in [
            ("https://Shop.Example/hook?token=1", "shop.example"),
            ("http://user:secret@shop.example:8080", "shop.example:8080"),
            ("https://[::1]:8443/x@y", "[::1]:8443"),
            ("https://shop.example?at=a@b", "shop.example"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }
}
