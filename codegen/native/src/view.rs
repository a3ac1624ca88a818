//! Views: what the header of an array says, kept in registers while a loop runs.
//!
//! An element is found through the length, the storage and the address of the elements of its array.
//! Where a loop does not exchange the array, these are loaded where the loop is entered, and again
//! behind every call of the runtime that might change an array: all of those stand in cold blocks, since
//! a loop in which calls are usual gets no views. A view of what is no array has length 0, so that each
//! access of it goes the way of indexes outside. Only what is found through references has views.
//!
//! Where floats or arrays are looked for in an array ([`Op::ElemIsNum`]), the test of its storage is made
//! with the view: there is a length for each, which is 0 where the storage is another one. What is not
//! within that is looked for from the root on, as if there were no view.
//!
//! [`Plan`] finds the loops and the arrays, from the middle representation alone; the translator has
//! variables for each view, which the code generator's builder turns into parameters of blocks where they
//! are used.
//!
//! Loops are strongly connected parts of the graph, with the parts inside that are left when the first
//! block is taken out. Typed and general versions of a loop ([`s_ir::version`]) are looked at apart; each is
//! entered in several places, and what stays the same in it has a name in each block. Such names are one
//! class where the ways inside give members of it to members of it, and nothing else.

use std::collections::{HashMap, HashSet};

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{InstBuilder, Value as Clif};
use cranelift_frontend::Variable;
use s_abi::layout::{storage, tag};
use s_ir::cfg::{Dominance, reverse_postorder};
use s_ir::{Block, Edge, Func, Inst, Op, Rt, Ty, Value};

use crate::function::{Translator, Words, flags};
use crate::inline::at;

/// Most views of a loop.
const VIEWS_MAX: usize = 6;
/// Most views that are made where a loop is entered, on all ways together.
const ENTERED_MAX: usize = 64;
/// Most loops in one another that are looked at.
const DEPTH_MAX: usize = 12;
/// Largest function that is looked at.
const FUNCTION_MAX: usize = 20_000;

/// What stays the same in a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fixed {
    /// A value from outside.
    Outside(Value),
    /// Parameters of blocks that only give each other on.
    Class(Value),
}

/// An index that stays the same: a value and a constant, or a constant alone.
type FixedIndex = (Option<Fixed>, i64);

/// An array that a loop does not exchange: a root, and indexes that lead from there to it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    root: Fixed,
    path: Vec<FixedIndex>,
}

struct View {
    region: usize,
    key: Key,
    /// Floats are loaded from the array itself.
    has_floats: bool,
    /// Arrays that are elements of it are looked into.
    has_arrays: bool,
}

/// A loop with views.
struct Region {
    /// The loop around it.
    parent: Option<usize>,
    /// The class of each parameter that is in one.
    classes: HashMap<Value, Value>,
    /// Members of each class, with the blocks whose parameters they are.
    members: HashMap<Value, Vec<(Block, Value)>>,
}

/// Which view an access uses, and how many of its indexes have led there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub(crate) view: usize,
    pub(crate) steps: usize,
}

/// The views of a function.
#[derive(Default)]
pub(crate) struct Plan {
    regions: Vec<Region>,
    views: Vec<View>,
    /// The innermost loop with views that a block is in.
    of: HashMap<Block, usize>,
    uses: HashMap<(Block, usize), Use>,
    dominance: Option<Dominance>,
}

impl Plan {
    pub(crate) fn of(func: &Func, overloads: bool) -> Plan {
        let accesses = |inst: &Inst| inst.args.len() > 1 && is_access(&inst.op);
        let has_any = func.blocks.iter().any(|data| data.loop_depth > 0 && data.insts.iter().any(accesses));
        if !has_any || func.size() > FUNCTION_MAX {
            return Plan::default();
        }
        let order = reverse_postorder(func);
        let mut defs = HashMap::new();
        for block in &order {
            for inst in &func.block(*block).insts {
                if let Some(result) = inst.result {
                    defs.insert(result, (*block, inst));
                }
            }
        }
        let mut homes = HashMap::new();
        for block in &order {
            homes.extend(func.block(*block).params.iter().map(|param| (*param, *block)));
        }
        let mut finder = Finder {
            func,
            overloads,
            defs,
            homes,
            handlers: order.iter().filter_map(|block| func.block(*block).handler).collect(),
            plan: Plan { dominance: Some(Dominance::of(func)), ..Plan::default() },
        };
        for twin in [false, true] {
            let part: Vec<Block> =
                order.iter().copied().filter(|block| func.block(*block).has_twin == twin).collect();
            finder.parts(&part, None, 0);
        }
        finder.plan
    }

