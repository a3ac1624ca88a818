# the specification, section 7.4: a module that comes with perl, File::stat
use strict; use warnings;
use File::stat;
my $path = "/tmp/filestat-$$";
open my $fh, '>', $path or die; print $fh "12345"; close $fh; chmod 0640, $path; utime 1000000, 2000000, $path;
my $st = stat($path) or die;
print ref $st, ' ', $st->size, ' ', sprintf('%o', $st->mode), ' ', $st->mtime, ' ', $st->atime, ' ', $st->nlink, "\n";
print defined stat("/nonexistent") ? "there\n" : "not there\n";
my @plain = CORE::stat($path); print $plain[7] == $st->size && $plain[1] == $st->ino ? "same\n" : "other\n";
print -f $st ? 'f' : '-', -d $st ? 'd' : '-', -s $st, -z $st ? 'z' : '-', "\n";
symlink $path, "$path.l"; print -l lstat("$path.l") ? "link\n" : "file\n"; unlink "$path.l";
open $fh, '<', $path; print stat($fh)->size, "\n"; unlink $path;
