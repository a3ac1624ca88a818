//! `s owner`: who may publish a package of a served registry.

use crate::served::{Served, run_as};
use crate::support::{Outcome, Sandbox};

const ALL: &[&str] = &["publish", "yank", "owners"];

/// A served registry in which `ann` has published `json` 1.0.0, and two who have tokens.
struct Shop {
    sandbox: Sandbox,
    served: Served,
    ann: String,
    bob: String,
}

impl Shop {
    fn new() -> Shop {
        let sandbox = Sandbox::new();
        let served = Served::start(&sandbox);
        let (ann, bob) = (served.token(&sandbox, "ann", ALL), served.token(&sandbox, "bob", ALL));
        served.bind(&sandbox);
        let shop = Shop { sandbox, served, ann, bob };
        shop.version("1.0.0");
        done(&shop.ann(&["publish"]));
        shop
    }

    fn version(&self, version: &str) {
        let table = self.served.table();
        let text = format!("[package]\nname = \"json\"\nversion = \"{version}\"\n\n{table}");
        self.sandbox.write("json/stryke.toml", &text);
    }

    fn ann(&self, args: &[&str]) -> Outcome {
        run_as(&self.sandbox, &self.ann, "json", args)
    }

    fn bob(&self, args: &[&str]) -> Outcome {
        run_as(&self.sandbox, &self.bob, "json", args)
    }

    fn owners(&self) -> String {
        let listed = self.ann(&["owner", "list"]);
        done(&listed);
        listed.stdout
    }
}

#[track_caller]
fn done(outcome: &Outcome) {
    assert_eq!(outcome.status, Some(0), "{}", outcome.text());
}

#[track_caller]
fn fails(outcome: &Outcome, words: &[&str]) {
    assert_eq!(outcome.status, Some(1), "{}", outcome.text());
    for word in words {
        assert!(outcome.text().contains(word), "`{word}` is missing: {}", outcome.text());
    }
}

#[test]
fn s18_an_owner_publishes_from_being_added_until_being_removed() {
    let shop = Shop::new();
    assert_eq!(shop.owners(), "ann\n");
    shop.version("1.1.0");
    let no_owner = ["`bob` is no owner of `json`"];
    fails(&shop.bob(&["publish"]), &no_owner);
    fails(&shop.bob(&["owner", "add", "bob"]), &["`bob` is no owner of `json`", "s owner list json"]);

    let added = shop.ann(&["owner", "add", "bob"]);
    done(&added);
    assert!(added.stderr.contains("Added bob to the owners of json in own"), "{}", added.text());
    assert_eq!(shop.owners(), "ann\nbob\n");
    done(&shop.bob(&["publish"]));
    done(&shop.bob(&["yank", "1.0.0"]));

    let removed = shop.ann(&["owner", "remove", "json", "bob", "--json"]);
    done(&removed);
    let removed = removed.json();
    assert_eq!((&removed["user"], &removed["owner"]), (&"bob".into(), &false.into()));
    assert_eq!((&removed["name"], &removed["changed"]), (&"json".into(), &true.into()));
    shop.version("1.2.0");
    fails(&shop.bob(&["publish"]), &no_owner);
    fails(&shop.bob(&["unyank", "1.0.0"]), &no_owner);
    let listed = shop.ann(&["owner", "list", "json", "--json"]).json();
    assert_eq!(listed, serde_json::json!({ "name": "json", "registry": "own", "owners": ["ann"] }));
}