    /// The view that an access uses.
    pub(crate) fn use_of(&self, block: Block, inst: usize) -> Option<Use> {
        self.uses.get(&(block, inst)).copied()
    }

    fn chain(&self, block: Block) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.of.get(&block).copied(), |region| self.regions[*region].parent)
    }

    /// Views that are in force in a block.
    fn in_force(&self, block: Block) -> Vec<usize> {
        let regions: Vec<usize> = self.chain(block).collect();
        (0..self.views.len()).filter(|view| regions.contains(&self.views[*view].region)).collect()
    }

    /// Views that begin on the way from one block to another.
    fn entered(&self, from: Block, to: Block) -> Vec<usize> {
        if self.views.is_empty() {
            return Vec::new();
        }
        let known = self.in_force(from);
        self.in_force(to).into_iter().filter(|view| !known.contains(view)).collect()
    }

    /// The name of what stays the same, in a block.
    fn name(&self, region: usize, fixed: Fixed, block: Block) -> Option<Value> {
        let class = match fixed {
            Fixed::Outside(value) => return Some(value),
            Fixed::Class(class) => class,
        };
        let members = &self.regions[region].members[&class];
        let own = members.iter().find(|(home, _)| *home == block);
        let dominance = self.dominance.as_ref()?;
        let above = || members.iter().find(|(home, _)| dominance.dominates(*home, block));
        own.or_else(above).map(|(_, value)| *value)
    }
}

/// Whether it looks for an element of an array in line.
fn is_access(op: &Op) -> bool {
    matches!(op, Op::ElemIsNum(_) | Op::ElemNum(_) | Op::Rt(Rt::arr_get | Rt::arr_set | Rt::arr_get_arr))
}

/// Whether a loop with such an instruction may have views: what calls the runtime does so rarely, and
/// what changes an array in line is none.
fn is_quiet(op: &Op, overloads: bool) -> bool {
    match op {
        Op::Rt(function) => {
            leaves_arrays(*function, overloads)
                || matches!(
                    function,
                    Rt::arr_get_arr
                        | Rt::arr_set
                        | Rt::deref_arr
                        | Rt::viv_arr
                        | Rt::add
                        | Rt::sub
                        | Rt::mul
                        | Rt::div
                        | Rt::div_num
                        | Rt::inc
                        | Rt::dec
                        | Rt::num_eq
                        | Rt::num_ne
                        | Rt::num_lt
                        | Rt::num_gt
                        | Rt::num_le
                        | Rt::num_ge
                        | Rt::to_bool
                        | Rt::to_int
                        | Rt::to_num
                        | Rt::poll_signals
                )
        }
        Op::Closure(_) => false,
        op => !op.is_call(),
    }
}

/// Whether a function of the runtime never changes an array, nor runs code of the program.
pub(crate) fn leaves_arrays(function: Rt, overloads: bool) -> bool {
    function.is_pure()
        || matches!(
            function,
            Rt::num_sin
                | Rt::num_cos
                | Rt::num_exp
                | Rt::num_int
                | Rt::num_rem
                | Rt::int_div
                | Rt::int_div_num
                | Rt::int_rem
                | Rt::mark
                | Rt::list_push
                | Rt::list_len
        )
        // Operators run code of the program where they are overloaded.
        || (!overloads
            && matches!(
                function,
                Rt::add
                    | Rt::sub
                    | Rt::mul
                    | Rt::div
                    | Rt::div_num
                    | Rt::rem
                    | Rt::neg
                    | Rt::num_eq
                    | Rt::num_ne
                    | Rt::num_lt
                    | Rt::num_gt
                    | Rt::num_le
                    | Rt::num_ge
                    | Rt::abs
                    | Rt::sqrt
                    | Rt::sin
                    | Rt::cos
                    | Rt::exp
                    | Rt::int_of
                    | Rt::to_num
                    | Rt::to_int
                    | Rt::to_bool
            ))
}

