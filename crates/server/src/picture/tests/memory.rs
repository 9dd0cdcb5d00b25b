//! What one photo costs, seen from outside: the test runs itself as a process of its own, which cleans the photo and
//! prints the most memory it ever had.

use std::io::Write;
use std::process::Command;

use image::{ImageFormat, Rgb, RgbImage};

use super::cleaned;
use super::make::{encoded, exif, insert, jpeg_segment};

const PHOTO: &str = "PARLANCE_TEST_PHOTO";
const ITSELF: &str = "picture::tests::memory::a_photo_of_12_megapixels_takes_less_than_150_mb";

/// A photo of 4000 × 3000 pixels with detail everywhere, taken with the telephone held upright.
fn photo() -> Vec<u8> {
    let shade = |x: u32, y: u32| u8::try_from((x / 9 + y / 7 + x * y / 5_000) % 251).unwrap();
    let image = RgbImage::from_fn(4_000, 3_000, |x, y| Rgb([shade(x, y), shade(y, x), shade(x / 3, y / 3)]));
    let turned = [b"Exif\0\0", exif(6, b"").as_slice()].concat();
    insert(&encoded(&image.into(), ImageFormat::Jpeg), 2, &[jpeg_segment(0xE1, &turned)])
}

/// The most memory this process ever had, in MB, as Linux tells it (proc(5), `VmHWM`).
fn memory_peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

#[test]
#[cfg(target_os = "linux")]
fn a_photo_of_12_megapixels_takes_less_than_150_mb() {
    if let Some(path) = std::env::var_os(PHOTO) {
        let picture = cleaned(&std::fs::read(path).unwrap());
        assert_eq!((picture.width, picture.height), (3_000, 4_000));
        writeln!(std::io::stdout(), "peak of {} MB", memory_peak_mb()).unwrap();
        return;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, photo()).unwrap();
    let mut process = Command::new(std::env::current_exe().unwrap());
    let output = process.args([ITSELF, "--exact", "--nocapture"]).env(PHOTO, file.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let peak = said.split("peak of ").nth(1).and_then(|rest| rest.split(' ').next());
    let peak_mb: u64 = peak.unwrap_or_else(|| panic!("{said}")).parse().unwrap();
    assert!(peak_mb < 150, "{peak_mb} MB");
}
