//! Sources and what becomes of them: fragments of the printed tree, or diagnostics.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use s_sema::{
    Analysis, Assets, Files, FindingKind, Loaded, NoAssets, Options, Require, analyse, analyse_eval, dump,
};

/// What two packages have.
static OWN: LazyLock<Arc<Assets>> = LazyLock::new(|| package("own", &["logo", "t/a", "t/b"]));
static OTHER: LazyLock<Arc<Assets>> = LazyLock::new(|| package("other", &["logo"]));

fn package(name: &str, names: &[&str]) -> Arc<Assets> {
    Arc::new(Assets { package: name.to_owned(), names: names.iter().map(|&name| name.to_owned()).collect() })
}

/// Files in memory.
struct Memory(HashMap<&'static str, &'static str>);

impl Files for Memory {
    fn require(&self, request: &Require, _from: &str, _: &[s_sema::Folder]) -> Result<Loaded, String> {
        let name = match request {
            Require::Path(path) => path.clone(),
            other => format!("{}.pm", other.name().replace("::", "/")),
        };
        match self.0.get(name.as_str()) {
            Some(text) => Ok(Loaded { pinned: name == "Packed.pm", name, text: Arc::from(*text) }),
            None => Err(format!("Can't locate {name} in @INC")),
        }
    }

    fn assets(&self, from: &str) -> Result<Arc<Assets>, NoAssets> {
        match from {
            "t.stk" => Ok(Arc::clone(&OWN)),
            "Other.pm" => Ok(Arc::clone(&OTHER)),
            _ => Err(NoAssets::NoPackage),
        }
    }

    fn asset(&self, _: &str, name: &str) -> Result<Arc<[u8]>, NoAssets> {
        Ok(Arc::from(name.as_bytes()))
    }
}

fn run(source: &str, compat: bool) -> Analysis {
    run_with(source, compat, &[])
}

fn run_with(source: &str, compat: bool, files: &[(&'static str, &'static str)]) -> Analysis {
    let files = Memory(files.iter().copied().collect());
    analyse("t.stk", Arc::from(source), &files, &Options { compat, ..Options::default() })
}

fn tree(source: &str, compat: bool) -> String {
    let found = run(source, compat);
    assert!(found.diagnostics.is_empty(), "{source}\n{:#?}", found.diagnostics);
    dump(&found.program)
}

/// Each source contains each fragment, in order.
fn check(compat: bool, table: &[(&str, &[&str])]) {
    for (source, fragments) in table {
        let text = tree(source, compat);
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut rest = flat.as_str();
        for fragment in *fragments {
            match rest.find(fragment) {
                Some(place) => rest = &rest[place + fragment.len()..],
                None => panic!("in\n{source}\nthere is no `{fragment}` in order:\n{text}"),
            }
        }
    }
}

/// Each source has a diagnostic of that code that says that text.
fn wrong(table: &[(&str, &str, &str)]) {
    for (source, code, text) in table {
        let found = run(source, false);
        let fits = found.diagnostics.iter().any(|d| {
            d.code.to_string() == *code
                && (d.message.contains(text) || d.hints.iter().any(|h| h.contains(text)))
        });
        assert!(fits, "{source}: {code} {text}\n{:#?}", found.diagnostics);
    }
}

#[test]
fn storage_is_the_least_that_works() {
    check(
        false,
        &[
            ("my $x = 1; $x = 2; p $x", &["(= (my $x.0) 1)", "(= $x.0 2)"]),
            ("my $x = f(); my $g = fn { $x }\nfn f { 1 }", &["(= (my $x.0)", "captures 0>$x'.0"]),
            ("my $x = 1; my $g = fn { $x++ }", &["(= (my $x^.0) 1)", "captures 0>$x^.0", "(++post $x^.0)"]),
            ("my $x = 1; $x = 2; my $g = fn { $x }", &["(my $x^.0)", "captures 0>$x^.0"]),
            ("my $x = 1; my $r = \\$x", &["(= (my $x^.0) 1)", "(ref $x^.0)"]),
            ("my $x = 0; eval { $x = 1 }", &["(= (my $x^.0) 0)", "eval { (= $x^.0 1) }"]),
            ("my $x = 0; try { $x = 1 } catch ($e) { p $e }", &["(my $x^.0)"]),
            ("eval { my $x = 0; $x = 1 }", &["(= (my $x.0) 0)", "(= $x.0 1)"]),
            ("my @a = (1); my $f = fn { $a[0] }", &["(= (my @a^.0)", "captures 0>@a^.0", "(at @a^.0 0)"]),
            ("my @a = (1); push @a, 2; p $a[0]", &["(= (my @a.0) 1)", "(push @a.0 2)"]),
            (
                "my $m = 2; $m = 3; my @s = sort { $a % $m <=> $b % $m } 1..3",
                &["(= (my $m.0) 2)", "captures 0>$m'"],
            ),
            ("my $n = 0; my @s = sort { $n++; $a <=> $b } 1..3", &["(= (my $n^.0) 0)", "captures 0>$n^"]),
            ("my $c = 0; for (1..3) { my $x = $c; $c = $x }", &["(= (my $c.0) 0)"]),
        ],
    );
}

#[test]
fn lexicals_of_files_that_functions_use_are_globals() {
    check(
        false,
        &[
            ("my $x = 1; fn g { $x } p g()", &["(= $0:1:4:x 1)", "fn1 main::g", "$0:1:4:x"]),
            ("my $x = 1; p $x; fn g { my $x = 2; $x }", &["(= (my $x.0) 1)"]),
            ("for my $i (1..2) { my @a; fn g { push @a, 1 } }", &["(renew @0:1:", "(push @0:1:"]),
            ("fn Deep::f { fn Deep::g { 1 } Deep::g(2) }", &["(call fn2 2)"]),
        ],
    );
}

