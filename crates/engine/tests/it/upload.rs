//! Files that are uploaded before their message is written: tickets, tokens, and who may read what.

use parlance_engine::access::Caller;
use parlance_engine::conversation::{self, ticket};
use parlance_engine::credential::link::Purpose;
use parlance_engine::file::upload::{self, Received, Ticket};
use parlance_engine::file::{self, BYTES_MAX, Name, PER_MESSAGE_MAX, Rules, UPLOAD_SECONDS};
use parlance_engine::message::{self, Message, Post};
use parlance_engine::person::{self, Change};
use parlance_engine::workspace::{self, Workspace};
use parlance_engine::{ConversationId, Error, FileId, Principal, Result, checkup};
use proptest::prelude::*;

use crate::support::{House, on_both};

on_both! {
    fn a_document_is_asked_for_uploaded_and_hung_on_a_message(house: &House) {
        let at = Desk::new(house);
        let ticket = at.request(at.ada).unwrap();
        assert_eq!(ticket.rules, Rules::of_documents());
        let kept = at.upload(at.ada, &ticket.token, "letter.pdf").unwrap();
        assert_eq!((kept.name.as_str(), kept.short_id, kept.is_image()), ("letter.pdf", 1, false));
        let said = at.say(at.ada, "", &[kept.id]).unwrap();
        assert_eq!(said.attachments, std::slice::from_ref(&kept));
        let page = house.read(at.agent, move |cx| message::page(cx, at.talk, 0, 1)).unwrap();
        assert_eq!((page.messages[0].attachment_count, &page.messages[0].attachments), (1, &said.attachments));
        let mut look = checkup::Checkup::open(house.engine.address()).unwrap();
        assert_eq!(look.discrepancies(), Ok(vec![]));
    }

    fn a_token_is_good_for_one_upload_for_a_quarter_of_an_hour(house: &House) {
        let at = Desk::new(house);
        let (used, late) = (at.request(at.ada).unwrap().token, at.request(at.ada).unwrap().token);
        at.upload(at.ada, &used, "a.txt").unwrap();
        house.clock.forward(UPLOAD_SECONDS);
        let upper = used.to_uppercase();
        let unknown = "00000000-0000-4000-8000-000000000000";
        assert!(matches!(at.show(&used), Err(Error::Conflict(m)) if m.contains("token is already used")));
        assert!(matches!(at.show(&upper), Err(Error::Conflict(_))), "another spelling of the same");
        assert!(matches!(at.show(&late), Err(Error::Invalid { field: "token", problem }) if problem.contains("expired")));
        assert_eq!(at.show(unknown), Err(Error::NotFound));
        for none in ["", " ", "x", "\0", "../..", &format!("{late}\0"), &format!(" {late}"), &late[1..]] {
            assert!(matches!(at.show(none), Err(Error::Invalid { field: "token", .. })), "{none:?}");
        }
    }

    fn of_two_uploads_for_one_token_one_is_received(house: &House) {
        let at = Desk::new(house);
        let token = at.request(at.ada).unwrap().token;
        let [first, second] = [(); 2].map(|()| at.claim(at.ada, &token).unwrap());
        assert_ne!(first, second, "neither writes over the other's bytes");
        assert!(matches!(at.receive(at.ada, first, "a.txt"), Err(Error::Conflict(_))));
        at.receive(at.ada, second, "b.txt").unwrap();
        assert!(matches!(at.receive(at.ada, second, "c.txt"), Err(Error::Conflict(_))));
        assert!(matches!(at.claim(at.ada, &token), Err(Error::Conflict(_))));
        assert_eq!(at.claim(at.agent, &at.request(at.ada).unwrap().token), Err(Error::NotFound), "not their token");
    }

    fn a_token_of_somebody_who_is_gone_or_may_no_longer_write_is_worth_nothing(house: &House) {
        let at = Desk::new(house);
        let (of_ada, of_eve) = (at.request(at.ada).unwrap().token, at.request(at.agent).unwrap().token);
        let gone = at.agent.person;
        let change = Change { active: Some(false), ..Change::default() };
        house.write(at.operator(), move |cx| person::set(cx, gone, &change)).unwrap();
        assert_eq!(at.show(&of_eve), Err(Error::NotFound));
        let talk = at.talk;
        house.write(at.ada, move |cx| conversation::lock(cx, talk)).unwrap();
        assert_eq!(at.claim(at.ada, &of_ada), Err(Error::Locked));
        assert_eq!(at.request(at.ada), Err(Error::Locked));
    }

    fn a_message_takes_only_waiting_uploads_of_its_authors_own_to_its_conversation(house: &House) {
        let at = Desk::new(house);
        let [mine, hung, elsewhere, old] = [(); 4].map(|()| at.uploaded(at.ada));
        let others = at.uploaded(at.agent);
        at.say(at.ada, "one", &[hung]).unwrap();
        let draft = at.claim(at.ada, &at.request(at.ada).unwrap().token).unwrap();
        let another = house.write(at.ada, |cx| ticket::start(cx, &ticket::New::default())).unwrap();
        let unknown = FileId("00000000-0000-7000-8000-000000000000".parse().unwrap());
        for wrong in [vec![others], vec![hung], vec![draft], vec![unknown], vec![mine, mine], vec![mine, unknown]] {
            assert!(refused(&at.say(at.ada, "x", &wrong)), "{wrong:?}");
        }
        let there = Post { files: vec![elsewhere], ..Post::new(another, "x".into()) };
        assert!(refused(&house.write(at.ada, move |cx| message::post(cx, &there))), "of another conversation");
        assert!(refused(&at.say(at.ada, "x", &vec![unknown; PER_MESSAGE_MAX as usize + 1])));
        assert!(matches!(at.say(at.ada, "", &[]), Err(Error::Invalid { field: "body", .. })), "neither words nor files");
        assert_eq!(at.said(), 2, "Hello, and one");
        at.say(at.ada, "two", &[mine]).unwrap();
        house.clock.forward(24 * 60 * 60);
        assert!(refused(&at.say(at.ada, "x", &[old])), "it may be swept away at any moment");
    }

    fn a_message_takes_ten_files_and_no_more(house: &House) {
        let at = Desk::new(house);
        let files: Vec<FileId> = (0..=PER_MESSAGE_MAX).map(|_| at.uploaded(at.ada)).collect();
        assert!(refused(&at.say(at.ada, "", &files)));
        assert_eq!(at.say(at.ada, "", &files[1..]).unwrap().attachments.len() as i64, PER_MESSAGE_MAX);
    }

    fn a_file_is_lent_to_whoever_sees_its_message(house: &House) {
        let at = Desk::new(house);
        let (waiting, open, internal) = (at.uploaded(at.ada), at.uploaded(at.ada), at.uploaded(at.agent));
        at.say(at.ada, "open", &[open]).unwrap();
        let talk = at.talk;
        let post = Post { internal: true, files: vec![internal], ..Post::new(talk, "internal".into()) };
        house.write(at.agent, move |cx| message::post(cx, &post)).unwrap();
        let lent = |who: Caller, id| house.read(who, move |cx| upload::lend(cx, talk, id).map(drop));
        let outsider = house.customer(&at.desk, "mallory");
        for (id, ada, agent, mallory) in [(waiting, true, false, false), (open, true, true, false), (internal, false, true, false)] {
            for (who, may) in [(at.ada, ada), (at.agent, agent), (outsider, mallory)] {
                assert_eq!(lent(who, id), if may { Ok(()) } else { Err(Error::NotFound) }, "{id} {who:?}");
            }
        }
        let other = house.write(at.ada, |cx| ticket::start(cx, &ticket::New::default())).unwrap();
        let through_another = house.read(at.ada, move |cx| upload::lend(cx, other, open));
        assert_eq!(through_another, Err(Error::NotFound), "each file is checked against its conversation");
    }

    fn what_was_lent_is_readable_for_five_minutes(house: &House) {
        let at = Desk::new(house);
        let (talk, id) = (at.talk, at.uploaded(at.ada));
        at.say(at.ada, "", &[id]).unwrap();
        let link = house.read(at.agent, move |cx| upload::lend(cx, talk, id)).unwrap();
        let links = house.engine.links();
        let text = links.sign(&link);
        let now = house.clock.next();
        assert_eq!(links.open(&text, Purpose::Read, now), Ok(link));
        assert_eq!(links.open(&text, Purpose::View, now), Err(Error::NotFound));
        assert_eq!(links.open(&text, Purpose::Upload, now), Err(Error::NotFound));
        assert_eq!(links.open(&text, Purpose::Read, now.plus_seconds(upload::ACCESS_SECONDS)), Err(Error::NotFound));
        let read = house.read(Principal::Nobody, move |cx| upload::lent(cx, &link)).unwrap();
        assert_eq!((read.id, read.name.as_str()), (id, "a.txt"));
    }

    fn a_picture_of_a_person_is_theirs_and_everybody_may_see_it(house: &House) {
        let at = Desk::new(house);
        let portrait = |who: Caller| {
            let ticket = house.write(who, upload::request_avatar).unwrap();
            assert_eq!(ticket.rules, Rules::of_avatars());
            at.upload(who, &ticket.token, "me.png").unwrap().id
        };
        let shown = |id| house.read(Principal::Nobody, move |cx| upload::avatar(cx, id).map(|a| a.id));
        let first = portrait(at.ada);
        assert_eq!(shown(first), Ok(first));
        let second = portrait(at.ada);
        assert_eq!((shown(first), shown(second)), (Err(Error::NotFound), Ok(second)));
        let ada = at.ada.person;
        assert_eq!(house.read(at.agent, move |cx| person::get(cx, ada)).unwrap().avatar_file, Some(second));
        assert_eq!(shown(at.uploaded(at.ada)), Err(Error::NotFound), "a document is none");
        assert!(refused(&at.say(at.ada, "x", &[second])), "a picture of a person hangs on no message");
        let talk = at.talk;
        assert_eq!(house.read(at.ada, move |cx| upload::lend(cx, talk, second)), Err(Error::NotFound));
        house.clock.forward(24 * 60 * 60 + 1);
        let swept = house.read(at.operator(), |cx| file::expired(cx, 10)).unwrap();
        assert_eq!((swept.contains(&first), swept.contains(&second)), (true, false));
    }

    fn what_hangs_on_nothing_is_swept_and_what_hangs_stays(house: &House) {
        let at = Desk::new(house);
        let (hung, waiting) = (at.uploaded(at.ada), at.uploaded(at.ada));
        at.say(at.ada, "", &[hung]).unwrap();
        let draft = at.claim(at.ada, &at.request(at.ada).unwrap().token).unwrap();
        house.clock.forward(24 * 60 * 60 + 1);
        let mut expired = house.read(at.operator(), |cx| file::expired(cx, 10)).unwrap();
        expired.sort();
        let mut expected = vec![waiting, draft];
        expected.sort();
        assert_eq!(expired, expected);
        house.write(at.operator(), move |cx| file::forget(cx, &[waiting, draft, hung])).unwrap();
        let talk = at.talk;
        house.read(at.ada, move |cx| upload::lend(cx, talk, hung)).unwrap();
    }

    fn a_workspace_says_what_may_be_uploaded(house: &House) {
        let at = Desk::new(house);
        let set = |change: workspace::Change| house.write(Principal::OPERATOR, move |cx| workspace::set(cx, "desk", &change));
        let list = |text: &str| Some(Some(text.split(' ').map(str::to_owned).collect()));
        let change = workspace::Change { file_extensions: list("pdf png"), file_bytes_max: Some(1_000), ..Default::default() };
        let changed = set(change).unwrap();
        assert_eq!((changed.file_extensions, changed.file_bytes_max), (Some(vec!["pdf".into(), "png".into()]), Some(1_000)));
        let rules = at.request(at.ada).unwrap().rules;
        assert_eq!(rules.bytes_max, 1_000);
        assert_eq!(rules.extensions.iter().map(|(e, _)| *e).collect::<Vec<_>>(), ["png", "pdf"]);
        assert_eq!(house.read(at.ada, upload::rules_of_documents).unwrap(), rules);
        let wrong = [
            workspace::Change { file_extensions: list("exe"), ..Default::default() },
            workspace::Change { file_extensions: Some(Some(vec![])), ..Default::default() },
            workspace::Change { file_bytes_max: Some(0), ..Default::default() },
            workspace::Change { file_bytes_max: Some(BYTES_MAX + 1), ..Default::default() },
        ];
        for change in wrong {
            assert!(matches!(set(change), Err(Error::Invalid { .. })));
        }
        set(workspace::Change { file_extensions: Some(None), ..Default::default() }).unwrap();
        assert_eq!(at.request(at.ada).unwrap().rules.extensions, Rules::of_documents().extensions);
    }
}

