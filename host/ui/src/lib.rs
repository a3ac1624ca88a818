//! The only writer to standard output and standard error, and the only reader of the terminal.
//!
//! A command has two voices. *Answers* go to standard output: [`Ui::answer`], or [`Ui::json`] when
//! JSON is asked for. *Talk* goes to standard error: [`Ui::status`], [`Ui::note`], diagnostics,
//! progress, questions. A [`Ui`] decides once, from [`UiOptions`] and the environment, about colour,
//! verbosity, width and whether anybody is there to be asked; it is cheap to clone and may be used
//! from any thread.
//!
//! What holds:
//! - With JSON on, standard output carries JSON and nothing else.
//! - Text from outside cannot move the cursor, colour anything, reorder a line or imitate a frame:
//!   a string becomes [`Styled`] only through escaping.
//! - A reader who goes away ends nothing and prints nothing: what is written later is dropped.
//!
//! Exit statuses and the choice of words are left to `s`; diagnostics are made by others.

mod capture;
mod editor;
mod escape;
mod json;
mod options;
mod progress;
mod prompt;
mod render;
mod sink;
mod styled;
mod table;
mod ui;

pub use capture::Captured;
pub use editor::{Line, LineEditor};
pub use escape::{escape_terminal, one_line};
pub use options::{ColorChoice, UiOptions, Verbosity};
pub use progress::{Task, Unit};
pub use prompt::{Asker, Password, PromptError, Prompts};
pub use render::render;
pub use styled::{Styled, style};
pub use table::{Align, Table};
pub use ui::{Ui, UiError};
