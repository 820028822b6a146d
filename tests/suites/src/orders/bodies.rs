//! What is pushed.

use serde_json::{Value, json};

/// The order of most tests.
pub const ORDER: &str = "120522";
/// Its user.
pub const UID: &str = "12394129";

/// A whole push of [`ORDER`], with every field of the specification (§3.1).
#[must_use]
pub fn push() -> Value {
    json!({
        "uid": UID, "appId": "10001", "orderId": ORDER, "registerPhone": "13800138016", "isInstalment": 1,
        "sesameScore": "712", "openId": "o-1", "loanReason": "装修", "loanAmount": 15000.00, "period": 12,
        "periodUnit": 2, "applyDate": 1_533_710_259_153_u64, "registerTime": 1_533_000_000_000_u64,
        "basicInfo": {
            "houseState": "1", "houseProvince": "北京", "houseProvinceId": "11", "houseCity": "北京市",
            "houseCityId": "1101", "houseDistrict": "海淀", "houseDistrictId": "110108",
            "houseAddress": "中关村大街1号", "careerType": "1", "companyName": "某某公司",
            "companyProvince": "北京", "companyProvinceId": "11", "companyCity": "北京市",
            "companyCityId": "1101", "companyDistrict": "朝阳", "companyDistrictId": "110105",
            "unitAddress": "建国路2号", "unitPhone": "01088886666", "degree": "3", "marriage": "50001"
        },
        "idInfo": {
            "cid": "11010119900307123x", "name": "张三", "frontFile": "/9j/front==", "backFile": "/9j/back==",
            "natureFile": "/9j/face==", "envFile": "", "posPitchFile": "", "posYawFile": "", "mouthFile": "",
            "blinkFile": "", "score": "88", "gender": "1", "address": "北京市东城区某胡同3号",
            "issuedBy": "东城分局", "validDate": "20100101-20300101", "nation": "汉", "birthday": "19900307"
        },
        "contact": {
            "firstName": "李四", "firstPhone": "13900139000", "firstRelation": "1",
            "secondName": "王五", "secondPhone": "13700137000", "secondRelation": "2"
        },
        "operator": {
            "phone": "13800138016", "operatorType": 1, "operatorName": "移动", "operatorProvince": "北京",
            "operatorCity": "北京", "resourceUrl": "https://data.test/1", "createTime": 1_533_710_000_000_u64
        },
        "bankCardInfo": {
            "cardType": "0", "bankCode": "CGB", "bankName": "广发银行", "bankCardNum": "6225680012345678",
            "cellPhone": "13800138016"
        },
        "extendInfo": {
            "income": "10000", "industry": "IT", "jobTime": "110003", "qqAccount": "10001000",
            "wechat": "wx-zhangsan", "companyPhone": "01066668888", "desc": "无"
        },
        "idCardOcr": {
            "frontPhotoUrl": "https://photos.test/f.jpg", "backPhotoUrl": "https://photos.test/b.jpg",
            "faceUrl": "https://photos.test/v.jpg"
        }
    })
}

/// What of [`push`], and of what is pulled, identifies somebody: it stands in no row, no log and no answer.
pub const PERSONAL: [&str; 16] = [
    "张三",
    "李四",
    "王五",
    "11010119900307123",
    "13800138016",
    "13900139000",
    "13700137000",
    "6225680012345678",
    "中关村大街1号",
    "北京市东城区某胡同3号",
    "建国路2号",
    "wx-zhangsan",
    "10001000",
    "/9j/f",
    "某某公司",
    "1990-03-07",
];

/// The push with another value at a place: `orderId`, or `idInfo.cid`; null takes it away.
#[must_use]
pub fn with(mut push: Value, place: &str, value: Value) -> Value {
    let (section, name) =
        place.split_once('.').map_or((None, place), |(section, name)| (Some(section), name));
    let members = match section {
        Some(section) => &mut push[section],
        None => &mut push,
    };
    if value.is_null() {
        if let Some(members) = members.as_object_mut() {
            members.remove(name);
        }
    } else {
        members[name] = value;
    }
    push
}
