//! Hashes of passwords as `/etc/shadow` has them: `$5$` and `$6$` over SHA-256 and SHA-512, `$1$` over MD5.
//! The oldest kind, over DES, can be tried out by anybody in no time and is not here.

use alloc::vec::Vec;

use s_text::digest::{md5, sha256, sha512};

const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Rounds where a setting says none.
const ROUNDS: usize = 5000;
/// Fewest and most rounds.
const LIMITS: (usize, usize) = (1000, 999_999_999);

type Digest = fn(&[u8]) -> Vec<u8>;

/// The hash of a password under a setting, which may be a whole hash. `None`: a kind that is not known.
#[must_use]
pub fn crypt(password: &[u8], setting: &[u8]) -> Option<Vec<u8>> {
    if let Some(rest) = setting.strip_prefix(b"$1$") {
        return Some(with_md5(password, salt_of(rest, 8)));
    }
    let (digest, order): (Digest, &[[u8; 3]]) = match setting.get(..3)? {
        b"$5$" => (|data| sha256(data).to_vec(), &ORDER_256),
        b"$6$" => (|data| sha512(data).to_vec(), &ORDER_512),
        _ => return None,
    };
    let rest = &setting[3..];
    let mut out = setting[..3].to_vec();
    let mut rounds = ROUNDS;
    let mut salt = rest;
    if let Some(text) = rest.strip_prefix(b"rounds=")
        && let Some(end) = text.iter().position(|byte| *byte == b'$')
        && let Some(number) = core::str::from_utf8(&text[..end]).ok().and_then(|text| text.parse().ok())
    {
        rounds = usize::clamp(number, LIMITS.0, LIMITS.1);
        out.extend_from_slice(alloc::format!("rounds={rounds}$").as_bytes());
        salt = &text[end + 1..];
    }
    let salt = salt_of(salt, 16);
    out.extend_from_slice(salt);
    out.push(b'$');
    let hash = with_sha(digest, password, salt, rounds);
    for places in order {
        let byte = |place: u8| u32::from(hash[usize::from(place)]);
        encode(byte(places[0]) << 16 | byte(places[1]) << 8 | byte(places[2]), 4, &mut out);
    }
    if hash.len() == 32 {
        encode(u32::from(hash[31]) << 8 | u32::from(hash[30]), 3, &mut out);
    } else {
        encode(u32::from(hash[63]), 2, &mut out);
    }
    Some(out)
}

/// The salt at the beginning of a text.
fn salt_of(text: &[u8], most: usize) -> &[u8] {
    let end = text.iter().position(|byte| *byte == b'$').unwrap_or(text.len());
    &text[..end.min(most)]
}

fn encode(mut bits: u32, count: usize, out: &mut Vec<u8>) {
    for _ in 0..count {
        out.push(ALPHABET[(bits & 63) as usize]);
        bits >>= 6;
    }
}

/// So many bytes of a text that is repeated.
fn repeated(text: &[u8], count: usize) -> Vec<u8> {
    text.iter().copied().cycle().take(count).collect()
}

fn with_sha(digest: Digest, password: &[u8], salt: &[u8], rounds: usize) -> Vec<u8> {
    let other = digest(&[password, salt, password].concat());
    let mut text = [password, salt].concat();
    text.extend(repeated(&other, password.len()));
    let mut bits = password.len();
    while bits > 0 {
        text.extend_from_slice(if bits & 1 == 1 { &other } else { password });
        bits >>= 1;
    }
    let mut hash = digest(&text);
    let password = repeated(&digest(&password.repeat(password.len())), password.len());
    let salt = repeated(&digest(&salt.repeat(16 + usize::from(hash[0]))), salt.len());
    for round in 0..rounds {
        hash = digest(&mixed(round, &hash, &password, &salt));
    }
    hash
}

/// What a round digests.
fn mixed(round: usize, hash: &[u8], password: &[u8], salt: &[u8]) -> Vec<u8> {
    let (first, last) = if round & 1 == 1 { (password, hash) } else { (hash, password) };
    let mut text = first.to_vec();
    if !round.is_multiple_of(3) {
        text.extend_from_slice(salt);
    }
    if !round.is_multiple_of(7) {
        text.extend_from_slice(password);
    }
    text.extend_from_slice(last);
    text
}

fn with_md5(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let other = md5(&[password, salt, password].concat());
    let mut text = [password, b"$1$", salt].concat();
    text.extend(repeated(&other, password.len()));
    let mut bits = password.len();
    while bits > 0 {
        text.push(if bits & 1 == 1 { 0 } else { password[0] });
        bits >>= 1;
    }
    let mut hash = md5(&text);
    for round in 0..1000 {
        hash = md5(&mixed(round, &hash, password, salt));
    }
    let mut out = [b"$1$", salt, b"$"].concat();
    for [one, two, three] in [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] {
        let byte = |place: usize| u32::from(hash[place]);
        encode(byte(one) << 16 | byte(two) << 8 | byte(three), 4, &mut out);
    }
    encode(u32::from(hash[11]), 2, &mut out);
    out
}

const ORDER_256: [[u8; 3]; 10] = [
    [0, 10, 20],
    [21, 1, 11],
    [12, 22, 2],
    [3, 13, 23],
    [24, 4, 14],
    [15, 25, 5],
    [6, 16, 26],
    [27, 7, 17],
    [18, 28, 8],
    [9, 19, 29],
];

const ORDER_512: [[u8; 3]; 21] = [
    [0, 21, 42],
    [22, 43, 1],
    [44, 2, 23],
    [3, 24, 45],
    [25, 46, 4],
    [47, 5, 26],
    [6, 27, 48],
    [28, 49, 7],
    [50, 8, 29],
    [9, 30, 51],
    [31, 52, 10],
    [53, 11, 32],
    [12, 33, 54],
    [34, 55, 13],
    [56, 14, 35],
    [15, 36, 57],
    [37, 58, 16],
    [59, 17, 38],
    [18, 39, 60],
    [40, 61, 19],
    [62, 20, 41],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_system() {
        for (password, setting, wanted) in [
            (
                "hello",
                "$6$saltstring",
                "$6$saltstring$FAGYDyoYriJZZozrqxKlj3e8sB/i7oiBKr0IsSILeeFjOstTzTN7VBrJXtFNTHuRzUnhy.z43X6Jd3KbHZ.me/",
            ),
            ("hello", "$5$saltstring", "$5$saltstring$4mLzDd7PmpYGnmV6HHYAR6tJydOUyhkrRSQDy8q2eK8"),
            (
                "hello",
                "$5$rounds=1000$salt",
                "$5$rounds=1000$salt$LOwWr9mMJrAtf7FfCf.shKLAf.rccucF5dcSaCW2ur3",
            ),
            ("hello", "$1$abcdefgh", "$1$abcdefgh$rwnEbRiN0agqVgZBovWNQ/"),
        ] {
            let found = crypt(password.as_bytes(), setting.as_bytes()).expect("a known kind");
            assert_eq!(found, wanted.as_bytes());
            assert_eq!(crypt(password.as_bytes(), wanted.as_bytes()).expect("a known kind"), found);
            assert_ne!(crypt(b"other", wanted.as_bytes()).expect("a known kind"), found);
        }
        assert_eq!(crypt(b"x", b"ab"), None);
        assert!(crypt(b"", b"$6$").is_some() && crypt(b"", b"$1$").is_some());
    }
}
