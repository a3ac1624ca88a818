//! What a plugin asks for, what it was granted, and whether its code stays within both.