#[test]
fn functions_and_calls() {
    check(
        false,
        &[
            (
                "p add(1, 2); fn add($x, $y = $x + 1) { $x + $y }",
                &["(call fn1 1 2)", "fn1 main::add($x.0 $y.1=(Add $x.0 1))"],
            ),
            ("fn f { 1 } fn f { 2 } f(3)", &["(call &main::f 3)"]),
            ("fn f { 1 } *f = fn { 2 }; f(3)", &["(call &main::f 3)"]),
            ("fn g($x) { f() } fn f { _ }", &["(call fn2 topic=$x.0)", "fn2 main::f($_.0)"]),
            ("f(); fn f { 1 }", &["(call fn1 topic=$main::_)"]),
            ("fn A::b($x, @rest) { $rest[0] + $x }", &["fn1 A::b($x.0 *@rest.1)"]),
            ("fn f($x) { len(@_) + $x }", &["fn1 main::f[@_", "(= (my $x.0) (at @_.1 0))", "(len @_.1)"]),
            ("fn f { _1 + _ } f(1, 2)", &["fn1 main::f($_.1 $_1.0) { (Add $_1.0 $_.1)"]),
            ("fn f($x) { $x = $x + 1; _ }", &["(= $_.1 $x.0)", "$_.1 }"]),
            (
                "sub f { my $self = shift; my ($x, $y) = @_; $x }",
                &["fn1 main::f($self.0 $x.1 $y.2) { $x.1 }"],
            ),
            ("sub f { my ($x, %opt) = @_; $opt{a} }", &["fn1 main::f($x.0 *%opt.1)"]),
            ("sub f { my $x = shift // 3; $x }", &["fn1 main::f($x.0) { (DefinedOr= $x.0 3)"]),
            ("sub f { my $x = shift; my $y = shift; return @_ }", &["fn1 main::f[@_", "(shift @_"]),
            ("fn f($x: Int) { $x }", &["(check $x.0 Int \"sub parameter $x\")"]),
            ("fn f([$h, @t]) { $h }", &["(StrEq (ref-of", "(my $h", "(my @t"]),
            ("sub f { return $_[0] + $_[1] }", &["fn1 main::f($_.0 $_1.1) { (return (Add $_.0 $_1.1))"]),
            (
                "sub f { my $s = shift; return $s + $_[0] }",
                &["fn1 main::f($s.0 $_1.1) { (return (Add $s.0 $_1.1))"],
            ),
            ("sub f { $_[0] = 1; return $_[1] }", &["fn1 main::f[@_.0]", "(at @_.0 1)"]),
            ("sub f { for (1:2) { p $_[0] . _ } }", &["fn1 main::f($_.1)", "(concat $_.1 $_.0)"]),
            (
                "my $f = fn { 1 }; $f->(2); $f(3); &$f(4)",
                &["(call $f.0 2)", "(call $f.0 3)", "(call $f.0 4)"],
            ),
            ("val $f = _ * 2", &["(= (my $f.0) closure1)", "(Mul $_.0 2)"]),
            ("val $f = $_ * 2", &["(Mul $main::_ 2)"]),
            ("if (1) { val $f = _ * 2 }", &["(Mul $main::_ 2)"]),
            ("var $fac = fn ($n) { $n ? $n * $fac->($n - 1) : 1 }", &["(my $fac^.0)", "captures 0>$fac^.1"]),
            ("fn f { __SUB__(1) }", &["(call this-function 1)"]),
            ("p hello", &["(say \"hello\")"]),
            ("fn f { wantarray ? 1 : 2 }", &["(? wantarray 1 2)"]),
            ("my @l = (1); fn g { local $_ = 3; _ } ", &["(= (my $_.0) 3) $_.0"]),
            ("eval { Missing::f(1) }", &["(call &Missing::f 1)"]),
        ],
    );
    let found = run("fn f { caller }", false);
    assert!(found.program.facts.uses_caller);
}

#[test]
fn topics_and_frames() {
    check(
        false,
        &[
            ("my @r = map { _ + 1 } 1:3", &["(map $_.1 { (Add $_.1 1) }"]),
            ("fn f { map { _< + _ } 1:2 }", &["fn1 main::f($_.1)", "(Add $_.1 $_.0)"]),
            ("fn f { grep _1, @{_} }", &["fn1 main::f($_.0 $_1.2)", "(grep $_.1 (call $_1.2)"]),
            ("fn f { map { fn { _< } } 1:2 }", &["closure2", "captures 0>$_'.0 { $_'.0 }"]),
            ("for (1:3) { p _ }", &["range $_.0 1 3", "(say $_.0)"]),
            ("fn f { for (1:2) { p _ } p _ }", &["range $_.0 1 2 { (say $_.0) }", "(say $_.1)"]),
            ("my @m = mapi { _1 } 3:5", &["(map $_.1 index=$index.2"]),
            ("my $s = reduce { _0 + _1 } 1:3", &["(reduce $a.1 $b.2 { (Add $a.1 $b.2) }"]),
            ("my $s = reduce { $a + $b } 1:3", &["(reduce $a.1 $b.2 { (Add $a.1 $b.2) }"]),
            ("my @l = map { |$x| $x * 2 } 1:3", &["(Mul $_.1 2)"]),
            ("my @l = map { uc } qw(a b)", &["(uc $_.1)"]),
            ("my @l = grep { Is::odd } 1:3; fn Is::odd { _ % 2 }", &["(call fn1 topic=$_.1)"]),
            ("p _[2]", &["(char-at $main::_ 2)"]),
            ("my %h = map { _ => 1 } qw(a)", &["(list $_.1 1)"]),
        ],
    );
    check(
        true,
        &[
            ("sub g { $_ } my @r = map { $_ + g() } 1..3;", &["(map $main::_ { (Add $main::_ (call fn1)) }"]),
            ("my @r = map { $_ + 1 } 1..3;", &["(map $_.1 { (Add $_.1 1) }"]),
            ("my @r = map { s/a/b/; $_ } @x;", &["(map $main::_ { (subst $main::_"]),
            ("my @r = map { $_ * 2 } grep { $_ % 2 } 1..3;", &["(map $_.2", "(grep $_.1"]),
            ("my @r = map $_ + 1, @x;", &["(map $_.1 (Add $_.1 1)"]),
            ("for (@x) { s/a/b/ }", &["array $_&.0 @main::x { (subst $_&.0"]),
            ("for (1..3) { print }", &["range $_.0 1 3", "(print $_.0)"]),
            ("sub g { print } for (1..3) { g() }", &["list $main::_ (range 1 3)"]),
            ("sub f { g() } sub g { 1 }", &["(call fn2)"]),
            ("sub f { $_[0]++ } my $x = 1; f($x);", &["(= (my $x^.0) 1)", "fn1 main::f[alias @_.0]"]),
        ],
    );
}