#[test]
fn s18_a_package_keeps_an_owner_and_a_mistyped_one_is_not_removed() {
    let shop = Shop::new();
    fails(
        &shop.ann(&["owner", "remove", "ann"]),
        &["`ann` is the last owner", "add another one first: s owner add json USER"],
    );
    done(&shop.ann(&["owner", "add", "json", "bobby"]));
    let again = shop.ann(&["owner", "add", "bobby"]);
    done(&again);
    assert!(again.stderr.contains("Unchanged bobby is an owner of json in own"), "{}", again.text());
    fails(
        &shop.ann(&["owner", "remove", "boby"]),
        &["S-4073", "`boby` is no owner of `json`", "did you mean: s owner remove json bobby"],
    );
    assert_eq!(shop.owners(), "ann\nbobby\n");
    // Who is left may not be the one who asks.
    done(&shop.ann(&["owner", "remove", "ann"]));
    assert_eq!(shop.owners(), "bobby\n");
}

#[test]
fn s18_owners_of_a_scope_publish_new_packages_in_it() {
    let shop = Shop::new();
    let package = |name: &str| {
        let table = shop.served.table();
        let text = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n\n{table}");
        shop.sandbox.write("json/stryke.toml", &text);
    };
    fails(&shop.ann(&["owner", "list", "--scope", "acme"]), &["there is no `acme/*`", "`acme/NAME`"]);
    package("acme/json");
    done(&shop.ann(&["publish"]));
    let listed = shop.ann(&["owner", "list", "--scope", "acme", "--json"]).json();
    assert_eq!(listed, serde_json::json!({ "scope": "acme", "registry": "own", "owners": ["ann"] }));

    package("acme/http");
    fails(&shop.bob(&["publish"]), &["`bob` is no owner of `acme/*`"]);
    let refused = shop.bob(&["owner", "add", "--scope", "acme", "bob"]);
    fails(&refused, &["`bob` is no owner of `acme/*`", "s owner list --scope acme"]);
    let added = shop.ann(&["owner", "add", "--scope", "acme/*", "bob"]);
    done(&added);
    assert!(added.stderr.contains("Added bob to the owners of acme/* in own"), "{}", added.text());
    done(&shop.bob(&["publish"]));
    // Whoever owns the scope owns no package of somebody else for that.
    let other = shop.bob(&["owner", "add", "acme/json", "bob"]);
    fails(&other, &["`bob` is no owner of `acme/json`"]);

    let near = shop.ann(&["owner", "remove", "bobb", "--scope", "acme"]);
    fails(&near, &["S-4073", "did you mean: s owner remove --scope acme bob"]);
    done(&shop.ann(&["owner", "remove", "--scope", "acme", "bob"]));
    let last = shop.ann(&["owner", "remove", "--scope", "acme", "ann"]);
    fails(&last, &["`ann` is the last owner", "s owner add --scope acme USER"]);
    for args in [
        &["owner", "add", "json", "bob", "--scope", "acme"][..],
        &["owner", "list", "--scope", "acme/json"],
        &["owner", "list", "--scope", ""],
        &["owner", "list", "--scope", "acme", "-p", "json"],
    ] {
        let outcome = shop.ann(args);
        assert_eq!(outcome.status, Some(2), "{args:?}\n{}", outcome.text());
    }
}

#[test]
fn s18_a_mistake_of_the_command_line_changes_no_owners() {
    let shop = Shop::new();
    for (args, status) in [
        (&["owner"][..], 2),
        (&["owner", "add"], 2),
        (&["owner", "add", "json", "bob", "more"], 2),
        (&["owner", "add", "JSON", "bob"], 2),
        (&["owner", "add", "b b"], 1),
        (&["owner", "list", "other"], 1),
    ] {
        let outcome = shop.ann(args);
        assert_eq!(outcome.status, Some(status), "{args:?}\n{}", outcome.text());
    }
    fails(&shop.ann(&["owner", "list", "jsn"]), &["S-4064", "did you mean `json`?"]);
    fails(&run_as(&shop.sandbox, &shop.ann, ".", &["owner", "list"]), &["S-3005", "s owner list NAME"]);
    let none = run_as(&shop.sandbox, "", "json", &["owner", "list"]);
    assert_ne!(none.status, Some(70), "{}", none.text());
    assert_eq!(shop.owners(), "ann\n");
}
