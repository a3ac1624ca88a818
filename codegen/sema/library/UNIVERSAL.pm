# The methods that all objects have, as a module.
package UNIVERSAL;
1;