#[test]
fn pipelines_and_threads() {
    check(
        false,
        &[
            (
                "1:3 |> map { _ * 2 } |> sum |> p",
                &["(say (sum* (map $_.0 { (Mul $_.0 2) } (list (range 1 3)))))"],
            ),
            ("(1, 2) |> join(\"-\") |> p", &["(say (join \"-\" (list (list 1 2))))"]),
            ("\"a,b\" |> split(\",\") |> p", &["(say (split \",\" \"a,b\"))"]),
            ("fn dbl($x) { $x * 2 } 3 |> dbl |> p", &["(say (call fn1 3))"]),
            ("my $f = fn { _ }; 3 |> $f |> p", &["(say (call $f.0 3))"]),
            (
                "my @l = (3, 1); @l |> sort { $b <=> $a } |> take 2 |> p",
                &["(take* (sort <=>-down (list @l.0)) 2)"],
            ),
            ("\"abc\" |> s/b/x/ |> p", &["(subst-copy \"abc\" /b/ \"x\")"]),
            ("\"abc\" |> /b/ |> p", &["(match \"abc\" /b/)"]),
            ("my @l = (1); 5 |> push @l", &["(push @l.0 5)"]),
            ("3 |> sprintf(\"%d\") |> p", &["(sprintf \"%d\" 3)"]),
            ("qw(a b) |> grep \"a\" |> p", &["(StrEq $_.0 \"a\")"]),
            ("1:3 |> grep 2 |> p", &["(NumEq $_.0 2)"]),
            ("my $s = ~> 1:3 map { _ + 1 } join(\",\")", &["(= (my $s.0) (join \",\" (list (map"]),
            ("fn f = ~> _ lc chars", &["(chars* (lc $_.0))"]),
            ("my $x = ~> 4 Math::sub(10, _)\nfn Math::sub($a1, $b1) { $a1 - $b1 }", &["(call fn1 10 4)"]),
            ("my @r = ~> (1, 2) fn { _ }", &["(call closure1 (list 1 2))"]),
            ("$n % 2 == 0 |> assert_ok(\"even\")", &["(assert_ok (NumEq (Mod $main::n 2) 0) \"even\")"]),
            ("my $x = ~> \"AbC\" lc s/b/x/", &["(subst-copy (lc \"AbC\") /b/ \"x\")"]),
            ("my @k = ~> qw(a b) map +{ n => _ }", &["(hash \"n\" $_.1)"]),
        ],
    );
    wrong(&[("val $x = 1 |> 2", "S-0101", "pipeline")]);
}

#[test]
fn sorting() {
    check(
        false,
        &[
            ("my @s = sort @x", &["(sort cmp"]),
            ("my @s = sort { $a <=> $b } @x", &["(sort <=> "]),
            ("my @s = sort { _1 <=> _0 } @x", &["(sort <=>-down"]),
            ("my @s = sort { $b cmp $a } @x", &["(sort cmp-down"]),
            ("my @s = reverse sort { $a <=> $b } @x", &["(sort-reverse <=> "]),
            (
                "my @s = sort { length $a <=> length $b } @x",
                &[
                    "(sort fn1 (key <=> fn2) ",
                    "fn1 main::__SORT__($a.0 $b.1) { (NumCmp (length $a.0) (length $b.1))",
                    "fn2 main::__SORT__($a.0) { (length $a.0)",
                ],
            ),
            (
                "my @s = sort { $b->{n} <=> $a->{n} || $a->{t} cmp $b->{t} } @x",
                &["(sort fn1 (key <=>-down fn2) (key cmp fn3) "],
            ),
            // One that calls somebody, and one that compares different things.
            ("my @s = sort { n($a) <=> n($b) } @x; fn n($x) { $x }", &["(sort fn2 (list"]),
            ("my @s = sort { $a->{n} <=> $b->{m} } @x", &["(sort fn1 (list"]),
            ("my @s = sort by_n @x; fn by_n { $a <=> $b }", &["(sort (value \\&main::by_n)"]),
            ("my $c = fn { $a <=> $b }; my @s = sort $c @x", &["(sort (value $c.0)"]),
        ],
    );
}

#[test]
fn loops() {
    check(
        false,
        &[
            ("for my $i (1:10) { p $i }", &["range $i.0 1 10"]),
            ("for my $i (0:10:2) { p $i }", &["range $i.0 0 10 2"]),
            ("for my $i (reverse 1..3) { p $i }", &["reverse range $i.0 1 3"]),
            ("for my $c (\"a\"..\"e\") { p $c }", &["list $c.0 (range \"a\" \"e\")"]),
            ("my @a = (1); for my $x (@a) { p $x }", &["array $x.1 @a.0"]),
            ("my @a = (1); for my $x (@a) { $x *= 2 }", &["array $x&.1 @a.0 { (Mul= $x&.1 2)"]),
            ("my @a = (1); $_ *= 2 for @a", &["array $_&.1 @a.0"]),
            ("my %h = (a => 1); for my $k (keys %h) { p $k }", &["keys $k.1 %h.0"]),
            ("for my $x (1, 2) { p $x }", &["list $x.0 (list 1 2)"]),
            ("for my ($k, $v) (%h1) { p $k . $v }", &["list $k.0 $v.1 %main::h1"]),
            ("my $r = [1]; for (@$r) { p _ }", &["array $_.1 (@ $r.0)"]),
            ("A: for my $i (1:2) { for my $j (1:2) { next A; last } }", &["(Next 0)", "(Last 1)"]),
            ("while (my $l = <STDIN>) { p $l }", &["(while (readline-into (my $l.0) *main::STDIN))"]),
            ("while (<STDIN>) { p _ }", &["(readline-into $main::_ *main::STDIN)"]),
            ("my $n = 3; until ($n == 0) { $n-- }", &["(while (Not (NumEq $n.0 0)))", "(--pre $n.0)"]),
            ("my $n = 3; do { $n-- } while ($n > 0)", &["(do-while (NumGt $n.0 0))"]),
            (
                "for (my $i = 0; $i < 3; $i++) { next if $i }",
                &["(= (my $i.0) 0) loop0 for (NumLt $i.0 3) (++pre $i.0)", "(Next 0)"],
            ),
            ("loop { last }", &["loop0 forever { (Last 0) }"]),
            ("{ last; }", &["block0 { (Last 0) }"]),
            ("my @r = map { next if _ > 1; _ } 1:3", &["dynamic"]),
            ("for my $i (1:3) { my @r = grep { last if _ > $i } 1:2 }", &["(Last 0)"]),
            ("goto DONE if 1\np 1\nDONE: p 2", &["block0", "(Last 0)", "(say 1) }", "(say 2)"]),
            (
                "while (my ($k, $v) = each %h1) { p $k . $v }",
                &["(my $k.0 $v.1) (=list [$k.0 $v.1] (each %main::h1))"],
            ),
        ],
    );
    wrong(&[("for (1:2) { next NOWHERE }", "S-0305", "NOWHERE")]);
}

