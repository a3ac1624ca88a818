#!/bin/sh
# From C to a core module. `s plugin build --module core.wasm` makes a plugin of it.
set -eu
cd "$(dirname "$0")"
"${CLANG:-clang}" --target=wasm32 -mcpu=mvp -O2 -Wall -Wextra -Werror \
    -ffreestanding -fno-builtin -nostdlib -Ibindings -Ilibc \
    -Wl,--no-entry,--stack-first,-z,stack-size=65536,--strip-all \
    -o core.wasm plugin.c libc/libc.c bindings/target_data.c bindings/target_data_component_type.o
