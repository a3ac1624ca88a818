//! One output stream: where text leaves, and what became of that.

use std::io::{self, ErrorKind, Write};

use anstream::AutoStream;

use crate::Styled;

/// A stream that remembers whether it still works.
pub(crate) struct Sink {
    writer: Box<dyn Write + Send>,
    color: bool,
    state: State,
}

enum State {
    Open,
    /// The reader went away. What is written is dropped.
    Closed,
    /// Writing failed for another reason, such as a full disk. What is written is dropped.
    Failed(io::Error),
}

impl Sink {
    pub(crate) fn stdout(color: bool) -> Sink {
        Sink::new(Box::new(AutoStream::new(io::stdout(), choice(color))), color)
    }

    pub(crate) fn stderr(color: bool) -> Sink {
        Sink::new(Box::new(AutoStream::new(io::stderr(), choice(color))), color)
    }

    pub(crate) fn new(writer: Box<dyn Write + Send>, color: bool) -> Sink {
        Sink { writer, color, state: State::Open }
    }

    pub(crate) fn has_color(&self) -> bool {
        self.color
    }

    /// Writes and flushes, or drops the text once the stream no longer works.
    pub(crate) fn write(&mut self, text: &Styled) {
        if !matches!(self.state, State::Open) || text.is_empty() {
            return;
        }
        let written = if self.color {
            self.writer.write_all(text.ansi().as_bytes())
        } else {
            write!(self.writer, "{text}")
        };
        match written.and_then(|()| self.writer.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.state = State::Closed,
            Err(error) => self.state = State::Failed(error),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Returns, once, what made the stream fail; a reader who went away is no failure.
    pub(crate) fn take_failure(&mut self) -> Option<io::Error> {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Failed(error) => Some(error),
            other => {
                self.state = other;
                None
            }
        }
    }
}

fn choice(color: bool) -> anstream::ColorChoice {
    if color { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_went_away_is_no_failure_and_a_full_disk_is() {
        for (kind, closed, failed) in
            [(ErrorKind::BrokenPipe, true, false), (ErrorKind::StorageFull, false, true)]
        {
            let mut sink = Sink::new(Box::new(Broken(kind)), false);
            sink.write(&Styled::from("text"));
            sink.write(&Styled::from("more"));
            assert_eq!(sink.is_closed(), closed, "{kind}");
            assert_eq!(sink.take_failure().is_some(), failed, "{kind}");
            assert!(sink.take_failure().is_none(), "told once");
        }
    }
}
