//! The functions of the runtime that compiled code calls: one table, which every side expands in its
//! own way with [`for_each_runtime_function!`](crate::for_each_runtime_function).
//!
//! Every function takes the virtual machine first. Kinds of parameters and results:
//!
//! | kind | meaning | as parameter | as result |
//! |---|---|---|---|
//! | `V` | a value, two words | borrowed | owned |
//! | `O` | a value, two words | consumed | - |
//! | `I` | `i64` | | |
//! | `F` | `f64` | | |
//! | `B` | 0 or 1 in a word | | |
//! | `A` `H` `C` | array, hash, cell | borrowed | owned |
//! | `G` | glob, lives for ever | | |
//! | `P` | address of a slot (a `Val` in a container), valid until the container changes | | |
//! | `N` | nothing | - | |
//!
//! A function marked `throws` that ends in an exception puts it into the machine and returns: for
//! `V` a value of the tag `THROWN`; for every other kind a pair of words (result, status), the status
//! being 0 for success. A function without the mark never throws. `user` marks functions that may
//! run code of the program (overloaded operators, comparators, destructors apart).
//!
//! At most six words of parameters, the machine included: they all travel in registers.
//!
//! Lists are built on the value stack. `mark` gives its height; what was pushed since belongs to the
//! list. A list `from` a mark is consumed (popped) by the functions that say so.

