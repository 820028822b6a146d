/// The largest page that is shown at once (§4.1).
const LARGEST_PAGE: u32 = 50;

/// Which part of a list is asked for: a page from 1, of 1 to 50 rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    number: u32,
    size: u32,
}

/// Why there is no such page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no page")]
pub struct PageError;

impl Page {
    /// Reads a page and its size from their texts: ASCII digits only; the page to 2147483647, the size to 50.
    ///
    /// # Errors
    /// One of them is not that.
    pub fn parse(number: &str, size: &str) -> Result<Self, PageError> {
        let read = |text: &str, largest: u32| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let value = if digits { text.parse::<u32>().ok() } else { None };
            value.filter(|value| (1..=largest).contains(value)).ok_or(PageError)
        };
        Ok(Self { number: read(number, i32::MAX.unsigned_abs())?, size: read(size, LARGEST_PAGE)? })
    }

    /// The page's number, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many rows it has at most.
    #[must_use]
    pub fn size(self) -> u32 {
        self.size
    }

    /// How many pages `rows` make.
    #[must_use]
    pub fn pages_of(self, rows: usize) -> usize {
        rows.div_ceil(self.size as usize)
    }

    /// The rows of this page; none beyond the end.
    #[must_use]
    pub fn of<T>(self, rows: &[T]) -> &[T] {
        let start = (self.number as usize - 1).saturating_mul(self.size as usize).min(rows.len());
        let end = start.saturating_add(self.size as usize).min(rows.len());
        rows.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::{Page, PageError};

    #[test]
    fn a_page_is_a_positive_number_of_ascii_digits_and_has_1_to_50_rows() {
        for (number, size, read) in
            [("1", "1", (1, 1)), ("2147483647", "50", (2_147_483_647, 50)), ("007", "010", (7, 10))]
        {
            let page = Page::parse(number, size);
            assert_eq!(page.map(|page| (page.number(), page.size())), Ok(read), "{number} {size}");
        }
        for (number, size) in [
            ("0", "1"),
            ("2147483648", "1"),
            ("1", "0"),
            ("1", "51"),
            ("-1", "1"),
            ("+1", "1"),
            ("1.0", "1"),
            ("", "1"),
            (" 1", "1"),
            ("١", "1"),
            ("1", "abc"),
            ("99999999999999999999", "1"),
        ] {
            assert_eq!(Page::parse(number, size), Err(PageError), "{number} {size}");
        }
    }

    #[test]
    fn a_page_holds_its_rows_and_one_beyond_the_end_holds_none() {
        let rows: Vec<u32> = (0..23).collect();
        let page = |number: &str| Page::parse(number, "10").unwrap();
        assert_eq!(page("1").of(&rows), &rows[..10]);
        assert_eq!(page("3").of(&rows), &rows[20..]);
        assert_eq!(page("4").of(&rows), &[] as &[u32]);
        assert_eq!(page("2147483647").of(&rows), &[] as &[u32]);
        assert_eq!((page("1").pages_of(23), page("1").pages_of(20), page("1").pages_of(0)), (3, 2, 0));
    }
}
