#!/bin/sh
# The whole story, from an empty home to a program on an empty machine: a registry of one's own, a library
# published to it, a project that uses the library, its test, one executable, and nothing else.
#
#   sh examples/story.sh [FOLDER]      with `s` in PATH; makes FOLDER [story], which must not exist yet
#
# The registry ends with this script. Each line that begins with `+` is a command to type oneself.
set -eu

examples=$(cd "$(dirname "$0")" && pwd)
mkdir "${1-story}"
cd "${1-story}"
story=$PWD
export STRYKE_HOME="$story/home" PATH="$PATH:/usr/sbin:/sbin"
trap 'test -z "${server-}" || kill "$server"' EXIT
set -x

# A registry, in a folder, and who may publish there. Port 0 is any that is free.
s registry serve --folder registry --listen 127.0.0.1:0 > registry.log 2>&1 &
{ set +x; } 2>/dev/null
server=$!
until grep -q http registry.log; do kill -0 "$server"; sleep 0.05; done
address=$(sed -n 's/^ *Serving //p' registry.log)
mkdir -p "$STRYKE_HOME"
printf '[registries.acme]\nurl = "%s"\nplugin = "stryke/registry-stryke"\n' "$address" > "$STRYKE_HOME/config.toml"
set -x
s registry token --folder registry --user ann --scope publish > token
s login acme --stdin < token
rm token

# A library goes there.
cp -R "$examples/lib-table" text-table
cd text-table
s publish
cd ..

# A project takes it from there.
s new app
cd app
s add acme/text-table
{ set +x; } 2>/dev/null
mkdir lib t
cat > lib/Sales.stk <<'END'
package Sales
use TextTable

fn report($sales) {
    val $most = max(values %$sales)
    TextTable::render([map { [$_, $sales->{$_}, TextTable::bar($sales->{$_}, $most, 20)] } sort keys %$sales],
        header => ["where", "sold", ""], align => "lrl")
}
1
END
cat > main.stk <<'END'
use Sales
print Sales::report({ north => 20, south => 5, west => 12 })
END
cat > t/test_sales.stk <<'END'
use Sales
assert_match(qr/north +2/, Sales::report({ north => 2 }), "a line for each place")
test_run
END
set -x
s main.stk
s test

# One file. It runs where there is nothing: no library, no package, no `s`, no shell.
s build --release
mkdir ../empty
cp target/release/app ../empty
cd ..
{ set +x; } 2>/dev/null
as_root="unshare --map-root-user"
test "$(id -u)" != 0 || as_root=
set -x
ls -s --block-size=1 empty
$as_root chroot empty /app
