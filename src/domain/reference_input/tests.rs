//! Parsing cities and partners.

use proptest::prelude::*;

use super::*;

fn member() -> Vec<CountryCode> {
    vec![CountryCode::parse("VN").unwrap()]
}

fn vinh() -> CityFields {
    CityFields {
        slug: Some("vinh".to_owned()),
        names: Some(BTreeMap::from([("en".to_owned(), "Vinh".to_owned())])),
        country: Some("VN".to_owned()),
        un_locode: Some("VNVII".to_owned()),
        time_zone: Some("Asia/Ho_Chi_Minh".to_owned()),
        latitude: Some(18.67),
        longitude: Some(105.69),
        joined_year: Some(2027),
        ..CityFields::default()
    }
}

fn pointers(fields: CityFields) -> Vec<String> {
    let mut faults = FaultList::new();
    fields.parse(&member(), 1, &mut faults);
    faults.into_vec().into_iter().map(|f| f.pointer).collect()
}

#[test]
fn a_city_comes_back_as_it_was_parsed() {
    let mut faults = FaultList::new();
    let city = vinh().parse(&member(), 3, &mut faults).unwrap();
    let again = CityFields::from(&city).parse(&member(), 3, &mut faults).unwrap();
    assert_eq!(city, again);
    assert!(faults.is_empty());
    assert!(!city.pilot);
}

#[test]
fn every_missing_member_is_named_at_once() {
    let expected =
        ["/slug", "/names/en", "/country", "/time_zone", "/latitude", "/longitude", "/joined_year"];
    assert_eq!(pointers(CityFields::default()), expected);
}

#[test]
fn what_no_city_can_have_is_refused() {
    type Change = fn(&mut CityFields);
    let cases: [(&str, Change); 14] = [
        ("/slug", |c| c.slug = Some("Vinh City".to_owned())),
        ("/slug", |c| c.slug = Some("../x".to_owned())),
        ("/names/en", |c| _ = c.names.as_mut().unwrap().insert("en".into(), "a\0b".into())),
        ("/names/EN", |c| _ = c.names.as_mut().unwrap().insert("EN".into(), "Vinh".into())),
        ("/names/a~1b", |c| _ = c.names.as_mut().unwrap().insert("a/b".into(), "Vinh".into())),
        ("/aliases/1", |c| c.aliases = Some(vec!["A".to_owned(), "A".to_owned()])),
        ("/aliases", |c| c.aliases = Some((0..51).map(|i| i.to_string()).collect())),
        ("/country", |c| c.country = Some("JP".to_owned())),
        ("/un_locode", |c| c.un_locode = Some("THBKK".to_owned())),
        ("/un_locode", |c| c.un_locode = Some("VNVI1".to_owned())),
        ("/time_zone", |c| c.time_zone = Some("Asia/Atlantis".to_owned())),
        ("/latitude", |c| c.latitude = Some(90.1)),
        ("/longitude", |c| c.longitude = Some(f64::NAN)),
        ("/joined_year", |c| c.joined_year = Some(20_270)),
    ];
    for (pointer, change) in cases {
        let mut fields = vinh();
        change(&mut fields);
        let found = pointers(fields);
        // If the country is invalid, the location code is not compared with it, so there is no second fault.
        assert_eq!(found, [pointer]);
    }
}

#[test]
fn a_partner_has_a_known_type_and_any_country() {
    let types = ["academia".to_owned()];
    let fields = |kind: &str| PartnerFields {
        slug: Some("u".to_owned()),
        name: Some("U".to_owned()),
        kind: Some(kind.to_owned()),
        country: Some("NO".to_owned()),
        ..PartnerFields::default()
    };
    let mut faults = FaultList::new();
    let partner = fields("academia").parse(&types, 1, &mut faults).unwrap();
    assert_eq!(partner.country.unwrap().as_str(), "NO");
    assert!(fields("academy").parse(&types, 1, &mut faults).is_none());
    let faults = faults.into_vec();
    assert_eq!(faults[0].pointer, "/type");
    assert_eq!(faults[0].allowed, types);
}

proptest! {
    #[test]
    fn what_a_city_is_made_of_survives_json_and_another_parse(
        name in any::<String>(),
        local in any::<String>(),
        alias in any::<String>(),
        note in proptest::option::of(any::<String>()),
        latitude in any::<f64>(),
        longitude in -200.0..200.0_f64,
        joined in 1800..2300_i32,
    ) {
        let mut fields = vinh();
        fields.names = Some(BTreeMap::from([("en".to_owned(), name), ("local".to_owned(), local)]));
        fields.aliases = Some(vec![alias]);
        fields.note = note;
        fields.latitude = Some(latitude);
        fields.longitude = Some(longitude);
        fields.joined_year = Some(joined);
        let mut faults = FaultList::new();
        let Some(city) = fields.parse(&member(), 1, &mut faults).filter(|_| faults.is_empty()) else {
            prop_assert!(!faults.is_empty());
            return Ok(());
        };
        let kept: City = serde_json::from_str(&serde_json::to_string(&city).unwrap()).unwrap();
        prop_assert_eq!(&kept, &city);
        let again = CityFields::from(&city).parse(&member(), 1, &mut faults);
        prop_assert_eq!(again, Some(city));
    }
}
