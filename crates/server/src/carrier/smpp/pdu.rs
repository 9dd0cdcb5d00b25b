//! Protocol data units between the wire and the codec. Each comes in a frame of its own, so that one that cannot be
//! read leaves those behind it readable.

use bytes::{BufMut, Bytes, BytesMut};
use rusmpp::decode::{DecodeError, DecodeWithLength};
use rusmpp::encode::Length;
use rusmpp::encode::owned::Encode;
use rusmpp::fields::SmppField;
use rusmpp::pdus::{DataSmResp, DeliverSmResp};
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use tokio_util::codec::LengthDelimitedCodec;

/// The longest unit that is taken: the largest parameter has 64 KiB, and the rest is small.
const FRAME_BYTES_MAX: usize = 128 * 1024;

/// The length, which the frame has no more, and what every unit has behind it.
const LENGTH_BYTES: usize = 4;
const HEAD_BYTES: usize = 12;

/// A unit as it came.
#[derive(Debug)]
pub(super) enum Unit {
    /// They want something.
    Request {
        /// By what the answer will name it.
        sequence: u32,
        /// What they want.
        pdu: Pdu,
    },
    /// They answer something.
    Answer {
        /// What they answer.
        sequence: u32,
        /// How they say it went.
        status: CommandStatus,
        /// What they say besides.
        pdu: Option<Pdu>,
    },
    /// Nobody knows what they want.
    Unreadable(Unreadable),
}

/// A request that cannot be read or that nobody has for us.
#[derive(Debug)]
pub(super) struct Unreadable {
    /// What it says it is.
    pub(super) id: CommandId,
    /// By what the answer will name it.
    pub(super) sequence: u32,
    /// What fits.
    pub(super) status: CommandStatus,
    /// The same for the log.
    pub(super) problem: String,
}

/// Cuts a stream into frames. A length that is none, or too large, ends the stream: nobody knows where the next begins.
pub(super) fn frames() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .length_field_length(LENGTH_BYTES)
        .length_adjustment(-(LENGTH_BYTES as isize))
        .num_skip(LENGTH_BYTES)
        .max_frame_length(FRAME_BYTES_MAX)
        .new_codec()
}

/// Spells a unit.
pub(super) fn spell(command: &Command) -> Bytes {
    let length = LENGTH_BYTES + command.length();
    let mut frame = BytesMut::with_capacity(length);
    frame.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    command.encode(&mut frame);
    frame.freeze()
}

/// Reads a frame.
pub(super) fn read(mut frame: BytesMut) -> Unit {
    let word = |at: usize| {
        let octets = frame.get(at..at + 4).and_then(|octets| octets.try_into().ok());
        octets.map_or(0, u32::from_be_bytes)
    };
    let (id, status, sequence) = (CommandId::from(word(0)), CommandStatus::from(word(4)), word(8));
    let length = frame.len();
    if length < HEAD_BYTES {
        let problem = format!("it has {length} octets behind its length");
        return Unit::Unreadable(Unreadable { id, sequence, status: CommandStatus::EsmeRinvcmdlen, problem });
    }
    match (Command::decode(&mut frame, length), id.is_response()) {
        (Ok((command, _)), true) => Unit::Answer { sequence, status, pdu: command.pdu().cloned() },
        // It was heard, but not what it says: whoever waits for it sees that nothing came with it.
        (Err(_), true) => Unit::Answer { sequence, status, pdu: None },
        (Ok((command, _)), false) => request(id, sequence, command.pdu().cloned()),
        (Err(error), false) => {
            let status = fitting(&error);
            Unit::Unreadable(Unreadable { id, sequence, status, problem: error.to_string() })
        }
    }
}

fn request(id: CommandId, sequence: u32, pdu: Option<Pdu>) -> Unit {
    let unreadable = |status, problem: &str| {
        Unit::Unreadable(Unreadable { id, sequence, status, problem: problem.to_owned() })
    };
    match pdu {
        Some(Pdu::Other { .. }) => unreadable(CommandStatus::EsmeRinvcmdid, "there is no such command"),
        Some(pdu) => Unit::Request { sequence, pdu },
        None => unreadable(CommandStatus::EsmeRinvcmdlen, "it has no body"),
    }
}

/// The status that says where a unit went wrong.
fn fitting(error: &DecodeError) -> CommandStatus {
    let places = [
        (SmppField::source_addr, CommandStatus::EsmeRinvsrcadr),
        (SmppField::destination_addr, CommandStatus::EsmeRinvdstadr),
        (SmppField::short_message, CommandStatus::EsmeRinvmsglen),
        (SmppField::tlvs, CommandStatus::EsmeRinvtlvstream),
    ];
    let place = places.into_iter().find(|(field, _)| error.field_exists(*field));
    place.map_or(CommandStatus::EsmeRinvcmdlen, |(_, status)| status)
}

