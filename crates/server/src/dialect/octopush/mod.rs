//! The inbox dialect: conversations over phone numbers, and what is sent to many of them (the octopush contract, and
//! where it is silent what `docs/octopush.md` says).

mod agent;
mod asked;
mod caller;
mod campaign;
mod campaign_on_list;
mod contact;
mod conversation;
mod fault;
mod lenient;
mod live_chat;
mod parameter;
mod spelling;
mod sub_account;
mod wallet;
mod wire;

use axum::Router;
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};

use super::Dialect;
use crate::app::App;
use crate::http::Fault;

/// See the module.
pub struct Octopush;

impl Dialect for Octopush {
    fn name(&self) -> &'static str {
        "octopush"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/v1/public"]
    }

    fn routes(&self) -> Router<App> {
        let below = |path: &str| format!("/v1/public{path}");
        Router::new()
            .route(&below("/conversations"), get(conversation::list))
            .route(&below("/conversations/list"), get(conversation::list))
            .route(&below("/conversations/messages/list"), get(conversation::messages))
            .route(&below("/conversations/set-agent"), put(conversation::set_agent))
            .route(&below("/conversations/agent"), put(conversation::set_agent))
            .route(&below("/agents/list"), get(agent::list))
            .route(&below("/contact/create"), post(contact::create))
            .route(&below("/contact/delete"), delete(contact::delete))
            .route(&below("/contact-list/create"), post(contact::create_list))
            .route(&below("/contact-list/empty"), post(contact::empty_list))
            .route(&below("/contact-list/delete"), delete(contact::delete_list))
            .route(&below("/sms-campaign/send"), post(campaign::send_sms))
            .route(&below("/sms-campaign/draft"), get(campaign::draft))
            .route(&below("/multi-channel/send"), post(campaign::send_by_channel))
            .merge(on_list(&below("/sms-campaign-on-list")))
            .merge(on_list(&below("/sms-campaign-on-tag")))
            .route(&below("/wallet/check-balance"), get(wallet::balance))
            .route(&below("/wallet/check-credits"), get(wallet::credits))
            .route(&below("/user/campaign-parameters"), get(parameter::get))
            .route(&below("/user/campaign-parameters/edit"), patch(parameter::edit))
            .route(&below("/campaign/parameters"), get(parameter::get))
            .route(&below("/campaign/parameters/edit"), patch(parameter::edit))
            .route(&below("/subaccount/create"), post(sub_account::create))
            .route(&below("/subaccount/{email}"), get(sub_account::get))
            .route(&below("/subaccount/{email}/edit"), patch(sub_account::edit))
    }

    fn shows_rates(&self) -> bool {
        false
    }

    fn fault(&self) -> fn(Fault) -> Response {
        fault::of_shell
    }
}

/// The two steps of a campaign to a list, or to a tag.
fn on_list(path: &str) -> Router<App> {
    Router::new()
        .route(&format!("{path}/create"), post(campaign_on_list::create))
        .route(&format!("{path}/status"), get(campaign_on_list::status))
        .route(&format!("{path}/send"), post(campaign_on_list::send))
        .route(&format!("{path}/cancel"), delete(campaign_on_list::cancel))
}
