//! What a service centre delivers: texts, parts of texts, and receipts.

use rusmpp::CommandStatus;
use rusmpp::pdus::{DataSm, DeliverSm};
use rusmpp::tlvs::{Tlv, TlvValue};
use rusmpp::values::Ton;

use super::alphabet;
use super::part::{self, Place};
use super::receipt::{self, Parameters, Receipt};

/// The bit of `esm_class` that says that a header stands before the text.
const HAS_HEADER: u8 = 0b0100_0000;

/// The bits of `esm_class` that say that it is no text: receipts, acknowledgements, notices on the way.
const IS_RECEIPT: u8 = 0b0011_1100;

/// Something that was delivered.
#[derive(Debug)]
pub(super) enum Heard {
    /// A text, or a part of one.
    Text(Text),
    /// What became of a message of ours, and whom it went to.
    Receipt {
        /// What it says.
        receipt: Receipt,
        /// The address that the message went to.
        to: String,
    },
}

/// A short message from a telephone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) from: String,
    pub(super) to: String,
    /// How the octets are to be read.
    pub(super) coding: u8,
    pub(super) octets: Vec<u8>,
    /// What the sender calls it; empty when they do not.
    pub(super) reference: String,
    /// Where it belongs, if it is a part.
    pub(super) place: Option<Place>,
}

/// The same fields of two commands.
struct Fields<'a> {
    from: String,
    to: String,
    class: u8,
    coding: u8,
    body: &'a [u8],
    tlvs: &'a [Tlv],
}

/// Reads a `deliver_sm`; the status that fits when it makes no sense.
pub(super) fn read_deliver(pdu: &DeliverSm) -> Result<Heard, CommandStatus> {
    read(Fields {
        from: address(pdu.source_addr_ton, pdu.source_addr.as_str()),
        to: address(pdu.dest_addr_ton, pdu.destination_addr.as_str()),
        class: pdu.esm_class.into(),
        coding: pdu.data_coding.into(),
        body: pdu.short_message().as_ref(),
        tlvs: pdu.tlvs(),
    })
}

/// Reads a `data_sm`, which carries its text in a parameter.
pub(super) fn read_data(pdu: &DataSm) -> Result<Heard, CommandStatus> {
    read(Fields {
        from: address(pdu.source_addr_ton, pdu.source_addr.as_str()),
        to: address(pdu.dest_addr_ton, pdu.destination_addr.as_str()),
        class: pdu.esm_class.into(),
        coding: pdu.data_coding.into(),
        body: &[],
        tlvs: pdu.tlvs(),
    })
}

/// Numbers of the international type bear no plus on the wire.
fn address(ton: Ton, digits: &str) -> String {
    let is_bare = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if ton == Ton::International && is_bare { format!("+{digits}") } else { digits.to_owned() }
}

fn read(fields: Fields<'_>) -> Result<Heard, CommandStatus> {
    let payload = value(fields.tlvs, |value| match value {
        TlvValue::MessagePayload(payload) => Some(payload.value.as_ref()),
        _ => None,
    });
    let body: &[u8] = payload.unwrap_or(fields.body);
    let parameters = parameters(fields.tlvs);
    if fields.class & IS_RECEIPT != 0 || parameters.id.is_some() {
        let receipt = receipt::read(&alphabet::decode(fields.coding, body), &parameters);
        // A receipt goes the other way: it comes from whom the message went to.
        let receipt = receipt.ok_or(CommandStatus::EsmeRinvmsgid)?;
        return Ok(Heard::Receipt { receipt, to: fields.from });
    }
    let (in_header, octets) = match fields.class & HAS_HEADER {
        0 => (None, body),
        _ => part::take_header(body).map_err(|_| CommandStatus::EsmeRinvmsglen)?,
    };
    Ok(Heard::Text(Text {
        place: in_header.or_else(|| in_parameters(fields.tlvs)),
        reference: reference(fields.tlvs),
        coding: fields.coding,
        octets: octets.to_vec(),
        from: fields.from,
        to: fields.to,
    }))
}

fn value<'a, T>(tlvs: &'a [Tlv], wanted: impl Fn(&'a TlvValue) -> Option<T>) -> Option<T> {
    tlvs.iter().filter_map(Tlv::value).find_map(wanted)
}

fn parameters(tlvs: &[Tlv]) -> Parameters<'_> {
    Parameters {
        id: value(tlvs, |value| match value {
            TlvValue::ReceiptedMessageId(id) => Some(id.as_str()),
            _ => None,
        }),
        state: value(tlvs, |value| match value {
            TlvValue::MessageState(state) => Some(*state),
            _ => None,
        }),
    }
}

