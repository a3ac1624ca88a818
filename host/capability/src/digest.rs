//! How digests are written in files: `sha256-` and 64 lower-case hexadecimal digits.

use std::fmt::Write as _;

/// Writes a digest as it stands in files.
pub fn digest_text(digest: &[u8; 32]) -> String {
    digest.iter().fold("sha256-".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads that form, and no other.
pub(crate) fn parse(text: &str) -> Result<[u8; 32], &'static str> {
    let malformed = "must be `sha256-` and 64 lower-case hexadecimal digits";
    let hex = text.strip_prefix("sha256-").filter(|hex| hex.len() == 64).ok_or(malformed)?.as_bytes();
    let nibble = |b: u8| match b {
        b'0'..=b'9' => Ok(b - b'0'),
        b'a'..=b'f' => Ok(b - b'a' + 10),
        _ => Err(malformed),
    };
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_form() {
        let digest: [u8; 32] = std::array::from_fn(|i| (i * 37) as u8);
        let text = digest_text(&digest);
        assert_eq!(parse(&text), Ok(digest));
        for other in [text.to_uppercase(), text.replace('-', ":"), text[..70].to_owned(), format!("{text}0")]
        {
            assert!(parse(&other).is_err(), "{other}");
        }
    }
}
