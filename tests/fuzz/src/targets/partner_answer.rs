//! What the lender, the depository, the bank and the platform answer: nothing is taken for more than it says.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::instalment::ContractNumber;
use domain::marketplace::{
    Bank, CallbackKind, CardNumber, ChannelId, IdNumber, PersonName, Phone, PullKind, Uid,
};
use instalment::mkk::Mkk;
use marketplace::bank::{BankSettings, BindRequest, Binding};
use marketplace::channel::{Channel, ChannelConfig};
use marketplace::rongshu::Rongshu;
use marketplace::xw::XwSettings;
use platform::Scope;
use platform::config::{Environment, FromVariable, Stage};
use platform::partner::{BaseUrl, Limits, PartnerClient};
use platform::random::Random;
use platform::secrets::FromSecret;
use suites::marketplace::channels::{PLAIN, parameter};
use world::{Reply, World};

use crate::Target;
use crate::decimal::normal;
use crate::input::{chosen, run, scope, seed, written};

pub(super) const TARGET: Target = Target { name: "partner-answer", hold, seeds };

const CARD: &str = "6222020200011234567";
const NUMBER: &str = "77-1";

#[derive(Clone, Copy)]
enum Partner {
    Mkk,
    Xw,
    Bank,
    Pull,
    Callback,
}

const PARTNERS: [Partner; 5] = [Partner::Mkk, Partner::Xw, Partner::Bank, Partner::Pull, Partner::Callback];
const STATUSES: [u16; 6] = [200, 200, 404, 302, 500, 409];

/// The partners' clients, who are all told the same.
struct Clients {
    scope: Scope,
    told: Arc<Mutex<(u16, Vec<u8>)>>,
    client: PartnerClient,
    channel: Channel,
}

fn hold(data: &[u8]) {
    thread_local! {
        static CLIENTS: RefCell<Option<Clients>> = const { RefCell::new(None) };
    }
    let Some((partner, rest)) = chosen(&PARTNERS, data) else { return };
    let Some((status, body)) = chosen(&STATUSES, rest) else { return };
    CLIENTS.with_borrow_mut(|clients| {
        let clients = clients.get_or_insert_with(Clients::new);
        *clients.told.lock().expect("a lock") = (*status, body.to_vec());
        run(clients.hold(*partner, *status, body));
    });
}

impl Clients {
    fn new() -> Self {
        let world = World::new();
        let told = Arc::new(Mutex::new((200, Vec::new())));
        for origin in ["https://partner.test", "https://platform.test"] {
            let told = Arc::clone(&told);
            world.partner(origin, move |_| {
                let (status, body) = told.lock().expect("a lock").clone();
                let header =
                    std::str::from_utf8(&body).ok().filter(|text| is_header(text)).map(str::to_owned);
                let reply = Reply::json(status, body);
                header.map_or(reply.clone(), |text| reply.header("retry-after", &text))
            });
        }
        let limits = Limits { timeout: Duration::from_secs(3), answer_bytes: 64 * 1024 };
        let config = ChannelConfig::from_secret(&parameter(PLAIN).to_string()).expect("a channel");
        let id = ChannelId::of_text(PLAIN).expect("an id");
        Self {
            scope: scope(&world.clock()),
            client: PartnerClient::over(world.connector(), limits),
            channel: Channel { id, config: Arc::new(config) },
            told,
        }
    }

    async fn hold(&self, partner: Partner, status: u16, body: &[u8]) {
        let is_object = body.trim_ascii_start().first() == Some(&b'{');
        let is_taken = match partner {
            Partner::Mkk => self.line(body).await,
            Partner::Xw => self.account(body).await,
            Partner::Bank => self.bind().await,
            Partner::Pull => self.pull(body).await,
            Partner::Callback => self.call_back(body).await,
        };
        assert!(!is_taken || (status == 200 && is_object), "{status}");
    }

    async fn line(&self, body: &[u8]) -> bool {
        let url = BaseUrl::from_variable("https://partner.test").expect("an address");
        let number = ContractNumber::new(NUMBER).expect("a number");
        let Ok(line) = Mkk::new(url, self.client.clone()).line(&self.scope, &number).await else {
            return false;
        };
        assert_eq!(line.contract_number, number);
        for (read, name) in [(line.limit, "line_limit"), (line.balance, "line_balance")] {
            let Some(read) = read else { continue };
            let text = written(body, name).expect("an amount");
            assert_eq!(normal(&read.to_string()), normal(&text), "{text}");
            assert_eq!(read.is_sign_negative() && !read.is_zero(), text.starts_with('-') && !read.is_zero());
        }
        true
    }