#[test]
fn texts_and_patterns() {
    check(
        false,
        &[
            ("my $n = f(); p \"n=$n!\"\nfn f { 1 }", &["(concat \"n=\" $n.0 \"!\")"]),
            ("p \"@x\"", &["(join special\"\\\"\" @main::x)"]),
            ("p \"#{ 1 + 2 }\"", &["(join special"]),
            ("p \"a\\U$x\\E\"", &["(uc "]),
            (
                "p \"$x->{a}[0] $y[1] $z{k}\"",
                &["(at (@ (key (% $main::x) \"a\")) 0)", "(at @main::y 1)", "(key %main::z \"k\")"],
            ),
            ("p \"a\" . \"b\" . $x . \"c\"", &["(concat \"ab\" $main::x \"c\")"]),
            ("$x =~ /a(b)/i; p $1", &["(match $main::x /a(b)/i)", "(say capture1)"]),
            ("$x =~ /$y/; $x !~ /z/", &["(match $main::x /$main::y/)", "(no-match $main::x /z/)"]),
            ("$x =~ s/a/$1/g", &["(subst $main::x /a/g (concat capture1))"]),
            ("$x =~ s/a/1 + 1/e", &["(subst $main::x /a/ 2)"]),
            ("$x =~ tr/a-z/A-Z/", &["(trans $main::x \"a-z\" \"A-Z\" )"]),
            ("my $y = $x =~ tr/a//r", &["(trans-copy"]),
            ("my $q = qr/a/x", &["(qr /a/x)"]),
            ("my @f = split /,/, $x", &["(split \",\" $main::x)"]),
            ("my @f = split /\\|/, $x", &["(split \"|\" $main::x)"]),
            ("my @f = split /\\s+/, $x, 2", &["(split /\\s+/ $main::x 2)"]),
            ("my @f = split //, $x", &["(split chars $main::x)"]),
            ("my @f = split ' ', $x", &["(split awk $main::x)"]),
            ("my @f = split \"\", $x", &["(split chars $main::x)"]),
            ("my @f = split $y, $x", &["(split (value $main::y) $main::x)"]),
            ("(my $t = $x) =~ s/a/b/", &["(= (my $t.0) $main::x) (subst $t.0 /a/ \"b\")"]),
            ("chomp(my $l = <STDIN>)", &["(= (my $l.0) (readline *main::STDIN)) (chomp $l.0)"]),
            ("my $s = \"abc\"; p $s[0], $s[1:2]", &["(char-at $s.0 0) (char-slice $s.0 1 2 -)"]),
            ("my $s = 1; my @s = (1); p $s[0]", &["(at @s.1 0)"]),
        ],
    );
}