/// The answer to a request of this kind; what has none of its own gets a `generic_nack`.
pub(super) fn answer(id: CommandId, sequence: u32, status: CommandStatus) -> Command {
    let pdu = match id {
        CommandId::DeliverSm => DeliverSmResp::default().into(),
        CommandId::DataSm => DataSmResp::default().into(),
        CommandId::EnquireLink => Pdu::EnquireLinkResp,
        CommandId::Unbind => Pdu::UnbindResp,
        _ => Pdu::GenericNack,
    };
    Command::new(status, sequence, pdu)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rusmpp::pdus::DeliverSm;
    use rusmpp::types::{COctetString, OctetString};
    use tokio_util::codec::Decoder;

    use super::*;

    fn deliver() -> Command {
        let text = DeliverSm::builder()
            .source_addr(COctetString::from_slice(b"33600000001\0").unwrap())
            .destination_addr(COctetString::from_slice(b"12345\0").unwrap())
            .short_message(OctetString::from_slice(b"Hello").unwrap())
            .build();
        Command::new(CommandStatus::EsmeRok, 7, text)
    }

    fn read_all(mut stream: BytesMut) -> (Vec<Unit>, bool) {
        let (mut codec, mut units) = (frames(), Vec::new());
        loop {
            match codec.decode(&mut stream) {
                Ok(Some(frame)) => units.push(read(frame)),
                Ok(None) => return (units, true),
                Err(_) => return (units, false),
            }
        }
    }

    #[test]
    fn what_is_spelled_is_read() {
        let (units, _) = read_all(BytesMut::from(&spell(&deliver())[..]));
        let [Unit::Request { sequence: 7, pdu: Pdu::DeliverSm(text) }] = &units[..] else {
            panic!("{units:?}")
        };
        assert_eq!(text.short_message().as_ref(), b"Hello");
    }

    #[test]
    fn a_unit_that_cannot_be_read_leaves_the_next_one_readable() {
        let good = spell(&deliver());
        // The text is said to be longer than the unit; the length of the frame is right.
        let mut bad = BytesMut::from(&good[..]);
        let at = bad.len() - 6;
        bad[at] = 200;
        let (units, _) = read_all([&bad[..], &good[..]].concat()[..].into());
        let [Unit::Unreadable(problem), Unit::Request { .. }] = &units[..] else { panic!("{units:?}") };
        assert_eq!((problem.id, problem.sequence), (CommandId::DeliverSm, 7));
        assert_eq!(problem.status, CommandStatus::EsmeRinvmsglen);
    }

    #[test]
    fn each_place_of_a_mistake_has_its_status() {
        let unit = |id: u32, body: &[u8]| {
            let head = [id, 0, 9].map(u32::to_be_bytes).concat();
            match read([&head[..], body].concat()[..].into()) {
                Unit::Unreadable(Unreadable { status, .. }) => Some(status),
                _ => None,
            }
        };
        let long = [&b"\0\x01\x01"[..], &[b'1'; 30], b"\0"].concat();
        assert_eq!(unit(5, &long), Some(CommandStatus::EsmeRinvsrcadr));
        let long = [&b"\0\x01\x01\0\x01\x01"[..], &[b'1'; 30], b"\0"].concat();
        assert_eq!(unit(5, &long), Some(CommandStatus::EsmeRinvdstadr));
        assert_eq!(unit(5, b""), Some(CommandStatus::EsmeRinvcmdlen));
        assert_eq!(unit(0x0999, b"what?"), Some(CommandStatus::EsmeRinvcmdid));
        assert_eq!(unit(0x15, b""), None, "an enquiry has no body");
        let stray = [&spell(&deliver())[16..], b"\x02\x10\x00"].concat();
        assert_eq!(unit(5, &stray), Some(CommandStatus::EsmeRinvtlvstream));
    }

    proptest! {
        #[test]
        fn whatever_comes_in_a_frame_is_read_or_not(
            id in prop_oneof![prop::sample::select(vec![5u32, 0x103, 0x102, 4, 0x8000_0004, 0x8000_0009, 0x21]), any::<u32>()],
            body in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let frame = [&id.to_be_bytes()[..], &[0; 8], &body].concat();
            let _ = read(frame[..].into());
        }

        #[test]
        fn a_damaged_unit_is_read_or_not(at in 0usize..60, octet: u8, cut in 0usize..60) {
            let mut frame = spell(&deliver())[4..].to_vec();
            let length = frame.len();
            frame[at % length] = octet;
            frame.truncate(length - cut % length);
            let _ = read(frame[..].into());
        }

        #[test]
        fn a_stream_of_anything_ends_or_goes_on(octets in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = read_all(octets[..].into());
        }
    }
}
