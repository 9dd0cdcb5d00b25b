//! What holds for every request, whatever the dialect, with the real routes behind it.

use std::num::NonZeroU32;

use reqwest::Method;

use crate::support::{Database, Server};

#[test]
fn who_asks_whether_the_server_is_well_hears_it_on_a_busy_day_too() {
    let server = Server::configured(Database::sqlite(), |config| {
        config.rates.address_per_second = 1;
        config.rates.address_burst = NonZeroU32::MIN;
    });
    let ask = |path: &str| server.send(server.request(Method::GET, path)).status.as_u16();
    assert!((0..20).any(|_| ask("/user/stats") == 429), "the limit is never reached: this test says nothing");
    for _ in 0..20 {
        assert_eq!((ask("/healthz"), ask("/readyz")), (200, 200));
    }
}