#[test]
fn places_and_contexts() {
    check(
        false,
        &[
            (
                "my ($x, undef, @r) = f()\nfn f { 1 }",
                &["(my $x.0 @r.1)", "(=list [$x.0 skip @r.1] (call fn1 topic=$main::_))"],
            ),
            ("my ($x, $y) = (1, 2); ($x, $y) = ($y, $x)", &["(=list [$x.0 $y.1] (list $y.1 $x.0))"]),
            ("my $n = () = f()\nfn f { 1 }", &["(= (my $n.0) (=list [] (call fn1"]),
            (
                "my @a = (1, 2, 3); my @b = @a[1, 2]; my @c = @a[1:]",
                &["(slice @a.0 (list 1 2))", "(slice @a.0 (range 1 (last @a.0)))"],
            ),
            (
                "my %h1 = (a => 1); my @v = @h1{qw(a b)}; my %s = %h1{qw(a)}",
                &["(slice %h1.0 (list \"a\" \"b\"))", "(pairs %h1.0"],
            ),
            ("my $x = (sort @y)[0, -1]", &["(list-slice (sort cmp (list @main::y)) (list 0 -1))"]),
            ("$h1{a}{b}[2] = 1", &["(= (at (@ (key (% (key %main::h1 \"a\")) \"b\")) 2) 1)"]),
            (
                "push @{ $h1{l} }, 1; push $r->{x}, 2",
                &["(push (@ (key %main::h1 \"l\")) 1)", "(push (@ (key (% $main::r) \"x\")) 2)"],
            ),
            (
                "delete $h1{a}; exists $h1{a}; defined $x; undef $x",
                &["(delete (key", "(exists (key", "(defined $main::x)", "(undef $main::x)"],
            ),
            (
                "local $x = 1; local $h1{a} = 2; local @y = (1)",
                &[
                    "{local",
                    "(= (local $main::x) 1)",
                    "(= (local (key %main::h1 \"a\")) 2)",
                    "(local @main::y)",
                ],
            ),
            (
                "$#y = 3; p $#y; p $#{$r}",
                &["(= (last @main::y) 3)", "(last @main::y)", "(last (@ $main::r))"],
            ),
            (
                "substr($x, 0, 1) = \"b\"; substr($x, 0, 1, \"c\")",
                &["(= (magic-Substr $main::x 0 1) \"b\")", "(= (magic-Substr $main::x 0 1) \"c\")"],
            ),
            ("@$r{qw(a b)} += 5", &["(Add= (key (% $main::r) \"b\") 5)"]),
            (
                "my $x = $c ? 1 : 2; $x //= 3; $x ||= 4",
                &["(? $main::c 1 2)", "(DefinedOr= $x.0 3)", "(Or= $x.0 4)"],
            ),
            ("if (1 < $x < 3) { p 1 }", &["(and (NumLt 1 (= (my $middle.0) $main::x)) (NumLt $middle.0 3))"]),
            ("my $x = f(); if (1 < $x < 3) { p 1 }\nfn f { 1 }", &["(and (NumLt 1 $x.0) (NumLt $x.0 3))"]),
            ("p \"a\" x 3, (1, 2) x 2", &["\"aaa\"", "(repeat (list 1 2) 2)"]),
            ("p scalar(@y), scalar reverse \"ab\"", &["(scalar @main::y)", "(scalar (reverse* \"ab\"))"]),
            (
                "print STDERR 1; print {$fh} 2; print $fh 3; printf \"%d\", 4",
                &[
                    "(print to=*main::STDERR 1)",
                    "(print to=$main::fh 2)",
                    "(print to=$main::fh 3)",
                    "(printf \"%d\" 4)",
                ],
            ),
            ("open(my $f, \"<\", \"x\") or die \"no\"", &["(or (open (my $f.0) \"<\" \"x\") (die \"no\"))"]),
            ("fn f { state $n = 0; $n++ }", &["(or $done:", "(= $state:", "(++post $state:"]),
            ("my $f = fn { state $n = 0; $n++ }", &["captures state>$n^", "(state $n^"]),
            ("my $A::b = 1; p $A::b", &["(= $A::b 1)", "(say $A::b)"]),
            (
                "my $x = [1, ...@y]; my $z = { %h1, k => 2 }",
                &["(array 1 @main::y)", "(hash %main::h1 \"k\" 2)"],
            ),
            ("our $v = 1; package Q; p $v", &["(= $main::v 1)", "(say $main::v)"]),
            ("package Q; $v = 1", &["(= $Q::v 1)"]),
        ],
    );
    check(
        true,
        &[
            ("if (3 .. 5) { print 1 }", &["(flip0.. (NumEq special\".\" 3) (NumEq special\".\" 5))"]),
            ("if (/a/ ... /b/) { print 1 }", &["(flip0... (match $main::_ /a/)"]),
            ("use English; print $EVAL_ERROR;", &["(print $main::@)"]),
        ],
    );
}

#[test]
fn constants_are_folded() {
    check(
        false,
        &[
            ("p 2 + 3 * 4", &["(say 14)"]),
            ("p 7 % -3, -7 % 3, 7 / 2, 6 / 2, 2 ** 10", &["(say -2 2 3.5 3 1024)"]),
            ("p 9223372036854775807 + 1", &["(say -9223372036854775808)"]),
            ("p 1 / 0", &["(Div 1 0)"]),
            ("p \"a\" . 1 . \"b\"", &["(say \"a1b\")"]),
            ("p 1 < 2, \"a\" eq \"b\"", &["(say true false)"]),
            ("use constant PI => 3\np PI * 2", &["(say 6)"]),
            ("use constant { A1 => 1, B1 => 2 }\np A1 + B1", &["(say 3)"]),
            ("use constant L => (1, 2)\nmy @x = (L)", &["(list 1 2)"]),
            ("val $op = \"+\"\nval $r = eval \"1 $op 2\"", &["eval { 3 }"]),
            ("val $n = 3\np $n + 1", &["(say 4)"]),
        ],
    );
    check(true, &[("print 9223372036854775807 + 1;", &["(Add 9223372036854775807 1)"])]);
}

#[test]
fn evaluated_texts_are_compiled_in_place() {
    check(
        false,
        &[
            ("my $x = 1; my $y = eval '$x + 1'", &["eval { (Add $x.0 1) }"]),
            ("my $y = eval '1 +'", &["eval { die \"syntax error"]),
            ("my $z = 1; my $y = eval $z", &["(eval-string $z^.0 $z=$z^.0 main)"]),
            ("eval 'sub late { 1 }'; late(2)", &["(= *main::late closure", "(call &main::late 2)"]),
            ("eval { return 1; }", &["eval { (return 1) }"]),
        ],
    );
    let found = run("my $c = shift; eval $c; nowhere(1)", false);
    assert!(found.program.facts.dynamic_code);
    assert!(found.diagnostics.is_empty(), "names may appear at run time");
    let files = Memory(HashMap::new());
    let visible = ["$x".to_owned(), "@l".to_owned()];
    let options = Options::default();
    let found = analyse_eval("(eval 1)", Arc::from("$x + $l[0]"), "main", &visible, &files, &options);
    let text = dump(&found.program);
    assert!(text.contains("captures 0>$x^.0 1>@l^.1"), "{text}");
    assert!(text.contains("(Add $x^.0 (at @l^.1 0))"), "{text}");
}

