//! What is left, and what can be sent for it.

use parlance_engine::credit::price::{self, Price};
use parlance_engine::person::Kind;
use parlance_engine::workspace::{self, Change};
use serde_json::json;

use super::base::error;
use super::inbox::{Agent, Inbox};
use crate::support::{Database, Server, on_both};

on_both! {
    fn the_balance_is_money_or_what_it_buys(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let balance = |query: &str| inbox.agnes.get(&format!("/wallet/check-balance{query}")).expect(200);
        assert_eq!(balance(""), json!({"amount": 100, "unit": "euros"}));
        assert_eq!(balance("?country_code=fr&product_name=SMS_premium"), json!({"amount": 2000, "unit": "sms_premium"}));
        assert_eq!(balance("?country_code=FR&product_name=hlr"), json!({"amount": 0, "unit": "hlr"}));
        for alone in ["?country_code=FR", "?product_name=vocal_sms", "?country_code=France&product_name=vocal_sms", "?product_name[]=&country_code=FR"] {
            assert_eq!(balance(alone), json!({"amount": 100, "unit": "euros"}), "{alone}: the two come together");
        }
        let detailed = balance("?with_details=true");
        assert_eq!(detailed["wallet_packs"][0]["credit"], 100);
        assert_eq!(detailed["wallet_packs"][0]["wallet_pack_id"].as_str().unwrap().len(), 36);
        assert!(detailed.get("code").is_none());
    }

    fn credits_are_told_by_country_and_at_its_prices(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let dear = Price { product: "sms_premium".into(), country: "ES".into(), amount_micro: 300_000 };
        server.operator(Some(&inbox.workspace), move |cx| price::set(cx, &dear));
        let credits = |query: &str| inbox.agnes.get(&format!("/wallet/check-credits{query}")).expect(200);
        let of = |premium: i64| json!({"premium_sms": premium, "vocal_sms": 2000, "low_cost_sms": 2000, "hlr": 0});
        let both = json!({"FR": of(2000), "ES": of(333)});
        for query in ["?country_codes[]=FR&country_codes[]=ES", "?country_codes=fr&country_codes=es&country_codes=Spain", "?country_codes[1]=ES&country_codes[0]=FR"] {
            assert_eq!(credits(query), both, "{query}");
        }
        assert_eq!(credits(""), json!({"FR": of(2000)}), "the workspace's own country");
    }

    fn where_nothing_is_billed_there_is_no_end(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        server.operator(None, |cx| workspace::set(cx, "shop", &Change { billing: Some(false), ..Change::default() }));
        let premium = inbox.agnes.get("/wallet/check-credits").expect(200)["FR"]["premium_sms"].clone();
        assert_eq!(premium, 2_147_483_647_i64);
    }

    fn money_is_the_agents_business(server: &Server) {
        let inbox = Inbox::open(server, "shop");
        let ada = Agent::of(server, &inbox.workspace, Kind::Customer, "ada");
        for path in ["/wallet/check-balance", "/wallet/check-credits"] {
            assert_eq!(error(&ada.get(path), 403), 207, "{path}");
        }
    }
}