struct Finder<'a> {
    func: &'a Func,
    overloads: bool,
    defs: HashMap<Value, (Block, &'a Inst)>,
    /// The block whose parameter a value is.
    homes: HashMap<Value, Block>,
    /// Blocks where exceptions go.
    handlers: HashSet<Block>,
    plan: Plan,
}

impl Finder<'_> {
    /// Loops among blocks, which are in reverse postorder, and the loops inside them.
    fn parts(&mut self, blocks: &[Block], parent: Option<usize>, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        for part in connected(self.func, blocks) {
            let inside: HashSet<Block> = part.iter().copied().collect();
            let is_quiet = part.iter().all(|block| {
                let data = self.func.block(*block);
                // An exception enters where no edge is.
                !self.handlers.contains(block)
                    && data.insts.iter().all(|inst| is_quiet(&inst.op, self.overloads))
            });
            let region = if is_quiet { self.region(&part, &inside, parent) } else { None };
            let rest: Vec<Block> = part[1..].to_vec();
            self.parts(&rest, region.or(parent), depth + 1);
        }
    }

    /// Gives a loop its views.
    fn region(&mut self, part: &[Block], inside: &HashSet<Block>, parent: Option<usize>) -> Option<usize> {
        let entries = self.entries(inside);
        let (classes, members) = self.classes(part, inside, &entries);
        let number = self.plan.regions.len();
        self.plan.regions.push(Region { parent, classes, members });
        let room = VIEWS_MAX.min(ENTERED_MAX / entries.len().max(1));
        let first = self.plan.views.len();
        // What happens once a round of a loop around another is not worth registers in that.
        let within: HashSet<Block> = connected(self.func, &part[1..]).into_iter().flatten().collect();
        let is_rare = |block: &Block| !within.is_empty() && !within.contains(block);
        let often = part.iter().filter(|block| !is_rare(block));
        let rarely = part.iter().filter(|block| is_rare(block));
        for block in often.chain(rarely) {
            for (index, inst) in self.func.block(*block).insts.iter().enumerate() {
                if !is_access(&inst.op) || self.plan.uses.contains_key(&(*block, index)) {
                    continue;
                }
                let Some((key, steps)) = self.key(number, inside, inst) else { continue };
                let known = (first..self.plan.views.len()).find(|view| self.plan.views[*view].key == key);
                let view = match known {
                    Some(view) => view,
                    None if self.plan.views.len() - first < room && !is_rare(block) => {
                        self.plan.views.push(View {
                            region: number,
                            key,
                            has_floats: false,
                            has_arrays: false,
                        });
                        self.plan.views.len() - 1
                    }
                    None => continue,
                };
                if matches!(inst.op, Op::ElemIsNum(_) | Op::ElemNum(_)) {
                    let is_direct = steps + 2 == inst.args.len();
                    let made = &mut self.plan.views[view];
                    made.has_floats |= is_direct;
                    made.has_arrays |= !is_direct;
                }
                self.plan.uses.insert((*block, index), Use { view, steps });
            }
        }
        if self.plan.views.len() == first {
            self.plan.regions.pop();
            return None;
        }
        self.plan.of.extend(part.iter().map(|block| (*block, number)));
        Some(number)
    }

    /// Blocks of a loop that are entered from outside, one an edge.
    fn entries(&self, inside: &HashSet<Block>) -> Vec<Block> {
        let outside = self.func.block_ids().filter(|block| !inside.contains(block));
        outside
            .flat_map(|block| self.func.block(block).term.successors())
            .filter(|target| inside.contains(target))
            .collect()
    }

    /// Parameters of the blocks of a loop that the ways inside only give to one another.
    #[expect(clippy::type_complexity, reason = "two views of one relation")]
    fn classes(
        &self,
        part: &[Block],
        inside: &HashSet<Block>,
        entries: &[Block],
    ) -> (HashMap<Value, Value>, HashMap<Value, Vec<(Block, Value)>>) {
        let func = self.func;
        let mut leaders: HashMap<Value, Value> = HashMap::new();
        for block in part {
            leaders.extend(func.block(*block).params.iter().map(|param| (*param, *param)));
        }
        let mut mixed: HashSet<Value> = HashSet::new();
        for block in part {
            for edge in func.block(*block).term.edges().filter(|edge| inside.contains(&edge.block)) {
                for (param, arg) in func.block(edge.block).params.iter().zip(&edge.args) {
                    let left = leader(&mut leaders, *param);
                    if leaders.contains_key(arg) {
                        let right = leader(&mut leaders, *arg);
                        leaders.insert(left, right);
                        if mixed.contains(&left) {
                            mixed.insert(right);
                        }
                    } else {
                        mixed.insert(left);
                    }
                }
            }
        }
        let mut classes = HashMap::new();
        let mut members: HashMap<Value, Vec<(Block, Value)>> = HashMap::new();
        for block in part {
            for param in &func.block(*block).params {
                let class = leader(&mut leaders, *param);
                classes.insert(*param, class);
                members.entry(class).or_default().push((*block, *param));
            }
        }
        // A class that got mixed before it was joined to another is known under its first leader.
        let mixed: HashSet<Value> = mixed.iter().map(|value| leader(&mut leaders, *value)).collect();
        let dominance = self.plan.dominance.as_ref();
        members.retain(|class, members| {
            let mut homes: Vec<Block> = members.iter().map(|(home, _)| *home).collect();
            homes.dedup();
            // Wherever the loop is entered, one member says what it is from there on.
            let is_named = |entry: &Block| {
                let above = homes
                    .iter()
                    .filter(|home| dominance.is_some_and(|dominance| dominance.dominates(**home, *entry)));
                above.count() == 1
            };
            !mixed.contains(class) && homes.len() == members.len() && entries.iter().all(is_named)
        });
        classes.retain(|_, class| members.contains_key(class));
        (classes, members)
    }

    fn fixed(&self, region: usize, inside: &HashSet<Block>, value: Value) -> Option<Fixed> {
        if let Some(class) = self.plan.regions[region].classes.get(&value) {
            return Some(Fixed::Class(*class));
        }
        let home = self.defs.get(&value).map(|(home, _)| home).or_else(|| self.homes.get(&value))?;
        (!inside.contains(home)).then_some(Fixed::Outside(value))
    }

    fn fixed_index(&self, region: usize, inside: &HashSet<Block>, value: Value) -> Option<FixedIndex> {
        let (mut value, mut offset) = (value, 0i64);
        for _ in 0..4 {
            if let Some(fixed) = self.fixed(region, inside, value) {
                return Some((Some(fixed), offset));
            }
            let (_, inst) = self.defs.get(&value)?;
            let constant = |n: usize| match self.defs.get(&inst.args[n])?.1.op {
                Op::Int(constant) => Some(constant),
                _ => None,
            };
            match inst.op {
                Op::Int(constant) => return Some((None, offset.wrapping_add(constant))),
                Op::ISub => {
                    offset = offset.wrapping_sub(constant(1)?);
                    value = inst.args[0];
                }
                Op::IAdd => match constant(1) {
                    Some(more) => {
                        offset = offset.wrapping_add(more);
                        value = inst.args[0];
                    }
                    None => {
                        offset = offset.wrapping_add(constant(0)?);
                        value = inst.args[1];
                    }
                },
                _ => return None,
            }
        }
        None
    }

    /// The array that an access may have a view of, and how many indexes lead there.
    fn key(&self, region: usize, inside: &HashSet<Block>, inst: &Inst) -> Option<(Key, usize)> {
        let mut root = inst.args[0];
        let indexes = match inst.op {
            Op::ElemIsNum(_) | Op::ElemNum(_) => &inst.args[1..inst.args.len() - 1],
            _ => &[],
        };
        // The array of a reference is the same as long as the reference is.
        if self.func.ty(root) == Ty::Arr
            && let Some((home, made)) = self.defs.get(&root)
            && matches!(made.op, Op::RefArr | Op::Rt(Rt::deref_arr))
            && inside.contains(home)
        {
            root = made.args[0];
        }
        // What is an array without a question is looked at as fast as a view, and needs no registers.
        if self.func.ty(root) == Ty::Arr && indexes.is_empty() {
            return None;
        }
        let root = self.fixed(region, inside, root)?;
        let mut path = Vec::new();
        for index in indexes {
            match self.fixed_index(region, inside, *index) {
                Some(index) => path.push(index),
                None => break,
            }
        }
        let steps = path.len();
        Some((Key { root, path }, steps))
    }
}

