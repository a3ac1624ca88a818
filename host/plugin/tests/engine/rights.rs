//! What was not granted is denied, whatever the component imports.

use std::sync::Arc;

use s_capability::Rights;
use s_plugin::{Cause, FaultKind};

use crate::lab::{Lab, attack, attacker, cause, engine, rights, run};

#[test]
fn what_is_not_granted_is_denied() {
    let lab = Arc::new(Lab::default());
    let plugin = attacker(rights(), &lab);
    for (words, expected) in [
        (["http", "https://registry.example/"].as_slice(), "Denied host/denied"),
        (&["env", "HOME"], "HOME is not there"),
        (&["cache-put", "key"], "Denied host/denied"),
        (&["cache-get", "key"], "Denied host/denied"),
        (&["cache-remove", "key"], "Denied host/denied"),
        (&["propose", "a.txt"], "Denied host/denied"),
        (&["project"], "Denied host/denied"),
    ] {
        attack(&plugin, words).unwrap();
        assert_eq!(lab.said()[0], expected, "{words:?}");
        crate::lab::lock(&lab.said).clear();
    }
    // Functions that cannot answer with an error end the call.
    for words in [["clock"], ["random"]] {
        let Cause::Fault(fault) = cause(attack(&plugin, &words)) else { panic!("{words:?}") };
        assert_eq!((fault.kind, fault.code.as_str()), (FaultKind::Denied, "host/denied"), "{words:?}");
    }
    let mute = attacker(Rights { ui: false, ..rights() }, &lab);
    let Cause::Fault(fault) = cause(attack(&mute, &["crypto"])) else { panic!("printing") };
    assert_eq!(fault.kind, FaultKind::Denied);
    assert!(lab.said().is_empty());
}

#[test]
fn what_is_granted_is_there_and_no_more() {
    let lab = Arc::new(Lab::default());
    let mut rights = Rights { clock: true, random: true, ..rights() };
    rights.env.insert("ATTACK_GRANTED".to_owned());
    let plugin = attacker(rights, &lab);
    for (words, expected) in [
        (["env", "ATTACK_GRANTED"].as_slice(), "ATTACK_GRANTED=value of ATTACK_GRANTED"),
        (&["env", "attack_granted"], "attack_granted is not there"),
        (&["random"], "32 bytes"),
        (&["random", "1000000"], "1024 bytes"),
    ] {
        attack(&plugin, words).unwrap();
        assert_eq!(lab.said(), [expected], "{words:?}");
        crate::lab::lock(&lab.said).clear();
    }
    attack(&plugin, &["clock"]).unwrap();
    assert!(lab.said()[0].ends_with("elapsed 0"), "in steps of 10 ms: {:?}", lab.said());
}

#[test]
fn a_question_needs_somebody_and_a_password_a_secret() {
    let lab = Arc::new(Lab::default());
    attack(&attacker(rights(), &lab), &["prompt"]).unwrap();
    assert_eq!(
        lab.said(),
        [
            "Unsupported host/not-interactive",
            "Unsupported host/unsupported",
            "Unsupported host/unsupported",
            "Denied host/denied",
            "Denied host/denied",
        ]
    );
}

#[test]
fn one_plugin_does_not_read_the_cache_of_another() {
    let lab = Arc::new(Lab::default());
    let rights = Rights { cache_bytes: Some(1 << 20), ..rights() };
    let one = attacker(rights.clone(), &lab);
    let mut other = attacker(rights, &lab);
    other.id = "attack/other".parse().unwrap();
    engine().block_on(async {
        run(&one, &["cache-put", "key"]).await.unwrap();
        run(&other, &["cross-read", "key"]).await.unwrap();
        run(&one, &["cache-get", "key"]).await.unwrap();
        run(&one, &["cache-put", "large", "2"]).await.unwrap();
        run(&one, &["cache-put", &"k".repeat(2000)]).await.unwrap();
    });
    assert_eq!(
        lab.said(),
        [
            "kept",
            "nothing",
            "5 bytes, tag tag",
            "LimitExceeded host/cache-full",
            "InvalidInput host/cache-key"
        ]
    );
}
