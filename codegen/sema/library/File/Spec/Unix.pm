# Perl's File::Spec::Unix, which File::Spec is here.
package File::Spec::Unix;
use parent 'File::Spec';
1;
