//! Ids of the workspace's own world. There they are any text; on this wire they are UUIDs.

use uuid::Uuid;

use crate::dialect::spelling::Shown;

/// Under which UUIDs are made of ids that are none.
const NAMESPACE: Uuid = Uuid::from_u128(0xd2a1_0f7e_4c55_4a3b_9e0d_6b1f_70c8_35aa);

/// The id itself where it is a UUID, else always the same UUID for the same id of this kind.
pub(super) fn uuid(kind: &str, id: &str) -> Shown<Uuid> {
    let made = |_| Uuid::new_v5(&NAMESPACE, format!("{kind}/{id}").as_bytes());
    Shown(Uuid::try_parse(id).unwrap_or_else(made))
}
