//! `stryke:host/ui`: questions and a subcommand's answer, by grant.

use s_net::Secret;
use wasmtime::component::Resource;

use crate::bindings::host::stryke::host::ui;
use crate::error::{Fault, FaultKind};
use crate::host::HostError;
use crate::host::secrets::origin_of;
use crate::state::State;

/// The most options a question may have.
const OPTIONS_MAX: usize = 1000;

impl ui::Host for State {
    fn confirm(&mut self, question: String, default: bool) -> Result<bool, HostError> {
        self.may_ask()?;
        let deadline = self.deadline.clone();
        Ok(deadline.pause(|| self.services.confirm(&self.plugin, &question, default))?)
    }

    fn choose(&mut self, question: String, options: Vec<String>) -> Result<u32, HostError> {
        self.may_ask()?;
        if options.is_empty() || options.len() > OPTIONS_MAX {
            let message = format!("a question needs between 1 and {OPTIONS_MAX} options");
            return Err(Fault::new(FaultKind::InvalidInput, "host/options", message).into());
        }
        let deadline = self.deadline.clone();
        Ok(deadline.pause(|| self.services.choose(&self.plugin, &question, &options))?)
    }

    fn text(&mut self, question: String, default: Option<String>) -> Result<String, HostError> {
        self.may_ask()?;
        let deadline = self.deadline.clone();
        Ok(deadline.pause(|| self.services.ask(&self.plugin, &question, default.as_deref()))?)
    }

    fn password(&mut self, question: String, origin: String) -> Result<Resource<Secret>, HostError> {
        self.may_ask()?;
        let origin = origin_of(&origin)?;
        let known = self.rights.secrets.values().flatten().any(|pattern| pattern.matches(&origin));
        if !known {
            return Err(self.denied(&format!("a secret for {origin}")));
        }
        let deadline = self.deadline.clone();
        let secret = deadline.pause(|| self.services.password(&self.plugin, &question, &origin))?;
        self.push(secret)
    }

    fn open_browser(&mut self, url: String, code: Option<String>) -> Result<(), HostError> {
        self.may_ask()?;
        let parsed = url::Url::parse(&url).ok().and_then(|url| s_capability::Origin::from_url(&url).ok());
        let Some(origin) = parsed else {
            return Err(Fault::new(FaultKind::InvalidInput, "host/url", "the address is not one").into());
        };
        let granted =
            self.rights.http.as_ref().is_some_and(|http| http.origins.iter().any(|p| p.matches(&origin)));
        if !granted {
            return Err(self.denied(&format!("opening {origin}")));
        }
        let deadline = self.deadline.clone();
        Ok(deadline.pause(|| self.services.open_browser(&self.plugin, &url, code.as_deref()))?)
    }

    fn print(&mut self, text: String) -> wasmtime::Result<()> {
        if !self.rights.ui {
            return Err(Fault::not_granted("ui").into());
        }
        self.services.print(&self.plugin, &text);
        Ok(())
    }
}

impl State {
    fn may_ask(&mut self) -> Result<(), HostError> {
        if !self.rights.ui {
            return Err(self.denied("ui"));
        }
        let max = self.limits().prompts;
        if self.prompts >= max {
            let message = format!("more than {max} questions in one session");
            return Err(Fault::new(FaultKind::LimitExceeded, "host/prompts", message).into());
        }
        self.prompts += 1;
        self.count("ui");
        Ok(())
    }
}
