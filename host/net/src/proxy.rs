//! Proxies: `http` requests are handed over with their whole URL, `https` goes through a tunnel
//! made with `CONNECT` (RFC 9110, section 9.3.6).
//!
//! With a proxy it is the proxy that resolves names, so the address rule holds for hosts written as
//! addresses only; what a name may lead to is then the rule of whoever runs the proxy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use s_capability::Origin;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::connect::Socket;
use crate::error::NetError;

/// What is between us and the network. By default nothing.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    no_proxy: Vec<String>,
}

/// One proxy, spoken to in plain HTTP.
#[derive(Clone)]
pub(crate) struct Proxy {
    host: Host<String>,
    port: u16,
    authorization: Option<HeaderValue>,
}

/// Bytes after which the answer to `CONNECT` is refused.
const TUNNEL_HEAD_BYTES_MAX: usize = 8192;

impl Proxies {
    /// Reads the values of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`; empty means none.
    ///
    /// A proxy is an `http` URL, or a host and port; a user name and password in it are sent to the
    /// proxy only. `no_proxy` lists, separated by commas, hosts with all below them, addresses, or
    /// `*`; each may end with a port.
    ///
    /// # Errors
    /// [`NetError::InvalidRequest`] when a proxy is not one; the text is not repeated.
    pub fn new(http: Option<&str>, https: Option<&str>, no_proxy: Option<&str>) -> Result<Proxies, NetError> {
        let entries = no_proxy.unwrap_or_default().split(',').map(|entry| entry.trim().to_ascii_lowercase());
        Ok(Proxies {
            http: parse("http", http)?,
            https: parse("https", https)?,
            no_proxy: entries.filter(|entry| !entry.is_empty()).collect(),
        })
    }

    pub(crate) fn proxy_for(&self, url: &Url) -> Option<&Proxy> {
        let proxy = if url.scheme() == "https" { self.https.as_ref() } else { self.http.as_ref() }?;
        let host = url.host_str()?;
        let port = url.port_or_known_default()?;
        let is_direct = self.no_proxy.iter().any(|entry| entry_matches(entry, host, port));
        (!is_direct).then_some(proxy)
    }
}

impl Proxy {
    pub(crate) fn host(&self) -> &Host<String> {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The credential for the proxy, for requests it forwards.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    /// Asks for a tunnel to an origin.
    pub(crate) async fn open_tunnel(&self, socket: &mut Socket, origin: &Origin) -> Result<(), String> {
        let target = format!("{}:{}", origin.host(), origin.port());
        let mut head =
            Zeroizing::new(format!("CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n").into_bytes());
        if let Some(value) = &self.authorization {
            head.extend_from_slice(b"proxy-authorization: ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        let broken = |error: std::io::Error| format!("the proxy broke off: {error}");
        socket.write_all(&head).await.map_err(broken)?;
        // Byte by byte, as what follows the head belongs to the tunnel.
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            if answer.len() == TUNNEL_HEAD_BYTES_MAX {
                return Err("the proxy answered with too large a head".to_owned());
            }
            answer.push(socket.read_u8().await.map_err(broken)?);
        }
        match answer.get(9..12) {
            Some([b'2', ..]) if answer.starts_with(b"HTTP/1.") => Ok(()),
            Some(status) => Err(format!("the proxy answered {}", status.escape_ascii())),
            None => Err("the proxy does not answer in HTTP".to_owned()),
        }
    }
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

fn parse(what: &str, text: Option<&str>) -> Result<Option<Proxy>, NetError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let invalid =
        || NetError::InvalidRequest { what: format!("the proxy for `{what}` is not an `http` URL") };
    let absolute = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&absolute).map_err(|_| invalid())?;
    let (Some(host), "http") = (url.host(), url.scheme()) else { return Err(invalid()) };
    let authorization = if url.username().is_empty() && url.password().is_none() {
        None
    } else {
        let pair = Zeroizing::new(format!(
            "{}:{}",
            decoded(url.username()).ok_or_else(invalid)?,
            decoded(url.password().unwrap_or_default()).ok_or_else(invalid)?
        ));
        let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
        let mut value = HeaderValue::from_str(&text).map_err(|_| invalid())?;
        value.set_sensitive(true);
        Some(value)
    };
    Ok(Some(Proxy { host: host.to_owned(), port: url.port().unwrap_or(80), authorization }))
}

/// Decodes percent signs; none where that gives no text.
fn decoded(text: &str) -> Option<String> {
    // A plus sign means itself in a user name, not a space.
    let kept = text.replace('+', "%2B");
    let mut pairs = url::form_urlencoded::parse(kept.as_bytes());
    match (pairs.next(), pairs.next()) {
        (None, _) => Some(String::new()),
        (Some((key, value)), None) if value.is_empty() => Some(key.into_owned()),
        _ => None,
    }
}

fn entry_matches(entry: &str, host: &str, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    let (name, entry_port) = match entry.rsplit_once(':') {
        Some((name, digits)) if !name.ends_with(':') => match digits.parse::<u16>() {
            Ok(number) => (name, Some(number)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    };
    let name = name.trim_start_matches("*.").trim_start_matches('.');
    let is_below = host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
    entry_port.is_none_or(|number| number == port) && !name.is_empty() && (host == name || is_below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_names_hosts_and_all_below() {
        let no_proxy = " example.com, .corp.example ,127.0.0.1:8080,[::1]";
        let proxies =
            Proxies::new(Some("proxy.example:3128"), Some("proxy.example:3128"), Some(no_proxy)).unwrap();
        for (url, is_direct) in [
            ("http://example.com/", true),
            ("https://a.example.com/", true),
            ("http://badexample.com/", false),
            ("http://corp.example/", true),
            ("http://a.corp.example/", true),
            ("http://127.0.0.1:8080/", true),
            ("http://127.0.0.1:8081/", false),
            ("http://[::1]:5000/", true),
            ("http://other.example/", false),
        ] {
            assert_eq!(proxies.proxy_for(&Url::parse(url).unwrap()).is_none(), is_direct, "{url}");
        }
        let all = Proxies::new(Some("proxy.example"), None, Some("*")).unwrap();
        assert!(all.proxy_for(&Url::parse("http://a.example/").unwrap()).is_none());
        assert!(Proxies::new(Some(" "), None, None).unwrap().http.is_none());
    }

    #[test]
    fn passwords_of_proxies_are_not_shown() {
        let proxies = Proxies::new(Some("http://ada:p%40ss+1@proxy.example:3128"), None, None).unwrap();
        let proxy = proxies.http.as_ref().unwrap();
        assert_eq!(proxy.authorization().unwrap(), &format!("Basic {}", STANDARD.encode("ada:p@ss+1")));
        assert_eq!(
            format!("{proxies:?}"),
            "Proxies { http: Some(proxy.example:3128), https: None, no_proxy: [] }"
        );
        let error = Proxies::new(Some("ftp://ada:secret@proxy.example"), None, None).unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }
}
