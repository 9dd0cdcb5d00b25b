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
use super::link::{Reply, Unanswered};
use super::part::Place;
use super::url::{Concatenation, Numbering, Settings};
use crate::carrier::Answer;

/// One part of a message, ready to be submitted.
pub(super) struct Part {
    /// Which one, from 0.
    pub(super) number: i64,
    pub(super) request: SubmitSm,
}

/// What was said to a part.
pub(super) struct Answered {
    /// Which one, from 0.
    pub(super) number: i64,
    pub(super) reply: Result<Reply, Unanswered>,
}

/// The parts of a message that were not taken before; an answer when there can be none.
pub(super) fn parts(message: &Submission, settings: &Settings) -> Result<Vec<Part>, Answer> {
    let requests = requests(message, settings)?;
    let parts = (0..).zip(requests).map(|(number, request)| Part { number, request });
    Ok(parts.filter(|part| !message.taken.contains(&part.number)).collect())
}

fn requests(message: &Submission, settings: &Settings) -> Result<Vec<SubmitSm>, Answer> {
    let text = alphabet::encode(&message.text);
    let total = u8::try_from(text.pieces.len());
    let total =
        total.map_err(|_| refused(Delivery::Undelivered, "The text is too long for short messages."))?;
    let envelope = || envelope(message, settings, text.coding);
    if total == 1 {
        return Ok(vec![envelope()?.short_message(body(text.pieces.concat())?).build()]);
    }
    // Whenever a part is tried, its telephone must take it for one of the same text.
    let [.., reference] = message.index.to_be_bytes();
    let (numbered, by) = ((1..=total).zip(text.pieces), settings.concatenation);
    numbered.map(|(number, piece)| part(envelope()?, by, (reference, total, number), piece)).collect()
}

