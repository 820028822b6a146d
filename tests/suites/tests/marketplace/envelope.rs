//! What is around everything on the wire (§1): the specification's vectors, both modes, and what a text may hold.

use serde_json::{Value, json};
use suites::marketplace::channels::{AES, AES_KEY, PLAIN, Signed, decrypted};
use suites::marketplace::keys::{Hash, Signer};
use suites::marketplace::{Answered, Marketplace, NOW};

use crate::people::MD5_UPPER;

/// The ciphertext of the specification's vector.
const REQUEST: &str = "55F203791D53C7D91A31021F9E537F00D8546280AB5F384D67C94628420ED7D7";

#[tokio::test(start_paused = true)]
async fn a_call_in_plain_mode_is_answered_with_a_text_that_holds_json() {
    let app = Marketplace::new().await;
    let call = Signed::new(PLAIN, NOW, &json!({"md5": MD5_UPPER}).to_string());
    assert_eq!(call.text(), format!("channelId=840&request={{\"md5\":\"{MD5_UPPER}\"}}&timestamp={NOW}"));
    let got = app.send("userCheck", call.body()).await;
    let expected = concat!(
        r#"{"code":0,"message":"success","response":"{\"isStock\":0,\"isCanLoan\":1,\"isBlackList\":0,\"rejectReason\":0,"#,
        r#"\"periodUnit\":2,\"remark\":\"可以借款\","#,
        r#"\"amountLimit\":\"{\\\"maxLoan\\\":15000.00,\\\"minLoan\\\":5000.00,\\\"maxPeriod\\\":12,\\\"minPeriod\\\":12}\","#,
        r#"\"amountOption\":\"[{\\\"min\\\":5000.00,\\\"max\\\":15000.00,\\\"step\\\":100.00,\\\"periods\\\":[12]}]\"}"}"#,
    );
    assert_eq!(got.brief(), (200, expected));
    assert_eq!(got.header("content-type"), Some("application/json"));
}

#[tokio::test(start_paused = true)]
async fn a_call_in_aes_mode_is_answered_in_upper_case_digits_of_the_same_json() {
    let app = Marketplace::new().await;
    let business = json!({"md5": MD5_UPPER});
    let got = app.send("userCheck", Signed::new(AES, NOW, &business.to_string()).body()).await;
    let body: Value = serde_json::from_str(&got.body).unwrap();
    let plain = app.call(PLAIN, "userCheck", &business).await;
    assert_eq!(decrypted(AES_KEY, body["response"].as_str().unwrap()), plain.response);
    assert_eq!(Answered::of(AES, &got), plain);
}

/// The specification's own ciphertext, signed over its own text: it is read, and lacks what userCheck asks for.
#[tokio::test(start_paused = true)]
async fn the_vectors_of_the_specification_are_read() {
    let app = Marketplace::new().await;
    let call = Signed::new(AES, NOW, r#"{"orderId":"120522"}"#);
    assert_eq!(
        (call.request.as_str(), call.text().len()),
        (REQUEST, "channelId=rongshu&request=&timestamp=".len() + 64 + 13)
    );
    let answered = Answered::of(AES, &app.send("userCheck", call.body()).await);
    assert_eq!((answered.code, answered.message.as_str()), (10002, "md5: missing"));
    let listed = app.say(AES, "getBankList", r#"{"orderId":"120522"}"#).await;
    assert_eq!(listed.said().as_array().map(Vec::len), Some(17));
}

#[tokio::test(start_paused = true)]
async fn a_ciphertext_is_read_in_either_case_as_it_is_signed() {
    let app = Marketplace::new().await;
    let mut call = Signed::new(AES, NOW, "{}");
    call.request = call.request.to_lowercase();
    let got = app.send("getBankList", call.signed_by(Signer::Platform).body()).await;
    assert_eq!(Answered::of(AES, &got).code, 0);
}

#[tokio::test(start_paused = true)]
async fn a_timestamp_is_a_number_or_a_text_and_is_signed_by_its_digits() {
    let app = Marketplace::new().await;
    for channel in [PLAIN, AES] {
        for timestamp in [json!(NOW), json!(NOW.to_string()), json!(format!("0{NOW}"))] {
            let call = Signed { timestamp: timestamp.clone(), ..Signed::new(channel, NOW, "{}") };
            let got = app.send("getBankList", call.signed_by(Signer::Platform).body()).await;
            assert_eq!(Answered::of(channel, &got).code, 0, "{channel} {timestamp}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_signed_is_the_text_behind_its_escapes() {
    let app = Marketplace::new().await;
    let business = "{\"md5\" :\t\"58c3acc5e0245fed9e47a7fdc225cd42\",\n \"name\":\"张\\u4e09/\"}";
    let call = Signed::new(PLAIN, NOW, business);
    let plain = call.body();
    // The same text, written with escapes that nobody needs.
    let escaped = plain.replace("md5", "\\u006d\\u0064\\u0035").replace('张', "\\u5f20").replace('/', "\\/");
    assert_ne!(plain, escaped);
    for body in [plain, escaped] {
        assert_eq!(Answered::of(PLAIN, &app.send("userCheck", body).await).code, 0);
    }
    let other = Signed { request: business.replace("\\u4e09", "三"), ..call };
    assert_eq!(Answered::of(PLAIN, &app.send("userCheck", other.body()).await).code, 10003, "another text");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_the_platform_adds_is_not_looked_at() {
    let app = Marketplace::new().await;
    let body = Signed::new(PLAIN, NOW, "{}").body();
    let more = format!("{{\"version\":\"2.0\",{}", &body[1..]);
    assert_eq!(Answered::of(PLAIN, &app.send("getBankList", more).await).code, 0);
    let twice = format!("{{\"channelId\":\"840\",{}", &body[1..]);
    assert_eq!(Answered::of(PLAIN, &app.send("getBankList", twice).await).code, 10002, "a member twice");
}

#[tokio::test(start_paused = true)]
async fn a_body_in_base64_is_the_same_body() {
    let app = Marketplace::new().await;
    let post = suites::gateway::Post::anonymous(Signed::new(PLAIN, NOW, "{}").body());
    let [text, base64] = [post.clone(), post.base64()];
    assert_eq!(app.post("getBankList", &text).await.body, app.post("getBankList", &base64).await.body);
}

/// What a call of ours is, byte for byte, but for the signature, which is proved.
#[tokio::test(start_paused = true)]
async fn our_calls_carry_our_id_a_textual_time_and_a_signature_of_ours() {
    let app = Marketplace::new().await;
    for (channel, hash) in [(PLAIN, Hash::Sha1), (AES, Hash::Sha256)] {
        let body = app.our_call(channel, r#"{"uid":"12394129"}"#);
        let sent: Value = serde_json::from_str(&body).unwrap();
        let request = sent["request"].as_str().unwrap();
        let text = format!("appId=10001&request={request}&timestamp={NOW}");
        let sign = sent["sign"].as_str().unwrap();
        assert!(Signer::Us.signed(hash, &text, sign) && !Signer::Platform.signed(hash, &text, sign));
        let clear = if channel == AES { decrypted(AES_KEY, request) } else { request.to_owned() };
        assert_eq!(clear, r#"{"uid":"12394129"}"#);
        let request = Value::from(request);
        let expected =
            format!(r#"{{"appId":"10001","timestamp":"{NOW}","request":{request},"sign":"{sign}"}}"#);
        assert_eq!(body, expected);
    }
}
