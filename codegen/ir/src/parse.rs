//! Reads the text form that [`crate::print`] writes.
//!
//! Any bytes give a module or an error with a line number; nothing panics, and numbers of blocks and
//! values are bounded by the size of the text. What is read is a module of the right shape, not
//! necessarily a correct one: [`verify`](crate::verify::verify) says that. `//` begins a comment where a
//! token could stand; blank lines mean nothing.

use std::fmt;

use crate::func::{Block, BlockData, Edge, Func, Inst, Signature, Term, Ty, Value};
use crate::module::{
    AssetTable, ClassData, FieldData, FuncId, GlobalRef, MethodData, Module, StrId, TypeData,
};
use crate::op::{Cond, Element, Fields, Means, Op, Rt};

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Reads a module.
///
/// # Errors
///
/// The first mistake in the text.
pub fn module(text: &[u8]) -> Result<Module, ParseError> {
    let mut parser = Parser::new(text)?;
    let mut module = Module::default();
    parser.module(&mut module)?;
    module.index();
    Ok(module)
}

/// Reads one function, as [`crate::print::func`] writes it.
///
/// # Errors
///
/// The first mistake in the text.
pub fn func(text: &[u8]) -> Result<Func, ParseError> {
    let mut parser = Parser::new(text)?;
    parser.skip_lines();
    let func = parser.func()?;
    parser.skip_lines();
    if parser.at < parser.tokens.len() {
        return Err(parser.error("more behind the function"));
    }
    Ok(func)
}

/// Types nest no deeper than this.
const TYPE_DEPTH_MAX: usize = 1000;

#[derive(Clone, Debug, PartialEq)]
enum Token<'a> {
    /// Letters, digits, `_`, `.`, `-`, `+`.
    Word(&'a str),
    Text(Vec<u8>),
    Value(u32),
    /// One of `( ) { } , : = !`, or `>` for an arrow.
    Sign(u8),
    Line,
}

struct Parser<'a> {
    tokens: Vec<(Token<'a>, usize)>,
    at: usize,
    /// Numbers of blocks, values and entries of tables stay below this.
    limit: usize,
}

type Parsed<T> = Result<T, ParseError>;

fn fail<T>(line: usize, message: &str) -> Parsed<T> {
    Err(ParseError { line, message: message.to_owned() })
}

fn tokens(text: &[u8]) -> Parsed<Vec<(Token<'_>, usize)>> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut at = 0;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'+');
    let word_end = |start: usize| {
        text[start..].iter().position(|byte| !is_word(*byte)).map_or(text.len(), |len| start + len)
    };
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\n' => {
                tokens.push((Token::Line, line));
                line += 1;
                at += 1;
            }
            b' ' | b'\t' | b'\r' => at += 1,
            b'/' if text.get(at + 1) == Some(&b'/') => {
                at = text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |len| at + len);
            }
            b'(' | b')' | b'{' | b'}' | b',' | b':' | b'=' | b'!' | b'?' => {
                tokens.push((Token::Sign(byte), line));
                at += 1;
            }
            b'-' if text.get(at + 1) == Some(&b'>') => {
                tokens.push((Token::Sign(b'>'), line));
                at += 2;
            }
            b'"' => {
                let (bytes, end) = quoted(text, at + 1, line)?;
                tokens.push((Token::Text(bytes), line));
                at = end;
            }
            b'%' => {
                let end = word_end(at + 1);
                match std::str::from_utf8(&text[at + 1..end]).ok().and_then(|word| word.parse().ok()) {
                    Some(number) => tokens.push((Token::Value(number), line)),
                    None => return fail(line, "a value needs a number"),
                }
                at = end;
            }
            byte if is_word(byte) => {
                let end = word_end(at);
                let word = std::str::from_utf8(&text[at..end]).expect("words are ASCII");
                tokens.push((Token::Word(word), line));
                at = end;
            }
            _ => return fail(line, "a byte that begins nothing"),
        }
    }
    tokens.push((Token::Line, line));
    Ok(tokens)
}

