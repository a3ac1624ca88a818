# the specification, section 7.4: whether a function of a computed name is defined, in the package of the place
package Foo;
sub here { 1 }
sub main::look { defined &{$_[0]} ? 1 : 0 }
package main;
sub there { 2 }
sub Foo::look { defined &{$_[0]} ? 1 : 0 }
print look("here"), look("there"), Foo::look("here"), Foo::look("there"), "\n";
