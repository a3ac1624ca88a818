# Tests before a test are of the same file.
print -e -f -r $0 ? "file" : "none", "\n";
print -f -d $0 ? "both" : "not both", "\n";
print -e -d "/" ? "folder" : "none", "\n";
print -r -e "/nonexistent" ? "there" : "not there", "\n";
