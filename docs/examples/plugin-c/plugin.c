// A target pack in C: it describes one target and says how the host's own linker links for it.
#include "target_data.h"
#include <stdlib.h>
#include <string.h>

#define TRIPLE "riscv64gc-example-linux-musl"
#define LOADER "/lib/ld-musl-riscv64.so.1"

static target_data_string_t text(const char *words) {
    target_data_string_t copy;
    target_data_string_dup(&copy, words);
    return copy;
}

static target_data_list_string_t texts(size_t count, const char *const *words) {
    target_data_list_string_t list = {malloc(count * sizeof *list.ptr), count};
    if (!list.ptr) abort();
    for (size_t i = 0; i < count; i++) list.ptr[i] = text(words[i]);
    return list;
}

// The target asked for is the one this pack knows, or the error says which that is.
static bool known(const target_data_string_t *triple, stryke_host_types_error_t *error) {
    const char *own = TRIPLE;
    size_t length = strlen(own);
    bool same = triple->len == length;
    for (size_t i = 0; same && i < length; i++) same = triple->ptr[i] == (uint8_t)own[i];
    if (same) return true;
    *error = (stryke_host_types_error_t){
        .kind = STRYKE_HOST_TYPES_ERROR_KIND_NOT_FOUND,
        .code = text("example-c/no-target"),
        .message = text("this pack knows one target, `" TRIPLE "`"),
    };
    return false;
}

void exports_stryke_target_pack_targets(exports_stryke_target_pack_list_target_t *answer) {
    static const char *const aliases[] = {"riscv64-linux"};
    exports_stryke_target_pack_target_t *target = malloc(sizeof *target);
    if (!target) abort();
    *target = (exports_stryke_target_pack_target_t){
        .triple = text(TRIPLE),
        .aliases = texts(1, aliases),
        .format = EXPORTS_STRYKE_TARGET_PACK_OBJECT_FORMAT_ELF,
        .pointer_width = 64,
        .little_endian = true,
        .isa = text("riscv64gc"),
        .exe_suffix = text(""),
        .runner_hint = {true, text("qemu-riscv64")},
    };
    answer->ptr = target;
    answer->len = 1;
}

bool exports_stryke_target_pack_plan_sysroot(exports_stryke_target_pack_options_t *options,
                                             exports_stryke_target_pack_sysroot_t *answer,
                                             exports_stryke_target_pack_error_t *error) {
    static const char *const directories[] = {"/usr/riscv64-linux-musl/lib"};
    static const char *const startup[] = {"crt1.o", "crti.o"};
    static const char *const end[] = {"crtn.o"};
    static const char *const libraries[] = {"c"};
    if (!known(&options->triple, error)) return false;
    *answer = (exports_stryke_target_pack_sysroot_t){
        .id = text("example-riscv64-musl-1"),
        .library_dirs = texts(1, directories),
        .startup_objects = texts(2, startup),
        .end_objects = texts(1, end),
        .default_libraries = texts(1, libraries),
        .dynamic_linker = {!options->static_link, text(LOADER)},
    };
    return true;
}

bool exports_stryke_target_link_plan_plan_link(exports_stryke_target_link_plan_options_t *options,
                                               exports_stryke_target_link_plan_recipe_t *answer,
                                               exports_stryke_target_link_plan_error_t *error) {
    static const char *const fixed[] = {"-m", "elf64lriscv", "-static"};
    static const char *const shared[] = {"-m", "elf64lriscv", "-dynamic-linker", LOADER};
    stryke_host_log_level_t level = STRYKE_HOST_LOG_LEVEL_DEBUG;
    if (!known(&options->triple, error)) return false;
    if (stryke_host_log_enabled(level)) {
        target_data_string_t target = text("example-c"), message = text("planning a link for " TRIPLE);
        stryke_host_log_write(level, &target, &message);
    }
    answer->flavour = EXPORTS_STRYKE_TARGET_LINK_PLAN_FLAVOUR_ELF;
    answer->arguments = options->static_link ? texts(3, fixed) : texts(4, shared);
    return true;
}
