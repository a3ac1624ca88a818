//! Calls of every function of the host with odd values, made by a guest from a seed.

use std::sync::Arc;

use s_capability::Rights;
use s_kit::{Answer, Server};

use crate::lab::{Lab, attacker, cause, engine, http_to, network, rights, run};

/// Calls of the host in each session.
const CALLS: &str = "600";

/// What a server answers to odd requests.
fn server() -> Server {
    Server::start(|request| match request.path().len() % 6 {
        0 => Answer::status(404),
        1 => Answer::redirect(302, "/..//\\"),
        2 => Answer::ok("some").truncated(2),
        3 => Answer::status(204),
        _ => Answer::ok(vec![0xff; 5000]),
    })
}

#[test]
fn the_host_goes_on_whatever_it_is_asked() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "a").unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let everything = Rights {
        http: http_to(&server.origin()),
        private_origins: vec![server.origin().parse().unwrap()],
        cache_bytes: Some(1 << 20),
        clock: true,
        random: true,
        project: true,
        views: [("data".to_owned(), Some(folder.path().to_owned()))].into(),
        env: ["data".to_owned()].into(),
        edits: true,
        ..rights()
    };
    for seed in 0..24 {
        let on_question = Some(Box::new(|_: &str| true) as Box<_>);
        let lab = Arc::new(Lab { network: network(), on_question, ..Lab::default() });
        let plugin = attacker(everything.clone(), &lab);
        let words = ["odd", &seed.to_string(), CALLS, &server.origin()];
        // A panic of the host would come through here.
        let ended = engine().block_on(run(&plugin, &words));
        let said = lab.said();
        assert!(ended.is_ok(), "seed {seed}: {:?}", cause(ended));
        let errors = said
            .last()
            .and_then(|line| line.strip_prefix(CALLS)?.strip_prefix(" calls, "))
            .unwrap_or_else(|| panic!("{said:?}"));
        let errors: usize = errors.split(' ').next().unwrap().parse().unwrap();
        assert!((50..550).contains(&errors), "seed {seed}: {errors} errors");
        // Another session finds everything as it was.
        engine().block_on(run(&plugin, &["crypto"])).unwrap();
        assert_eq!(lab.said().last().map(String::as_str), Some("hash true forged false"), "seed {seed}");
    }
}