/// Calls the macro `$callback!` with the whole table.
#[macro_export]
macro_rules! for_each_runtime_function {
    ($callback:ident) => {
        $callback! {
            // Values
            release(O) -> N [];                       // drops a counted value
            poll_signals() -> N [throws user];        // runs the handlers of signals that came
            to_bool(V) -> B [throws user];
            to_int(V) -> I [throws user];             // as `int` converts an operand of `%`, `..`, `<<`, an index
            to_num(V) -> F [throws user];
            to_number(V) -> V [throws user];          // INT, NUM or UINT
            to_str(V) -> V [throws user];             // a string value
            is_defined(V) -> B [];
            val_len(V) -> I [throws user];            // `len` of any value

            // Operators
            add(V, V) -> V [throws user];
            sub(V, V) -> V [throws user];
            mul(V, V) -> V [throws user];
            div(V, V) -> V [throws user];
            rem(V, V) -> V [throws user];
            pow(V, V) -> V [throws user];
            neg(V) -> V [throws user];
            not(V) -> V [throws user];
            bit_and(V, V) -> V [throws user];
            bit_or(V, V) -> V [throws user];
            bit_xor(V, V) -> V [throws user];
            bit_not(V) -> V [throws user];
            shl(V, V) -> V [throws user];
            shr(V, V) -> V [throws user];
            inc(V) -> V [throws user];                // the value after `++`, string magic included
            dec(V) -> V [throws user];
            concat(V, V) -> V [throws user];
            concat_onto(O, V) -> V [throws user];     // first . second, in place when nobody else sees the first
            concat_list(I) -> V [throws user];        // joins the list from the mark, which it consumes
            repeat(V, V) -> V [throws user];
            num_eq(V, V) -> B [throws user];
            num_ne(V, V) -> B [throws user];
            num_lt(V, V) -> B [throws user];
            num_gt(V, V) -> B [throws user];
            num_le(V, V) -> B [throws user];
            num_ge(V, V) -> B [throws user];
            num_cmp(V, V) -> V [throws user];         // -1, 0, 1, or undef with NaN
            str_eq(V, V) -> B [throws user];
            str_ne(V, V) -> B [throws user];
            str_lt(V, V) -> B [throws user];
            str_gt(V, V) -> B [throws user];
            str_le(V, V) -> B [throws user];
            str_ge(V, V) -> B [throws user];
            str_cmp(V, V) -> I [throws user];
            smart_eq(V, V) -> B [throws user];        // `match` of a value
            smart_match(V, V) -> B [throws user];
            int_of(V) -> V [throws user];             // `int`
            abs(V) -> V [throws user];
            sqrt(V) -> V [throws user];
            sin(V) -> F [throws user];
            cos(V) -> F [throws user];
            exp(V) -> F [throws user];
            log(V) -> V [throws user];
            atan2(V, V) -> F [throws user];
            num_sin(F) -> F [];
            num_cos(F) -> F [];
            num_exp(F) -> F [];
            num_int(F) -> V [];                       // `int` of a float: INT when it fits
            int_div(I, I) -> V [throws];              // exact: INT, else NUM; by zero: dies
            div_num(V, V) -> F [throws user];         // the quotient as a float
            int_div_num(I, I) -> F [throws];
            int_rem(I, I) -> I [throws];              // sign of the right operand
            int_pow(I, I) -> V [];
            num_rem(F, F) -> V [throws];
            num_pow(F, F) -> F [];
            int_shl(I, I) -> I [];
            int_shr(I, I) -> I [];
            num_to_int(F) -> I [];                    // saturating truncation
            int_to_str(I) -> V [];
            num_to_str(F) -> V [];
            bool_val(I) -> V [];                      // what comparisons yield in this mode

            // Arrays
            arr_new() -> A [];
            arr_release(A) -> N [];                   // gives up one reference
            arr_pack(A) -> N [];                      // storage becomes NUM where all elements are floats
            arr_fresh(A) -> A [];                     // consumes one reference; empty, and nobody else's
            arr_ref(A) -> V [];                       // `\@a`
            arr_len(A) -> I [];
            arr_size(A) -> I [throws user];           // the same of what may be tied
            arr_get(A, I) -> V [];                    // negative from the end; undef outside
            arr_fetch(A, I) -> V [throws user];       // the same of what may be tied
            arr_set(A, I, O) -> N [throws user];
            arr_slot(A, I) -> P [throws];             // for change in place; extends; storage becomes VAL
            arr_cell(A, I) -> C [throws user];        // the element as a shared cell
            arr_get_arr(A, I) -> A [throws user];     // element as array, made when undefined
            arr_get_hash(A, I) -> H [throws user];
            arr_exists(A, I) -> B [throws user];
            arr_delete(A, I) -> V [throws user];
            arr_set_len(A, I) -> N [throws user];
            arr_clear(A) -> N [throws user];
            arr_push(A, O) -> N [throws user];
            arr_pop(A) -> V [throws user];
            arr_shift(A) -> V [throws user];
            arr_push_list(A, I) -> I [throws user];   // consumes the list from the mark; the new length
            arr_unshift_list(A, I) -> I [throws user];
            arr_assign_list(A, I) -> N [throws user]; // consumes the list from the mark
            arr_assign_arr(A, A) -> N [throws user];  // copies elements
            arr_from_list(I) -> A [];                 // consumes the list from the mark
            arr_repeat(O, V) -> A [throws user];      // so many times the value
            arr_from_list_at(I, I) -> A [];           // a copy of the list from the mark, but for the first n
            arr_splice(A, I, I) -> V [throws user];   // list from the mark: offset, length (undef: absent), then what
                                                      // goes in; I: the mark, want; result as a call's
            arr_slice(A, I) -> N [throws user];       // replaces the list of indexes from the mark by elements
            arr_pairs(A, I) -> N [throws user];       // by index and element
            arr_slice_cells(A, I) -> N [throws user]; // by references to elements, for places
            arr_reverse_copy(A) -> A [throws user];
            arr_each(A, I) -> V [throws user];        // want; result as a call's
            arr_keys(A) -> N [throws user];           // pushes
            arr_join(A, V) -> V [throws user];        // `join SEP, @a`

            // Hashes
            hash_new() -> H [];
            hash_release(H) -> N [];
            hash_fresh(H) -> H [];
            hash_ref(H) -> V [];
            hash_len(H) -> I [];
            hash_size(H) -> I [throws user];          // the same of what may be tied: whether there is something
            hash_get(H, V) -> V [throws user];
            hash_get_site(H, V, I) -> V [throws user]; // a text that is a normal key, and the site that notes its position
            hash_set(H, V, O) -> N [throws user];
            hash_set_site(H, V, I, I) -> N [throws user]; // address of the value (consumed), site
            hash_slot(H, V) -> P [throws user];
            hash_slot_site(H, V, I) -> P [throws user];
            hash_cell(H, V) -> C [throws user];
            hash_cell_there(H, V) -> C [throws user]; // a cell of its own where there is no such entry
            hash_get_arr(H, V) -> A [throws user];
            hash_get_hash(H, V) -> H [throws user];
            hash_exists(H, V) -> B [throws user];
            hash_delete(H, V) -> V [throws user];
            hash_clear(H) -> N [throws user];
            hash_assign_list(H, I) -> I [throws user]; // consumes; the number of elements it consumed
            hash_assign_hash(H, H) -> N [throws user];
            hash_from_list(I) -> H [throws user];
            hash_from_list_at(I, I) -> H [throws user];
            hash_slice(H, I) -> N [throws user];      // replaces the list of keys from the mark by values
            hash_pairs(H, I) -> N [throws user];
            hash_slice_cells(H, I) -> N [throws user];
            hash_delete_slice(H, I) -> N [throws user];
            hash_each(H, I) -> V [throws user];       // want; result as a call's
            hash_keys(H) -> N [throws user];          // pushes, and resets the iterator
            hash_values(H) -> N [throws user];
            hash_next(H, I) -> I [];                  // position of the next live entry at or after, or -1
            hash_key_at(H, I) -> V [];
            hash_value_at(H, I) -> V [];

            // References
            deref_arr(V) -> A [throws user];          // for reading: undef is an empty array
            deref_hash(V) -> H [throws user];
            deref_scalar(V) -> V [throws user];
            deref_cell(V) -> C [throws user];
            viv_arr(V) -> V [throws user];            // undef becomes a reference to a new array, others are checked
            viv_hash(V) -> V [throws user];
            viv_scalar(V) -> V [throws user];
            slot_arr(P) -> A [throws user];           // what the slot refers to, made when undefined
            slot_hash(P) -> H [throws user];
            ref_list(I) -> N [];                      // every element of the list from the mark becomes a reference to it
            constant_list(I) -> N [];                 // the same, of values that cannot be changed
            constant_ref(O) -> V [];                  // reference to a value that cannot be changed
            part_ref(I, C, I) -> V [];                // `\substr`, `\vec`, `\pos` (0, 1, 2); cell, mark of the operands
            scalar_ref(O) -> V [];                    // reference to a new cell
            cell_new(O) -> C [];
            cell_release(C) -> N [];
            cell_get(C) -> V [];
            cell_fetch(C) -> V [throws user];         // the same of what may be tied
            cell_set(C, O) -> N [throws user];
            cell_ref(C) -> V [];                      // `\$x`
            cell_arr(C) -> A [throws user];           // autovivifies
            cell_hash(C) -> H [throws user];
            slot_get(P) -> V [];
            slot_fetch(P) -> V [throws user];         // the same of what may be tied
            slot_set(P, O) -> N [throws user];
            slot_take(P) -> V [throws user];          // leaves undef behind
            bless(V, V) -> V [throws];
            ref_type(V) -> V [];
            weaken(P) -> N [throws];

            // Lists on the value stack
            mark() -> I [];
            list_push(O) -> N [throws];
            list_push_constants(V) -> N [throws];     // those of a text, see `crate::constants`
            list_drop(I) -> N [];
            list_len(I) -> I [];
            list_get(I, I) -> V [];                   // the nth, undef beyond
            list_last(I) -> V [];                     // consumes; the last, undef when empty
            list_result_mark(V) -> I [];              // where the list of a call's result begins
            list_result(I, I) -> V [];                // mark, want: the list as a call's result (LIST or its last)
            list_slice(I, I) -> N [];                 // list from one mark, indexes from the second: leaves elements
            list_reverse(I) -> N [];
            list_repeat(I, V) -> N [throws user];
            list_move(I, I) -> N [];                  // removes what stands between two marks
            list_push_arr(A) -> N [throws user];
            list_push_hash(H) -> N [throws user];
            list_push_args(I, I) -> N [throws];       // address and count of arguments
            list_range(I) -> N [throws user];         // list from the mark: from, to, step or undef; becomes the range
            list_join(V, I) -> V [throws user];       // consumes
            list_reverse_str(I) -> V [throws user];   // scalar reverse; consumes
            list_sort(I) -> N [throws user];          // as strings, in place
            list_sort_desc(I) -> N [throws user];
            list_sort_num(I) -> N [throws user];
            list_sort_num_desc(I) -> N [throws user];
            list_sort_by(I, V, V) -> N [throws user]; // a function of two arguments, which are also $a and $b of a package
            list_sort_private(I, A, I) -> N [throws user]; // by a function that sees nothing but its arguments, and those
                                                      // that give keys, of the kinds in `layout::sort`
            list_spread(V) -> N [throws user];        // pushes the elements or pairs of what is referred to
            list_flatten(I) -> N [];                  // array references among the list are spread

            // Package variables and special ones
            glob_fresh(G, I) -> N [];                 // a new, empty scalar (0), array (1) or hash (2) under the name
            local_mark() -> I [];
            local_restore(I) -> N [user];
            local_scalar(G) -> N [];
            local_alias(G, C) -> N [];                // binds the name to a cell until restored
            local_array(G) -> N [];
            local_hash(G) -> N [];
            local_code(G) -> N [];
            local_handle(G) -> N [];
            local_arr_elem(A, I) -> N [throws user];
            local_hash_elem(H, V) -> N [throws user];
            local_arr_elems(A, I) -> N [throws user]; // consumes the list of indexes from the mark
            local_hash_elems(H, I) -> N [throws user]; // the same of keys
            local_special(I) -> N [];
            special_get(I) -> V [throws];             // by number, see `specials`
            special_set(I, V) -> N [throws user];
            glob_value(G) -> V [];
            isa_changed() -> N [];                    // parents of a class have been stored
            isa_lent(G) -> N [];                      // somebody gets the array of parents, and may change it unseen
            glob_assign(G, V) -> N [throws];
            glob_named(V, V) -> V [throws];           // a glob by a computed name, in the package of that name
            glob_assign_to(V, V) -> N [throws];       // to a glob that is a value
            glob_part(V, V) -> V [throws];            // `*x{ARRAY}`
            arr_of_cell(C) -> A [];                   // an array whose only element is the cell
            assign_op(I, V, V) -> V [throws user];    // one that assigns, where it may be overloaded; numbered as in the function
            compare_op(I, V, V) -> V [throws user];   // a comparison that may be overloaded; numbered as in the function
            integer_op(I, V, V) -> V [throws user];   // under `use integer`; numbered as in the function
            open_named(V) -> N [];                    // the variable that the next handle is opened into
            strict_refs() -> N [];                    // texts are no references from now on
            glob_by_name(V, I) -> V [throws];         // a glob of that name in the package numbered; symbolic references

            // Calls
            call(V, I, I, I) -> V [throws user];      // function value, address of arguments, count, want
            call_list(V, I, I) -> V [throws user];    // function value, mark of arguments (consumed), want
            call_glob(G, I, I, I) -> V [throws user];
            call_glob_list(G, I, I) -> V [throws user];
            call_method(V, I, I) -> V [throws user];        // name; mark of invocant and arguments (consumed), want.
                                                            // `Pkg::SUPER::m` searches the parents of Pkg; a name
                                                            // that ends in `?` gives undef where no such method is
            call_method_site(V, I, I, I) -> V [throws user]; // name; address, count with the context above (as of an
                                                            // entry), and the first of two sites for what was found
            call_method_list_site(V, I, I, I) -> V [throws user]; // the same of a list: name, its mark, want, and the
                                                            // first of two sites
            list_settle(I, V) -> V [throws user];           // the result of a call with arguments from the mark, or
                                                            // THROWN: they go
            call_dynamic(V, I, I) -> V [throws user];       // method value; mark of invocant and arguments, want
            call_builtin(I, I, I) -> V [throws user];       // cell of its function, mark of arguments (consumed), want
            args_alias(I) -> N [];                    // references from the mark become values; the next function
                                                      // called with them may take the places
            args_take(A, I, I) -> N [];               // `@_`, address and count of arguments: elements are the places
            args_forget() -> N [];
            code_ref(G) -> V [];                      // `\&f`; a stub when undefined
            code_defined(G) -> B [];
            current_code() -> V [];
            stack_overflow() -> V [throws];
            caller(V, I) -> V [];                     // level or undef, want
            frame_left() -> N [];                     // `goto &f`: `caller` sees this function no longer
            require_once(V, V) -> B [];               // path, key in %INC; true the first time

            // Exceptions
            keep_temporary(V) -> N [];                // what it refers to lives until its statement ends
            keep_temporaries(I) -> N [];              // the same of what a list refers to
            die_list(I) -> V [throws];                // consumes; never returns a value
            die_value(V) -> V [throws];
            die_text(V) -> V [throws];                // adds file and line unless it ends in a newline
            die_compiling(V) -> V [throws];           // what a text is wrong about: no handler hears of it
            warn_list(I) -> V [throws user];
            exit(I) -> V [throws];
            try_begin() -> I [];
            try_end(I) -> N [];
            try_catch(I) -> V [throws];               // undoes what was begun since; the exception; exits go on
            jump_dynamic(I, V) -> V [throws];         // 0 last, 1 next, 2 redo; label or undef
            rethrow(V) -> V [throws];
            at_end(V) -> N [];

            // Patterns. A pattern is a value of the tag RX.
            pattern(V, I) -> V [throws user];         // text or pattern; flags as bits of `pattern_flag`
            match_once(V, V) -> B [throws user];      // sets the captures
            match_next(C, V, I) -> B [throws user];   // //g in scalar context; I: keep the position on failure
            match_list(V, V) -> I [throws user];      // pushes captures, or 1; the number pushed
            match_all(C, V) -> I [throws user];       // //g in list context
            match_all_value(V, V) -> I [throws user]; // the same of what is no place
            capture(I) -> V [];                       // $1; 0 is $&
            match_var(I) -> V [];                     // 0 before, 1 behind, 2 last group, 3 last closed
            subst_begin(V, V) -> I [throws user];     // subject, pattern: a handle
            subst_next(I) -> B [throws user];         // finds the next match, sets the captures
            subst_add(I, V) -> N [throws user];       // its replacement
            subst_count(I) -> I [];
            subst_finish(I) -> V [];                  // the new text; gives the handle back
            split(I) -> N [throws user];              // list from the mark: pattern (or a string: one blank is awk
                                                      // mode), subject, limit or undef; becomes the fields
            split_text(I) -> N [throws user];         // the same on a text without special meaning; empty: characters
            trans(V, I) -> V [throws user];           // subject, table number: the changed text
            trans_count(V, I) -> I [throws user];     // how many it would change
            pos_get(C) -> V [];
            pos_set(C, V) -> N [throws];
            match_scope() -> I [];                    // captures are those of the enclosing function again when left
            match_restore(I) -> N [];

            // Places behind builtins
            substr_get(V, I, I) -> V [throws user];   // text, offset, length
            substr_tail(V, I) -> V [throws user];
            substr_set(P, I) -> V [throws user];      // slot; list from the mark: offset, length or undef, replacement
            vec_set(P, I) -> N [throws user];         // slot; list from the mark: offset, bits, value
            chomp_slot(P) -> I [throws user];
            chop_slot(P) -> V [throws user];
            str_index(V, I) -> V [throws user];       // `$s[i]`: one code point, undef outside
            str_slice(V, I, I) -> V [throws user];    // from, to, inclusive; negative from the end; clamped
            str_step(V, I) -> V [throws user];        // every nth code point
            defined_or_stub(V) -> B [];

            // Output, input
            print(I, I) -> B [throws user];           // mark (consumed), bits: 1 newline; to the selected handle
            print_to(V, I, I) -> B [throws user];     // the same to a handle
            print_format(V, I) -> B [throws user];    // handle or undef, mark (consumed): a format and its list
            read_line(V) -> V [throws user];          // handle, or undef for `<>`
            read_lines(V) -> N [throws user];         // pushes
            file_test(I, V) -> V [throws user];       // letter
            open_slot(I, P, I) -> V [throws user];    // which builtin, place, mark (consumed)
            read_slot(I, P, I) -> V [throws user];
            command(V, I) -> V [throws user];         // backticks: want
            flush_all() -> N [];

            // Types of the program
            construct(I, I) -> V [throws user];       // class number, mark (consumed)
            construct_values(I, I) -> V [throws user]; // the same of a value for each field that the class itself declares
            variant(I, I, V) -> V [throws user];      // class, variant, payload
            is_variant(V, I, I) -> B [];
            payload(V) -> V [];
            check_type(V, I, V) -> V [throws user];   // value, type number, name of what is checked

            // Tests, and what only running tells
            assert(I, I, I) -> V [throws user];       // which, mark (consumed), want
            eval_string(V, I) -> V [throws user];     // text; mark of references to what is visible, then site, then want
            require_value(V, I) -> V [throws user];
            part_of_ref(V, I, I) -> V [throws user];  // 0 keys, 1 values, 2 each; of a reference; want
            undef_value(V) -> N [throws user];
            flip_flop(I, B, B) -> V [];
            flip_is_on(I) -> B [];
        }
    };
}

