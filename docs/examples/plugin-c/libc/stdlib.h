// The little of <stdlib.h> that the generated bindings use.
#ifndef LIBC_STDLIB_H
#define LIBC_STDLIB_H
#include <stddef.h>

void *malloc(size_t size);
void *realloc(void *old, size_t size);
void free(void *memory);
_Noreturn void abort(void);

#endif
