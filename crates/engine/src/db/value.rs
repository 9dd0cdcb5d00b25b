//! The values both databases know, and how Rust's types become them: 64-bit integers and text, or nothing.

use uuid::Uuid;

use crate::{Error, Result, Time};

/// A value on its way into a statement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arg<'a> {
    /// SQL's NULL.
    Null,
    /// A BIGINT.
    Int(i64),
    /// A TEXT.
    Text(&'a str),
    /// A TEXT of 36 characters; spelled while it is bound, so that an id needs no allocation.
    Uuid(Uuid),
}

/// What can be bound to `$1`, `$2` … of a statement.
pub trait ToArg {
    /// The value as the databases know it.
    fn to_arg(&self) -> Arg<'_>;
}

/// The arguments of a statement, in the order of its digits: `args![workspace, id]`.
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::db::ToArg::to_arg(&$value)),*] };
}
pub(crate) use args;

/// An enum whose variants are stored as texts: `stored_enum! { pub enum Status as "a status" { Open = "open", } }`.
/// What stands behind `as` begins the sentence about a text that is none of them.
macro_rules! stored_enum {
    ($(#[$meta:meta])* pub enum $type:ident as $what:literal { $($(#[$of:meta])* $name:ident = $text:literal,)* }) => {
        $(#[$meta])*
        pub enum $type { $($(#[$of])* $name,)* }

        impl $type {
            /// Every one there is.
            pub const ALL: [$type; [$($text),*].len()] = [$($type::$name),*];

            /// The name under which it is stored.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($type::$name => $text,)* }
            }
        }

        impl $crate::db::ToArg for $type {
            fn to_arg(&self) -> $crate::db::Arg<'_> {
                $crate::db::Arg::Text(self.as_str())
            }
        }

        impl $crate::db::FromColumn for $type {
            fn from_column(column: $crate::db::Column<'_>) -> $crate::Result<Self> {
                match column.text()? {
                    $($text => Ok($type::$name),)*
                    other => Err($crate::Error::Internal(format!(concat!($what, " {:?} is stored"), other))),
                }
            }
        }
    };
}
pub(crate) use stored_enum;

impl ToArg for i64 {
    fn to_arg(&self) -> Arg<'_> {
        Arg::Int(*self)
    }
}

impl ToArg for bool {
    fn to_arg(&self) -> Arg<'_> {
        Arg::Int(i64::from(*self))
    }
}

impl ToArg for Time {
    fn to_arg(&self) -> Arg<'_> {
        Arg::Int(self.0)
    }
}

impl ToArg for str {
    fn to_arg(&self) -> Arg<'_> {
        Arg::Text(self)
    }
}

impl ToArg for String {
    fn to_arg(&self) -> Arg<'_> {
        Arg::Text(self)
    }
}

impl<T: ToArg + ?Sized> ToArg for &T {
    fn to_arg(&self) -> Arg<'_> {
        (**self).to_arg()
    }
}

impl<T: ToArg> ToArg for Option<T> {
    fn to_arg(&self) -> Arg<'_> {
        self.as_ref().map_or(Arg::Null, ToArg::to_arg)
    }
}

/// A value on its way out of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Column<'r> {
    /// SQL's NULL.
    Null,
    /// An integer.
    Int(i64),
    /// Text.
    Text(&'r str),
}

impl<'r> Column<'r> {
    /// The text, or [`Error::Internal`]: the statement and its reader disagree.
    pub fn text(self) -> Result<&'r str> {
        match self {
            Column::Text(text) => Ok(text),
            other => Err(Error::Internal(format!("{other:?} is stored where text belongs"))),
        }
    }
}

/// A value of a column whose meaning does not matter, such as one that is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// SQL's NULL.
    Null,
    /// An integer.
    Int(i64),
    /// Text.
    Text(String),
}

impl ToArg for Value {
    fn to_arg(&self) -> Arg<'_> {
        match self {
            Value::Null => Arg::Null,
            Value::Int(value) => Arg::Int(*value),
            Value::Text(text) => Arg::Text(text),
        }
    }
}

impl FromColumn for Value {
    fn from_column(column: Column<'_>) -> Result<Self> {
        Ok(match column {
            Column::Null => Value::Null,
            Column::Int(value) => Value::Int(value),
            Column::Text(text) => Value::Text(text.to_owned()),
        })
    }
}

/// What can be read from a column.
pub trait FromColumn: Sized {
    /// The value, or [`Error::Internal`] where the column holds another type.
    fn from_column(column: Column<'_>) -> Result<Self>;
}

impl FromColumn for i64 {
    fn from_column(column: Column<'_>) -> Result<Self> {
        match column {
            Column::Int(value) => Ok(value),
            other => Err(Error::Internal(format!("{other:?} is stored where an integer belongs"))),
        }
    }
}

impl FromColumn for bool {
    fn from_column(column: Column<'_>) -> Result<Self> {
        i64::from_column(column).map(|flag| flag != 0)
    }
}

impl FromColumn for Time {
    fn from_column(column: Column<'_>) -> Result<Self> {
        i64::from_column(column).map(Time)
    }
}

impl FromColumn for String {
    fn from_column(column: Column<'_>) -> Result<Self> {
        column.text().map(str::to_owned)
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(column: Column<'_>) -> Result<Self> {
        match column {
            Column::Null => Ok(None),
            other => T::from_column(other).map(Some),
        }
    }
}
