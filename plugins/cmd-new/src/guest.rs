//! The component: one call, one plan, proposed file by file.

use s_guest::command::{self, Call, Guest, edits, ui};

use crate::{Question, plan};

struct Plugin;

impl Guest for Plugin {
    fn run(call: Call) -> Result<u8, command::Error> {
        let plan = plan(&Question {
            command: &call.name,
            arguments: &call.arguments,
            library: call.options.iter().any(|option| option.key == "lib" && option.value == "true"),
            directory: &call.directory,
            json: call.json,
        })?;
        for file in &plan.files {
            edits::propose(&file.path, &file.content, file.why)?;
        }
        ui::print(&plan.answer);
        Ok(0)
    }
}

command::export!(Plugin);
