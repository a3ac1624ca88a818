//! Columns under headings.

use crate::Styled;
use crate::escape::{cut, one_line, width};
use crate::styled::style;

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table: headings and rows. Cells may come from outside; each is one line.
#[derive(Clone, Debug)]
pub struct Table {
    headings: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

/// Between two columns.
const GAP: &str = "  ";

impl Table {
    /// Starts a table with its headings.
    pub fn new(headings: &[(&str, Align)]) -> Table {
        let headings = headings.iter().map(|(text, align)| (one_line(text, usize::MAX), *align)).collect();
        Table { headings, rows: Vec::new() }
    }

    /// Adds a row. Missing cells are empty; cells beyond the headings are dropped.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells = cells.into_iter().map(|cell| one_line(cell.as_ref(), usize::MAX));
        let mut row: Vec<String> = cells.take(self.headings.len()).collect();
        row.resize(self.headings.len(), String::new());
        self.rows.push(row);
    }

    /// Says whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Lays the table out. With `columns` given, the last column is cut to fit; without, as in a
    /// pipe, nothing is cut.
    pub fn render(&self, columns: Option<usize>) -> Styled {
        let headings: Vec<String> = self.headings.iter().map(|(text, _)| text.clone()).collect();
        let widths: Vec<usize> = (0..headings.len())
            .map(|column| {
                let cells = self.rows.iter().chain([&headings]).map(|row| width(&row[column]));
                cells.max().unwrap_or(0)
            })
            .collect();
        let mut text = Styled::new();
        text.push(style::STRONG, self.line(&headings, &widths, columns));
        text.push(style::PLAIN, "\n");
        for row in &self.rows {
            text.push(style::PLAIN, self.line(row, &widths, columns) + "\n");
        }
        text
    }

    fn line(&self, cells: &[String], widths: &[usize], columns: Option<usize>) -> String {
        let mut line = String::new();
        for (column, cell) in cells.iter().enumerate() {
            let fill = " ".repeat(widths[column] - width(cell));
            let separator = if column == 0 { "" } else { GAP };
            line.push_str(separator);
            match self.headings[column].1 {
                Align::Left => line.extend([cell.as_str(), &fill]),
                Align::Right => line.extend([fill.as_str(), cell]),
            }
        }
        let line = line.trim_end();
        columns.map_or_else(|| line.to_owned(), |columns| cut(line, columns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[("NAME", Align::Left), ("SIZE", Align::Right), ("ABOUT", Align::Left)]);
        table.row(["acme/x", "12", "short"]);
        table.row(["日本/語", "1200", "a rather long\ntext \x1b[2J"]);
        table.row(["acme/long-name", "7"]);
        table
    }

    #[test]
    fn columns_line_up() {
        insta::assert_snapshot!(table().render(None).text(), @"
        NAME            SIZE  ABOUT
        acme/x            12  short
        日本/語         1200  a rather long text ␛[2J
        acme/long-name     7
        ");
    }

    #[test]
    fn the_end_is_cut_where_there_is_an_edge() {
        let text = table().render(Some(30)).text();
        insta::assert_snapshot!(text, @"
        NAME            SIZE  ABOUT
        acme/x            12  short
        日本/語         1200  a rathe…
        acme/long-name     7
        ");
        assert!(text.lines().all(|line| width(line) <= 30));
    }
}