fn part(
    envelope: SubmitSmBuilder,
    by: Concatenation,
    (reference, total, number): (u8, u8, u8),
    piece: Vec<u8>,
) -> Result<SubmitSm, Answer> {
    Ok(match by {
        Concatenation::Header => {
            let headed = [&Place::header(reference, total, number)[..], &piece].concat();
            envelope.esm_class(plain().with_udhi_indicator()).short_message(body(headed)?).build()
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
fn envelope(
    message: &Submission,
    settings: &Settings,
    coding: DataCoding,
) -> Result<SubmitSmBuilder, Answer> {
    let (from_ton, from_npi, from) = address(&message.from, settings.source)
        .ok_or_else(|| refused(Delivery::NotAllowed, "The sender's address does not fit into SMPP."))?;
    let (to_ton, to_npi, to) = address(&message.to, settings.dest).ok_or_else(|| {
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
        .esm_class(plain())
        .registered_delivery(receipt)
        .data_coding(coding))
}

/// A message like any other. What the codec has by default says that it acknowledges one (SMPP 3.4 §5.2.12).
fn plain() -> EsmClass {
    EsmClass::from(0)
}

/// A number with its country, a short code, or a name; what the carrier wants it called goes before what it is.
fn address(spelled: &str, wanted: Numbering) -> Option<(Ton, Npi, COctetString<1, 21>)> {
    let digits = spelled.strip_prefix('+').unwrap_or(spelled);
    let (ton, npi) = match digits.bytes().all(|digit| digit.is_ascii_digit()) {
        true if digits.len() < spelled.len() => (Ton::International, Npi::Isdn),
        true => (Ton::NetworkSpecific, Npi::Unknown),
        false => (Ton::Alphanumeric, Npi::Unknown),
    };
    let octets = COctetString::from_string(digits.to_owned()).ok()?;
    Some((wanted.ton.unwrap_or(ton), wanted.npi.unwrap_or(npi), octets))
}

fn body(octets: Vec<u8>) -> Result<OctetString<0, 255>, Answer> {
    OctetString::from_vec(octets).map_err(|problem| refused(Delivery::Undelivered, &problem.to_string()))
}

fn refused(delivery: Delivery, why: &str) -> Answer {
    Answer::Refused { delivery, why: why.to_owned() }
}

/// What the answers to all parts come to. What one part was refused for is said of the message; what was taken is not
/// submitted again with what must be.
pub(super) fn outcome(answers: &[Answered]) -> Answer {
    let (mut taken, mut later) = (Vec::new(), None);
    for answered in answers {
        match id(&answered.reply) {
            Ok(id) => taken.push((answered.number, id)),
            Err(Answer::Postponed(why)) => later = later.or(Some(why)),
            Err(refused) => return refused,
        }
    }
    match later {
        None => Answer::Accepted(taken.into_iter().map(|(_, id)| id).collect()),
        Some(why) if taken.is_empty() => Answer::Postponed(why),
        Some(why) => Answer::InPart(taken, why),
    }
}

fn id(reply: &Result<Reply, Unanswered>) -> Result<String, Answer> {
    let Ok(reply) = reply else {
        return Err(Answer::Postponed("The service centre did not answer.".to_owned()));
    };
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
pub(super) fn is_throttled(answered: &Answered) -> bool {
    let status = answered.reply.as_ref().map(|reply| reply.status);
    matches!(status, Ok(CommandStatus::EsmeRthrottled | CommandStatus::EsmeRmsgqful))
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

#[cfg(test)]
mod tests {
    use parlance_engine::channel::Channel;
    use parlance_engine::{CarrierId, MessageId, Time};
    use rusmpp::pdus::SubmitSmResp;

    use super::*;

    const OK: CommandStatus = CommandStatus::EsmeRok;
    const THROTTLED: CommandStatus = CommandStatus::EsmeRthrottled;
    const REFUSED: CommandStatus = CommandStatus::EsmeRinvdstadr;

    /// What was said to the parts of a message, each by its number; nothing where nobody answered.
    fn outcome(said: &[Option<(CommandStatus, &str)>]) -> Answer {
        let reply = |(status, id): (_, &str)| {
            let id = COctetString::from_string(id.to_owned()).unwrap();
            Reply { status, pdu: Some(SubmitSmResp::builder().message_id(id).build().into()) }
        };
        let answers = (0..).zip(said);
        let answers =
            answers.map(|(number, said)| Answered { number, reply: said.map(reply).ok_or(Unanswered) });
        super::outcome(&answers.collect::<Vec<_>>())
    }

    #[test]
    fn what_was_taken_is_told_apart_from_what_comes_later() {
        let (a, b) = (Some((OK, "a")), Some((OK, "b")));
        assert_eq!(outcome(&[a, b]), Answer::Accepted(vec!["a".to_owned(), "b".to_owned()]));
        for later in [Some((THROTTLED, "")), None] {
            let Answer::InPart(taken, _) = outcome(&[later, a, later, b]) else { panic!("{later:?}") };
            assert_eq!(taken, [(1, "a".to_owned()), (3, "b".to_owned())]);
            assert!(matches!(outcome(&[later, later]), Answer::Postponed(_)));
        }
        let refused = outcome(&[a, None, Some((THROTTLED, "")), Some((REFUSED, ""))]);
        assert!(matches!(refused, Answer::Refused { delivery: Delivery::BadDestination, .. }), "{refused:?}");
    }

    #[test]
    fn what_was_taken_is_not_submitted_again_and_the_rest_as_before() {
        let settings = Settings::read("smpp://host").unwrap();
        let message = |taken: Vec<i64>| Submission {
            message: MessageId(uuid::Uuid::nil()),
            carrier: CarrierId(uuid::Uuid::nil()),
            channel: Channel::Sms,
            from: "12345".to_owned(),
            to: "+33600000001".to_owned(),
            text: "a".repeat(400),
            attempts: 0,
            queued_at: Time(0),
            index: 258,
            taken,
        };
        let bodies = |taken: &[i64]| -> Vec<Vec<u8>> {
            let parts = parts(&message(taken.to_vec()), &settings).unwrap();
            parts.into_iter().map(|part| part.request.short_message().as_ref().to_vec()).collect()
        };
        let all = bodies(&[]);
        assert_eq!(
            all.iter().map(|body| body[3..6].to_vec()).collect::<Vec<_>>(),
            [[2, 3, 1], [2, 3, 2], [2, 3, 3]]
        );
        assert_eq!(bodies(&[0, 2]), all[1..2]);
    }
}
