//! The categories that every workspace has: the names that the official client of mittwald translates.

use uuid::Uuid;

use super::{Category, Reference};
use crate::CategoryId;

/// Their ids are the same everywhere and for ever, because they can be asked for by whoever shows no token.
const ALL: [(u128, &str, &[Reference]); 14] = [
    (0xc6b45d1f_9a1f_4b17_bb30_04780b795683, "apps", &[Reference::Project]),
    (0xea3b70ce_2ced_4767_8e66_4ca29b78a1ba, "articles", &[Reference::Organisation]),
    (0x0dbcf18a_afde_4bfd_a1d3_4729febfb85c, "backups", &[Reference::Project]),
    (0x91a4269f_aa01_40a9_b6bf_7e5ba3c691a7, "contractOwner", &[Reference::Organisation]),
    (0xde3b73ec_ffdb_4e08_9d16_6380512a8b4f, "cronjobs", &[Reference::Project]),
    (0x1cc19533_9639_41ce_ae2a_a7425a1c1ac7, "databases", &[Reference::Project]),
    (0xc7e9974b_7315_47d9_b162_262c57ed78b7, "domains", &[Reference::Project]),
    (0xe15b982e_ca4c_4780_8c93_dabaa5951a3f, "emails", &[Reference::Project]),
    (
        0xbd95476b_5c7f_486d_be4b_9fb1e99e527b,
        "general",
        &[Reference::Unspecified, Reference::Server, Reference::Project, Reference::Organisation],
    ),
    (0x9c446be0_bd44_490f_b73a_31de2cc8d9ad, "invoices", &[Reference::Organisation]),
    (0x7b1f0771_ce87_450b_ad1b_23d9ea2b2734, "payment", &[Reference::Organisation]),
    (0xb9117d86_8d6f_4538_9af0_16874c435f9e, "ssh", &[Reference::Project]),
    (0x1b56662e_3cd6_4fd3_906c_a71214536264, "workload", &[Reference::Server]),
    (0x4dad07df_bef1_42af_abd4_62b5ec94357c, "extension", &[Reference::ExtensionInstance]),
];

/// The one for everything that is of no other.
pub const GENERAL: CategoryId = CategoryId(Uuid::from_u128(ALL[8].0));

/// All of them, in their order.
#[must_use]
pub fn built_in() -> Vec<Category> {
    let category = |(id, name, references): &(u128, &str, &[Reference])| Category {
        id: CategoryId(Uuid::from_u128(*id)),
        name: (*name).to_owned(),
        references: references.to_vec(),
        active: true,
    };
    ALL.iter().map(category).collect()
}
