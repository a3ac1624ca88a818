// The little of <string.h> that the generated bindings use.
#ifndef LIBC_STRING_H
#define LIBC_STRING_H
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
size_t strlen(const char *text);

#endif
