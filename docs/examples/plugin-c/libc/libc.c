// Enough of a C library for a plugin that answers and ends.
//
// Memory is handed out from the end of the data upwards and never taken back: an instance lives
// for one command. The size stands before each piece, for `realloc`.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 65536
#define ALIGN 8

extern unsigned char __heap_base;
static uintptr_t next;

void abort(void) { __builtin_trap(); }

void *memcpy(void *to, const void *from, size_t size) {
    unsigned char *out = to;
    const unsigned char *in = from;
    while (size--) *out++ = *in++;
    return to;
}

void *memset(void *to, int byte, size_t size) {
    unsigned char *out = to;
    while (size--) *out++ = (unsigned char)byte;
    return to;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length]) length++;
    return length;
}

void *malloc(size_t size) {
    if (size > SIZE_MAX / 2) return NULL;
    if (!next) next = (uintptr_t)&__heap_base;
    uintptr_t start = (next + 2 * ALIGN - 1) / ALIGN * ALIGN;
    uintptr_t end = start + size;
    uintptr_t have = __builtin_wasm_memory_size(0) * PAGE;
    if (end > have && __builtin_wasm_memory_grow(0, (end - have + PAGE - 1) / PAGE) == SIZE_MAX) return NULL;
    next = end;
    ((size_t *)start)[-1] = size;
    return (void *)start;
}

void *realloc(void *old, size_t size) {
    size_t held = old ? ((size_t *)old)[-1] : 0;
    if (size <= held) return old;
    void *memory = malloc(size);
    if (memory && old) memcpy(memory, old, held);
    return memory;
}

void free(void *memory) { (void)memory; }
