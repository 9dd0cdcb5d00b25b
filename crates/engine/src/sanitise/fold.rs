//! The shadow of a text: what a reader takes it for, with offsets back into the text itself.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// One character as a reader sees it, and the bytes of the text that it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// The character without its accents, and plain where it was full-width, circled, bold or the like.
    pub(super) seen: char,
    /// The first byte in the text.
    pub(super) start: usize,
    /// One past the last byte in the text, accents included.
    pub(super) end: usize,
}

/// The shadow of `text`: invisible characters left out, accents and compatibility forms (UAX #15, NFKD) undone,
/// letter case kept.
pub(super) fn fold(text: &str) -> Vec<Glyph> {
    let mut glyphs = Vec::with_capacity(text.len());
    for (start, c) in text.char_indices() {
        if c.is_ascii() {
            glyphs.push(Glyph { seen: c, start, end: start + 1 });
        } else if !invisible(c) {
            push_parts(&mut glyphs, c, start);
        }
    }
    glyphs
}

fn push_parts(glyphs: &mut Vec<Glyph>, c: char, start: usize) {
    let end = start + c.len_utf8();
    decompose_compatible(boxed_letter(c).unwrap_or(c), |seen| {
        if is_combining_mark(seen) {
            accent(glyphs, seen, end);
        } else {
            glyphs.push(Glyph { seen, start, end });
        }
    });
}

/// An accent belongs to the letter before it and vanishes, but for the tilde on n: in Spanish that is another
/// letter, and a swear word without it is an ice-cream cone.
fn accent(glyphs: &mut [Glyph], mark: char, end: usize) {
    let Some(letter) = glyphs.last_mut() else { return };
    letter.end = end;
    if mark == '\u{303}' && matches!(letter.seen, 'n' | 'N') {
        letter.seen = 'ñ';
    }
}

/// Characters that take no space of their own: soft hyphen, joiners, direction marks, fillers, variation
/// selectors, tags (Unicode's `Default_Ignorable_Code_Point`, and the blank of Braille, which looks like it).
pub(crate) fn invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Letters in dark circles and squares and the letters flags are made of, which Unicode does not decompose.
fn boxed_letter(c: char) -> Option<char> {
    let first = match c {
        '\u{1F150}'..='\u{1F169}' => 0x1F150,
        '\u{1F170}'..='\u{1F189}' => 0x1F170,
        '\u{1F1E6}'..='\u{1F1FF}' => 0x1F1E6,
        _ => return None,
    };
    char::from_u32(u32::from('A') + (u32::from(c) - first))
}

/// The small Latin letter that `c` is, or that it is easily taken for: Cyrillic, Greek and phonetic letters of
/// the same shape. Any other character is given back in lower case.
pub(super) fn lookalike(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    match c {
        'а' | 'А' | 'α' | 'Α' | 'ɑ' | 'ᴀ' => 'a',
        'В' | 'Β' | 'ʙ' => 'b',
        'с' | 'С' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'đ' | 'ᴅ' => 'd',
        'е' | 'Е' | 'Ε' | 'є' | 'ᴇ' => 'e',
        'ғ' | 'ꜰ' => 'f',
        'ɡ' | 'ɢ' => 'g',
        'һ' | 'Н' | 'Η' | 'ʜ' => 'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ı' | 'ɪ' => 'i',
        'ј' | 'Ј' | 'ᴊ' => 'j',
        'к' | 'К' | 'κ' | 'Κ' | 'ᴋ' => 'k',
        'ӏ' | 'Ӏ' | 'ł' | 'Ł' | 'ʟ' => 'l',
        'М' | 'Μ' | 'ᴍ' => 'm',
        'Ν' | 'ɴ' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'ø' | 'Ø' | 'ᴏ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' | 'ᴘ' => 'p',
        'ԛ' => 'q',
        'ʀ' => 'r',
        'ѕ' | 'Ѕ' | 'ꜱ' => 's',
        'Т' | 'Τ' | 'τ' | 'ᴛ' => 't',
        'υ' | 'ʋ' | 'μ' | 'ᴜ' => 'u',
        'ν' | 'ѵ' | 'ᴠ' => 'v',
        'ԝ' | 'ᴡ' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'Υ' | 'ʏ' => 'y',
        'Ζ' | 'ᴢ' => 'z',
        other => other.to_lowercase().next().unwrap_or(other),
    }
}
