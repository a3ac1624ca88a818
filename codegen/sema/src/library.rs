//! Modules of Perl that come with the compiler, as texts of the language.
//!
//! They are looked for under `--compat` only, and hold what the builtins do not do as Perl does: a name
//! that such a module exports without defining it is the builtin of that name. Within them `CORE::name`
//! is any builtin. They use no pragma that the whole program would see.

/// The text of a module.
pub(crate) fn text(module: &str) -> Option<&'static str> {
    MODULES.iter().find(|(name, _)| *name == module).map(|(_, text)| *text)
}

macro_rules! modules {
    ($($name:literal $path:literal,)*) => {
        &[$(($name, include_str!(concat!("../library/", $path)))),*]
    };
}

static MODULES: &[(&str, &str)] = modules! {
    "B" "B.pm",
    "Benchmark" "Benchmark.pm",
    "Carp" "Carp.pm",
    "Class::Struct" "Class/Struct.pm",
    "Cwd" "Cwd.pm",
    "Data::Dumper" "Data/Dumper.pm",
    "Digest" "Digest.pm",
    "Digest::MD5" "Digest/MD5.pm",
    "Digest::SHA" "Digest/SHA.pm",
    "Encode" "Encode.pm",
    "Env" "Env.pm",
    "Errno" "Errno.pm",
    "Exporter::Heavy" "Exporter/Heavy.pm",
    "Fcntl" "Fcntl.pm",
    "File::Basename" "File/Basename.pm",
    "File::Compare" "File/Compare.pm",
    "File::Copy" "File/Copy.pm",
    "File::Find" "File/Find.pm",
    "File::Glob" "File/Glob.pm",
    "File::Path" "File/Path.pm",
    "File::Spec" "File/Spec.pm",
    "File::Spec::Unix" "File/Spec/Unix.pm",
    "File::Spec::Functions" "File/Spec/Functions.pm",
    "File::Temp" "File/Temp.pm",
    "File::stat" "File/stat.pm",
    "FileHandle" "FileHandle.pm",
    "FindBin" "FindBin.pm",
    "Getopt::Long" "Getopt/Long.pm",
    "Getopt::Std" "Getopt/Std.pm",
    "Hash::Util" "Hash/Util.pm",
    "I18N::Langinfo" "I18N/Langinfo.pm",
    "IO::Dir" "IO/Dir.pm",
    "IO::File" "IO/File.pm",
    "IO::Handle" "IO/Handle.pm",
    "IO::Seekable" "IO/Seekable.pm",
    "IO::Select" "IO/Select.pm",
    "IO::Socket::INET" "IO/Socket/INET.pm",
    "IPC::Cmd" "IPC/Cmd.pm",
    "IPC::Open2" "IPC/Open2.pm",
    "IPC::Open3" "IPC/Open3.pm",
    "JSON::PP" "JSON/PP.pm",
    "List::Util" "List/Util.pm",
    "MIME::Base64" "MIME/Base64.pm",
    "MIME::QuotedPrint" "MIME/QuotedPrint.pm",
    "Math::BigFloat" "Math/BigFloat.pm",
    "Math::BigInt" "Math/BigInt.pm",
    "Math::Trig" "Math/Trig.pm",
    "Memoize" "Memoize.pm",
    "POSIX" "POSIX.pm",
    "Scalar::Util" "Scalar/Util.pm",
    "SelectSaver" "SelectSaver.pm",
    "Socket" "Socket.pm",
    "Storable" "Storable.pm",
    "Sub::Util" "Sub/Util.pm",
    "Symbol" "Symbol.pm",
    "Sys::Hostname" "Sys/Hostname.pm",
    "Term::ANSIColor" "Term/ANSIColor.pm",
    "Test::More" "Test/More.pm",
    "Test::Simple" "Test/Simple.pm",
    "Text::Abbrev" "Text/Abbrev.pm",
    "Text::ParseWords" "Text/ParseWords.pm",
    "Text::Tabs" "Text/Tabs.pm",
    "Text::Wrap" "Text/Wrap.pm",
    "Tie::Array" "Tie/Array.pm",
    "Tie::File" "Tie/File.pm",
    "Tie::Handle" "Tie/Handle.pm",
    "Tie::Hash" "Tie/Hash.pm",
    "Tie::Memoize" "Tie/Memoize.pm",
    "Tie::Scalar" "Tie/Scalar.pm",
    "Time::HiRes" "Time/HiRes.pm",
    "Time::Local" "Time/Local.pm",
    "Time::Piece" "Time/Piece.pm",
    "Time::Seconds" "Time/Seconds.pm",
    "Time::gmtime" "Time/gmtime.pm",
    "Time::localtime" "Time/localtime.pm",
    "Time::tm" "Time/tm.pm",
    "UNIVERSAL" "UNIVERSAL.pm",
    "User::grent" "User/grent.pm",
    "User::pwent" "User/pwent.pm",
    "bigint" "bigint.pm",
    "bignum" "bignum.pm",
    "builtin" "builtin.pm",
    "bytes" "bytes.pm",
    "fields" "fields.pm",
    "mro" "mro.pm",
    "overload" "overload.pm",
    "overload::Heavy" "overload/Heavy.pm",
    "utf8" "utf8.pm",
    "version" "version.pm",
    "warnings::register" "warnings/register.pm",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_is_understood() {
        let settings = s_syntax::Options { compat: true };
        for (name, text) in MODULES {
            let errors = s_syntax::parse(text, &settings).errors;
            assert!(errors.is_empty(), "{name}: {:?}", errors[0]);
            assert!(text.contains(&format!("package {name};")), "{name}");
        }
    }
}
