//! Users and groups, from `/etc/passwd` and `/etc/group`. Directories on the network are not
//! asked.

use alloc::vec::Vec;

use super::{O_RDONLY, close, open, read_append};
use crate::Errno;

/// More of a file than this is not read.
const FILE_MAX: usize = 64 << 20;

/// A user.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct User {
    /// Login name.
    pub name: Vec<u8>,
    /// Password: from `/etc/shadow` if that may be read, else what `/etc/passwd` has.
    pub password: Vec<u8>,
    /// Number.
    pub uid: u32,
    /// Number of the group.
    pub gid: u32,
    /// Full name and more.
    pub gecos: Vec<u8>,
    /// Home directory.
    pub directory: Vec<u8>,
    /// Login shell.
    pub shell: Vec<u8>,
}

/// A group.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Group {
    /// Name.
    pub name: Vec<u8>,
    /// Password.
    pub password: Vec<u8>,
    /// Number.
    pub gid: u32,
    /// Names of the members that have it as a further group.
    pub members: Vec<Vec<u8>>,
}

/// All users, in the order of the file; lines that are none are left out.
pub fn users() -> Result<Vec<User>, Errno> {
    let mut users: Vec<User> = lines(&read_file(b"/etc/passwd")?).filter_map(user).collect();
    if let Ok(shadow) = read_file(b"/etc/shadow") {
        for line in lines(&shadow) {
            let mut fields = line.split(|byte| *byte == b':');
            let (Some(name), Some(password)) = (fields.next(), fields.next()) else { continue };
            if let Some(user) = users.iter_mut().find(|user| user.name == name) {
                user.password = password.to_vec();
            }
        }
    }
    Ok(users)
}

/// All groups, in the order of the file; lines that are none are left out.
pub fn groups() -> Result<Vec<Group>, Errno> {
    Ok(lines(&read_file(b"/etc/group")?).filter_map(group).collect())
}

/// The user of a name; `None` also if there is no list of users.
pub fn getpwnam(name: &[u8]) -> Option<User> {
    users().ok()?.into_iter().find(|user| user.name == name)
}

/// The user of a number.
pub fn getpwuid(uid: u32) -> Option<User> {
    users().ok()?.into_iter().find(|user| user.uid == uid)
}

/// The group of a name.
pub fn getgrnam(name: &[u8]) -> Option<Group> {
    groups().ok()?.into_iter().find(|group| group.name == name)
}

/// The group of a number.
pub fn getgrgid(gid: u32) -> Option<Group> {
    groups().ok()?.into_iter().find(|group| group.gid == gid)
}

/// The whole content of a file, up to a limit that no list of users reaches.
fn read_file(path: &[u8]) -> Result<Vec<u8>, Errno> {
    let fd = open(path, O_RDONLY, 0)?;
    let mut content = Vec::new();
    let result = loop {
        match read_append(fd, &mut content, 32 * 1024) {
            Ok(0) => break Ok(()),
            Ok(_) if content.len() > FILE_MAX => break Err(Errno::EFBIG),
            Ok(_) => {}
            Err(error) => break Err(error),
        }
    };
    close(fd)?;
    result.map(|()| content)
}

fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && line[0] != b'#')
}

fn user(line: &[u8]) -> Option<User> {
    let mut fields = line.split(|byte| *byte == b':');
    let mut next = || fields.next();
    Some(User {
        name: next()?.to_vec(),
        password: next()?.to_vec(),
        uid: number(next()?)?,
        gid: number(next()?)?,
        gecos: next()?.to_vec(),
        directory: next()?.to_vec(),
        shell: next()?.to_vec(),
    })
}

fn group(line: &[u8]) -> Option<Group> {
    let mut fields = line.split(|byte| *byte == b':');
    let name = fields.next()?.to_vec();
    let password = fields.next()?.to_vec();
    let gid = number(fields.next()?)?;
    let members = fields
        .next()?
        .split(|byte| *byte == b',')
        .filter(|member| !member.is_empty())
        .map(<[u8]>::to_vec)
        .collect();
    Some(Group { name, password, gid, members })
}

fn number(field: &[u8]) -> Option<u32> {
    core::str::from_utf8(field).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    #[test]
    fn lines_that_are_no_users_are_left_out() {
        let text = b"# c\nroot:x:0:0:root:/root:/bin/sh\n\nbad:x:z:0:::\nshort:x\n+::::::\n";
        let users: Vec<User> = lines(text).filter_map(user).collect();
        assert_eq!(users.len(), 1);
        assert_eq!(users[0].directory, b"/root");
        let groups: Vec<Group> = lines(b"adm:x:4:a,b\nnone:x:5:\n").filter_map(group).collect();
        assert_eq!(groups[0].members, [b"a".to_vec(), b"b".to_vec()]);
        assert!(groups[1].members.is_empty());
    }

    #[test]
    fn perl_agrees_about_root() {
        let script = "print join '|', (getpwnam('root'))[0,1,2,3,6,7,8], (getgrgid(0))[0,1,2,3]";
        let Ok(perl) = std::process::Command::new("perl").args(["-e", script]).output() else {
            return;
        };
        let user = getpwuid(0).unwrap();
        assert_eq!(getpwnam(b"root"), Some(user.clone()));
        let group = getgrgid(0).unwrap();
        assert_eq!(getgrnam(&group.name), Some(group.clone()));
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let ours = std::format!(
            "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}",
            text(&user.name),
            text(&user.password),
            user.uid,
            user.gid,
            text(&user.gecos),
            text(&user.directory),
            text(&user.shell),
            text(&group.name),
            text(&group.password),
            group.gid,
            text(&group.members.join(&b' ')),
        );
        assert_eq!(text(&perl.stdout), ours);
        assert_eq!(getpwnam(b"no such user"), None);
    }
}
