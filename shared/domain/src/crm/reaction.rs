use super::Text;

/// A row of the reactions that `InforCRM` has (§6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// `taskExecDescr`.
    pub exec_description: &'static str,
    /// Level 1; absent for a task that stayed in the common pool.
    pub level1: Option<&'static str>,
    /// What stands at level 2.
    pub level2: Level2,
    /// Who closed the task.
    pub kind: ReactionKind,
}

/// What may stand at level 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level2 {
    /// Nothing.
    Nothing,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Any status between these two.
    Status {
        /// What stands before it.
        before: &'static str,
        /// What stands after it.
        after: &'static str,
    },
}

/// Who closed a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReactionKind {
    /// The system: Технический.
    Technical,
    /// A person: Ручной, or Ручной отклик.
    Manual,
}

const PROCESSED: &str = "Обработано";
const NOT_PROCESSED: &str = "Не обработано";

/// Every reaction, in the order of §6.
pub const REACTIONS: &[Reaction] = &[
    technical(None, Level2::Nothing),
    technical(
        Some("Не требует отработки"),
        Level2::Status {
            before: "Укажем статус миграции клиента «", after: "»"
        },
    ),
    technical(Some("Не обработано"), Level2::OneOf(&["Не взята в работу"])),
    technical(Some("Завершено по сроку давности"), Level2::Nothing),
    manual(
        "Дозвон - планирует миграцию",
        &[
            "Проконсультирован по миграции",
            "Оформили переход на звонок",
            "Назначена встреча с КМ",
            "Уже мигрировал",
            "Ожидание предложений по условиям перехода",
        ],
    ),
    manual(
        "Дозвон - не планирует миграцию",
        &["Перешел в другой банк", "Планирует закрытие бизнеса", "Планирует закрытие счета", "Другое"],
    ),
    manual(
        "Дозвон - коммуникация не состоялась",
        &[
            "Отказ от разговора",
            "Некорректный номер",
            "3-е лицо. Отказ от разговора",
            "3-е лицо. Перезвонить по др номеру",
            "Неудобно говорить",
        ],
    ),
    manual(
        "Недозвон",
        &["Не берет трубку", "Недоступен", "Номер не существует", "Номер банка заблокирован", "Автоответчик"],
    ),
    manual("Не требуется коммуникация", &["Статус \"мигрировал\"", "Ошибка загрузки"]),
];

const fn technical(level1: Option<&'static str>, level2: Level2) -> Reaction {
    Reaction { exec_description: NOT_PROCESSED, level1, level2, kind: ReactionKind::Technical }
}

const fn manual(level1: &'static str, level2: &'static [&'static str]) -> Reaction {
    Reaction {
        exec_description: PROCESSED,
        level1: Some(level1),
        level2: Level2::OneOf(level2),
        kind: ReactionKind::Manual,
    }
}

/// Reads a level of a reaction, verbatim, and whether it was cut to 200 characters. `None` for `-` and for a blank
/// text: both say that there is none.
#[must_use]
pub fn reaction(text: &str) -> Option<(Text, bool)> {
    present(Some(text)).and_then(|_| Text::clip(text))
}

/// Whether §6 has this reaction; `-`, a blank text and none are the same. What it does not have is stored and
/// counted. Level 3 was never defined.
#[must_use]
pub fn is_known(exec_description: Option<&str>, level1: Option<&str>, level2: Option<&str>) -> bool {
    let (description, level1, level2) = (present(exec_description), present(level1), present(level2));
    REACTIONS.iter().any(|row| {
        Some(row.exec_description) == description && row.level1 == level1 && row.level2.has(level2)
    })
}

fn present(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !matches!(*text, "" | "-"))
}

