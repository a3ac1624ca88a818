//! Prototypes of Perl's own functions, for `prototype("CORE::name")`.

/// Prototypes, each with the functions that have it.
const TABLE: &[(&str, &str)] = &[
    (
        "",
        "break continue dump endgrent endhostent endnetent endprotoent endpwent endservent fork getgrent \
         gethostent getlogin getnetent getppid getprotoent getpwent getservent setgrent setpwent time times \
         wait wantarray",
    ),
    (
        "$",
        "getgrgid getgrnam gethostbyname getnetbyname getprotobyname getpwnam getpwuid scalar sethostent \
         setnetent setprotoent setservent",
    ),
    (
        "$$",
        "atan2 crypt gethostbyaddr getnetbyaddr getpriority getservbyname getservbyport link msgget rename \
         semop symlink truncate waitpid",
    ),
    ("$$$", "msgctl msgsnd semget setpriority shmctl shmget vec"),
    ("$$$$", "semctl shmread shmwrite"),
    ("$$$$$", "msgrcv"),
    ("$$;$", "index rindex"),
    ("$$;$$", "substr"),
    ("$;", "getprotobynumber not"),
    ("$;$", "bless"),
    ("$@", "formline join pack sprintf syscall"),
    ("$_", "unpack"),
    ("*", "closedir fileno getpeername getsockname readdir rewinddir telldir"),
    ("*$", "bind connect flock listen opendir seekdir shutdown"),
    ("*$$", "fcntl getsockopt ioctl seek sysseek"),
    ("*$$$", "setsockopt socket"),
    ("*$$;$", "send sysopen"),
    ("*$;$$", "syswrite"),
    ("**", "accept pipe"),
    ("**$$$", "socketpair"),
    ("*;$", "binmode"),
    ("*;$@", "open"),
    ("*\\$$$", "recv"),
    ("*\\$$;$", "read sysread"),
    (";$", "caller chdir exit getpgrp gmtime localtime rand reset sleep srand umask"),
    (";$$", "setpgrp"),
    (";*", "close eof getc lstat readline stat tell write"),
    (";\\@", "pop shift"),
    (";\\[$*]", "pos"),
    (";\\[$@%&*]", "undef"),
    ("@", "chmod chown die kill reverse unlink utime warn"),
    ("\\%", "dbmclose"),
    ("\\%$$", "dbmopen"),
    ("\\@;$$@", "splice"),
    ("\\@@", "push unshift"),
    ("\\[$@%&*]", "lock"),
    ("\\[$@%*]", "tied untie"),
    ("\\[$@%*]$@", "tie"),
    ("\\[%@]", "each keys values"),
    (
        "_",
        "abs alarm chr chroot cos evalbytes exp fc hex int lc lcfirst length log oct ord prototype quotemeta \
         readlink readpipe ref rmdir sin sqrt study uc ucfirst",
    ),
    ("_;", "glob"),
    ("_;$", "mkdir"),
];

/// The prototype of a function of Perl; `None` of one that cannot be replaced, and of none.
pub(crate) fn of(function: &str) -> Option<&'static str> {
    let has = |functions: &str| functions.split(' ').any(|name| name == function);
    TABLE.iter().find(|(_, functions)| has(functions)).map(|(prototype, _)| *prototype)
}
