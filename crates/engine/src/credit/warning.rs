//! Warnings that credit has become low.

use super::{Line, UNIT_MICRO};
use crate::account::{self, Parameter};
use crate::memo::{self, Low};
use crate::{Cx, Result};

/// Tells of a move by which the balance has fallen to an account's bound or below it. Moves of a wallet follow one
/// another, so that one alone crosses a bound, and the next that does comes after there was more again.
pub(super) fn tell(cx: &mut Cx<'_>, moved: &Line) -> Result<()> {
    let (after_micro, before_micro) = (moved.balance_micro, moved.balance_micro - moved.amount_micro);
    if after_micro >= before_micro {
        return Ok(());
    }
    let said = account::said(cx, [Parameter::AlertBound, Parameter::AlertEmails, Parameter::AlertEmails])?;
    for (account, _, bound) in said.iter().filter(|(_, name, _)| *name == Parameter::AlertBound) {
        let bound_micro = bound.parse::<i64>().map_or(-1, |units| units.saturating_mul(UNIT_MICRO));
        if (after_micro..before_micro).contains(&bound_micro) {
            let theirs =
                said.iter().filter(|(whose, name, _)| whose == account && *name == Parameter::AlertEmails);
            let addresses = theirs.flat_map(|(_, _, addresses)| addresses.lines());
            memo::warn(cx, Low { balance_micro: after_micro, bound_micro }, addresses)?;
        }
    }
    Ok(())
}
