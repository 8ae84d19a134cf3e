use super::*;

#[test]
fn text_without_ink_is_empty() {
    for blank in ["", " \n\t", "\u{200B}", "\u{2060}\u{FEFF} ", "\u{3164}", "\u{FE0F}\u{AD}"] {
        assert_eq!(Prose::parse(blank).unwrap_err().code, "empty", "{blank:?}");
    }
    // Khmer ends words with a zero-width space, Persian uses one inside words: between letters they are accepted.
    for text in ["ក្រុង\u{200B}ភ្នំពេញ", "می\u{200C}خواهم", "👩\u{200D}🔧 ❤\u{FE0F}"]
    {
        assert_eq!(Title::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn text_holds_nothing_that_breaks_or_deceives() {
    for sign in ['\u{0}', '\u{7}', '\u{202E}', '\u{2028}', '\u{FFFF}', '\u{E0041}'] {
        let fault = Prose::parse(format!("a{sign}b")).unwrap_err();
        assert_eq!(fault.code, "control_character", "{sign:?}");
    }
    assert!(Title::parse("a\nb").is_err() && Prose::parse("a\nb").is_ok());
}

#[test]
fn an_address_names_one_host_to_every_reader() {
    for url in
        ["https://good.gov.vn/a?b=c#d", "HTTPS://đà-nẵng.vn:8443/tệp", "https://[2001:db8::1]/"]
    {
        assert_eq!(HttpsUrl::parse(url).unwrap().as_str(), url);
    }
    for url in [
        "http://a.b",
        "https:a.b",
        "https:///a.b",
        "https://",
        "https://?q",
        "https://@a.b",
        "https://u@a.b",
        "https://u:p@a.b",
        "https://good.gov.vn\\@evil.example/",
        "https://a.b/\"><script>",
        "https://a b/",
        "ftp://a.b",
    ] {
        assert_eq!(HttpsUrl::parse(url).unwrap_err().code, "https_url", "{url}");
    }
}

#[test]
fn a_code_that_stands_for_no_money_is_no_currency() {
    for none in ["XXX", "XTS", "ABC", "usd", ""] {
        assert_eq!(CurrencyCode::parse(none).unwrap_err().code, "currency", "{none}");
    }
    assert!(CurrencyCode::parse("VND").is_ok() && CurrencyCode::parse("XDR").is_ok());
    assert!(CurrencyCode::all_active().iter().all(|c| !["XXX", "XTS"].contains(&c.as_str())));
    // A value that was stored before this rule existed is still read.
    let kept: Money = serde_json::from_str(r#"{"amount_minor":1,"currency":"XXX"}"#).unwrap();
    assert_eq!(kept.currency.as_str(), "XXX");
}