fn quoted(text: &[u8], mut at: usize, line: usize) -> Parsed<(Vec<u8>, usize)> {
    let mut bytes = Vec::new();
    loop {
        match text.get(at) {
            None | Some(b'\n') => return fail(line, "a text without end"),
            Some(b'"') => return Ok((bytes, at + 1)),
            Some(b'\\') => {
                match text.get(at + 1) {
                    Some(b'n') => bytes.push(b'\n'),
                    Some(byte @ (b'"' | b'\\')) => bytes.push(*byte),
                    Some(b'x') => {
                        let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
                        let (Some(high), Some(low)) = (digit(text.get(at + 2)), digit(text.get(at + 3)))
                        else {
                            return fail(line, "`\\x` needs two digits");
                        };
                        bytes.push(u8::try_from(high * 16 + low).expect("two digits"));
                        at += 2;
                    }
                    _ => return fail(line, "no such escape"),
                }
                at += 2;
            }
            Some(byte) => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
}

impl<'a> Parser<'a> {
    fn new(text: &'a [u8]) -> Parsed<Parser<'a>> {
        // Every block and every value takes some bytes.
        Ok(Parser { tokens: tokens(text)?, at: 0, limit: text.len() })
    }

    fn error(&self, message: &str) -> ParseError {
        let line = self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |(_, line)| *line);
        ParseError { line, message: message.to_owned() }
    }

    fn peek(&self) -> &Token<'a> {
        self.tokens.get(self.at).map_or(&Token::Line, |(token, _)| token)
    }

    fn skip_lines(&mut self) {
        while self.at < self.tokens.len() && *self.peek() == Token::Line {
            self.at += 1;
        }
    }

    fn take_sign(&mut self, sign: u8) -> bool {
        let found = *self.peek() == Token::Sign(sign);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: u8) -> Parsed<()> {
        if self.take_sign(sign) {
            return Ok(());
        }
        Err(self.error(&format!("`{}` is missing", char::from(sign))))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(found) if *found == word);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, what: &str) -> Parsed<&'a str> {
        match *self.peek() {
            Token::Word(word) => {
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.error(&format!("{what} is missing"))),
        }
    }

    fn end_of_line(&mut self) -> Parsed<()> {
        if *self.peek() == Token::Line {
            self.at += 1;
            return Ok(());
        }
        Err(self.error("more than belongs on the line"))
    }

    fn number<T: std::str::FromStr>(&mut self, what: &str) -> Parsed<T> {
        let error = self.error(&format!("{what} is missing, or out of range"));
        let word = self.word(what)?;
        word.parse().map_err(|_| error)
    }

    fn bytes(&mut self) -> Parsed<Vec<u8>> {
        match self.peek().clone() {
            Token::Text(bytes) => {
                self.at += 1;
                Ok(bytes)
            }
            _ => Err(self.error("a text in quotes is missing")),
        }
    }

    fn name(&mut self) -> Parsed<String> {
        let error = self.error("a name has to be UTF-8");
        String::from_utf8(self.bytes()?).map_err(|_| error)
    }

    fn flag(&mut self, what: &str) -> Parsed<bool> {
        self.number::<bool>(what)
    }

    fn ty(&mut self) -> Parsed<Ty> {
        let error = self.error("no such type");
        let word = self.word("a type")?;
        [Ty::V, Ty::Int, Ty::Num, Ty::Bool, Ty::Arr, Ty::Hash, Ty::Cell, Ty::Glob, Ty::Slot]
            .into_iter()
            .find(|ty| ty.name() == word)
            .ok_or(error)
    }

    fn types(&mut self) -> Parsed<Vec<Ty>> {
        let mut types = Vec::new();
        self.sign(b'(')?;
        if self.take_sign(b')') {
            return Ok(types);
        }
        loop {
            types.push(self.ty()?);
            if !self.take_sign(b',') {
                break;
            }
        }
        self.sign(b')')?;
        Ok(types)
    }

    /// The number of the next entry of a table, which stand in order.
    fn entry(&mut self, expected: usize) -> Parsed<()> {
        let error = self.error(&format!("number {expected} is next"));
        if self.number::<usize>("a number")? != expected {
            return Err(error);
        }
        self.sign(b'=')
    }

    fn module(&mut self, module: &mut Module) -> Parsed<()> {
        loop {
            self.skip_lines();
            if self.at >= self.tokens.len() {
                return Ok(());
            }
            let unknown = self.error("no such fact");
            match self.word("a fact")? {
                "compat" => module.compat = true,
                "overloads" => module.overloads = true,
                "lines" => module.lines = true,
                "string" => {
                    self.entry(module.strings.len())?;
                    let bytes = self.bytes()?;
                    let wide = self.take_word("wide");
                    module.strings.push((bytes.into(), wide));
                }
                "assets" => {
                    self.entry(module.assets.len())?;
                    let mut table = AssetTable { package: self.name()?, rows: Vec::new() };
                    while *self.peek() != Token::Line {
                        let name = self.name()?;
                        let bytes =
                            if self.take_word("none") { None } else { Some(StrId(self.number("a string")?)) };
                        table.rows.push((name, bytes));
                    }
                    module.assets.push(table);
                }
                "glob" => {
                    self.entry(module.globals.len())?;
                    module.globals.push(self.name()?);
                }
                "regex" => {
                    self.entry(module.regexes.len())?;
                    module.regexes.push((self.bytes()?, self.number("flags")?));
                }
                "trans" => {
                    self.entry(module.transliterations.len())?;
                    module.transliterations.push((self.bytes()?, self.bytes()?, self.name()?));
                }
                "file" => {
                    self.entry(module.files.len())?;
                    module
                        .files
                        .push(crate::module::SourceFile { name: self.name()?, package: self.name()? });
                }
                "define" => {
                    let name = GlobalRef(self.number("a name")?);
                    self.sign(b'=')?;
                    module.definitions.push((name, FuncId(self.number("a function")?)));
                }
                "type" => {
                    self.entry(module.types.len())?;
                    module.types.push(self.type_data()?);
                }
                "eval" => {
                    self.entry(module.eval_sites.len())?;
                    let package = self.name()?;
                    let mut names = Vec::new();
                    while *self.peek() != Token::Line {
                        names.push(self.name()?);
                    }
                    module.eval_sites.push((package, names));
                }
                "data" => {
                    self.sign(b'=')?;
                    module.data = Some(self.bytes()?);
                }
                "class" => {
                    self.entry(module.classes.len())?;
                    module.classes.push(self.class()?);
                }
                "function" => {
                    self.entry(module.functions.len())?;
                    module.functions.push(self.func()?);
                }
                _ => return Err(unknown),
            }
            self.end_of_line()?;
        }
    }

    fn type_data(&mut self) -> Parsed<TypeData> {
        // Types that are not closed yet, the outermost first.
        let mut open: Vec<TypeData> = Vec::new();
        loop {
            let ty = TypeData { name: self.name()?, args: Vec::new() };
            self.sign(b'(')?;
            open.push(ty);
            if open.len() > TYPE_DEPTH_MAX {
                return Err(self.error("types nest too deep"));
            }
            while self.take_sign(b')') {
                let done = open.pop().expect("one is open");
                match open.last_mut() {
                    Some(outer) => outer.args.push(done),
                    None => return Ok(done),
                }
            }
            if open.last().is_some_and(|ty| !ty.args.is_empty()) {
                self.sign(b',')?;
            }
        }
    }

    fn class(&mut self) -> Parsed<ClassData> {
        let mut class = ClassData { name: self.name()?, ..ClassData::default() };
        if self.take_word("kind") {
            class.kind = self.number("a kind")?;
        }
        class.is_abstract = self.take_word("abstract");
        class.is_final = self.take_word("final");
        self.sign(b'{')?;
        self.end_of_line()?;
        loop {
            self.skip_lines();
            if self.take_sign(b'}') {
                return Ok(class);
            }
            let unknown = self.error("no such part of a class");
            match self.word("a part of a class")? {
                "parent" => class.parents.push(self.number("a class")?),
                "trait" => class.traits.push(self.number("a class")?),
                "known_parent" => class.known[0].push(self.name()?),
                "known_trait" => class.known[1].push(self.name()?),
                "field" => {
                    let mut field = FieldData {
                        name: self.name()?,
                        ty: None,
                        default: None,
                        visibility: self.visibility()?,
                    };
                    if self.take_word("default") {
                        field.default = Some(FuncId(self.number("a function")?));
                    }
                    if self.take_word("type") {
                        field.ty = Some(self.type_data()?);
                    }
                    class.fields.push(field);
                }
                "static" => {
                    let name = self.name()?;
                    self.sign(b'=')?;
                    class.statics.push((name, GlobalRef(self.number("a name")?)));
                }
                "method" => {
                    let (name, visibility) = (self.name()?, self.visibility()?);
                    let mut function = None;
                    if self.take_word("function") {
                        function = Some(FuncId(self.number("a function")?));
                    }
                    let (is_static, is_final) = (self.take_word("static"), self.take_word("final"));
                    class.methods.push(MethodData { name, function, is_static, is_final, visibility });
                }
                "variant" => {
                    let name = self.name()?;
                    let ty = if self.take_word("type") { Some(self.type_data()?) } else { None };
                    class.variants.push((name, ty));
                }
                _ => return Err(unknown),
            }
            self.end_of_line()?;
        }
    }

    fn visibility(&mut self) -> Parsed<u8> {
        if self.take_word("visibility") { self.number("a visibility") } else { Ok(0) }
    }

    fn func(&mut self) -> Parsed<Func> {
        let name = self.name()?;
        let params = self.types()?;
        let signature = Signature {
            params,
            variadic: self.take_word("variadic"),
            captures: self.take_word("captures"),
            want: self.take_word("want"),
            result: Ty::V,
        };
        let mut func = Func::new(name, signature);
        func.escapes = self.take_word("escapes");
        func.needs_frame = self.take_word("frame");
        if self.take_word("of") {
            func.captures = self.types()?;
        }
        if self.take_word("at") {
            func.pos = self.number("a position")?;
        }
        self.sign(b'>')?;
        func.signature.result = self.ty()?;
        self.sign(b'{')?;
        self.end_of_line()?;
        func.blocks.clear();
        let mut body = Body { func, types: Vec::new(), seen: Vec::new() };
        loop {
            self.skip_lines();
            if self.take_sign(b'}') {
                break;
            }
            if self.take_word("unused") {
                loop {
                    self.define(&mut body)?;
                    if !self.take_sign(b',') {
                        break;
                    }
                }
                self.end_of_line()?;
            } else {
                self.block(&mut body)?;
            }
        }
        if body.seen.is_empty() {
            return Err(self.error("a function needs a block"));
        }
        let mut func = body.func;
        for (index, ty) in body.types.iter().enumerate() {
            match ty {
                Some(ty) => func.types.push(*ty),
                None => return Err(self.error(&format!("%{index} is neither defined nor unused"))),
            }
        }
        let (values, blocks) = (func.types.len(), func.blocks.len());
        for data in &func.blocks {
            let insts = data.insts.iter().flat_map(|inst| inst.args.iter().chain(&inst.cleanup)).copied();
            if let Some(value) = insts.chain(data.term.values()).find(|value| value.index() >= values) {
                return Err(self.error(&format!("{value} is neither defined nor unused")));
            }
            let mut others = data.term.successors().chain(data.handler);
            if let Some(block) = others.find(|block| block.index() >= blocks) {
                return Err(self.error(&format!("there is no {block}")));
            }
        }
        Ok(func)
    }

    fn block(&mut self, body: &mut Body) -> Parsed<()> {
        let error = self.error("the block stands there already, or its number is too large");
        let block = self.block_name()?;
        if block.index() >= self.limit || body.seen.get(block.index()) == Some(&true) {
            return Err(error);
        }
        let empty = BlockData { term: Term::Unreachable, ..BlockData::default() };
        if body.seen.len() <= block.index() {
            body.seen.resize(block.index() + 1, false);
            body.func.blocks.resize(block.index() + 1, empty);
        }
        body.seen[block.index()] = true;
        let mut data = BlockData::default();
        self.sign(b'(')?;
        if !self.take_sign(b')') {
            loop {
                data.params.push(self.define(body)?);
                if !self.take_sign(b',') {
                    break;
                }
            }
            self.sign(b')')?;
        }
        if self.take_word("else") {
            data.handler = Some(self.block_name()?);
        }
        if self.take_word("loop") {
            data.loop_depth = self.number("a depth")?;
        }
        data.has_twin = self.take_word("twin");
        self.sign(b':')?;
        self.end_of_line()?;
        loop {
            self.skip_lines();
            if let Some(term) = self.term()? {
                data.term = term;
                break;
            }
            let inst = self.inst(body)?;
            data.insts.push(inst);
        }
        self.end_of_line()?;
        body.func.blocks[block.index()] = data;
        Ok(())
    }

    fn block_name(&mut self) -> Parsed<Block> {
        let error = self.error("no block");
        let word = self.word("a block")?;
        word.strip_prefix('b').and_then(|number| number.parse().ok()).map(Block).ok_or(error)
    }

    /// `%3: int`
    fn define(&mut self, body: &mut Body) -> Parsed<Value> {
        let Token::Value(number) = *self.peek() else { return Err(self.error("a value is missing")) };
        let index = number as usize;
        if index >= self.limit {
            return Err(self.error("the number of the value is too large"));
        }
        self.at += 1;
        self.sign(b':')?;
        let error = self.error("the value has another type already");
        let ty = self.ty()?;
        if body.types.len() <= index {
            body.types.resize(index + 1, None);
        }
        if body.types[index].replace(ty).is_some_and(|other| other != ty) {
            return Err(error);
        }
        Ok(Value(number))
    }

    fn value(&mut self) -> Parsed<Value> {
        match *self.peek() {
            Token::Value(number) => {
                self.at += 1;
                Ok(Value(number))
            }
            _ => Err(self.error("a value is missing")),
        }
    }

    fn values(&mut self) -> Parsed<Vec<Value>> {
        let mut values = Vec::new();
        if !matches!(self.peek(), Token::Value(_)) {
            return Ok(values);
        }
        loop {
            values.push(self.value()?);
            if !self.take_sign(b',') {
                return Ok(values);
            }
        }
    }

    fn edge(&mut self) -> Parsed<Edge> {
        let block = self.block_name()?;
        self.sign(b'(')?;
        let args = self.values()?;
        self.sign(b')')?;
        Ok(Edge { block, args })
    }

    /// The end of a block, if the line is one.
    fn term(&mut self) -> Parsed<Option<Term>> {
        let Token::Word(word) = *self.peek() else { return Ok(None) };
        let start = self.at;
        self.at += 1;
        Ok(Some(match word {
            "jump" => Term::Jump(self.edge()?),
            "branch" => Term::Branch { cond: self.value()?, yes: self.edge()?, no: self.edge()? },
            "try" => {
                let body = self.block_name()?;
                if !self.take_word("else") {
                    return Err(self.error("`else` is missing"));
                }
                Term::Try { body, handler: self.block_name()? }
            }
            "return" => {
                let value = if *self.peek() == Token::Line { None } else { Some(self.value()?) };
                Term::Return(value)
            }
            "throw" => Term::Throw,
            "unreachable" => Term::Unreachable,
            "none" => Term::None,
            _ => {
                self.at = start;
                return Ok(None);
            }
        }))
    }

    fn inst(&mut self, body: &mut Body) -> Parsed<Inst> {
        let mut result = None;
        if matches!(self.peek(), Token::Value(_)) {
            result = Some(self.define(body)?);
            self.sign(b'=')?;
        }
        let op = self.op()?;
        let args = self.values()?;
        let cleanup = if self.take_sign(b'!') { self.values()? } else { Vec::new() };
        let names = if self.take_sign(b'?') { Some(StrId(self.number("a string")?)) } else { None };
        self.end_of_line()?;
        Ok(Inst { op, args, result, cleanup, names })
    }

    fn cond(&mut self) -> Parsed<Cond> {
        let error = self.error("no such comparison");
        let word = self.word("a comparison")?;
        [Cond::Eq, Cond::Ne, Cond::Lt, Cond::Gt, Cond::Le, Cond::Ge]
            .into_iter()
            .find(|cond| format!("{cond:?}") == word)
            .ok_or(error)
    }

    fn element(&mut self) -> Parsed<Element> {
        let error = self.error("no such element");
        match self.word("what an element is")? {
            "Float" => Ok(Element::Float),
            "Number" => Ok(Element::Number),
            _ => Err(error),
        }
    }

    fn float(&mut self) -> Parsed<f64> {
        if self.take_word("bits") {
            return Ok(f64::from_bits(self.number("the bits of a float")?));
        }
        self.number("a float")
    }

    /// What the name of a method means, as far as it is written: functions, and fields.
    fn means(&mut self) -> Parsed<Means> {
        let mut means = Means::default();
        let mut functions = means.functions.iter_mut();
        while let Token::Word(word) = *self.peek() {
            match word {
                "None" => means.fields = Fields::None,
                "One" => means.fields = Fields::One,
                "Several" => means.fields = Fields::Several,
                _ => {
                    let many = self.error("too many functions");
                    let place = functions.next().ok_or(many)?;
                    *place = Some(FuncId(self.number("a function")?));
                    continue;
                }
            }
            self.at += 1;
        }
        Ok(means)
    }

    fn op(&mut self) -> Parsed<Op> {
        let unknown = self.error("no such operation");
        let word = self.word("an operation")?;
        Ok(match word {
            "Int" => Op::Int(self.number("an integer")?),
            "Num" => Op::Num(self.float()?),
            "Bool" => Op::Bool(self.flag("a truth value")?),
            "Undef" => Op::Undef,
            "BoolVal" => Op::BoolVal(self.flag("a truth value")?),
            "Uint" => Op::Uint(self.number("an integer")?),
            "Str" => Op::Str(StrId(self.number("a string")?)),
            "Assets" => Op::Assets(self.number("a table of assets")?),
            "Regex" => Op::Regex(self.number("a pattern")?),
            "Glob" => Op::Glob(GlobalRef(self.number("a name")?)),
            "Builtin" => Op::Builtin(self.number("a builtin")?),
            "CellSlot" => Op::CellSlot,
            "GlobSlot" => Op::GlobSlot,
            "Param" => Op::Param(self.number("a parameter")?),
            "Capture" => Op::Capture(self.number("a capture")?),
            "Want" => Op::Want,
            "ListAddress" => Op::ListAddress,
            "Arg" => Op::Arg,
            "BoxInt" => Op::BoxInt,
            "BoxNum" => Op::BoxNum,
            "BoxBool" => Op::BoxBool,
            "UnboxInt" => Op::UnboxInt,
            "UnboxNum" => Op::UnboxNum,
            "BoxArr" => Op::BoxArr,
            "BoxHash" => Op::BoxHash,
            "BoxCell" => Op::BoxCell,
            "ValToNum" => Op::ValToNum,
            "IntToNum" => Op::IntToNum,
            "BoolToInt" => Op::BoolToInt,
            "IAdd" => Op::IAdd,
            "ISub" => Op::ISub,
            "IMul" => Op::IMul,
            "INeg" => Op::INeg,
            "IAnd" => Op::IAnd,
            "IOr" => Op::IOr,
            "IXor" => Op::IXor,
            "INot" => Op::INot,
            "IRemConst" => Op::IRemConst(self.number("a divisor")?),
            "IRem" => Op::IRem,
            "IShlConst" => Op::IShlConst(self.number("a count")?),
            "IShrConst" => Op::IShrConst(self.number("a count")?),
            "ICmp" => Op::ICmp(self.cond()?),
            "FAdd" => Op::FAdd,
            "FSub" => Op::FSub,
            "FMul" => Op::FMul,
            "FDiv" => Op::FDiv,
            "FDivChecked" => Op::FDivChecked,
            "FNeg" => Op::FNeg,
            "FAbs" => Op::FAbs,
            "FSqrt" => Op::FSqrt,
            "FCmp" => Op::FCmp(self.cond()?),
            "Not" => Op::Not,
            "HasTag" => Op::HasTag(self.number("a tag")?),
            "RefArr" => Op::RefArr,
            "ElemIsNum" => Op::ElemIsNum(self.element()?),
            "ElemNum" => Op::ElemNum(self.element()?),
            "Pack" => Op::Pack,
            "Call" => Op::Call(FuncId(self.number("a function")?)),
            "CallValue" => Op::CallValue(self.number("a context")?),
            "CallValueWant" => Op::CallValueWant,
            "CallGlob" => Op::CallGlob(self.number("a context")?),
            "CallMethod" => Op::CallMethod(self.means()?),
            "CallMethodList" => Op::CallMethodList(self.means()?),
            "CallGlobWant" => Op::CallGlobWant,
            "Closure" => Op::Closure(FuncId(self.number("a function")?)),
            "Pos" => Op::Pos(self.number("a position")?),
            "Line" => Op::Line(self.number("a position")?),
            "Keep" => Op::Keep,
            "Retain" => Op::Retain,
            "Release" => Op::Release,
            "Copy" => Op::Copy,
            name => Op::Rt(Rt::by_name(name).ok_or(unknown)?),
        })
    }
}

/// A function as far as it is read.
struct Body {
    func: Func,
    types: Vec<Option<Ty>>,
    seen: Vec<bool>,
}