fn leader(leaders: &mut HashMap<Value, Value>, value: Value) -> Value {
    let mut at = value;
    while leaders[&at] != at {
        at = leaders[&at];
    }
    let mut passed = value;
    while passed != at {
        passed = leaders.insert(passed, at).unwrap_or(at);
    }
    at
}

/// Strongly connected parts of some blocks in which control goes round, each in the order of the blocks
/// (Tarjan, "Depth-First Search and Linear Graph Algorithms", 1972).
fn connected(func: &Func, blocks: &[Block]) -> Vec<Vec<Block>> {
    let places: HashMap<Block, usize> = blocks.iter().enumerate().map(|(at, block)| (*block, at)).collect();
    let successors: Vec<Vec<usize>> = blocks
        .iter()
        .map(|block| {
            func.block(*block).term.successors().filter_map(|next| places.get(&next).copied()).collect()
        })
        .collect();
    let count = blocks.len();
    let mut numbers = vec![usize::MAX; count];
    let mut lowest = vec![0; count];
    let mut is_open = vec![false; count];
    let mut open = Vec::new();
    let mut next_number = 0;
    let mut found: Vec<Vec<usize>> = Vec::new();
    let mut stack: Vec<(usize, usize)> = Vec::new();
    for start in 0..count {
        if numbers[start] != usize::MAX {
            continue;
        }
        stack.push((start, 0));
        while let Some((at, tried)) = stack.last_mut() {
            let at = *at;
            if *tried == 0 && numbers[at] == usize::MAX {
                numbers[at] = next_number;
                lowest[at] = next_number;
                next_number += 1;
                open.push(at);
                is_open[at] = true;
            }
            if let Some(next) = successors[at].get(*tried).copied() {
                *tried += 1;
                if numbers[next] == usize::MAX {
                    stack.push((next, 0));
                } else if is_open[next] {
                    lowest[at] = lowest[at].min(numbers[next]);
                }
                continue;
            }
            stack.pop();
            if let Some((below, _)) = stack.last() {
                lowest[*below] = lowest[*below].min(lowest[at]);
            }
            if lowest[at] == numbers[at] {
                let mut part = Vec::new();
                while let Some(member) = open.pop() {
                    is_open[member] = false;
                    part.push(member);
                    if member == at {
                        break;
                    }
                }
                if part.len() > 1 || successors[at].contains(&at) {
                    part.sort_unstable();
                    found.push(part);
                }
            }
        }
    }
    found.sort_unstable();
    found.into_iter().map(|part| part.into_iter().map(|at| blocks[at]).collect()).collect()
}

