//! What a service centre sends that makes no sense: it is answered with the status that fits, and the session lives on.

use serde_json::json;

use super::shop::{CODE, PHONE, Shop};
use super::with_smsc;
use crate::support::{Database, Smsc, until};

/// A unit in hexadecimal whose length is right, whatever is in it.
fn unit(command: u32, body: &[u8]) -> String {
    let length = u32::try_from(16 + body.len()).expect("a short body");
    let head = [length, command, 0, 0x7777].map(u32::to_be_bytes).concat();
    [&head[..], body].concat().iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Octets that only look like chance, the same in each run.
fn garbage(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let length = next() % 120;
    (0..length).map(|_| next().to_le_bytes()[0]).collect()
}

with_smsc! {
    fn units_that_cannot_be_read_leave_the_session_alive(shop: Shop) {
        let bodies: [&[u8]; 5] = [
            b"",
            b"no string ends here",
            b"\0\x01\x01\xff\xfe\0\x01\x0112345\0",
            b"\0\x01\x0133600000001\0\x01\x0112345\0\0\0\0\0\0\0\0\0\0\xff short",
            b"\0\x01\x0133600000001\0\x01\x0112345\0\x40\0\0\0\0\0\0\0\0\x03\xffab",
        ];
        for body in bodies {
            for command in [5, 0x103, 0x102, 4, 0x21, 0x0bad, 0x8000_0004, 0x8000_0000] {
                shop.smsc.command(&json!({ "raw": unit(command, body) }));
            }
        }
        for seed in 1..200 {
            shop.smsc.command(&json!({ "raw": unit(if seed % 3 == 0 { 0x103 } else { 5 }, &garbage(seed)) }));
        }
        shop.hear("still here");
        assert_eq!(shop.said().last().map(String::as_str), Some("still here"));
        assert_eq!(shop.smsc.told_of("bound").len(), 1, "it is the same session");
    }

    fn a_stream_that_cannot_be_cut_into_units_is_left_and_bound_again(shop: Shop) {
        for stream in ["00000001deadbeef", "ffffffff0000000500000000", "474554202f20485454502f312e310d0a"] {
            let bound = shop.smsc.told_of("bound").len();
            shop.smsc.command(&json!({ "raw": stream }));
            until("another bind", || shop.smsc.told_of("bound").len() > bound);
            shop.hear(stream);
        }
    }

    fn a_text_of_64_kilobytes_and_a_name_for_a_number_are_kept(shop: Shop) {
        let payload = "a".repeat(65_000);
        let delivered = json!({"from": PHONE, "to": CODE, "text": "", "more": {"message_payload": payload}});
        assert_eq!(shop.smsc.deliver("large", &delivered), 0);
        let delivered = json!({"from": "Bank", "to": "0", "text": "from a name", "more": {"source_addr_ton": 5}});
        assert_eq!(shop.smsc.deliver("name", &delivered), 0);
        let delivered = json!({"from": "", "to": "", "text": ""});
        let status = shop.smsc.deliver("nothing", &delivered);
        assert!(status == 0 || status == 0x65, "{status:#x}");
        shop.hear("still here");
    }
}
