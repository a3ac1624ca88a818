//! Whether a component fits a world of ours.

use crate::ComponentError;
use crate::inspect::{InspectLimits, inspect};