/// The header of an array: in memory, or in a view.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Head {
    Array(Clif),
    View(usize),
}

/// The variables of a view: length, address of the elements, storage; the length if it is of floats, and if
/// arrays may be in it, else 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variables {
    len: Variable,
    data: Variable,
    storage: Variable,
    floats: Variable,
    arrays: Variable,
}

impl Translator<'_, '_> {
    /// Declares the variables of all views.
    pub(crate) fn declare_views(&mut self) {
        for _ in 0..self.plan.views.len() {
            let variables = Variables {
                len: self.b.declare_var(I64),
                data: self.b.declare_var(I64),
                storage: self.b.declare_var(I32),
                floats: self.b.declare_var(I64),
                arrays: self.b.declare_var(I64),
            };
            self.views.push(variables);
        }
    }

    /// The header through which an access of an array goes.
    pub(crate) fn head(&mut self, array: Value) -> Head {
        match self.plan.use_of(self.here.0, self.here.1) {
            Some(used) => Head::View(used.view),
            None => Head::Array(self.one(array)),
        }
    }

    pub(crate) fn head_len(&mut self, head: Head) -> Clif {
        match head {
            Head::Array(array) => self.b.ins().load(I64, flags(), array, at::ARR_LEN),
            Head::View(view) => self.b.use_var(self.views[view].len),
        }
    }

