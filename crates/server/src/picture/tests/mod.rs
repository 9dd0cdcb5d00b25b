//! Uploads of every kind and what becomes of them. `samples/` holds what our own encoders cannot make; all of it is
//! 24 × 16 pixels, made with Pillow.

mod broken;
mod cleaner;
mod formats;
mod hidden;
mod limits;
mod make;
mod memory;
mod turns;

use image::{DynamicImage, ImageDecoder, ImageReader};

use super::{Picture, clean};

fn cleaned(upload: &[u8]) -> Picture {
    clean(upload).unwrap_or_else(|refusal| panic!("refused: {refusal}"))
}

fn refused(upload: &[u8]) -> String {
    clean(upload).expect_err("taken, though it must be refused").to_string()
}

fn decoded(bytes: &[u8]) -> DynamicImage {
    ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().unwrap().decode().unwrap()
}

/// Whether any decoder of the library finds metadata.
fn has_metadata(bytes: &[u8]) -> bool {
    let reader = ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().unwrap();
    let mut decoder = reader.into_decoder().unwrap();
    decoder.exif_metadata().unwrap().is_some()
        || decoder.xmp_metadata().unwrap().is_some()
        || decoder.icc_profile().unwrap().is_some()
        || decoder.iptc_metadata().unwrap().is_some()
}
