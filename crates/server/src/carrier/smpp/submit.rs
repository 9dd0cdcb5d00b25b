//! A message of ours as the requests that carry it, and what the answers to them mean.

use parlance_engine::message::Delivery;
use parlance_engine::submission::Submission;
use rusmpp::pdus::{SubmitSm, builders::SubmitSmBuilder};
use rusmpp::tlvs::MessageSubmissionRequestTlvValue as Parameter;
use rusmpp::types::{COctetString, OctetString};
use rusmpp::values::{
    DataCoding, EsmClass, IntermediateNotification, MCDeliveryReceipt, Npi, RegisteredDelivery,
    SmeOriginatedAcknowledgement, Ton,
};
use rusmpp::{CommandStatus, Pdu};

use super::alphabet;
use super::link::Reply;
use super::part::Place;
use super::url::Concatenation;
use crate::carrier::Answer;

/// One part of a message, ready to be submitted.
pub(super) type Part = SubmitSm;

/// The parts of a message, told apart by `reference`; an answer when there can be none.
pub(super) fn parts(message: &Submission, by: Concatenation, reference: u8) -> Result<Vec<Part>, Answer> {
    let text = alphabet::encode(&message.text);
    let total = u8::try_from(text.pieces.len());
    let total =
        total.map_err(|_| refused(Delivery::Undelivered, "The text is too long for short messages."))?;
    let envelope = || envelope(message, text.coding);
    if total == 1 {
        return Ok(vec![envelope()?.short_message(body(text.pieces.concat())?).build()]);
    }
    let numbered = (1..=total).zip(text.pieces);
    numbered.map(|(number, piece)| part(envelope()?, by, (reference, total, number), piece)).collect()
}

fn part(
    envelope: SubmitSmBuilder,
    by: Concatenation,
    (reference, total, number): (u8, u8, u8),
    piece: Vec<u8>,
) -> Result<Part, Answer> {
    Ok(match by {
        Concatenation::Header => {
            let headed = [&Place::header(reference, total, number)[..], &piece].concat();
            envelope.esm_class(EsmClass::default().with_udhi_indicator()).short_message(body(headed)?).build()
        }
        Concatenation::Parameters => envelope
            .short_message(body(piece)?)
            .push_tlv(Parameter::SarMsgRefNum(reference.into()))
            .push_tlv(Parameter::SarTotalSegments(total))
            .push_tlv(Parameter::SarSegmentSeqnum(number))
            .build(),
    })
}

/// Who, to whom, in which coding; and that we want to know what becomes of it.
fn envelope(message: &Submission, coding: DataCoding) -> Result<SubmitSmBuilder, Answer> {
    let (from_ton, from_npi, from) = address(&message.from)
        .ok_or_else(|| refused(Delivery::NotAllowed, "The sender's address does not fit into SMPP."))?;
    let (to_ton, to_npi, to) = address(&message.to).ok_or_else(|| {
        refused(Delivery::BadDestination, "The recipient's address does not fit into SMPP.")
    })?;
    let receipt = RegisteredDelivery::new(
        MCDeliveryReceipt::McDeliveryReceiptRequestedWhereFinalDeliveryOutcomeIsSuccessOrFailure,
        SmeOriginatedAcknowledgement::NoReceiptSmeAcknowledgementRequested,
        IntermediateNotification::NoIntermediaryNotificationRequested,
        0,
    );
    Ok(SubmitSm::builder()
        .source_addr_ton(from_ton)
        .source_addr_npi(from_npi)
        .source_addr(from)
        .dest_addr_ton(to_ton)
        .dest_addr_npi(to_npi)
        .destination_addr(to)
        .esm_class(EsmClass::default())
        .registered_delivery(receipt)
        .data_coding(coding))
}

/// A number with its country, a short code, or a name.
fn address(spelled: &str) -> Option<(Ton, Npi, COctetString<1, 21>)> {
    let digits = spelled.strip_prefix('+').unwrap_or(spelled);
    let (ton, npi) = match digits.bytes().all(|digit| digit.is_ascii_digit()) {
        true if digits.len() < spelled.len() => (Ton::International, Npi::Isdn),
        true => (Ton::NetworkSpecific, Npi::Unknown),
        false => (Ton::Alphanumeric, Npi::Unknown),
    };
    let octets = COctetString::from_string(digits.to_owned()).ok()?;
    Some((ton, npi, octets))
}

fn body(octets: Vec<u8>) -> Result<OctetString<0, 255>, Answer> {
    OctetString::from_vec(octets).map_err(|problem| refused(Delivery::Undelivered, &problem.to_string()))
}

fn refused(delivery: Delivery, why: &str) -> Answer {
    Answer::Refused { delivery, why: why.to_owned() }
}

/// What the answers to all parts come to. What one part was refused for is said of the message; a part that must be
/// submitted again takes the others with it.
pub(super) fn outcome(replies: &[Reply]) -> Answer {
    let read: Vec<Result<String, Answer>> = replies.iter().map(id).collect();
    let (ids, failed): (Vec<_>, Vec<_>) = read.into_iter().partition(Result::is_ok);
    let mut failed: Vec<Answer> = failed.into_iter().filter_map(Result::err).collect();
    failed.sort_by_key(|answer| matches!(answer, Answer::Postponed(_)));
    failed.into_iter().next().unwrap_or_else(|| Answer::Accepted(ids.into_iter().flatten().collect()))
}

fn id(reply: &Reply) -> Result<String, Answer> {
    match (reply.status, &reply.pdu) {
        (CommandStatus::EsmeRok, Some(Pdu::SubmitSmResp(response))) => {
            Ok(response.message_id().as_str().to_owned())
        }
        // It was taken, and whoever took it does not say under which name: no report can be matched.
        (CommandStatus::EsmeRok, _) => Ok(String::new()),
        (status, _) => Err(failure(status)),
    }
}

/// Whether the carrier asks us to be slower.
pub(super) fn is_throttled(reply: &Reply) -> bool {
    matches!(reply.status, CommandStatus::EsmeRthrottled | CommandStatus::EsmeRmsgqful)
}

fn failure(status: CommandStatus) -> Answer {
    use CommandStatus as S;
    let why = format!("{status:?} ({:#010x})", u32::from(status));
    match status {
        S::EsmeRthrottled | S::EsmeRmsgqful | S::EsmeRsyserr | S::EsmeRxTAppn | S::EsmeRinvbndsts => {
            Answer::Postponed(why)
        }
        S::EsmeRinvdstadr | S::EsmeRinvdstton | S::EsmeRinvdstnpi => refused(Delivery::BadDestination, &why),
        S::EsmeRinvsrcadr | S::EsmeRinvsrcton | S::EsmeRinvsrcnpi | S::EsmeRprohibited => {
            refused(Delivery::NotAllowed, &why)
        }
        _ => refused(Delivery::Undelivered, &why),
    }
}