    pub(crate) fn head_data(&mut self, head: Head) -> Clif {
        match head {
            Head::Array(array) => self.b.ins().load(I64, flags(), array, at::ARR_DATA),
            Head::View(view) => self.b.use_var(self.views[view].data),
        }
    }

    pub(crate) fn head_storage(&mut self, head: Head) -> Clif {
        match head {
            Head::Array(array) => self.b.ins().load(I32, flags(), array, at::ARR_STORAGE),
            Head::View(view) => self.b.use_var(self.views[view].storage),
        }
    }

    /// How many floats a view has.
    pub(crate) fn view_floats(&mut self, view: usize) -> Clif {
        self.b.use_var(self.views[view].floats)
    }

    /// How many elements that may be arrays a view has.
    pub(crate) fn view_arrays(&mut self, view: usize) -> Clif {
        self.b.use_var(self.views[view].arrays)
    }

    /// Whether loops begin on an edge that have views.
    pub(crate) fn enters_views(&self, target: Block) -> bool {
        !self.plan.entered(self.here.0, target).is_empty()
    }

    /// Makes the views that begin on an edge.
    pub(crate) fn enter_views(&mut self, edge: &Edge) {
        for view in self.plan.entered(self.here.0, edge.block) {
            let params = &self.func.block(edge.block).params;
            let given = |value: Value| {
                params.iter().position(|param| *param == value).map_or(value, |at| edge.args[at])
            };
            self.make_view(view, edge.block, &given);
        }
    }

    /// Makes the views anew that are in force, behind something that may have changed arrays.
    pub(crate) fn renew_views(&mut self) {
        if self.plan.views.is_empty() || self.is_leaving {
            return;
        }
        let block = self.here.0;
        for view in self.plan.in_force(block) {
            self.make_view(view, block, &|value| value);
        }
    }

    fn make_view(&mut self, view: usize, block: Block, given: &dyn Fn(Value) -> Value) {
        let View { region, key, has_floats, has_arrays } = &self.plan.views[view];
        let (has_floats, has_arrays) = (*has_floats, *has_arrays);
        let name = |fixed: Fixed| {
            let name = self.plan.name(*region, fixed, block).expect("it has a name wherever the loop is");
            given(name)
        };
        let root = self.words(name(key.root));
        let path: Vec<(Option<Clif>, i64)> = key
            .path
            .iter()
            .map(|(fixed, offset)| (fixed.map(|fixed| self.one(name(fixed))), *offset))
            .collect();
        let none = self.cold();
        let kinds = [(has_floats, storage::NUM), (has_arrays, storage::VAL)];
        let join = self.join_of(&[I64, I64, I32, I64, I64]);
        let mut array = match root {
            Words::Two(w0, w1) => {
                self.expect_word(w0, tag::AREF, none);
                w1
            }
            Words::One(word) => word,
        };
        for (index, offset) in path {
            let index = match index {
                Some(index) if offset == 0 => index,
                Some(index) => self.b.ins().iadd_imm_s(index, offset),
                None => self.b.ins().iconst(I64, offset),
            };
            array = self.inner_array(Head::Array(array), index, none);
        }
        let head = Head::Array(array);
        let (len, data, kind) = (self.head_len(head), self.head_data(head), self.head_storage(head));
        let zero = self.b.ins().iconst(I64, 0);
        let [floats, arrays] = kinds.map(|(is_wanted, wanted)| {
            if !is_wanted {
                return zero;
            }
            let is_it = self.b.ins().icmp_imm_s(IntCC::Equal, kind, i64::from(wanted));
            self.b.ins().select(is_it, len, zero)
        });
        // As parameters they are worked out here, and not where they are used.
        self.jump(join, &[len, data, kind, floats, arrays]);
        self.b.switch_to_block(none);
        let zero = self.b.ins().iconst(I64, 0);
        let kind = self.b.ins().iconst(I32, i64::from(storage::INT));
        self.jump(join, &[zero, zero, kind, zero, zero]);
        self.b.switch_to_block(join);
        let params = self.b.block_params(join).to_vec();
        let Variables { len, data, storage, floats, arrays } = self.views[view];
        for (variable, param) in [len, data, storage, floats, arrays].into_iter().zip(params) {
            self.b.def_var(variable, param);
        }
    }
}
