//! The whole table of reactions (§6), walked through pushes and read back.

use serde_json::{Value, json};
use suites::crm::{Crm, TASK, column, created, push, with, without};

const LEVELS: [(&str, &str); 3] = [
    ("firstLevelClientReaction", "first_level_client_reaction"),
    ("secondLevelClientReaction", "second_level_client_reaction"),
    ("thirdLevelClientReaction", "third_level_client_reaction"),
];

/// The rows of §6, written out: task status, level 1, its values of level 2, kind.
const TABLE: [(&str, &str, &[&str], &str); 9] = [
    ("Не обработано", "-", &["-"], "Технический"),
    (
        "Не обработано",
        "Не требует отработки",
        &["Укажем статус миграции клиента «....»", "Укажем статус миграции клиента «мигрировал»"],
        "Технический",
    ),
    ("Не обработано", "Не обработано", &["Не взята в работу"], "Технический"),
    ("Не обработано", "Завершено по сроку давности", &["-"], "Технический"),
    (
        "Обработано",
        "Дозвон - планирует миграцию",
        &[
            "Проконсультирован по миграции",
            "Оформили переход на звонок",
            "Назначена встреча с КМ",
            "Уже мигрировал",
            "Ожидание предложений по условиям перехода",
        ],
        "Ручной отклик",
    ),
    (
        "Обработано",
        "Дозвон - не планирует миграцию",
        &["Перешел в другой банк", "Планирует закрытие бизнеса", "Планирует закрытие счета", "Другое"],
        "Ручной отклик",
    ),
    (
        "Обработано",
        "Дозвон - коммуникация не состоялась",
        &[
            "Отказ от разговора",
            "Некорректный номер",
            "3-е лицо. Отказ от разговора",
            "3-е лицо. Перезвонить по др номеру",
            "Неудобно говорить",
        ],
        "Ручной отклик",
    ),
    (
        "Обработано",
        "Недозвон",
        &["Не берет трубку", "Недоступен", "Номер не существует", "Номер банка заблокирован", "Автоответчик"],
        "Ручной отклик",
    ),
    (
        "Обработано",
        "Не требуется коммуникация",
        &["Статус \"мигрировал\"", "Ошибка загрузки"],
        "Ручной отклик",
    ),
];

/// A context whose only task was created.
async fn with_task() -> Crm {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[created(&id)]).await;
    app
}

/// A push that is newer than those before it.
fn numbered(number: usize) -> Value {
    with(push(), "dt", format!("2023-07-28T12:{:02}:{:02}.000+03:00", number / 60, number % 60))
}

/// What the row shows of the three levels.
fn shown(app: &Crm) -> [Option<String>; 3] {
    let task = app.task();
    LEVELS.map(|(_, name)| column(&task, name).map(str::to_owned))
}

#[tokio::test(start_paused = true)]
async fn every_reaction_of_the_table_is_stored_verbatim_and_known() {
    let app = with_task().await;
    let mut values = 0;
    for (description, first, seconds, kind) in TABLE {
        for second in seconds {
            values += 1;
            let status = if description == "Обработано" { "3" } else { "5" };
            let push = [
                ("taskStatus", status),
                ("taskExecType", kind),
                ("taskExecDescr", description),
                (LEVELS[0].0, first),
                (LEVELS[1].0, *second),
            ];
            app.take(&[push.iter().fold(numbered(values), |push, (name, value)| with(push, name, *value))])
                .await;
            let stored = |text: &str| Some(text).filter(|text| *text != "-").map(str::to_owned);
            assert_eq!(shown(&app), [stored(first), stored(second), None]);
            let task = app.task();
            assert_eq!(column(&task, "task_status"), Some(status));
            assert_eq!(column(&task, "task_execution_type"), Some(kind));
            assert_eq!(column(&task, "task_execution_description"), Some(description));
        }
    }
    assert_eq!((values, app.counted("infor.unknown_reaction")), (26, 0), "21 manual, 2 technical ones");
}

#[tokio::test(start_paused = true)]
async fn a_dash_an_empty_and_a_blank_text_and_an_absent_member_are_null_at_every_level() {
    let app = with_task().await;
    let nothing = [json!("-"), json!(" - "), json!(""), json!(" "), Value::Null];
    for (number, nothing) in nothing.into_iter().enumerate() {
        app.take(&[with(numbered(2 * number + 1), LEVELS[2].0, "третий")]).await;
        assert_eq!(shown(&app)[2].as_deref(), Some("третий"));
        let push = LEVELS
            .iter()
            .fold(numbered(2 * number + 2), |push, (member, _)| with(push, member, nothing.clone()));
        app.take(&[push]).await;
        assert_eq!(shown(&app), [None, None, None], "{nothing}");
    }
    app.take(&[numbered(20)]).await;
    let absent = LEVELS.iter().fold(numbered(21), |push, (member, _)| without(push, member));
    app.take(&[absent]).await;
    assert_eq!(shown(&app), [None, None, None]);
    assert_eq!(column(&app.task(), "task_id"), Some(TASK));
}

#[tokio::test(start_paused = true)]
async fn unknown_reactions_are_stored_and_counted() {
    let app = with_task().await;
    for (number, (description, first, second)) in [
        ("Обработано", "Новая реакция", "Другое"),
        ("Обработано", "Недозвон", "Другое"),
        ("Обработано", "Недозвон", "-"),
        ("Не обработано", "Недозвон", "Недоступен"),
        ("Обработано", "недозвон", "Недоступен"),
        ("В работе", "Недозвон", "Недоступен"),
        ("Обработано", "Не требует отработки", "Ошибка загрузки"),
    ]
    .into_iter()
    .enumerate()
    {
        let push = with(with(numbered(number), "taskExecDescr", description), LEVELS[0].0, first);
        app.take(&[with(push, LEVELS[1].0, second)]).await;
        let second = Some(second).filter(|second| *second != "-");
        assert_eq!(shown(&app), [Some(first.to_owned()), second.map(str::to_owned), None]);
        assert_eq!(app.counted("infor.unknown_reaction"), u64::try_from(number).unwrap() + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn both_kinds_of_manual_execution_are_stored_as_received() {
    let app = with_task().await;
    for (number, kind) in ["Ручной", "Ручной отклик", "Технический", "иное"].into_iter().enumerate()
    {
        app.take(&[with(numbered(number), "taskExecType", kind)]).await;
        assert_eq!(column(&app.task(), "task_execution_type"), Some(kind));
    }
}
