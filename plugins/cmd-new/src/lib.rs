//! s new and s init: the first files of a project.