#[test]
fn phases_and_modules() {
    check(
        false,
        &[
            (
                "p 1; BEGIN { p 2 } END { p 3 } INIT { p 4 } CHECK { p 5 } CHECK { p 6 } UNITCHECK { p 7 }",
                &["(call fn1) (at-end fn2) (call fn6) (call fn5) (call fn4) (call fn3) (say 1)"],
            ),
            ("my $x; BEGIN { $x = 5 } p $x", &["(call fn1)", "(say $0:1:4:x)", "(= $0:1:4:x 5)"]),
            (
                "package Dog; use parent -norequire, 'Animal'; package main; p 1",
                &["(push @Dog::ISA \"Animal\")"],
            ),
        ],
    );
    let files = [
        ("./lib/x.stk", "package X; our $v = 1; fn X::f { my $v2 = $X::v; $v2 }"),
        (
            "My/Mod.pm",
            "package My::Mod; our @EXPORT = qw(go); our @EXPORT_OK = ('$level'); fn My::Mod::go { 1 } our $level = 2; 1;",
        ),
    ];
    let found = run_with("require \"./lib/x.stk\"\nrequire \"./lib/x.stk\"\np X::f(1)", false, &files);
    assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics);
    assert_eq!(found.program.files.len(), 2, "each file once");
    let text = dump(&found.program);
    assert!(text.contains("(require fn1 \"./lib/x.stk\")") && text.contains("(say (call fn2 1))"), "{text}");
    let found = run_with("use My::Mod\np go(1)", false, &files);
    assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics);
    assert!(dump(&found.program).contains("(say (call fn2 1))"));
    let found = run_with("use My::Mod qw($level)\np $level", false, &files);
    assert!(dump(&found.program).contains("(say $My::Mod::level)"));
    let files = [
        ("Old.pm", "package Old; our $VERSION = '1.20'; 1;"),
        ("Computed.pm", "package Computed; our $VERSION = '1.2' + 0; 1;"),
        ("Packed.pm", "package Packed; our $VERSION = '0.1'; 1;"),
    ];
    for (used, is_fine) in [
        ("use Old 1.2", true),
        ("use Old v1.200", true),
        ("use Old 1.21", false),
        ("no Old 1.21", true),
        ("use Computed 9", true),
        ("use Packed 2.13", true),
    ] {
        let found = run_with(used, false, &files).diagnostics;
        assert_eq!(found.is_empty(), is_fine, "{used}: {found:?}");
        assert!(is_fine || found[0].code.to_string() == "S-0318", "{found:?}");
    }
    let found = run_with("require \"./none.stk\"", false, &files);
    assert_eq!(found.diagnostics[0].code.to_string(), "S-0311");
    let found = run_with("eval { require \"./none.stk\" }", false, &files);
    assert!(found.diagnostics.is_empty() && dump(&found.program).contains("(die \"Can't locate"));
}

#[test]
fn classes() {
    check(
        false,
        &[
            (
                "struct Pt { x => Float, y: Float = 0.5 }\nval $p1 = Pt(x => 1, y => 2)\nval $p2 = Pt->new(1)",
                &["(new Pt \"x\" 1 \"y\" 2)", "(new Pt 1)"],
            ),
            (
                "class Cat { name: Str\n fn hi($n) { $self->name . _ } }\nCat(name => 1)->hi(2)",
                &[
                    "(call (new Cat \"name\" 1)->hi 2)",
                    "Cat::hi($self.0 $n.1) { (concat (call $self.0->name) $n.1)",
                ],
            ),
            (
                "class C1 { static made: Int = 3\n fn Self.up { C1::made(C1::made() + 1) } }\nC1::up()",
                &["(= $C1::made 3)", "(= $C1::made (Add (static C1::made) 1))"],
            ),
            (
                "class A1 { fn m { 1 } } class B1 extends A1 { fn m { $self->SUPER::m() . static::m() } }",
                &["->SUPER(B1)::m", "(call $self.0->m)"],
            ),
            (
                "enum E1 { R, C => Str }\nval $e = E1::C(\"x\")\nval $f = E1::R",
                &["(variant E1::C (check \"x\" Str", "(variant E1::R)"],
            ),
            ("val $o = $q\n$o->x = 5", &["(call $o.0->x (scalar 5))"]),
            ("package P1; struct S1 { a }\nval $s = S1(1)", &["(new P1::S1 1)"]),
        ],
    );
    wrong(&[
        ("final class L { }\nclass M extends L { }", "S-0307", "final"),
        ("trait T { fn need }\nclass M impl T { }", "S-0307", "need"),
        ("class A1 { final fn m { 1 } }\nclass B1 extends A1 { fn m { 2 } }", "S-0307", "final method"),
        ("class B1 extends Nothing { }", "S-0306", "Nothing"),
        ("abstract class S1 { fn area }\nval $s = S1()", "S-0308", "abstract"),
        ("struct Pt { x, y }\nPt(1, 2, 3)", "S-0309", "2 fields"),
        ("struct Pt { x, y }\nPt(x => 1, z => 3)", "S-0309", "`z`"),
        ("struct Pt { x }\nstruct Pt { y }", "S-0314", "Pt"),
        ("class A1 extends B1 { }\nclass B1 extends A1 { }", "S-0307", "circle"),
        ("enum D { N, S }\nmatch ($x) { D::N() => 1 }", "S-0310", "D::S"),
    ]);
}

#[test]
fn choices() {
    check(
        false,
        &[
            (
                "my $r = match ($x) { /a(.)/ => $1, 1 | 2 => \"n\", [$h1, @t] => $h1, { k => $v } => $v, _ => 0 }",
                &[
                    "(match $_.1 /a(.)/)",
                    "(or (smart-eq $_.1 1) (smart-eq $_.1 2))",
                    "(StrEq (ref-of $_.1) \"ARRAY\")",
                    "(exists (key (% $_.1) \"k\"))",
                    "else { 0 }",
                ],
            ),
            ("my $r = match ($x) { 1 => 2 }", &["(no-match $_.1)"]),
            ("my $r = cond { $x => 1, default => 2 }", &["(? $main::x 1 2)"]),
            (
                "given ($x) { when (1) { p 1 } default { p 2 } }",
                &["if (smart-match $_.0 1) { (say 1) } else { (say 2) }"],
            ),
            ("unless ($x) { p 1 } else { p 2 }", &["if (Not $main::x)"]),
            (
                "try { p 1 } catch ($e) { p $e } finally { p 2 }",
                &["try { (say 1) } catch $e.0 { (say $e.0) } finally { (say 2) }"],
            ),
            ("val [$h1, @t] = $x", &["(die \"the value does not fit the pattern\")"]),
        ],
    );
}