impl Level2 {
    fn has(self, level2: Option<&str>) -> bool {
        match (self, level2) {
            (Self::Nothing, level2) => level2.is_none(),
            (Self::OneOf(_) | Self::Status { .. }, None) => false,
            (Self::OneOf(texts), Some(text)) => texts.contains(&text),
            (Self::Status { before, after }, Some(text)) => {
                let status = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
                status.is_some_and(|status| !status.trim().is_empty())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Level2, REACTIONS, ReactionKind, is_known, reaction};

    /// How many values of level 2 the rows of a kind have.
    fn level2_values(kind: ReactionKind) -> usize {
        let rows = REACTIONS.iter().filter(|row| row.kind == kind);
        rows.map(|row| match row.level2 {
            Level2::Nothing => 0,
            Level2::OneOf(texts) => texts.len(),
            Level2::Status { .. } => 1,
        })
        .sum()
    }

    #[test]
    fn the_table_has_the_counts_of_the_specification() {
        assert_eq!(REACTIONS.len(), 9);
        let level1: BTreeSet<_> = REACTIONS.iter().filter_map(|row| row.level1).collect();
        assert_eq!(level1.len(), 8);
        assert_eq!((level2_values(ReactionKind::Manual), level2_values(ReactionKind::Technical)), (21, 2));
        for row in REACTIONS {
            assert_eq!(row.exec_description == "Обработано", row.kind == ReactionKind::Manual, "{row:?}");
        }
    }

    #[test]
    fn every_row_is_known_with_each_of_its_values_and_under_its_own_description_only() {
        for row in REACTIONS {
            let values: Vec<Option<&str>> = match row.level2 {
                Level2::Nothing => vec![None],
                Level2::OneOf(texts) => texts.iter().map(|text| Some(*text)).collect(),
                Level2::Status { .. } => vec![Some("Укажем статус миграции клиента «мигрировал»")],
            };
            for value in values {
                let known = |description| is_known(Some(description), row.level1, value);
                let manual = row.kind == ReactionKind::Manual;
                assert_eq!((known("Обработано"), known("Не обработано")), (manual, !manual), "{row:?}");
                assert!(!is_known(None, row.level1, value));
            }
        }
    }

    #[test]
    fn a_dash_a_blank_text_and_none_are_the_same() {
        for nothing in [None, Some("-"), Some(""), Some(" "), Some(" - ")] {
            assert!(is_known(Some("Не обработано"), nothing, nothing));
            assert!(is_known(Some("Не обработано"), Some("Завершено по сроку давности"), nothing));
            assert!(!is_known(Some("Обработано"), Some("Недозвон"), nothing));
            assert_eq!(nothing.and_then(reaction), None);
        }
    }

    #[test]
    fn a_template_takes_any_status_within_its_quotes() {
        let known = |quoted| {
            let level2 = format!("Укажем статус миграции клиента {quoted}");
            is_known(Some("Не обработано"), Some("Не требует отработки"), Some(&level2))
        };
        for quoted in ["«....»", "«in_wizard»", "«мигрировал «в срок»»"] {
            assert!(known(quoted), "{quoted}");
        }
        for quoted in ["«»", "« »", "«x", "x»", "x", "\"x\""] {
            assert!(!known(quoted), "{quoted}");
        }
    }

    #[test]
    fn what_needs_no_work_and_what_needs_no_communication_are_two_reactions() {
        assert!(is_known(Some("Обработано"), Some("Не требуется коммуникация"), Some("Ошибка загрузки")));
        assert!(!is_known(Some("Обработано"), Some("Не требует отработки"), Some("Ошибка загрузки")));
        assert!(
            !is_known(Some("Обработано"), Some("Недозвон"), Some("Ошибка загрузки")),
            "another row's value"
        );
        assert!(!is_known(Some("Обработано"), Some("недозвон"), Some("Недоступен")), "compared exactly");
    }

    #[test]
    fn an_unknown_reaction_is_kept_and_a_long_one_cut() {
        let read = |text| reaction(text).map(|(text, was_cut)| (text.as_str().to_owned(), was_cut));
        assert_eq!(read("Новая реакция"), Some(("Новая реакция".to_owned(), false)));
        assert_eq!(read(&"ж".repeat(201)), Some(("ж".repeat(200), true)));
    }
}