fn reference(tlvs: &[Tlv]) -> String {
    let number = value(tlvs, |value| match value {
        TlvValue::UserMessageReference(reference) => Some(reference.value),
        _ => None,
    });
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn in_parameters(tlvs: &[Tlv]) -> Option<Place> {
    let reference = value(tlvs, |value| match value {
        TlvValue::SarMsgRefNum(reference) => Some(*reference),
        _ => None,
    });
    let total = value(tlvs, |value| match value {
        TlvValue::SarTotalSegments(total) => Some(*total),
        _ => None,
    });
    let number = value(tlvs, |value| match value {
        TlvValue::SarSegmentSeqnum(number) => Some(*number),
        _ => None,
    });
    Place::new(format!("sar:{}", reference?), total?, number?)
}

#[cfg(test)]
mod tests {
    use parlance_engine::message::Delivery;
    use rusmpp::tlvs::MessageDeliveryRequestTlvValue as Parameter;
    use rusmpp::types::{AnyOctetString, COctetString, OctetString};
    use rusmpp::values::{DataCoding, EsmClass, MessagePayload, MessageState};

    use super::*;

    fn deliver(class: u8, text: &[u8]) -> DeliverSm {
        DeliverSm::builder()
            .source_addr_ton(Ton::International)
            .source_addr(COctetString::from_slice(b"33600000001\0").unwrap())
            .destination_addr(COctetString::from_slice(b"12345\0").unwrap())
            .esm_class(EsmClass::from(class))
            .short_message(OctetString::from_slice(text).unwrap())
            .build()
    }

    fn text(pdu: &DeliverSm) -> Text {
        match read_deliver(pdu) {
            Ok(Heard::Text(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_text_is_heard_from_whom_it_came() {
        let heard = text(&deliver(0, b"Hello"));
        assert_eq!((heard.from.as_str(), heard.to.as_str()), ("+33600000001", "12345"));
        assert_eq!((&heard.octets[..], heard.coding, heard.place), (&b"Hello"[..], 0, None));
    }

    #[test]
    fn names_and_national_numbers_stay_as_they_are() {
        assert_eq!(address(Ton::Alphanumeric, "Bank"), "Bank");
        assert_eq!(address(Ton::International, "Bank"), "Bank");
        assert_eq!(address(Ton::International, "+336"), "+336");
        assert_eq!(address(Ton::National, "0600000001"), "0600000001");
    }

    #[test]
    fn a_long_text_comes_in_a_parameter() {
        let mut pdu = deliver(0, b"");
        pdu.push_tlv(Parameter::MessagePayload(MessagePayload::new(AnyOctetString::from_slice(
            &[b'a'; 4_000],
        ))));
        assert_eq!(text(&pdu).octets.len(), 4_000);
    }

    #[test]
    fn a_part_says_where_it_belongs_in_its_header_or_in_parameters() {
        let in_header = text(&deliver(0x40, b"\x05\x00\x03\x07\x02\x01Hel"));
        assert_eq!(
            (in_header.place, &in_header.octets[..]),
            (Place::new("8:7".to_owned(), 2, 1), &b"Hel"[..])
        );
        let mut pdu = deliver(0, b"Hel");
        for parameter in
            [Parameter::SarMsgRefNum(7), Parameter::SarTotalSegments(2), Parameter::SarSegmentSeqnum(1)]
        {
            pdu.push_tlv(parameter);
        }
        assert_eq!(text(&pdu).place, Place::new("sar:7".to_owned(), 2, 1));
        assert_eq!(read_deliver(&deliver(0x40, b"\xffHel")).err(), Some(CommandStatus::EsmeRinvmsglen));
    }

    #[test]
    fn a_receipt_is_heard_of_whom_the_message_went_to() {
        let Ok(Heard::Receipt { receipt, to }) = read_deliver(&deliver(4, b"id:7 stat:DELIVRD err:000"))
        else {
            panic!("a receipt")
        };
        assert_eq!(
            (receipt.id.as_str(), receipt.delivery, to.as_str()),
            ("7", Delivery::Delivered, "+33600000001")
        );
        let mut pdu = deliver(0, b"");
        pdu.push_tlv(Parameter::ReceiptedMessageId(COctetString::from_slice(b"beef\0").unwrap()));
        pdu.push_tlv(Parameter::MessageState(MessageState::Undeliverable));
        assert!(
            matches!(read_deliver(&pdu), Ok(Heard::Receipt { receipt, .. }) if receipt.delivery == Delivery::Undelivered)
        );
        assert_eq!(read_deliver(&deliver(4, b"what?")).err(), Some(CommandStatus::EsmeRinvmsgid));
    }

    #[test]
    fn an_id_is_the_same_in_ascii_and_in_gsm() {
        for octets in [&b"id:a_b$c@d stat:DELIVRD"[..], b"id:a\x11b\x02c\0d stat:DELIVRD"] {
            let heard = read_deliver(&deliver(4, octets));
            assert!(
                matches!(&heard, Ok(Heard::Receipt { receipt, .. }) if receipt.id == "a_b$c@d"),
                "{heard:?}"
            );
        }
    }

    #[test]
    fn a_receipt_in_ucs2_is_read() {
        let mut pdu =
            deliver(4, &"id:7 stat:DELIVRD".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>());
        pdu.data_coding = DataCoding::Ucs2;
        assert!(matches!(read_deliver(&pdu), Ok(Heard::Receipt { receipt, .. }) if receipt.id == "7"));
    }
}