#[test]
fn diagnostics() {
    wrong(&[
        ("val $x = 1\n$x = 2", "S-0302", "frozen variable `$x`"),
        ("val @x = (1)\npush @x, 2", "S-0302", "frozen array `@x`"),
        ("val %x = (1, 2)\n$x{a} = 2", "S-0302", "frozen hash"),
        ("val $x = 1\n$x++", "S-0302", "frozen"),
        ("fn grate { 1 }\ngraet(1)", "S-0301", "grate"),
        ("prnt(1)", "S-0301", "did you mean"),
        ("fn join($x) { 1 }", "S-0303", "built in"),
        ("my %all = (a => 1)", "S-0316", "all"),
        ("1 = 2", "S-0304", "cannot be given a value"),
        ("val $x = (1", "S-0106", "never closed"),
        ("val $s = \"abc", "S-0108", "never closed"),
        ("dump", "S-0312", "dump"),
        ("tie $x", "S-0315", "class"),
        ("goto NOWHERE", "S-0312", "goto"),
        ("push", "S-0315", "array"),
    ]);
}

#[test]
fn what_is_read_is_not_unused() {
    let unused = |text: &str| {
        let found = run(text, false).findings;
        let names = found.into_iter().filter(|f| f.kind == FindingKind::UnusedVariable).map(|f| f.name);
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(unused("var $i = 0; $i++; p 1"), "$i");
    assert_eq!(unused("var $i = 0; $i += 2; p 1"), "$i");
    assert_eq!(unused("var $i = 0; p $i++"), "");
    assert_eq!(unused("var $i = 0; p $i += 2"), "");
    assert_eq!(unused("while (my $line = <STDIN>) { p 1 }"), "");
    assert_eq!(unused("my $line = <STDIN>; p 1"), "$line");
    // A parameter keeps the place of those behind it.
    assert_eq!(unused("val $f = fn ($x, $y, $z) { $y }; p $f"), "$z");
    assert_eq!(unused("val $f = fn ($x, @rest) { @rest }; p $f"), "");
    assert_eq!(unused("fn f($x, $y) { 1 } p f(1, 2)"), "$x $y");
    assert_eq!(unused("val ($x, @rest) = f(); p @rest; fn f { (1, 2) }"), "");
    assert_eq!(unused("val ($x, $y) = f(); p $x; fn f { (1, 2) }"), "$y");
    assert_eq!(unused("val ($x, $y) = (1, 2); p $y"), "$x");
}

#[test]
fn findings_and_effects() {
    let found = run("my $unused = 1; fn lonely { return 1; p 2 } p 3", false);
    let has = |kind, name: &str| found.findings.iter().any(|f| f.kind == kind && f.name == name);
    assert!(has(FindingKind::UnusedVariable, "$unused"), "{:?}", found.findings);
    assert!(has(FindingKind::UnusedFunction, "lonely"));
    assert!(has(FindingKind::Unreachable, ""));
    use s_abi_effect::{CLOCK, EXEC, FS_READ, FS_WRITE, NONE};
    assert_eq!(run("p 1", false).program.facts.effects, NONE);
    assert_eq!(run("p slurp(\"x\")", false).program.facts.effects, FS_READ);
    assert_eq!(run("fn f { slurp(1) } p 1", false).program.facts.effects, NONE);
    assert_eq!(run("fn f { g() } fn g { time } f()", false).program.facts.effects, CLOCK);
    assert_eq!(run("my $f = fn { rand }; $f->()", false).program.facts.effects, CLOCK);
    let opens = |text: &str| run(text, false).program.facts.effects;
    assert_eq!(opens("open(my $in, '<', $ARGV[0])"), FS_READ);
    assert_eq!(opens("open my $in, '>>:raw', 'a'"), FS_WRITE);
    assert_eq!(opens("open(my $in, '+<', 'a')"), FS_READ | FS_WRITE);
    for anything in ["open(my $in, '-|', 'ls')", "open(my $in, $mode, 'a')", "open(my $in, '<a')"] {
        assert_eq!(opens(anything), FS_READ | FS_WRITE | EXEC, "{anything}");
    }
}

#[test]
fn a_variable_whose_value_is_used_where_it_changes_is_read() {
    let unused = |text: &str| run(text, false).findings.iter().any(|f| f.kind == FindingKind::UnusedVariable);
    assert!(!unused("my $n = 1; my $f = fn { $n++ }; $f->()"));
    assert!(!unused("my $left = 3; p 1 while $left-- > 0"));
    assert!(!unused("my $n = 1; p($n += 2)"));
    assert!(!unused("p len(my @found = sort 2, 1)"));
    assert!(unused("my $n = 1; $n++; p 1"));
    assert!(unused("my $n = 1; $n += 2; p 1"));
    assert!(unused("my @found = sort 2, 1; p 1"));
}

/// The bits of effects, as the table of builtins has them.
mod s_abi_effect {
    pub(crate) const NONE: u8 = 0;
    pub(crate) const FS_READ: u8 = 2;
    pub(crate) const FS_WRITE: u8 = 4;
    pub(crate) const EXEC: u8 = 8;
    pub(crate) const CLOCK: u8 = 32;
}

#[test]
fn no_text_makes_it_panic() {
    let seeds: &[&str] = &[
        "class Cat extends Pet { name: Str = 1\n fn m($x, @r) { $self->x } } enum E { A, B => Int }",
        "my ($x, @y) = map { _< + _1 } grep { $_ } sort { $a <=> $b } @_; goto &f; \\my @z",
        "val [$a1, { k => $v }] = match ($x) { [$h, *] if $h => 1, E::B($q) => $q, _ => local $_ }",
        "~> @xs map { _ } s/a/b/ |> join(\",\") |> p; given ($x) { when (/a/) { last } }",
        "BEGIN { eval 'sub f { $x' } use constant { A => 1 }; state $n = 0; $x =~ s/(.)/$1/ee for (1..3)",
        "fn f([$h, @t], $x: Int = _, %o) { try { return @_ } catch ($e) { next L } defer { shift } }",
        "foreach my ($k, $v) (%h) { $_[0]++; substr($k, 1, 2, $v) = delete local $h{a}{b} .. 5 }",
    ];
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for round in 0..1500 {
        let seed = seeds[round % seeds.len()];
        let mut bytes = seed.as_bytes().to_vec();
        for _ in 0..next() % 4 {
            if bytes.is_empty() {
                break;
            }
            let place = next() % bytes.len();
            match next() % 4 {
                0 => drop(bytes.remove(place)),
                1 => bytes.insert(place, b"(){}[]$@%&;,\"'/\\_=<>|~"[next() % 22]),
                2 => bytes.truncate(place.max(1)),
                _ => {
                    let other = seeds[next() % seeds.len()].as_bytes();
                    let from = next() % other.len();
                    bytes.splice(place..place, other[from..].iter().copied());
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let found = run(&text, round % 3 == 0);
        let _ = dump(&found.program);
    }
}

#[test]
fn deep_texts_are_followed_or_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("fn { ", " }"),
        ("if (1) { ", " }"),
        ("- ", ""),
        ("1 + ", "1"),
        ("do { ", " }"),
    ] {
        let source = format!("my $x = {}1{}", open.repeat(1500), close.repeat(1500));
        let _ = run(&source, false);
    }
    let mut evals = "1".to_owned();
    for _ in 0..40 {
        evals = format!("eval q{{ {}{evals}{} }}", "(".repeat(25), ")".repeat(25));
    }
    let _ = run(&evals, false);
    let labels: String = (0..20_000).map(|n| format!("L{n}: p {n}\n")).collect();
    let _ = run(&labels, false);
    let chain = format!("my $x = 1{}", " . $y".repeat(3000));
    let _ = run(&chain, false);
    let pipes = format!("1{}", " |> f".repeat(1500));
    let _ = run(&pipes, false);
}

#[test]
fn declared_types_are_checked() {
    check(
        false,
        &[
            (
                "typed var $n : Int = f()\n$n = 2\n$n += 1\nfn f { 1 }",
                &[
                    "(= (my $n.0) (check (call fn1 topic=$main::_) Int \"variable $n\"))",
                    "(= $n.0 (check 2 Int",
                    "(check (Add= $n.0 1) Int",
                ],
            ),
            (
                "fn f($x) : Int { return $x if $x; 3 }",
                &["(return (check $x.0 Int \"return value\"))", "(check 3 Int"],
            ),
        ],
    );
}

#[test]
fn captured_loop_variables_are_cells() {
    check(
        false,
        &[(
            "my @a = (1); for my $x (@a) { $x++; my $f = fn { $x } }",
            &["array $x^.1 @a.0", "captures 1>$x^.0"],
        )],
    );
    check(true, &[("for my $x (my @a = (1)) { push @r, \\$x; }", &["$x^"])]);
    let found = run("p $ENV{HOME}", false);
    assert_eq!(found.program.facts.effects, 16, "the environment");
}

#[test]
fn assets_are_those_of_the_package_of_the_text() {
    check(
        false,
        &[
            ("p asset(\"t/a\")", &["(asset \"t/a\" 3 bytes)"]),
            ("p asset \"t/\" . \"a\"", &["(asset \"t/a\" 3 bytes)"]),
            ("p eval 'asset(\"logo\")'", &["(asset \"logo\" 4 bytes)"]),
            ("p asset($ARGV[0])", &["(asset-table \"own\" 3 names with bytes)"]),
            ("p assets", &["(asset-table \"own\" 3 names)"]),
            ("p \\&asset", &["asset"]),
        ],
    );
    let both = run_with("use Other; p asset(\"t/a\")", false, &[("Other.pm", "p asset(\"logo\"), assets")]);
    assert!(both.diagnostics.is_empty(), "{:#?}", both.diagnostics);
    let text = dump(&both.program);
    assert!(
        text.contains("(asset-table \"other\" 1 names)") && text.contains("(asset \"t/a\" 3 bytes)"),
        "{text}"
    );
    wrong(&[
        ("asset(\"t/c\")", "S-0319", "did you mean `t/a` or `t/b`?"),
        ("asset(\"zzzz\")", "S-0319", "there are `logo`, `t/a`, `t/b`"),
        ("p \"zzzz\" |> asset", "S-0319", "there is no asset \"zzzz\" in the package `own`"),
        ("fn asset { 1 }", "S-0303", "built in"),
    ]);
    let wrong = run_with("use Other", false, &[("Other.pm", "asset(\"t/a\")")]);
    assert_eq!(wrong.diagnostics[0].message, "there is no asset \"t/a\" in the package `other`");
    let none = run_with("use None", false, &[("None.pm", "p assets")]);
    assert!(none.diagnostics[0].message.contains("belongs to none"), "{:#?}", none.diagnostics);
}

#[test]
fn spellings_of_perl_are_refused_when_asked() {
    let files = Memory(HashMap::new());
    let refused = |source: &str| {
        let options = Options { no_interop: true, ..Options::default() };
        let found = analyse("t.stk", Arc::from(source), &files, &options);
        found.diagnostics.iter().map(|found| found.message.clone()).collect::<Vec<_>>()
    };
    let of = |words: &[&str]| words.iter().map(|it| format!("`{it}` is refused here")).collect::<Vec<_>>();
    assert_eq!(refused("sub f { 1 }\nsay f(1)"), of(&["sub", "say"]));
    assert_eq!(refused("p 1:3 |> reverse |> len\np ~> 1:3 reverse len"), of(&["reverse", "reverse"]));
    assert_eq!(refused("fn t::f = wantarray\np \"#{scalar(@ARGV)}\", t::f(1)"), of(&["wantarray", "scalar"]));
    let two = "p sort { map { $a } 1; t::f($a, 1) <=> $b } 1:3\nfn t::f($a, $b) { $a + $b }";
    assert_eq!(refused(two), of(&["$a", "$a", "$b"]));
    assert_eq!(refused("p reduce { |$a, $b| $a + $b } 1:3\np sort { _0 <=> _1 } 1:3"), of(&[]));
    assert_eq!(refused("class A { fn reverse { 1 } }\nval %h = (say => A()->reverse)\np $h{say}"), of(&[]));
    let nested = format!("p {}1{}", "sort { ".repeat(60), " } 1:3".repeat(60));
    assert_eq!(refused(&nested), of(&[]));
}