/// Bits of the flags of patterns.
pub mod pattern_flag {
    /// `i`
    pub const IGNORE_CASE: i64 = 1;
    /// `m`
    pub const MULTI_LINE: i64 = 2;
    /// `s`
    pub const DOT_ALL: i64 = 4;
    /// `x`
    pub const EXTENDED: i64 = 8;
    /// `xx`
    pub const EXTENDED_MORE: i64 = 16;
    /// `n`
    pub const NO_CAPTURE: i64 = 32;
    /// `a`
    pub const ASCII: i64 = 64;
}

/// Scalars that the runtime computes or acts on, by their numbers in `special_get` and its kin.
pub static SPECIALS: &[&str] = &[
    "!",
    "\"",
    "$",
    "(",
    ")",
    ",",
    ".",
    "/",
    "0",
    ";",
    "<",
    ">",
    "?",
    "[",
    "\\",
    "]",
    "^A",
    "^C",
    "^D",
    "^E",
    "^F",
    "^GLOBAL_PHASE",
    "^H",
    "^L",
    "^M",
    "^N",
    "^O",
    "^P",
    "^R",
    "^S",
    "^T",
    "^V",
    "^W",
    "^X",
    "|",
    "%",
    "=",
    "-",
    "~",
    "^",
    ":",
    "^TAINT",
    "^UNICODE",
];
