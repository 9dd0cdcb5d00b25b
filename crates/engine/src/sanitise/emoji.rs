//! Emoji: every one of Unicode, by the properties of UTS #51 rather than by a list of sequences, so that an
//! incomplete or a future sequence goes as well.

use unicode_properties::{GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory};

const TEXT_STYLE: char = '\u{FE0E}';
const EMOJI_STYLE: char = '\u{FE0F}';
const JOINER: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';

/// `text` without its emoji and without the joiners and selectors that belonged to them; `None` when it has none.
pub(super) fn drop_all(text: &str) -> Option<String> {
    let first = text.find(concerns)?;
    // A keycap or an emoji style changes the character before it, so the walk begins one earlier.
    let from = text[..first].char_indices().next_back().map_or(0, |(at, _)| at);
    let mut walk = Walk { kept: text[..from].to_owned(), dropping: false, keycap_base: false };
    let mut chars = text[from..].chars().peekable();
    while let Some(c) = chars.next() {
        walk.step(c, chars.peek().copied());
    }
    (walk.kept.len() < text.len()).then_some(walk.kept)
}

/// Whether `c` may have to go, for a quick look at texts that have nothing of the kind.
fn concerns(c: char) -> bool {
    c >= JOINER && (matches!(c, JOINER | EMOJI_STYLE | TEXT_STYLE | KEYCAP) || tag(c) || pictograph(c))
}

struct Walk {
    kept: String,
    /// Whether the character before was dropped, so that what joins or styles it goes too.
    dropping: bool,
    /// Whether the last kept character is the digit, `#` or `*` that a keycap would enclose.
    keycap_base: bool,
}

impl Walk {
    fn step(&mut self, c: char, next: Option<char>) {
        match c {
            EMOJI_STYLE => {}
            TEXT_STYLE if self.dropping => {}
            KEYCAP => self.enclose(),
            JOINER if self.dropping || !self.joins_letters() => {}
            '©' | '®' | '™' if next != Some(EMOJI_STYLE) => self.keep(c),
            '0'..='9' | '#' | '*' => {
                self.keep(c);
                self.keycap_base = true;
            }
            _ if pictograph(c) || tag(c) => {
                self.dropping = true;
                self.keycap_base = false;
            }
            _ => self.keep(c),
        }
    }

    fn keep(&mut self, c: char) {
        self.kept.push(c);
        self.dropping = false;
        self.keycap_base = false;
    }

    fn enclose(&mut self) {
        if self.keycap_base {
            self.kept.pop();
        }
        self.keycap_base = false;
        self.dropping = true;
    }

    /// Indic and Arabic scripts shape their letters with joiners; nothing else does.
    fn joins_letters(&self) -> bool {
        self.kept.chars().next_back().is_some_and(|before| {
            let group = before.general_category_group();
            !before.is_ascii() && matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark)
        })
    }
}

/// Tag characters: they spell the flags of regions, and unseen messages.
fn tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007F}')
}

/// Whether `c` is an emoji, a part of a flag, a skin tone, or stands where Unicode keeps room for future emoji.
fn pictograph(c: char) -> bool {
    match c {
        '\0'..='\u{7F}' => false,
        '\u{1F1E6}'..='\u{1F1FF}' | '\u{1F300}'..='\u{1F64F}' | '\u{1F680}'..='\u{1F6FF}' => true,
        '\u{1F900}'..='\u{1F9FF}' | '\u{1FA70}'..='\u{1FAFF}' => true,
        _ => c.is_emoji_char(),
    }
}
