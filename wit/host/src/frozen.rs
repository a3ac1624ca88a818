//! The digest of every released file: what is out is out.

/// Release and file, SHA-256 of the text.
pub(crate) static FROZEN: &[(&str, &str)] = &[
    ("0.1.0/host.wit", "ffab6877d516a3f3c8a66196ba01f90edd8bfaf49f24b335dac1d26a35037ffd"),
    ("0.1.0/registry.wit", "f71c9cb45bc6bffd754172e588e3d2c3c97faa09723b8a82c3e93eaa71dda550"),
    ("0.1.0/audit.wit", "4da540d2c2169ec9dc42d454173b7e1831180b7aaa1c42bea4225e742d7a7c86"),
    ("0.1.0/auth.wit", "95aefcb08cc0d1c72f236508e755fae5ffce74f33a9bea9ae6a869cebcd70288"),
    ("0.1.0/target.wit", "06eb6ff65984f13726cc2aaff713349894d1d249d1abb1d9a64c6bd4bc171e3f"),
    ("0.1.0/command.wit", "9e7e4fcb89f6adab099e81938f72070f443b088d2b4eba67dda1a39c483136a2"),
    ("0.2.0/registry.wit", "d400bc2f6018f4b6c1efd81f1399a3c6294900cb43a2003a2e92bcda79ca7d47"),
    ("0.2.0/audit.wit", "66b4a17499bd97bbad898c5121809c0855ffe8dac07c7f95f5f5c7a81585b68e"),
];