proptest! {
    /// No file system, page, header or reader is asked to bear with more.
    #[test]
    fn a_name_is_harmless_or_none(typed in "\\PC{0,200}|[\\PC\u{0}-\u{1F}\u{7F}-\u{9F}./\\\\\u{200B}\u{202E}\u{FEFF}]{0,40}\\.[a-z]{1,4}") {
        if let Ok(name) = Name::new(&typed) {
            let name = name.as_str();
            let odd = |c: char| c.is_control() || "/\\\u{200B}\u{202E}\u{FEFF}".contains(c);
            prop_assert!(!name.contains(odd), "{name:?}");
            prop_assert!(!name.starts_with('.') && !name.ends_with('.') && name.trim() == name);
            prop_assert!(name.len() <= 255 && name.chars().count() <= 150);
            prop_assert_eq!(Name::new(name).map(|again| again.to_string()), Ok(name.to_owned()));
        }
    }
}

/// A ticket of Ada's, and an agent.
struct Desk<'h> {
    house: &'h House,
    desk: Workspace,
    ada: Caller,
    agent: Caller,
    talk: ConversationId,
}

impl<'h> Desk<'h> {
    fn new(house: &'h House) -> Desk<'h> {
        let desk = house.workspace("desk");
        let (ada, agent) = (house.customer(&desk, "ada"), house.agent(&desk, "eve"));
        let new = ticket::New { body: Some("Hello".into()), ..ticket::New::default() };
        let talk = house.write(ada, move |cx| ticket::start(cx, &new)).unwrap();
        Desk { house, desk, ada, agent, talk }
    }

    fn operator(&self) -> Principal {
        Principal::Operator(Some(self.desk.id))
    }

    fn request(&self, who: Caller) -> Result<Ticket> {
        let talk = self.talk;
        self.house.write(who, move |cx| upload::request(cx, talk))
    }

    fn show(&self, token: &str) -> Result<upload::Shown> {
        let token = token.to_owned();
        self.house.read(Principal::Nobody, move |cx| upload::ticket(cx, &token))
    }

    fn claim(&self, who: Caller, token: &str) -> Result<FileId> {
        let token = token.to_owned();
        self.house.write(who, move |cx| upload::claim(cx, &token))
    }

    fn receive(&self, who: Caller, id: FileId, name: &str) -> Result<file::Attachment> {
        let name = Name::new(name).unwrap();
        let what = Received { name, content_type: "text/plain", size_bytes: 5, pixels: None };
        self.house.write(who, move |cx| upload::received(cx, id, &what))
    }

    fn upload(&self, who: Caller, token: &str, name: &str) -> Result<file::Attachment> {
        let shown = self.show(token)?;
        assert_eq!(shown.caller.person, who.person);
        let id = self.claim(who, token)?;
        self.receive(who, id, name)
    }

    fn uploaded(&self, who: Caller) -> FileId {
        let token = self.request(who).unwrap().token;
        self.upload(who, &token, "a.txt").unwrap().id
    }

    /// How many messages there are.
    fn said(&self) -> usize {
        let talk = self.talk;
        self.house.read(self.agent, move |cx| message::page(cx, talk, 0, 100)).unwrap().messages.len()
    }

    fn say(&self, who: Caller, body: &str, files: &[FileId]) -> Result<Message> {
        let post = Post { files: files.to_vec(), ..Post::new(self.talk, body.to_owned()) };
        self.house.write(who, move |cx| message::post(cx, &post))
    }
}

fn refused(outcome: &Result<Message>) -> bool {
    matches!(outcome, Err(Error::Invalid { field: "fileIds", .. }))
}
