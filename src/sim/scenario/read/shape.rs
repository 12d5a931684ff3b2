//! What the values of a scenario's text look like, for a schema of it.
//!
//! Each type here stands for a text in the schema and is never made: the reader keeps texts as they
//! were written, with their places, and says itself what is wrong with them.

use crate::protocol::MessageKind;
use crate::protocol::replica::StatusKind;
use crate::sim::harm::Harm;
use crate::sim::mark;
use crate::sim::member::timer_names;
use crate::sim::sabotage::Sabotage;
use crate::sim::scenario::{ServiceKind, Target};
use crate::sim::violation::Code;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;
use std::borrow::Cow;

/// Declares a kind of value: its name, and what it looks like.
macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident => $schema:expr;)*) => {$(
        $(#[$doc])*
        pub(super) enum $name {}

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

shapes! {
    /// A span of time.
    Time => json_schema!({
        "type": "string",
        "description": "A span of time: 1.5us, 20ms, 3s, 2min.",
        "pattern": r"^[0-9_]+(\.[0-9]+)?(ns|us|ms|s|min)$",
    });
    /// A span of time, or for ever.
    Ending => json_schema!({
        "type": "string",
        "description": "After how long it ends, or never.",
        "pattern": r"^([0-9_]+(\.[0-9]+)?(ns|us|ms|s|min)|never)$",
    });
    /// A share.
    Share => json_schema!({
        "type": "string",
        "description": "A share: 5%, 0.01%.",
    });
    /// Somebody who takes part.
    Process => json_schema!({
        "type": "string",
        "description": "Who: r0, c1, admin; or the role that somebody has then, primary or backup.",
        "pattern": r"^(r[0-9]+|c[0-9]+|primary|backup|admin)$",
    });
    /// A replica by its number.
    Replica => json_schema!({
        "type": "string",
        "description": "A replica: r0.",
        "pattern": r"^r[0-9]+$",
    });
    /// Two processes.
    Link => json_schema!({
        "type": "string",
        "description": "From whom to whom: r0->r2.",
        "pattern": r"^(r[0-9]+|c[0-9]+|admin) *-> *(r[0-9]+|c[0-9]+|admin)$",
    });
    /// What a replica reaches.
    Reached => json_schema!({
        "anyOf": [
            words(&StatusKind::ALL.map(StatusKind::name), "A status."),
            { "type": "string", "pattern": "^(view|op|commit|epoch) [0-9]+$" },
        ],
    });
    /// Whether there are disks.
    Disks => words(&["memory", "disk"], "Whether replicas have disks.");
    /// A service.
    Service => words(&ServiceKind::ALL.map(ServiceKind::name), "What is replicated.");
    /// When requests are sent on.
    Batches => words(&["at-once", "adaptive"], "When the primary sends requests on (§6.2).");
    /// How reads are answered.
    ReadsBy => words(&["log", "quorum", "lease"], "How reads are answered (§6.3).");
    /// Who predicts.
    PredictedBy => words(&["primary", "merged"], "Who predicts what is not deterministic (§4.4).");
    /// How hosts cheat.
    Cheating => {
        let known: Vec<&str> = Sabotage::ALL.iter().map(|sabotage| sabotage.word()).collect();
        words(&known, "How hosts cheat, to see what a failure looks like.")
    };
    /// A kind of message.
    Kind => {
        let known: Vec<&str> = MessageKind::ALL.iter().map(|kind| kind.name()).collect();
        words(&known, "A kind of message, as the paper names it.")
    };
    /// What fails of a disk.
    Failing => {
        let known: Vec<&str> = Harm::ALL.iter().map(|how| how.name()).collect();
        words(&known, "How a disk has failed when its replica starts again.")
    };
    /// What hinders a disk.
    Hindering => words(&["slow", "full", "failed-sync"], "What hinders a disk.");
    /// A timer.
    TimerName => {
        let replicas = timer_names(Target::Primary).iter();
        let known: Vec<&str> = replicas.chain(timer_names(Target::Client(0))).copied().collect();
        words(&known, "A timer of that process.")
    };
    /// The fate of a message.
    FateName => words(&["drop", "twice", "deliver"], "What becomes of the message.");
    /// How a run ends.
    Ends => {
        let codes = Code::ALL.map(Code::text);
        let known: Vec<&str> = core::iter::once("pass").chain(codes).collect();
        words(&known, "How the run ends: well, or with a violation.")
    };
    /// A mark.
    MarkName => {
        let known: Vec<&str> = mark::names().collect();
        words(&known, "A rare place of the protocol that must be reached.")
    };
    /// A seed.
    Seed => json_schema!({
        "description": "It decides whatever the file does not say: a number, or a text with one.",
        "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string" }],
    });
}

/// What may be left out is not nothing: there is no such value in TOML.
pub(super) fn without_nothing(schema: &mut Schema) {
    let is_nothing = |value: &Value| value["type"] == "null";
    if let Some(object) = schema.as_object_mut() {
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|one| one != "null");
            if let [one] = &types[..] {
                let one = one.clone();
                object.insert("type".to_owned(), one);
            }
        }
        if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
            choices.retain(|choice| !is_nothing(choice));
            if let [Value::Object(one)] = &choices[..] {
                let one = one.clone();
                object.remove("anyOf");
                // What is said of this place says more than what is said of all of its kind.
                for (key, value) in one {
                    object.entry(key).or_insert(value);
                }
            }
        }
    }
    transform_subschemas(&mut without_nothing, schema);
}

/// One of a few words.
fn words(known: &[&str], description: &str) -> Schema {
    json_schema!({ "type": "string", "description": description, "enum": known })
}