    async fn account(&self, body: &[u8]) -> bool {
        let settings = Environment::of([("XW_URL", "https://partner.test")]).load(XwSettings::read);
        let uid = Uid::of_text("12394129").expect("an id");
        let account = settings.expect("settings").over(self.client.clone()).account(&self.scope, &uid).await;
        let Ok(state) = account else { return false };
        assert_eq!(Some(format!("{state:?}").to_ascii_lowercase()), written(body, "state"));
        true
    }

    async fn bind(&self) -> bool {
        let settings = Environment::of([("BANK_URL", "https://partner.test")]).load(BankSettings::read);
        let binding = settings.expect("settings").over(self.client.clone());
        let request = BindRequest {
            request_id: "request-1",
            name: &PersonName::parse("张三").expect("a name"),
            id_number: &IdNumber::parse("11010519491231002X").expect("a number"),
            phone: &Phone::parse("13800138000").expect("a phone"),
            bank: Bank::ALL[0],
            card_number: &CardNumber::parse(CARD).expect("a card"),
        };
        match binding.bind(&self.scope, request).await {
            Binding::Bound(reference) => {
                assert!(!reference.contains(CARD) && (1..=200).contains(&reference.len()));
                true
            }
            Binding::Refused(words) => {
                assert!(!words.contains(CARD) && words.chars().count() <= 200, "{words}");
                false
            }
            Binding::Unclear => false,
        }
    }

    fn platform(&self) -> Rongshu {
        Rongshu::new(self.client.clone(), Random::seeded(7), Stage::Production)
    }

    async fn pull(&self, body: &[u8]) -> bool {
        let uid = Uid::of_text("12394129").expect("an id");
        let pulled = self.platform().pull(&self.scope, &self.channel, PullKind::Operator, &uid).await;
        let Ok(data) = pulled else { return false };
        assert_eq!(written(body, "data"), Some(data), "kept as it came");
        assert!(is_zero(body));
        true
    }

    async fn call_back(&self, body: &[u8]) -> bool {
        let sent = self
            .platform()
            .call_back(&self.scope, &self.channel, CallbackKind::Audit, "{}".to_owned(), "correlation-1")
            .await;
        if sent.is_delivered {
            assert!(is_zero(body));
        }
        let asked = std::str::from_utf8(body).ok().filter(|text| is_header(text)).map(str::trim);
        if let Some(seconds) = asked
            .filter(|text| !text.starts_with('+'))
            .and_then(|text| text.parse::<u32>().ok())
            .filter(|_| !sent.is_delivered)
        {
            assert_eq!(sent.retry_after, Some(Duration::from_secs(seconds.into())));
        }
        sent.is_delivered
    }
}

/// Whether a text can stand in a header: then the answer says so in `Retry-After`, too.
fn is_header(text: &str) -> bool {
    !text.is_empty() && text.len() < 64 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Whether the answer's code is zero, as a number or a text of it.
fn is_zero(body: &[u8]) -> bool {
    written(body, "code").is_some_and(|code| normal(&code) == normal("0"))
}

fn seeds() -> Vec<Vec<u8>> {
    let told = |partner: u8, body: &str| seed(partner, seed(0, body));
    vec![
        told(
            0,
            r#"{"contract_number":"77-1","status":"ACTIVE","line_limit":50000.00,"line_balance":"1.20e4"}"#,
        ),
        told(1, r#"{"state":"open"}"#),
        told(1, r#"{"state":"none"}"#),
        told(2, r#"{"status":"bound","card_ref":"card-1"}"#),
        told(2, &format!(r#"{{"status":"bound","card_ref":"{}card-1"}}"#, " ".repeat(300))),
        told(
            0,
            r#"{"contract_number":"77-1","status":"ACTIVE","line_limit":0.33333333333333333333333333333333e1}"#,
        ),
        told(0, r#"{"contract_number":"77-1","status":"ACTIVE","line_limit":"1e-+3"}"#),
        told(2, r#"{"status":"refused","message":"card 6222020200011234567 is blocked"}"#),
        told(3, r#"{"code":0,"message":"ok","status":"0","type":1,"data":"{\"a\": 1.50}"}"#),
        told(4, r#"{"code":"0","message":"ok"}"#),
        seed(0, seed(2, r#"{"error":"not_found"}"#)),
        seed(4, seed(4, "120")),
        seed(4, seed(2, "Wed, 08 Aug 2018 06:37:39 GMT")),
    ]
}
