//! placeholder until the room is merged
/// Rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// l
    pub links: bool,
    /// e
    pub emoji: bool,
    /// p
    pub profanity: bool,
}
pub(crate) fn clean(text: &str, _: Rules) -> String {
    text.trim().to_owned()
}
