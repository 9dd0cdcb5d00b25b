//! Secrets from standard input, which the list of processes does not show.

use std::io::{Read, stdin};

use super::{Failure, Result};

/// The longest secret, in bytes; one more byte is read to see that there is more.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Standard input up to its end, without the line end that `echo` and editors add.
pub(super) fn secret() -> Result<String> {
    let mut text = String::new();
    let read = stdin().lock().take(SECRET_BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(|problem| Failure::invalid(format!("cannot read standard input: {problem}")))?;
    if text.len() as u64 > SECRET_BYTES_MAX {
        return Err(Failure::invalid("What came on standard input is too long for a secret."));
    }
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    match secret {
        "" => Err(Failure::invalid("There is nothing on standard input.")),
        secret => Ok(secret.to_owned()),
    }
}
