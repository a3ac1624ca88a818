//! How the token is sent: as the server asks, else as the user configured.

use s_guest::Error;

use crate::Challenge;

/// How a token is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer TOKEN` (RFC 6750).
    Bearer,
    /// `Authorization: Basic` with this user name and the token as password (RFC 7617).
    Basic(String),
    /// The token alone as the value of this header.
    Header(String),
}

/// Chooses a scheme. `option` finds an option of the configuration:
/// `scheme`, one of `bearer` (the default), `basic` and `header:NAME`, and `user`, the name for
/// `basic` (`token` by default).
///
/// What the server asks for goes before what is configured, in the order of the server, except
/// that a configured header stays: no challenge can ask for one.
///
/// # Errors
/// `invalid-input` for an option that makes no sense.
pub fn scheme<'a>(
    challenges: &[Challenge],
    option: impl Fn(&str) -> Option<&'a str>,
) -> Result<Scheme, Error> {
    let user = option("user").unwrap_or("token");
    if user.contains(':') || user.chars().any(char::is_control) {
        return Err(Error::invalid_input(
            "auth-token/user",
            "`user` may have neither `:` nor control characters",
        ));
    }
    let basic = || Scheme::Basic(user.to_owned());
    let configured = match option("scheme").unwrap_or("bearer") {
        "bearer" => Scheme::Bearer,
        "basic" => basic(),
        other => match other.strip_prefix("header:") {
            Some(name) if is_token(name) => return Ok(Scheme::Header(name.to_owned())),
            _ => {
                return Err(Error::invalid_input(
                    "auth-token/scheme",
                    format!("`{other}` is no way to send a token"),
                )
                .with_help("`scheme` is `bearer`, `basic` or `header:NAME`"));
            }
        },
    };
    let asked =
        challenges.iter().find_map(|challenge| match challenge.scheme.to_ascii_lowercase().as_str() {
            "bearer" => Some(Scheme::Bearer),
            "basic" => Some(basic()),
            _ => None,
        });
    Ok(asked.unwrap_or(configured))
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenges;

    #[test]
    fn the_server_is_answered_as_it_asks() {
        let basic = |user: &str| Ok(Scheme::Basic(user.to_owned()));
        let header = |name: &str| Ok(Scheme::Header(name.to_owned()));
        for (challenge, options, expected) in [
            ("", &[][..], Ok(Scheme::Bearer)),
            ("Bearer realm=\"x\"", &[], Ok(Scheme::Bearer)),
            ("basic realm=\"x\"", &[], basic("token")),
            ("Basic", &[("user", "ci")], basic("ci")),
            ("Negotiate, Basic, Bearer", &[], basic("token")),
            ("Bearer", &[("scheme", "basic")], Ok(Scheme::Bearer)),
            ("Cargo login_url=\"x\"", &[("scheme", "basic")], basic("token")),
            ("Cargo login_url=\"x\"", &[], Ok(Scheme::Bearer)),
            ("Bearer", &[("scheme", "header:X-Token")], header("X-Token")),
            ("", &[("scheme", "header:")], Err("auth-token/scheme")),
            ("", &[("scheme", "header:a b")], Err("auth-token/scheme")),
            ("", &[("scheme", "digest")], Err("auth-token/scheme")),
            ("", &[("user", "a:b")], Err("auth-token/user")),
            ("", &[("user", "a\nb")], Err("auth-token/user")),
        ] {
            let option = |key: &str| options.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
            let found = scheme(&challenges([challenge]), option).map_err(|error| error.code.clone());
            assert_eq!(found, expected.map_err(str::to_owned), "{challenge} {options:?}");
        }
    }
}
