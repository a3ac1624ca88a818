//! The whole client against a server that misbehaves, one file for each concern.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use s_capability::Origin;
use s_kit::Server;
use url::Url;

use crate::{BoxFuture, Client, Clock, Method, Options, Permit, Request, Resolve, RetryPolicy, Secret};

mod caching;
mod credentials;
mod downloads;
mod limits;
mod proxies;
mod redirects;
mod retries;
mod rules;
mod secure;

/// Options that never wait for long and whose randomness repeats.
fn options() -> Options {
    Options {
        retry: RetryPolicy { seed: 1, ..RetryPolicy::default() },
        clock: Arc::new(TestClock::default()),
        ..Options::default()
    }
}

fn client() -> Client {
    Client::new(options())
}

/// Everything with the origins of these URLs, also where they are private.
fn permit(origins: &[&str]) -> Arc<Permit> {
    let origins: Vec<Origin> =
        origins.iter().map(|url| Origin::from_url(&Url::parse(url).unwrap()).unwrap()).collect();
    use Method::*;
    Arc::new(Permit {
        holder: "test".into(),
        origins: origins.iter().cloned().map(Into::into).collect(),
        methods: BTreeSet::from([Get, Head, Post, Put, Patch, Delete]),
        private_origins: origins,
    })
}

fn permit_for(server: &Server) -> Arc<Permit> {
    permit(&[&server.origin()])
}

fn get(url: impl AsRef<str>) -> Request {
    Request::get(Url::parse(url.as_ref()).unwrap())
}

fn secret(text: &str, origins: &[&str]) -> Secret {
    let origins: Vec<_> = origins.iter().map(|origin| origin.parse().unwrap()).collect();
    Secret::new(text.to_owned(), origins)
}

async fn text(client: &Client, permit: &Arc<Permit>, request: Request) -> String {
    let mut response = client.send(permit, request).await.unwrap();
    String::from_utf8(response.bytes().await.unwrap().to_vec()).unwrap()
}

/// A clock on which waiting takes no time and is remembered.
#[derive(Default)]
struct TestClock {
    slept: Mutex<Vec<Duration>>,
}

impl TestClock {
    fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }
}

impl Clock for TestClock {
    /// Sunday, 6 November 1994, 08:49:37 GMT, and what was slept since.
    fn now(&self) -> SystemTime {
        let slept: Duration = self.slept.lock().unwrap().iter().sum();
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777) + slept
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        self.slept.lock().unwrap().push(duration);
        Box::pin(std::future::ready(()))
    }
}

/// A resolver that gives these answers one after the other, the last one again and again.
struct Names {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Names {
    fn new(answers: &[&[&str]]) -> Arc<Names> {
        let parse = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        Arc::new(Names {
            answers: Mutex::new(answers.iter().map(parse).collect()),
            asked: AtomicUsize::new(0),
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(SeqCst)
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.asked.fetch_add(1, SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(std::future::ready(Ok(answer.unwrap_or_default())))
    }
}
