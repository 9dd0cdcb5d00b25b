//! Animations: frame by frame, as palette indexes, so that one frame is in memory at a time and no colour is lost.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::num::NonZeroU64;

use gif::{DecodeOptions, Decoder, DecodingError, Encoder, EncodingError, Frame, MemoryLimit};

use super::refusal::Refusal;
use super::{Output, PIXELS_MAX, Picture, check_size};

const FRAMES_MAX: usize = 1_000;
/// The pixels of all frames together: a hundred frames of 1280 × 720, some seconds of work.
const FRAME_PIXELS_MAX: u64 = 100_000_000;
/// One frame takes a byte for each pixel.
const FRAME_BYTES_MAX: NonZeroU64 = NonZeroU64::new(PIXELS_MAX).expect("the constant is not zero");

pub(super) fn clean(bytes: &[u8]) -> Result<Picture, Refusal> {
    check_frames(bytes)?;
    let mut decoder = options().read_info(bytes)?;
    let (width, height) = (decoder.width(), decoder.height());
    let mut encoder = Encoder::new(Output::default(), width, height, &[])?;
    encoder.set_repeat(decoder.repeat())?;
    while decoder.next_frame_info()?.is_some() {
        encoder.write_frame(&decode_frame(&mut decoder)?)?;
    }
    Ok(Picture {
        bytes: encoder.into_inner()?.0,
        content_type: "image/gif",
        width: width.into(),
        height: height.into(),
    })
}

fn options() -> DecodeOptions {
    let mut options = DecodeOptions::new();
    options.set_memory_limit(MemoryLimit::Bytes(FRAME_BYTES_MAX));
    // A frame that reaches over the edge is shown by every browser in another way.
    options.check_frame_consistency(true);
    options
}

/// Looks at all frame headers before any frame is decoded, so that a bomb costs one walk over its bytes.
fn check_frames(bytes: &[u8]) -> Result<(), Refusal> {
    let mut decoder = options().read_info(bytes)?;
    check_size(decoder.width().into(), decoder.height().into())?;
    let (mut frames, mut pixels) = (0, 0);
    while let Some(frame) = decoder.next_frame_info()? {
        frames += 1;
        pixels += u64::from(frame.width) * u64::from(frame.height);
        if frames > FRAMES_MAX || pixels > FRAME_PIXELS_MAX {
            return Err(Refusal::TooManyFrames);
        }
    }
    if frames == 0 { Err(Refusal::Damaged) } else { Ok(()) }
}

/// Decodes the frame that `next_frame_info` announced, and gives it a palette of its own.
fn decode_frame(decoder: &mut Decoder<&[u8]>) -> Result<Frame<'static>, Refusal> {
    let mut pixels = vec![0; decoder.buffer_size()];
    if pixels.is_empty() {
        return Err(Refusal::Damaged);
    }
    decoder.read_into_buffer(&mut pixels)?;
    let palette = decoder.palette()?.to_vec();
    let info = decoder.current_frame_info().ok_or(Refusal::Damaged)?;
    let colours = Colours::used(&pixels, &palette, info.transparent);
    colours.renumber(&mut pixels);
    Ok(Frame {
        delay: info.delay,
        dispose: info.dispose,
        top: info.top,
        left: info.left,
        width: info.width,
        height: info.height,
        transparent: colours.transparent,
        palette: Some(colours.palette),
        buffer: Cow::Owned(pixels),
        // It would make the picture wait for a key that no browser waits for.
        needs_user_input: false,
        // The decoder has put the rows in order.
        interlaced: false,
    })
}

/// The palette of one frame, made anew from the colours that its pixels show: a palette is 768 bytes in which anything
/// can be written.
struct Colours {
    palette: Vec<u8>,
    transparent: Option<u8>,
    /// Old index to new index.
    renumbered: [u8; 256],
}

impl Colours {
    fn used(pixels: &[u8], palette: &[u8], transparent: Option<u8>) -> Self {
        let mut shown = [false; 256];
        for &pixel in pixels {
            shown[usize::from(pixel)] = true;
        }
        let colour = |index: u8| palette.as_chunks().0.get(usize::from(index)).copied().unwrap_or([0; 3]);
        let opaque = || (0..=255).filter(|&index| shown[usize::from(index)] && Some(index) != transparent);
        let mut sorted: Vec<[u8; 3]> = opaque().map(colour).collect::<BTreeSet<_>>().into_iter().collect();
        let mut renumbered = [0; 256];
        for index in opaque() {
            renumbered[usize::from(index)] = sorted.binary_search(&colour(index)).map_or(0, small);
        }
        let transparent = transparent.filter(|&index| shown[usize::from(index)]).map(|index| {
            renumbered[usize::from(index)] = small(sorted.len());
            sorted.push([0; 3]);
            renumbered[usize::from(index)]
        });
        Self { palette: sorted.into_flattened(), transparent, renumbered }
    }

    fn renumber(&self, pixels: &mut [u8]) {
        for pixel in pixels {
            *pixel = self.renumbered[usize::from(*pixel)];
        }
    }
}

/// A palette has 256 entries, so a position in it fits.
fn small(position: usize) -> u8 {
    u8::try_from(position).unwrap_or(u8::MAX)
}

impl From<DecodingError> for Refusal {
    fn from(error: DecodingError) -> Self {
        match error {
            DecodingError::MemoryLimit | DecodingError::OutOfMemory => Self::TooMuchMemory,
            _ => Self::Damaged,
        }
    }
}

impl From<EncodingError> for Refusal {
    fn from(_: EncodingError) -> Self {
        // Frames and palettes were made to suit the encoder, so all that can go wrong is that the output is full.
        Self::TooLargeWhenClean
    }
}
