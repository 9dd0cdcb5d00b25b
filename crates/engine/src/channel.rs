//! Channels: the ways by which a message reaches a contact, and the families in which one conversation uses several.

use crate::db::stored_enum;

stored_enum! {
    /// How a message comes or goes. The names are those of the octopush contract §1.5.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Channel as "a channel" {
        /// A text message over the telephone network.
        Sms = "sms",
        /// A text that is read aloud over the telephone.
        Voice = "voice_sms",
        /// A rich message to a phone number.
        Rcs = "rcs",
        /// An e-mail.
        Email = "email",
        /// A chat on a website.
        Chat = "live_chat",
        /// A message to a Facebook page.
        Facebook = "facebook",
        /// A message to an Instagram account.
        Instagram = "instagram",
        /// A message to a WhatsApp account.
        Whatsapp = "whatsapp",
    }
}

stored_enum! {
    /// Channels that share a conversation, because they reach a contact at the same kind of address.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Family as "a family of channels" {
        /// Whatever reaches a phone number.
        Phone = "phone",
        /// E-mail.
        Email = "email",
        /// Whatever reaches an account of a social network.
        Page = "page",
        /// Chats.
        Chat = "chat",
    }
}

impl Channel {
    /// The family it belongs to.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Channel::Sms | Channel::Voice | Channel::Rcs | Channel::Whatsapp => Family::Phone,
            Channel::Email => Family::Email,
            Channel::Facebook | Channel::Instagram => Family::Page,
            Channel::Chat => Family::Chat,
        }
    }
}
